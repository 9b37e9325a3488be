//! Flows: the Activepieces flow JSON (flow.md 1), read leniently from schemas 13 to 20 and written as 16.
//!
//! A flow moves between engines unchanged, so the field and type names on the wire are theirs.

pub mod catalog;
mod chain;
pub mod clip;
pub mod clock;
pub mod compare;
pub mod condition;
pub mod connection;
pub mod cron;
pub mod edit;
pub mod engine;
pub mod exchange;
pub mod form;
mod handling;
pub mod keeping;
pub mod layout;
pub mod legacy;
pub mod listing;
pub mod merge;
pub mod nested;
mod note;
pub mod places;
pub mod presence;
pub mod projects;
pub mod proposal;
pub mod rebase;
pub mod run;
pub mod sample;
pub mod tables;
pub mod templates;
pub mod tree;
pub mod validate;
pub mod would;

pub use handling::{ErrorHandling, RetryPolicy, Switch};
pub use note::Note;

use crate::ids::{FlowId, FlowVersionId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// Runs that a flow may be limited to.
pub const RUNS_AT_ONCE: RangeInclusive<u32> = 1..=100;

/// The schema version we write.
pub const SCHEMA_VERSION: &str = "16";

/// Whether events start runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FlowStatus {
    /// The published version runs.
    Enabled,
    /// Nothing runs by itself.
    Disabled,
}

/// Whether a version can still change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum VersionState {
    /// Being edited.
    Draft,
    /// Published once; never changes.
    Locked,
}

/// A flow with its newest version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Flow {
    /// The flow.
    pub id: FlowId,
    /// The workspace, under the name the engines use.
    pub project_id: String,
    /// Its folder.
    pub folder_id: Option<String>,
    /// Whether events start runs.
    pub status: FlowStatus,
    /// What runs.
    pub published_version_id: Option<FlowVersionId>,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339.
    pub updated: String,
    /// Who made it.
    pub owner_id: Option<String>,
    /// Free data of clients.
    #[serde(default)]
    pub metadata: Option<Value>,
    /// Runs that may be under way at once, [`RUNS_AT_ONCE`]; more wait. None leaves it to the limit of the workspace. Runs
    /// that pause for a time or a person, and tests of steps, are not counted.
    #[serde(default)]
    pub runs_at_once: Option<u32>,
    /// Counts saved changes of the draft, for conflict checks: send back the one an edit was made on. Of flows on another
    /// engine it is the time of the last change.
    #[serde(default)]
    pub revision: i64,
    /// Where it runs.
    #[serde(default)]
    pub engine: engine::FlowEngine,
    /// The draft if there is one, else the published version.
    pub version: FlowVersion,
}

/// One saved state of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowVersion {
    /// The version.
    #[serde(default)]
    pub id: FlowVersionId,
    /// The flow.
    #[serde(default)]
    pub flow_id: FlowId,
    /// RFC 3339.
    #[serde(default)]
    pub created: String,
    /// RFC 3339.
    #[serde(default)]
    pub updated: String,
    /// The flow's name.
    pub display_name: String,
    /// Root of the step tree.
    pub trigger: Trigger,
    /// Every step that is not skipped is valid.
    #[serde(default)]
    pub valid: bool,
    /// Whether it can still change.
    #[serde(default = "draft")]
    pub state: VersionState,
    /// The schema it was written with.
    #[serde(default)]
    pub schema_version: Option<String>,
    /// Who changed it last.
    #[serde(default)]
    pub updated_by: Option<String>,
    /// External ids of the connections its steps use.
    #[serde(default)]
    pub connection_ids: Vec<String>,
    /// Sticky notes.
    #[serde(default)]
    pub notes: Vec<Note>,
}

fn draft() -> VersionState {
    VersionState::Draft
}

/// What starts the flow; its name is always `trigger`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trigger {
    /// `trigger`.
    pub name: String,
    /// What people read.
    pub display_name: String,
    /// Nothing is missing.
    #[serde(default)]
    pub valid: bool,
    /// What kind of trigger, with its settings.
    #[serde(flatten)]
    pub kind: TriggerKind,
    /// The first step.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "chain")]
    pub next_action: Option<Box<Action>>,
}

/// What kind of trigger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "settings")]
pub enum TriggerKind {
    /// Not chosen yet.
    #[serde(rename = "EMPTY")]
    Empty(Value),
    /// A trigger of a piece.
    #[serde(rename = "PIECE_TRIGGER")]
    Piece(Box<PieceSettings>),
}

