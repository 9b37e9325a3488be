//! Large results that a caller may fetch piece by piece for a day. They are answers kept under a key, like those of
//! repeated requests, and live in the same table.

use crate::db::{Conn, Result, execute, fetch_optional};
use crate::ids;
use domain::ids::{UserId, WorkspaceId};
use serde_json::Value;

/// How long a result is kept.
pub const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// Items of one chunk, unless a result says otherwise.
const CHUNK: usize = 50;
/// The name under which results are kept; no tool is called so.
const SHELF: &str = "payload:";

/// A kept result.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload {
    /// The name of the collection: `todos`.
    pub collection: String,
    /// Every item.
    pub items: Vec<Value>,
    /// How many of them one chunk holds.
    pub chunk: usize,
    /// Epoch milliseconds after which it is gone.
    pub expires_at: i64,
}

/// Keeps a result for the caller under `key`, and forgets what the caller no longer needs.
///
/// # Errors
/// When the database refuses.
pub async fn keep(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    key: &str,
    payload: &Payload,
) -> Result<()> {
    let now = ids::now_ms();
    let sql = "DELETE FROM tool_keys WHERE workspace_id = $1 AND user_id = $2 AND tool = $3 AND created_at < $4";
    execute!(conn, sql, workspace.as_str(), user.as_str(), SHELF, now - KEPT_MS)?;
    let sql = "INSERT INTO tool_keys (workspace_id, user_id, tool, request_key, args_hash, answer, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let answer = serde_json::to_string(&payload.items)?;
    let label = format!("{}#{}", payload.collection, payload.chunk);
    execute!(conn, sql, workspace.as_str(), user.as_str(), SHELF, key, label, answer, now)?;
    Ok(())
}

/// What the caller keeps under `key`; nothing when it is another person's, unknown or too old.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    key: &str,
) -> Result<Option<Payload>> {
    let sql = "SELECT args_hash, answer, created_at FROM tool_keys
               WHERE workspace_id = $1 AND user_id = $2 AND tool = $3 AND request_key = $4 AND created_at >= $5";
    let since = ids::now_ms() - KEPT_MS;
    let row = fetch_optional!(
        conn,
        (String, Option<String>, i64),
        sql,
        workspace.as_str(),
        user.as_str(),
        SHELF,
        key,
        since
    )?;
    let Some((label, Some(answer), made)) = row else { return Ok(None) };
    let items = serde_json::from_str(&answer)?;
    let (collection, chunk) = label.split_once('#').unwrap_or((&label, ""));
    let chunk = chunk.parse().unwrap_or(CHUNK);
    let collection = collection.to_owned();
    Ok(Some(Payload { collection, items, chunk, expires_at: made + KEPT_MS }))
}
