//! Testing a draft without running all of it: one step for real, or everything without changing anything.

use crate::activepieces::only_there;
use crate::engine::plan::Plan;
use crate::engine::trying::{lacking, tried};
use crate::retrying::TakenOver;
use crate::runs::Runs;
use domain::actor::{Actor, Permission};
use domain::flow::run::{Run, RunStatus, TRIED, Trial, Which};
use domain::flow::sample::Sample;
use domain::flow::{ActionKind, tree};
use domain::ids::{FlowId, RunId};
use domain::problem::{Issue, Problem};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;
use store::runs::NewRun;

/// How long whoever tests a step is kept waiting; the run goes on after it.
const PATIENCE: Duration = Duration::from_secs(25);

/// How the test of a step went.
#[derive(Clone, Debug, PartialEq)]
pub struct StepTest {
    /// The run that tried it.
    pub run: Run,
    /// What it left; none while it still goes on.
    pub sample: Option<Sample>,
}

impl Runs {
    /// Runs the step called `step` of the draft for real, on samples of the steps before it, and keeps what it gives as
    /// its sample.
    ///
    /// `input` stands in place of inputs that the step holds. Waits until it is over, 25 seconds at most.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`], [`Problem::RateLimited`]; [`Problem::Invalid`] naming the steps
    /// that have no sample yet; on another engine [`Problem::Unsupported`] for `input`.
    pub async fn test_step(
        &self,
        actor: &Actor,
        flow: &FlowId,
        step: &str,
        input: Map<String, Value>,
    ) -> Result<StepTest, Problem> {
        actor.require(Permission::Write)?;
        if let Some(remote) = self.remote(actor, ("Flow", flow.as_str())).await? {
            self.engine.starts.check(&actor.workspace)?;
            return Box::pin(remote.test_step(actor, flow, step, &input)).await;
        }
        let plan = self.chosen(actor, flow, Which::Draft).await?;
        refuse_input(&plan, step, &input)?;
        let trial = Trial::Step { name: step.to_owned(), input };
        let plan = tried(plan, Some(&trial));
        let trigger = &plan.version.trigger;
        let mut known = self.engine.samples(&actor.workspace, flow, trigger).await?;
        let mut start = known.remove(&trigger.name).and_then(|it| it.output);
        if start.is_none() {
            start = self.engine.newest(actor, trigger).await?;
        }
        let mut missing = lacking(&plan, step, &known);
        missing.retain(|it| *it != trigger.name || start.is_none());
        if !missing.is_empty() {
            return Err(Problem::Invalid { issues: no_samples(&plan, &missing) });
        }
        self.engine.starts.check(&actor.workspace)?;
        let payload = start.unwrap_or_else(|| json!({}));
        let run = self.begin_trial(actor, (trial, payload), plan).await?;
        let run = self.settled(actor, &run.id).await?;
        let trigger = &self.chosen(actor, flow, Which::Draft).await?.version.trigger;
        let mut known = self.engine.samples(&actor.workspace, flow, trigger).await?;
        let sample = known.remove(step).filter(|_| run.status.is_terminal());
        Ok(StepTest { run, sample })
    }

    /// Walks the whole draft with `payload` as what starts it; what would change anything outside is passed over and
    /// says so.
    ///
    /// # Errors
    /// As [`Runs::start`]; [`Problem::Unsupported`] for a flow of another engine.
    pub async fn dry_run(
        &self,
        actor: &Actor,
        flow: &FlowId,
        payload: Value,
    ) -> Result<Run, Problem> {
        actor.require(Permission::Write)?;
        if self.remote(actor, ("Flow", flow.as_str())).await?.is_some() {
            let hint = "Test its steps one by one, or copy the flow to the built-in engine";
            return Err(only_there("does not try a whole flow without its effects", hint));
        }
        let plan = self.chosen(actor, flow, Which::Draft).await?;
        self.engine.starts.check(&actor.workspace)?;
        let trigger = &plan.version.trigger;
        let is_empty = payload.as_object().is_some_and(Map::is_empty) || payload.is_null();
        let newest = if is_empty { self.engine.newest(actor, trigger).await? } else { None };
        self.begin_trial(actor, (Trial::Dry, newest.unwrap_or(payload)), plan).await
    }

    async fn begin_trial(
        &self,
        actor: &Actor,
        (trial, payload): (Trial, Value),
        plan: Arc<Plan>,
    ) -> Result<Run, Problem> {
        let head = NewRun {
            environment: TRIED.to_owned(),
            triggered_by: "manual".to_owned(),
            payload: payload.to_string(),
            trial: Some(trial),
            ..self.head(actor, &plan.version)
        };
        self.store_and_begin(actor, (head, payload), plan, TakenOver::default()).await
    }

    /// The run when it has ended or waits for something, or as it stands when patience ends.
    async fn settled(&self, actor: &Actor, run: &RunId) -> Result<Run, Problem> {
        let mut changes = self.engine.db.changes();
        let settling = async {
            loop {
                let now = self.get(actor, run).await?;
                if now.status.is_terminal() || now.status == RunStatus::Paused {
                    return Ok(now);
                }
                // What was missed is read anew.
                drop(changes.recv().await);
            }
        };
        match tokio::time::timeout(PATIENCE, settling).await {
            Ok(settled) => settled,
            Err(_) => self.get(actor, run).await,
        }
    }
}

fn refuse_input(plan: &Plan, step: &str, input: &Map<String, Value>) -> Result<(), Problem> {
    let action = tree::find(&plan.version.trigger, step).ok_or_else(|| {
        let message = if step == plan.version.trigger.name {
            "The trigger is tested by itself: fetch, hear or write a sample of it".to_owned()
        } else {
            format!("There is no step called {step}")
        };
        Problem::invalid("step_name", message)
    })?;
    let has_inputs = matches!(action.kind, ActionKind::Piece(_) | ActionKind::Code(_));
    if has_inputs || input.is_empty() {
        return Ok(());
    }
    Err(Problem::invalid("input", "Loops and routers hold no inputs. Leave input out"))
}

fn no_samples(plan: &Plan, missing: &[&str]) -> Vec<Issue> {
    let trigger = &plan.version.trigger;
    let words = |name: &str| {
        let title = tree::find(trigger, name).map_or(&trigger.display_name, |it| &it.display_name);
        format!("“{title}” has no sample yet. Test it first")
    };
    missing.iter().map(|it| Issue::new(format!("samples.{it}"), words(it))).collect()
}
