//! The quick setup: ready, or what is missing (product.md 5).

use serde::{Deserialize, Serialize};

/// State of one setup step, computed from the workspace and never from clicks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupState {
    /// True now.
    Done,
    /// Not yet.
    Pending,
    /// Tried, and did not pass.
    Failed,
}

/// One step of the setup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetupStep {
    /// `account`, `basecamp`, `engine`, `assistant`, `ready`, `first_flow`, `first_run`.
    pub id: String,
    /// How it stands.
    pub state: SetupState,
    /// "Connect Basecamp".
    pub title: String,
    /// What is known, or what went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The one thing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<SetupAction>,
    /// Why a test did not pass, in plain words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How long the test took; none when nothing was tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
    /// Whether the other side answered at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<bool>,
}

/// The button of a setup step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupAction {
    /// The words on it.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

/// The whole setup (contract.md 1.10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// In the fixed order.
    pub steps: Vec<SetupStep>,
    /// How many of the counted steps are done.
    pub done: u32,
    /// How many are counted.
    pub total: u32,
    /// Id of the first step that is not done.
    pub next: Option<String>,
    /// All counted steps are done.
    pub ready: bool,
}
