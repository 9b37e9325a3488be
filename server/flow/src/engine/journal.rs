//! What a run has done, and how that reaches the database: rows are gathered while steps only compute, and written
//! in one commit before anything outside is touched, when the run pauses, and when it ends.

use crate::engine::mask::Mask;
use domain::actor::{Actor, Role, Via};
use domain::app::redact::redact;
use domain::event::{Event, EventKind};
use domain::flow::run::{RunStatus, StepStatus, Trial};
use domain::flow::sample::{self, Origin};
use domain::ids::RunId;
use domain::problem::Problem;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Instant;
use store::app_runs::{self, Ended};
use store::db::{Conn, Db};
use store::error::{StoreError, internal};
use store::events;
use store::flow_samples::{self, NewSample};
use store::run_steps::{self, StepRow};
use store::run_waits;
use store::runs::{self, NewRun, Progress};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Rows gathered before they are written though nothing forces it: bounds memory and what a crash computes again.
const GATHER: usize = 256;

/// What started a run that another flow called.
pub(crate) const BY_FLOW: &str = "flow";

/// Why a run cannot be worked on any further here.
#[derive(Debug)]
pub(crate) enum Halt {
    /// Somebody else works on it, or it was stopped.
    Lost,
    /// The same delivery had started this run before.
    Started(RunId),
    /// The database refused; the run is taken up again later.
    Storage(Problem),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Storage(error.into())
    }
}

/// The journal of one run under way.
pub(crate) struct Journal {
    db: Db,
    head: NewRun,
    owner: String,
    fence: i64,
    is_stored: bool,
    recorded: HashMap<String, StepRow>,
    gathered: Vec<StepRow>,
    begun: i64,
    active_before_ms: i64,
    since: Instant,
    lease_ms: i64,
    response: Option<String>,
    /// What must not be written down.
    pub(crate) mask: Mask,
    /// What makes the sample that a trial of one step leaves.
    sample_of: Option<String>,
    /// What the run that called this one is given.
    handed_back: Option<Value>,
    stored: Option<oneshot::Sender<Result<RunId, Problem>>>,
    /// A write whose outcome is not known yet: a walk may be dropped while it waits for one.
    under_way: Option<JoinHandle<Result<(), Halt>>>,
}

/// How a run was left by whoever worked on it before.
#[derive(Default)]
pub(crate) struct Before {
    /// Who works on it now; 0 for a run that is not stored yet.
    pub(crate) fence: i64,
    /// Its journal.
    pub(crate) steps: Vec<StepRow>,
    /// Milliseconds it was worked on.
    pub(crate) active_ms: i64,
}

impl Journal {
    pub(crate) fn new(db: Db, head: NewRun, owner: &str, lease_ms: i64, before: Before) -> Self {
        let begun = before.steps.iter().map(|it| it.ordinal).max().unwrap_or_default();
        Self {
            db,
            head,
            owner: owner.to_owned(),
            fence: before.fence.max(1),
            is_stored: before.fence > 0,
            recorded: before.steps.into_iter().map(|it| (it.path.clone(), it)).collect(),
            gathered: Vec::new(),
            begun,
            active_before_ms: before.active_ms,
            since: Instant::now(),
            lease_ms,
            response: None,
            mask: Mask::default(),
            sample_of: None,
            handed_back: None,
            stored: None,
            under_way: None,
        }
    }

    /// Whom to tell when the run is on the disk.
    pub(crate) fn tell_when_stored(
        &mut self,
        told: Option<oneshot::Sender<Result<RunId, Problem>>>,
    ) {
        self.stored = told;
    }

    /// Tells them, once; they may have gone.
    pub(crate) fn tell_stored(&mut self, outcome: Result<RunId, Problem>) {
        if let Some(told) = self.stored.take() {
            drop(told.send(outcome));
        }
    }

    /// The run.
    pub(crate) fn run(&self) -> &NewRun {
        &self.head
    }

    /// Whether the run is on the disk.
    pub(crate) fn is_stored(&self) -> bool {
        self.is_stored
    }

    /// Tells this worker's writes from those of others.
    pub(crate) fn fence(&self) -> i64 {
        self.fence
    }

    /// What a respond step answered.
    pub(crate) fn response(&self) -> Option<Value> {
        self.response.as_deref().and_then(|it| serde_json::from_str(it).ok())
    }

    /// What an earlier worker wrote about a step.
    pub(crate) fn take_recorded(&mut self, path: &str) -> Option<StepRow> {
        self.recorded.remove(path)
    }

