//! Changes to flows that wait for a person; a flow has at most one that is open.

use crate::db::{Conn, Result, execute, fetch_optional, record};
use crate::ids;
use domain::flow::proposal::Proposal;
use domain::ids::{FlowId, UserId, WorkspaceId};

/// What became of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Its change was made.
    Accepted,
    /// Nothing was changed.
    Dropped,
}

impl Decision {
    fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Dropped => "dropped",
        }
    }
}

record! {
    struct Row {
        id: String, flow_id: String, base_revision: i64, title: String, edits: String, made_at: i64,
    }
}

impl Row {
    fn read(self) -> Result<Proposal> {
        Ok(Proposal {
            id: self.id,
            flow_id: FlowId::from(self.flow_id),
            base_revision: self.base_revision,
            title: self.title,
            edits: serde_json::from_str(&self.edits)?,
            created: ids::rfc3339(self.made_at),
        })
    }
}

/// Stores a proposal; one of the flow that was still open is dropped for it.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    proposal: &Proposal,
    (by, now_ms): (&UserId, i64),
) -> Result<()> {
    let sql = "UPDATE flow_proposals SET status = 'dropped', decided_by = $1, decided_at = $2
         WHERE workspace_id = $3 AND flow_id = $4 AND status = 'open'";
    let flow = proposal.flow_id.as_str();
    execute!(conn, sql, by.as_str(), now_ms, workspace.as_str(), flow)?;
    execute!(
        conn,
        "INSERT INTO flow_proposals
             (id, workspace_id, flow_id, base_revision, title, edits, status, made_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8)",
        proposal.id.as_str(),
        workspace.as_str(),
        flow,
        proposal.base_revision,
        proposal.title.as_str(),
        serde_json::to_string(&proposal.edits)?,
        by.as_str(),
        now_ms
    )?;
    Ok(())
}

/// The open proposal of a flow.
///
/// # Errors
/// When the database refuses or the proposal cannot be read.
pub async fn open(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    flow: &FlowId,
) -> Result<Option<Proposal>> {
    let sql = "SELECT id, flow_id, base_revision, title, edits, made_at FROM flow_proposals
         WHERE workspace_id = $1 AND flow_id = $2 AND status = 'open'";
    let row = fetch_optional!(conn, Row, sql, workspace.as_str(), flow.as_str())?;
    row.map(Row::read).transpose()
}

/// Closes an open proposal; false when it was not open any more.
///
/// # Errors
/// When the database refuses.
pub async fn decide(
    conn: &mut Conn,
    (workspace, id): (&WorkspaceId, &str),
    decision: Decision,
    (by, now_ms): (&UserId, i64),
) -> Result<bool> {
    let sql = "UPDATE flow_proposals SET status = $1, decided_by = $2, decided_at = $3
         WHERE workspace_id = $4 AND id = $5 AND status = 'open'";
    let (status, by) = (decision.as_str(), by.as_str());
    Ok(execute!(conn, sql, status, by, now_ms, workspace.as_str(), id)? > 0)
}

/// Forgets the proposals of a flow that is deleted.
///
/// # Errors
/// When the database refuses.
pub async fn forget(conn: &mut Conn, workspace: &WorkspaceId, flow: &FlowId) -> Result<()> {
    let sql = "DELETE FROM flow_proposals WHERE workspace_id = $1 AND flow_id = $2";
    execute!(conn, sql, workspace.as_str(), flow.as_str())?;
    Ok(())
}
