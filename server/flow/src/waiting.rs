//! Callers of synchronous webhooks that wait for their run's answer. They register before the run begins.

use domain::flow::run::RunStatus;
use domain::ids::RunId;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

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
