//! The worker: takes up runs that wait, whose pause is over, or whose worker is gone, and starts flows by the clock.
//!
//! It sleeps until something is due or somebody wakes it; runs that begin at once never pass through it.

use crate::engine::Engine;
use crate::heartbeat;
use crate::keeping;
use crate::schedule::Schedule;
use crate::told::{self, Overdue};
use domain::event::{Event, EventKind};
use domain::flow::run::LIVE;
use domain::flow::{FlowStatus, FlowVersion};
use domain::ids::{FlowId, RunId, UserId, WorkspaceId};
use domain::problem::Problem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::db::Conn;
use store::error::StoreError;
use store::run_queue::{self, Claim};
use store::runs::{self, NewRun, Progress, RunRow};
use store::{events, flows, ids, schedules};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// After a failure of the database.
const PAUSE: Duration = Duration::from_secs(1);
/// Runs taken in one go.
const BATCH: i64 = 64;

/// The worker of this process; stops when dropped or told to.
pub struct Worker {
    stop: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
    /// Kept while runs may be under way, also those that go on after the worker was told to stop.
    _signs: Option<Signs>,
}

/// Tasks that end with it.
struct Signs([JoinHandle<()>; 2]);

impl Drop for Signs {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

impl Worker {
    pub(crate) fn start(engine: Arc<Engine>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let signs = engine.db.is_shared().then(|| {
            Signs([
                tokio::spawn(heartbeat::beat(Arc::clone(&engine))),
                tokio::spawn(heartbeat::listen(Arc::clone(&engine))),
            ])
        });
        let task = tokio::spawn(run(engine, stopped));
        Self { stop, task: Mutex::new(Some(task)), _signs: signs }
    }

    /// Takes up nothing more and answers when the worker has stopped. Runs under way go on.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(task) = task else { return };
        if let Err(error) = task.await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the worker had stopped before"
            );
        }
    }
}

