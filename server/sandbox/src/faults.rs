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
    /// The next page it names is on the same server, by another scheme.
    OtherScheme,
    /// It is carried out, and the connection ends in the middle of the answer.
    CutOff,
    /// It is carried out, and the answer never ends.
    Endless,
}

/// Faults waiting for requests, first in, first out, and those that stay.
#[derive(Default)]
pub(crate) struct Faults {
    waiting: Mutex<VecDeque<Fault>>,
    /// For every request whose method and address hold the text: `POST /1/projects.json`.
    staying: Mutex<Vec<(String, Fault)>>,
}

impl Faults {
    pub(crate) fn push(&self, fault: Fault) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back(fault);
    }

    pub(crate) fn stay(&self, part: &str, fault: Fault) {
        let mut staying = self.staying.lock().unwrap_or_else(PoisonError::into_inner);
        staying.push((part.to_owned(), fault));
    }

    pub(crate) fn clear(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.staying.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What goes wrong with a request to `address`, which begins with its method.
    pub(crate) fn next(&self, address: &str) -> Option<Fault> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let staying = self.staying.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.or_else(|| staying.iter().find(|it| address.contains(&it.0)).map(|it| it.1))
    }
}
