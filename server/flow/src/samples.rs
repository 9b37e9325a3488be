//! Samples of a flow: what its steps gave when they were tried, and what starts it, fetched or written by hand.

use crate::activepieces::only_there;
use crate::engine::Engine;
use crate::flows::{Flows, event, found};
use crate::schedule::Schedule;
use crate::{steps, told, watching};
use domain::actor::{Actor, Permission};
use domain::event::EventKind;
use domain::flow::listing::RunFilter;
use domain::flow::run::{Run, StepOutput, StepStatus};
use domain::flow::sample::{self, Origin, Sample};
use domain::flow::{Flow, Trigger, TriggerKind, catalog, tree};
use domain::ids::{FlowId, RunId, WorkspaceId};
use domain::problem::Problem;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use store::db::Conn;
use store::error::StoreError;
use store::flow_samples::{self, NewSample};
use store::{events, flows, ids, run_lists, run_steps, runs};

/// Runs among which the newest whole one is looked for.
const RECENT: i64 = 10;
/// How long a flow listens for a request, milliseconds.
const LISTENS_MS: i64 = 600_000;
/// A sample written by hand is at most this long, bytes of JSON.
const LONGEST: usize = 512 * 1024;

type Samples = BTreeMap<String, Sample>;

impl Flows {
    /// What the steps of the newest version gave when they were tried or when the flow last ran, by step.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn samples(
        &self,
        actor: &Actor,
        id: &FlowId,
    ) -> Result<BTreeMap<String, Sample>, Problem> {
        if let Some(remote) = self.remote(actor, id).await? {
            return Box::pin(remote.samples(actor, id)).await;
        }
        let flow = self.get(actor, id).await?;
        self.engine.samples(&actor.workspace, id, &flow.version.trigger).await
    }

    /// Keeps `output` as what the step called `step` gives, whatever it gave before.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`]; [`Problem::Invalid`] when it is too large, or for a trigger that
    /// is not chosen.
    pub async fn give_sample(
        &self,
        actor: &Actor,
        id: &FlowId,
        step: &str,
        output: &Value,
    ) -> Result<Sample, Problem> {
        self.keep(actor, id, (step, Origin::Given), output).await
    }

    /// A sample of what starts the flow: `payload`, else the newest thing that would.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`]; [`Problem::Invalid`] when there is nothing to take one from, with
    /// what to do.
    pub async fn test_trigger(
        &self,
        actor: &Actor,
        id: &FlowId,
        payload: Option<Value>,
    ) -> Result<Sample, Problem> {
        actor.require(Permission::Write)?;
        let trigger = self.get(actor, id).await?.version.trigger;
        if payload.is_none() && self.remote(actor, id).await?.is_some() {
            let hint = "Fetch it in the editor there, or write a sample by hand";
            return Err(only_there("does not fetch what starts a flow from outside", hint));
        }
        if let Some(payload) = payload {
            return self.keep(actor, id, (&trigger.name, Origin::Given), &payload).await;
        }
        let newest = match self.engine.newest(actor, &trigger).await? {
            Some(newest) => Some((Origin::Newest, newest)),
            None => self.last_payload(actor, id, &trigger).await?.map(|it| (Origin::Run, it)),
        };
        let Some((origin, output)) = newest else {
            return Err(Problem::invalid("payload", nothing_yet(&trigger)));
        };
        self.keep(actor, id, (&trigger.name, origin), &output).await
    }

    /// Makes a flow that starts by requests keep the next one as its sample, published or not; gives until when, epoch
    /// milliseconds.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`]; [`Problem::Invalid`] when something else starts the flow.
    pub async fn listen(&self, actor: &Actor, id: &FlowId) -> Result<i64, Problem> {
        actor.require(Permission::Write)?;
        if self.remote(actor, id).await?.is_some() {
            let hint = "Listen in the editor there, or write a sample by hand";
            return Err(only_there("does not listen when it is asked from outside", hint));
        }
        let until_ms = self.engine.now_ms() + LISTENS_MS;
        let (by, id) = (actor.clone(), id.clone());
        self.write(move |conn| {
            Box::pin(async move {
                let flow = found(conn, &by, &id).await?.flow;
                if !is_webhook(&flow.version.trigger) {
                    let message = "Only a flow that starts by a request can listen for one. Fetch the newest sample instead";
                    return Err(Problem::invalid("steps.trigger", message));
                }
                flow_samples::listen(conn, &by.workspace, &id, until_ms).await?;
                events::record(conn, &by, &sampled(&flow, "trigger", "listening")).await?;
                Ok(())
            })
        })
        .await?;
        Ok(until_ms)
    }

    async fn keep(
        &self,
        actor: &Actor,
        id: &FlowId,
        (step, origin): (&str, Origin),
        output: &Value,
    ) -> Result<Sample, Problem> {
        actor.require(Permission::Write)?;
        let text = output.to_string();
        if text.len() > LONGEST {
            return Err(Problem::invalid(
                "payload",
                "This sample is larger than 512 KB. Give a shorter one",
            ));
        }
        if let Some(remote) = self.remote(actor, id).await? {
            return Box::pin(remote.give_sample(actor, id, step, output)).await;
        }
        let (by, id, step) = (actor.clone(), id.clone(), step.to_owned());
        let now_ms = self.engine.now_ms();
        let kept = self
            .write(move |conn| {
                Box::pin(async move {
                    let flow = found(conn, &by, &id).await?.flow;
                    let maker = sample::maker(&flow.version.trigger, &step);
                    let maker = maker.ok_or_else(|| unknown(&flow.version.trigger, &step))?;
                    let new = NewSample {
                        step: step.clone(),
                        maker,
                        origin,
                        input: "{}".to_owned(),
                        output: Some(text),
                        error: None,
                        warnings: None,
                        logged: None,
                        duration_us: None,
                        now_ms,
                    };
                    flow_samples::keep(conn, &by.workspace, &id, &new).await?;
                    events::record(conn, &by, &sampled(&flow, &step, origin.as_str())).await?;
                    Ok(new)
                })
            })
            .await?;
        Ok(Sample {
            step: kept.step,
            maker: kept.maker,
            origin,
            input: json!({}),
            output: Some(output.clone()),
            error: None,
            warnings: Vec::new(),
            logged: Vec::new(),
            duration: None,
            at: ids::rfc3339(now_ms),
        })
    }

    /// What started the newest run, when the same thing starts the flow now.
    async fn last_payload(
        &self,
        actor: &Actor,
        id: &FlowId,
        trigger: &Trigger,
    ) -> Result<Option<Value>, Problem> {
        let mut conn = self.engine.db.read().await?;
        let Some(last) = last_whole(&mut conn, &actor.workspace, id).await? else {
            return Ok(None);
        };
        let kept = of_run(&mut conn, &actor.workspace, &last).await?;
        let maker = sample::maker(trigger, &trigger.name);
        let fits = kept.get(&trigger.name).filter(|it| Some(&it.maker) == maker.as_ref());
        Ok(fits.and_then(|it| it.output.clone()))
    }
}

