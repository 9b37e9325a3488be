//! What super admins see of the whole installation: the shell, its settings, its workspaces, its numbers.

use crate::ids::WorkspaceId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How long a session of the shell stays open without a command, milliseconds.
pub const SHELL_IDLE_MS: i64 = 15 * 60 * 1000;

/// An open session of the shell with what was done in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShellSession {
    /// The session, `sh_` and letters.
    pub id: String,
    /// Epoch milliseconds.
    pub opened_at_ms: i64,
    /// What was typed, oldest first.
    pub lines: Vec<ShellLine>,
}

/// One command and what it answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ShellLine {
    /// As it was typed.
    pub command: String,
    /// Lines of text.
    pub output: String,
    /// 0 when it worked, 1 when it found or met a problem, 2 when its words were wrong.
    pub exit_code: i32,
    /// How long it took.
    pub ms: i64,
}

/// A row of the list of all workspaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceRow {
    /// The workspace.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// How many people belong to it.
    pub members: i64,
    /// Flows that are on.
    pub flows_on: i64,
    /// Runs of the last seven days.
    pub runs_week: i64,
    /// What its assistant cost this month, millionths of a dollar.
    pub cost_micros: i64,
    /// Epoch milliseconds.
    pub created_at_ms: i64,
    /// When something last happened in it, epoch milliseconds.
    pub last_active_at_ms: Option<i64>,
}

/// A page of the list of all workspaces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspacePage {
    /// The rows.
    pub workspaces: Vec<WorkspaceRow>,
    /// Where the next page starts; none after the last.
    pub next: Option<String>,
}

/// A limit that a super admin may set (contract.md 0.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Wrong passwords for one account from one address before it closes for ten minutes.
    SignInFailures,
    /// Sign-ups and accepted invitations an hour from one address.
    SignUps,
    /// Calls a minute of one person in one workspace.
    Calls,
    /// Questions a second to the assistant of one workspace.
    ChatMessages,
    /// Flows a minute that scripts make in one workspace.
    FlowsMade,
    /// Runs a minute that people, scripts and the assistant start or try again in one workspace.
    FlowStarts,
}

impl Limit {
    /// Every limit, in the order of the page.
    pub const ALL: [Self; 6] = [
        Self::SignInFailures,
        Self::SignUps,
        Self::Calls,
        Self::ChatMessages,
        Self::FlowsMade,
        Self::FlowStarts,
    ];

    /// The highest value.
    pub const HIGHEST: u32 = 1_000_000;

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::SignInFailures => "signInFailures",
            Self::SignUps => "signUpsPerHour",
            Self::Calls => "callsPerMinute",
            Self::ChatMessages => "chatMessagesPerSecond",
            Self::FlowsMade => "flowsMadePerMinute",
            Self::FlowStarts => "flowStartsPerMinute",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// The words on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::SignInFailures => "Wrong passwords before a pause",
            Self::SignUps => "Sign-ups an hour, each address",
            Self::Calls => "Calls a minute, each person",
            Self::ChatMessages => "Questions a second, each workspace",
            Self::FlowsMade => "New flows a minute, each workspace",
            Self::FlowStarts => "Started runs a minute, each workspace",
        }
    }

    /// What holds while nobody set it.
    pub fn default_value(self) -> u32 {
        match self {
            Self::SignInFailures => 10,
            Self::SignUps => 60,
            Self::Calls => 600,
            Self::ChatMessages => 5,
            Self::FlowsMade => 20,
            Self::FlowStarts => 100,
        }
    }
}

/// The settings of the installation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlatformSettings {
    /// `open` or `closed`.
    pub signup: String,
    /// Whether the server's settings close it, so that it cannot be opened here.
    pub signup_locked: bool,
    /// Other sites that may call the API with a key.
    pub cors_allowed_origins: Vec<String>,
    /// Hosts, hosts with port and address ranges that flow steps may reach although they are private.
    pub outgoing_allow_list: Vec<String>,
    /// `on` or `off`: whether code steps run in the workspace the super admin is in.
    pub code_steps: String,
    /// What holds of each [`Limit`], by its name.
    pub limits: BTreeMap<String, u32>,
}

/// The settings of the installation with what only the running server knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerSettings {
    /// The settings.
    #[serde(flatten)]
    pub settings: PlatformSettings,
    /// `v1` or `v2`: how the assistant's next runs are worked on.
    pub agent_runtime: String,
    /// `setting` when a super admin chose it, else `server`.
    pub agent_runtime_source: String,
    /// The build that runs.
    pub build: String,
}

/// What to change; absent fields stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PlatformChange {
    /// `open` or `closed`.
    pub signup: Option<String>,
    /// Origins such as `https://tools.example.com`.
    pub cors_allowed_origins: Option<Vec<String>>,
    /// Hosts, hosts with port or address ranges.
    pub outgoing_allow_list: Option<Vec<String>>,
    /// `on` or `off`, for the workspace the super admin is in.
    pub code_steps: Option<String>,
    /// `v1` or `v2`.
    pub agent_runtime: Option<String>,
    /// Whole numbers by the names of limits; null takes the default again.
    pub limits: Option<Map<String, Value>>,
}

/// What a look from outside found about whether workspaces are apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IsolationCheck {
    /// Records and lists that were asked for.
    pub asked: usize,
    /// Workspaces whose records were asked for.
    pub workspaces: usize,
    /// How many there are.
    pub all_workspaces: usize,
    /// What was given, though it should not have been.
    pub failures: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_known_by_its_name() {
        assert!(Limit::ALL.into_iter().all(|it| Limit::parse(it.name()) == Some(it)));
        assert_eq!(Limit::parse("everything"), None);
    }
}
