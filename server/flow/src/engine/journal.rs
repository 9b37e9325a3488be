//! What a run has done, and how that reaches the database: rows are gathered while steps only compute, and written
//! in one commit before anything outside is touched, when the run pauses, and when it ends. Branches that are under way
//! at once share it: their writes follow each other, and one carries what all of them have gathered.

mod write;

use crate::engine::journal::write::Write;
use crate::engine::mask::Mask;
use domain::actor::{Actor, Role, Via};
use domain::app::redact::redact;
use domain::event::{Event, EventKind};
use domain::flow::run::{RunStatus, StepStatus};
use domain::ids::RunId;
use domain::problem::Problem;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use store::db::Db;
use store::error::{StoreError, internal};
use store::run_steps::StepRow;
use store::runs::{NewRun, Progress};
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
    active_before_ms: i64,
    since: Instant,
    lease_ms: i64,
    state: Mutex<State>,
    /// What must not be written down.
    mask: Mutex<Mask>,
    /// A write whose outcome is not known yet: a walk may be dropped while it waits for one.
    under_way: tokio::sync::Mutex<Option<JoinHandle<Result<(), Halt>>>>,
}

/// What changes while the run is worked on.
#[derive(Default)]
struct State {
    is_stored: bool,
    recorded: HashMap<String, StepRow>,
    gathered: Vec<StepRow>,
    begun: i64,
    response: Option<String>,
    /// What makes the sample that a trial of one step leaves.
    sample_of: Option<String>,
    /// What the run that called this one is given.
    handed_back: Option<Value>,
    stored: Option<oneshot::Sender<Result<RunId, Problem>>>,
    is_cut_off: bool,
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
        let state = State {
            is_stored: before.fence > 0,
            begun: before.steps.iter().map(|it| it.ordinal).max().unwrap_or_default(),
            recorded: before.steps.into_iter().map(|it| (it.path.clone(), it)).collect(),
            ..State::default()
        };
        Self {
            db,
            head,
            owner: owner.to_owned(),
            fence: before.fence.max(1),
            active_before_ms: before.active_ms,
            since: Instant::now(),
            lease_ms,
            state: Mutex::new(state),
            mask: Mutex::default(),
            under_way: tokio::sync::Mutex::default(),
        }
    }

    /// Whole after any panic: each use is one change of it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Only added to.
    fn mask(&self) -> MutexGuard<'_, Mask> {
        self.mask.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whom to tell when the run is on the disk.
    pub(crate) fn tell_when_stored(&self, told: Option<oneshot::Sender<Result<RunId, Problem>>>) {
        self.state().stored = told;
    }

    /// Tells them, once; they may have gone.
    pub(crate) fn tell_stored(&self, outcome: Result<RunId, Problem>) {
        let told = self.state().stored.take();
        if let Some(told) = told {
            drop(told.send(outcome));
        }
    }

    /// The run.
    pub(crate) fn run(&self) -> &NewRun {
        &self.head
    }

    /// Whether the run is on the disk.
    pub(crate) fn is_stored(&self) -> bool {
        self.state().is_stored
    }

    /// Tells this worker's writes from those of others.
    pub(crate) fn fence(&self) -> i64 {
        self.fence
    }

    /// From now on `secret` is not written down.
    pub(crate) fn hide(&self, secret: &str) {
        self.mask().hide(secret);
    }

    /// Masks what must not be seen of `value`; whether there was anything.
    pub(crate) fn masked(&self, value: &mut Value) -> bool {
        self.mask().value(value)
    }

    /// `text` with what must not be seen masked.
    pub(crate) fn masked_text(&self, text: String) -> String {
        self.mask().text(&text).unwrap_or(text)
    }

    /// What of that is in `value`.
    pub(crate) fn hidden_in(&self, value: &Value) -> Vec<String> {
        self.mask().hidden_in(value)
    }

    /// What a respond step answered.
    pub(crate) fn response(&self) -> Option<Value> {
        self.state().response.as_deref().and_then(|it| serde_json::from_str(it).ok())
    }

    /// What an earlier worker wrote about a step, or an earlier try that waits.
    pub(crate) fn take_recorded(&self, path: &str) -> Option<StepRow> {
        self.state().recorded.remove(path)
    }

    /// The step stands as it was recorded.
    pub(crate) fn put_back(&self, row: StepRow) {
        self.state().recorded.insert(row.path.clone(), row);
    }

    /// Milliseconds the run was worked on so far.
    pub(crate) fn active_ms(&self) -> i64 {
        self.active_before_ms + i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// The number of the next step to begin.
    pub(crate) fn next_ordinal(&self) -> i64 {
        let mut state = self.state();
        state.begun += 1;
        state.begun
    }

    /// Adds a row, secrets masked; a later row of the same path takes its place.
    pub(crate) fn note(&self, mut row: StepRow) {
        let mask = self.mask();
        mask.json(&mut row.input);
        let texts = row.output.iter_mut().chain(&mut row.warnings).chain(&mut row.logged);
        texts.for_each(|it| mask.json(it));
        row.error = row.error.map(|it| mask.text(&it).unwrap_or(it));
        row.would_change = row.would_change.map(|it| mask.text(&it).unwrap_or(it));
        drop(mask);
        if self.head.app.is_some() {
            row.error = row.error.map(|it| redact(&it));
        }
        let mut state = self.state();
        if row.status == StepStatus::Paused {
            // It may go on while other branches still work.
            state.recorded.insert(row.path.clone(), row.clone());
        }
        match state.gathered.iter_mut().find(|it| it.path == row.path) {
            Some(earlier) => *earlier = row,
            None => state.gathered.push(row),
        }
    }

    /// What the tested step gives is kept as its sample when the run ends; `maker` makes it.
    pub(crate) fn keep_sample_of(&self, maker: Option<String>) {
        self.state().sample_of = maker;
    }

    /// Branches are left where they stand: another one ended the run.
    pub(crate) fn cut_off(&self) {
        self.state().is_cut_off = true;
    }

    /// Remembers what a respond step answered.
    pub(crate) fn respond(&self, mut response: String) {
        self.mask().json(&mut response);
        self.state().response = Some(response);
    }

    /// Remembers what the run that called this one is given: what an answering step said, else the last output.
    pub(crate) fn hand_back(&self, error: &Option<String>, output: &Value) {
        if self.head.triggered_by != BY_FLOW {
            return;
        }
        let given = self.response().map_or_else(|| output.clone(), |mut it| it["body"].take());
        self.state().handed_back = Some(match error {
            None => json!({ "status": "success", "data": given }),
            Some(error) => json!({ "status": "failed", "error": error }),
        });
    }

    /// Whether enough is gathered to be written without another reason.
    pub(crate) fn is_full(&self) -> bool {
        self.state().gathered.len() >= GATHER
    }

    /// Writes what was gathered; the run goes on. What another branch wrote meanwhile need not be written again.
    pub(crate) async fn checkpoint(&self, now_ms: i64) -> Result<(), Halt> {
        let mut under_way = self.under_way.lock().await;
        let is_written = {
            let state = self.state();
            state.is_stored && state.gathered.is_empty()
        };
        // A write that failed ends the walk with every branch, so none comes here after one.
        if is_written && under_way.is_none() {
            return Ok(());
        }
        let progress = Progress::running(now_ms, now_ms + self.lease_ms);
        self.write(&mut under_way, progress, EventKind::RunChanged).await
    }

    /// Writes what was gathered and that the run waits until `resume_at`.
    pub(crate) async fn pause(&self, now_ms: i64, resume_at: i64) -> Result<(), Halt> {
        let progress = Progress {
            status: RunStatus::Paused,
            resume_at: Some(resume_at),
            ..Progress::running(now_ms, 0)
        };
        let mut under_way = self.under_way.lock().await;
        self.write(&mut under_way, progress, EventKind::RunChanged).await
    }

    /// Writes what was gathered and how the run ended; steps still under way failed for the same reason.
    pub(crate) async fn end(&self, progress: Progress) -> Result<(), Halt> {
        let mut under_way = self.under_way.lock().await;
        self.write(&mut under_way, progress, EventKind::RunFinished).await
    }

    async fn write(
        &self,
        under_way: &mut Option<JoinHandle<Result<(), Halt>>>,
        progress: Progress,
        kind: EventKind,
    ) -> Result<(), Halt> {
        self.settled(under_way).await?;
        let write = self.next_write(progress, kind);
        let db = self.db.clone();
        let writing = async move { db.write(move |conn| Box::pin(write.apply(conn))).await };
        *under_way = Some(tokio::spawn(writing));
        self.settled(under_way).await
    }

    fn next_write(&self, progress: Progress, kind: EventKind) -> Write {
        let mut state = self.state();
        let is_new = !state.is_stored;
        let kind =
            if is_new && !progress.status.is_terminal() { EventKind::RunQueued } else { kind };
        let is_app = self.head.app.is_some();
        let progress = Progress {
            steps_count: state.begun,
            active_ms: self.active_ms(),
            response: state.response.clone(),
            error: progress.error.map(|it| if is_app { redact(&it) } else { it }),
            ..progress
        };
        Write {
            is_new,
            is_cut_off: state.is_cut_off,
            head: self.head.clone(),
            owner: self.owner.clone(),
            fence: self.fence,
            event: event(&self.head, kind, &progress, state.gathered.last()),
            rows: std::mem::take(&mut state.gathered),
            sample: state.sample_of.clone().filter(|_| progress.status.is_terminal()),
            handed_back: state.handed_back.clone(),
            progress,
        }
    }

    /// Waits for the write under way, if any.
    pub(crate) async fn settle(&self) -> Result<(), Halt> {
        let mut under_way = self.under_way.lock().await;
        self.settled(&mut under_way).await
    }

    async fn settled(
        &self,
        under_way: &mut Option<JoinHandle<Result<(), Halt>>>,
    ) -> Result<(), Halt> {
        let Some(writing) = under_way.as_mut() else { return Ok(()) };
        let outcome = writing.await;
        *under_way = None;
        outcome.map_err(|error| Halt::Storage(internal("writing a run", &error)))??;
        self.state().is_stored = true;
        self.tell_stored(Ok(self.head.id.clone()));
        Ok(())
    }
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
        resume_at: None,
        would_change: None,
    }
}
