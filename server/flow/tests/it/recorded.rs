//! Runs and requests as they were recorded from the engine whose flows we run, and where ours differ on purpose.
//!
//! Recordings that need a clock, a site or a second request stand as tests of their own beside what they are about, with
//! their numbers. Where we differ on purpose, beside [`differences`], is:
//!
//! - A missing connection (107) fails the step that names it, which says what to connect; theirs ends the run without a
//!   step. `connecting`.
//! - `{{connections['name'].path}}` (106) gives the value, as `{{connections.name.path}}` does; theirs an empty text.
//!   `connecting`.
//! - `{{step.error}}` gives the error of a step that goes on (082), and a branch may follow it; theirs is lost.
//!   `error_branch`.
//! - A reference that gives nothing leaves a warning at its step. `walking`.
//! - A synchronous call is answered the moment its run ends; theirs waits 30 seconds when no step answers (211) or the run
//!   fails (078). `walking`.
//! - Opening the link of an approval (086) shows a page, and a button decides once; a link that does not count any more
//!   (088, 089) says so. `answers`.
//! - After `kill -9` a step that was done never runs again (199). `crashing`, `sweeping`.
//! - A file in a request comes with it, encoded as base64; theirs is kept and has an address. Below.

use crate::coding::{runner, switch};
use crate::world::World;
use domain::flow::run::Run;
use flow::payload::HookRequest;
use serde_json::{Map, Value, json};

const RUNS: &str = include_str!("../vectors/runs.json");
const REQUESTS: &str = include_str!("../vectors/requests.json");

/// Where our runs differ on purpose: the recording, the place in its steps, what is there with us (null for nothing), and
/// why.
fn differences() -> Vec<(&'static str, &'static str, Value, &'static str)> {
    vec![(
        "164-flow-run-code-globals-SANDBOX_CODE_ONLY",
        "/step_1/output/Intl",
        json!("ERR Intl is not defined"),
        "code steps have no Intl",
    )]
}

/// What a step is compared by: how it stands, what it was given and what it gave. The input of a router is its settings.
fn comparable(step: &Value) -> Value {
    let Value::Object(step) = step else { return step.clone() };
    let is_router = step.get("type").is_some_and(|it| it == "ROUTER");
    let kept = step.iter().filter(|(name, _)| match name.as_str() {
        "type" | "status" | "output" => true,
        "input" => !is_router,
        _ => false,
    });
    let mut kept: Map<String, Value> = kept.map(|(name, it)| (name.clone(), it.clone())).collect();
    if let Some(Value::Array(rounds)) =
        kept.get_mut("output").and_then(|it| it.get_mut("iterations"))
    {
        for round in rounds.iter_mut().filter_map(Value::as_object_mut) {
            round.values_mut().for_each(|it| *it = comparable(it));
        }
    }
    Value::Object(kept)
}

fn steps_of(run: &Run) -> Value {
    let steps = run.steps.iter().filter(|(name, _)| *name != "trigger");
    Value::Object(steps.map(|(name, it)| (name.clone(), comparable(it))).collect())
}

/// What was recorded, with our differences put in.
fn expected(recording: &Value) -> Value {
    let steps = recording["steps"].as_object().expect("steps");
    let mut steps: Value =
        Value::Object(steps.iter().map(|(name, it)| (name.clone(), comparable(it))).collect());
    for (of, place, ours, _) in differences() {
        if recording["recording"] == of {
            *steps.pointer_mut(place).expect("a place that was recorded") = ours;
        }
    }
    steps
}

#[tokio::test]
async fn recorded_flows_run_as_they_were_recorded() {
    let recordings: Vec<Value> = serde_json::from_str(RUNS).expect("recordings");
    assert!(recordings.len() > 10);
    for world in World::both_with(|it| it.code = runner()).await {
        switch(&world, "on").await;
        for recording in &recordings {
            let name = format!("{} {}", recording["recording"], world.name);
            let flow = world.published(recording["trigger"].clone()).await;
            let run = world.fire(&flow, recording["body"].clone()).await;
            let run = world.ended(&run).await;
            assert_eq!(json!(run.status), recording["status"], "{name}: {:?}", run.error);
            let failed = run.failed_step.as_ref().map(|it| it.name.as_str());
            assert_eq!(json!(failed), recording["failedStep"], "{name}");
            assert_eq!(steps_of(&run), expected(recording), "{name}");
        }
    }
}

#[test]
fn recorded_requests_give_what_was_recorded() {
    let recordings: Vec<Value> = serde_json::from_str(REQUESTS).expect("recordings");
    for recording in recordings {
        let text = |name: &str| recording[name].as_str().unwrap_or_default().to_owned();
        let kind = recording["contentType"].as_str();
        let request = HookRequest {
            method: text("method"),
            headers: kind
                .map(|it| ("content-type".to_owned(), it.to_owned()))
                .into_iter()
                .collect(),
            query: text("query"),
            body: text("body").into_bytes(),
        };
        let mut expected = recording["output"].clone();
        if recording["recording"] == "webhook-payload-octet" {
            // The difference: theirs has an address here.
            expected["body"] =
                json!({ "base64": "AAE=", "contentType": "application/octet-stream" });
        }
        let given = request.output().ok().map(|mut it| {
            it.as_object_mut().expect("an object").shift_remove("headers");
            it
        });
        assert_eq!(json!(given), expected, "{}", recording["recording"]);
    }
}
