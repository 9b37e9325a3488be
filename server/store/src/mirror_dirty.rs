//! Records of the mirror that are to be read again one by one.

use crate::db::{Conn, Result, execute, fetch_all};
use crate::mirror::Key;

/// Records to be read again, the longest waiting first: id and kind.
///
/// # Errors
/// When the database refuses.
pub async fn dirty(conn: &mut Conn, key: &Key, limit: i64) -> Result<Vec<(i64, String)>> {
    fetch_all!(
        conn,
        (i64, String),
        "SELECT r.id, r.kind FROM mirror_records r
         JOIN mirror_projects p ON p.workspace_id = r.workspace_id AND p.connection_id = $3 AND p.id = r.bucket_id
         WHERE r.workspace_id = $1 AND r.account_id = $2 AND r.dirty_at IS NOT NULL AND r.deleted_at IS NULL
         ORDER BY r.dirty_at, r.id LIMIT $4",
        key.workspace.as_str(),
        key.account,
        key.connection.as_str(),
        limit
    )
}

/// Nothing more can be learned about a record one by one: it waits for the next walk.
///
/// # Errors
/// When the database refuses.
pub async fn leave(conn: &mut Conn, key: &Key, id: i64) -> Result<()> {
    let sql = "UPDATE mirror_records SET dirty_at = NULL WHERE workspace_id = $1 AND account_id = $2 AND id = $3";
    execute!(conn, sql, key.workspace.as_str(), key.account, id)?;
    Ok(())
}
