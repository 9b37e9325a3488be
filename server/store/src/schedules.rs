//! When scheduled flows are due next: one row for each flow that is switched on and starts by the clock.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional};
use domain::ids::{FlowId, WorkspaceId};

/// Sets when a flow is due next; none when it is not due at all.
///
/// # Errors
/// When the database refuses.
pub async fn set(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    flow: &FlowId,
    next_at: Option<i64>,
) -> Result<()> {
    match next_at {
        Some(next_at) => execute!(
            conn,
            "INSERT INTO schedules (flow_id, workspace_id, next_at) VALUES ($1, $2, $3)
             ON CONFLICT (flow_id) DO UPDATE SET next_at = excluded.next_at",
            flow.as_str(),
            workspace.as_str(),
            next_at
        )?,
        None => execute!(
            conn,
            "DELETE FROM schedules WHERE flow_id = $1 AND workspace_id = $2",
            flow.as_str(),
            workspace.as_str()
        )?,
    };
    Ok(())
}

/// Moves a flow that was due at `due_at` to `next_at`; false when another node did.
///
/// # Errors
/// When the database refuses.
pub async fn advance(conn: &mut Conn, flow: &FlowId, due_at: i64, next_at: i64) -> Result<bool> {
    let sql = "UPDATE schedules SET next_at = $3 WHERE flow_id = $1 AND next_at = $2";
    Ok(execute!(conn, sql, flow.as_str(), due_at, next_at)? > 0)
}

/// Flows due at `now_ms` or before: workspace, flow and when they were due; the longest waiting first.
///
/// # Errors
/// When the database refuses.
pub async fn due(conn: &mut Conn, now_ms: i64) -> Result<Vec<(WorkspaceId, FlowId, i64)>> {
    let sql = "SELECT workspace_id, flow_id, next_at FROM schedules WHERE next_at <= $1 ORDER BY next_at LIMIT 100";
    let rows = fetch_all!(conn, (String, String, i64), sql, now_ms)?;
    Ok(rows
        .into_iter()
        .map(|(ws, flow, at)| (WorkspaceId::from(ws), FlowId::from(flow), at))
        .collect())
}

/// When the next flow is due, epoch milliseconds.
///
/// # Errors
/// When the database refuses.
pub async fn next(conn: &mut Conn) -> Result<Option<i64>> {
    let row = fetch_optional!(conn, (Option<i64>,), "SELECT MIN(next_at) FROM schedules")?;
    Ok(row.and_then(|(next,)| next))
}
