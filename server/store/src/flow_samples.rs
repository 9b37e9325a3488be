//! What steps gave when they were tried, by flow and step, and which flows listen for a request to learn from.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use domain::flow::sample::{Origin, Sample};
use domain::ids::{FlowId, WorkspaceId};

/// What a trial left.
#[derive(Clone, Debug)]
pub struct NewSample {
    /// `step_3`, `trigger`.
    pub step: String,
    /// See [`domain::flow::sample::maker`].
    pub maker: String,
    /// Where it comes from.
    pub origin: Origin,
    /// What the step was given, JSON.
    pub input: String,
    /// What it gave, JSON; nothing when it failed.
    pub output: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// A JSON list of sentences.
    pub warnings: Option<String>,
    /// A JSON list of lines.
    pub logged: Option<String>,
    /// Microseconds.
    pub duration_us: Option<i64>,
    /// Epoch milliseconds.
    pub now_ms: i64,
}

/// Keeps a sample in place of the one before. After a failure the output of the one before stays, as long as the same
/// thing makes it.
///
/// # Errors
/// When the database refuses.
pub async fn keep(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    flow: &FlowId,
    sample: &NewSample,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO flow_samples (flow_id, step, workspace_id, maker, origin, input, output, error, warnings,
             logged, duration_us, tested_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (flow_id, step) DO UPDATE SET
             output = CASE WHEN excluded.output IS NULL AND flow_samples.maker = excluded.maker
                           THEN flow_samples.output ELSE excluded.output END,
             maker = excluded.maker, origin = excluded.origin, input = excluded.input, error = excluded.error,
             warnings = excluded.warnings, logged = excluded.logged, duration_us = excluded.duration_us,
             tested_at = excluded.tested_at",
        flow.as_str(),
        sample.step.as_str(),
        workspace.as_str(),
        sample.maker.as_str(),
        sample.origin.as_str(),
        sample.input.as_str(),
        sample.output.as_deref(),
        sample.error.as_deref(),
        sample.warnings.as_deref(),
        sample.logged.as_deref(),
        sample.duration_us,
        sample.now_ms
    )?;
    Ok(())
}

record! {
    struct Row {
        step: String, maker: String, origin: String, input: String, output: Option<String>, error: Option<String>,
        warnings: Option<String>, logged: Option<String>, duration_us: Option<i64>, tested_at: i64,
    }
}

impl Row {
    fn read(self) -> Result<Sample> {
        #[expect(clippy::cast_precision_loss, reason = "microseconds of a step fit exactly")]
        let duration = self.duration_us.map(|it| it as f64 / 1_000.0);
        Ok(Sample {
            step: self.step,
            maker: self.maker,
            origin: Origin::parse(&self.origin),
            input: serde_json::from_str(&self.input)?,
            output: self.output.as_deref().map(serde_json::from_str).transpose()?,
            error: self.error,
            warnings: self
                .warnings
                .as_deref()
                .map(serde_json::from_str)
                .transpose()?
                .unwrap_or_default(),
            logged: self
                .logged
                .as_deref()
                .map(serde_json::from_str)
                .transpose()?
                .unwrap_or_default(),
            duration,
            at: ids::rfc3339(self.tested_at),
        })
    }
}

/// The samples of a flow, by step.
///
/// # Errors
/// When the database refuses or a sample cannot be read.
pub async fn list(conn: &mut Conn, workspace: &WorkspaceId, flow: &FlowId) -> Result<Vec<Sample>> {
    let sql =
        "SELECT step, maker, origin, input, output, error, warnings, logged, duration_us, tested_at
               FROM flow_samples WHERE workspace_id = $1 AND flow_id = $2 ORDER BY step";
    fetch_all!(conn, Row, sql, workspace.as_str(), flow.as_str())?
        .into_iter()
        .map(Row::read)
        .collect()
}

/// Forgets the samples of a flow that is deleted, and that it listens.
///
/// # Errors
/// When the database refuses.
pub async fn forget(conn: &mut Conn, workspace: &WorkspaceId, flow: &FlowId) -> Result<()> {
    let sql = "DELETE FROM flow_samples WHERE workspace_id = $1 AND flow_id = $2";
    execute!(conn, sql, workspace.as_str(), flow.as_str())?;
    let sql = "DELETE FROM flow_listens WHERE workspace_id = $1 AND flow_id = $2";
    execute!(conn, sql, workspace.as_str(), flow.as_str())?;
    Ok(())
}

/// The flow listens for a request until `until_ms`, epoch milliseconds.
///
/// # Errors
/// When the database refuses.
pub async fn listen(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    flow: &FlowId,
    until_ms: i64,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO flow_listens (flow_id, workspace_id, until_at) VALUES ($1, $2, $3)
         ON CONFLICT (flow_id) DO UPDATE SET until_at = excluded.until_at",
        flow.as_str(),
        workspace.as_str(),
        until_ms
    )?;
    Ok(())
}

/// Whether the flow listens at `now_ms`.
///
/// # Errors
/// When the database refuses.
pub async fn listens(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    flow: &FlowId,
    now_ms: i64,
) -> Result<bool> {
    let sql = "SELECT until_at FROM flow_listens WHERE workspace_id = $1 AND flow_id = $2 AND until_at > $3";
    let row = fetch_optional!(conn, (i64,), sql, workspace.as_str(), flow.as_str(), now_ms)?;
    Ok(row.is_some())
}

/// The flow no longer listens; false when it did not, or when another request came first.
///
/// # Errors
/// When the database refuses.
pub async fn heard(conn: &mut Conn, workspace: &WorkspaceId, flow: &FlowId) -> Result<bool> {
    let sql = "DELETE FROM flow_listens WHERE workspace_id = $1 AND flow_id = $2";
    Ok(execute!(conn, sql, workspace.as_str(), flow.as_str())? > 0)
}
