//! Answers of a model that asked for tools: stored before any of the tools runs, so that the conversation can be told
//! again as it was.

use crate::db::{Conn, Result, execute, fetch_all, record};
use crate::ids;
use domain::ids::{ChatRunId, WorkspaceId};
use serde_json::Value;

record! {
    struct RoundRow { heard: i64, text: String, note: Option<String>, first_call: i64, end_call: i64 }
}

/// One such answer.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRound {
    /// How many messages of the chain the model had heard.
    pub heard: i64,
    /// What it said before asking.
    pub text: String,
    /// What it wants back unchanged.
    pub note: Option<Value>,
    /// The position of its first call in the chain.
    pub first_call: i64,
    /// The position after its last call.
    pub end_call: i64,
}

/// Stores an answer of the chain that begins with `root`.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    root: &ChatRunId,
    round: &StoredRound,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO chat_rounds (id, workspace_id, root_id, heard, text, note, first_call, end_call, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        ids::fresh(),
        workspace.as_str(),
        root.as_str(),
        round.heard,
        round.text.as_str(),
        round.note.as_ref().map(Value::to_string),
        round.first_call,
        round.end_call,
        ids::now_ms()
    )?;
    Ok(())
}

/// The answers of a chain, in order.
///
/// # Errors
/// When the database refuses.
pub async fn of_chain(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    root: &ChatRunId,
) -> Result<Vec<StoredRound>> {
    let sql = "SELECT heard, text, note, first_call, end_call FROM chat_rounds
               WHERE workspace_id = $1 AND root_id = $2 ORDER BY first_call";
    let rows = fetch_all!(conn, RoundRow, sql, workspace.as_str(), root.as_str())?;
    rows.into_iter()
        .map(|row| {
            Ok(StoredRound {
                heard: row.heard,
                text: row.text,
                note: row.note.map(|it| serde_json::from_str(&it)).transpose()?,
                first_call: row.first_call,
                end_call: row.end_call,
            })
        })
        .collect()
}
