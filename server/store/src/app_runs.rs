//! Runs of apps: rows of `runs` that say which app they are of, and what their end adds up to.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::events;
use crate::runs::{RunRow, columns};
use domain::actor::{Actor, Role, Via};
use domain::app::{AppCall, AppRunStatus, Mode};
use domain::event::{Event, EventKind, Outcome};
use domain::flow::run::RunStatus;
use domain::ids::{RunId, UserId, WorkspaceId};
use serde_json::{Value, json};

/// How a run of an app stands, from the state of the run of its flow.
pub fn status(word: &str) -> AppRunStatus {
    match RunStatus::parse(word) {
        Some(RunStatus::Succeeded) => AppRunStatus::Success,
        Some(it) if it.is_terminal() => AppRunStatus::Failed,
        _ => AppRunStatus::Queued,
    }
}

/// How a run of an app ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The run.
    pub run: RunId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Who started it, and how.
    pub call: AppCall,
    /// Whether it went well.
    pub is_success: bool,
    /// When it was asked for, epoch milliseconds.
    pub created_at: i64,
    /// When it ended, epoch milliseconds.
    pub ended_at: i64,
}

/// Adds the end of a run to its app and to the audit log, in the transaction that ends it.
///
/// # Errors
/// When the database refuses.
pub async fn ended(conn: &mut Conn, end: &Ended) -> Result<()> {
    let took_ms = (end.ended_at - end.created_at).max(0);
    let sql = "UPDATE apps SET run_count = run_count + 1, success_count = success_count + $3,
                   failed_count = failed_count + $4, total_ms = total_ms + $5, last_run_at = $6
               WHERE workspace_id = $1 AND template_id = $2";
    let (good, bad) = (i64::from(end.is_success), i64::from(!end.is_success));
    let app = end.call.app.as_str();
    execute!(conn, sql, end.workspace.as_str(), app, good, bad, took_ms, end.ended_at)?;
    let http = if end.is_success { 200 } else { 500 };
    let error_type = (!end.is_success).then_some("runtime_error");
    let detail = executed(&end.call, (end.is_success, error_type, http), took_ms);
    let outcome = if end.is_success { Outcome::Success } else { Outcome::Failed };
    let event = Event::new(EventKind::AppExecuted, app, "").with(detail).ended(outcome);
    events::record(conn, &caller(&end.workspace, &end.call), &event).await?;
    Ok(())
}

/// The same for a run that was stopped; nothing for one of no app.
///
/// # Errors
/// When the database refuses or the row cannot be read.
pub async fn stopped(conn: &mut Conn, row: &RunRow, now_ms: i64) -> Result<()> {
    let Some(call) = row.app()? else { return Ok(()) };
    let end = Ended {
        run: RunId::from(row.id.as_str()),
        workspace: WorkspaceId::from(row.workspace_id.as_str()),
        call,
        is_success: false,
        created_at: row.created_at,
        ended_at: now_ms,
    };
    ended(conn, &end).await
}

/// What an audit row about running an app holds; never what was typed in.
pub fn executed(
    call: &AppCall,
    (is_success, error_type, http): (bool, Option<&str>, u16),
    took_ms: i64,
) -> Value {
    json!({
        "templateId": call.app,
        "executionMode": call.mode,
        "executionStatus": if is_success { "success" } else { "failed" },
        "errorType": error_type,
        "httpStatus": http,
        "executionTimeMs": took_ms,
        "inputKeyCount": call.keys,
        "requestId": call.request_id,
        "validationErrors": 0,
    })
}

/// Who the audit log names for a call.
pub fn caller(workspace: &WorkspaceId, call: &AppCall) -> Actor {
    Actor {
        user: UserId::from(call.user.as_str()),
        name: call.name.clone(),
        workspace: workspace.clone(),
        role: Role::Viewer,
        via: Via::Ui,
        request_id: call.request_id.clone(),
        ip: None,
    }
}

/// Notes that a call was taken and its output comes later; telemetry leaves these out.
///
/// # Errors
/// When the database refuses.
pub async fn queued(conn: &mut Conn, workspace: &WorkspaceId, call: &AppCall) -> Result<()> {
    let http = if call.mode == Mode::Async { 202 } else { 504 };
    let mut detail = executed(call, (true, None, http), 0);
    if let Some(status) = detail.get_mut("executionStatus") {
        *status = "queued".into();
    }
    let event = Event::new(EventKind::AppExecuted, &call.app, "").with(detail);
    events::record(conn, &caller(workspace, call), &event).await?;
    Ok(())
}

/// The newest runs of an app, `limit` at most: all, or those of one caller.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    conn: &mut Conn,
    (workspace, app): (&WorkspaceId, &str),
    caller: Option<&str>,
    limit: i64,
) -> Result<Vec<RunRow>> {
    let sql = columns!(
        "SELECT ",
        " FROM runs WHERE workspace_id = $1 AND app_id = $2 AND ($3 = '' OR app_caller = $3)
          ORDER BY id DESC LIMIT $4"
    );
    let caller = caller.unwrap_or_default();
    fetch_all!(conn, RunRow, sql, workspace.as_str(), app, caller, limit)
}

/// A run of an app, where `caller` started it.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    (workspace, app): (&WorkspaceId, &str),
    caller: &str,
    run: &RunId,
) -> Result<Option<RunRow>> {
    let sql = columns!(
        "SELECT ",
        " FROM runs WHERE workspace_id = $1 AND app_id = $2 AND app_caller = $3 AND id = $4"
    );
    fetch_optional!(conn, RunRow, sql, workspace.as_str(), app, caller, run.as_str())
}

record! {
    struct DetailRow { detail: String }
}

/// What the audit rows about running apps hold, from `from_ms` up to but without `to_ms`; of every workspace where
/// none is named.
///
/// # Errors
/// When the database refuses or a row cannot be read.
pub async fn executions(
    conn: &mut Conn,
    workspace: Option<&WorkspaceId>,
    (from_ms, to_ms): (i64, i64),
) -> Result<Vec<Value>> {
    let rows = match workspace {
        Some(workspace) => {
            let sql = "SELECT detail FROM events
                       WHERE workspace_id = $1 AND kind = 'app.executed' AND at_ms >= $2 AND at_ms < $3";
            fetch_all!(conn, DetailRow, sql, workspace.as_str(), from_ms, to_ms)?
        }
        None => {
            let sql = "SELECT detail FROM events
                       WHERE kind = 'app.executed' AND at_ms >= $1 AND at_ms < $2";
            fetch_all!(conn, DetailRow, sql, from_ms, to_ms)?
        }
    };
    rows.into_iter().map(|it| Ok(serde_json::from_str(&it.detail)?)).collect()
}
