//! The queue of runs: who takes up which, and for how long.

use crate::db::{Conn, Inner, Result, execute, fetch_all, fetch_optional};
use crate::runs::{RunRow, columns};
use domain::ids::{RunId, WorkspaceId};

/// Who claims work, and what may be claimed.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// The worker: a fresh name for each start of the process.
    pub owner: &'a str,
    /// Epoch milliseconds now.
    pub now_ms: i64,
    /// Until when the worker may work on it.
    pub lease_until: i64,
    /// At most this many.
    pub limit: i64,
    /// Runs a workspace may have under way at once.
    pub per_workspace: i64,
}

/// Takes queued runs, paused ones whose time has come, and those whose worker is gone, the oldest first.
///
/// On SQLite no other process works on the file, so every other owner is gone; nodes on PostgreSQL wait for the lease.
///
/// # Errors
/// When the database refuses.
pub async fn claim(conn: &mut Conn, claim: &Claim<'_>) -> Result<Vec<RunRow>> {
    let sql = match &conn.inner {
        Inner::Sqlite(_) => columns!(
            "UPDATE runs SET status = 'RUNNING', owner = $1, lease_until = $2, fence = fence + 1, resume_at = NULL,
                 resumed = resumed + CASE WHEN status = 'RUNNING' THEN 1 ELSE 0 END,
                 started_at = COALESCE(started_at, $3)
             WHERE id IN (SELECT id FROM runs r WHERE
                 (status = 'QUEUED' AND (SELECT COUNT(*) FROM runs o WHERE o.status = 'RUNNING'
                                         AND o.workspace_id = r.workspace_id) < $5)
                 OR (status = 'PAUSED' AND resume_at <= $3) OR (status = 'RUNNING' AND owner <> $1)
                 ORDER BY id LIMIT $4) RETURNING ",
            ""
        ),
        Inner::Postgres(_) => columns!(
            "UPDATE runs SET status = 'RUNNING', owner = $1, lease_until = $2, fence = fence + 1, resume_at = NULL,
                 resumed = resumed + CASE WHEN status = 'RUNNING' THEN 1 ELSE 0 END,
                 started_at = COALESCE(started_at, $3)
             WHERE id IN (SELECT id FROM runs r WHERE
                 (status = 'QUEUED' AND (SELECT COUNT(*) FROM runs o WHERE o.status = 'RUNNING'
                                         AND o.workspace_id = r.workspace_id) < $5)
                 OR (status = 'PAUSED' AND resume_at <= $3)
                 OR (status = 'RUNNING' AND owner <> $1 AND lease_until < $3)
                 ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED) RETURNING ",
            ""
        ),
    };
    fetch_all!(
        conn,
        RunRow,
        sql,
        claim.owner,
        claim.lease_until,
        claim.now_ms,
        claim.limit,
        claim.per_workspace
    )
}

/// Keeps the runs `owner` works on.
///
/// # Errors
/// When the database refuses.
pub async fn renew(conn: &mut Conn, owner: &str, lease_until: i64) -> Result<()> {
    let sql = "UPDATE runs SET lease_until = $2 WHERE status = 'RUNNING' AND owner = $1";
    execute!(conn, sql, owner, lease_until)?;
    Ok(())
}

/// Gives back what earlier starts of the node called `node` worked on: its owners are `node~...`, and it lives once.
///
/// # Errors
/// When the database refuses.
pub async fn void_earlier(conn: &mut Conn, node: &str, owner: &str) -> Result<u64> {
    let mine = format!("{node}~");
    let sql = "UPDATE runs SET lease_until = 0 WHERE status = 'RUNNING' AND owner <> $1
               AND SUBSTR(owner, 1, LENGTH($2)) = $2";
    execute!(conn, sql, owner, mine)
}

/// Gives up a run that its worker could not write down, so that it is claimed again.
///
/// # Errors
/// When the database refuses.
pub async fn release(conn: &mut Conn, run: &RunId, fence: i64) -> Result<()> {
    let sql = "UPDATE runs SET owner = '', lease_until = 0 WHERE id = $1 AND fence = $2 AND status = 'RUNNING'";
    execute!(conn, sql, run.as_str(), fence)?;
    Ok(())
}

/// When the next paused run goes on, epoch milliseconds.
///
/// # Errors
/// When the database refuses.
pub async fn next_resume(conn: &mut Conn) -> Result<Option<i64>> {
    let row = fetch_optional!(
        conn,
        (Option<i64>,),
        "SELECT MIN(resume_at) FROM runs WHERE status = 'PAUSED'"
    )?;
    Ok(row.and_then(|(at,)| at))
}

/// How many runs of the workspace wait for a worker.
///
/// # Errors
/// When the database refuses.
pub async fn queued(conn: &mut Conn, workspace: &WorkspaceId) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM runs WHERE status = 'QUEUED' AND workspace_id = $1";
    Ok(fetch_optional!(conn, (i64,), sql, workspace.as_str())?.map_or(0, |(count,)| count))
}
