//! Addresses that Basecamp calls when something happens in a project, and what it hinted at.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use crate::mirror::Key;

/// Hints are remembered so long, so that none counts twice.
const KEPT_MS: i64 = 48 * 3_600_000;

record! {
    /// The address of one project.
    #[derive(Clone, Debug)]
    pub struct HookRow {
        /// The row; the first half of the address.
        pub id: String,
        /// The workspace.
        pub workspace_id: String,
        /// Through which connection it was made.
        pub connection_id: String,
        /// The project in Basecamp.
        pub project_id: i64,
        /// Its id in Basecamp; none until Basecamp has it.
        pub hook_id: Option<i64>,
        /// SHA-256 of the second half of the address, hex.
        pub token_hash: String,
        /// When it was last looked at, epoch milliseconds; 0 before the first time.
        pub checked_at: i64,
    }
}

const COLUMNS: &str =
    "id, workspace_id, connection_id, project_id, hook_id, token_hash, checked_at";

/// The row with `id`, of whatever workspace: whoever calls an address has only that.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, id: &str) -> Result<Option<HookRow>> {
    let sql = format!("SELECT {COLUMNS} FROM basecamp_hooks WHERE id = $1");
    fetch_optional!(conn, HookRow, sqlx::AssertSqlSafe(sql), id)
}

/// Every address of a connection.
///
/// # Errors
/// When the database refuses.
pub async fn of_connection(conn: &mut Conn, key: &Key) -> Result<Vec<HookRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM basecamp_hooks WHERE workspace_id = $1 AND connection_id = $2 ORDER BY project_id"
    );
    let sql = sqlx::AssertSqlSafe(sql);
    fetch_all!(conn, HookRow, sql, key.workspace.as_str(), key.connection.as_str())
}

/// Stores the address of a project before Basecamp is told, in the place of an earlier one; gives its row.
///
/// # Errors
/// When the database refuses.
pub async fn put(conn: &mut Conn, key: &Key, project: i64, token_hash: &str) -> Result<String> {
    let (workspace, connection) = (key.workspace.as_str(), key.connection.as_str());
    let sql = "DELETE FROM basecamp_hooks WHERE workspace_id = $1 AND connection_id = $2 AND project_id = $3";
    execute!(conn, sql, workspace, connection, project)?;
    let id = ids::fresh();
    let sql = "INSERT INTO basecamp_hooks (id, workspace_id, connection_id, project_id, token_hash, checked_at)
               VALUES ($1, $2, $3, $4, $5, 0)";
    execute!(conn, sql, id.as_str(), workspace, connection, project, token_hash)?;
    Ok(id)
}

/// Notes what a look at an address found: Basecamp's id of it, none when Basecamp does not have it.
///
/// # Errors
/// When the database refuses.
pub async fn checked(conn: &mut Conn, key: &Key, id: &str, hook_id: Option<i64>) -> Result<()> {
    let sql = "UPDATE basecamp_hooks SET hook_id = $3, checked_at = $4 WHERE workspace_id = $1 AND id = $2";
    execute!(conn, sql, key.workspace.as_str(), id, hook_id, ids::now_ms())?;
    Ok(())
}

/// Forgets an address: whoever calls it finds nothing.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, key: &Key, id: &str) -> Result<()> {
    let sql = "DELETE FROM basecamp_hooks WHERE workspace_id = $1 AND id = $2";
    execute!(conn, sql, key.workspace.as_str(), id)?;
    Ok(())
}

/// What a call hinted at.
#[derive(Clone, Debug)]
pub struct Hint {
    /// Basecamp's id of what happened.
    pub event: i64,
    /// The record.
    pub record: i64,
    /// `Todo`, `Comment`, ...
    pub kind: String,
}

/// Stores a hint and makes the sync due at `at`; false when it was told before.
///
/// # Errors
/// When the database refuses.
pub async fn hint(conn: &mut Conn, hook: &HookRow, hint: &Hint, at: i64) -> Result<bool> {
    let (workspace, connection) = (hook.workspace_id.as_str(), hook.connection_id.as_str());
    let sql = "INSERT INTO basecamp_hints (workspace_id, connection_id, event_id, recording_id, kind, received_at, is_new)
               VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT DO NOTHING";
    let now = ids::now_ms();
    let kind = hint.kind.as_str();
    if execute!(conn, sql, workspace, connection, hint.event, hint.record, kind, now)? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE mirror_syncs SET next_at = $3 WHERE workspace_id = $1 AND connection_id = $2 AND next_at > $3";
    execute!(conn, sql, workspace, connection, at)?;
    Ok(true)
}

/// Records hinted at whose last hint came before `before`, once each: id and kind.
///
/// # Errors
/// When the database refuses.
pub async fn hinted(
    conn: &mut Conn,
    key: &Key,
    before: i64,
    limit: i64,
) -> Result<Vec<(i64, String)>> {
    fetch_all!(
        conn,
        (i64, String),
        "SELECT recording_id, MIN(kind) FROM basecamp_hints
         WHERE workspace_id = $1 AND connection_id = $2 AND is_new = 1
         GROUP BY recording_id HAVING MAX(received_at) <= $3 ORDER BY MIN(received_at) LIMIT $4",
        key.workspace.as_str(),
        key.connection.as_str(),
        before,
        limit
    )
}

/// Takes the hints about a record that came before `before` as followed, and forgets old ones.
///
/// # Errors
/// When the database refuses.
pub async fn followed(conn: &mut Conn, key: &Key, record: i64, before: i64) -> Result<()> {
    let (workspace, connection) = (key.workspace.as_str(), key.connection.as_str());
    let sql = "UPDATE basecamp_hints SET is_new = 0
               WHERE workspace_id = $1 AND connection_id = $2 AND recording_id = $3 AND received_at <= $4";
    execute!(conn, sql, workspace, connection, record, before)?;
    let sql = "DELETE FROM basecamp_hints
               WHERE workspace_id = $1 AND connection_id = $2 AND is_new = 0 AND received_at < $3";
    execute!(conn, sql, workspace, connection, ids::now_ms() - KEPT_MS)?;
    Ok(())
}

/// Forgets everything of a connection that is gone.
pub(crate) async fn forget(conn: &mut Conn, workspace: &str, connection: &str) -> Result<()> {
    for sql in [
        "DELETE FROM basecamp_hooks WHERE workspace_id = $1 AND connection_id = $2",
        "DELETE FROM basecamp_hints WHERE workspace_id = $1 AND connection_id = $2",
    ] {
        execute!(conn, sql, workspace, connection)?;
    }
    Ok(())
}