    /// Milliseconds the run was worked on so far.
    pub(crate) fn active_ms(&self) -> i64 {
        self.active_before_ms + i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// The number of the next step to begin.
    pub(crate) fn next_ordinal(&mut self) -> i64 {
        self.begun += 1;
        self.begun
    }

    /// Adds a row, secrets masked; a later row of the same path takes its place.
    pub(crate) fn note(&mut self, mut row: StepRow) {
        self.mask.json(&mut row.input);
        let texts = row.output.iter_mut().chain(&mut row.warnings).chain(&mut row.logged);
        texts.for_each(|it| self.mask.json(it));
        row.error = row.error.map(|it| self.mask.text(&it).unwrap_or(it));
        if self.head.app.is_some() {
            row.error = row.error.map(|it| redact(&it));
        }
        match self.gathered.iter_mut().find(|it| it.path == row.path) {
            Some(earlier) => *earlier = row,
            None => self.gathered.push(row),
        }
    }

    /// What the tested step gives is kept as its sample when the run ends; `maker` makes it.
    pub(crate) fn keep_sample_of(&mut self, maker: Option<String>) {
        self.sample_of = maker;
    }

    /// Remembers what a respond step answered.
    pub(crate) fn respond(&mut self, mut response: String) {
        self.mask.json(&mut response);
        self.response = Some(response);
    }

    /// Remembers what the run that called this one is given: what an answering step said, else the last output.
    pub(crate) fn hand_back(&mut self, error: &Option<String>, output: &Value) {
        if self.head.triggered_by != BY_FLOW {
            return;
        }
        let given = self.response().map_or_else(|| output.clone(), |mut it| it["body"].take());
        self.handed_back = Some(match error {
            None => json!({ "status": "success", "data": given }),
            Some(error) => json!({ "status": "failed", "error": error }),
        });
    }

    /// Whether enough is gathered to be written without another reason.
    pub(crate) fn is_full(&self) -> bool {
        self.gathered.len() >= GATHER
    }

    /// Writes what was gathered; the run goes on.
    pub(crate) async fn checkpoint(&mut self, now_ms: i64) -> Result<(), Halt> {
        let progress = Progress::running(now_ms, now_ms + self.lease_ms);
        self.write(progress, EventKind::RunChanged).await
    }

    /// Writes what was gathered and that the run waits until `resume_at`.
    pub(crate) async fn pause(&mut self, now_ms: i64, resume_at: i64) -> Result<(), Halt> {
        let progress = Progress {
            status: RunStatus::Paused,
            resume_at: Some(resume_at),
            ..Progress::running(now_ms, 0)
        };
        self.write(progress, EventKind::RunChanged).await
    }

    /// Writes what was gathered and how the run ended; steps still under way failed for the same reason.
    pub(crate) async fn end(&mut self, progress: Progress) -> Result<(), Halt> {
        self.write(progress, EventKind::RunFinished).await
    }

    async fn write(&mut self, progress: Progress, kind: EventKind) -> Result<(), Halt> {
        self.settle().await?;
        let is_new = !self.is_stored;
        let kind =
            if is_new && !progress.status.is_terminal() { EventKind::RunQueued } else { kind };
        let is_app = self.head.app.is_some();
        let progress = Progress {
            steps_count: self.begun,
            active_ms: self.active_ms(),
            response: self.response.clone(),
            error: progress.error.map(|it| if is_app { redact(&it) } else { it }),
            ..progress
        };
        let write = Write {
            is_new,
            head: self.head.clone(),
            owner: self.owner.clone(),
            fence: self.fence,
            event: event(&self.head, kind, &progress, self.gathered.last()),
            rows: std::mem::take(&mut self.gathered),
            sample: self.sample_of.clone().filter(|_| progress.status.is_terminal()),
            handed_back: self.handed_back.clone(),
            progress,
        };
        let db = self.db.clone();
        let writing = async move { db.write(move |conn| Box::pin(write.apply(conn))).await };
        self.under_way = Some(tokio::spawn(writing));
        self.settle().await
    }

    /// Waits for the write under way, if any.
    pub(crate) async fn settle(&mut self) -> Result<(), Halt> {
        let Some(writing) = self.under_way.as_mut() else { return Ok(()) };
        let outcome = writing.await;
        self.under_way = None;
        outcome.map_err(|error| Halt::Storage(internal("writing a run", &error)))??;
        self.is_stored = true;
        let run = self.head.id.clone();
        self.tell_stored(Ok(run));
        Ok(())
    }
}

/// One commit of a run.
struct Write {
    is_new: bool,
    head: NewRun,
    owner: String,
    fence: i64,
    rows: Vec<StepRow>,
    /// What makes the sample that is left.
    sample: Option<String>,
    handed_back: Option<Value>,
    progress: Progress,
    event: Event,
}

impl Write {
    async fn apply(self, conn: &mut Conn) -> Result<(), Halt> {
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
        if let Some(new) = self.left_sample() {
            flow_samples::keep(conn, &self.head.workspace, &self.head.flow, &new).await?;
        }
        if self.progress.status.is_terminal()
            && !self.is_new
            && let Some(reason) = &self.progress.error
        {
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

/// Who events of a run name: the flow, with the rights of nobody.
pub(crate) fn acting(run: &NewRun) -> Actor {
    Actor {
        user: run.acting_user.clone(),
        name: run.flow_name.clone(),
        workspace: run.workspace.clone(),
        role: Role::Viewer,
        via: Via::Flow,
        request_id: run.id.to_string(),
        ip: None,
    }
}

fn event(run: &NewRun, kind: EventKind, progress: &Progress, last: Option<&StepRow>) -> Event {
    let step = last.map(|it| json!({ "name": it.name, "path": it.path, "status": it.status }));
    let detail = json!({
        "flowId": run.flow,
        "environment": run.environment,
        "status": progress.status,
        "steps": progress.steps_count,
        "step": step,
    });
    Event::new(kind, &run.id, run.flow_name.as_str()).with(detail)
}

/// A row for a step that begins now.
pub(crate) fn begun(path: &str, ordinal: i64, name: &str, kind: &str, now_ms: i64) -> StepRow {
    StepRow {
        path: path.to_owned(),
        ordinal,
        name: name.to_owned(),
        kind: kind.to_owned(),
        status: StepStatus::Running,
        input: "{}".to_owned(),
        output: None,
        error: None,
        warnings: None,
        logged: None,
        effect_key: None,
        attempt: 0,
        started_at: now_ms,
        duration_us: None,
    }
}
