//! Signed-in sessions. Only the hash of a token is stored.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
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
        /// When it was last used, to the minute, epoch milliseconds; none for one from before that was noted.
        pub seen_at: Option<i64>,
    }
}

record! {
    /// A session as its person sees it, without anything that would open it.
    #[derive(Clone, Debug)]
    pub struct OpenSession {
        /// The first characters of its hash: enough to name it.
        pub id: String,
        /// Name of the workspace it is in.
        pub workspace_name: String,
        /// What they signed in with, in words.
        pub device: Option<String>,
        /// The address they signed in from.
        pub ip: Option<String>,
        /// When they signed in, epoch milliseconds.
        pub created_at: i64,
        /// When it was last used, to the minute, epoch milliseconds.
        pub seen_at: Option<i64>,
    }
}

/// How much of its hash names a session: too little to be the hash, enough for no two to share it.
const ID_LENGTH: usize = 24;

/// What names the session with this hash.
pub fn id_of(token_hash: &str) -> String {
    token_hash.chars().take(ID_LENGTH).collect()
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
    /// What they signed in with, in words.
    pub device: Option<String>,
    /// The address they signed in from.
    pub ip: Option<String>,
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
        "INSERT INTO sessions (token_hash, workspace_id, user_id, created_at, renewed_at, seen_at, expires_at, device,
                               ip)
         VALUES ($1, $2, $3, $4, $4, $4, $5, $6, $7)",
        new.token_hash.as_str(),
        new.workspace.as_str(),
        new.user.as_str(),
        new.now_ms,
        new.expires_at_ms,
        new.device.as_deref(),
        new.ip.as_deref()
    )?;
    Ok(())
}

/// The session of a token that has not ended, with the authority of its person read now.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, token_hash: &str, now_ms: i64) -> Result<Option<Session>> {
    let place = conn.place("session", &[token_hash]);
    if let Some(kept) = place.answer::<Option<Session>>() {
        return Ok(kept.filter(|it| it.expires_at > now_ms));
    }
    let found = fetch_optional!(
        conn,
        Session,
        "SELECT s.user_id, u.name, s.workspace_id, u.is_super_admin, m.role, m.status, s.created_at, s.renewed_at,
                s.expires_at, s.seen_at
         FROM sessions s
         JOIN users u ON u.id = s.user_id
         JOIN workspaces w ON w.workspace_id = s.workspace_id
         LEFT JOIN memberships m ON m.workspace_id = s.workspace_id AND m.user_id = s.user_id
         WHERE s.token_hash = $1 AND s.expires_at > $2",
        token_hash,
        now_ms
    )?;
    Ok(place.keep(found))
}

/// The sessions of a person that have not ended, in whatever workspace: the one used last comes first.
///
/// # Errors
/// When the database refuses.
pub async fn open_of_user(
    conn: &mut Conn,
    user: &UserId,
    now_ms: i64,
    limit: i64,
) -> Result<Vec<OpenSession>> {
    let sql = "SELECT SUBSTR(s.token_hash, 1, 24) AS id, w.name AS workspace_name, s.device, s.ip, s.created_at,
                      s.seen_at
               FROM sessions s
               JOIN workspaces w ON w.workspace_id = s.workspace_id
               WHERE s.user_id = $1 AND s.expires_at > $2
               ORDER BY COALESCE(s.seen_at, s.renewed_at) DESC, s.token_hash LIMIT $3";
    fetch_all!(conn, OpenSession, sql, user.as_str(), now_ms, limit)
}

/// Notes that a session is used, and that its person is in its workspace.
///
/// # Errors
/// When the database refuses.
pub async fn seen(conn: &mut Conn, token_hash: &str, now_ms: i64) -> Result<()> {
    let sql = "UPDATE sessions SET seen_at = $2 WHERE token_hash = $1";
    execute!(conn, sql, token_hash, now_ms)?;
    let sql = "UPDATE memberships SET seen_at = $2
               WHERE workspace_id = (SELECT workspace_id FROM sessions WHERE token_hash = $1)
                     AND user_id = (SELECT user_id FROM sessions WHERE token_hash = $1)";
    execute!(conn, sql, token_hash, now_ms)?;
    Ok(())
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

/// Ends the session of a person that `id` names; whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn delete_one(conn: &mut Conn, user: &UserId, id: &str) -> Result<bool> {
    let sql = "DELETE FROM sessions WHERE user_id = $1 AND SUBSTR(token_hash, 1, 24) = $2";
    Ok(execute!(conn, sql, user.as_str(), id)? > 0)
}

/// Ends every session of a person but one; how many there were.
///
/// # Errors
/// When the database refuses.
pub async fn delete_others(conn: &mut Conn, user: &UserId, kept_hash: &str) -> Result<u64> {
    let sql = "DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2";
    execute!(conn, sql, user.as_str(), kept_hash)
}

/// Ends every session of a person.
///
/// # Errors
/// When the database refuses.
pub async fn delete_of_user(conn: &mut Conn, user: &UserId) -> Result<()> {
    execute!(conn, "DELETE FROM sessions WHERE user_id = $1", user.as_str())?;
    Ok(())
}

/// Ends the sessions that a person has in `workspace`, and says how many there were; those in other workspaces go on.
///
/// # Errors
/// When the database refuses.
pub async fn delete_in_workspace(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
) -> Result<u64> {
    let sql = "DELETE FROM sessions WHERE workspace_id = $1 AND user_id = $2";
    execute!(conn, sql, workspace.as_str(), user.as_str())
}

/// Clears sessions that ended by themselves.
///
/// # Errors
/// When the database refuses.
pub async fn delete_ended(conn: &mut Conn, now_ms: i64) -> Result<()> {
    execute!(conn, "DELETE FROM sessions WHERE expires_at <= $1", now_ms)?;
    Ok(())
}
