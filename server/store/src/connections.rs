//! Stored access to apps. Secrets are sealed by the caller with [`crate::secrets::SecretKey`].

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use domain::ids::{ConnectionId, WorkspaceId};

record! {
    /// One connection, secret still sealed.
    #[derive(Clone, Debug)]
    pub struct Connection {
        /// The connection.
        pub id: String,
        /// The workspace.
        pub workspace_id: String,
        /// Whose it is; none for the workspace's own.
        pub owner_id: Option<String>,
        /// `basecamp`, `smtp`, ...
        pub app: String,
        /// What people read.
        pub name: String,
        /// `active`, `needs_attention`, `choosing`.
        pub status: String,
        /// The sealed secret.
        pub secret: String,
        /// Open facts, a JSON object: account id and name, whether it is the sample.
        pub meta: String,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub updated_at: i64,
    }
}

/// A connection to be stored.
#[derive(Clone, Debug)]
pub struct NewConnection {
    /// From [`ids::fresh`]; known beforehand because the secret is bound to it.
    pub id: ConnectionId,
    /// Whose it is; none for the workspace's own.
    pub owner_id: Option<String>,
    /// `basecamp`, ...
    pub app: String,
    /// What people read.
    pub name: String,
    /// The sealed secret.
    pub secret: String,
    /// Open facts, a JSON object.
    pub meta: String,
}

macro_rules! connections {
    ($rest:literal) => {
        concat!(
            "SELECT id, workspace_id, owner_id, app, name, status, secret, meta, created_at, updated_at
             FROM connections ",
            $rest
        )
    };
}

/// Stores a connection of `workspace`.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, workspace: &WorkspaceId, new: &NewConnection) -> Result<()> {
    let now = ids::now_ms();
    execute!(
        conn,
        "INSERT INTO connections (id, workspace_id, owner_id, app, name, status, secret, meta, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, 'active', $6, $7, $8, $8)",
        new.id.as_str(),
        workspace.as_str(),
        new.owner_id.as_deref(),
        new.app.as_str(),
        new.name.as_str(),
        new.secret.as_str(),
        new.meta.as_str(),
        now
    )?;
    Ok(())
}

/// The workspace's own connection to `app`.
///
/// # Errors
/// When the database refuses.
pub async fn of_workspace(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    app: &str,
) -> Result<Option<Connection>> {
    fetch_optional!(
        conn,
        Connection,
        connections!(
            "WHERE workspace_id = $1 AND app = $2 AND owner_id IS NULL ORDER BY created_at LIMIT 1"
        ),
        workspace.as_str(),
        app
    )
}

/// One connection of the workspace.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &ConnectionId,
) -> Result<Option<Connection>> {
    fetch_optional!(
        conn,
        Connection,
        connections!("WHERE workspace_id = $1 AND id = $2"),
        workspace.as_str(),
        id.as_str()
    )
}

/// Every connection of the workspace that `user` may use: their own and the workspace's.
///
/// # Errors
/// When the database refuses.
pub async fn usable_by(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &str,
) -> Result<Vec<Connection>> {
    fetch_all!(
        conn,
        Connection,
        connections!(
            "WHERE workspace_id = $1 AND (owner_id IS NULL OR owner_id = $2) ORDER BY app, created_at"
        ),
        workspace.as_str(),
        user
    )
}

/// What changes in a stored connection.
#[derive(Clone, Debug)]
pub struct Renewed {
    /// What people read.
    pub name: String,
    /// `active`, `needs_attention`, `choosing`.
    pub status: String,
    /// The sealed secret.
    pub secret: String,
    /// Open facts, a JSON object.
    pub meta: String,
}

/// Stores what somebody connected again, or chose; false when there is no such connection.
///
/// # Errors
/// When the database refuses.
pub async fn renew(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &ConnectionId,
    renewed: &Renewed,
) -> Result<bool> {
    let changed = execute!(
        conn,
        "UPDATE connections SET name = $3, status = $4, secret = $5, meta = $6, updated_at = $7
         WHERE workspace_id = $1 AND id = $2",
        workspace.as_str(),
        id.as_str(),
        renewed.name.as_str(),
        renewed.status.as_str(),
        renewed.secret.as_str(),
        renewed.meta.as_str(),
        ids::now_ms()
    )?;
    Ok(changed > 0)
}

/// Replaces the secret `before`; false when it is another one by now.
///
/// # Errors
/// When the database refuses.
pub async fn replace_secret(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &ConnectionId,
    (before, secret): (&str, &str),
) -> Result<bool> {
    let sql = "UPDATE connections SET secret = $4, updated_at = $5 WHERE workspace_id = $1 AND id = $2 AND secret = $3";
    let (workspace, id) = (workspace.as_str(), id.as_str());
    Ok(execute!(conn, sql, workspace, id, before, secret, ids::now_ms())? > 0)
}

/// Sets the state and the open facts.
///
/// # Errors
/// When the database refuses.
pub async fn set_status(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &ConnectionId,
    status: &str,
    meta: &str,
) -> Result<bool> {
    let changed = execute!(
        conn,
        "UPDATE connections SET status = $3, meta = $4, updated_at = $5 WHERE workspace_id = $1 AND id = $2",
        workspace.as_str(),
        id.as_str(),
        status,
        meta,
        ids::now_ms()
    )?;
    Ok(changed > 0)
}

/// Deletes a connection; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, workspace: &WorkspaceId, id: &ConnectionId) -> Result<bool> {
    let sql = "DELETE FROM connections WHERE workspace_id = $1 AND id = $2";
    Ok(execute!(conn, sql, workspace.as_str(), id.as_str())? > 0)
}

/// Claims the renewal of a connection's access until `until`; false while another node is at it.
///
/// # Errors
/// When the database refuses.
pub async fn claim_renewal(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &ConnectionId,
    (owner, until): (&str, i64),
) -> Result<bool> {
    let sql = "INSERT INTO renewals (connection_id, workspace_id, owner, until) VALUES ($1, $2, $3, $4)
               ON CONFLICT (connection_id) DO UPDATE SET owner = excluded.owner, until = excluded.until
               WHERE renewals.until < $5";
    let (id, workspace) = (id.as_str(), workspace.as_str());
    Ok(execute!(conn, sql, id, workspace, owner, until, ids::now_ms())? > 0)
}

/// Ends the claim of `owner`.
///
/// # Errors
/// When the database refuses.
pub async fn end_renewal(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &ConnectionId,
    owner: &str,
) -> Result<()> {
    let sql = "DELETE FROM renewals WHERE workspace_id = $1 AND connection_id = $2 AND owner = $3";
    execute!(conn, sql, workspace.as_str(), id.as_str(), owner)?;
    Ok(())
}
