//! Stopping runs.

use crate::runs::{Runs, found};
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::flow::run::{Run, RunStatus};
use domain::ids::RunId;
use domain::problem::Problem;
use serde_json::{Value, json};
use store::error::StoreError;
use store::{app_runs, events, run_steps, run_waits, runs};

impl Runs {
    /// Stops a run that has not ended.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`]; [`Problem::Conflict`] with its state when it has ended.
    pub async fn cancel(&self, actor: &Actor, id: &RunId) -> Result<Run, Problem> {
        actor.require(Permission::Write)?;
        if let Some(remote) = self.remote(actor, ("Run", id.as_str())).await? {
            return remote.cancel(actor, id).await;
        }
        let is_stopped = self.stop(actor, id).await?;
        let run = self.get(actor, id).await?;
        if is_stopped {
            return Ok(run);
        }
        let status = Some(run.status.as_str().to_owned());
        Err(Problem::Conflict { message: "The run has ended already".to_owned(), status })
    }

    /// Stops a run of ours; whether it had not ended. The caller has asked who may.
    pub(crate) async fn stop(&self, by: &Actor, id: &RunId) -> Result<bool, Problem> {
        let row = {
            let mut conn = self.engine.db.read().await?;
            found(&mut conn, by, id).await?
        };
        let (by, run, now_ms) = (by.clone(), id.clone(), self.engine.now_ms());
        let name = row.flow_name.clone();
        let stopped: Result<bool, StoreError> = self
            .engine
            .db
            .write(move |conn| {
                Box::pin(async move {
                    if !runs::cancel(conn, &by.workspace, &run, now_ms).await? {
                        return Ok(false);
                    }
                    let reason = "The run was stopped while this step was under way";
                    run_steps::fail_unfinished(conn, &by.workspace, &run, reason).await?;
                    let given = stopped_answer();
                    run_waits::answer_parent(conn, &run, &given, now_ms).await?;
                    let event = Event::new(EventKind::RunFinished, &run, name)
                        .with(json!({ "status": RunStatus::Canceled }));
                    events::record(conn, &by, &event).await?;
                    app_runs::stopped(conn, &row, now_ms).await?;
                    Ok(true)
                })
            })
            .await;
        let is_stopped = stopped?;
        self.engine.canceled(id);
        self.engine.wake.notify_one();
        Ok(is_stopped)
    }
}

/// What the run that called a stopped one is given.
pub(crate) fn stopped_answer() -> Value {
    json!({ "status": "failed", "error": "its run was stopped" })
}
