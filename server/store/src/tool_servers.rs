//! Other MCP servers and what they say of their tools. Secrets are sealed by the caller with
//! [`crate::secrets::SecretKey`].

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use domain::ids::{ToolServerId, WorkspaceId};

record! {
    /// One server.
    #[derive(Clone, Debug)]
    pub struct ServerRow {
        /// The server.
        pub id: String,
        /// The workspace.
        pub workspace_id: String,
        /// How the names of its tools begin; it never changes.
        pub slug: String,
        /// What people read.
        pub name: String,
        /// Where it is; empty for a program.
        pub url: String,
        /// The program that it is, as JSON: command and names of its variables. None for one with an address.
        pub program: Option<String>,
        /// The header that carries the secret.
        pub header: Option<String>,
        /// Its value, or everything the program is started with as JSON, sealed.
        pub secret: Option<String>,
        /// 1 when a super admin chose the address, which may then be a private one.
        pub is_trusted: i16,
        /// 0 when nothing of it is used for now.
        pub is_enabled: i16,
        /// What the last test found, as JSON.
        pub checked: Option<String>,
        /// Name of who added it.
        pub added_by: String,
        /// The connection of the workspace that holds what a sign-in gave; none without one.
        pub connection_id: Option<String>,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub updated_at: i64,
    }
}

record! {
    /// One tool of a server.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ToolRow {
        /// The server.
        pub server_id: String,
        /// Its name there.
        pub name: String,
        /// The workspace.
        pub workspace_id: String,
        /// Its name here, unique in the workspace.
        pub called: String,
        /// What a person accepted, as JSON.
        pub accepted: Option<String>,
        /// SHA-256 of it, in hex.
        pub accepted_hash: Option<String>,
        /// What the server says now, as JSON; none when it no longer has the tool.
        pub offered: Option<String>,
        /// SHA-256 of it, in hex.
        pub offered_hash: Option<String>,
        /// `ask`, `write` or `read`.
        pub risk: String,
    }
}

/// A tool as a server tells of it now.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Its name there.
    pub name: String,
    /// Its name here.
    pub called: String,
    /// What the server says, as JSON.
    pub text: String,
    /// SHA-256 of it, in hex.
    pub hash: String,
}

macro_rules! servers {
    ($rest:literal) => {
        concat!(
            "SELECT id, workspace_id, slug, name, url, program, header, secret, is_trusted, is_enabled, checked,
                    added_by, connection_id, created_at, updated_at
             FROM tool_servers ",
            $rest
        )
    };
}

macro_rules! tools {
    ($rest:literal) => {
        concat!(
            "SELECT server_id, name, workspace_id, called, accepted, accepted_hash, offered, offered_hash, risk
             FROM server_tools ",
            $rest
        )
    };
}

/// The servers of a workspace, by name.
///
/// # Errors
/// When the database refuses.
pub async fn list(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Vec<ServerRow>> {
    let place = conn.place("tool servers", &[workspace.as_str()]);
    if let Some(kept) = place.answer() {
        return Ok(kept);
    }
    let sql = servers!("WHERE workspace_id = $1 ORDER BY name, id");
    Ok(place.keep(fetch_all!(conn, ServerRow, sql, workspace.as_str())?))
}

/// One server of a workspace.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &ToolServerId,
) -> Result<Option<ServerRow>> {
    let sql = servers!("WHERE workspace_id = $1 AND id = $2");
    fetch_optional!(conn, ServerRow, sql, workspace.as_str(), id.as_str())
}

/// Stores a new server.
///
/// # Errors
/// When the database refuses; a constraint when the slug is taken.
pub async fn insert(conn: &mut Conn, row: &ServerRow) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO tool_servers (id, workspace_id, slug, name, url, header, secret, is_trusted, is_enabled, checked,
             added_by, created_at, updated_at, program, connection_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14)",
        row.id.as_str(),
        row.workspace_id.as_str(),
        row.slug.as_str(),
        row.name.as_str(),
        row.url.as_str(),
        row.header.as_deref(),
        row.secret.as_deref(),
        row.is_trusted,
        row.is_enabled,
        row.checked.as_deref(),
        row.added_by.as_str(),
        ids::now_ms(),
        row.program.as_deref(),
        row.connection_id.as_deref()
    )?;
    Ok(())
}

/// Saves name, address or program, secret and switch of a server; false when it is gone.
///
/// # Errors
/// When the database refuses.
pub async fn save(conn: &mut Conn, row: &ServerRow) -> Result<bool> {
    let changed = execute!(
        conn,
        "UPDATE tool_servers SET name = $3, url = $4, header = $5, secret = $6, is_trusted = $7, is_enabled = $8,
             checked = $9, updated_at = $10, program = $11
         WHERE workspace_id = $1 AND id = $2",
        row.workspace_id.as_str(),
        row.id.as_str(),
        row.name.as_str(),
        row.url.as_str(),
        row.header.as_deref(),
        row.secret.as_deref(),
        row.is_trusted,
        row.is_enabled,
        row.checked.as_deref(),
        ids::now_ms(),
        row.program.as_deref()
    )?;
    Ok(changed > 0)
}

