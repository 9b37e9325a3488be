//! Projects and people of Basecamp, as PM OS shows them.

use crate::ids::ConnectionId;
use serde::{Deserialize, Serialize};

/// A Basecamp project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Basecamp's id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// `active`, `archived` or `trashed`.
    pub status: String,
    /// The page in Basecamp.
    pub app_url: String,
    /// RFC 3339.
    pub updated_at: String,
    /// The to-do set in its dock; none when the tool is off.
    pub todoset_id: Option<i64>,
}

/// A person in Basecamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Basecamp's id.
    pub id: i64,
    /// Full name.
    pub name: String,
    /// Redacted for people without the right to see it.
    pub email: Option<String>,
    /// Job title.
    pub title: Option<String>,
}

/// How a workspace reaches Basecamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasecampConnection {
    /// The stored connection.
    pub id: ConnectionId,
    /// The sample Basecamp of this installation, not a real account.
    pub is_sample: bool,
    /// Basecamp no longer accepts our access: somebody must connect again.
    pub needs_attention: bool,
    /// The account's name in Basecamp.
    pub account_name: String,
    /// Who we act as there.
    pub person: Person,
    /// Epoch milliseconds.
    pub connected_at_ms: i64,
}

/// How a project stands, counted from its to-dos.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectSummary {
    /// The project.
    pub project: Project,
    /// To-dos not completed.
    pub open: u32,
    /// To-dos completed.
    pub completed: u32,
    /// Open to-dos past their day.
    pub overdue: u32,
    /// The nearest day something open is due, `YYYY-MM-DD`.
    pub next_due_on: Option<String>,
    /// Everyone with an open to-do, by name.
    pub team: Vec<Person>,
}

/// How a project does, by formula 2, with what threatens it most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The project's id in Basecamp.
    pub project_id: i64,
    /// Its name.
    pub name: String,
    /// From 0 to 100; none while there is nothing to work it out from.
    pub score: Option<u32>,
    /// By how much the score moved in a week; none when nothing is known of then.
    pub moved: Option<i32>,
    /// The scores of the last eight weeks, one a week and the oldest first; those that are known.
    pub weeks: Vec<u32>,
    /// What threatens it most; none when nothing does.
    pub risk: Option<Risk>,
}

/// What threatens a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// To-dos past their day.
    Overdue(usize),
    /// Open to-dos that nobody touched for a week.
    Stalled(usize),
    /// Open to-dos that nobody has.
    Unassigned(usize),
}

/// How much a person has to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// The person.
    pub person: Person,
    /// Open to-dos they have.
    pub open: u32,
    /// Those past their day.
    pub overdue: u32,
    /// Those due today or in the six days after.
    pub due_soon: u32,
}

impl Workload {
    /// More open to-dos than a person can keep in view.
    const MANY: u32 = 10;

    /// Whether it is too much.
    pub fn is_overloaded(&self) -> bool {
        self.open > Self::MANY
    }
}
