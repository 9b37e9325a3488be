//! Copies of a SQLite file while it is in use. PostgreSQL has its own tools for that.

use crate::db::{Conn, Inner, Result};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::path::Path;

/// Writes everything committed so far into the new or empty file at `path`, which no other write waits for; false on
/// PostgreSQL, where nothing is written.
///
/// # Errors
/// When the file cannot be written.
pub async fn copy(conn: &mut Conn, path: &Path) -> Result<bool> {
    let Inner::Sqlite(file) = &mut conn.inner else { return Ok(false) };
    let path = path.display().to_string();
    sqlx::query("VACUUM INTO $1").bind(path).execute(&mut **file).await?;
    Ok(true)
}

/// Reads the copy at `path` to its end; what is wrong with it, in the database's words, none when all is well.
///
/// # Errors
/// When it cannot be opened as a database.
pub async fn verify(path: &Path) -> Result<Option<String>> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
    let mut copy = options.connect().await?;
    let (answer,): (String,) =
        sqlx::query_as("PRAGMA integrity_check").fetch_one(&mut copy).await?;
    let (_,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM workspaces").fetch_one(&mut copy).await?;
    Ok((answer != "ok").then_some(answer))
}
