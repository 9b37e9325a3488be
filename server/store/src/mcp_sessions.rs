//! Sessions of chat clients, so that they survive a restart.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use domain::ids::{UserId, WorkspaceId};

record! {
    /// One session.
    #[derive(Clone, Debug)]
    pub struct McpSession {
        /// Who began it; empty for nobody.
        pub user_id: String,
        /// The workspace they were in; empty for nobody.
        pub workspace_id: String,
        /// What the client said about itself, JSON.
        pub state: String,
    }
}

/// Keeps a session, and forgets those that began before `forget_before_ms`.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut Conn,
    id: &str,
    (workspace, user): (&WorkspaceId, &UserId),
    state: &str,
    (now_ms, forget_before_ms): (i64, i64),
) -> Result<()> {
    execute!(conn, "DELETE FROM mcp_sessions WHERE created_at < $1", forget_before_ms)?;
    execute!(
        conn,
        "INSERT INTO mcp_sessions (id, workspace_id, user_id, state, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state",
        id,
        workspace.as_str(),
        user.as_str(),
        state,
        now_ms
    )?;
    Ok(())
}

/// The session with this id.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, id: &str) -> Result<Option<McpSession>> {
    let sql = "SELECT user_id, workspace_id, state FROM mcp_sessions WHERE id = $1";
    fetch_optional!(conn, McpSession, sql, id)
}

/// Forgets a session.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, id: &str) -> Result<()> {
    execute!(conn, "DELETE FROM mcp_sessions WHERE id = $1", id)?;
    Ok(())
}

/// Keeps what a session wants to be told of.
///
/// # Errors
/// When the database refuses; a constraint when there is no such session.
pub async fn watch(conn: &mut Conn, id: &str, workspace: &WorkspaceId, uri: &str) -> Result<()> {
    let sql = "INSERT INTO mcp_watched (session_id, uri, workspace_id) VALUES ($1, $2, $3)
               ON CONFLICT (session_id, uri) DO NOTHING";
    execute!(conn, sql, id, uri, workspace.as_str())?;
    Ok(())
}

/// What a session no longer wants to be told of.
///
/// # Errors
/// When the database refuses.
pub async fn unwatch(conn: &mut Conn, id: &str, workspace: &WorkspaceId, uri: &str) -> Result<()> {
    let sql = "DELETE FROM mcp_watched WHERE session_id = $1 AND workspace_id = $2 AND uri = $3";
    execute!(conn, sql, id, workspace.as_str(), uri)?;
    Ok(())
}

/// What a session wants to be told of, of this workspace.
///
/// # Errors
/// When the database refuses.
pub async fn watched(conn: &mut Conn, id: &str, workspace: &WorkspaceId) -> Result<Vec<String>> {
    let sql =
        "SELECT uri FROM mcp_watched WHERE session_id = $1 AND workspace_id = $2 ORDER BY uri";
    let rows = fetch_all!(conn, (String,), sql, id, workspace.as_str())?;
    Ok(rows.into_iter().map(|(uri,)| uri).collect())
}
