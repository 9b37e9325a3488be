//! Failures on demand, so that tests can see how the client takes them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Something that goes wrong with the next request.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// It is answered with this status instead, nothing happens.
    Status(u16),
    /// It is answered with 429 and `Retry-After` in seconds.
    TooMany {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// It is carried out, and the answer comes late.
    Slow(Duration),
    /// It is carried out, and the answer is lost on the way: a 502.
    LostAnswer,
    /// Nothing goes wrong: the fault after it is for a later request.
    Pass,
    /// It is answered with an empty page, whatever the count says, and no next one.
    EmptyPage,
    /// The next page it names is on another server.
    ForeignLink,
}

/// Faults waiting for requests, first in, first out.
#[derive(Default)]
pub(crate) struct Faults(Mutex<VecDeque<Fault>>);

impl Faults {
    pub(crate) fn push(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(fault);
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn next(&self) -> Option<Fault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}
