//! Everything `POST /flows/:id` takes: changes to the flow itself, and operations that need the server.

use super::FlowEdit;
use crate::flow::FlowStatus;
use crate::problem::Issue;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// One operation on a flow.
#[derive(Clone, Debug, PartialEq)]
pub enum FlowOperation {
    /// A change that [`super::apply`] makes.
    Edit(FlowEdit),
    /// One that only the server can do.
    Server(ServerOperation),
}

/// What only the server can do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    content = "request",
    rename_all = "SCREAMING_SNAKE_CASE",
    rename_all_fields = "camelCase"
)]
pub enum ServerOperation {
    /// Puts the flow into a folder or out of all.
    ChangeFolder {
        /// Nothing takes it out.
        #[serde(default)]
        folder_id: Option<String>,
    },
    /// Switches the flow on or off.
    ChangeStatus {
        /// On or off.
        status: FlowStatus,
    },
    /// Makes the draft what runs.
    LockAndPublish {
        /// On when absent.
        #[serde(default)]
        status: Option<FlowStatus>,
    },
    /// Locks the draft without publishing it.
    LockFlow {},
    /// Copies a version into the draft.
    UseAsDraft {
        /// The version.
        version_id: String,
    },
    /// Keeps what a test of a step gave.
    SaveSampleData {
        /// The step.
        step_name: String,
        /// What it was given or gave.
        payload: Value,
        /// `INPUT` or `OUTPUT`.
        r#type: String,
    },
    /// Replaces the free data of clients.
    UpdateMetadata {
        /// Nothing clears it.
        #[serde(default)]
        metadata: Option<Value>,
    },
    /// Sets how much time a run saves.
    UpdateMinutesSaved {
        /// Minutes.
        #[serde(default)]
        time_saved_per_run: Option<f64>,
    },
    /// Gives the flow to someone else.
    UpdateOwner {
        /// The new owner.
        owner_id: String,
    },
}

const EDITS: [&str; 16] = [
    "UPDATE_TRIGGER",
    "ADD_ACTION",
    "UPDATE_ACTION",
    "DELETE_ACTION",
    "MOVE_ACTION",
    "DUPLICATE_ACTION",
    "SET_SKIP_ACTION",
    "ADD_BRANCH",
    "DELETE_BRANCH",
    "DUPLICATE_BRANCH",
    "MOVE_BRANCH",
    "CHANGE_NAME",
    "IMPORT_FLOW",
    "ADD_NOTE",
    "UPDATE_NOTE",
    "DELETE_NOTE",
];
const SERVER: [&str; 9] = [
    "CHANGE_FOLDER",
    "CHANGE_STATUS",
    "LOCK_AND_PUBLISH",
    "LOCK_FLOW",
    "USE_AS_DRAFT",
    "SAVE_SAMPLE_DATA",
    "UPDATE_METADATA",
    "UPDATE_MINUTES_SAVED",
    "UPDATE_OWNER",
];

impl FlowOperation {
    /// Reads `{type, request}`.
    ///
    /// # Errors
    /// One issue that names the field that is wrong, instead of one line per known operation.
    pub fn parse(body: &Value) -> Result<Self, Vec<Issue>> {
        let refuse = |field: &str, message: String| Err(vec![Issue::new(field, message)]);
        let Some(word) = body.get("type").and_then(Value::as_str) else {
            return refuse(
                "type",
                "Say which operation this is, for example ADD_ACTION".to_owned(),
            );
        };
        let request = body.get("request").cloned().unwrap_or_else(|| json!({}));
        let whole = json!({ "type": word, "request": request });
        let read = if EDITS.contains(&word) {
            serde_json::from_value(whole).map(Self::Edit)
        } else if SERVER.contains(&word) {
            serde_json::from_value(whole).map(Self::Server)
        } else {
            return refuse(
                "type",
                format!(
                    "There is no operation called {word}. Use one of {}, {}",
                    EDITS.join(", "),
                    SERVER.join(", ")
                ),
            );
        };
        read.or_else(|it| refuse("request", format!("The request of {word} is not complete: {it}")))
    }
}