fn nothing_yet(trigger: &Trigger) -> &'static str {
    match &trigger.kind {
        TriggerKind::Empty(_) => "Nothing starts this flow yet. Choose a trigger first",
        TriggerKind::Piece(it) if it.piece_name == catalog::WEBHOOK => {
            "No request has come yet. Listen and send one to its address, or write a sample by hand"
        }
        TriggerKind::Piece(it) if it.piece_name == catalog::BASECAMP => {
            "There is nothing like it in Basecamp yet. Write a sample by hand"
        }
        TriggerKind::Piece(_) => "This trigger has no sample to fetch. Write one by hand",
    }
}

fn unknown(trigger: &Trigger, step: &str) -> Problem {
    if trigger.name == step {
        return Problem::invalid(
            "steps.trigger",
            "Nothing starts this flow yet. Choose a trigger first",
        );
    }
    Problem::invalid("step_name", format!("There is no step called {step}"))
}

fn is_webhook(trigger: &Trigger) -> bool {
    matches!(&trigger.kind, TriggerKind::Piece(it) if it.piece_name == catalog::WEBHOOK)
}

pub(crate) fn sampled(flow: &Flow, step: &str, origin: &str) -> domain::event::Event {
    let detail = json!({ "revision": flow.revision, "step": step, "origin": origin });
    event(EventKind::FlowSampled, flow).with(detail)
}

impl Engine {
    /// What the trigger would give now, where it tells by itself: the newest record, or the clock.
    pub(crate) async fn newest(
        &self,
        actor: &Actor,
        trigger: &Trigger,
    ) -> Result<Option<Value>, Problem> {
        if let Some(schedule) = Schedule::of(trigger)? {
            return Ok(Some(schedule.output()));
        }
        if watching::watch(trigger).is_none() {
            return Ok(None);
        }
        let found = told::sampled(self, actor, trigger, json!({})).await?;
        Ok(Some(found).filter(|it| it.as_object().is_some_and(|it| !it.is_empty())))
    }

