//! How many runs, changes and model calls there were, for telemetry. An empty workspace stands for all.

use crate::db::{Conn, Result, fetch_all, fetch_optional};

/// Runs stored since `from` (epoch milliseconds) in parts of `part` milliseconds: number of the part, status, how many.
///
/// # Errors
/// When the database refuses.
pub async fn by_part(
    conn: &mut Conn,
    workspace: &str,
    (from, part): (i64, i64),
) -> Result<Vec<(i64, String, i64)>> {
    fetch_all!(
        conn,
        (i64, String, i64),
        "SELECT (created_at - $1) / $3, status, COUNT(*) FROM runs
         WHERE created_at >= $1 AND ($2 = '' OR workspace_id = $2) GROUP BY 1, 2",
        from,
        workspace,
        part
    )
}

/// Runs that wait now: for a worker, and for a time, a person or a site.
///
/// # Errors
/// When the database refuses.
pub async fn waiting(conn: &mut Conn, workspace: &str) -> Result<(i64, i64)> {
    let sql = "SELECT CAST(COALESCE(SUM(CASE WHEN status = 'QUEUED' THEN 1 ELSE 0 END), 0) AS BIGINT),
                      CAST(COALESCE(SUM(CASE WHEN status = 'PAUSED' THEN 1 ELSE 0 END), 0) AS BIGINT)
               FROM runs WHERE status IN ('QUEUED', 'PAUSED') AND ($1 = '' OR workspace_id = $1)";
    Ok(fetch_optional!(conn, (i64, i64), sql, workspace)?.unwrap_or_default())
}

/// Why runs stored since `from` failed, in the first words of it, the most frequent first; `limit` at most.
///
/// # Errors
/// When the database refuses.
pub async fn causes(
    conn: &mut Conn,
    workspace: &str,
    from: i64,
    limit: i64,
) -> Result<Vec<(String, i64)>> {
    fetch_all!(
        conn,
        (String, i64),
        "SELECT SUBSTR(COALESCE(error, status), 1, 90), COUNT(*) FROM runs
         WHERE created_at >= $1 AND ($2 = '' OR workspace_id = $2)
           AND status NOT IN ('QUEUED', 'RUNNING', 'PAUSED', 'SUCCEEDED', 'CANCELED')
         GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $3",
        from,
        workspace,
        limit
    )
}

/// Changes made through tools since `from`, and how many of them failed.
///
/// # Errors
/// When the database refuses.
pub async fn changes(conn: &mut Conn, workspace: &str, from: i64) -> Result<(i64, i64)> {
    let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN status = 'failed' THEN 1 ELSE 0 END), 0) AS BIGINT)
               FROM operations WHERE created_at >= $1 AND ($2 = '' OR workspace_id = $2)
                 AND status IN ('running', 'completed', 'failed')";
    Ok(fetch_optional!(conn, (i64, i64), sql, from, workspace)?.unwrap_or_default())
}

/// What models were asked in `month` (`YYYY-MM`): `provider/model`, tokens read and written, millionths of a dollar.
///
/// # Errors
/// When the database refuses.
pub async fn models(
    conn: &mut Conn,
    workspace: &str,
    month: &str,
) -> Result<Vec<(String, i64, i64, i64)>> {
    fetch_all!(
        conn,
        (String, i64, i64, i64),
        "SELECT provider || '/' || model, CAST(SUM(input_tokens) AS BIGINT), CAST(SUM(output_tokens) AS BIGINT),
                CAST(SUM(cost_micros) AS BIGINT)
         FROM model_usage WHERE month = $1 AND ($2 = '' OR workspace_id = $2) GROUP BY 1 ORDER BY 4 DESC, 1",
        month,
        workspace
    )
}
