//! Saved goals at work: an agent that is due, or asked to run, becomes a run of the assistant for its owner.
//!
//! How that run ended is kept with the agent. What was missed while the server was off is due at its start, once.

use crate::agent::{Agent, owner};
use crate::markdown;
use crate::recovery::nobody;
use crate::sending::{NewTurn, begin};
use domain::actor::{Actor, Permission};
use domain::agent::{AgentHistory, DrawnRun};
use domain::chat::ChatRunStatus;
use domain::event::{Event, EventKind, Outcome, Topic};
use domain::ids::{ChatRunId, SessionId, UserId, WorkspaceId};
use domain::problem::Problem;
use serde_json::json;
use store::agents::{self, AgentRun};
use store::chat::runs::{self, NewRun};
use store::chat::{self, NewSession};
use store::db::{Change, Conn};
use store::notifications::{self, NewNotification};
use store::{events, ids};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

impl Agent {
    /// A saved agent with its newest runs as its page shows them. What they found is for its owner.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for none of the workspace's, [`Problem::Forbidden`] without the permission to read.
    pub async fn agent_history(&self, actor: &Actor, id: &str) -> Result<AgentHistory, Problem> {
        let (standing, runs) = self.0.tools.agent(actor, id).await?;
        let runs = runs.into_iter().map(|run| DrawnRun {
            html: run.findings.as_deref().map(markdown::to_html).unwrap_or_default(),
            run,
        });
        Ok(AgentHistory { standing, runs: runs.collect() })
    }

    /// Starts agents when they are due and notes how their runs ended, until the server stops.
    pub(crate) async fn keep_agents(self) {
        let mut changes = self.0.db.changes();
        let mut ticks = tokio::time::interval(self.0.config.agent_check);
        loop {
            tokio::select! {
                () = self.0.config.closing.cancelled() => return,
                _ = ticks.tick() => {}
                () = heard(&mut changes) => {}
            }
            if let Err(problem) = self.look_after_agents(ids::now_ms()).await {
                tracing::error!(%problem, "agents could not be looked after");
            }
        }
    }

    /// Notes how runs of agents ended, and starts those that are due at `now_ms`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn look_after_agents(&self, now_ms: i64) -> Result<(), Problem> {
        let mut conn = self.0.db.read().await?;
        let open = agents::open_runs(&mut conn).await?;
        drop(conn);
        for run in open {
            self.note_end(run).await?;
        }
        let due = agents::due(&mut self.0.db.read().await?, now_ms).await?;
        for it in due {
            // What is wrong with one keeps no other from running.
            if let Err(problem) = self.start_agent(&it, now_ms).await {
                tracing::error!(agent = it.id, %problem, "an agent could not be started");
            }
        }
        Ok(())
    }

    async fn note_end(&self, run: AgentRun) -> Result<(), Problem> {
        let mut conn = self.0.db.read().await?;
        let (status, error) = match agents::state_of_chain(&mut conn, &run).await? {
            Some((status, error)) => {
                let state = ChatRunStatus::parse(&status);
                // One that waits for an approval goes on when that is decided.
                if !state.is_some_and(|it| it.is_over() && it != ChatRunStatus::WaitingApproval) {
                    return Ok(());
                }
                (status, error)
            }
            None => ("cancelled".to_owned(), Some("Its conversation was deleted".to_owned())),
        };
        let findings = agents::answer_of_chain(&mut conn, &run).await?;
        drop(conn);
        let ended = AgentRun { status, error, findings, ended_at: Some(ids::now_ms()), ..run };
        self.0.db.write(move |tx| Box::pin(async move { end(tx, &ended).await })).await
    }

    async fn start_agent(&self, it: &agents::Agent, now_ms: i64) -> Result<(), Problem> {
        let workspace = WorkspaceId::from(it.workspace_id.as_str());
        let next_at = self.0.tools.next_time(&workspace, (&it.schedule, now_ms)).await?;
        let owner = UserId::from(it.owner_id.as_str());
        let person = self.person(&workspace, &owner, &ids::short()).await?;
        let Some(person) = person.filter(|it| it.role.can(Permission::Read)) else {
            let gone = "The person whose rights it had is no longer in this workspace";
            return self.note_failure(it, next_at, gone.to_owned()).await;
        };
        let turn = NewTurn { text: it.goal.clone(), ..NewTurn::default() };
        let new = match self.new_run(&person, &turn).await {
            Ok((new, _)) => new,
            Err(problem @ (Problem::NeedsSetup { .. } | Problem::Forbidden { .. })) => {
                return self.note_failure(it, next_at, problem.to_string()).await;
            }
            Err(problem) => return Err(problem),
        };
        let (actor, agent, id) = (person.clone(), it.clone(), new.id.clone());
        let node = self.0.node.clone();
        let write = self.0.db.write(move |tx| {
            Box::pin(async move { store_start(tx, (&actor, &node), (&agent, next_at), new).await })
        });
        if write.await? {
            self.spawn(id, None);
        }
        Ok(())
    }

    /// An agent whose run cannot even begin: that is a failed run, and its next time still comes.
    async fn note_failure(
        &self,
        it: &agents::Agent,
        next_at: Option<i64>,
        reason: String,
    ) -> Result<(), Problem> {
        let (agent, run) = (it.clone(), run_of(it, ids::fresh()));
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                if !agents::take(tx, &agent, next_at).await? {
                    return Ok(());
                }
                agents::insert_run(tx, &run).await?;
                let ended = AgentRun {
                    status: "failed".to_owned(),
                    error: Some(reason),
                    ended_at: Some(ids::now_ms()),
                    ..run
                };
                end(tx, &ended).await
            })
        });
        write.await
    }
}

