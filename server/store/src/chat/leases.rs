//! Which node works on a run of the assistant. A node that lost its lease may not write for the run any more.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional};
use crate::ids;
use domain::ids::ChatRunId;

/// How long a lease holds without being renewed.
pub const LEASE_MS: i64 = 30_000;

/// Takes the lease of a run under way: a free one, one that ran out, or any when `takes_all` says that no other node
/// exists. False when another node works on it, or it has ended.
///
/// # Errors
/// When the database refuses.
pub async fn take(conn: &mut Conn, id: &ChatRunId, node: &str, takes_all: bool) -> Result<bool> {
    let now = ids::now_ms();
    let sql = "UPDATE chat_runs SET lease_owner = $2, lease_until = $3
               WHERE id = $1 AND status IN ('queued', 'running')
                 AND (lease_owner IS NULL OR lease_owner = $2 OR lease_until < $4 OR $5 = 1)";
    let all = i64::from(takes_all);
    Ok(execute!(conn, sql, id.as_str(), node, now + LEASE_MS, now, all)? > 0)
}

/// Makes a lease hold on; false when it was lost or the run has ended.
///
/// # Errors
/// When the database refuses.
pub async fn renew(conn: &mut Conn, id: &ChatRunId, node: &str) -> Result<bool> {
    let sql = "UPDATE chat_runs SET lease_until = $3
               WHERE id = $1 AND lease_owner = $2 AND status IN ('queued', 'running')";
    Ok(execute!(conn, sql, id.as_str(), node, ids::now_ms() + LEASE_MS)? > 0)
}

/// The same; gives the number of the run's last event.
///
/// # Errors
/// When the database refuses.
pub async fn renew_counting(conn: &mut Conn, id: &ChatRunId, node: &str) -> Result<Option<i64>> {
    let sql = "UPDATE chat_runs SET lease_until = $3
               WHERE id = $1 AND lease_owner = $2 AND status IN ('queued', 'running')
               RETURNING (SELECT COALESCE(MAX(e.seq), 0) FROM chat_events e WHERE e.run_id = chat_runs.id)";
    let until = ids::now_ms() + LEASE_MS;
    Ok(fetch_optional!(conn, (i64,), sql, id.as_str(), node, until)?.map(|(last,)| last))
}

/// Lets a lease hold a moment longer, also that of a run that has ended: the commit that carries this brings all that was
/// committed before to the disk, and one that changes nothing would not.
///
/// # Errors
/// When the database refuses.
pub async fn mark(conn: &mut Conn, id: &ChatRunId) -> Result<()> {
    let sql = "UPDATE chat_runs SET lease_until = COALESCE(lease_until, 0) + 1 WHERE id = $1";
    execute!(conn, sql, id.as_str())?;
    Ok(())
}

/// Gives a lease back when a node stops, so that another need not wait for it to run out.
///
/// # Errors
/// When the database refuses.
pub async fn release(conn: &mut Conn, id: &ChatRunId, node: &str) -> Result<()> {
    let sql = "UPDATE chat_runs SET lease_owner = NULL WHERE id = $1 AND lease_owner = $2";
    execute!(conn, sql, id.as_str(), node)?;
    Ok(())
}

/// Runs under way that no node works on.
///
/// # Errors
/// When the database refuses.
pub async fn free(conn: &mut Conn, takes_all: bool) -> Result<Vec<ChatRunId>> {
    let sql = "SELECT id FROM chat_runs WHERE status IN ('queued', 'running')
                 AND (lease_owner IS NULL OR lease_until < $1 OR $2 = 1) ORDER BY created_at";
    let rows = fetch_all!(conn, (String,), sql, ids::now_ms(), i64::from(takes_all))?;
    Ok(rows.into_iter().map(|(id,)| ChatRunId::from(id)).collect())
}
