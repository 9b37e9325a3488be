//! Executions of the assistant. One run per session is under way at a time; an index sees to it.

use super::Owner;
use super::leases::LEASE_MS;
use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::error::StoreError;
use crate::ids;
use domain::chat::{ChatRun, ChatRunStatus};
use domain::ids::{ApprovalId, ChatRunId, FlowId, SessionId, UserId, WorkspaceId};

record! {
    struct RunRow {
        id: String, workspace_id: String, user_id: String, user_name: String, session_id: String, root_id: String,
        parent_run_id: Option<String>, status: String, runtime: String, model: String, iterations: i64,
        tools_used: String, flow_id: Option<String>, project_id: Option<String>, today: String,
        approval_id: Option<String>, error: Option<String>, resumed: i64, request_id: String,
        started_at: Option<i64>, ended_at: Option<i64>,
    }
}

/// A run as stored: what the API shows and what carrying it on needs.
#[derive(Clone, Debug)]
pub struct StoredRun {
    /// What the API shows.
    pub run: ChatRun,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The person whose conversation it is.
    pub user: UserId,
    /// Their name.
    pub user_name: String,
    /// The first run of its chain of continuations; itself when it is the first.
    pub root: ChatRunId,
    /// The flow the page shows.
    pub flow: Option<FlowId>,
    /// The project the page shows.
    pub project: Option<String>,
    /// The day it began, `YYYY-MM-DD` in the workspace's time zone: "today" for the whole chain.
    pub today: String,
    /// How often a restart took it up again.
    pub resumed: i64,
    /// The request that began it.
    pub request_id: String,
}

/// A run to be stored.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// From [`ids::fresh`].
    pub id: ChatRunId,
    /// Name of the person.
    pub user_name: String,
    /// The conversation.
    pub session: SessionId,
    /// The first run of its chain; the same as `id` for the first.
    pub root: ChatRunId,
    /// The run it carries on.
    pub parent: Option<ChatRunId>,
    /// `v1` or `v2`.
    pub runtime: String,
    /// `builtin`, or `provider/model`.
    pub model: String,
    /// The flow the page shows.
    pub flow: Option<FlowId>,
    /// The project the page shows.
    pub project: Option<String>,
    /// The day it began.
    pub today: String,
    /// The request that began it.
    pub request_id: String,
}

const COLUMNS: &str = "id, workspace_id, user_id, user_name, session_id, root_id, parent_run_id, status, runtime, model,
    iterations, tools_used, flow_id, project_id, today, approval_id, error, resumed, request_id, started_at, ended_at";

fn select(condition: &str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM chat_runs WHERE {condition}"))
}

/// Stores a queued run. False when another run of the session is under way.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, owner: &Owner, new: &NewRun) -> Result<bool> {
    if active(conn, &new.session).await?.is_some() {
        return Ok(false);
    }
    store(conn, owner, new, None).await
}

/// Stores a run that begins at once, with the lease of `node`. False when another run of the session is under way.
///
/// # Errors
/// When the database refuses.
pub async fn insert_begun(
    conn: &mut Conn,
    owner: &Owner,
    new: &NewRun,
    node: &str,
) -> Result<bool> {
    store(conn, owner, new, Some(node)).await
}

/// Stores a run: under way on `node`, or queued where there is none.
async fn store(conn: &mut Conn, owner: &Owner, new: &NewRun, node: Option<&str>) -> Result<bool> {
    let now = ids::now_ms();
    let (status, started) = match node {
        Some(_) => (ChatRunStatus::Running, Some(now)),
        None => (ChatRunStatus::Queued, None),
    };
    let inserted = execute!(
        conn,
        "INSERT INTO chat_runs (id, workspace_id, user_id, user_name, session_id, root_id, parent_run_id, status,
             runtime, model, iterations, tools_used, flow_id, project_id, today, resumed, request_id, created_at,
             started_at, lease_owner, lease_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '[]', $11, $12, $13, 0, $14, $15, $16, $17, $18)
         ON CONFLICT DO NOTHING",
        new.id.as_str(),
        owner.workspace.as_str(),
        owner.user.as_str(),
        new.user_name.as_str(),
        new.session.as_str(),
        new.root.as_str(),
        new.parent.as_ref().map(ChatRunId::as_str),
        status.as_str(),
        new.runtime.as_str(),
        new.model.as_str(),
        new.flow.as_ref().map(FlowId::as_str),
        new.project.as_deref(),
        new.today.as_str(),
        new.request_id.as_str(),
        now,
        started,
        node,
        started.map(|it| it + LEASE_MS)
    )?;
    Ok(inserted > 0)
}

