//! Agents: saved goals that the assistant works on by schedule.

use crate::ids::SessionId;
use serde::{Deserialize, Serialize};

/// What an agent is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentKind {
    /// Keeps an eye on projects.
    Pm,
    /// Sorts what comes in.
    Triage,
    /// Looks for what is left undone.
    Quality,
    /// Looks over what was done.
    Review,
    /// Anything else.
    #[default]
    Custom,
}

impl AgentKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Custom, Self::Pm, Self::Triage, Self::Quality, Self::Review];

    /// The word in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pm => "pm",
            Self::Triage => "triage",
            Self::Quality => "quality",
            Self::Review => "review",
            Self::Custom => "custom",
        }
    }

    /// Reads that word; anything else is [`Self::Custom`].
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|it| it.as_str() == word).unwrap_or_default()
    }

    /// On screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pm => "Project watch",
            Self::Triage => "Triage",
            Self::Quality => "Quality",
            Self::Review => "Review",
            Self::Custom => "Anything else",
        }
    }
}

/// When an agent runs by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentSchedule {
    /// Never: somebody asks.
    #[default]
    OnDemand,
    /// On the hour.
    Hourly,
    /// When work begins.
    Daily,
    /// When work begins on a Monday.
    Weekly,
}

impl AgentSchedule {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::OnDemand, Self::Hourly, Self::Daily, Self::Weekly];

    /// The word in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnDemand => "on_demand",
            Self::Hourly => "hourly",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }

    /// Reads that word; anything else is [`Self::OnDemand`].
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|it| it.as_str() == word).unwrap_or_default()
    }

    /// On screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::OnDemand => "When somebody asks",
            Self::Hourly => "Every hour",
            Self::Daily => "Every day, when work begins",
            Self::Weekly => "Every Monday, when work begins",
        }
    }
}

/// Whether an agent runs by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentStatus {
    /// By its schedule.
    Active,
    /// Not at all, until somebody resumes it.
    Paused,
}

/// An agent as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedAgent {
    /// The agent.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is asked each time.
    pub goal: String,
    /// How it goes about it; may be empty.
    pub strategy: String,
    /// What it is for.
    #[serde(rename = "type")]
    pub kind: AgentKind,
    /// When it runs.
    pub schedule: AgentSchedule,
    /// It may change things, by the rules for approvals; else it only tells what it would do.
    pub auto_execute: bool,
    /// Whether it runs by itself.
    pub status: AgentStatus,
    /// Whose rights it has, by name.
    pub owner: String,
    /// When it is due next, RFC 3339.
    pub next_run: Option<String>,
    /// The conversation of its runs, for its owner.
    pub session_id: Option<SessionId>,
    /// RFC 3339.
    pub created_at: String,
}

/// One run of an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRun {
    /// The run.
    pub id: String,
    /// `running`, `waiting_approval`, `succeeded`, `failed` or `cancelled`.
    pub status: String,
    /// It only told what it would do.
    pub dry_run: bool,
    /// RFC 3339.
    pub started_at: String,
    /// RFC 3339.
    pub ended_at: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// What it answered, for its owner: it read with their rights.
    pub findings: Option<String>,
}

/// An agent with how it did lately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentStanding {
    /// The agent.
    #[serde(flatten)]
    pub agent: SavedAgent,
    /// Its newest run.
    pub last_run: Option<AgentRun>,
    /// Runs of the last 90 days.
    pub runs_count: usize,
    /// Those that failed.
    pub failed_count: usize,
    /// Whoever looks may change it.
    pub may_change: bool,
}

/// A run of an agent as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnRun {
    /// The run.
    pub run: AgentRun,
    /// What it answered, as HTML in which nothing can act; empty when there is nothing, or it is not for who looks.
    pub html: String,
}

/// An agent with its newest runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentHistory {
    /// The agent.
    pub standing: AgentStanding,
    /// The newest first.
    pub runs: Vec<DrawnRun>,
}

/// What a person writes about an agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentChange {
    /// The agent; a new one when none.
    pub id: Option<String>,
    /// What people call it.
    pub name: String,
    /// What it is asked each time.
    pub goal: String,
    /// How it goes about it; may be empty.
    pub strategy: String,
    /// What it is for.
    pub kind: AgentKind,
    /// When it runs.
    pub schedule: AgentSchedule,
    /// Whether it may change things.
    pub auto_execute: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_database_are_read_back() {
        assert!(AgentKind::ALL.iter().all(|it| AgentKind::parse(it.as_str()) == *it));
        assert!(AgentSchedule::ALL.iter().all(|it| AgentSchedule::parse(it.as_str()) == *it));
        assert_eq!(AgentKind::parse("other"), AgentKind::Custom);
    }
}
