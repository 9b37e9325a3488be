//! Runs of flows (flow.md 6).

use crate::ids::{FlowId, FlowVersionId, RunId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// State of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RunStatus {
    /// Stored, not started.
    Queued,
    /// Under way.
    Running,
    /// Waits for a time, a webhook or a person.
    Paused,
    /// Every step that had to run did.
    Succeeded,
    /// A step failed.
    Failed,
    /// Took longer than allowed.
    Timeout,
    /// Our fault.
    InternalError,
    /// A limit of the workspace was reached.
    QuotaExceeded,
    /// Needed more memory than allowed.
    MemoryLimitExceeded,
    /// Stopped by a person.
    Canceled,
}

impl RunStatus {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::Running,
        Self::Paused,
        Self::Succeeded,
        Self::Failed,
        Self::Timeout,
        Self::InternalError,
        Self::QuotaExceeded,
        Self::MemoryLimitExceeded,
        Self::Canceled,
    ];

    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Running => "RUNNING",
            Self::Paused => "PAUSED",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Timeout => "TIMEOUT",
            Self::InternalError => "INTERNAL_ERROR",
            Self::QuotaExceeded => "QUOTA_EXCEEDED",
            Self::MemoryLimitExceeded => "MEMORY_LIMIT_EXCEEDED",
            Self::Canceled => "CANCELED",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }

    /// The states of a run that did not do what it should.
    pub const FAILED: [Self; 5] = [
        Self::Failed,
        Self::Timeout,
        Self::InternalError,
        Self::QuotaExceeded,
        Self::MemoryLimitExceeded,
    ];

    /// Nothing more will happen; never changes again.
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Queued | Self::Running | Self::Paused)
    }

    /// It did not do what it should.
    pub fn is_failed(self) -> bool {
        Self::FAILED.contains(&self)
    }
}

/// State of one step of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum StepStatus {
    /// Under way.
    Running,
    /// Done; never runs again.
    Succeeded,
    /// Failed.
    Failed,
    /// Waits.
    Paused,
    /// Ended the run on purpose.
    Stopped,
}

impl StepStatus {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Paused => "PAUSED",
            Self::Stopped => "STOPPED",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Running, Self::Succeeded, Self::Failed, Self::Paused, Self::Stopped]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

/// What a step did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepOutput {
    /// `PIECE`, `LOOP_ON_ITEMS`, ...
    pub r#type: String,
    /// How it stands.
    pub status: StepStatus,
    /// What it was given, secrets masked.
    #[serde(default)]
    pub input: Value,
    /// What it gave; loops give `{item, index, iterations}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// Why it failed, in plain words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// References that gave nothing, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What its code wrote with `console`, line by line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logged: Vec<String>,
    /// What it would have changed, as a sentence: it is a step of a dry run, which passed over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_change: Option<String>,
    /// What ids of the input stand for, by the input they are in: `inputs.assignee_ids` is "Amara Osei, Ben Carter".
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
    /// Names of the connections that it uses, as far as the reader may use them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<String>,
    /// How often it was tried again after it had failed.
    #[serde(default, skip_serializing_if = "is_none")]
    pub retries: u32,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_none(retries: &u32) -> bool {
    *retries == 0
}

impl StepOutput {
    /// Nothing was done: it only said what it would change. Its output stands in for what doing it would have given.
    pub fn has_only_said(&self) -> bool {
        self.would_change.is_some()
    }
}

/// What one step of a dry run would have changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WouldChange {
    /// `step_2`.
    pub step: String,
    /// Where it ran: `step_2`, in loops `step_1/0/step_2` with the round counted from 0.
    pub path: String,
    /// In plain words, with names: "Post “Overdue today” to Website relaunch".
    pub sentence: String,
}

/// The step a run failed at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedStep {
    /// `step_3`.
    pub name: String,
    /// What people read.
    pub display_name: String,
}

