//! Runs of flows: who works on which, and how they ended. A final state never changes: every statement that writes
//! one asks for an unfinished row with the writer's own fence.

use crate::app_runs;
use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::error::StoreError;
use crate::ids;
use domain::app::AppCall;
use domain::flow::run::{FailedStep, Run, RunStatus, Trial};
use domain::ids::{FlowId, FlowVersionId, RunId, UserId, WorkspaceId};
use serde_json::Map;

record! {
    /// One run as stored.
    #[derive(Clone, Debug)]
    pub struct RunRow {
        /// The run.
        pub id: String,
        /// The workspace.
        pub workspace_id: String,
        /// The flow.
        pub flow_id: String,
        /// The version it runs.
        pub version_id: String,
        /// The flow's name at that version.
        pub flow_name: String,
        /// `PRODUCTION` or `TESTING`.
        pub environment: String,
        /// A word of [`RunStatus`].
        pub status: String,
        /// `webhook`, `schedule`, `manual`, `retry`.
        pub triggered_by: String,
        /// Whose rights it has.
        pub acting_user: String,
        /// Output of the trigger, JSON.
        pub payload: String,
        /// What a respond step answered, JSON.
        pub response: Option<String>,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub started_at: Option<i64>,
        /// Epoch milliseconds.
        pub finished_at: Option<i64>,
        /// Epoch milliseconds; for paused runs.
        pub resume_at: Option<i64>,
        /// Milliseconds it was worked on before now.
        pub active_ms: i64,
        /// Steps begun so far.
        pub steps_count: i64,
        /// How often a restart took it up again.
        pub resumed: i64,
        /// Name of the step it failed at.
        pub failed_step: Option<String>,
        /// What people call it.
        pub failed_step_name: Option<String>,
        /// Why it failed.
        pub error: Option<String>,
        /// Counts who worked on it; a writer with an older one is refused.
        pub fence: i64,
        /// What it does less than a whole run, JSON.
        pub trial: Option<String>,
        /// Which app it is of and who asked for it, JSON.
        pub app_call: Option<String>,
        /// The run that it tries again.
        pub retry_of: Option<String>,
    }
}

/// The columns of [`RunRow`] between two pieces of SQL.
macro_rules! columns {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "id, workspace_id, flow_id, version_id, flow_name, environment, status, triggered_by, acting_user, payload,
             response, created_at, started_at, finished_at, resume_at, active_ms, steps_count, resumed, failed_step,
             failed_step_name, error, fence, trial, app_call, retry_of",
            $after
        )
    };
}

pub(crate) use columns;

impl RunRow {
    /// The run without its steps.
    ///
    /// # Errors
    /// When the stored status is not a known word.
    pub fn summary(&self) -> Result<Run> {
        let status = RunStatus::parse(&self.status)
            .ok_or_else(|| StoreError::Unreadable(format!("run status {}", self.status)))?;
        let failed_step = self.failed_step.clone().map(|name| FailedStep {
            display_name: self.failed_step_name.clone().unwrap_or_else(|| name.clone()),
            name,
        });
        Ok(Run {
            id: RunId::from(self.id.as_str()),
            project_id: self.workspace_id.clone(),
            flow_id: FlowId::from(self.flow_id.as_str()),
            flow_version_id: FlowVersionId::from(self.version_id.as_str()),
            flow_name: self.flow_name.clone(),
            environment: self.environment.clone(),
            status,
            created: ids::rfc3339(self.created_at),
            start_time: self.started_at.map(ids::rfc3339),
            finish_time: self.finished_at.map(ids::rfc3339),
            duration: self.finished_at.zip(self.started_at).map(|(end, start)| end - start),
            failed_step,
            error: self.error.clone(),
            resumed: u32::try_from(self.resumed).unwrap_or(u32::MAX),
            triggered_by: self.triggered_by.clone(),
            acting_user: Some(UserId::from(self.acting_user.as_str()))
                .filter(|it| !it.as_str().is_empty()),
            retry_of: self.retry_of.as_deref().map(RunId::from),
            called_by: None,
            steps_count: u32::try_from(self.steps_count).unwrap_or(u32::MAX),
            trial: self.trial()?,
            would_change: Vec::new(),
            steps: Map::new(),
        })
    }

