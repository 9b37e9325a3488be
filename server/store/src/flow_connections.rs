//! Stored access of flows to apps, and the sign-ins that make it. Secrets are sealed by the caller with
//! [`crate::secrets::SecretKey`].

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use domain::flow::{FlowStatus, FlowVersion};
use domain::ids::{ConnectionId, FlowId, UserId, WorkspaceId};

/// The owner of connections that belong to the whole workspace.
pub const WORKSPACE: &str = "";

record! {
    /// One connection, its secret still sealed.
    #[derive(Clone, Debug)]
    pub struct ConnectionRow {
        /// The connection.
        pub id: String,
        /// The workspace.
        pub workspace_id: String,
        /// Whose it is; [`WORKSPACE`] for the workspace's own.
        pub owner_id: String,
        /// Its name in expressions.
        pub external_id: String,
        /// What people read.
        pub name: String,
        /// The piece it was made for.
        pub piece: String,
        /// `SECRET_TEXT`, `OAUTH2`, ...
        pub kind: String,
        /// `ACTIVE`, `MISSING`, `ERROR`.
        pub status: String,
        /// Why it cannot be used.
        pub problem: Option<String>,
        /// The key of the secret, sealed.
        pub data_key: String,
        /// The secret, sealed with that key.
        pub secret: String,
        /// Open facts, a JSON object.
        pub meta: String,
        /// Who made it.
        pub created_by: String,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub updated_at: i64,
        /// Epoch milliseconds.
        pub tested_at: Option<i64>,
        /// Epoch milliseconds.
        pub used_at: Option<i64>,
        /// When its access ends; epoch milliseconds.
        pub expires_at: Option<i64>,
        /// Until when somebody may be renewing it; epoch milliseconds.
        pub renewing_until: i64,
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, workspace_id, owner_id, external_id, name, piece, kind, status, problem, data_key, secret, meta,
                    created_by, created_at, updated_at, tested_at, used_at, expires_at, renewing_until
             FROM flow_connections ",
            $rest
        )
    };
}

/// Stores a new connection.
///
/// # Errors
/// When the database refuses; a constraint when the owner has one of that name.
pub async fn insert(conn: &mut Conn, row: &ConnectionRow) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO flow_connections (id, workspace_id, owner_id, external_id, name, piece, kind, status, problem,
             data_key, secret, meta, created_by, created_at, updated_at, expires_at, renewing_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, 0)",
        row.id.as_str(),
        row.workspace_id.as_str(),
        row.owner_id.as_str(),
        row.external_id.as_str(),
        row.name.as_str(),
        row.piece.as_str(),
        row.kind.as_str(),
        row.status.as_str(),
        row.problem.as_deref(),
        row.data_key.as_str(),
        row.secret.as_str(),
        row.meta.as_str(),
        row.created_by.as_str(),
        row.created_at,
        row.expires_at
    )?;
    Ok(())
}

/// Saves name, state, secret and open facts of a connection; false when it is gone. Whoever was renewing it is done.
///
/// # Errors
/// When the database refuses.
pub async fn save(conn: &mut Conn, row: &ConnectionRow) -> Result<bool> {
    let changed = execute!(
        conn,
        "UPDATE flow_connections SET name = $3, status = $4, problem = $5, data_key = $6, secret = $7, meta = $8,
             updated_at = $9, tested_at = $10, expires_at = $11, renewing_until = 0
         WHERE workspace_id = $1 AND id = $2",
        row.workspace_id.as_str(),
        row.id.as_str(),
        row.name.as_str(),
        row.status.as_str(),
        row.problem.as_deref(),
        row.data_key.as_str(),
        row.secret.as_str(),
        row.meta.as_str(),
        ids::now_ms(),
        row.tested_at,
        row.expires_at
    )?;
    Ok(changed > 0)
}

/// Writes down what a test found; false when the connection is gone. The secret stays as it is by now.
///
/// # Errors
/// When the database refuses.
pub async fn tested(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &ConnectionId,
    (status, problem, at_ms): (&str, Option<&str>, i64),
) -> Result<bool> {
    let sql = "UPDATE flow_connections SET status = $3, problem = $4, tested_at = $5
               WHERE workspace_id = $1 AND id = $2";
    Ok(execute!(conn, sql, workspace.as_str(), id.as_str(), status, problem, at_ms)? > 0)
}

/// One connection that `user` may use: their own or the workspace's.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
    id: &ConnectionId,
) -> Result<Option<ConnectionRow>> {
    let sql = select!("WHERE workspace_id = $1 AND id = $2 AND (owner_id = '' OR owner_id = $3)");
    fetch_optional!(conn, ConnectionRow, sql, workspace.as_str(), id.as_str(), user.as_str())
}

/// The connection that expressions of `user` mean by `external_id`: their own, else the workspace's.
///
/// # Errors
/// When the database refuses.
pub async fn named(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
    external_id: &str,
) -> Result<Option<ConnectionRow>> {
    let sql = select!(
        "WHERE workspace_id = $1 AND external_id = $2 AND (owner_id = '' OR owner_id = $3)
         ORDER BY CASE WHEN owner_id = '' THEN 1 ELSE 0 END LIMIT 1"
    );
    fetch_optional!(conn, ConnectionRow, sql, workspace.as_str(), external_id, user.as_str())
}

