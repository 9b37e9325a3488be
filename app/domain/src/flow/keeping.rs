//! How long a workspace keeps the runs of its flows, and how much of them.

use serde::{Deserialize, Serialize};

/// The longest and the most that may be kept.
pub const MOST_DAYS: u64 = 3_650;
/// In megabytes.
pub const MOST_MEGABYTES: u64 = 1_000_000;

/// What a workspace says about its runs; where it says nothing, the server's way holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Keeping {
    /// Ended runs are kept for so many days.
    pub days: Option<u64>,
    /// Their values may take so many megabytes; the oldest go first.
    pub megabytes: Option<u64>,
}

/// Runs and the room they take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunRoom {
    /// How many.
    pub runs: u64,
    /// Bytes of their values, about.
    pub bytes: u64,
}

/// What is kept now, and what a way of keeping would take away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeepingReport {
    /// What the workspace says.
    pub keeping: Keeping,
    /// Days where it says nothing.
    pub usual_days: u64,
    /// Ended runs that are there now.
    pub there: RunRoom,
    /// Those of them that would go at the next look, which comes every hour.
    pub goes: RunRoom,
}
