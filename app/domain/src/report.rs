//! Reports over projects and people, as their pages show them.

use crate::project::Workload;
use serde::{Deserialize, Serialize};

/// What a report is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// How projects stand.
    #[default]
    Status,
    /// What was completed by week.
    Velocity,
    /// How work is spread.
    Team,
    /// Everything in short.
    Executive,
    /// What a time was like in a project.
    Retrospective,
    /// What was decided in a project.
    Decisions,
}

impl ReportKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Status,
        Self::Velocity,
        Self::Team,
        Self::Executive,
        Self::Retrospective,
        Self::Decisions,
    ];

    /// The word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Velocity => "velocity",
            Self::Team => "team",
            Self::Executive => "executive",
            Self::Retrospective => "retrospective",
            Self::Decisions => "decisions",
        }
    }

    /// Reads that word; anything else is [`Self::Status`].
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|it| it.as_str() == word).unwrap_or_default()
    }

    /// On screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Status => "Status",
            Self::Velocity => "Velocity",
            Self::Team => "Team",
            Self::Executive => "Overview",
            Self::Retrospective => "Retrospective",
            Self::Decisions => "Decisions",
        }
    }

    /// Whether it is about one project, which must then be chosen.
    pub fn is_of_one(self) -> bool {
        matches!(self, Self::Retrospective | Self::Decisions)
    }
}

/// Which report is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReportQuery {
    /// What it is about.
    pub kind: ReportKind,
    /// Basecamp's id of the one project; all of them when none.
    pub project: Option<i64>,
    /// Days back from today.
    pub days: u32,
}

/// What stands in a row of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Words or a number.
    Text(String),
    /// A moment whose day is shown, RFC 3339.
    Day(String),
}

/// One row of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRow {
    /// As many as there are heads.
    pub cells: Vec<Cell>,
    /// Where it comes from.
    pub source: Option<String>,
}

/// A table of a report; with one head it is a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportTable {
    /// What it lists.
    pub title: String,
    /// What stands in the columns.
    pub heads: Vec<String>,
    /// The rows; may be none.
    pub rows: Vec<ReportRow>,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// What the figures say.
    pub lines: Vec<String>,
    /// The figures.
    pub tables: Vec<ReportTable>,
}

/// How a person stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonStanding {
    /// What they have to do.
    pub load: Workload,
    /// Of 100; for themselves and for administrators, and only where something is known.
    pub health: Option<u32>,
}

/// How the people of a workspace stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleStanding {
    /// The most loaded first.
    pub people: Vec<PersonStanding>,
    /// How evenly work is spread: `excellent`, `good`, `fair` or `poor`; none for fewer than two people with work.
    pub balance: Option<String>,
    /// Open to-dos and cards that nobody has.
    pub unassigned: u32,
}

/// An item that one person could hand to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedMove {
    /// Basecamp's id of the to-do.
    pub id: i64,
    /// The to-do.
    pub title: String,
    /// Who has it, by name.
    pub from: String,
    /// Who could take it, by name.
    pub to: String,
    /// And their id.
    pub to_id: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_addresses_are_read_back() {
        assert!(ReportKind::ALL.iter().all(|it| ReportKind::parse(it.as_str()) == *it));
        assert_eq!(ReportKind::parse("coffee"), ReportKind::Status);
    }
}
