//! Chat clients that sign people in: who they are, what people allowed them, their codes and tokens as hashes.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use domain::ids::{GrantId, UserId, WorkspaceId};

/// A client that registered itself belongs to no workspace.
const NO_WORKSPACE: &str = "";
/// The kind of what a client exchanges for its first tokens.
pub const CODE: &str = "code";
/// The kind of what a client shows with each call.
pub const ACCESS: &str = "access";
/// The kind of what a client exchanges for its next tokens.
pub const REFRESH: &str = "refresh";

record! {
    /// A client that registered itself.
    #[derive(Clone, Debug)]
    pub struct StoredClient {
        /// Its public name in requests.
        pub id: String,
        /// What it calls itself.
        pub name: String,
        /// Where answers may go, a JSON list.
        pub redirect_uris: String,
    }
}

record! {
    /// What a person allowed a client, with the person's authority read now.
    #[derive(Clone, Debug)]
    pub struct StoredGrant {
        /// The grant.
        pub id: String,
        /// The workspace it is for.
        pub workspace_id: String,
        /// The person.
        pub user_id: String,
        /// Their name.
        pub owner: String,
        /// The client.
        pub client_id: String,
        /// What it calls itself.
        pub client_name: String,
        /// The address its tokens are for.
        pub resource: String,
        /// The most it may do.
        pub role: String,
        /// 1 when its destructive calls wait for an approval.
        pub ask_first: i16,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub last_used_at: Option<i64>,
        /// 1 when the person is a super admin.
        pub is_super_admin: i16,
        /// Their role in the workspace; none when they are not a member.
        pub owner_role: Option<String>,
        /// `active` or `disabled`; none when they are not a member.
        pub owner_status: Option<String>,
    }
}

record! {
    /// A code or token, as stored: it may have expired or been used.
    #[derive(Clone, Debug)]
    pub struct StoredToken {
        /// The workspace of its grant.
        pub workspace_id: String,
        /// What it is part of.
        pub grant_id: String,
        /// [`CODE`], [`ACCESS`] or [`REFRESH`].
        pub kind: String,
        /// Where the code was sent.
        pub redirect_uri: Option<String>,
        /// What proves that the code came back to who asked for it.
        pub challenge: Option<String>,
        /// Epoch milliseconds.
        pub expires_at: i64,
        /// Epoch milliseconds; none while it was not used.
        pub used_at: Option<i64>,
    }
}

/// What a person allows, to be stored.
#[derive(Clone, Debug)]
pub struct NewGrant {
    /// The grant.
    pub id: GrantId,
    /// The person.
    pub user: UserId,
    /// The client.
    pub client_id: String,
    /// What it calls itself.
    pub client_name: String,
    /// The address its tokens are for.
    pub resource: String,
    /// The most it may do.
    pub role: &'static str,
    /// Whether its destructive calls wait for an approval.
    pub ask_first: bool,
    /// Epoch milliseconds.
    pub now_ms: i64,
}

/// A code or token, to be stored.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Of its text.
    pub token_hash: String,
    /// [`CODE`], [`ACCESS`] or [`REFRESH`].
    pub kind: &'static str,
    /// Where the code is sent, and what proves that it came back to who asked for it.
    pub proof: Option<(String, String)>,
    /// Epoch milliseconds.
    pub expires_at_ms: i64,
}

/// Stores a client that registered itself, and forgets those from before `forget_before_ms` that nobody allowed
/// anything.
///
/// # Errors
/// When the database refuses.
pub async fn insert_client(
    conn: &mut Conn,
    (id, name, redirect_uris): (&str, &str, &str),
    (now_ms, forget_before_ms): (i64, i64),
) -> Result<()> {
    let unused = "DELETE FROM oauth_clients WHERE created_at < $1
                  AND NOT EXISTS (SELECT 1 FROM oauth_grants g WHERE g.client_id = oauth_clients.id)";
    execute!(conn, unused, forget_before_ms)?;
    let sql = "INSERT INTO oauth_clients (id, workspace_id, name, redirect_uris, created_at) VALUES ($1, $2, $3, $4, $5)";
    execute!(conn, sql, id, NO_WORKSPACE, name, redirect_uris, now_ms)?;
    Ok(())
}

/// The client that registered itself with this id.
///
/// # Errors
/// When the database refuses.
pub async fn find_client(conn: &mut Conn, id: &str) -> Result<Option<StoredClient>> {
    let sql = "SELECT id, name, redirect_uris FROM oauth_clients WHERE id = $1";
    fetch_optional!(conn, StoredClient, sql, id)
}

/// Stores what a person allowed.
///
/// # Errors
/// When the database refuses.
pub async fn insert_grant(conn: &mut Conn, workspace: &WorkspaceId, new: &NewGrant) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO oauth_grants (id, workspace_id, user_id, client_id, client_name, resource, role, ask_first, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new.id.as_str(),
        workspace.as_str(),
        new.user.as_str(),
        new.client_id.as_str(),
        new.client_name.as_str(),
        new.resource.as_str(),
        new.role,
        i16::from(new.ask_first),
        new.now_ms
    )?;
    Ok(())
}

