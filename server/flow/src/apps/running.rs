//! Running apps: asking, waiting, looking back.

pub use crate::apps::asked::Asked;

use crate::apps::telemetry::share;
use crate::apps::{Apps, Visitor, missing};
use crate::hooks::{HookAnswer, Wait};
use crate::waiting::Answer;
use domain::app::redact::redact;
use domain::app::{AppCall, AppRun, AppRunStatus, AppStats, FailureBucket, OutputType};
use domain::ids::{RunId, WorkspaceId};
use domain::problem::Problem;
use serde_json::Value;
use std::time::Duration;
use store::apps::AppRow;
use store::error::StoreError;
use store::runs::RunRow;
use store::{app_runs, ids};

/// Runs in the list when nothing else is asked, and at most.
const RUNS: (i64, i64) = (10, 50);
/// Runs that the median and the reasons of failures are taken from.
const RECENT: i64 = 250;
/// Reasons in the numbers of an app.
const BUCKETS: usize = 8;
const NO_REASON: &str = "The run did not go well";

/// What came of a run that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Executed {
    /// It ended well.
    Output {
        /// The run.
        run: RunId,
        /// What it gave.
        output: Value,
        /// The flow's own status where a step answered with one, else 200.
        status: u16,
        /// Milliseconds.
        took_ms: i64,
    },
    /// It failed.
    Failed {
        /// The run.
        run: RunId,
        /// Why, without secrets.
        error: String,
    },
    /// It still runs, and goes on.
    StillRunning {
        /// The run.
        run: RunId,
    },
    /// It is on the disk and goes on by itself.
    Queued {
        /// The run.
        run: RunId,
        /// Milliseconds until it was.
        took_ms: i64,
    },
}

impl Apps {
    /// Runs an app and waits for its output, 30 seconds at most, or only until the run is on the disk.
    ///
    /// # Errors
    /// [`Problem::RateLimited`], [`Problem::NotFound`], [`Problem::TooLarge`], [`Problem::Invalid`] with the first six
    /// reasons; [`Problem::NeedsSetup`] while a connection is missing. Nothing ran then.
    pub async fn execute(
        &self,
        visitor: &Visitor,
        id: &str,
        asked: &Asked,
    ) -> Result<Executed, Problem> {
        self.count(visitor)?;
        let ready = self.prepare(visitor, id, asked).await?;
        let wait = if ready.is_async() { Wait::No } else { Wait::ForAnswer };
        let (since, workspace) = (ready.head.created_at, ready.app.workspace.clone());
        let call = ready.call.clone();
        let answer = self.begin(ready, wait).await?;
        let took_ms = (self.runs.engine.now_ms() - since).max(0);
        let executed = executed(answer, took_ms);
        if let Executed::Queued { .. } | Executed::StillRunning { .. } = executed {
            self.note_queued(workspace, call).await?;
        }
        Ok(executed)
    }

    /// Starts a run of an app and gives it as soon as it is on the disk, for somebody who waits for it on a page.
    ///
    /// # Errors
    /// As [`Apps::execute`].
    pub async fn start(
        &self,
        visitor: &Visitor,
        id: &str,
        asked: &Asked,
    ) -> Result<AppRun, Problem> {
        self.count(visitor)?;
        let ready = self.prepare(visitor, id, asked).await?;
        let (run, is_async) = (ready.head.id.clone(), ready.is_async());
        let (workspace, call) = (ready.app.workspace.clone(), ready.call.clone());
        self.begin(ready, Wait::No).await?;
        if is_async {
            self.note_queued(workspace, call).await?;
        }
        self.run(visitor, id, &run).await
    }