/// One step. Order is the `next_action` chain; nesting only through loops, routers and error branches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// `step_N`: the identity that expressions use.
    #[serde(default)]
    pub name: String,
    /// What people read.
    pub display_name: String,
    /// Nothing is missing.
    #[serde(default)]
    pub valid: bool,
    /// Passed over by runs.
    #[serde(default)]
    pub skip: bool,
    /// What kind of step, with its settings.
    #[serde(flatten)]
    pub kind: ActionKind,
    /// The step after this one.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "chain")]
    pub next_action: Option<Box<Action>>,
    /// Loops: the first step of the body.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "chain")]
    pub first_loop_action: Option<Box<Action>>,
    /// Routers: the first step of each branch, as many as there are branches.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "chain::children")]
    pub children: Option<Vec<Option<Box<Action>>>>,
    /// Steps of pieces and code steps: the first of those that run when it failed for good, with `{{name.error}}` at hand.
    /// Then the run goes on where [`ErrorHandling::continue_on_failure`] is on. Other engines pass it over.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "chain")]
    pub on_error_action: Option<Box<Action>>,
}

/// What kind of step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "settings")]
pub enum ActionKind {
    /// An action of a piece.
    #[serde(rename = "PIECE")]
    Piece(Box<PieceSettings>),
    /// JavaScript; kept and shown, run only where code steps are switched on.
    #[serde(rename = "CODE")]
    Code(Box<CodeSettings>),
    /// For each item of a list.
    #[serde(rename = "LOOP_ON_ITEMS")]
    Loop(LoopSettings),
    /// Branches.
    #[serde(rename = "ROUTER")]
    Router(RouterSettings),
}

/// Settings of a piece's trigger or action.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PieceSettings {
    /// `@activepieces/piece-http`.
    pub piece_name: String,
    /// Semver, may begin with `^` or `~`.
    pub piece_version: String,
    /// For actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_name: Option<String>,
    /// For triggers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger_name: Option<String>,
    /// Values by prop name; strings may hold expressions.
    #[serde(default)]
    pub input: Map<String, Value>,
    /// How each prop is edited.
    #[serde(default)]
    pub property_settings: Map<String, Value>,
    /// What to do when the step fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_handling_options: Option<ErrorHandling>,
    /// When and with what the step was tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_data: Option<Value>,
    /// Keys of other schema versions, kept.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Settings of a code step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeSettings {
    /// The program.
    pub source_code: Value,
    /// Values by name; strings may hold expressions.
    #[serde(default)]
    pub input: Map<String, Value>,
    /// What to do when the step fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_handling_options: Option<ErrorHandling>,
    /// Keys of other schema versions, kept.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Settings of a loop.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoopSettings {
    /// An expression that gives a list.
    #[serde(default)]
    pub items: String,
    /// Keys of other schema versions, kept.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Settings of a router.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouterSettings {
    /// One branch or all that fit.
    pub execution_type: ExecutionType,
    /// In order, the fallback last.
    pub branches: Vec<Branch>,
    /// All that fit run at the same time, with [`ExecutionType::AllMatch`] alone. Our addition: other engines pass it over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub parallel: bool,
    /// Keys of other schema versions, kept.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl RouterSettings {
    /// Whether each branch sees only its own steps: another one runs at the same time, or none does.
    pub fn keeps_branches_apart(&self) -> bool {
        self.parallel || self.execution_type == ExecutionType::FirstMatch
    }
}

/// How many branches of a router run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExecutionType {
    /// The first that fits, left to right.
    #[serde(rename = "EXECUTE_FIRST_MATCH")]
    FirstMatch,
    /// Every one that fits, left to right.
    #[serde(rename = "EXECUTE_ALL_MATCH")]
    AllMatch,
}

/// A branch of a router.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "branchType", rename_all_fields = "camelCase")]
pub enum Branch {
    /// Runs when its conditions hold.
    #[serde(rename = "CONDITION")]
    Condition {
        /// What people read.
        branch_name: String,
        /// Outer list: any of; inner list: all of.
        #[serde(default)]
        conditions: Vec<Vec<condition::Condition>>,
    },
    /// Runs when no other branch does.
    #[serde(rename = "FALLBACK")]
    Fallback {
        /// What people read.
        branch_name: String,
    },
}

impl Branch {
    /// What people read.
    pub fn name(&self) -> &str {
        match self {
            Self::Condition { branch_name, .. } | Self::Fallback { branch_name } => branch_name,
        }
    }
}
