//! What the first page tells beside to-dos and runs: what happened, and how much everybody has to do.

use crate::project::Workload;
use crate::record::News;
use crate::undo::Reversible;
use serde::{Deserialize, Serialize};

/// Something that happened in PM OS itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Did {
    /// Who did it.
    pub who: String,
    /// What, as words after the name: `published the flow`.
    pub what: String,
    /// To what, by name.
    pub label: String,
    /// The page of it; none where there is none, or none any more.
    pub href: Option<String>,
    /// Epoch milliseconds.
    pub at_ms: i64,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recent {
    /// In Basecamp.
    Basecamp(News),
    /// In PM OS.
    Here(Did),
}

impl Recent {
    /// When, epoch milliseconds.
    pub fn at_ms(&self) -> i64 {
        match self {
            Self::Basecamp(news) => news.at_ms,
            Self::Here(did) => did.at_ms,
        }
    }
}

/// Something that happened, and whether it may be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// What happened.
    pub what: Recent,
    /// The change it was, where the person who looks may take it back.
    pub undo: Option<Reversible>,
}

/// What the first page tells beside to-dos and runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glance {
    /// What happened, the newest first.
    pub recent: Vec<Happened>,
    /// Whether Basecamp's part of it is known: not before it was read once.
    pub is_read: bool,
    /// What everybody has to do, the most loaded first; of those with something to do.
    pub loads: Vec<Workload>,
}
