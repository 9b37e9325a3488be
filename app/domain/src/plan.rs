//! Plans: what the assistant would do for an objective, before anybody says yes.

use crate::approval::Risk;
use crate::ids::SessionId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One thing that would be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanStep {
    /// Within the plan: `1`, `2`, ...
    pub id: String,
    /// In one line.
    pub title: String,
    /// To what, where, and who sees it; or why it cannot be done as it is.
    pub detail: String,
    /// The tool.
    pub tool: String,
    /// Its arguments.
    pub args: Value,
    /// The worst it can do.
    pub risk: Risk,
    /// Arguments that are missing or wrong.
    pub missing: Vec<String>,
}

/// What would be done for an objective, or was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The plan.
    pub id: String,
    /// What a person wants, in their words.
    pub objective: String,
    /// In order.
    pub steps: Vec<PlanStep>,
    /// The conversation in which it was carried out; none before that.
    pub session: Option<SessionId>,
    /// When it was made, RFC 3339.
    pub at: String,
}
