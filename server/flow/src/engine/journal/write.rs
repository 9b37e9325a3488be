//! One commit of a run.

use crate::engine::journal::{Halt, acting};
use domain::event::Event;
use domain::flow::run::{RunStatus, StepStatus, Trial};
use domain::flow::sample::{self, Origin};
use serde_json::Value;
use store::app_runs::{self, Ended};
use store::db::Conn;
use store::events;
use store::flow_samples::{self, NewSample};
use store::run_steps::{self, StepRow};
use store::run_waits;
use store::runs::{self, NewRun, Progress};
use store::step_writes;

/// Why a step did not come to its end in a run that succeeded.
const CUT_OFF: &str = "Another branch ended the run before this step had ended";

/// What is written in one go.
pub(super) struct Write {
    pub(super) is_new: bool,
    /// Branches were left where they stood.
    pub(super) is_cut_off: bool,
    pub(super) head: NewRun,
    pub(super) owner: String,
    pub(super) fence: i64,
    pub(super) rows: Vec<StepRow>,
    /// What makes the sample that is left.
    pub(super) sample: Option<String>,
    pub(super) handed_back: Option<Value>,
    pub(super) progress: Progress,
    pub(super) event: Event,
}

impl Write {
    pub(super) async fn apply(self, conn: &mut Conn) -> Result<(), Halt> {
        let run = &self.head.id;
        if self.is_new {
            if let Some(earlier) =
                runs::insert(conn, &self.head, &self.progress, &self.owner).await?
            {
                return Err(Halt::Started(earlier));
            }
        } else if !runs::advance(conn, run, self.fence, &self.progress).await? {
            return Err(Halt::Lost);
        }
        run_steps::save(conn, &self.head.workspace, run, &self.rows).await?;
        step_writes::clear(conn, (&self.head.workspace, run), &self.rows).await?;
        if let Some(new) = self.left_sample() {
            flow_samples::keep(conn, &self.head.workspace, &self.head.flow, &new).await?;
        }
        if let Some(reason) = self.unfinished() {
            run_steps::fail_unfinished(conn, &self.head.workspace, run, reason).await?;
        }
        if self.progress.status == RunStatus::Paused {
            run_waits::wake(conn, run, self.progress.now_ms).await?;
        }
        if let Some(given) = self.handed_back.filter(|_| self.progress.status.is_terminal()) {
            run_waits::answer_parent(conn, run, &given, self.progress.now_ms).await?;
        }
        if let Some(end) = app_end(&self.head, &self.progress) {
            app_runs::ended(conn, &end).await?;
        }
        events::record(conn, &acting(&self.head), &self.event).await?;
        Ok(())
    }

    /// Why steps that are under way will not end, if there may be any.
    fn unfinished(&self) -> Option<&str> {
        if !self.progress.status.is_terminal() {
            return None;
        }
        let error = self.progress.error.as_deref().filter(|_| !self.is_new);
        error.or(self.is_cut_off.then_some(CUT_OFF))
    }

    /// What the tested step leaves.
    fn left_sample(&self) -> Option<NewSample> {
        let maker = self.sample.clone()?;
        let Some(Trial::Step { name, .. }) = &self.head.trial else { return None };
        let row = self.rows.iter().find(|it| it.path == *name)?;
        let is_done = row.status == StepStatus::Succeeded;
        let output = if row.kind == "LOOP_ON_ITEMS" {
            let input: Value = serde_json::from_str(&row.input).ok()?;
            input["items"].as_array().map(|it| sample::of_loop(it).to_string())
        } else {
            row.output.clone()
        };
        Some(NewSample {
            step: name.clone(),
            maker,
            origin: Origin::Test,
            input: row.input.clone(),
            output: output.filter(|_| is_done),
            error: row.error.clone().filter(|_| !is_done),
            warnings: row.warnings.clone(),
            logged: row.logged.clone(),
            duration_us: row.duration_us,
            now_ms: self.progress.now_ms,
        })
    }
}

/// What the end of a run means for the app it is of.
fn app_end(run: &NewRun, progress: &Progress) -> Option<Ended> {
    let call = run.app.clone().filter(|_| progress.status.is_terminal())?;
    Some(Ended {
        run: run.id.clone(),
        workspace: run.workspace.clone(),
        call,
        is_success: progress.status == RunStatus::Succeeded,
        created_at: run.created_at,
        ended_at: progress.now_ms,
    })
}
