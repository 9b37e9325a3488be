//! Tests of a draft that do less than a whole run: one step for real on samples of the steps before it, or every step
//! without changing anything outside the run.

use crate::engine::Engine;
use crate::engine::journal::Halt;
use crate::engine::plan::Plan;
use crate::engine::walk::{Verdict, Walk};
use crate::engine::{loops, resolve, router};
use domain::approval::Risk;
use domain::flow::catalog::{self, Effect};
use domain::flow::edit;
use domain::flow::run::{FailedStep, Trial};
use domain::flow::{Action, ActionKind, PieceSettings, sample, tree};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::runs::NewRun;

/// What a walk does less than a whole one.
#[derive(Default)]
pub(crate) struct Trying {
    trial: Option<Trial>,
    /// Outputs of samples, by step.
    known: BTreeMap<String, Value>,
}

impl Trying {
    /// Nothing outside is changed.
    pub(crate) fn is_dry(&self) -> bool {
        self.trial == Some(Trial::Dry)
    }

    /// The one step that is tested.
    pub(crate) fn alone(&self) -> Option<&str> {
        match &self.trial {
            Some(Trial::Step { name, .. }) => Some(name),
            _ => None,
        }
    }

    /// What a step that a dry run passes over gives: its sample, else what it was given.
    pub(crate) fn instead(&self, step: &str, input: &Map<String, Value>) -> Value {
        self.known.get(step).cloned().unwrap_or_else(|| Value::Object(input.clone()))
    }
}

impl Engine {
    /// What `run` does less than a whole one, with the samples that it needs.
    pub(crate) async fn trying(&self, run: &NewRun, plan: &Plan) -> Result<Trying, Halt> {
        if run.trial.is_none() {
            return Ok(Trying::default());
        }
        let known = self.samples(&run.workspace, &run.flow, &plan.version.trigger).await;
        let known = known.map_err(Halt::Storage)?.into_values();
        let known = known.filter_map(|it| Some((it.step, it.output?))).collect();
        Ok(Trying { trial: run.trial.clone(), known })
    }
}

/// `plan` with the inputs that a trial of one step puts in place of those the step holds.
pub(crate) fn tried(plan: Arc<Plan>, trial: Option<&Trial>) -> Arc<Plan> {
    let Some(Trial::Step { name, input }) = trial.filter(|it| has_input(it)) else { return plan };
    let mut version = plan.version.clone();
    edit::with_step(&mut version, name, |action| match &mut action.kind {
        ActionKind::Piece(it) => it.input.extend(input.clone()),
        ActionKind::Code(it) => it.input.extend(input.clone()),
        ActionKind::Loop(_) | ActionKind::Router(_) => {}
    });
    Arc::new(Plan::new(version))
}

fn has_input(trial: &Trial) -> bool {
    matches!(trial, Trial::Step { input, .. } if !input.is_empty())
}

/// Whether a step would change something outside the run, as a dry run must not.
pub(crate) fn would_change(settings: &PieceSettings, input: &Map<String, Value>) -> bool {
    let action = settings.action_name.as_deref().unwrap_or_default();
    if settings.piece_name == catalog::HTTP {
        let method = input.get("method").and_then(Value::as_str).unwrap_or("GET").to_uppercase();
        return !matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS");
    }
    if settings.piece_name == catalog::WEBHOOK && action == "return_response" {
        return false;
    }
    catalog::action(&settings.piece_name, action)
        .is_none_or(|it| it.effect_of(input) == Effect::Effect && it.risk_of(input) != Risk::Read)
}

impl<'a> Walk<'a> {
    /// Runs only the step called `name`, on the samples of those before it.
    pub(crate) async fn alone(&mut self, name: &str) -> Result<Verdict, Halt> {
        let plan = self.plan;
        let trigger = &plan.version.trigger;
        let Some(action) = tree::find(trigger, name) else {
            let step = FailedStep { name: name.to_owned(), display_name: name.to_owned() };
            let message = "The step was deleted while it was tested".to_owned();
            return Ok(Verdict::Failed { step, message });
        };
        self.journal.keep_sample_of(sample::maker(trigger, name));
        self.seed(name);
        match &action.kind {
            ActionKind::Loop(settings) => loops::glance(self, action, settings).await,
            ActionKind::Router(settings) => {
                let decided = router::decided(self, action, settings, &action.name).await?;
                Ok(decided.err().unwrap_or(Verdict::Done))
            }
            _ => self.step(action, "").await,
        }
    }

    /// Makes the samples of the steps before `name` visible; a loop without one shows its first item.
    fn seed(&mut self, name: &str) {
        let trigger = &self.plan.version.trigger;
        let mut is_in_loop = false;
        for seen in tree::visible(trigger, name).unwrap_or_default() {
            let looping = tree::find(trigger, &seen).and_then(|it| match &it.kind {
                ActionKind::Loop(settings) => Some((it, settings)),
                _ => None,
            });
            if let Some((action, _)) = looping {
                is_in_loop |= tree::inside(action).iter().any(|it| it.name == name);
            }
            let output = match (self.trying.known.get(&seen), looping) {
                _ if seen == trigger.name => None,
                (Some(known), _) => Some(known.clone()),
                (None, Some((_, settings))) => {
                    let items = resolve::text(&settings.items, &self.scope, self.engine.now_ms());
                    let items = items.ok().and_then(|it| it.value.as_array().cloned());
                    items.map(|it| sample::of_loop(&it))
                }
                (None, None) => None,
            };
            if let Some(output) = output {
                self.scope.set(&seen, output);
            }
        }
        if is_in_loop {
            self.scope.enter();
        }
    }
}

/// The steps whose samples a test of `name` needs and that have none; loops are worked out from what they read.
pub(crate) fn lacking<'a>(
    plan: &'a Plan,
    name: &str,
    known: &BTreeMap<String, sample::Sample>,
) -> Vec<&'a str> {
    let trigger = &plan.version.trigger;
    let has = |name: &str| known.get(name).is_some_and(|it| it.output.is_some());
    let mut found = Vec::new();
    for read in sample::read_by(trigger, name).into_iter().filter(|it| !has(it)) {
        if read == trigger.name {
            found.push(trigger.name.as_str());
            continue;
        }
        match tree::find(trigger, &read) {
            Some(Action { kind: ActionKind::Loop(_), .. }) => {
                found.extend(lacking(plan, &read, known));
            }
            Some(action) => found.push(&action.name),
            None => {}
        }
    }
    found.dedup();
    found
}
