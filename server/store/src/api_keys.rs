//! API keys. Only the hash of a key is stored.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use domain::ids::{KeyId, UserId, WorkspaceId};

record! {
    /// One key, as stored: it may have expired.
    #[derive(Clone, Debug)]
    pub struct StoredKey {
        /// The key.
        pub id: String,
        /// The workspace it is for.
        pub workspace_id: String,
        /// The person it stands for.
        pub user_id: String,
        /// Their name.
        pub owner: String,
        /// What it is for.
        pub label: String,
        /// Its first 9 characters.
        pub prefix: String,
        /// Its last 4 characters.
        pub last4: String,
        /// The most it may do.
        pub role: String,
        /// `focused` or `full`.
        pub profile: String,
        /// 1 when its destructive calls wait for an approval.
        pub ask_first: i16,
        /// 1 when it may decide approvals.
        pub can_approve: i16,
        /// A JSON list of tool groups and names.
        pub tools: String,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub last_used_at: Option<i64>,
        /// Epoch milliseconds; none when it does not end.
        pub expires_at: Option<i64>,
        /// 1 when its owner is a super admin.
        pub is_super_admin: i16,
        /// The owner's role in the workspace; none when they are not a member.
        pub owner_role: Option<String>,
        /// `active` or `disabled`; none when they are not a member.
        pub owner_status: Option<String>,
    }
}

/// A key to be stored.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// The key.
    pub id: KeyId,
    /// The person it stands for.
    pub user: UserId,
    /// What it is for.
    pub label: String,
    /// Of its text.
    pub token_hash: String,
    /// Its first 9 characters.
    pub prefix: String,
    /// Its last 4 characters.
    pub last4: String,
    /// The most it may do.
    pub role: &'static str,
    /// `focused` or `full`.
    pub profile: &'static str,
    /// Whether its destructive calls wait for an approval.
    pub ask_first: bool,
    /// Whether it may decide approvals.
    pub can_approve: bool,
    /// A JSON list of tool groups and names.
    pub tools: String,
    /// Epoch milliseconds.
    pub now_ms: i64,
    /// Epoch milliseconds; none when it does not end.
    pub expires_at_ms: Option<i64>,
}

/// Stores a key.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, workspace: &WorkspaceId, new: &NewApiKey) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO api_keys (id, workspace_id, user_id, label, token_hash, prefix, last4, role, profile, ask_first,
                               can_approve, tools, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        new.id.as_str(),
        workspace.as_str(),
        new.user.as_str(),
        new.label.as_str(),
        new.token_hash.as_str(),
        new.prefix.as_str(),
        new.last4.as_str(),
        new.role,
        new.profile,
        i16::from(new.ask_first),
        i16::from(new.can_approve),
        new.tools.as_str(),
        new.now_ms,
        new.expires_at_ms
    )?;
    Ok(())
}

macro_rules! keys {
    ($rest:literal) => {
        concat!(
            "SELECT k.id, k.workspace_id, k.user_id, u.name AS owner, k.label, k.prefix, k.last4, k.role, k.profile,
                    k.ask_first, k.can_approve, k.tools, k.created_at, k.last_used_at, k.expires_at, u.is_super_admin,
                    m.role AS owner_role, m.status AS owner_status
             FROM api_keys k
             JOIN users u ON u.id = k.user_id
             JOIN workspaces w ON w.workspace_id = k.workspace_id
             LEFT JOIN memberships m ON m.workspace_id = k.workspace_id AND m.user_id = k.user_id ",
            $rest
        )
    };
}

/// The key with this hash, with the authority of its owner read now.
///
/// # Errors
/// When the database refuses.
pub async fn find_by_hash(conn: &mut Conn, token_hash: &str) -> Result<Option<StoredKey>> {
    fetch_optional!(conn, StoredKey, keys!("WHERE k.token_hash = $1"), token_hash)
}

/// The keys of a workspace, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn of_workspace(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Vec<StoredKey>> {
    fetch_all!(
        conn,
        StoredKey,
        keys!("WHERE k.workspace_id = $1 ORDER BY k.created_at DESC, k.id DESC"),
        workspace.as_str()
    )
}

/// Gives a key another label, profile and way of asking.
///
/// # Errors
/// When the database refuses.
pub async fn change(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &KeyId,
    (label, profile, ask_first): (&str, &str, bool),
) -> Result<()> {
    let sql = "UPDATE api_keys SET label = $3, profile = $4, ask_first = $5 WHERE workspace_id = $1 AND id = $2";
    execute!(conn, sql, workspace.as_str(), id.as_str(), label, profile, i16::from(ask_first))?;
    Ok(())
}

/// Remembers that a key was used.
///
/// # Errors
/// When the database refuses.
pub async fn used(conn: &mut Conn, workspace: &WorkspaceId, id: &KeyId, now_ms: i64) -> Result<()> {
    let sql = "UPDATE api_keys SET last_used_at = $3 WHERE workspace_id = $1 AND id = $2";
    execute!(conn, sql, workspace.as_str(), id.as_str(), now_ms)?;
    Ok(())
}

/// Takes a key back; whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, workspace: &WorkspaceId, id: &KeyId) -> Result<bool> {
    let sql = "DELETE FROM api_keys WHERE workspace_id = $1 AND id = $2";
    Ok(execute!(conn, sql, workspace.as_str(), id.as_str())? > 0)
}

/// Takes back every key that stands for a person in `workspace`.
///
/// # Errors
/// When the database refuses.
pub async fn delete_of_user(conn: &mut Conn, workspace: &WorkspaceId, user: &UserId) -> Result<()> {
    let sql = "DELETE FROM api_keys WHERE workspace_id = $1 AND user_id = $2";
    execute!(conn, sql, workspace.as_str(), user.as_str())?;
    Ok(())
}