async fn run(engine: Arc<Engine>, mut stopped: watch::Receiver<bool>) {
    let (mut is_new, mut overdue) = (true, Overdue::default());
    let mut changes = engine.db.changes();
    loop {
        let found = match is_new {
            true => void_earlier(&engine).await,
            false => Ok(()),
        };
        is_new = found.is_err();
        let found = match found {
            Ok(()) => round(&engine, &mut overdue).await,
            Err(problem) => Err(problem),
        };
        let (pause, can_wake) = match found {
            Ok(pause) => (pause, true),
            Err(problem) => {
                tracing::error!(%problem, "the worker could not look for work");
                (PAUSE, false)
            }
        };
        tokio::select! {
            _ = stopped.wait_for(|it| *it) => return,
            () = engine.wake.notified(), if can_wake => {}
            () = told::heard(&mut changes), if can_wake => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// What an earlier start of this node worked on needs nobody's patience: it is gone.
async fn void_earlier(engine: &Engine) -> Result<(), Problem> {
    let Some(node) = engine.config.node.clone() else { return Ok(()) };
    let owner = engine.owner.clone();
    let voided: Result<u64, StoreError> = engine
        .db
        .write(move |conn| {
            Box::pin(async move { run_queue::void_earlier(conn, &node, &owner).await })
        })
        .await;
    let runs = voided?;
    if runs > 0 {
        tracing::info!(runs, "runs of the start before this one go on");
    }
    Ok(())
}

/// Does what is due; gives how long nothing will be.
async fn round(engine: &Arc<Engine>, overdue: &mut Overdue) -> Result<Duration, Problem> {
    let now_ms = engine.now_ms();
    release_abandoned(engine).await?;
    start_scheduled(engine, now_ms).await?;
    overdue.look(engine, now_ms).await?;
    told::start(engine, now_ms).await?;
    take_up(engine, now_ms).await?;
    engine.looked_for_work.notify_waiters();
    keeping::keep(engine, now_ms).await?;
    next(engine, now_ms).await
}

pub(crate) async fn release_abandoned(engine: &Engine) -> Result<(), Problem> {
    while let Some((run, fence)) = engine.first_abandoned() {
        let again = run.clone();
        let released: Result<(), StoreError> = engine
            .db
            .write(move |conn| Box::pin(async move { run_queue::release(conn, &run, fence).await }))
            .await;
        released?;
        engine.released(&again);
    }
    Ok(())
}

/// Takes up what has a place. Whoever ends a run after the backlog is noted wakes the worker; those who ended one before
/// are seen by the second look.
async fn take_up(engine: &Arc<Engine>, now_ms: i64) -> Result<(), Problem> {
    while claim(engine, now_ms).await? {}
    if run_queue::is_waiting(&mut engine.db.read().await?, now_ms).await? {
        engine.set_backlog();
        while claim(engine, now_ms).await? {}
    }
    Ok(())
}

/// Takes up a batch; whether there may be more.
async fn claim(engine: &Arc<Engine>, now_ms: i64) -> Result<bool, Problem> {
    let limit = i64::try_from(engine.slots.free()).unwrap_or(BATCH).min(BATCH);
    if limit == 0 {
        engine.set_backlog();
        return Ok(false);
    }
    let rows = claimed(engine, now_ms, limit).await?;
    let is_full = i64::try_from(rows.len()) == Ok(limit);
    let mut outcome = Ok(is_full);
    for row in rows {
        let slot = engine.slots.take_anyway(&WorkspaceId::from(row.workspace_id.as_str()));
        let (run, fence) = (RunId::from(row.id.as_str()), row.fence);
        if let Err(problem) = engine.resume(row, slot).await {
            tracing::error!(run = run.as_str(), %problem, "a run could not be taken up");
            engine.abandon(run, fence);
            // The worker then waits a moment before it tries again.
            outcome = Err(problem);
        }
    }
    outcome
}

async fn claimed(engine: &Engine, now_ms: i64, limit: i64) -> Result<Vec<RunRow>, Problem> {
    let (owner, lease_until) = (engine.owner.clone(), now_ms + engine.lease_ms());
    let per_workspace = i64::try_from(engine.config.runs_per_workspace).unwrap_or(i64::MAX);
    let rows: Result<Vec<RunRow>, StoreError> = engine
        .db
        .write(move |conn| {
            Box::pin(async move {
                let claim = Claim { owner: &owner, now_ms, lease_until, limit, per_workspace };
                run_queue::claim(conn, &claim).await
            })
        })
        .await;
    Ok(rows?)
}

/// Starts every flow whose time has come; a time that was missed is made up for once.
async fn start_scheduled(engine: &Engine, now_ms: i64) -> Result<(), Problem> {
    let mut conn = engine.db.read().await?;
    let due = schedules::due(&mut conn, now_ms).await?;
    for (workspace, flow, due_at) in due {
        let Some(start) = scheduled(&mut conn, (&workspace, &flow), now_ms).await? else {
            let (workspace, flow) = (workspace.clone(), flow.clone());
            let gone: Result<(), StoreError> = engine
                .db
                .write(move |conn| {
                    Box::pin(async move { schedules::set(conn, &workspace, &flow, None).await })
                })
                .await;
            gone?;
            continue;
        };
        let stored: Result<(), StoreError> =
            engine.db.write(move |conn| Box::pin(start.store(conn, due_at))).await;
        stored?;
    }
    Ok(())
}

/// A run by the clock, and when the flow is due after it.
struct Start {
    run: NewRun,
    next_at: Option<i64>,
}

/// None when the flow is no longer started by the clock.
async fn scheduled(
    conn: &mut Conn,
    (workspace, flow): (&WorkspaceId, &FlowId),
    now_ms: i64,
) -> Result<Option<Start>, Problem> {
    let Some(stored) = flows::find(conn, workspace, flow).await? else { return Ok(None) };
    let Some(id) = stored.flow.published_version_id.clone() else { return Ok(None) };
    if stored.flow.status != FlowStatus::Enabled {
        return Ok(None);
    }
    let Some(version) = flows::version(conn, workspace, flow, &id).await? else { return Ok(None) };
    let Some(schedule) = Schedule::of(&version.trigger)? else { return Ok(None) };
    let acting_user = stored.published_by.unwrap_or_default();
    let payload = schedule.output().to_string();
    let run = new_run((workspace, flow), &version, acting_user, now_ms, ("schedule", payload));
    Ok(Some(Start { run, next_at: schedule.next(now_ms) }))
}

/// A run that nobody asked for, started by `triggered_by` with `payload`.
pub(crate) fn new_run(
    (workspace, flow): (&WorkspaceId, &FlowId),
    version: &FlowVersion,
    acting_user: UserId,
    now_ms: i64,
    (triggered_by, payload): (&str, String),
) -> NewRun {
    NewRun {
        id: RunId::from(ids::fresh()),
        workspace: workspace.clone(),
        flow: flow.clone(),
        version: version.id.clone(),
        flow_name: version.display_name.clone(),
        environment: LIVE.to_owned(),
        triggered_by: triggered_by.to_owned(),
        acting_user,
        payload,
        dedupe: None,
        created_at: now_ms,
        trial: None,
        app: None,
    }
}

impl Start {
    async fn store(self, conn: &mut Conn, due_at: i64) -> Result<(), StoreError> {
        let run = self.run;
        let moved = match self.next_at {
            Some(next_at) => schedules::advance(conn, &run.flow, due_at, next_at).await?,
            None => {
                schedules::set(conn, &run.workspace, &run.flow, None).await?;
                true
            }
        };
        if moved {
            let queued = Progress {
                status: domain::flow::run::RunStatus::Queued,
                ..Progress::running(run.created_at, 0)
            };
            runs::insert(conn, &run, &queued, "").await?;
            let event = Event::new(EventKind::RunQueued, &run.id, run.flow_name.as_str());
            events::record(conn, &crate::engine::journal::acting(&run), &event).await?;
        }
        Ok(())
    }
}

/// How long nothing is due. Other nodes may leave work at any time, so with them the worker looks more often.
async fn next(engine: &Engine, now_ms: i64) -> Result<Duration, Problem> {
    let mut conn = engine.db.read().await?;
    let due = [run_queue::next_resume(&mut conn, now_ms).await?, schedules::next(&mut conn).await?];
    let longest_ms = if engine.db.is_shared() { engine.lease_ms() / 5 } else { 60_000 };
    let wait_ms = due.into_iter().flatten().map(|at| at - now_ms).min().unwrap_or(longest_ms);
    let wait_ms = wait_ms.clamp(1, longest_ms.max(1));
    Ok(Duration::from_millis(wait_ms.unsigned_abs()))
}
