//! How many requests were answered how fast, in parts of five minutes.

use crate::db::{Conn, Result, execute, fetch_all};

/// One part, milliseconds.
pub const SLOT_MS: i64 = 300_000;

/// Requests of one workspace in one part that took about as long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// All of them.
    pub requests: i64,
    /// Those that refused.
    pub refused: i64,
    /// Those where we failed.
    pub failed: i64,
}

/// Adds to what is counted for `workspace` (empty for nobody's) in `slot` (epoch milliseconds) up to `bucket`
/// (milliseconds).
///
/// # Errors
/// When the database refuses.
pub async fn add(
    conn: &mut Conn,
    (workspace, slot, bucket): (&str, i64, i64),
    more: Counted,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO request_counts (workspace_id, slot, bucket, requests, refused, failed)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (workspace_id, slot, bucket) DO UPDATE SET
             requests = request_counts.requests + excluded.requests,
             refused = request_counts.refused + excluded.refused,
             failed = request_counts.failed + excluded.failed",
        workspace,
        slot,
        bucket,
        more.requests,
        more.refused,
        more.failed
    )?;
    Ok(())
}

/// What was counted since `from` (epoch milliseconds) for `workspace`, empty for all, in parts of `part` milliseconds:
/// number of the part, bucket, requests, refused, failed.
///
/// # Errors
/// When the database refuses.
pub async fn since(
    conn: &mut Conn,
    workspace: &str,
    (from, part): (i64, i64),
) -> Result<Vec<(i64, i64, i64, i64, i64)>> {
    fetch_all!(
        conn,
        (i64, i64, i64, i64, i64),
        "SELECT (slot - $1) / $3, bucket, CAST(SUM(requests) AS BIGINT), CAST(SUM(refused) AS BIGINT),
                CAST(SUM(failed) AS BIGINT)
         FROM request_counts WHERE slot >= $1 AND ($2 = '' OR workspace_id = $2) GROUP BY 1, 2",
        from,
        workspace,
        part
    )
}

/// Forgets what was counted before `until` (epoch milliseconds).
///
/// # Errors
/// When the database refuses.
pub async fn forget(conn: &mut Conn, until: i64) -> Result<()> {
    execute!(conn, "DELETE FROM request_counts WHERE slot < $1", until)?;
    Ok(())
}