    /// The newest runs of an app, without output: a member's workspace's, or those of the same browser. 0 is the
    /// usual 10; 50 at most.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub async fn runs(
        &self,
        visitor: &Visitor,
        id: &str,
        limit: i64,
    ) -> Result<Vec<AppRun>, Problem> {
        let app = self.found(visitor, id).await?;
        let caller = visitor.caller(&app);
        let caller = match visitor.inside(&app) {
            Some(_) => None,
            None if caller.is_none() => return Ok(Vec::new()),
            None => caller,
        };
        let limit = if limit <= 0 { RUNS.0 } else { limit.min(RUNS.1) };
        let mut conn = self.runs.engine.db.read().await?;
        let place = (&app.workspace, app.id.as_str());
        let rows = app_runs::list(&mut conn, place, caller.as_deref(), limit).await?;
        Ok(rows.iter().map(|it| told(it, app.output_type)).collect())
    }

    /// One run with its output, for whoever started it.
    ///
    /// # Errors
    /// [`Problem::NotFound`], also for everybody else.
    pub async fn run(&self, visitor: &Visitor, id: &str, run: &RunId) -> Result<AppRun, Problem> {
        let (app, row) = self.own(visitor, id, run).await?;
        let mut shown = told(&row, app.output_type);
        if shown.status == AppRunStatus::Success {
            let left = self.runs.engine.left(&app.workspace, run).await?;
            shown.output = Some(match left {
                Some(Answer::Responded(mut answer)) => answer["body"].take(),
                Some(Answer::Ended { output, .. }) => output,
                None => Value::Null,
            });
        }
        Ok(shown)
    }

    /// The same when the run has ended, or as it stands when `patience` is over.
    ///
    /// # Errors
    /// As [`Apps::run`].
    pub async fn wait(
        &self,
        visitor: &Visitor,
        id: &str,
        run: &RunId,
        patience: Duration,
    ) -> Result<AppRun, Problem> {
        let mut changes = self.runs.engine.db.changes();
        let ending = async {
            loop {
                let now = self.run(visitor, id, run).await?;
                if now.status != AppRunStatus::Queued {
                    return Ok(now);
                }
                // What was missed is read anew.
                drop(changes.recv().await);
            }
        };
        match tokio::time::timeout(patience, ending).await {
            Ok(ended) => ended,
            Err(_) => self.run(visitor, id, run).await,
        }
    }

    /// Stops a run, for whoever started it; one that has ended stays as it is.
    ///
    /// # Errors
    /// As [`Apps::run`].
    pub async fn stop(&self, visitor: &Visitor, id: &str, run: &RunId) -> Result<AppRun, Problem> {
        let (app, row) = self.own(visitor, id, run).await?;
        let call = row.app()?.ok_or_else(missing)?;
        let by = app_runs::caller(&app.workspace, &call);
        self.runs.stop(&by, run).await?;
        self.run(visitor, id, run).await
    }

    /// The numbers of an app.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub async fn stats(&self, visitor: &Visitor, id: &str) -> Result<AppStats, Problem> {
        let app = self.found(visitor, id).await?;
        let mut conn = self.runs.engine.db.read().await?;
        let place = (&app.workspace, app.id.as_str());
        let rows = app_runs::list(&mut conn, place, None, RECENT).await?;
        let recent: Vec<AppRun> = rows.iter().map(|it| told(it, app.output_type)).collect();
        let mut times: Vec<i64> = recent.iter().filter_map(|it| it.execution_time_ms).collect();
        times.sort_unstable();
        Ok(AppStats {
            run_count: app.runs,
            success_count: app.successes,
            failed_count: app.failures,
            average_execution_ms: if app.runs == 0 { 0 } else { app.total_ms / app.runs },
            median_execution_ms: share(&times, 50),
            failure_buckets: buckets(&recent),
            last_execution_at: app.last_run_at.map(ids::rfc3339),
        })
    }

    /// A run that the visitor started.
    async fn own(
        &self,
        visitor: &Visitor,
        id: &str,
        run: &RunId,
    ) -> Result<(AppRow, RunRow), Problem> {
        let app = self.found(visitor, id).await?;
        let caller = visitor.caller(&app).ok_or_else(|| Problem::not_found("Run"))?;
        let mut conn = self.runs.engine.db.read().await?;
        let place = (&app.workspace, app.id.as_str());
        let row = app_runs::find(&mut conn, place, &caller, run).await?;
        Ok((app, row.ok_or_else(|| Problem::not_found("Run"))?))
    }

    async fn note_queued(&self, workspace: WorkspaceId, call: AppCall) -> Result<(), Problem> {
        let noted: Result<(), StoreError> = self
            .runs
            .engine
            .db
            .write(move |conn| {
                Box::pin(async move { app_runs::queued(conn, &workspace, &call).await })
            })
            .await;
        Ok(noted?)
    }
}

fn executed(answer: HookAnswer, took_ms: i64) -> Executed {
    match answer {
        HookAnswer::Accepted { run } => Executed::Queued { run, took_ms },
        HookAnswer::Finished { run, output } => {
            Executed::Output { run, output, status: 200, took_ms }
        }
        HookAnswer::Responded { run, status, body, .. } => {
            Executed::Output { run, output: body, status, took_ms }
        }
        HookAnswer::Failed { run, error } => Executed::Failed { run, error: redact(&error) },
        HookAnswer::StillRunning { run } => Executed::StillRunning { run },
        // Only a request to a flow that is off is heard.
        HookAnswer::Heard => {
            Executed::Failed { run: RunId::default(), error: NO_REASON.to_owned() }
        }
    }
}

fn told(row: &RunRow, output_type: OutputType) -> AppRun {
    let status = app_runs::status(&row.status);
    let error = (status == AppRunStatus::Failed).then(|| {
        let words = match row.status.as_str() {
            "CANCELED" => "The run was stopped",
            _ => row.error.as_deref().unwrap_or(NO_REASON),
        };
        redact(words)
    });
    AppRun {
        id: row.id.clone(),
        created: ids::rfc3339(row.created_at),
        status,
        execution_time_ms: row.finished_at.map(|it| (it - row.created_at).max(0)),
        output_type,
        error,
        output: None,
    }
}

fn buckets(recent: &[AppRun]) -> Vec<FailureBucket> {
    let mut buckets: Vec<FailureBucket> = Vec::new();
    for reason in recent.iter().filter_map(|it| it.error.as_deref()) {
        match buckets.iter_mut().find(|it| it.reason == reason) {
            Some(bucket) => bucket.count += 1,
            None => buckets.push(FailureBucket { reason: reason.to_owned(), count: 1 }),
        }
    }
    buckets.sort_by_key(|it| std::cmp::Reverse(it.count));
    buckets.truncate(BUCKETS);
    buckets
}