    /// Samples of the steps of `trigger`'s flow: of the newest whole run, and over them what was tried since. A sample
    /// that something else made is left out.
    pub(crate) async fn samples(
        &self,
        workspace: &WorkspaceId,
        flow: &FlowId,
        trigger: &Trigger,
    ) -> Result<Samples, Problem> {
        let mut conn = self.db.read().await?;
        let mut all = match last_whole(&mut conn, workspace, flow).await? {
            Some(run) => of_run(&mut conn, workspace, &run).await?,
            None => Samples::new(),
        };
        for stored in flow_samples::list(&mut conn, workspace, flow).await? {
            lay_over(&mut all, stored);
        }
        all.retain(|name, it| sample::maker(trigger, name).as_ref() == Some(&it.maker));
        Ok(all)
    }
}

/// The newer of two samples; after a failed trial the output from before stays.
fn lay_over(all: &mut Samples, stored: Sample) {
    let Some(before) = all.get_mut(&stored.step) else {
        all.insert(stored.step.clone(), stored);
        return;
    };
    if stored.at < before.at {
        return;
    }
    let kept = before.output.take().filter(|_| before.maker == stored.maker);
    let output = stored.output.clone().or(kept);
    *before = Sample { output, ..stored };
}

async fn last_whole(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    flow: &FlowId,
) -> Result<Option<Run>, StoreError> {
    let filter = RunFilter { flow_id: Some(flow.clone()), ..RunFilter::default() };
    let recent = run_lists::list(conn, workspace, &filter, "", RECENT).await?;
    Ok(recent.into_iter().find(|it| it.trial.is_none()))
}

/// What the steps of a run gave; of loops the first round.
async fn of_run(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    run: &Run,
) -> Result<Samples, StoreError> {
    let version = flows::version(conn, workspace, &run.flow_id, &run.flow_version_id).await?;
    let row = runs::find(conn, workspace, &RunId::from(run.id.as_str())).await?;
    let (Some(version), Some(row)) = (version, row) else { return Ok(Samples::new()) };
    let rows = run_steps::list(conn, workspace, &run.id).await?;
    let mut all = Samples::new();
    add(&mut all, &version.trigger, &steps::assemble(&row, &rows, &HashMap::new())?);
    Ok(all)
}

fn add(all: &mut Samples, trigger: &Trigger, steps: &Map<String, Value>) {
    for (name, step) in steps {
        let Ok(step) = serde_json::from_value::<StepOutput>(step.clone()) else { continue };
        let Some(maker) = sample::maker(trigger, name) else { continue };
        let rounds = step.output.as_ref().and_then(|it| it.get("iterations")?.as_array());
        let rounds = rounds.filter(|_| maker == "loop").cloned().unwrap_or_default();
        let mut output = step.output.filter(|_| step.status == StepStatus::Succeeded);
        if maker == "loop" {
            let items = step.input.get("items").and_then(Value::as_array);
            output = output.and(items.map(|it| sample::of_loop(it)));
        }
        if let Some(Value::Object(first)) = rounds.first() {
            add(all, trigger, first);
        }
        if output.is_none() && step.error_message.is_none() {
            continue;
        }
        let is_known = name == &trigger.name || tree::find(trigger, name).is_some();
        if is_known {
            let made = Sample {
                step: name.clone(),
                maker,
                origin: Origin::Run,
                input: step.input,
                output,
                error: step.error_message,
                warnings: step.warnings,
                logged: step.logged,
                duration: step.duration,
                at: step.started_at.unwrap_or_default(),
            };
            all.insert(name.clone(), made);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(at: &str, output: Option<Value>, error: Option<&str>) -> Sample {
        Sample {
            step: "step_1".to_owned(),
            maker: "loop".to_owned(),
            origin: Origin::Test,
            input: json!({}),
            output,
            error: error.map(str::to_owned),
            warnings: Vec::new(),
            logged: Vec::new(),
            duration: None,
            at: at.to_owned(),
        }
    }

    #[test]
    fn what_was_tried_later_counts_and_a_failure_keeps_what_was_given_before() {
        let mut all = Samples::new();
        lay_over(&mut all, made("2026-01-02", Some(json!(1)), None));
        lay_over(&mut all, made("2026-01-01", Some(json!(2)), None));
        assert_eq!(all["step_1"].output, Some(json!(1)));
        lay_over(&mut all, made("2026-01-03", None, Some("no access")));
        assert_eq!(all["step_1"].output, Some(json!(1)));
        assert_eq!(all["step_1"].error.as_deref(), Some("no access"));
    }
}
