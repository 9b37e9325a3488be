//! The flow engine of another maker that a workspace is connected to. Its secret is sealed by the caller with
//! [`crate::secrets::SecretKey`].

use crate::db::{Conn, Result, execute, fetch_optional, record};
use crate::ids;
use domain::ids::WorkspaceId;

record! {
    /// One connection to an engine.
    #[derive(Clone, Debug)]
    pub struct EngineRow {
        /// The workspace.
        pub workspace_id: String,
        /// Where its new flows are made: `builtin` or `activepieces`.
        pub engine: String,
        /// The address people use.
        pub url: String,
        /// Where its API begins.
        pub api: String,
        /// 1 when a super admin chose the address, which may then be a private one.
        pub is_trusted: i16,
        /// `password` or `api_key`.
        pub sign_in: String,
        /// Who signs in.
        pub email: Option<String>,
        /// The password or key, sealed.
        pub secret: String,
        /// The project that holds the workspace's flows; of one workspace only.
        pub project_id: String,
        /// What the server calls it.
        pub project_name: Option<String>,
        /// The server's version.
        pub version: String,
        /// What the last test found, as JSON.
        pub checked: Option<String>,
        /// Epoch milliseconds.
        pub updated_at: i64,
    }
}

/// The engine of a workspace, if it is connected to one.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Option<EngineRow>> {
    let sql = "SELECT workspace_id, engine, url, api, is_trusted, sign_in, email, secret, project_id, project_name,
                      version, checked, updated_at
               FROM flow_engines WHERE workspace_id = $1";
    fetch_optional!(conn, EngineRow, sql, workspace.as_str())
}

/// Connects a workspace, in place of what it was connected to.
///
/// # Errors
/// When the database refuses; a constraint when another workspace has that project.
pub async fn put(conn: &mut Conn, row: &EngineRow) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO flow_engines (workspace_id, engine, url, api, is_trusted, sign_in, email, secret, project_id,
             project_name, version, checked, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (workspace_id) DO UPDATE SET engine = excluded.engine, url = excluded.url, api = excluded.api,
             is_trusted = excluded.is_trusted, sign_in = excluded.sign_in, email = excluded.email,
             secret = excluded.secret, project_id = excluded.project_id, project_name = excluded.project_name,
             version = excluded.version, checked = excluded.checked, updated_at = excluded.updated_at",
        row.workspace_id.as_str(),
        row.engine.as_str(),
        row.url.as_str(),
        row.api.as_str(),
        row.is_trusted,
        row.sign_in.as_str(),
        row.email.as_deref(),
        row.secret.as_str(),
        row.project_id.as_str(),
        row.project_name.as_deref(),
        row.version.as_str(),
        row.checked.as_deref(),
        ids::now_ms()
    )?;
    Ok(())
}

/// Says where new flows are made.
///
/// # Errors
/// When the database refuses.
pub async fn choose(conn: &mut Conn, workspace: &WorkspaceId, engine: &str) -> Result<()> {
    let sql = "UPDATE flow_engines SET engine = $2 WHERE workspace_id = $1";
    execute!(conn, sql, workspace.as_str(), engine)?;
    Ok(())
}

/// Writes down what a test found.
///
/// # Errors
/// When the database refuses.
pub async fn checked(conn: &mut Conn, workspace: &WorkspaceId, found: &str) -> Result<()> {
    let sql = "UPDATE flow_engines SET checked = $2 WHERE workspace_id = $1";
    execute!(conn, sql, workspace.as_str(), found)?;
    Ok(())
}

/// Forgets the engine of a workspace with its secret; false when there was none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, workspace: &WorkspaceId) -> Result<bool> {
    let sql = "DELETE FROM flow_engines WHERE workspace_id = $1";
    Ok(execute!(conn, sql, workspace.as_str())? > 0)
}
