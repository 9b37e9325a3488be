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
    /// Until when the worker may work on it, epoch milliseconds.
    pub lease_until: i64,
    /// At most this many.
    pub limit: i64,
    /// Runs a workspace may have under way at once.
    pub per_workspace: i64,
}

/// Takes queued runs, paused ones whose time has come, and those whose worker is gone, the oldest first. Of a flow with
/// a limit of its own no more are taken than it leaves room for.
///
/// On SQLite no other process works on the file, so every other owner is gone; nodes on PostgreSQL wait for the lease.
///
/// # Errors
/// When the database refuses.
pub async fn claim(conn: &mut Conn, claim: &Claim<'_>) -> Result<Vec<RunRow>> {
    let mut rows = claim_free(conn, claim).await?;
    if !takes_turn(conn).await? {
        return Ok(rows);
    }
    for (workspace, flow, room) in rooms(conn).await? {
        let taken = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let limit = room.min(claim.limit - taken);
        if limit > 0 {
            rows.extend(claim_of(conn, claim, (&workspace, &flow), limit).await?);
        }
    }
    Ok(rows)
}

/// Those of flows without a limit of their own, tests of steps, and whatever lost its worker.
async fn claim_free(conn: &mut Conn, claim: &Claim<'_>) -> Result<Vec<RunRow>> {
    // `+id`: SQLite would else walk through all runs in the order of their ids.
    let sql = match &conn.inner {
        Inner::Sqlite(_) => columns!(
            "UPDATE runs SET status = 'RUNNING', owner = $1, lease_until = $2, fence = fence + 1, resume_at = NULL,
                 resumed = resumed + CASE WHEN status = 'RUNNING' THEN 1 ELSE 0 END,
                 started_at = COALESCE(started_at, $3)
             WHERE id IN (SELECT id FROM (
                 SELECT id FROM runs WHERE status = 'QUEUED' AND $5 > 0
                     AND workspace_id NOT IN (SELECT workspace_id FROM runs WHERE status = 'RUNNING'
                                              GROUP BY workspace_id HAVING COUNT(*) >= $5)
                     AND (trial IS NOT NULL OR flow_id NOT IN (SELECT id FROM flows WHERE runs_at_once IS NOT NULL))
                 UNION ALL
                 SELECT id FROM runs WHERE status = 'PAUSED' AND resume_at <= $3
                     AND (trial IS NOT NULL OR flow_id NOT IN (SELECT id FROM flows WHERE runs_at_once IS NOT NULL))
                 UNION ALL
                 SELECT id FROM runs WHERE status = 'RUNNING' AND owner <> $1)
                 ORDER BY +id LIMIT $4) RETURNING ",
            ""
        ),
        Inner::Postgres(_) => columns!(
            "UPDATE runs SET status = 'RUNNING', owner = $1, lease_until = $2, fence = fence + 1, resume_at = NULL,
                 resumed = resumed + CASE WHEN status = 'RUNNING' THEN 1 ELSE 0 END,
                 started_at = COALESCE(started_at, $3)
             WHERE id IN (SELECT id FROM runs r WHERE
                 (status = 'QUEUED' AND (SELECT COUNT(*) FROM runs o WHERE o.status = 'RUNNING'
                                         AND o.workspace_id = r.workspace_id) < $5
                  AND (trial IS NOT NULL OR NOT EXISTS (SELECT 1 FROM flows f WHERE f.id = r.flow_id
                                                        AND f.runs_at_once IS NOT NULL)))
                 OR (status = 'PAUSED' AND resume_at <= $3
                     AND (trial IS NOT NULL OR NOT EXISTS (SELECT 1 FROM flows f WHERE f.id = r.flow_id
                                                           AND f.runs_at_once IS NOT NULL)))
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

/// One node at a time counts what flows with a limit have under way; false when another one does just now.
async fn takes_turn(conn: &mut Conn) -> Result<bool> {
    if matches!(conn.inner, Inner::Sqlite(_)) {
        return Ok(true);
    }
    let sql = "SELECT pg_try_advisory_xact_lock(hashtext('runs of flows with a limit'))";
    Ok(fetch_optional!(conn, (bool,), sql)?.is_some_and(|(is_ours,)| is_ours))
}

/// Flows with a limit for which something waits, with the runs that may still begin.
async fn rooms(conn: &mut Conn) -> Result<Vec<(String, String, i64)>> {
    fetch_all!(
        conn,
        (String, String, i64),
        "SELECT f.workspace_id, f.id, f.runs_at_once
                - (SELECT COUNT(*) FROM runs o WHERE o.status = 'RUNNING' AND o.workspace_id = f.workspace_id
                   AND o.flow_id = f.id AND o.trial IS NULL) AS room
         FROM flows f WHERE f.runs_at_once IS NOT NULL"
    )
}

/// Those of one flow with a limit, the oldest first: what pauses comes before what was started later.
async fn claim_of(
    conn: &mut Conn,
    claim: &Claim<'_>,
    (workspace, flow): (&str, &str),
    limit: i64,
) -> Result<Vec<RunRow>> {
    let sql = columns!(
        "UPDATE runs SET status = 'RUNNING', owner = $1, lease_until = $2, fence = fence + 1, resume_at = NULL,
             started_at = COALESCE(started_at, $3)
         WHERE status IN ('QUEUED', 'PAUSED') AND id IN (SELECT id FROM (
             SELECT id FROM runs WHERE status = 'QUEUED' AND workspace_id = $6 AND flow_id = $7 AND trial IS NULL
                 AND (SELECT COUNT(*) FROM runs WHERE status = 'RUNNING' AND workspace_id = $6) < $5
             UNION ALL
             SELECT id FROM runs WHERE status = 'PAUSED' AND resume_at <= $3 AND workspace_id = $6 AND flow_id = $7
                 AND trial IS NULL) AS waiting
             ORDER BY id LIMIT $4) RETURNING ",
        ""
    );
    fetch_all!(
        conn,
        RunRow,
        sql,
        claim.owner,
        claim.lease_until,
        claim.now_ms,
        limit,
        claim.per_workspace,
        workspace,
        flow
    )
}

/// Keeps the runs `owner` works on. What was given back meanwhile stays given back: a sign of life may come late.
///
/// # Errors
/// When the database refuses.
pub async fn renew(conn: &mut Conn, owner: &str, lease_until: i64) -> Result<()> {
    let sql = "UPDATE runs SET lease_until = $2
               WHERE status = 'RUNNING' AND owner = $1 AND lease_until > 0";
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

/// When the next paused run goes on, epoch milliseconds: one that is due already waits for a place.
///
/// # Errors
/// When the database refuses.
pub async fn next_resume(conn: &mut Conn, now_ms: i64) -> Result<Option<i64>> {
    let row = fetch_optional!(
        conn,
        (Option<i64>,),
        "SELECT MIN(resume_at) FROM runs WHERE status = 'PAUSED' AND resume_at > $1",
        now_ms
    )?;
    Ok(row.and_then(|(at,)| at))
}

/// Whether runs could go on and have no place.
///
/// # Errors
/// When the database refuses.
pub async fn is_waiting(conn: &mut Conn, now_ms: i64) -> Result<bool> {
    let sql = "SELECT id FROM runs WHERE status = 'QUEUED'
               UNION ALL SELECT id FROM runs WHERE status = 'PAUSED' AND resume_at <= $1 LIMIT 1";
    Ok(fetch_optional!(conn, (String,), sql, now_ms)?.is_some())
}

/// How many runs of the workspace wait for a worker.
///
/// # Errors
/// When the database refuses.
pub async fn queued(conn: &mut Conn, workspace: &WorkspaceId) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM runs WHERE status = 'QUEUED' AND workspace_id = $1";
    Ok(fetch_optional!(conn, (i64,), sql, workspace.as_str())?.map_or(0, |(count,)| count))
}
