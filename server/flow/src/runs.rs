//! Runs: starting, reading, stopping and trying them again.

use crate::config::Config;
use crate::elsewhere;
use crate::engine::Engine;
use crate::engine::journal::Before;
use crate::engine::plan::Plan;
use crate::engine::trying::tried;
use crate::engine::work::Job;
use crate::naming;
use crate::retrying::TakenOver;
use crate::steps;
use crate::thinking::Thinker;
use crate::told;
use crate::worker::{Worker, release_abandoned};
use basecamp::Basecamp;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::flow::listing::{Page, RunFilter};
use domain::flow::run::{LIVE, Retry, Run, RunStatus, StepStatus, TRIED, Which};
use domain::flow::{FlowVersion, TriggerKind, tree};
use domain::ids::{FlowId, FlowVersionId, RunId};
use domain::problem::Problem;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use store::db::{Conn, Db};
use store::error::StoreError;
use store::flows::StoredFlow;
use store::run_steps::StepRow;
use store::runs::{NewRun, Progress, RunRow};
use store::{events, flows, ids, run_lists, run_steps, runs};

/// What everybody may know about the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Webhook addresses begin with it.
    pub webhook_url_prefix: String,
    /// How long the caller of a synchronous webhook waits.
    pub answer_within: Duration,
    /// How long a run may work.
    pub run_time: Duration,
}

/// The handle to runs. Cheap to clone.
#[derive(Clone)]
pub struct Runs {
    pub(crate) engine: Arc<Engine>,
}

impl Runs {
    /// A handle on `db`. Nothing is worked on by itself before [`Runs::work`].
    pub fn new(db: Db, basecamp: Basecamp, config: Config) -> Self {
        Self { engine: Arc::new(Engine::new(db, basecamp, config)) }
    }

    /// Hands in who answers steps that ask a model; the first one stays.
    pub fn think_with(&self, thinker: Thinker) {
        drop(self.engine.thinker.set(thinker));
    }

    /// Starts the worker of this process: unfinished runs of an earlier start go on at once.
    pub fn work(&self) -> Worker {
        Worker::start(Arc::clone(&self.engine))
    }

    /// Waits until no run is under way here, `patience` at most: before the process ends, so that requests of steps
    /// are not cut off. What is still under way then is let go, for another node or the next start.
    pub async fn drain(&self, patience: Duration) {
        let engine = &self.engine;
        if tokio::time::timeout(patience, engine.slots.idle()).await.is_ok() {
            return;
        }
        tracing::info!("runs are still under way; they go on after the next start");
        engine.let_go(&Problem::StorageGone);
        engine.slots.idle().await;
        if let Err(problem) = release_abandoned(engine).await {
            tracing::error!(%problem, "runs could not be let go; their lease ends by itself");
        }
    }

    /// Makes the worker look for work now, as when the clock was turned.
    pub fn wake(&self) {
        self.engine.wake.notify_one();
    }

    /// From now on one workspace may start so many runs a minute by hand, script or assistant.
    pub fn allow_starts(&self, each_minute: u32) {
        self.engine.starts.allow(each_minute);
    }

    /// What everybody may know about the engine.
    pub fn limits(&self) -> Limits {
        let config = &self.engine.config;
        Limits {
            webhook_url_prefix: format!("{}/api/v1/webhooks", config.base_url),
            answer_within: config.answer_within,
            run_time: config.run_time,
        }
    }

    /// Runs of the workspace, newest first, without steps.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; what another engine answers.
    pub async fn list(&self, actor: &Actor, filter: &RunFilter) -> Result<Page<Run>, Problem> {
        actor.require(Permission::Read)?;
        match elsewhere::of(self, actor, filter).await? {
            Some(remote) => elsewhere::merged(self, &remote, actor, filter).await,
            None => self.list_here(actor, filter).await,
        }
    }

    /// The same of the built-in engine alone.
    pub(crate) async fn list_here(
        &self,
        actor: &Actor,
        filter: &RunFilter,
    ) -> Result<Page<Run>, Problem> {
        let limit = filter.limit.unwrap_or(10).clamp(1, 100);
        let before = filter.cursor.as_deref().unwrap_or_default();
        let mut conn = self.engine.db.read().await?;
        let more = i64::from(limit) + 1;
        let mut data = run_lists::list(&mut conn, &actor.workspace, filter, before, more).await?;
        let has_more = data.len() > limit as usize;
        data.truncate(limit as usize);
        let next = data.last().filter(|_| has_more).map(|it| it.id.to_string());
        Ok(Page { data, next, previous: None })
    }