/// A run of `owner`; none for anybody else's.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, owner: &Owner, id: &ChatRunId) -> Result<Option<StoredRun>> {
    let sql = select("workspace_id = $1 AND user_id = $2 AND id = $3");
    fetch_optional!(conn, RunRow, sql, owner.workspace.as_str(), owner.user.as_str(), id.as_str())?
        .map(read)
        .transpose()
}

/// A run by its id alone, for the runtime itself.
///
/// # Errors
/// When the database refuses.
pub async fn get(conn: &mut Conn, id: &ChatRunId) -> Result<Option<StoredRun>> {
    fetch_optional!(conn, RunRow, select("id = $1"), id.as_str())?.map(read).transpose()
}

/// The run of the session that is under way.
///
/// # Errors
/// When the database refuses.
pub async fn active(conn: &mut Conn, session: &SessionId) -> Result<Option<StoredRun>> {
    let sql = select("session_id = $1 AND status IN ('queued', 'running')");
    fetch_optional!(conn, RunRow, sql, session.as_str())?.map(read).transpose()
}

/// The run of the session that is under way, kept from ending until the transaction does.
///
/// # Errors
/// When the database refuses.
pub async fn hold(conn: &mut Conn, session: &SessionId) -> Result<Option<StoredRun>> {
    let sql = "UPDATE chat_runs SET resumed = resumed WHERE session_id = $1 AND status IN ('queued', 'running')";
    execute!(conn, sql, session.as_str())?;
    active(conn, session).await
}

/// Runs that waited for an approval which was decided meanwhile, and that nothing carries on yet.
///
/// # Errors
/// When the database refuses.
pub async fn decided(conn: &mut Conn) -> Result<Vec<StoredRun>> {
    let sql = select(
        "status = 'waiting_approval'
         AND EXISTS (SELECT 1 FROM approvals a WHERE a.id = chat_runs.approval_id AND a.status <> 'pending')
         AND NOT EXISTS (SELECT 1 FROM chat_runs c WHERE c.parent_run_id = chat_runs.id)
         ORDER BY created_at",
    );
    fetch_all!(conn, RunRow, sql)?.into_iter().map(read).collect()
}

/// The run that carries on after an approval.
///
/// # Errors
/// When the database refuses.
pub async fn carrying_on(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    approval: &ApprovalId,
) -> Result<Option<ChatRunId>> {
    let sql = "SELECT c.id FROM chat_runs c JOIN chat_runs p ON p.id = c.parent_run_id
               WHERE c.workspace_id = $1 AND p.approval_id = $2 AND p.status = 'waiting_approval'
               ORDER BY c.created_at LIMIT 1";
    let row = fetch_optional!(conn, (String,), sql, workspace.as_str(), approval.as_str())?;
    Ok(row.map(|(id,)| ChatRunId::from(id)))
}

/// Marks a run as under way; false when it was, or has ended.
///
/// # Errors
/// When the database refuses.
pub async fn start(conn: &mut Conn, id: &ChatRunId) -> Result<bool> {
    let sql = "UPDATE chat_runs SET status = 'running', started_at = COALESCE(started_at, $2)
               WHERE id = $1 AND status = 'queued'";
    Ok(execute!(conn, sql, id.as_str(), ids::now_ms())? > 0)
}

