//! Reversals of operations: one at a time, and one that counts.

use crate::db::{Conn, Result, execute, fetch_optional};
use crate::ids;
use crate::operations::{self, OperationRow};
use domain::ids::{OperationId, WorkspaceId};

/// Claims the reversal of an operation and says how often it was tried, this time included.
///
/// None when it is reversed already, or somebody else is at it. The claim holds until `until`; one whose time is over at
/// `now` counts as given up, unless its reversal is stored and nobody knows yet what became of it.
///
/// # Errors
/// When the database refuses.
pub async fn claim(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &OperationId,
    (now, until): (i64, i64),
) -> Result<Option<i64>> {
    let sql = "UPDATE operations SET undo_until = $4, undo_tries = undo_tries + 1
               WHERE workspace_id = $1 AND id = $2 AND undone_at IS NULL
                 AND (undo_until IS NULL OR undo_until <= $3)
                 AND NOT EXISTS (SELECT 1 FROM operations reversal WHERE reversal.workspace_id = $1
                                   AND reversal.undoes = $2 AND reversal.status = 'running')
               RETURNING undo_tries";
    let claimed = fetch_optional!(conn, (i64,), sql, workspace.as_str(), id.as_str(), now, until)?;
    Ok(claimed.map(|(tries,)| tries))
}

/// Gives the claim of try number `tries` back, after nothing was reversed.
///
/// # Errors
/// When the database refuses.
pub async fn release(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (id, tries): (&OperationId, i64),
) -> Result<()> {
    let sql = "UPDATE operations SET undo_until = NULL
               WHERE workspace_id = $1 AND id = $2 AND undo_tries = $3 AND undone_at IS NULL";
    execute!(conn, sql, workspace.as_str(), id.as_str(), tries)?;
    Ok(())
}

/// Marks an operation as reversed; false when it was before.
///
/// # Errors
/// When the database refuses.
pub async fn mark(conn: &mut Conn, workspace: &WorkspaceId, id: &OperationId) -> Result<bool> {
    let sql = "UPDATE operations SET undone_at = $3, updated_at = $3, undo_until = NULL
               WHERE workspace_id = $1 AND id = $2 AND undone_at IS NULL";
    Ok(execute!(conn, sql, workspace.as_str(), id.as_str(), ids::now_ms())? > 0)
}

/// Ends the reversal of an operation that nobody waits for any more: it is reversed, or may be tried again. Gives the
/// operation; none when it is gone.
///
/// # Errors
/// When the database refuses.
pub async fn end(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &OperationId,
    is_done: bool,
) -> Result<Option<OperationRow>> {
    if is_done {
        mark(conn, workspace, id).await?;
    } else {
        let sql = "UPDATE operations SET undo_until = NULL
                   WHERE workspace_id = $1 AND id = $2 AND undone_at IS NULL";
        execute!(conn, sql, workspace.as_str(), id.as_str())?;
    }
    operations::find(conn, workspace, id).await
}
