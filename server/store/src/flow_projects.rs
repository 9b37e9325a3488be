//! Which flows name which projects of Basecamp, so that the page of a project finds them without reading every flow.

use crate::db::{Conn, Result, execute, fetch_all};
use domain::flow::FlowVersion;
use domain::flow::projects::projects;
use domain::ids::{FlowId, WorkspaceId};

/// Keeps what the newest version of a flow names.
pub(crate) async fn keep(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    version: &FlowVersion,
) -> Result<()> {
    forget(conn, workspace, &version.flow_id).await?;
    for project in projects(&version.trigger) {
        execute!(
            conn,
            "INSERT INTO flow_projects (workspace_id, project_id, flow_id) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
            workspace.as_str(),
            project,
            version.flow_id.as_str()
        )?;
    }
    Ok(())
}

/// Forgets a flow.
pub(crate) async fn forget(conn: &mut Conn, workspace: &WorkspaceId, flow: &FlowId) -> Result<()> {
    let sql = "DELETE FROM flow_projects WHERE workspace_id = $1 AND flow_id = $2";
    execute!(conn, sql, workspace.as_str(), flow.as_str())?;
    Ok(())
}

/// Flows of the workspace that name a project: id, name and `ENABLED` or `DISABLED`; those that are on first, then the
/// last changed, `limit` at most.
///
/// # Errors
/// When the database refuses.
pub async fn flows(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (project, limit): (i64, i64),
) -> Result<Vec<(String, String, String)>> {
    fetch_all!(
        conn,
        (String, String, String),
        "SELECT f.id, f.name, f.status FROM flow_projects o JOIN flows f
              ON f.workspace_id = o.workspace_id AND f.id = o.flow_id
         WHERE o.workspace_id = $1 AND o.project_id = $2
         ORDER BY CASE WHEN f.status = 'ENABLED' THEN 0 ELSE 1 END, f.updated_at DESC, f.id LIMIT $3",
        workspace.as_str(),
        project,
        limit
    )
}
