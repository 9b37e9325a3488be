//! Rows of the tables that flows keep: a table is there as long as it has rows.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use domain::ids::WorkspaceId;

/// A table of a workspace.
#[derive(Clone, Debug)]
pub struct Table {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// What flows call it.
    pub name: String,
}

record! {
    /// One row.
    #[derive(Clone, Debug)]
    pub struct TableRow {
        /// The row.
        pub id: String,
        /// Its cells by name, JSON.
        pub cells: String,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub updated_at: i64,
    }
}

/// Adds a row and gives it.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, table: &Table, cells: String) -> Result<TableRow> {
    let now = ids::now_ms();
    let row = TableRow { id: ids::fresh(), cells, created_at: now, updated_at: now };
    execute!(
        conn,
        "INSERT INTO table_rows (id, workspace_id, table_name, cells, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5)",
        row.id.as_str(),
        table.workspace.as_str(),
        table.name.as_str(),
        row.cells.as_str(),
        now
    )?;
    Ok(row)
}

/// How many rows a table has.
///
/// # Errors
/// When the database refuses.
pub async fn count(conn: &mut Conn, table: &Table) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM table_rows WHERE workspace_id = $1 AND table_name = $2";
    let row = fetch_optional!(conn, (i64,), sql, table.workspace.as_str(), table.name.as_str())?;
    Ok(row.map_or(0, |(count,)| count))
}

/// The tables of a workspace by name: how many rows each has, and when the last of them changed, epoch milliseconds.
///
/// # Errors
/// When the database refuses.
pub async fn tables(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Vec<(String, i64, i64)>> {
    let sql = "SELECT table_name, COUNT(*), MAX(updated_at) FROM table_rows
               WHERE workspace_id = $1 GROUP BY table_name ORDER BY table_name";
    fetch_all!(conn, (String, i64, i64), sql, workspace.as_str())
}

/// A part of the rows of a table, the oldest first: from which, counted from 0, and how many.
///
/// # Errors
/// When the database refuses.
pub async fn page(
    conn: &mut Conn,
    table: &Table,
    (from, count): (i64, i64),
) -> Result<Vec<TableRow>> {
    let sql = "SELECT id, cells, created_at, updated_at FROM table_rows
               WHERE workspace_id = $1 AND table_name = $2 ORDER BY id LIMIT $3 OFFSET $4";
    let (workspace, name) = (table.workspace.as_str(), table.name.as_str());
    fetch_all!(conn, TableRow, sql, workspace, name, count, from)
}

/// The rows of a table, the oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn all(conn: &mut Conn, table: &Table) -> Result<Vec<TableRow>> {
    let sql = "SELECT id, cells, created_at, updated_at FROM table_rows
               WHERE workspace_id = $1 AND table_name = $2 ORDER BY id";
    fetch_all!(conn, TableRow, sql, table.workspace.as_str(), table.name.as_str())
}

/// One row of a table.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, table: &Table, id: &str) -> Result<Option<TableRow>> {
    let sql = "SELECT id, cells, created_at, updated_at FROM table_rows
               WHERE workspace_id = $1 AND table_name = $2 AND id = $3";
    fetch_optional!(conn, TableRow, sql, table.workspace.as_str(), table.name.as_str(), id)
}

/// Replaces the cells of a row.
///
/// # Errors
/// When the database refuses.
pub async fn update(conn: &mut Conn, table: &Table, id: &str, cells: &str) -> Result<()> {
    let sql = "UPDATE table_rows SET cells = $4, updated_at = $5
               WHERE workspace_id = $1 AND table_name = $2 AND id = $3";
    let (workspace, name) = (table.workspace.as_str(), table.name.as_str());
    execute!(conn, sql, workspace, name, id, cells, ids::now_ms())?;
    Ok(())
}

/// Removes a row; whether it was there.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, table: &Table, id: &str) -> Result<bool> {
    let sql = "DELETE FROM table_rows WHERE workspace_id = $1 AND table_name = $2 AND id = $3";
    Ok(execute!(conn, sql, table.workspace.as_str(), table.name.as_str(), id)? > 0)
}

/// Removes every row; gives how many.
///
/// # Errors
/// When the database refuses.
pub async fn clear(conn: &mut Conn, table: &Table) -> Result<u64> {
    let sql = "DELETE FROM table_rows WHERE workspace_id = $1 AND table_name = $2";
    execute!(conn, sql, table.workspace.as_str(), table.name.as_str())
}
