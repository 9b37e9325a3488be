//! Requests that start flows. A 2xx means that the run is on the disk and will end.

use crate::engine::journal::{self, Before};
use crate::engine::plan::Plan;
use crate::engine::work::Job;
use crate::hearing::Heard;
use crate::payload::HookRequest;
use crate::pieces::webhook;
use crate::runs::Runs;
use crate::waiting::Answer;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::expr;
use domain::flow::run::{LIVE, RunStatus, TRIED};
use domain::flow::{TriggerKind, catalog};
use domain::ids::{FlowId, FlowVersionId, RunId, UserId, WorkspaceId};
use domain::problem::Problem;
use serde_json::{Map, Value};
use std::sync::Arc;
use store::error::StoreError;
use store::flows::HookTarget;
use store::runs::{NewRun, Progress};
use store::{events, flows, ids, run_queue, runs};
use tokio::sync::oneshot;

/// The longest `Idempotency-Key` that is kept.
const KEY_LIMIT: usize = 255;

/// What the caller of a webhook is told.
#[derive(Clone, Debug, PartialEq)]
pub enum HookAnswer {
    /// Nothing runs, but the flow listened: the request is kept as a sample.
    Heard,
    /// The run is on the disk.
    Accepted {
        /// The run.
        run: RunId,
    },
    /// A respond step answered.
    Responded {
        /// The run.
        run: RunId,
        /// From 200 to 599.
        status: u16,
        /// Names and values.
        headers: Vec<(String, String)>,
        /// Text as it is, everything else as JSON; null for no body.
        body: Value,
    },
    /// The run ended well without a respond step.
    Finished {
        /// The run.
        run: RunId,
        /// What its last step gave.
        output: Value,
    },
    /// The run failed.
    Failed {
        /// The run.
        run: RunId,
        /// Why.
        error: String,
    },
    /// It still runs.
    StillRunning {
        /// The run.
        run: RunId,
    },
}

/// Why a webhook was not taken.
#[derive(Clone, Debug, PartialEq)]
pub enum HookRefusal {
    /// No flow has this address.
    Unknown,
    /// The flow is switched off.
    SwitchedOff,
    /// The check on the trigger failed.
    Unauthorized,
    /// Anything else.
    Problem(Problem),
}

impl<E: Into<Problem>> From<E> for HookRefusal {
    fn from(problem: E) -> Self {
        Self::Problem(problem.into())
    }
}

/// Whether the caller waits for the run's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// It is told when the run is stored.
    No,
    /// It is told when the run answers or ends.
    ForAnswer,
}

/// A delivery that may start a run.
pub(crate) struct Delivery {
    pub(crate) workspace: WorkspaceId,
    pub(crate) acting_user: UserId,
    pub(crate) environment: &'static str,
    pub(crate) plan: Arc<Plan>,
    /// Its runs take turns, so it waits for the worker, which counts them.
    pub(crate) is_limited: bool,
}

impl Runs {
    /// A request to a flow's address; `hook` is its random part.
    ///
    /// # Errors
    /// Why it was not taken; nothing was stored then.
    pub async fn hook(
        &self,
        hook: &str,
        request: &HookRequest,
        wait: Wait,
    ) -> Result<HookAnswer, HookRefusal> {
        let target = self.engine.targets.get(&self.engine.db, hook).await?;
        let target = target.ok_or(HookRefusal::Unknown)?;
        self.offered(target, request, wait).await
    }

    /// The same with the flow's id in the address, and the random part as the secret.
    ///
    /// # Errors
    /// As [`Runs::hook`].
    pub async fn hook_of(
        &self,
        flow: &FlowId,
        secret: &str,
        request: &HookRequest,
    ) -> Result<HookAnswer, HookRefusal> {
        let target = self.engine.targets.get(&self.engine.db, secret).await?;
        let target = target.filter(|it| it.flow_id == flow.as_str()).ok_or(HookRefusal::Unknown)?;
        self.offered(target, request, Wait::No).await
    }

    /// Runs what is live; a flow that is off but listens keeps the request.
    async fn offered(
        &self,
        target: HookTarget,
        request: &HookRequest,
        wait: Wait,
    ) -> Result<HookAnswer, HookRefusal> {
        let (workspace, flow) =
            (WorkspaceId::from(&*target.workspace_id), FlowId::from(&*target.flow_id));
        match self.published(target).await {
            Err(HookRefusal::SwitchedOff) => {
                match self.engine.learn((&workspace, &flow), request).await {
                    Ok(true) => Ok(HookAnswer::Heard),
                    Ok(false) => Err(HookRefusal::SwitchedOff),
                    Err(Heard::Unauthorized) => Err(HookRefusal::Unauthorized),
                    Err(Heard::Problem(problem)) => Err(problem.into()),
                }
            }
            Err(refusal) => Err(refusal),
            Ok(delivery) => self.deliver(delivery, request, wait).await,
        }
    }

