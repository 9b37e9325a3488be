//! Calls of chat clients that took long, so that they are known after a restart and on every node.

use crate::db::{Conn, Result, execute, fetch_optional, record};
use domain::ids::{UserId, WorkspaceId};

record! {
    /// One task.
    #[derive(Clone, Debug)]
    pub struct McpTask {
        /// The task as the protocol tells it, JSON; none while it runs.
        pub state: Option<String>,
        /// When the node that runs it last said so, or when it ended; epoch milliseconds.
        pub seen_at: i64,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// The call, where it may be begun again: JSON `{name, args}`.
        pub call: Option<String>,
    }
}

/// Keeps a task that begins, with its call where that may be begun again, and forgets those not seen since
/// `forget_before_ms`. One that ended already stays so.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut Conn,
    id: &str,
    (workspace, user): (&WorkspaceId, &UserId),
    call: Option<&str>,
    (now_ms, forget_before_ms): (i64, i64),
) -> Result<()> {
    execute!(conn, "DELETE FROM mcp_tasks WHERE seen_at < $1", forget_before_ms)?;
    execute!(
        conn,
        "INSERT INTO mcp_tasks (id, workspace_id, user_id, call, seen_at, created_at) VALUES ($1, $2, $3, $4, $5, $5)
         ON CONFLICT (id) DO NOTHING",
        id,
        workspace.as_str(),
        user.as_str(),
        call,
        now_ms
    )?;
    Ok(())
}

/// Says that a task still runs; whether somebody wants it to stop.
///
/// # Errors
/// When the database refuses.
pub async fn seen(conn: &mut Conn, id: &str, now_ms: i64) -> Result<bool> {
    let sql =
        "UPDATE mcp_tasks SET seen_at = $2 WHERE id = $1 AND state IS NULL RETURNING is_to_stop";
    let found = fetch_optional!(conn, (i16,), sql, id, now_ms)?;
    Ok(found.is_some_and(|(is_to_stop,)| is_to_stop == 1))
}

/// Keeps what became of a task.
///
/// # Errors
/// When the database refuses.
pub async fn end(
    conn: &mut Conn,
    id: &str,
    (workspace, user): (&WorkspaceId, &UserId),
    (state, now_ms): (&str, i64),
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO mcp_tasks (id, workspace_id, user_id, state, seen_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $5)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, seen_at = excluded.seen_at",
        id,
        workspace.as_str(),
        user.as_str(),
        state,
        now_ms
    )?;
    Ok(())
}

/// A task of somebody that was seen since then.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    id: &str,
    (workspace, user): (&WorkspaceId, &UserId),
    since_ms: i64,
) -> Result<Option<McpTask>> {
    let sql = "SELECT state, seen_at, created_at, call FROM mcp_tasks
               WHERE id = $1 AND workspace_id = $2 AND user_id = $3 AND seen_at >= $4";
    fetch_optional!(conn, McpTask, sql, id, workspace.as_str(), user.as_str(), since_ms)
}

/// Takes a task over that nobody has said a word of since `seen_ms`; false when somebody else did.
///
/// # Errors
/// When the database refuses.
pub async fn take_over(
    conn: &mut Conn,
    id: &str,
    (workspace, user): (&WorkspaceId, &UserId),
    (seen_ms, now_ms): (i64, i64),
) -> Result<bool> {
    let sql = "UPDATE mcp_tasks SET seen_at = $5
               WHERE id = $1 AND workspace_id = $2 AND user_id = $3 AND seen_at = $4 AND state IS NULL";
    let taken = execute!(conn, sql, id, workspace.as_str(), user.as_str(), seen_ms, now_ms)?;
    Ok(taken > 0)
}

/// Asks the node that runs a task to stop it.
///
/// # Errors
/// When the database refuses.
pub async fn stop(conn: &mut Conn, id: &str) -> Result<()> {
    execute!(conn, "UPDATE mcp_tasks SET is_to_stop = 1 WHERE id = $1 AND state IS NULL", id)?;
    Ok(())
}