/// The environment of a run that does what the flow is for.
pub const LIVE: &str = "PRODUCTION";
/// The environment of a run that somebody only tries something out with.
pub const TRIED: &str = "TESTING";

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunKind {
    /// The flow does its job.
    Live,
    /// Somebody tries the whole flow, for real.
    Test,
    /// Somebody looks at what would change; nothing is changed.
    Dry,
    /// Somebody tries one step, for real.
    Step,
}

impl RunKind {
    /// The words beside a run; none for a live one.
    pub fn words(self) -> Option<&'static str> {
        match self {
            Self::Live => None,
            Self::Test => Some("Test run"),
            Self::Dry => Some("Dry run"),
            Self::Step => Some("Step test"),
        }
    }
}

/// The run of another flow that called this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Caller {
    /// The run whose step called.
    pub run_id: RunId,
    /// The name of its flow then.
    pub flow_name: String,
}

/// One execution of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// The run.
    pub id: RunId,
    /// The workspace, under the name the engines use.
    pub project_id: String,
    /// The flow.
    pub flow_id: FlowId,
    /// The version it runs.
    pub flow_version_id: FlowVersionId,
    /// The flow's name at that version.
    pub flow_name: String,
    /// `PRODUCTION` or `TESTING`.
    pub environment: String,
    /// How it stands.
    pub status: RunStatus,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<String>,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_time: Option<String>,
    /// Milliseconds from start to finish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
    /// Where it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_step: Option<FailedStep>,
    /// Why, in plain words, where no step is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How often a restart took it up again.
    #[serde(default)]
    pub resumed: u32,
    /// What started it: `webhook`, `schedule`, `manual`.
    pub triggered_by: String,
    /// Whose rights it has: who started it by hand, else who published the flow; none on another engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acting_user: Option<UserId>,
    /// The run that it tries again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_of: Option<RunId>,
    /// The run whose step called it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called_by: Option<Caller>,
    /// How many steps ran.
    #[serde(default)]
    pub steps_count: u32,
    /// What it does less than a whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial: Option<Trial>,
    /// What a dry run would have changed, in the order its steps ran; empty in lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub would_change: Vec<WouldChange>,
    /// Step outputs by name, in the order they ran; empty in lists.
    #[serde(default)]
    pub steps: Map<String, Value>,
}

impl Run {
    /// Nothing outside the run was changed by it.
    pub fn is_dry(&self) -> bool {
        self.trial == Some(Trial::Dry)
    }
}

/// What a test of a draft does less than a whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trial {
    /// Every step, but nothing outside the run is changed.
    Dry,
    /// One step for real, on samples of the steps before it.
    Step {
        /// `step_3`.
        name: String,
        /// Inputs in place of those the step holds, for this time.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        input: Map<String, Value>,
    },
}

/// What a step says, beside its sentence, that a dry run passed over.
pub const NOT_DONE: &str = "Not done: a dry run changes nothing";

/// Which version a started run takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Which {
    /// The one that is live.
    Published,
    /// The one being edited; the run counts as a test.
    Draft,
}

impl Run {
    /// What it is for.
    pub fn kind(&self) -> RunKind {
        match &self.trial {
            Some(Trial::Dry) => RunKind::Dry,
            Some(Trial::Step { .. }) => RunKind::Step,
            None if self.environment == TRIED => RunKind::Test,
            None => RunKind::Live,
        }
    }
}

/// How the runs of a day went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunFigures {
    /// Started.
    pub started: u64,
    /// Of them: did what they should.
    pub succeeded: u64,
    /// Of them: failed.
    pub failed: u64,
    /// Runs that wait now, whenever they started.
    pub waiting: u64,
    /// Milliseconds that the one in the middle took, of those that succeeded.
    pub typical: Option<i64>,
}

/// What became of several runs that were to be tried again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Retried {
    /// How many were started again.
    pub started: usize,
    /// How many were not.
    pub refused: usize,
    /// Why the first of those was not.
    pub why: Option<String>,
}

/// How a run is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Retry {
    /// A new run that takes over every step that was done.
    FromFailedStep,
    /// A new run of what is published now, from the start, with the same trigger output.
    OnLatestVersion,
}