    /// A request to the draft of a flow, as a test.
    ///
    /// # Errors
    /// As [`Runs::hook`]; [`Problem::Forbidden`].
    pub async fn hook_draft(
        &self,
        actor: &Actor,
        hook: &str,
        request: &HookRequest,
        wait: Wait,
    ) -> Result<HookAnswer, HookRefusal> {
        actor.require(Permission::Write)?;
        let mut conn = self.engine.db.read().await?;
        let stored = flows::find_by_hook(&mut conn, hook).await?;
        drop(conn);
        let stored = stored.filter(|it| it.flow.project_id == actor.workspace.as_str());
        let flow = stored.ok_or_else(|| Problem::not_found("Flow"))?.flow;
        let delivery = Delivery {
            workspace: actor.workspace.clone(),
            acting_user: actor.user.clone(),
            environment: TRIED,
            plan: Arc::new(Plan::new(flow.version)),
            is_limited: flow.runs_at_once.is_some(),
        };
        self.deliver(delivery, request, wait).await
    }

    /// What the flow behind an address runs.
    pub(crate) async fn published(&self, target: HookTarget) -> Result<Delivery, HookRefusal> {
        let version = target.published_version_id.filter(|_| target.status == "ENABLED");
        let version = FlowVersionId::from(version.ok_or(HookRefusal::SwitchedOff)?);
        let workspace = WorkspaceId::from(target.workspace_id);
        let flow = FlowId::from(target.flow_id);
        let plan = self.engine.plans.get(&self.engine.db, &workspace, &flow, &version).await?;
        let acting_user = UserId::from(target.published_by.unwrap_or(target.owner_id));
        let plan = plan.ok_or(HookRefusal::Unknown)?;
        let is_limited = target.runs_at_once.is_some();
        Ok(Delivery { workspace, acting_user, environment: LIVE, plan, is_limited })
    }

    async fn deliver(
        &self,
        delivery: Delivery,
        request: &HookRequest,
        wait: Wait,
    ) -> Result<HookAnswer, HookRefusal> {
        let TriggerKind::Piece(trigger) = &delivery.plan.version.trigger.kind else {
            return Err(HookRefusal::SwitchedOff);
        };
        if trigger.piece_name != catalog::WEBHOOK {
            return Err(HookRefusal::Unknown);
        }
        let secret = webhook::check(trigger, &request.header_map());
        let secret = secret.map_err(|_| HookRefusal::Unauthorized)?;
        let mut payload = request.output()?;
        if let Some(value) = secret.and_then(|it| payload.get_mut("headers")?.get_mut(it)) {
            *value = expr::REDACTED.into();
        }
        let dedupe = key(request)?;
        if let Some(key) = &dedupe
            && let Some(earlier) = self.earlier(&delivery.plan, key).await?
        {
            return self.told_before(&delivery.workspace, earlier).await;
        }
        let head = self.head_of(&delivery, ("webhook", &payload), dedupe);
        self.begin(head, payload, &delivery, wait).await
    }

    /// A run of a delivery that does not exist yet.
    pub(crate) fn head_of(
        &self,
        delivery: &Delivery,
        (triggered_by, payload): (&str, &Value),
        dedupe: Option<String>,
    ) -> NewRun {
        let version = &delivery.plan.version;
        NewRun {
            id: RunId::from(ids::fresh()),
            workspace: delivery.workspace.clone(),
            flow: version.flow_id.clone(),
            version: version.id.clone(),
            flow_name: version.display_name.clone(),
            environment: delivery.environment.to_owned(),
            triggered_by: triggered_by.to_owned(),
            acting_user: delivery.acting_user.clone(),
            payload: payload.to_string(),
            dedupe,
            created_at: self.engine.now_ms(),
            trial: None,
            app: None,
        }
    }

