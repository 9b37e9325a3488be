//! Callers of synchronous webhooks that wait for their run's answer. They register before the run begins.

use crate::engine::Engine;
use domain::flow::run::RunStatus;
use domain::ids::{RunId, WorkspaceId};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::db::{Change, Result};
use store::{run_steps, runs};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::oneshot;

/// Looks at a run that another node works on, when nothing was heard of it.
const LOOK: Duration = Duration::from_secs(1);

/// What a run answers its caller.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// A respond step answered.
    Responded(Value),
    /// It ended without one: state, the last step's output, why it failed.
    Ended { status: RunStatus, output: Value, error: Option<String> },
}

/// Everybody who waits, by run.
#[derive(Default)]
pub(crate) struct Waiting {
    callers: Mutex<HashMap<RunId, oneshot::Sender<Answer>>>,
}

impl Waiting {
    /// Waits for the answer of `run`, which has not begun.
    pub(crate) fn register(&self, run: RunId) -> oneshot::Receiver<Answer> {
        let (sender, receiver) = oneshot::channel();
        self.lock().insert(run, sender);
        receiver
    }

    /// Whether somebody waits for `run`.
    pub(crate) fn has(&self, run: &RunId) -> bool {
        self.lock().contains_key(run)
    }

    /// Answers whoever waits; later answers reach nobody.
    pub(crate) fn answer(&self, run: &RunId, answer: Answer) {
        if let Some(caller) = self.lock().remove(run) {
            // The caller may have hung up.
            drop(caller.send(answer));
        }
    }

    /// Nobody waits for `run` any more.
    pub(crate) fn forget(&self, run: &RunId) {
        self.lock().remove(run);
    }

    /// The map is whole after any panic: each use is one operation on it.
    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, oneshot::Sender<Answer>>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// What `run` answers; none when it cannot be known here. Another node may have taken it over.
    pub(crate) async fn answer(
        &self,
        workspace: &WorkspaceId,
        run: &RunId,
        mut told: oneshot::Receiver<Answer>,
    ) -> Option<Answer> {
        if !self.db.is_shared() {
            return told.await.ok();
        }
        let mut changes = self.db.changes();
        loop {
            tokio::select! {
                biased;
                answer = &mut told => return answer.ok(),
                () = heard(&mut changes, run) => {}
                () = tokio::time::sleep(LOOK) => {}
            }
            if !self.is_here(run)
                && let Ok(Some(answer)) = self.left(workspace, run).await
            {
                return Some(answer);
            }
        }
    }

    /// What the run has left in the database for its caller.
    pub(crate) async fn left(
        &self,
        workspace: &WorkspaceId,
        run: &RunId,
    ) -> Result<Option<Answer>> {
        let mut conn = self.db.read().await?;
        let Some(row) = runs::find(&mut conn, workspace, run).await? else { return Ok(None) };
        if let Some(response) = &row.response {
            return Ok(Some(Answer::Responded(serde_json::from_str(response)?)));
        }
        let Some(status) = RunStatus::parse(&row.status).filter(|it| it.is_terminal()) else {
            return Ok(None);
        };
        let steps = run_steps::list(&mut conn, workspace, run).await?;
        let last = steps.iter().rev().find(|it| !it.path.contains('/'));
        let output = last.and_then(|it| it.output.as_deref());
        let output = output.map(serde_json::from_str).transpose()?.unwrap_or_default();
        Ok(Some(Answer::Ended { status, output, error: row.error }))
    }
}

/// Answers when something may have happened to `run`.
async fn heard(changes: &mut Receiver<Change>, run: &RunId) {
    loop {
        match changes.recv().await {
            Ok(change) if change.target == run.as_str() => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
