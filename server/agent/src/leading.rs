//! A stored run is worked on in the background, under a lease, so that no other node does.

use crate::agent::Agent;
use crate::ending::End;
use crate::models::Candidate;
use crate::task::Task;
use crate::turn::Turn;
use domain::actor::Actor;
use domain::ids::ChatRunId;
use domain::problem::Problem;
use store::chat::leases;
use store::chat::runs::{self, StoredRun};
use tokio_util::sync::CancellationToken;

/// A run whose beginning was committed just now, with what was read for it: none of it is read again.
pub(crate) struct Begun {
    pub(crate) run: StoredRun,
    /// Who asked.
    pub(crate) actor: Actor,
    /// Who is asked, in order.
    pub(crate) candidates: Vec<Candidate>,
}

impl Agent {
    /// Works in the background on a stored run whose lease is this node's. Of one that was not begun just now, everything
    /// is read, and the person is looked up as they are now.
    pub(crate) fn spawn(&self, id: ChatRunId, begun: Option<Begun>) {
        let agent = self.clone();
        tokio::spawn(async move {
            let Some(stop) = agent.enter(&id) else { return };
            if let Err(problem) = agent.lead(&id, begun, stop).await {
                tracing::error!(run = id.as_str(), %problem, "a run of the assistant could not be worked on");
            }
            agent.leave(&id);
            if let Err(problem) = agent.carry_on().await {
                tracing::error!(%problem, "decided approvals could not be carried on");
            }
        });
    }

    /// Works on a run, and says every few seconds that it still does.
    async fn lead(
        &self,
        id: &ChatRunId,
        begun: Option<Begun>,
        stop: CancellationToken,
    ) -> Result<(), Problem> {
        let beating = async {
            loop {
                tokio::time::sleep(self.0.config.beat).await;
                match self.renew(id).await {
                    Ok(true) => {}
                    Ok(false) => stop.cancel(),
                    Err(problem) => tracing::warn!(%problem, "a lease could not be renewed"),
                }
            }
        };
        let work = Box::pin(self.work_on(id, begun, stop.clone()));
        let worked = tokio::select! {
            worked = work => worked,
            () = beating => Ok(()),
        };
        self.give_back(id).await?;
        worked
    }

    async fn renew(&self, id: &ChatRunId) -> Result<bool, Problem> {
        let (id, node) = (id.clone(), self.0.node.clone());
        let write = self
            .0
            .db
            .write_talk(move |tx| Box::pin(async move { leases::renew(tx, &id, &node).await }));
        Ok(write.await?)
    }

    async fn give_back(&self, id: &ChatRunId) -> Result<(), Problem> {
        let stored = runs::get(&mut self.0.db.read().await?, id).await?;
        // The lease of one that has ended binds nobody.
        if stored.is_none_or(|it| it.run.status.is_over()) {
            return Ok(());
        }
        let (id, node) = (id.clone(), self.0.node.clone());
        let write = self
            .0
            .db
            .write_talk(move |tx| Box::pin(async move { leases::release(tx, &id, &node).await }));
        Ok(write.await?)
    }

    async fn work_on(
        &self,
        id: &ChatRunId,
        begun: Option<Begun>,
        stop: CancellationToken,
    ) -> Result<(), Problem> {
        let mut turn = match begun {
            // A person asked for it, so it works for no agent.
            Some(Begun { run, actor, candidates }) => {
                let mut turn = Turn::new(self.clone(), run, (actor, None), stop);
                turn.candidates = candidates;
                turn
            }
            None => {
                let mut conn = self.0.db.read().await?;
                let Some(run) = runs::get(&mut conn, id).await? else { return Ok(()) };
                let task = Task::of(&mut conn, &run.workspace, &run.root).await?;
                drop(conn);
                let actor = self.person(&run.workspace, &run.user, &run.request_id).await?;
                let Some(actor) = actor else {
                    let reason = "The person who asked is no longer in this workspace";
                    return self.end_without_turn(&run, End::failed("FORBIDDEN", reason)).await;
                };
                Turn::new(self.clone(), run, (actor, task), stop)
            }
        };
        let end = match Box::pin(turn.work()).await {
            Ok(end) => end,
            Err(problem) => Some(End::failed(problem.code(), problem.to_string())),
        };
        match end {
            Some(end) => turn.end(end).await,
            None => Ok(()),
        }
    }
}
