//! After a start, and after decisions: no run stays under way for ever, and nothing decided is forgotten.

use crate::agent::Agent;
use crate::ending::End;
use domain::actor::Actor;
use domain::ids::{ApprovalId, ChatRunId, WorkspaceId};
use domain::problem::Problem;
use store::chat::runs::{self, NewRun, StoredRun};
use store::chat::{Owner, leases};
use store::db::Conn;
use store::error::StoreError;
use store::ids;

/// A run that was taken up this often has a fault of its own.
const MAX_RESUMES: i64 = 3;

impl Agent {
    /// Takes up what a stop interrupted, and expires approvals from now on.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn start(&self) -> Result<(), Problem> {
        self.take_up_free(!self.0.db.is_shared()).await?;
        self.carry_on().await?;
        self.finish_commands().await?;
        tokio::spawn(self.clone().expire_for_ever());
        tokio::spawn(self.clone().keep_agents());
        Ok(())
    }

    /// Takes up runs that no node works on: after a start, and later those of a node that went away.
    async fn take_up_free(&self, takes_all: bool) -> Result<(), Problem> {
        let mut conn = self.0.db.read().await?;
        let free = leases::free(&mut conn, takes_all).await?;
        let mut found = Vec::new();
        for id in free.iter().filter(|it| !self.is_running(it)) {
            found.extend(runs::get(&mut conn, id).await?);
        }
        drop(conn);
        for run in found {
            self.take_up(run).await?;
        }
        Ok(())
    }

    async fn take_up(&self, run: StoredRun) -> Result<(), Problem> {
        let id = run.run.id.clone();
        let (node, takes_all) = (self.0.node.clone(), !self.0.db.is_shared());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                // Of several nodes that find it, one gets it.
                if !leases::take(tx, &id, &node, takes_all).await? {
                    return Ok::<_, StoreError>(None);
                }
                runs::resume(tx, &id).await.map(Some)
            })
        });
        let Some(resumed) = write.await? else { return Ok(()) };
        if resumed > MAX_RESUMES {
            let reason = "PM OS was restarted several times while this was answered. Ask again";
            return self.end_without_turn(&run, End::failed("INTERRUPTED", reason)).await;
        }
        self.spawn(run.run.id, None);
        Ok(())
    }

    async fn expire_for_ever(self) {
        let mut ticks = tokio::time::interval(self.0.config.expiry_check);
        loop {
            tokio::select! {
                () = self.0.config.closing.cancelled() => return,
                _ = ticks.tick() => {}
            }
            if let Err(problem) = self.expire_overdue().await {
                tracing::error!(%problem, "approvals could not be expired");
            }
            if let Err(problem) = self.take_up_free(false).await {
                tracing::error!(%problem, "runs that nobody works on could not be taken up");
            }
        }
    }

    /// Starts a run for every decided approval whose conversation is free.
    pub(crate) async fn carry_on(&self) -> Result<(), Problem> {
        // It is looked after every run, and nearly always there is none.
        if runs::decided(&mut self.0.db.read().await?).await?.is_empty() {
            return Ok(());
        }
        let node = self.0.node.clone();
        let write =
            self.0.db.write(move |tx| Box::pin(async move { continue_decided(tx, &node).await }));
        let started = write.await?;
        for id in started {
            self.spawn(id, None);
        }
        Ok(())
    }

    /// The run that carries on after an approval.
    pub(crate) async fn continuation(
        &self,
        actor: &Actor,
        approval: &ApprovalId,
    ) -> Result<Option<ChatRunId>, Problem> {
        let mut conn = self.0.db.read().await?;
        Ok(runs::carrying_on(&mut conn, &actor.workspace, approval).await?)
    }
}

async fn continue_decided(tx: &mut Conn, node: &str) -> Result<Vec<ChatRunId>, Problem> {
    let mut started = Vec::new();
    for run in runs::decided(tx).await? {
        let new = NewRun {
            id: ChatRunId::from(ids::fresh()),
            user_name: run.user_name,
            session: run.run.session_id,
            root: run.root,
            parent: Some(run.run.id),
            runtime: run.run.runtime,
            model: run.run.model,
            flow: run.flow,
            project: run.project,
            today: run.today,
            request_id: run.request_id,
        };
        let owner = Owner { workspace: run.workspace, user: run.user };
        if runs::insert(tx, &owner, &new).await? && leases::take(tx, &new.id, node, true).await? {
            started.push(new.id);
        }
    }
    Ok(started)
}

/// Our own background work, which acts for nobody.
pub(crate) fn nobody(workspace: &WorkspaceId) -> Actor {
    Actor::system(workspace.clone(), ids::short())
}