    /// One run with its steps.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn get(&self, actor: &Actor, id: &RunId) -> Result<Run, Problem> {
        actor.require(Permission::Read)?;
        if let Some(remote) = self.remote(actor, ("Run", id.as_str())).await? {
            return remote.run(actor, id).await;
        }
        let mut conn = self.engine.db.read().await?;
        let row = found(&mut conn, actor, id).await?;
        let rows = run_steps::list(&mut conn, &actor.workspace, id).await?;
        let mut run = row.summary()?;
        run.called_by = run_lists::caller(&mut conn, &actor.workspace, id).await?;
        drop(conn);
        let told = self.engine.names_of(actor, &row, &rows).await?;
        run.steps = steps::assemble(&row, &rows, &told)?;
        run.would_change = naming::would_change(&rows);
        Ok(run)
    }

    /// Starts a flow with `payload` as the output of its trigger.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`], [`Problem::RateLimited`]; [`Problem::Invalid`] when the flow has
    /// nothing to run.
    pub async fn start(
        &self,
        actor: &Actor,
        flow: &FlowId,
        payload: Value,
        which: Which,
    ) -> Result<Run, Problem> {
        actor.require(Permission::Write)?;
        self.engine.starts.check(&actor.workspace)?;
        if let Some(remote) = self.remote(actor, ("Flow", flow.as_str())).await? {
            return Box::pin(remote.start(actor, flow, payload, which)).await;
        }
        let plan = self.chosen(actor, flow, which).await?;
        let payload = told::sampled(&self.engine, actor, &plan.version.trigger, payload).await?;
        let environment = if which == Which::Draft { TRIED } else { LIVE };
        let head = NewRun {
            environment: environment.to_owned(),
            triggered_by: "manual".to_owned(),
            acting_user: actor.user.clone(),
            payload: payload.to_string(),
            ..self.head(actor, &plan.version)
        };
        self.store_and_begin(actor, (head, payload), plan, TakenOver::default()).await
    }

    pub(crate) async fn chosen(
        &self,
        actor: &Actor,
        id: &FlowId,
        which: Which,
    ) -> Result<Arc<Plan>, Problem> {
        let mut conn = self.engine.db.read().await?;
        let stored = flows::find(&mut conn, &actor.workspace, id).await?;
        let StoredFlow { flow, .. } = stored.ok_or_else(|| Problem::not_found("Flow"))?;
        drop(conn);
        if which == Which::Draft {
            return match flow.version.trigger.kind {
                TriggerKind::Empty(_) => {
                    Err(Problem::invalid("steps.trigger", "Choose what starts the flow first"))
                }
                TriggerKind::Piece(_) => Ok(Arc::new(Plan::new(flow.version))),
            };
        }
        let published = flow.published_version_id.ok_or_else(|| {
            Problem::invalid(
                "flow",
                "The flow is not published yet. Publish it, or run the draft as a test",
            )
        })?;
        self.plan(actor, id, &published).await
    }

    async fn plan(
        &self,
        actor: &Actor,
        flow: &FlowId,
        version: &FlowVersionId,
    ) -> Result<Arc<Plan>, Problem> {
        let plan = self.engine.plans.get(&self.engine.db, &actor.workspace, flow, version).await?;
        plan.ok_or_else(|| Problem::not_found("Flow"))
    }

    pub(crate) fn head(&self, actor: &Actor, version: &FlowVersion) -> NewRun {
        NewRun {
            id: RunId::from(ids::fresh()),
            workspace: actor.workspace.clone(),
            flow: version.flow_id.clone(),
            version: version.id.clone(),
            flow_name: version.display_name.clone(),
            environment: LIVE.to_owned(),
            triggered_by: "retry".to_owned(),
            acting_user: actor.user.clone(),
            payload: String::new(),
            dedupe: None,
            created_at: self.engine.now_ms(),
            trial: None,
            app: None,
        }
    }

    /// Stores the run, taken over steps included, and begins it here when there is a place.
    pub(crate) async fn store_and_begin(
        &self,
        actor: &Actor,
        (head, payload): (NewRun, Value),
        plan: Arc<Plan>,
        taken: TakenOver,
    ) -> Result<Run, Problem> {
        let engine = &self.engine;
        let TakenOver { steps, from, once } = taken;
        let is_limited = head.trial.is_none() && {
            let mut conn = engine.db.read().await?;
            flows::runs_at_once(&mut conn, &head.workspace, &head.flow).await?.is_some()
        };
        let slot = (!is_limited).then(|| engine.slots.take(&head.workspace)).flatten();
        let (status, owner) = match &slot {
            Some(_) => (RunStatus::Running, engine.owner.clone()),
            None => (RunStatus::Queued, String::new()),
        };
        let now_ms = engine.now_ms();
        let progress = Progress { status, ..Progress::running(now_ms, now_ms + engine.lease_ms()) };
        let event = Event::new(EventKind::RunQueued, &head.id, head.flow_name.as_str());
        let (write, by, rows) = (head.clone(), actor.clone(), steps.clone());
        let stored: Result<(), Problem> = engine
            .db
            .write(move |conn| {
                Box::pin(async move {
                    runs::insert(conn, &write, &progress, &owner).await?;
                    if let Some(earlier) = &from
                        && !runs::set_retry_of(conn, &write.id, earlier, once).await?
                    {
                        return Err(Problem::conflict("It was tried again meanwhile"));
                    }
                    run_steps::save(conn, &write.workspace, &write.id, &rows).await?;
                    events::record(conn, &by, &event).await?;
                    Ok(())
                })
            })
            .await;
        stored?;
        let id = head.id.clone();
        match slot {
            Some(slot) => {
                let before = Before { fence: 1, steps, active_ms: 0 };
                engine.spawn(Job { head, payload, plan, before, slot, stored: None });
            }
            None => engine.queued(),
        }
        self.get(actor, &id).await
    }

    /// Tries a run that failed or was stopped again, with the rights of whoever asks; gives the new run.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], also for members when it is not their own, [`Problem::NotFound`], [`Problem::RateLimited`]; [`Problem::Conflict`] when it has not
    /// failed.
    pub async fn retry(&self, actor: &Actor, id: &RunId, how: Retry) -> Result<Run, Problem> {
        self.try_again(actor, id, how, false).await
    }

    /// The same; refused with `once` where another run tried it again before.
    pub(crate) async fn try_again(
        &self,
        actor: &Actor,
        id: &RunId,
        how: Retry,
        once: bool,
    ) -> Result<Run, Problem> {
        actor.require(Permission::Write)?;
        self.engine.starts.check(&actor.workspace)?;
        if let Some(remote) = self.remote(actor, ("Run", id.as_str())).await? {
            return remote.retry(actor, id, how).await;
        }
        let mut conn = self.engine.db.read().await?;
        let row = found(&mut conn, actor, id).await?;
        let rows = run_steps::list(&mut conn, &actor.workspace, id).await?;
        drop(conn);
        if row.acting_user != actor.user.as_str() {
            actor.require(Permission::Manage)?;
        }
        if how == Retry::FromFailedStep && !has_failed(&row) {
            let status = Some(row.status);
            let message = "Only a run that failed or was stopped can be tried again".to_owned();
            return Err(Problem::Conflict { message, status });
        }
        let flow = FlowId::from(row.flow_id.as_str());
        let trial = row.trial()?.filter(|_| how == Retry::FromFailedStep);
        let (plan, steps) = match how {
            Retry::FromFailedStep => {
                let version = FlowVersionId::from(row.version_id.as_str());
                let plan = self.plan(actor, &flow, &version).await?;
                let steps = done(rows, &plan.version);
                (plan, steps)
            }
            Retry::OnLatestVersion => {
                (self.chosen(actor, &flow, Which::Published).await?, Vec::new())
            }
        };
        let plan = tried(plan, trial.as_ref());
        let payload: Value = serde_json::from_str(&row.payload).map_err(StoreError::from)?;
        let head = NewRun {
            payload: row.payload,
            environment: row.environment,
            trial,
            ..self.head(actor, &plan.version)
        };
        let taken = TakenOver { steps, from: Some(id.clone()), once };
        self.store_and_begin(actor, (head, payload), plan, taken).await
    }
}

