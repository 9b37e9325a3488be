//! Steps tested there, and what they gave.

use crate::activepieces::client::Ask;
use crate::activepieces::{NAME, Remote, only_there};
use crate::samples::sampled;
use crate::trials::StepTest;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::flow::run::{Run, StepOutput, StepStatus};
use domain::flow::sample::{self, Origin, Sample};
use domain::flow::{Flow, VersionState, tree};
use domain::ids::{FlowId, RunId};
use domain::problem::Problem;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// How often a test is looked at, and how long between two looks: 25 seconds in all.
const LOOKS: u32 = 100;
const LOOK_EVERY: Duration = Duration::from_millis(250);

impl Remote {
    /// Runs one step of the newest version there, on the samples that are kept there.
    pub(crate) async fn test_step(
        &self,
        actor: &Actor,
        id: &FlowId,
        step: &str,
        input: &Map<String, Value>,
    ) -> Result<StepTest, Problem> {
        actor.require(Permission::Write)?;
        let flow = self.flow(actor, id, None).await?;
        if tree::find(&flow.version.trigger, step).is_none() {
            return Err(Problem::invalid("step_name", format!("There is no step called {step}")));
        }
        if !input.is_empty() {
            let hint = "Save the inputs in the step, then test it";
            return Err(only_there("tests a step with what it holds and nothing else", hint));
        }
        let body = json!({
            "projectId": self.project(), "flowVersionId": flow.version.id, "stepName": step,
        });
        let told = self.call("Step", Ask::post("/sample-data/test-step", body)).await?;
        let run = RunId::from(told["id"].as_str().unwrap_or_default());
        let begun = Event::new(EventKind::RunQueued, &run, flow.version.display_name.as_str());
        self.record(actor, begun).await?;
        let run = self.over(actor, &run).await?;
        if !run.status.is_terminal() {
            return Ok(StepTest { run, sample: None });
        }
        let sample = given(&flow, step, &run);
        let is_draft = flow.version.state == VersionState::Draft;
        if let Some(output) = sample.as_ref().and_then(|it| it.output.as_ref()).filter(|_| is_draft)
        {
            // Steps after this one are tested on it.
            self.keep_sample(id, step, output).await?;
        }
        Ok(StepTest { run, sample })
    }

    /// The run when it has ended, or as it stands when patience ends.
    async fn over(&self, actor: &Actor, id: &RunId) -> Result<Run, Problem> {
        for _ in 0..LOOKS {
            let run = self.run(actor, id).await?;
            if run.status.is_terminal() {
                return Ok(run);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.run(actor, id).await
    }

    async fn keep_sample(&self, id: &FlowId, step: &str, output: &Value) -> Result<(), Problem> {
        let request = json!({ "stepName": step, "payload": output, "type": "OUTPUT" });
        let operation = json!({ "type": "SAVE_SAMPLE_DATA", "request": request });
        self.call("Flow", Ask::post(format!("/flows/{id}"), operation)).await.map(drop)
    }

    /// Keeps `output` as what the step gives.
    pub(crate) async fn give_sample(
        &self,
        actor: &Actor,
        id: &FlowId,
        step: &str,
        output: &Value,
    ) -> Result<Sample, Problem> {
        actor.require(Permission::Write)?;
        let flow = self.flow(actor, id, None).await?;
        let Some(maker) = sample::maker(&flow.version.trigger, step) else {
            return Err(Problem::invalid("step_name", format!("There is no step called {step}")));
        };
        self.keep_sample(id, step, output).await?;
        let sample = Sample {
            output: Some(output.clone()),
            ..bare(step, maker, Origin::Given, flow.version.updated.clone())
        };
        self.record(actor, sampled(&flow, step, Origin::Given.as_str())).await?;
        Ok(sample)
    }

    /// What is kept there as the output of steps.
    pub(crate) async fn samples(
        &self,
        actor: &Actor,
        id: &FlowId,
    ) -> Result<BTreeMap<String, Sample>, Problem> {
        let flow = self.flow(actor, id, None).await?;
        let mut found = BTreeMap::new();
        for (step, at) in kept_there(&flow) {
            let Some(maker) = sample::maker(&flow.version.trigger, &step) else { continue };
            let ask = Ask::get("/sample-data")
                .with("projectId", self.project())
                .with("flowId", id)
                .with("flowVersionId", &flow.version.id)
                .with("stepName", &step)
                .with("type", "OUTPUT");
            let output = self.call("Step", ask).await?;
            let kept = Sample {
                output: Some(output).filter(|it| !it.is_null()),
                ..bare(&step, maker, Origin::Test, at)
            };
            found.insert(step, kept);
        }
        Ok(found)
    }
}

/// Steps of which the server keeps an output, with when it was tested.
fn kept_there(flow: &Flow) -> Vec<(String, String)> {
    let trigger = &flow.version.trigger;
    let steps = tree::steps(trigger).into_iter().map(|it| (it.name.clone(), json!(it.kind)));
    let all = std::iter::once((trigger.name.clone(), json!(trigger.kind))).chain(steps);
    all.filter_map(|(name, kind)| {
        let kept = &kind["settings"]["sampleData"];
        kept["sampleDataFileId"].as_str().filter(|it| !it.is_empty())?;
        let at = kept["lastTestDate"].as_str().unwrap_or(&flow.version.updated);
        Some((name, at.to_owned()))
    })
    .collect()
}

fn bare(step: &str, maker: String, origin: Origin, at: String) -> Sample {
    Sample {
        step: step.to_owned(),
        maker,
        origin,
        input: Value::Null,
        output: None,
        error: None,
        warnings: Vec::new(),
        logged: Vec::new(),
        duration: None,
        at,
    }
}

/// What the tested step left in its run.
fn given(flow: &Flow, step: &str, run: &Run) -> Option<Sample> {
    let maker = sample::maker(&flow.version.trigger, step)?;
    let at = run.finish_time.clone().unwrap_or_else(|| run.created.clone());
    let left = bare(step, maker, Origin::Test, at);
    let told = run.steps.get(step).cloned()?;
    let Ok(told) = serde_json::from_value::<StepOutput>(told) else {
        let error = Some(format!("{NAME} says nothing of this step that can be read"));
        return Some(Sample { error, ..left });
    };
    let is_done = told.status == StepStatus::Succeeded;
    Some(Sample {
        input: told.input,
        output: told.output.filter(|_| is_done),
        error: told.error_message.filter(|_| !is_done),
        duration: told.duration,
        ..left
    })
}
