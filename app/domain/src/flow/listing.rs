//! Lists of flows and runs, and the choices of drop-down fields: what is asked and what is answered.

use crate::flow::FlowStatus;
use crate::flow::edit::FlowEdit;
use crate::flow::engine::FlowEngine;
use crate::flow::run::{Run, RunStatus};
use crate::ids::{FlowId, FlowVersionId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Map;
use serde_json::Value;
use std::collections::BTreeSet;

/// One page of a list (contract.md 8.11).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Send it back as `cursor` for the rows after these.
    pub next: Option<String>,
    /// For the rows before these.
    pub previous: Option<String>,
}

/// Which flows are asked for; everything empty means all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FlowFilter {
    /// Only these.
    pub status: Option<FlowStatus>,
    /// Only of this folder.
    pub folder_id: Option<String>,
    /// Part of the name, in any case.
    pub name: Option<String>,
    /// Only of this engine.
    pub engine: Option<FlowEngine>,
    /// At most this many, 50 when absent, 200 at most.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// A folder of flows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Folder {
    /// The folder.
    pub id: String,
    /// What people read.
    pub display_name: String,
    /// Flows in it.
    pub number_of_flows: u32,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339.
    pub updated: String,
}

/// A flow to be made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewFlow {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub folder_id: Option<String>,
    /// Made at once, or nothing is.
    pub edits: Vec<FlowEdit>,
}

/// The pieces that a workspace switched off, as one flow sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PiecesOff {
    /// Their names on the wire; none for a flow of another engine, which has pieces of its own.
    pub off: BTreeSet<String>,
    /// What people call those that the live version uses: its runs fail at their steps.
    pub live: Vec<String>,
}

/// One row of the list of flows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowSummary {
    /// The flow.
    pub id: FlowId,
    /// Its name.
    pub name: String,
    /// Whether events start runs.
    pub status: FlowStatus,
    /// Its folder.
    pub folder_id: Option<String>,
    /// What runs; none before the first publishing.
    pub published_version_id: Option<FlowVersionId>,
    /// The draft differs from what runs.
    pub has_draft: bool,
    /// Nothing is missing in the newest version.
    pub valid: bool,
    /// Piece of the trigger, for its mark; none while it is not chosen.
    pub trigger_piece: Option<String>,
    /// What starts it, as people read it: the trigger's display name, or when its clock starts it.
    pub trigger_name: String,
    /// Pieces it uses, each once, the trigger's first.
    #[serde(default)]
    pub pieces: Vec<String>,
    /// Steps of the newest version, trigger not counted.
    pub steps_count: u32,
    /// Who made it.
    pub owner_id: Option<String>,
    /// Where it runs.
    #[serde(default)]
    pub engine: FlowEngine,
    /// RFC 3339.
    pub updated: String,
    /// The newest runs, newest first, ten at most, without steps.
    pub last_runs: Vec<Run>,
}

/// One version in the history of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionSummary {
    /// The version.
    pub id: FlowVersionId,
    /// The flow's name then.
    pub display_name: String,
    /// Whether it can still change.
    pub state: super::VersionState,
    /// Nothing is missing.
    pub valid: bool,
    /// It is the one that runs.
    pub published: bool,
    /// Name of who changed it last.
    pub updated_by: Option<String>,
    /// RFC 3339.
    pub updated: String,
}

/// Which runs are asked for; everything empty means all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunFilter {
    /// Only of this flow.
    pub flow_id: Option<FlowId>,
    /// Only in one of these states.
    pub status: Vec<RunStatus>,
    /// True for those that somebody only tried something out with, false for the others.
    pub tests: Option<bool>,
    /// Only those that this person started or tried again.
    pub person: Option<UserId>,
    /// Only those stored since then, epoch milliseconds.
    pub since: Option<i64>,
    /// Part of the flow's name, in any case, or of the run's id.
    pub search: Option<String>,
    /// Only of this engine.
    pub engine: Option<FlowEngine>,
    /// At most this many, 10 when absent, 100 at most.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// Which drop-down field wants choices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OptionsRequest {
    /// `@activepieces/piece-basecamp`.
    pub piece: String,
    /// The action or trigger.
    pub action: String,
    /// The field.
    pub prop: String,
    /// The other fields of the step, for choices that depend on them.
    pub input: Map<String, Value>,
    /// What was typed to narrow the choices.
    pub search: Option<String>,
}

/// What a flow is called until somebody names it.
pub const UNTITLED: &str = "Untitled flow";

/// One choice of a drop-down field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// What people read.
    pub label: String,
    /// What is stored.
    pub value: Value,
}
