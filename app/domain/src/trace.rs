//! The visible list of what a run did, the same for every model (contract.md 3.4).

use crate::ids::OperationId;
use serde::{Deserialize, Serialize};

/// One line of a trace; events with the same id replace each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceStep {
    /// `tool:<runId>:<callId>`, `chat:<runId>`, ...
    pub id: String,
    /// RFC 3339.
    pub ts: String,
    /// `chat`, `tool`, `system`, `flow`, `agent`.
    pub source: String,
    /// `chat.run`, `model.call`, `tool.call`, `approval`, `flow.edit`, ...
    pub kind: String,
    /// How it stands.
    pub status: TraceStatus,
    /// Short, in plain words.
    pub title: String,
    /// At most 800 characters, secrets masked.
    pub detail: String,
    /// The run it belongs to.
    pub run_id: String,
    /// The conversation it belongs to.
    pub session_id: String,
    /// The line it is nested under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i64>,
    /// The write it was, where it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<OperationId>,
}

/// How a line of a trace stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TraceStatus {
    /// Under way.
    Running,
    /// Done.
    Success,
    /// Failed.
    Error,
    /// Worth knowing.
    Info,
    /// Waits for a person.
    Waiting,
    /// Stopped by a person.
    Cancelled,
}