/// Whether `owner` has a connection of that name.
///
/// # Errors
/// When the database refuses.
pub async fn is_taken(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    owner: &str,
    external_id: &str,
) -> Result<bool> {
    let sql = "SELECT id FROM flow_connections WHERE workspace_id = $1 AND owner_id = $2 AND external_id = $3";
    let found = fetch_optional!(conn, (String,), sql, workspace.as_str(), owner, external_id)?;
    Ok(found.is_some())
}

/// Every connection that `user` may use, by name; of one piece only when `piece` is not empty.
///
/// # Errors
/// When the database refuses.
pub async fn usable_by(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
    piece: &str,
) -> Result<Vec<ConnectionRow>> {
    let sql = select!(
        "WHERE workspace_id = $1 AND (owner_id = '' OR owner_id = $2) AND ($3 = '' OR piece = $3)
         ORDER BY name, id"
    );
    fetch_all!(conn, ConnectionRow, sql, workspace.as_str(), user.as_str(), piece)
}

/// Deletes a connection; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, workspace: &WorkspaceId, id: &ConnectionId) -> Result<bool> {
    let states = "DELETE FROM oauth_states WHERE workspace_id = $1 AND connection_id = $2";
    execute!(conn, states, workspace.as_str(), id.as_str())?;
    let sql = "DELETE FROM flow_connections WHERE workspace_id = $1 AND id = $2";
    Ok(execute!(conn, sql, workspace.as_str(), id.as_str())? > 0)
}

/// Notes that a run used a connection.
///
/// # Errors
/// When the database refuses.
pub async fn used(conn: &mut Conn, workspace: &WorkspaceId, id: &str, now_ms: i64) -> Result<()> {
    let sql = "UPDATE flow_connections SET used_at = $3 WHERE workspace_id = $1 AND id = $2";
    execute!(conn, sql, workspace.as_str(), id, now_ms)?;
    Ok(())
}

/// Takes the turn to renew a connection until `until`; false while somebody else has it.
///
/// # Errors
/// When the database refuses.
pub async fn begin_renewing(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &str,
    (now_ms, until): (i64, i64),
) -> Result<bool> {
    let sql = "UPDATE flow_connections SET renewing_until = $4
               WHERE workspace_id = $1 AND id = $2 AND renewing_until < $3";
    Ok(execute!(conn, sql, workspace.as_str(), id, now_ms, until)? > 0)
}

/// Flows whose newest or published version may name `external_id`, with those versions.
///
/// # Errors
/// When the database refuses or a version cannot be read.
pub async fn flows_naming(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    external_id: &str,
) -> Result<Vec<(FlowId, FlowStatus, FlowVersion)>> {
    let rows = fetch_all!(
        conn,
        (String, String, String),
        "SELECT f.id, f.status, v.body FROM flows f
         JOIN flow_versions v ON v.flow_id = f.id AND (v.id = f.latest_version_id OR v.id = f.published_version_id)
         WHERE f.workspace_id = $1 AND v.body LIKE '%connections%' AND v.body LIKE '%' || $2 || '%'
         ORDER BY f.name, f.id",
        workspace.as_str(),
        external_id
    )?;
    let read = |(id, status, body): (String, String, String)| {
        let status = if status == "ENABLED" { FlowStatus::Enabled } else { FlowStatus::Disabled };
        Ok((FlowId::from(id), status, serde_json::from_str(&body)?))
    };
    rows.into_iter().map(read).collect()
}

record! {
    /// A sign-in at an app that is under way.
    #[derive(Clone, Debug)]
    pub struct OauthState {
        /// SHA-256 of the state, in hex.
        pub state_hash: String,
        /// The workspace.
        pub workspace_id: String,
        /// Who began it.
        pub user_id: String,
        /// SHA-256 of the session it was begun in, in hex.
        pub session_hash: String,
        /// For which connection.
        pub connection_id: String,
        /// The verifier of its challenge, sealed.
        pub verifier: String,
        /// Epoch milliseconds.
        pub expires_at: i64,
    }
}

/// Stores a sign-in that begins; those before for the same connection end, and all whose time has passed.
///
/// # Errors
/// When the database refuses.
pub async fn begin_sign_in(conn: &mut Conn, state: &OauthState, now_ms: i64) -> Result<()> {
    let earlier = "DELETE FROM oauth_states WHERE expires_at < $1 OR connection_id = $2";
    execute!(conn, earlier, now_ms, state.connection_id.as_str())?;
    execute!(
        conn,
        "INSERT INTO oauth_states (state_hash, workspace_id, user_id, session_hash, connection_id, verifier, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        state.state_hash.as_str(),
        state.workspace_id.as_str(),
        state.user_id.as_str(),
        state.session_hash.as_str(),
        state.connection_id.as_str(),
        state.verifier.as_str(),
        state.expires_at
    )?;
    Ok(())
}

/// Takes a sign-in out: a second answer to it finds nothing. None when it was begun in another session.
///
/// # Errors
/// When the database refuses.
pub async fn take_sign_in(
    conn: &mut Conn,
    state_hash: &str,
    session_hash: &str,
) -> Result<Option<OauthState>> {
    fetch_optional!(
        conn,
        OauthState,
        "DELETE FROM oauth_states WHERE state_hash = $1 AND session_hash = $2
         RETURNING state_hash, workspace_id, user_id, session_hash, connection_id, verifier, expires_at",
        state_hash,
        session_hash
    )
}
