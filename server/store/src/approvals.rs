//! Questions that must be answered before something happens, as durable rows.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::error::StoreError;
use crate::ids;
use domain::approval::{Approval, ApprovalStatus, Effects, Risk};
use domain::ids::{ApprovalId, SessionId, UserId, WorkspaceId};
use serde_json::Value;

record! {
    struct ApprovalRow {
        id: String, workspace_id: String, status: String, kind: String, title: String, summary: String, tool: String,
        args: String, args_hash: String, guard: String, risk: String, asked_by: String, asked_by_name: String,
        run_id: Option<String>, session_id: Option<String>, flow_id: Option<String>, call_id: Option<String>,
        operation_id: Option<String>, created_at: i64, expires_at: i64, decided_by: Option<String>,
        decided_at: Option<i64>, note: Option<String>, result: Option<String>, decided_by_id: Option<String>,
        effects: Option<String>,
    }
}

/// An approval with what deciding it needs.
#[derive(Clone, Debug)]
pub struct StoredApproval {
    /// What the API shows.
    pub approval: Approval,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Who asked.
    pub asked_by: UserId,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// The tool call that waits.
    pub call: Option<String>,
    /// The record's state when it was asked, to see whether it changed.
    pub guard: Value,
    /// Epoch milliseconds.
    pub expires_at_ms: i64,
}

/// An approval to be asked.
#[derive(Clone, Debug)]
pub struct NewApproval {
    /// From [`ids::fresh`].
    pub id: ApprovalId,
    /// `tool`, `flow_step`, ...
    pub kind: &'static str,
    /// What will happen, in one line.
    pub title: String,
    /// Where, to what, who sees it.
    pub summary: String,
    /// The same, piece by piece.
    pub effects: Effects,
    /// The tool that will run.
    pub tool: String,
    /// Its exact arguments.
    pub args: Value,
    /// SHA-256 of the canonical arguments, hex.
    pub args_hash: String,
    /// The record's state now.
    pub guard: Value,
    /// Of the tool.
    pub risk: Risk,
    /// Who asks.
    pub asked_by: UserId,
    /// Their name.
    pub asked_by_name: String,
    /// The run that waits.
    pub run_id: Option<String>,
    /// The conversation that waits.
    pub session_id: Option<String>,
    /// The flow it is about.
    pub flow_id: Option<String>,
    /// The tool call that waits.
    pub call_id: Option<String>,
    /// How long it waits.
    pub expires_at_ms: i64,
}

/// A decision.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Approved, rejected or expired.
    pub status: ApprovalStatus,
    /// Id and name of who decided; none for time.
    pub by: Option<(UserId, String)>,
    /// What they wrote, or the reason it expired.
    pub note: Option<String>,
}

const COLUMNS: &str = "id, workspace_id, status, kind, title, summary, tool, args, args_hash, guard, risk, asked_by,
    asked_by_name, run_id, session_id, flow_id, call_id, operation_id, created_at, expires_at, decided_by, decided_at,
    note, result, decided_by_id, effects";

fn select(condition: &str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM approvals WHERE {condition}"))
}

/// Stores a pending approval.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, workspace: &WorkspaceId, new: &NewApproval) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO approvals (id, workspace_id, status, kind, title, summary, tool, args, args_hash, guard, risk,
             asked_by, asked_by_name, run_id, session_id, flow_id, call_id, created_at, expires_at, effects)
         VALUES ($1, $2, 'pending', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        new.id.as_str(),
        workspace.as_str(),
        new.kind,
        new.title.as_str(),
        new.summary.as_str(),
        new.tool.as_str(),
        new.args.to_string(),
        new.args_hash.as_str(),
        new.guard.to_string(),
        new.risk.as_str(),
        new.asked_by.as_str(),
        new.asked_by_name.as_str(),
        new.run_id.as_deref(),
        new.session_id.as_deref(),
        new.flow_id.as_deref(),
        new.call_id.as_deref(),
        ids::now_ms(),
        new.expires_at_ms,
        serde_json::to_string(&new.effects)?
    )?;
    Ok(())
}

/// An approval of the workspace.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &ApprovalId,
) -> Result<Option<StoredApproval>> {
    let sql = select("workspace_id = $1 AND id = $2");
    fetch_optional!(conn, ApprovalRow, sql, workspace.as_str(), id.as_str())?.map(read).transpose()
}

/// Which approvals are asked for.
#[derive(Clone, Debug, Default)]
pub struct ApprovalFilter {
    /// One state; every state when none.
    pub status: Option<ApprovalStatus>,
    /// Only those one person asked for.
    pub asked_by: Option<UserId>,
    /// Only older than this one: the cursor.
    pub before: Option<ApprovalId>,
    /// At most this many.
    pub limit: i64,
}

