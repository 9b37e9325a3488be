//! Commands: operations that are stored before they run, so that a decision taken later, or a restart, finds them.

use crate::db::{Conn, Result, execute, fetch_all, record};
use crate::ids;
use crate::operations::PENDING;
use domain::ids::{ApprovalId, ChatRunId, OperationId, SessionId, UserId, WorkspaceId};
use serde_json::Value;

/// A command that is about to run, or waits for a person.
#[derive(Clone, Debug)]
pub struct NewCommand {
    /// From [`ids::fresh`].
    pub id: OperationId,
    /// Who asked.
    pub user: UserId,
    /// Their name.
    pub actor: String,
    /// Where it was asked for: `command_api` or `chat`.
    pub source: &'static str,
    /// The run of a conversation that it belongs to.
    pub run: Option<(SessionId, ChatRunId)>,
    /// Its name.
    pub command: &'static str,
    /// The tool it runs.
    pub tool: &'static str,
    /// The tool's arguments.
    pub arguments: Value,
    /// The project it is about.
    pub project_id: Option<String>,
    /// It deletes.
    pub is_high_risk: bool,
    /// The approval it waits for.
    pub approval: Option<ApprovalId>,
}

/// How a command ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// `completed` or `failed`.
    pub status: &'static str,
    /// How long it took.
    pub duration_ms: i64,
    /// At most 220 characters of the result.
    pub excerpt: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

record! {
    struct AllowedRow { workspace_id: String, approval_id: String }
}

/// Stores a command that runs, or waits where it has an approval.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, workspace: &WorkspaceId, new: &NewCommand) -> Result<()> {
    let now = ids::now_ms();
    let status = if new.approval.is_some() { PENDING } else { "running" };
    execute!(
        conn,
        "INSERT INTO operations (id, workspace_id, user_id, actor, command, tool, arguments, project_id, risk,
             approval_required, approval_id, status, created_at, updated_at, source, session_id, run_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15, $16)",
        new.id.as_str(),
        workspace.as_str(),
        new.user.as_str(),
        new.actor.as_str(),
        new.command,
        new.tool,
        new.arguments.to_string(),
        new.project_id.as_deref(),
        if new.is_high_risk { "high" } else { "low" },
        i16::from(new.approval.is_some()),
        new.approval.as_ref().map(ApprovalId::as_str),
        status,
        now,
        new.source,
        new.run.as_ref().map(|(session, _)| session.as_str()),
        new.run.as_ref().map(|(_, run)| run.as_str())
    )?;
    if let Some(approval) = &new.approval {
        let sql = "UPDATE approvals SET operation_id = $2 WHERE id = $1";
        execute!(conn, sql, approval.as_str(), new.id.as_str())?;
    }
    Ok(())
}

/// What a decision makes of the operation that waited for it: it runs, or is `rejected` or `expired`. Approvals that no
/// operation waits for change nothing.
///
/// # Errors
/// When the database refuses.
pub async fn decided(conn: &mut Conn, approval: &ApprovalId, status: &str) -> Result<()> {
    let now = ids::now_ms();
    let sql = "UPDATE operations SET status = $2, updated_at = $3,
                   approved_at = CASE WHEN $2 = 'running' THEN $3 ELSE approved_at END
               WHERE approval_id = $1 AND status = 'pending_approval'";
    execute!(conn, sql, approval.as_str(), status, now)?;
    Ok(())
}

/// Stores how a command ended; one that ended before stays as it is.
///
/// # Errors
/// When the database refuses.
pub async fn end(conn: &mut Conn, id: &OperationId, ended: &Ended) -> Result<()> {
    let sql = "UPDATE operations SET status = $2, duration_ms = $3, result_excerpt = $4, error = $5, updated_at = $6
               WHERE id = $1 AND status = 'running'";
    execute!(
        conn,
        sql,
        id.as_str(),
        ended.status,
        ended.duration_ms,
        ended.excerpt.as_deref(),
        ended.error.as_deref(),
        ids::now_ms()
    )?;
    Ok(())
}

/// Ends the operation of an allowed approval whose call came to nothing, or whose end nobody knows. One that is still
/// looked for ends when it is found.
///
/// # Errors
/// When the database refuses.
pub async fn end_allowed(conn: &mut Conn, approval: &ApprovalId, why: &str) -> Result<()> {
    let sql = "UPDATE operations SET status = 'failed', error = $2, updated_at = $3
               WHERE approval_id = $1 AND status = 'running'
                 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.operation_id = operations.id)";
    execute!(conn, sql, approval.as_str(), why, ids::now_ms())?;
    Ok(())
}

/// Approvals whose command was allowed and has not ended, with their workspaces.
///
/// # Errors
/// When the database refuses.
pub async fn allowed(conn: &mut Conn) -> Result<Vec<(WorkspaceId, ApprovalId)>> {
    let sql = "SELECT workspace_id, approval_id FROM operations
               WHERE source = 'command_api' AND status = 'running' AND approval_id IS NOT NULL ORDER BY id";
    let rows = fetch_all!(conn, AllowedRow, sql)?;
    Ok(rows.into_iter().map(|it| (it.workspace_id.into(), it.approval_id.into())).collect())
}

/// Ends commands that nobody has to allow and that began before `before_ms`: the server that ran them is gone.
///
/// # Errors
/// When the database refuses.
pub async fn give_up(conn: &mut Conn, before_ms: i64) -> Result<()> {
    let sql = "UPDATE operations SET status = 'failed', error = 'PM OS was restarted meanwhile', updated_at = $2
               WHERE source = 'command_api' AND status = 'running' AND approval_id IS NULL AND created_at < $1
                 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.operation_id = operations.id)";
    execute!(conn, sql, before_ms, ids::now_ms())?;
    Ok(())
}
