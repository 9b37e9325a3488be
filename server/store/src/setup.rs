//! What the quick setup asks of the records.

use crate::db::{Conn, Result, fetch_optional};
use domain::ids::WorkspaceId;

/// What is true of a workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The assistant gave an answer for which it used a tool.
    pub has_answer: bool,
    /// A flow has a trigger, a step, and nothing missing.
    pub has_flow: bool,
    /// A run that was no test succeeded.
    pub has_run: bool,
}

/// What is true of `workspace` now.
///
/// # Errors
/// When the database refuses.
pub async fn facts(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Facts> {
    let answered = "SELECT 1 FROM chat_runs WHERE workspace_id = $1 AND status = 'succeeded'
                      AND tools_used <> '[]' LIMIT 1";
    let valid = "SELECT 1 FROM flow_versions WHERE workspace_id = $1 AND valid = 1 AND body LIKE '%nextAction%' LIMIT 1";
    let succeeded = "SELECT 1 FROM runs WHERE workspace_id = $1 AND status = 'SUCCEEDED'
                       AND environment = 'PRODUCTION' LIMIT 1";
    Ok(Facts {
        has_answer: fetch_optional!(conn, (i32,), answered, workspace.as_str())?.is_some(),
        has_flow: fetch_optional!(conn, (i32,), valid, workspace.as_str())?.is_some(),
        has_run: fetch_optional!(conn, (i32,), succeeded, workspace.as_str())?.is_some(),
    })
}
