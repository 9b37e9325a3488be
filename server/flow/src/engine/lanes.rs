//! Branches of one run that are under way at once: who of them works, and who waits for a time or an answer.
//!
//! A branch that waits goes on by itself while others work. When nobody works any more the run pauses, with every wait
//! in its journal, and holds nothing.

use crate::engine::journal::Halt;
use crate::engine::walk::{Pause, Walk};
use crate::waiting::Answer;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::run_waits;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

/// Steps of one run that are worked on at once; the others wait for a place.
const AT_ONCE: usize = 8;

/// The branches of a run, each counted once; a run without any is one.
pub(crate) struct Lanes {
    state: Mutex<State>,
    pauses: Notify,
    places: Semaphore,
}

struct State {
    working: usize,
    is_pausing: bool,
}

impl Lanes {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State { working: 1, is_pausing: false }),
            pauses: Notify::new(),
            places: Semaphore::new(AT_ONCE),
        }
    }

    /// A place to work on a step, free again when dropped.
    pub(crate) async fn place(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.places.acquire().await.ok()
    }

    /// One that works becomes `branches`, at least one.
    pub(crate) fn split(&self, branches: usize) {
        self.state().working += branches.saturating_sub(1);
    }

    /// One came to its end, and others did not yet.
    pub(crate) fn end_one(&self) {
        self.stop_working();
    }

    /// Whether nobody else works.
    pub(crate) fn is_last(&self) -> bool {
        self.state().working <= 1
    }

    fn is_pausing(&self) -> bool {
        self.state().is_pausing
    }

    /// One works no more; whether others do.
    fn stop_working(&self) -> bool {
        let mut state = self.state();
        if !state.is_pausing {
            state.working = state.working.saturating_sub(1);
            state.is_pausing = state.working == 0;
        }
        let is_pausing = state.is_pausing;
        drop(state);
        if is_pausing {
            self.pauses.notify_waiters();
        }
        !is_pausing
    }

    /// One works again; false when the run pauses already.
    fn go_on(&self) -> bool {
        let mut state = self.state();
        if !state.is_pausing {
            state.working += 1;
        }
        !state.is_pausing
    }

    /// Whole after any panic: each use is one change of it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Walk<'_> {
    /// Waits for the end of `pause` as long as other branches work; false when the run is to pause instead.
    pub(crate) async fn waited(&self, pause: &Pause) -> Result<bool, Halt> {
        let (engine, lanes) = (self.engine, self.lanes);
        if !lanes.is_pausing() && !lanes.is_last() {
            // Whoever looks at the run sees that it waits here, and who answers it finds it.
            self.journal.checkpoint(engine.now_ms()).await?;
            if let Some(answer) = self.journal.response() {
                engine.waiting.answer(&self.journal.run().id, Answer::Responded(answer));
            }
        }
        if !lanes.stop_working() {
            return Ok(false);
        }
        loop {
            let (told, pauses) = (engine.looked_for_work.notified(), lanes.pauses.notified());
            tokio::pin!(told, pauses);
            told.as_mut().enable();
            pauses.as_mut().enable();
            if lanes.is_pausing() {
                return Ok(false);
            }
            if self.is_over(pause).await? {
                return Ok(lanes.go_on());
            }
            let left =
                Duration::from_millis((pause.until_ms - engine.now_ms()).max(1).unsigned_abs());
            tokio::select! {
                () = told => {}
                () = pauses => {}
                () = tokio::time::sleep(left) => {}
            }
        }
    }

    async fn is_over(&self, pause: &Pause) -> Result<bool, Halt> {
        if pause.until_ms <= self.engine.now_ms() {
            return Ok(true);
        }
        let Some(path) = &pause.asked_at else { return Ok(false) };
        let mut conn = self.engine.db.read().await?;
        Ok(run_waits::is_answered(&mut conn, &self.journal.run().id, path).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_pauses_when_the_last_branch_that_works_stops() {
        let lanes = Lanes::new();
        lanes.split(3);
        assert!(lanes.stop_working(), "two still work");
        assert!(lanes.go_on());
        lanes.end_one();
        assert!(lanes.stop_working(), "one still works");
        assert!(!lanes.stop_working(), "nobody does");
        assert!(!lanes.go_on(), "it is too late to go on here");
    }

    #[test]
    fn a_run_without_branches_pauses_at_once() {
        let lanes = Lanes::new();
        assert!(lanes.is_last());
        assert!(!lanes.stop_working());
    }
}
