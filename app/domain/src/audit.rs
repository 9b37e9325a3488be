//! What a look at the chain of events found.

use serde::{Deserialize, Serialize};

/// The newest event when a look began: what to keep elsewhere, so that an end that is cut off shows later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// Its number.
    pub seq: i64,
    /// Its hash, SHA-256 in hex; empty where it comes from a release that made none.
    pub hash: String,
}

impl AuditHead {
    /// The line to keep.
    pub fn line(&self) -> String {
        format!("{} {}", self.seq, self.hash)
    }
}

/// Whether every event is there and as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditCheck {
    /// Events that were looked at.
    pub events: i64,
    /// Of those, the ones of releases that made no hash.
    pub without_hash: i64,
    /// The number of the first event that is missing or not as it was written.
    pub first_broken: Option<i64>,
    /// Whether a line that somebody kept was compared too.
    pub is_compared: bool,
    /// The newest event.
    pub head: AuditHead,
}