    /// Which app it is of and who asked for it; none for other runs.
    ///
    /// # Errors
    /// When what is stored cannot be read.
    pub fn app(&self) -> Result<Option<AppCall>> {
        Ok(self.app_call.as_deref().map(serde_json::from_str).transpose()?)
    }

    /// What it does less than a whole run.
    ///
    /// # Errors
    /// When what is stored cannot be read.
    pub fn trial(&self) -> Result<Option<Trial>> {
        Ok(self.trial.as_deref().map(serde_json::from_str).transpose()?)
    }
}

/// A run to be stored.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// From [`ids::fresh`].
    pub id: RunId,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The flow.
    pub flow: FlowId,
    /// The version it runs.
    pub version: FlowVersionId,
    /// The flow's name at that version.
    pub flow_name: String,
    /// `PRODUCTION` or `TESTING`.
    pub environment: String,
    /// `webhook`, `schedule`, `manual`, `retry`.
    pub triggered_by: String,
    /// Whose rights it has.
    pub acting_user: UserId,
    /// Output of the trigger, JSON.
    pub payload: String,
    /// Of several with the same key for one flow only the first is stored.
    pub dedupe: Option<String>,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// What it does less than a whole run.
    pub trial: Option<Trial>,
    /// Which app it is of and who asked for it.
    pub app: Option<AppCall>,
}

/// How a run stands after a write.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The new state.
    pub status: RunStatus,
    /// Steps begun so far.
    pub steps_count: i64,
    /// Milliseconds it was worked on in all.
    pub active_ms: i64,
    /// When to go on, for paused runs; epoch milliseconds.
    pub resume_at: Option<i64>,
    /// What a respond step answered, JSON.
    pub response: Option<String>,
    /// Where it failed.
    pub failed_step: Option<FailedStep>,
    /// Why it failed.
    pub error: Option<String>,
    /// Epoch milliseconds now.
    pub now_ms: i64,
    /// Until when its owner may work on it; epoch milliseconds.
    pub lease_until: i64,
}

impl Progress {
    /// Under way, nothing to tell.
    pub fn running(now_ms: i64, lease_until: i64) -> Self {
        Self {
            status: RunStatus::Running,
            steps_count: 0,
            active_ms: 0,
            resume_at: None,
            response: None,
            failed_step: None,
            error: None,
            now_ms,
            lease_until,
        }
    }
}

/// Stores a run in the state of `progress`, worked on by `owner` with fence 1.
///
/// `owner` is empty for nobody. Gives the id of the earlier run when one with the same `dedupe` is there already; then
/// nothing is stored.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut Conn,
    new: &NewRun,
    progress: &Progress,
    owner: &str,
) -> Result<Option<RunId>> {
    let started = (progress.status != RunStatus::Queued).then_some(new.created_at);
    let finished = progress.status.is_terminal().then_some(progress.now_ms);
    let failed = progress.failed_step.as_ref();
    let stored = execute!(
        conn,
        "INSERT INTO runs (id, workspace_id, flow_id, version_id, flow_name, environment, status, triggered_by,
             acting_user, payload, response, dedupe, created_at, started_at, finished_at, resume_at, active_ms,
             steps_count, resumed, failed_step, failed_step_name, error, owner, lease_until, fence, trial, app_id,
             app_caller, app_call)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0, $19, $20, $21,
             $22, $23, 1, $24, $25, $26, $27)
         ON CONFLICT DO NOTHING",
        new.id.as_str(),
        new.workspace.as_str(),
        new.flow.as_str(),
        new.version.as_str(),
        new.flow_name.as_str(),
        new.environment.as_str(),
        progress.status.as_str(),
        new.triggered_by.as_str(),
        new.acting_user.as_str(),
        new.payload.as_str(),
        progress.response.as_deref(),
        new.dedupe.as_deref(),
        new.created_at,
        started,
        finished,
        progress.resume_at,
        progress.active_ms,
        progress.steps_count,
        failed.map(|it| it.name.as_str()),
        failed.map(|it| it.display_name.as_str()),
        progress.error.as_deref(),
        owner,
        progress.lease_until,
        new.trial.as_ref().map(serde_json::to_string).transpose()?,
        new.app.as_ref().map(|it| it.app.as_str()),
        new.app.as_ref().map(|it| it.caller.as_str()),
        new.app.as_ref().map(serde_json::to_string).transpose()?
    )?;
    match &new.dedupe {
        Some(key) if stored == 0 => started_before(conn, &new.flow, key).await,
        _ => Ok(None),
    }
}