    /// Begins a run here when there is a place, and else lets it wait; tells what `wait` asks for.
    pub(crate) async fn begin(
        &self,
        head: NewRun,
        payload: Value,
        delivery: &Delivery,
        wait: Wait,
    ) -> Result<HookAnswer, HookRefusal> {
        let engine = &self.engine;
        let (run, workspace) = (head.id.clone(), head.workspace.clone());
        let answer = (wait == Wait::ForAnswer).then(|| engine.waiting.register(run.clone()));
        let place = (!delivery.is_limited).then(|| engine.slots.take(&workspace)).flatten();
        let stored = match place {
            Some(slot) => {
                let (told, stored) = oneshot::channel();
                let job = Job {
                    head,
                    payload,
                    plan: Arc::clone(&delivery.plan),
                    before: Before::default(),
                    slot,
                    stored: Some(told),
                };
                engine.spawn(job);
                stored.await.unwrap_or_else(|_| Err(lost()))
            }
            None => self.enqueue(head).await,
        };
        let stored = stored.inspect_err(|_| engine.waiting.forget(&run))?;
        if stored != run {
            return self.told_before(&workspace, stored).await;
        }
        let Some(answer) = answer else { return Ok(HookAnswer::Accepted { run }) };
        let answering = engine.answer(&workspace, &run, answer);
        let answered = tokio::time::timeout(engine.config.answer_within, answering).await;
        engine.waiting.forget(&run);
        Ok(match answered {
            Ok(Some(answer)) => told(run, answer),
            Ok(None) | Err(_) => HookAnswer::StillRunning { run },
        })
    }

    /// Stores a run for the worker; refuses when too many wait already.
    async fn enqueue(&self, head: NewRun) -> Result<RunId, Problem> {
        let engine = &self.engine;
        let most = i64::try_from(engine.config.waiting_per_workspace).unwrap_or(i64::MAX);
        let stored: Result<RunId, Problem> = engine
            .db
            .write(move |conn| {
                Box::pin(async move {
                    if run_queue::queued(conn, &head.workspace).await? >= most {
                        return Err(Problem::RateLimited { retry_after_s: 1 });
                    }
                    let queued = Progress {
                        status: RunStatus::Queued,
                        ..Progress::running(head.created_at, 0)
                    };
                    if let Some(earlier) = runs::insert(conn, &head, &queued, "").await? {
                        return Ok(earlier);
                    }
                    let event = Event::new(EventKind::RunQueued, &head.id, head.flow_name.as_str());
                    events::record(conn, &journal::acting(&head), &event).await?;
                    Ok(head.id)
                })
            })
            .await;
        engine.queued();
        stored
    }

    async fn earlier(&self, plan: &Plan, key: &str) -> Result<Option<RunId>, StoreError> {
        let mut conn = self.engine.db.read().await?;
        runs::started_before(&mut conn, &plan.version.flow_id, key).await
    }

    /// A delivery that came before is answered as it was, as far as that is known.
    async fn told_before(
        &self,
        workspace: &WorkspaceId,
        run: RunId,
    ) -> Result<HookAnswer, HookRefusal> {
        let mut conn = self.engine.db.read().await?;
        let row = runs::find(&mut conn, workspace, &run).await?;
        let answer = row.and_then(|it| it.response).and_then(|it| serde_json::from_str(&it).ok());
        Ok(answer.map_or(HookAnswer::Accepted { run: run.clone() }, |it| responded(run, it)))
    }
}

fn key(request: &HookRequest) -> Result<Option<String>, Problem> {
    match request.header("idempotency-key").map(str::trim).filter(|it| !it.is_empty()) {
        Some(key) if key.len() > KEY_LIMIT => {
            let message = format!("The Idempotency-Key is longer than {KEY_LIMIT} characters");
            Err(Problem::invalid("Idempotency-Key", message))
        }
        key => Ok(key.map(str::to_owned)),
    }
}

fn lost() -> Problem {
    Problem::Internal { reference: ids::short() }
}

fn told(run: RunId, answer: Answer) -> HookAnswer {
    match answer {
        Answer::Responded(answer) => responded(run, answer),
        Answer::Ended { status: RunStatus::Succeeded, output, .. } => {
            HookAnswer::Finished { run, output }
        }
        Answer::Ended { status, error, .. } => {
            let error = error.unwrap_or_else(|| format!("The run ended as {}", status.as_str()));
            HookAnswer::Failed { run, error }
        }
    }
}

fn responded(run: RunId, mut answer: Value) -> HookAnswer {
    let status = answer["status"].as_u64().and_then(|it| u16::try_from(it).ok()).unwrap_or(200);
    let headers = match answer["headers"].take() {
        Value::Object(map) => text_pairs(map),
        _ => Vec::new(),
    };
    HookAnswer::Responded { run, status, headers, body: answer["body"].take() }
}

fn text_pairs(map: Map<String, Value>) -> Vec<(String, String)> {
    map.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect()
}