/// Answers when a run of the assistant changed, or an agent did.
async fn heard(changes: &mut Receiver<Change>) {
    loop {
        match changes.recv().await {
            Ok(change) if matches!(change.topic, Topic::Chat | Topic::Notification) => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => return std::future::pending().await,
        }
    }
}

fn run_of(it: &agents::Agent, id: String) -> AgentRun {
    let is_dry = it.is_executing == 0 || (it.asked_at.is_some() && it.is_asked_dry != 0);
    AgentRun {
        id,
        workspace_id: it.workspace_id.clone(),
        agent_id: it.id.clone(),
        agent: it.name.clone(),
        owner_id: it.owner_id.clone(),
        is_dry: i16::from(is_dry),
        status: "running".to_owned(),
        error: None,
        findings: None,
        started_at: ids::now_ms(),
        ended_at: None,
    }
}

/// Takes the agent and stores its run, together; false when another node took it, or its last run is still under way:
/// then it stays due.
async fn store_start(
    tx: &mut Conn,
    (actor, node): (&Actor, &str),
    (it, next_at): (&agents::Agent, Option<i64>),
    new: NewRun,
) -> Result<bool, Problem> {
    let mine = owner(actor);
    let kept = it.session_id.as_deref().map(SessionId::from);
    let known = match &kept {
        Some(id) => chat::session(tx, &mine, id).await?.map(|it| it.id),
        None => None,
    };
    if let Some(session) = &known
        && runs::hold(tx, session).await?.is_some()
    {
        return Ok(false);
    }
    if !agents::take(tx, it, next_at).await? {
        return Ok(false);
    }
    let session = match known {
        Some(session) => session,
        None => {
            let made = NewSession { title: it.name.clone(), ..NewSession::default() };
            let session = chat::insert_session(tx, &mine, &made).await?;
            agents::set_session(tx, &it.id, &session).await?;
            session
        }
    };
    agents::insert_run(tx, &run_of(it, new.id.to_string())).await?;
    let new = NewRun { session, ..new };
    if !begin(tx, (actor, node), (&it.goal, &[]), &new).await? {
        return Err(Problem::conflict("Its last run is still under way"));
    }
    Ok(true)
}

/// Notes how a run ended, and tells its owner of one that failed.
async fn end(tx: &mut Conn, run: &AgentRun) -> Result<(), Problem> {
    if !agents::end_run(tx, run).await? {
        return Ok(());
    }
    let failed = run.status == "failed";
    let workspace = WorkspaceId::from(run.workspace_id.as_str());
    if failed {
        let agent = agents::find(tx, &workspace, &run.agent_id).await?;
        let session = agent.and_then(|it| it.session_id);
        let new = NewNotification {
            user: UserId::from(run.owner_id.as_str()),
            title: format!("The agent “{}” failed", run.agent),
            body: run.error.clone().unwrap_or_default(),
            link: session.map(|it| format!("/chat/{it}")),
            once: Some(format!("agent:{}", run.id)),
        };
        notifications::insert(tx, &workspace, &new).await?;
    }
    let outcome = if failed { Outcome::Failed } else { Outcome::Success };
    let detail =
        json!({ "agentId": run.agent_id, "status": run.status, "dryRun": run.is_dry != 0 });
    let event =
        Event::new(EventKind::AgentRan, ChatRunId::from(run.id.as_str()), run.agent.as_str());
    events::record(tx, &nobody(&workspace), &event.with(detail).ended(outcome)).await?;
    Ok(())
}
