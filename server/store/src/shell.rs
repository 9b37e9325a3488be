//! Sessions of the shell, and which failed runs it started again.

use crate::db::{Conn, Result, execute, fetch_optional, record};
use domain::ids::{RunId, UserId, WorkspaceId};

record! {
    /// One session.
    #[derive(Clone, Debug)]
    pub struct ShellRow {
        /// The session.
        pub id: String,
        /// The number of the event that opened it.
        pub first_event: i64,
        /// Epoch milliseconds.
        pub opened_at: i64,
        /// When it was last used, epoch milliseconds.
        pub used_at: i64,
        /// Epoch milliseconds; none while it is open.
        pub closed_at: Option<i64>,
    }
}

/// Stores an open session of `user`.
///
/// # Errors
/// When the database refuses.
pub async fn open(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    id: &str,
    first_event: i64,
    now_ms: i64,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO shell_sessions (id, workspace_id, user_id, first_event, opened_at, used_at)
         VALUES ($1, $2, $3, $4, $5, $5)",
        id,
        workspace.as_str(),
        user.as_str(),
        first_event,
        now_ms
    )?;
    Ok(())
}

/// A session of `user`, open or closed; none for anybody else's.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    id: &str,
) -> Result<Option<ShellRow>> {
    let sql = "SELECT id, first_event, opened_at, used_at, closed_at FROM shell_sessions
               WHERE id = $1 AND workspace_id = $2 AND user_id = $3";
    fetch_optional!(conn, ShellRow, sql, id, workspace.as_str(), user.as_str())
}

/// The newest session of `user` that is open and was used after `used_after` (epoch milliseconds).
///
/// # Errors
/// When the database refuses.
pub async fn newest_open(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    used_after: i64,
) -> Result<Option<ShellRow>> {
    let sql = "SELECT id, first_event, opened_at, used_at, closed_at FROM shell_sessions
               WHERE workspace_id = $1 AND user_id = $2 AND closed_at IS NULL AND used_at > $3
               ORDER BY opened_at DESC LIMIT 1";
    fetch_optional!(conn, ShellRow, sql, workspace.as_str(), user.as_str(), used_after)
}

/// Notes that an open session is used now.
///
/// # Errors
/// When the database refuses.
pub async fn touch(conn: &mut Conn, id: &str, now_ms: i64) -> Result<()> {
    let sql = "UPDATE shell_sessions SET used_at = $2 WHERE id = $1 AND closed_at IS NULL";
    execute!(conn, sql, id, now_ms)?;
    Ok(())
}

/// Closes a session; false when it is closed already.
///
/// # Errors
/// When the database refuses.
pub async fn close(conn: &mut Conn, id: &str, now_ms: i64) -> Result<bool> {
    let sql = "UPDATE shell_sessions SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL";
    Ok(execute!(conn, sql, id, now_ms)? > 0)
}

/// Notes that a failed run is started again; false when it was before.
///
/// # Errors
/// When the database refuses.
pub async fn claim_rerun(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    run: &RunId,
    now_ms: i64,
) -> Result<bool> {
    let sql = "INSERT INTO shell_reruns (workspace_id, run_id, created_at) VALUES ($1, $2, $3)
               ON CONFLICT (workspace_id, run_id) DO NOTHING";
    Ok(execute!(conn, sql, workspace.as_str(), run.as_str(), now_ms)? > 0)
}

/// Whether a failed run was started again.
///
/// # Errors
/// When the database refuses.
pub async fn was_rerun(conn: &mut Conn, workspace: &WorkspaceId, run: &RunId) -> Result<bool> {
    let sql = "SELECT created_at FROM shell_reruns WHERE workspace_id = $1 AND run_id = $2";
    Ok(fetch_optional!(conn, (i64,), sql, workspace.as_str(), run.as_str())?.is_some())
}

/// Forgets that a run was started again, because it was not.
///
/// # Errors
/// When the database refuses.
pub async fn release_rerun(conn: &mut Conn, workspace: &WorkspaceId, run: &RunId) -> Result<()> {
    let sql = "DELETE FROM shell_reruns WHERE workspace_id = $1 AND run_id = $2";
    execute!(conn, sql, workspace.as_str(), run.as_str())?;
    Ok(())
}
