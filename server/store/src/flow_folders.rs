//! Folders of flows.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use domain::flow::listing::Folder;
use domain::ids::WorkspaceId;

record! {
    struct Row { id: String, name: String, created_at: i64, updated_at: i64, flows: i64 }
}

impl Row {
    fn read(self) -> Folder {
        Folder {
            id: self.id,
            display_name: self.name,
            number_of_flows: u32::try_from(self.flows).unwrap_or(u32::MAX),
            created: ids::rfc3339(self.created_at),
            updated: ids::rfc3339(self.updated_at),
        }
    }
}

/// The folders of the workspace by name, each with how many flows it holds.
///
/// # Errors
/// When the database refuses.
pub async fn list(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Vec<Folder>> {
    let sql = "SELECT o.id, o.name, o.created_at, o.updated_at, COUNT(f.id) AS flows
               FROM flow_folders o LEFT JOIN flows f ON f.folder_id = o.id AND f.workspace_id = o.workspace_id
               WHERE o.workspace_id = $1 GROUP BY o.id, o.name, o.created_at, o.updated_at
               ORDER BY LOWER(o.name), o.id";
    Ok(fetch_all!(conn, Row, sql, workspace.as_str())?.into_iter().map(Row::read).collect())
}

/// One folder.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, workspace: &WorkspaceId, id: &str) -> Result<Option<Folder>> {
    let sql = "SELECT o.id, o.name, o.created_at, o.updated_at, COUNT(f.id) AS flows
               FROM flow_folders o LEFT JOIN flows f ON f.folder_id = o.id AND f.workspace_id = o.workspace_id
               WHERE o.workspace_id = $1 AND o.id = $2 GROUP BY o.id, o.name, o.created_at, o.updated_at";
    Ok(fetch_optional!(conn, Row, sql, workspace.as_str(), id)?.map(Row::read))
}

/// The id of the folder called `name`, in any case.
///
/// # Errors
/// When the database refuses.
pub async fn named(conn: &mut Conn, workspace: &WorkspaceId, name: &str) -> Result<Option<String>> {
    let sql = "SELECT id FROM flow_folders WHERE workspace_id = $1 AND LOWER(name) = LOWER($2)";
    Ok(fetch_optional!(conn, (String,), sql, workspace.as_str(), name)?.map(|(id,)| id))
}

/// Stores a new folder.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, workspace: &WorkspaceId, id: &str, name: &str) -> Result<()> {
    let sql = "INSERT INTO flow_folders (id, workspace_id, name, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)";
    execute!(conn, sql, id, workspace.as_str(), name, ids::now_ms())?;
    Ok(())
}

/// Gives a folder another name; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn rename(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &str,
    name: &str,
) -> Result<bool> {
    let sql =
        "UPDATE flow_folders SET name = $3, updated_at = $4 WHERE workspace_id = $1 AND id = $2";
    Ok(execute!(conn, sql, workspace.as_str(), id, name, ids::now_ms())? > 0)
}

/// Deletes a folder; its flows are in none then. False when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, workspace: &WorkspaceId, id: &str) -> Result<bool> {
    let sql = "UPDATE flows SET folder_id = NULL WHERE workspace_id = $1 AND folder_id = $2";
    execute!(conn, sql, workspace.as_str(), id)?;
    let sql = "DELETE FROM flow_folders WHERE workspace_id = $1 AND id = $2";
    Ok(execute!(conn, sql, workspace.as_str(), id)? > 0)
}
