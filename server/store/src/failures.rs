//! How much failed lately, for alerts.

use crate::db::{Conn, Result, fetch_all, record};
use crate::request_counts::SLOT_MS;

record! {
    /// What ended in a time, of one workspace.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Lately {
        /// The workspace; empty for the whole installation.
        pub workspace_id: String,
        /// How much ended.
        pub ended: i64,
        /// How much of it failed.
        pub failed: i64,
    }
}

/// Runs that ended since `from` (epoch milliseconds), tests and stopped ones left out.
///
/// # Errors
/// When the database refuses.
pub async fn of_runs(conn: &mut Conn, from: i64) -> Result<Vec<Lately>> {
    fetch_all!(
        conn,
        Lately,
        "SELECT workspace_id, COUNT(*) AS ended,
                CAST(SUM(CASE WHEN status = 'SUCCEEDED' THEN 0 ELSE 1 END) AS BIGINT) AS failed
         FROM runs WHERE finished_at >= $1 AND environment = 'PRODUCTION' AND status <> 'CANCELED'
         GROUP BY workspace_id",
        from
    )
}

/// Which flows failed since `from`, why, and how often, the most frequent first; `limit` at most.
///
/// # Errors
/// When the database refuses.
pub async fn of_flows(
    conn: &mut Conn,
    workspace: &str,
    (from, limit): (i64, i64),
) -> Result<Vec<(String, String, i64)>> {
    fetch_all!(
        conn,
        (String, String, i64),
        "SELECT flow_name, SUBSTR(COALESCE(error, status), 1, 160), COUNT(*) FROM runs
         WHERE finished_at >= $2 AND workspace_id = $1 AND environment = 'PRODUCTION'
           AND status NOT IN ('SUCCEEDED', 'CANCELED')
         GROUP BY 1, 2 ORDER BY 3 DESC, 1 LIMIT $3",
        workspace,
        from,
        limit
    )
}

/// Changes through tools that were begun since `from` and have ended; alerts on their way are left out.
///
/// # Errors
/// When the database refuses.
pub async fn of_calls(conn: &mut Conn, from: i64) -> Result<Vec<Lately>> {
    fetch_all!(
        conn,
        Lately,
        "SELECT w.workspace_id, COUNT(*) AS ended,
                CAST(SUM(CASE WHEN o.status = 'failed' THEN 1 ELSE 0 END) AS BIGINT) AS failed
         FROM workspaces w JOIN operations o ON o.workspace_id = w.workspace_id AND o.created_at >= $1
         WHERE o.status IN ('completed', 'failed') AND o.source <> 'alert' GROUP BY w.workspace_id",
        from
    )
}

/// Requests of everybody that were answered since `from`, in whole parts of five minutes, and where we failed.
///
/// # Errors
/// When the database refuses.
pub async fn of_requests(conn: &mut Conn, from: i64) -> Result<Vec<Lately>> {
    fetch_all!(
        conn,
        Lately,
        "SELECT '' AS workspace_id, CAST(COALESCE(SUM(requests), 0) AS BIGINT) AS ended,
                CAST(COALESCE(SUM(failed), 0) AS BIGINT) AS failed
         FROM request_counts
         WHERE slot >= $1 AND workspace_id IN (SELECT workspace_id FROM workspaces UNION ALL SELECT '')",
        from.div_euclid(SLOT_MS) * SLOT_MS
    )
}
