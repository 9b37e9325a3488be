//! Working on one run from where it stands until it ends, pauses or is lost.

use crate::apps::sealing;
use crate::engine::Engine;
use crate::engine::connections::Held;
use crate::engine::finish::{finish, give_up};
use crate::engine::journal::{Before, Halt, Journal};
use crate::engine::lanes::Lanes;
use crate::engine::plan::Plan;
use crate::engine::scope::Scope;
use crate::engine::slots::Slot;
use crate::engine::trying::tried;
use crate::engine::walk::{Verdict, Walk};
use domain::ids::{FlowId, FlowVersionId, RunId, UserId, WorkspaceId};
use domain::problem::Problem;
use futures::FutureExt;
use serde_json::Value;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use store::run_steps;
use store::runs::{NewRun, RunRow};
use tokio::sync::oneshot;

const DELETED: &str = "The flow was deleted while this run waited";
const UNREADABLE: &str = "What started this run cannot be read any more. Start it again";

/// One run to work on.
pub(crate) struct Job {
    pub(crate) head: NewRun,
    pub(crate) payload: Value,
    pub(crate) plan: Arc<Plan>,
    pub(crate) before: Before,
    /// Its place among those under way.
    pub(crate) slot: Slot,
    /// Told when the run is on the disk, with the run it is: the earlier one of a repeated delivery.
    pub(crate) stored: Option<oneshot::Sender<Result<RunId, Problem>>>,
}

/// How a walk ended.
pub(crate) enum Outcome {
    /// By itself.
    Verdict(Verdict),
    /// It worked longer than allowed.
    TimedOut,
    /// Our fault.
    Panicked,
}

/// What a run leaves when its walk is over: the step that ran last gave this.
pub(crate) struct Left {
    pub(crate) outcome: Outcome,
    pub(crate) last_output: Value,
}

impl Engine {
    /// Works on `job` in a task of its own.
    pub(crate) fn spawn(self: &Arc<Self>, job: Job) {
        let engine = Arc::clone(self);
        tokio::spawn(async move { engine.work(job).await });
    }

    async fn work(&self, job: Job) {
        let Job { head, payload, plan, before, slot, stored } = job;
        let run = head.id.clone();
        let stop = self.begin(run.clone());
        let journal = Journal::new(self.db.clone(), head, &self.owner, self.lease_ms(), before);
        journal.tell_when_stored(stored);
        let halted = self.walk(&journal, &plan, payload, stop).await;
        self.stop(&run);
        if let Err(halt) = halted {
            self.halted(&journal, halt).await;
        }
        drop(slot);
        self.worked();
    }

    async fn walk(
        &self,
        journal: &Journal,
        plan: &Plan,
        mut payload: Value,
        stop: oneshot::Receiver<Problem>,
    ) -> Result<(), Halt> {
        let spent = Duration::from_millis(journal.active_ms().unsigned_abs());
        let left = self.config.run_time.saturating_sub(spent);
        let trying = self.trying(journal.run(), plan).await?;
        if sealing::has_any(&journal.run().payload) {
            let (key, workspace) = (&self.config.key, &journal.run().workspace);
            let secrets = sealing::open(key, workspace, &mut payload);
            secrets.iter().for_each(|it| journal.hide(it));
        }
        let lanes = Lanes::new();
        let mut walk = Walk {
            engine: self,
            plan,
            journal,
            lanes: &lanes,
            scope: Scope::new(payload),
            held: Held::default(),
            trying: &trying,
            last: String::new(),
        };
        let walking = AssertUnwindSafe(walk.run()).catch_unwind();
        let outcome = tokio::select! {
            biased;
            walked = walking => match walked {
                Ok(verdict) => Outcome::Verdict(verdict?),
                Err(_) => Outcome::Panicked,
            },
            told = stop => return Err(told.map_or(Halt::Lost, Halt::Storage)),
            () = tokio::time::sleep(left) => Outcome::TimedOut,
        };
        let last_output = walk.scope.get(&walk.last).cloned().unwrap_or_default();
        finish(self, journal, Left { outcome, last_output }).await
    }

    /// A run that cannot go on here: somebody else has it, or the worker takes it up again when the disk allows.
    async fn halted(&self, journal: &Journal, halt: Halt) {
        let run = journal.run().id.clone();
        let problem = match halt {
            Halt::Started(earlier) => {
                self.waiting.forget(&run);
                journal.tell_stored(Ok(earlier));
                return;
            }
            Halt::Lost => {
                tracing::info!(run = run.as_str(), "a run was stopped or taken over");
                return;
            }
            Halt::Storage(problem) => problem,
        };
        tracing::error!(run = run.as_str(), %problem, "a run could not be written down");
        // A write that was under way may still succeed.
        if let Err(Halt::Started(earlier)) = journal.settle().await {
            self.waiting.forget(&run);
            journal.tell_stored(Ok(earlier));
            return;
        }
        if journal.is_stored() {
            self.abandon(journal.run().id.clone(), journal.fence());
        } else {
            self.waiting.forget(&run);
            journal.tell_stored(Err(problem));
        }
    }

    /// Takes up a run that was claimed from the database.
    pub(crate) async fn resume(self: &Arc<Self>, row: RunRow, slot: Slot) -> Result<(), Problem> {
        let workspace = WorkspaceId::from(row.workspace_id.as_str());
        let flow = FlowId::from(row.flow_id.as_str());
        let version = FlowVersionId::from(row.version_id.as_str());
        let run = RunId::from(row.id.as_str());
        let mut conn = self.db.read().await?;
        let steps = run_steps::list(&mut conn, &workspace, &run).await?;
        drop(conn);
        let before = Before { fence: row.fence, steps, active_ms: row.active_ms };
        let payload = serde_json::from_str(&row.payload);
        let (trial, app) = (row.trial()?, row.app()?);
        let head = NewRun { trial, app, ..head(row, (workspace, flow, version)) };
        let plan = self.plans.get(&self.db, &head.workspace, &head.flow, &head.version).await?;
        let plan = plan.map(|it| tried(it, head.trial.as_ref()));
        let (plan, payload) = match (plan, payload) {
            (Some(plan), Ok(payload)) => (plan, payload),
            (plan, _) => {
                let reason = if plan.is_some() { UNREADABLE } else { DELETED };
                let (owner, lease_ms) = (&self.owner, self.lease_ms());
                let journal = Journal::new(self.db.clone(), head, owner, lease_ms, before);
                let ended = give_up(self, &journal, reason).await;
                return ended.map_err(|_| Problem::conflict("The run was taken over"));
            }
        };
        self.spawn(Job { head, payload, plan, before, slot, stored: None });
        Ok(())
    }
}

fn head(row: RunRow, (workspace, flow, version): (WorkspaceId, FlowId, FlowVersionId)) -> NewRun {
    NewRun {
        id: RunId::from(row.id),
        workspace,
        flow,
        version,
        flow_name: row.flow_name,
        environment: row.environment,
        triggered_by: row.triggered_by,
        acting_user: UserId::from(row.acting_user),
        payload: row.payload,
        dedupe: None,
        created_at: row.created_at,
        trial: None,
        app: None,
    }
}
