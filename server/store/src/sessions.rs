//! Signed-in sessions. Only the hash of a token is stored.

use crate::db::{Conn, Result, execute, fetch_optional, record};
use domain::ids::{UserId, WorkspaceId};

record! {
    /// A session with what its person may do, as of now.
    #[derive(Clone, Debug)]
    pub struct Session {
        /// The person.
        pub user_id: String,
        /// Their name.
        pub name: String,
        /// The workspace the session is in.
        pub workspace_id: String,
        /// 1 for a super admin.
        pub is_super_admin: i16,
        /// Their role in that workspace; none when they are not a member.
        pub role: Option<String>,
        /// `active` or `disabled`; none when they are not a member.
        pub status: Option<String>,
        /// When they signed in, epoch milliseconds.
        pub created_at: i64,
        /// When its end was last moved, epoch milliseconds.
        pub renewed_at: i64,
        /// Epoch milliseconds.
        pub expires_at: i64,
    }
}

/// A session to be stored.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Of the token.
    pub token_hash: String,
    /// The person.
    pub user: UserId,
    /// The workspace it starts in.
    pub workspace: WorkspaceId,
    /// Epoch milliseconds.
    pub now_ms: i64,
    /// Epoch milliseconds.
    pub expires_at_ms: i64,
}

/// Stores a session.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, new: &NewSession) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO sessions (token_hash, workspace_id, user_id, created_at, renewed_at, expires_at)
         VALUES ($1, $2, $3, $4, $4, $5)",
        new.token_hash.as_str(),
        new.workspace.as_str(),
        new.user.as_str(),
        new.now_ms,
        new.expires_at_ms
    )?;
    Ok(())
}

/// The session of a token that has not ended, with the authority of its person read now.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, token_hash: &str, now_ms: i64) -> Result<Option<Session>> {
    fetch_optional!(
        conn,
        Session,
        "SELECT s.user_id, u.name, s.workspace_id, u.is_super_admin, m.role, m.status, s.created_at, s.renewed_at,
                s.expires_at
         FROM sessions s
         JOIN users u ON u.id = s.user_id
         JOIN workspaces w ON w.workspace_id = s.workspace_id
         LEFT JOIN memberships m ON m.workspace_id = s.workspace_id AND m.user_id = s.user_id
         WHERE s.token_hash = $1 AND s.expires_at > $2",
        token_hash,
        now_ms
    )
}

/// Moves the end of a session.
///
/// # Errors
/// When the database refuses.
pub async fn renew(
    conn: &mut Conn,
    token_hash: &str,
    now_ms: i64,
    expires_at_ms: i64,
) -> Result<()> {
    let sql = "UPDATE sessions SET renewed_at = $2, expires_at = $3 WHERE token_hash = $1";
    execute!(conn, sql, token_hash, now_ms, expires_at_ms)?;
    Ok(())
}

/// Moves a session into another workspace; whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn enter(conn: &mut Conn, token_hash: &str, workspace: &WorkspaceId) -> Result<bool> {
    let sql = "UPDATE sessions SET workspace_id = $2 WHERE token_hash = $1";
    Ok(execute!(conn, sql, token_hash, workspace.as_str())? > 0)
}

/// Ends one session; whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, token_hash: &str) -> Result<bool> {
    Ok(execute!(conn, "DELETE FROM sessions WHERE token_hash = $1", token_hash)? > 0)
}

/// Ends every session of a person.
///
/// # Errors
/// When the database refuses.
pub async fn delete_of_user(conn: &mut Conn, user: &UserId) -> Result<()> {
    execute!(conn, "DELETE FROM sessions WHERE user_id = $1", user.as_str())?;
    Ok(())
}

/// Ends the sessions that a person has in `workspace`; those in other workspaces go on.
///
/// # Errors
/// When the database refuses.
pub async fn delete_in_workspace(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
) -> Result<()> {
    let sql = "DELETE FROM sessions WHERE workspace_id = $1 AND user_id = $2";
    execute!(conn, sql, workspace.as_str(), user.as_str())?;
    Ok(())
}

/// Clears sessions that ended by themselves.
///
/// # Errors
/// When the database refuses.
pub async fn delete_ended(conn: &mut Conn, now_ms: i64) -> Result<()> {
    execute!(conn, "DELETE FROM sessions WHERE expires_at <= $1", now_ms)?;
    Ok(())
}