/// Writes down what a test found.
///
/// # Errors
/// When the database refuses.
pub async fn checked(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (id, found): (&ToolServerId, &str),
) -> Result<()> {
    let sql = "UPDATE tool_servers SET checked = $3 WHERE workspace_id = $1 AND id = $2";
    execute!(conn, sql, workspace.as_str(), id.as_str(), found)?;
    Ok(())
}

/// Forgets a server with its secret and tools; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, workspace: &WorkspaceId, id: &ToolServerId) -> Result<bool> {
    let tools = "DELETE FROM server_tools WHERE workspace_id = $1 AND server_id = $2";
    execute!(conn, tools, workspace.as_str(), id.as_str())?;
    let sql = "DELETE FROM tool_servers WHERE workspace_id = $1 AND id = $2";
    Ok(execute!(conn, sql, workspace.as_str(), id.as_str())? > 0)
}

/// The tools of every server of a workspace, by their names here.
///
/// # Errors
/// When the database refuses.
pub async fn tools(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Vec<ToolRow>> {
    let sql = tools!("WHERE workspace_id = $1 ORDER BY called");
    fetch_all!(conn, ToolRow, sql, workspace.as_str())
}

/// The tool with this name here.
///
/// # Errors
/// When the database refuses.
pub async fn tool(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    called: &str,
) -> Result<Option<ToolRow>> {
    let sql = tools!("WHERE workspace_id = $1 AND called = $2");
    fetch_optional!(conn, ToolRow, sql, workspace.as_str(), called)
}

/// Writes down what a server offers now. What was accepted before stays, so that it can be compared; tools that nobody
/// accepted and that are gone are forgotten.
///
/// # Errors
/// When the database refuses.
pub async fn offer(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &ToolServerId,
    offers: &[Offer],
) -> Result<()> {
    let gone = "UPDATE server_tools SET offered = NULL, offered_hash = NULL
                WHERE workspace_id = $1 AND server_id = $2";
    execute!(conn, gone, workspace.as_str(), id.as_str())?;
    for offer in offers {
        execute!(
            conn,
            "INSERT INTO server_tools (server_id, name, workspace_id, called, offered, offered_hash, risk)
             VALUES ($1, $2, $3, $4, $5, $6, 'ask')
             ON CONFLICT (server_id, name) DO UPDATE SET offered = excluded.offered,
                 offered_hash = excluded.offered_hash",
            id.as_str(),
            offer.name.as_str(),
            workspace.as_str(),
            offer.called.as_str(),
            offer.text.as_str(),
            offer.hash.as_str()
        )?;
    }
    let forgotten = "DELETE FROM server_tools
                     WHERE workspace_id = $1 AND server_id = $2 AND offered IS NULL AND accepted IS NULL";
    execute!(conn, forgotten, workspace.as_str(), id.as_str())?;
    Ok(())
}

/// Accepts what a server says of a tool now, if that is what was read; false when it says something else meanwhile.
///
/// # Errors
/// When the database refuses.
pub async fn accept(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &ToolServerId,
    (name, hash): (&str, &str),
) -> Result<bool> {
    let sql = "UPDATE server_tools
               SET risk = CASE WHEN accepted_hash = offered_hash THEN risk ELSE 'ask' END,
                   accepted = offered, accepted_hash = offered_hash
               WHERE workspace_id = $1 AND server_id = $2 AND name = $3 AND offered_hash = $4";
    Ok(execute!(conn, sql, workspace.as_str(), id.as_str(), name, hash)? > 0)
}

/// Says how a tool is asked about; false when there is no such tool.
///
/// # Errors
/// When the database refuses.
pub async fn set_risk(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &ToolServerId,
    (name, risk): (&str, &str),
) -> Result<bool> {
    let sql = "UPDATE server_tools SET risk = $4 WHERE workspace_id = $1 AND server_id = $2 AND name = $3";
    Ok(execute!(conn, sql, workspace.as_str(), id.as_str(), name, risk)? > 0)
}

/// Takes back everything that was accepted of a server, because it is another one now.
///
/// # Errors
/// When the database refuses.
pub async fn accept_nothing(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &ToolServerId,
) -> Result<()> {
    let sql = "UPDATE server_tools SET accepted = NULL, accepted_hash = NULL, risk = 'ask'
               WHERE workspace_id = $1 AND server_id = $2";
    execute!(conn, sql, workspace.as_str(), id.as_str())?;
    Ok(())
}
