//! The journal of runs: one row for each step of each loop round. A row that says done is never done again.

use crate::db::{Conn, Result, execute, fetch_all, on, record};
use crate::error::StoreError;
use domain::flow::run::StepStatus;
use domain::ids::{RunId, WorkspaceId};

/// Rows of one statement; bounds how many different texts are prepared.
const CHUNK: usize = 16;
const COLUMNS: usize = 16;

/// One step of a run as journaled.
#[derive(Clone, Debug)]
pub struct StepRow {
    /// Where it is: `step_4`, in loops `step_2/0/step_4` with the round counted from 0.
    pub path: String,
    /// In which order steps began, from 1.
    pub ordinal: i64,
    /// `step_4`.
    pub name: String,
    /// `PIECE`, `LOOP_ON_ITEMS`, ...
    pub kind: String,
    /// How it stands.
    pub status: StepStatus,
    /// What it was given, JSON.
    pub input: String,
    /// What it gave, JSON.
    pub output: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// References that gave nothing: a JSON list of sentences.
    pub warnings: Option<String>,
    /// What its code logged: a JSON list of lines.
    pub logged: Option<String>,
    /// The key its effect carries, for steps that change something outside.
    pub effect_key: Option<String>,
    /// How often it was tried before.
    pub attempt: i64,
    /// Epoch milliseconds.
    pub started_at: i64,
    /// Microseconds of the last attempt.
    pub duration_us: Option<i64>,
    /// When it goes on, epoch milliseconds; for steps that wait for a time.
    pub resume_at: Option<i64>,
    /// What it would have changed, as a sentence; only in dry runs.
    pub would_change: Option<String>,
}

record! {
    struct Row {
        path: String, ordinal: i64, name: String, kind: String, status: String, input: String,
        output: Option<String>, error: Option<String>, warnings: Option<String>,
        logged: Option<String>, effect_key: Option<String>,
        attempt: i64, started_at: i64, duration_us: Option<i64>, resume_at: Option<i64>,
        would_change: Option<String>,
    }
}

impl Row {
    fn read(self) -> Result<StepRow> {
        let status = StepStatus::parse(&self.status)
            .ok_or_else(|| StoreError::Unreadable(format!("step status {}", self.status)))?;
        Ok(StepRow {
            path: self.path,
            ordinal: self.ordinal,
            name: self.name,
            kind: self.kind,
            status,
            input: self.input,
            output: self.output,
            error: self.error,
            warnings: self.warnings,
            logged: self.logged,
            effect_key: self.effect_key,
            attempt: self.attempt,
            started_at: self.started_at,
            duration_us: self.duration_us,
            resume_at: self.resume_at,
            would_change: self.would_change,
        })
    }
}

/// Writes rows, over earlier rows of the same paths.
///
/// # Errors
/// When the database refuses.
pub async fn save(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    run: &RunId,
    rows: &[StepRow],
) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        save_chunk(conn, workspace, run, chunk).await?;
    }
    Ok(())
}

async fn save_chunk(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    run: &RunId,
    rows: &[StepRow],
) -> Result<()> {
    on!(conn, c => {
        // Only our own text: column names and placeholders.
        let mut query = sqlx::query(sqlx::AssertSqlSafe(insert_text(rows.len())))
            .bind(run.as_str())
            .bind(workspace.as_str());
        for row in rows {
            query = query
                .bind(row.path.as_str())
                .bind(row.ordinal)
                .bind(row.name.as_str())
                .bind(row.kind.as_str())
                .bind(row.status.as_str())
                .bind(row.input.as_str())
                .bind(row.output.as_deref())
                .bind(row.error.as_deref())
                .bind(row.warnings.as_deref())
                .bind(row.logged.as_deref())
                .bind(row.effect_key.as_deref())
                .bind(row.attempt)
                .bind(row.started_at)
                .bind(row.duration_us)
                .bind(row.resume_at)
                .bind(row.would_change.as_deref());
        }
        query.execute(c).await.map(|_| ())
    })
    .map_err(StoreError::from)
}

fn insert_text(rows: usize) -> String {
    let mut sql = String::from(
        "INSERT INTO run_steps (run_id, workspace_id, path, ordinal, name, kind, status, input, output, error, \
         warnings, logged, effect_key, attempt, started_at, duration_us, resume_at, would_change) VALUES ",
    );
    for row in 0..rows {
        sql.push_str(if row == 0 { "($1, $2" } else { ", ($1, $2" });
        for column in 0..COLUMNS {
            sql.push_str(", $");
            sql.push_str(&(3 + row * (COLUMNS) + column).to_string());
        }
        sql.push(')');
    }
    sql.push_str(
        " ON CONFLICT (run_id, path) DO UPDATE SET status = excluded.status, input = excluded.input, \
         output = excluded.output, error = excluded.error, warnings = excluded.warnings, \
         logged = excluded.logged, effect_key = excluded.effect_key, attempt = excluded.attempt, \
         duration_us = excluded.duration_us, resume_at = excluded.resume_at, \
         would_change = excluded.would_change",
    );
    sql
}

/// The journal of a run, in the order its steps began.
///
/// # Errors
/// When the database refuses or a row cannot be read.
pub async fn list(conn: &mut Conn, workspace: &WorkspaceId, run: &RunId) -> Result<Vec<StepRow>> {
    let sql = "SELECT path, ordinal, name, kind, status, input, output, error, warnings, logged, effect_key,
                      attempt, started_at, duration_us, resume_at, would_change
               FROM run_steps WHERE run_id = $1 AND workspace_id = $2 ORDER BY ordinal";
    fetch_all!(conn, Row, sql, run.as_str(), workspace.as_str())?
        .into_iter()
        .map(Row::read)
        .collect()
}

/// Marks steps that were under way when their run was stopped.
///
/// # Errors
/// When the database refuses.
pub async fn fail_unfinished(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    run: &RunId,
    reason: &str,
) -> Result<()> {
    execute!(
        conn,
        "UPDATE run_steps SET status = 'FAILED', error = $3
         WHERE run_id = $1 AND workspace_id = $2 AND status IN ('RUNNING', 'PAUSED')",
        run.as_str(),
        workspace.as_str(),
        reason
    )?;
    Ok(())
}