pub(crate) async fn found(conn: &mut Conn, actor: &Actor, id: &RunId) -> Result<RunRow, Problem> {
    let row = runs::find(conn, &actor.workspace, id).await?;
    row.ok_or_else(|| Problem::not_found("Run"))
}

fn has_failed(row: &RunRow) -> bool {
    RunStatus::parse(&row.status).is_some_and(|it| it.is_terminal() && it != RunStatus::Succeeded)
}

/// What a retry takes over: everything that was done, not what failed, nor what was done because it failed.
fn done(rows: Vec<StepRow>, version: &FlowVersion) -> Vec<StepRow> {
    let failed = rows.iter().filter(|it| it.status == StepStatus::Failed);
    let begun_again: Vec<String> = failed.flat_map(|it| error_paths(it, version)).collect();
    let is_again = |path: &str| {
        let after = |it: &String| path.strip_prefix(it.as_str());
        begun_again.iter().filter_map(after).any(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    rows.into_iter()
        .filter(|it| it.status == StepStatus::Succeeded && !is_again(&it.path))
        .collect()
}

/// Where the steps of the error branch of a step stand in the journal.
fn error_paths(row: &StepRow, version: &FlowVersion) -> Vec<String> {
    let prefix = row.path.strip_suffix(row.name.as_str()).unwrap_or_default();
    let first =
        tree::find(&version.trigger, &row.name).and_then(|it| it.on_error_action.as_deref());
    let inside = tree::chain(first).flat_map(|it| std::iter::once(it).chain(tree::inside(it)));
    inside.map(|it| format!("{prefix}{}", it.name)).collect()
}