macro_rules! grants {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, g.workspace_id, g.user_id, u.name AS owner, g.client_id, g.client_name, g.resource, g.role,
                    g.ask_first, g.created_at, g.last_used_at, u.is_super_admin, m.role AS owner_role,
                    m.status AS owner_status
             FROM oauth_grants g
             JOIN users u ON u.id = g.user_id
             LEFT JOIN memberships m ON m.workspace_id = g.workspace_id AND m.user_id = g.user_id ",
            $rest
        )
    };
}

/// The grants in a workspace, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn grants_of_workspace(
    conn: &mut Conn,
    workspace: &WorkspaceId,
) -> Result<Vec<StoredGrant>> {
    fetch_all!(
        conn,
        StoredGrant,
        grants!("WHERE g.workspace_id = $1 ORDER BY g.created_at DESC, g.id DESC"),
        workspace.as_str()
    )
}

/// The grant with this id.
///
/// # Errors
/// When the database refuses.
pub async fn find_grant(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &GrantId,
) -> Result<Option<StoredGrant>> {
    fetch_optional!(
        conn,
        StoredGrant,
        grants!("WHERE g.workspace_id = $1 AND g.id = $2"),
        workspace.as_str(),
        id.as_str()
    )
}

/// Remembers that a client was used.
///
/// # Errors
/// When the database refuses.
pub async fn used(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &GrantId,
    now_ms: i64,
) -> Result<()> {
    let sql = "UPDATE oauth_grants SET last_used_at = $3 WHERE workspace_id = $1 AND id = $2";
    execute!(conn, sql, workspace.as_str(), id.as_str(), now_ms)?;
    Ok(())
}

/// Takes a grant back with its codes and tokens; whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn delete_grant(conn: &mut Conn, workspace: &WorkspaceId, id: &GrantId) -> Result<bool> {
    let tokens = "DELETE FROM oauth_tokens WHERE workspace_id = $1 AND grant_id = $2";
    execute!(conn, tokens, workspace.as_str(), id.as_str())?;
    let grant = "DELETE FROM oauth_grants WHERE workspace_id = $1 AND id = $2";
    Ok(execute!(conn, grant, workspace.as_str(), id.as_str())? > 0)
}

/// Takes back everything that a person allowed in `workspace`.
///
/// # Errors
/// When the database refuses.
pub async fn delete_of_user(conn: &mut Conn, workspace: &WorkspaceId, user: &UserId) -> Result<()> {
    let tokens = "DELETE FROM oauth_tokens WHERE workspace_id = $1 AND grant_id IN
                  (SELECT id FROM oauth_grants WHERE workspace_id = $1 AND user_id = $2)";
    execute!(conn, tokens, workspace.as_str(), user.as_str())?;
    let grants = "DELETE FROM oauth_grants WHERE workspace_id = $1 AND user_id = $2";
    execute!(conn, grants, workspace.as_str(), user.as_str())?;
    Ok(())
}

/// Stores a code or token of a grant, and forgets every one that expired before `now_ms`.
///
/// # Errors
/// When the database refuses.
pub async fn insert_token(
    conn: &mut Conn,
    (workspace, grant): (&WorkspaceId, &GrantId),
    new: &NewToken,
    now_ms: i64,
) -> Result<()> {
    execute!(conn, "DELETE FROM oauth_tokens WHERE expires_at < $1", now_ms)?;
    let proof = new.proof.as_ref();
    execute!(
        conn,
        "INSERT INTO oauth_tokens (token_hash, workspace_id, grant_id, kind, redirect_uri, challenge, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new.token_hash.as_str(),
        workspace.as_str(),
        grant.as_str(),
        new.kind,
        proof.map(|it| it.0.as_str()),
        proof.map(|it| it.1.as_str()),
        new.expires_at_ms
    )?;
    Ok(())
}

/// The code or token with this hash. Its text is what authorises, so no workspace is named.
///
/// # Errors
/// When the database refuses.
pub async fn find_token(conn: &mut Conn, token_hash: &str) -> Result<Option<StoredToken>> {
    let sql = "SELECT workspace_id, grant_id, kind, redirect_uri, challenge, expires_at, used_at
               FROM oauth_tokens WHERE token_hash = $1";
    fetch_optional!(conn, StoredToken, sql, token_hash)
}

/// Marks a code or refresh token as used; false when it was used before.
///
/// # Errors
/// When the database refuses.
pub async fn use_token(conn: &mut Conn, token_hash: &str, now_ms: i64) -> Result<bool> {
    let sql = "UPDATE oauth_tokens SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL";
    Ok(execute!(conn, sql, token_hash, now_ms)? > 0)
}