/// Notes that a run tries another one again. False, with nothing noted, when with `once` another run does already.
///
/// # Errors
/// When the database refuses.
pub async fn set_retry_of(
    conn: &mut Conn,
    run: &RunId,
    earlier: &RunId,
    once: bool,
) -> Result<bool> {
    if once {
        // Whoever tries the same run again at the same time waits here for the other one.
        let lock = "UPDATE runs SET fence = fence WHERE id = $1";
        execute!(conn, lock, earlier.as_str())?;
        let sql = "SELECT n.id FROM runs n JOIN runs e ON e.workspace_id = n.workspace_id AND e.id = n.retry_of
                   WHERE e.id = $1 AND n.retry_of = $1";
        if fetch_optional!(conn, (String,), sql, earlier.as_str())?.is_some() {
            return Ok(false);
        }
    }
    execute!(conn, "UPDATE runs SET retry_of = $2 WHERE id = $1", run.as_str(), earlier.as_str())?;
    Ok(true)
}

/// The run that was started with `key`, if any.
///
/// # Errors
/// When the database refuses.
pub async fn started_before(conn: &mut Conn, flow: &FlowId, key: &str) -> Result<Option<RunId>> {
    let sql = "SELECT id FROM runs WHERE flow_id = $1 AND dedupe = $2";
    Ok(fetch_optional!(conn, (String,), sql, flow.as_str(), key)?.map(|(id,)| RunId::from(id)))
}

/// Writes how a run stands. False when the writer is no longer the one who works on it, or when it has ended.
///
/// # Errors
/// When the database refuses.
pub async fn advance(
    conn: &mut Conn,
    run: &RunId,
    fence: i64,
    progress: &Progress,
) -> Result<bool> {
    let failed = progress.failed_step.as_ref();
    let changed = execute!(
        conn,
        "UPDATE runs SET status = $3, steps_count = $4, active_ms = $5, resume_at = $6,
             response = COALESCE($7, response), failed_step = $8, failed_step_name = $9, error = $10,
             finished_at = $11, lease_until = $12
         WHERE id = $1 AND fence = $2 AND status = 'RUNNING'",
        run.as_str(),
        fence,
        progress.status.as_str(),
        progress.steps_count,
        progress.active_ms,
        progress.resume_at,
        progress.response.as_deref(),
        failed.map(|it| it.name.as_str()),
        failed.map(|it| it.display_name.as_str()),
        progress.error.as_deref(),
        progress.status.is_terminal().then_some(progress.now_ms),
        progress.lease_until
    )?;
    Ok(changed > 0)
}

/// Stops every unfinished run of a flow; gives which.
///
/// # Errors
/// When the database refuses.
pub async fn cancel_of_flow(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    flow: &FlowId,
    now_ms: i64,
) -> Result<Vec<RunId>> {
    let sql = columns!(
        "UPDATE runs SET status = 'CANCELED', finished_at = $3, resume_at = NULL, fence = fence + 1
         WHERE workspace_id = $1 AND flow_id = $2 AND status IN ('QUEUED', 'RUNNING', 'PAUSED') RETURNING ",
        ""
    );
    let rows = fetch_all!(conn, RunRow, sql, workspace.as_str(), flow.as_str(), now_ms)?;
    for row in &rows {
        app_runs::stopped(conn, row, now_ms).await?;
    }
    Ok(rows.into_iter().map(|row| RunId::from(row.id)).collect())
}

/// Stops an unfinished run; false when it has ended or is not there.
///
/// # Errors
/// When the database refuses.
pub async fn cancel(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    run: &RunId,
    now_ms: i64,
) -> Result<bool> {
    let changed = execute!(
        conn,
        "UPDATE runs SET status = 'CANCELED', finished_at = $3, resume_at = NULL, fence = fence + 1
         WHERE workspace_id = $1 AND id = $2 AND status IN ('QUEUED', 'RUNNING', 'PAUSED')",
        workspace.as_str(),
        run.as_str(),
        now_ms
    )?;
    Ok(changed > 0)
}

/// A run of the workspace.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, workspace: &WorkspaceId, id: &RunId) -> Result<Option<RunRow>> {
    let sql = columns!("SELECT ", " FROM runs WHERE workspace_id = $1 AND id = $2");
    fetch_optional!(conn, RunRow, sql, workspace.as_str(), id.as_str())
}