/// Approvals of the workspace, newest first. Ids are ordered by time.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    filter: &ApprovalFilter,
) -> Result<Vec<StoredApproval>> {
    let sql = select(
        "workspace_id = $1 AND ($2 = '' OR status = $2) AND ($3 = '' OR asked_by = $3) AND ($4 = '' OR id < $4)
         ORDER BY id DESC LIMIT $5",
    );
    let rows = fetch_all!(
        conn,
        ApprovalRow,
        sql,
        workspace.as_str(),
        filter.status.map(ApprovalStatus::as_str).unwrap_or_default(),
        filter.asked_by.as_ref().map(UserId::as_str).unwrap_or_default(),
        filter.before.as_ref().map(ApprovalId::as_str).unwrap_or_default(),
        filter.limit
    )?;
    rows.into_iter().map(read).collect()
}

/// Pending approvals that were asked for in a conversation.
///
/// # Errors
/// When the database refuses.
pub async fn waiting_in(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    session: &SessionId,
) -> Result<Vec<StoredApproval>> {
    let sql = select("workspace_id = $1 AND session_id = $2 AND status = 'pending'");
    let rows = fetch_all!(conn, ApprovalRow, sql, workspace.as_str(), session.as_str())?;
    rows.into_iter().map(read).collect()
}

/// Pending approvals of every workspace whose time has passed.
///
/// # Errors
/// When the database refuses.
pub async fn overdue(conn: &mut Conn, now_ms: i64) -> Result<Vec<StoredApproval>> {
    let sql = select("status = 'pending' AND expires_at <= $1 ORDER BY expires_at LIMIT 100");
    fetch_all!(conn, ApprovalRow, sql, now_ms)?.into_iter().map(read).collect()
}

/// Decides a pending approval. False when it was decided before: one decision wins.
///
/// # Errors
/// When the database refuses.
pub async fn decide(conn: &mut Conn, id: &ApprovalId, decision: &Decision) -> Result<bool> {
    let sql = "UPDATE approvals SET status = $2, decided_by = $3, decided_at = $4, note = $5, decided_by_id = $6
               WHERE id = $1 AND status = 'pending'";
    let changed = execute!(
        conn,
        sql,
        id.as_str(),
        decision.status.as_str(),
        decision.by.as_ref().map(|(_, name)| name.as_str()),
        ids::now_ms(),
        decision.note.as_deref(),
        decision.by.as_ref().map(|(id, _)| id.as_str())
    )?;
    Ok(changed > 0)
}

/// Replaces the arguments of a pending approval with edited ones; what they would change is not worked out again.
///
/// # Errors
/// When the database refuses.
pub async fn set_args(conn: &mut Conn, id: &ApprovalId, args: &Value, hash: &str) -> Result<()> {
    let sql = "UPDATE approvals SET args = $2, args_hash = $3, effects = NULL WHERE id = $1 AND status = 'pending'";
    execute!(conn, sql, id.as_str(), args.to_string(), hash)?;
    Ok(())
}

/// Keeps what came of an approved one.
///
/// # Errors
/// When the database refuses.
pub async fn set_result(
    conn: &mut Conn,
    id: &ApprovalId,
    operation: Option<&str>,
    result: &Value,
) -> Result<()> {
    let sql =
        "UPDATE approvals SET operation_id = COALESCE($2, operation_id), result = $3 WHERE id = $1";
    execute!(conn, sql, id.as_str(), operation, result.to_string())?;
    Ok(())
}

fn read(row: ApprovalRow) -> Result<StoredApproval> {
    let unreadable = |what: &str| StoreError::Unreadable(format!("approval {what}"));
    let risk = [Risk::Read, Risk::Write, Risk::Destructive];
    Ok(StoredApproval {
        workspace: row.workspace_id.into(),
        asked_by: row.asked_by.into(),
        decided_by: row.decided_by_id.map(UserId::from),
        call: row.call_id,
        guard: serde_json::from_str(&row.guard)?,
        expires_at_ms: row.expires_at,
        approval: Approval {
            id: row.id.into(),
            status: ApprovalStatus::parse(&row.status).ok_or_else(|| unreadable("status"))?,
            kind: row.kind,
            title: row.title,
            summary: row.summary,
            tool: row.tool,
            args: serde_json::from_str(&row.args)?,
            args_hash: row.args_hash,
            risk: risk
                .into_iter()
                .find(|it| it.as_str() == row.risk)
                .ok_or_else(|| unreadable("risk"))?,
            requested_by: row.asked_by_name,
            run_id: row.run_id,
            session_id: row.session_id,
            flow_id: row.flow_id,
            operation_id: row.operation_id,
            created_at: ids::rfc3339(row.created_at),
            expires_at: ids::rfc3339(row.expires_at),
            decided_by: row.decided_by,
            decided_at: row.decided_at.map(ids::rfc3339),
            note: row.note,
            result: row.result.map(|it| serde_json::from_str(&it)).transpose()?,
            effects: row
                .effects
                .map(|it| serde_json::from_str(&it))
                .transpose()?
                .unwrap_or_default(),
            remember: Vec::new(),
        },
    })
}