/// Notes which model answers a run.
///
/// # Errors
/// When the database refuses.
pub async fn set_model(conn: &mut Conn, id: &ChatRunId, model: &str) -> Result<()> {
    execute!(conn, "UPDATE chat_runs SET model = $2 WHERE id = $1", id.as_str(), model)?;
    Ok(())
}

/// Counts a restart that took the run up again; gives how many there were.
///
/// # Errors
/// When the database refuses.
pub async fn resume(conn: &mut Conn, id: &ChatRunId) -> Result<i64> {
    let sql = "UPDATE chat_runs SET resumed = resumed + 1 WHERE id = $1 RETURNING resumed";
    Ok(fetch_optional!(conn, (i64,), sql, id.as_str())?.map_or(0, |(count,)| count))
}

/// Saves how far a run has come; false when it has ended.
///
/// # Errors
/// When the database refuses.
pub async fn progress(conn: &mut Conn, id: &ChatRunId, iterations: u32) -> Result<bool> {
    let sql =
        "UPDATE chat_runs SET iterations = $2 WHERE id = $1 AND status IN ('queued', 'running')";
    Ok(execute!(conn, sql, id.as_str(), i64::from(iterations))? > 0)
}

/// Adds a tool to those the run used, once; false when the run has ended.
///
/// # Errors
/// When the database refuses.
pub async fn used(conn: &mut Conn, id: &ChatRunId, tool: &str) -> Result<bool> {
    let sql = "SELECT tools_used FROM chat_runs WHERE id = $1 AND status IN ('queued', 'running')";
    let Some((text,)) = fetch_optional!(conn, (String,), sql, id.as_str())? else {
        return Ok(false);
    };
    let mut tools: Vec<String> = serde_json::from_str(&text)?;
    if !tools.iter().any(|it| it == tool) {
        tools.push(tool.to_owned());
        let sql = "UPDATE chat_runs SET tools_used = $2 WHERE id = $1";
        execute!(conn, sql, id.as_str(), serde_json::to_string(&tools)?)?;
    }
    Ok(true)
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The final state.
    pub status: ChatRunStatus,
    /// Why it failed.
    pub error: Option<String>,
    /// What it waits for.
    pub approval: Option<ApprovalId>,
}

/// Ends a run that is under way; false when it had ended before.
///
/// # Errors
/// When the database refuses.
pub async fn finish(conn: &mut Conn, id: &ChatRunId, ending: &Ending) -> Result<bool> {
    let sql = "UPDATE chat_runs SET status = $2, error = $3, approval_id = $4, ended_at = $5
               WHERE id = $1 AND status IN ('queued', 'running')";
    let changed = execute!(
        conn,
        sql,
        id.as_str(),
        ending.status.as_str(),
        ending.error.as_deref(),
        ending.approval.as_ref().map(ApprovalId::as_str),
        ids::now_ms()
    )?;
    Ok(changed > 0)
}

fn read(row: RunRow) -> Result<StoredRun> {
    let status = ChatRunStatus::parse(&row.status)
        .ok_or_else(|| StoreError::Unreadable(format!("run status {}", row.status)))?;
    Ok(StoredRun {
        run: ChatRun {
            id: row.id.into(),
            session_id: row.session_id.into(),
            status,
            runtime: row.runtime,
            model: row.model,
            iterations: u32::try_from(row.iterations).unwrap_or(u32::MAX),
            tools_used: serde_json::from_str(&row.tools_used)?,
            started_at: row.started_at.map(ids::rfc3339),
            ended_at: row.ended_at.map(ids::rfc3339),
            error: row.error,
            approval_id: row.approval_id.map(ApprovalId::from),
            parent_run_id: row.parent_run_id.map(ChatRunId::from),
        },
        workspace: row.workspace_id.into(),
        user: row.user_id.into(),
        user_name: row.user_name,
        root: row.root_id.into(),
        flow: row.flow_id.map(FlowId::from),
        project: row.project_id,
        today: row.today,
        resumed: row.resumed,
        request_id: row.request_id,
    })
}
