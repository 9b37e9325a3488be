//! How fresh an answer about Basecamp is, and how far its mirror is.

use serde::{Deserialize, Serialize};

/// How fresh answers about projects are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freshness {
    /// Nothing that happened in Basecamp before this moment is missing, epoch milliseconds.
    pub as_of_ms: i64,
    /// Answered from our own database; else Basecamp itself is asked.
    pub is_mirrored: bool,
    /// Why it may be out of date; none while all is well.
    pub stale: Option<String>,
}

/// What an answer about Basecamp is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Projects.
    Projects,
    /// People.
    People,
    /// To-do lists without their to-dos.
    Lists,
    /// To-dos, with the lists and projects they are in.
    Todos,
    /// Cards.
    Cards,
    /// Comments.
    Comments,
    /// Messages.
    Messages,
    /// Answers to check-in questions.
    Answers,
}

/// How far the mirror of a connection is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorStatus {
    /// What it is doing.
    pub state: MirrorState,
    /// How fresh its answers are.
    pub freshness: Freshness,
    /// Each kind of record, the most important first.
    pub parts: Vec<MirrorPart>,
    /// Requests to Basecamp so far.
    pub calls: i64,
    /// Records stored a second since the first load began; none when it is over.
    pub rate: Option<u32>,
    /// Seconds until the first load is over, as far as it can be told.
    pub seconds_left: Option<i64>,
}

/// What a mirror is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MirrorState {
    /// It has not begun.
    Waiting,
    /// The first load is under way.
    Filling,
    /// It follows what happens.
    Following,
    /// Basecamp does not answer; it tries again by itself.
    Away,
    /// Basecamp no longer accepts our access: somebody must connect again.
    NeedsAttention,
}

/// One kind of record in a mirror.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorPart {
    /// `projects`, `people`, `Todo`, ... with `/archived` or `/trashed` behind it.
    pub name: String,
    /// Items stored by the walk under way, or by the last one.
    pub done: i64,
    /// How many Basecamp says there are; none before the first page.
    pub total: Option<i64>,
    /// The whole of it was walked at least once.
    pub is_filled: bool,
    /// The account does not have it.
    pub is_absent: bool,
}
