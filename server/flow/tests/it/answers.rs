//! Runs that wait for a person, for a site, and for the flows they call.

use crate::world::{World, admin, chain, keep_going, on_webhook, piece, request, set_fields, wait};
use domain::flow::Flow;
use domain::flow::listing::RunFilter;
use domain::flow::run::{Run, RunStatus};
use domain::ids::RunId;
use domain::problem::Problem;
use flow::hooks::HookAnswer;
use flow::waits::Given;
use serde_json::{Value, json};
use std::time::Duration;

const APPROVAL: &str = "@activepieces/piece-approval";
const FLOWS: &str = "@activepieces/piece-subflows";

/// The run and the secret of an address.
fn parts(address: &str) -> (RunId, String) {
    let address = address.split('?').next().unwrap();
    let mut words = address.rsplit('/');
    let id = words.next().unwrap().to_owned();
    (RunId::from(words.nth(1).unwrap()), id)
}

/// The secret of the links that a step made.
pub(crate) fn approval_of(links: &Value) -> String {
    parts(links["approvalLink"].as_str().unwrap()).1
}

#[tokio::test]
async fn a_link_lets_a_run_go_on_once() {
    for world in World::both().await {
        let flow = world
            .published(on_webhook(chain(vec![
                piece(
                    "step_1",
                    APPROVAL,
                    "create_approval_links",
                    json!({ "message": "Ship it?" }),
                ),
                piece("step_2", APPROVAL, "wait_for_approval", json!({})),
                wait("step_3", 60),
                set_fields("step_4", json!({ "ok": "{{step_2.approved}}" })),
            ])))
            .await;
        let run = world.fire(&flow, json!({})).await;
        let paused = world.until(&run, &[RunStatus::Paused]).await;
        let link = paused.steps["step_1"]["output"]["approvalLink"].as_str().unwrap();
        let (of, id) = parts(link);
        assert_eq!(of, run);
        let asked = world.runs.asked(&run, &id).await.unwrap();
        assert!(asked.is_open && asked.is_approval && asked.message == "Ship it?");
        let guess = world.runs.approve(&run, "guess", (true, "")).await;
        assert_eq!(guess, Err(Problem::not_found("Request")));
        let first = world.runs.approve(&run, &id, (true, "Fine")).await;
        assert_eq!(first, Ok(Given::Taken), "{}", world.name);
        assert_eq!(world.runs.approve(&run, &id, (false, "")).await, Ok(Given::Before));
        // The delay after it is waited for, though the answer is there.
        let waiting = paused_at(&world, &run, "step_3").await;
        assert_eq!(
            waiting.steps["step_2"]["output"],
            json!({ "approved": true, "comment": "Fine" })
        );
        world.pass(Duration::from_secs(60));
        let ended = world.ended(&run).await;
        assert_eq!(ended.steps["step_4"]["output"], json!({ "ok": true }));
        assert!(!world.runs.asked(&run, &id).await.unwrap().is_open);
    }
}

async fn paused_at(world: &World, run: &RunId, step: &str) -> Run {
    let is_there = |it: &Run| it.status == RunStatus::Paused && it.steps.contains_key(step);
    world.reached(run, is_there).await
}

#[tokio::test]
async fn an_answer_before_the_pause_counts() {
    let world = World::sqlite().await;
    let flow = world
        .published(on_webhook(chain(vec![
            piece("step_1", APPROVAL, "create_approval_links", json!({})),
            wait("step_2", 60),
            piece("step_3", APPROVAL, "wait_for_approval", json!({})),
        ])))
        .await;
    let run = world.fire(&flow, json!({})).await;
    let paused = paused_at(&world, &run, "step_2").await;
    let (_, id) = parts(paused.steps["step_1"]["output"]["approvalLink"].as_str().unwrap());
    assert_eq!(world.runs.approve(&run, &id, (false, "")).await, Ok(Given::Taken));
    world.pass(Duration::from_secs(60));
    let ended = world.ended(&run).await;
    assert_eq!(ended.steps["step_3"]["output"]["approved"], false);
}

#[tokio::test]
async fn nobody_answers_and_the_time_is_over() {
    for world in World::both().await {
        let ask = piece("step_1", APPROVAL, "wait_for_approval", json!({ "message": "Go on?" }));
        let flow = world.published(on_webhook(ask)).await;
        let run = world.fire(&flow, json!({})).await;
        paused_at(&world, &run, "step_1").await;
        world.pass(Duration::from_secs(31 * 86_400));
        let ended = world.ended(&run).await;
        assert_eq!(ended.status, RunStatus::Failed, "{}", world.name);
        assert!(ended.error.unwrap().contains("Nobody answered"));
    }
}

#[tokio::test]
async fn a_caller_is_told_where_the_next_request_goes() {
    for world in World::both().await {
        let input = json!({
            "responseType": "json", "fields": { "status": 202, "headers": {}, "body": { "hi": 1 } },
        });
        let hook = "@activepieces/piece-webhook";
        let flow = world
            .published(on_webhook(chain(vec![
                piece("step_1", hook, "return_response_and_wait_for_next_webhook", input),
                set_fields("step_2", json!({ "y": "{{step_1.body.y}}" })),
            ])))
            .await;
        let told = world.call(&flow, json!({})).await.unwrap();
        let HookAnswer::Responded { run, status, headers, .. } = told else { panic!("{told:?}") };
        assert_eq!(status, 202);
        let next = headers.iter().find(|it| it.0 == "x-next-webhook-url").unwrap();
        let (_, id) = parts(&next.1);
        let sent = request(json!({ "y": 7 }));
        assert_eq!(world.runs.resume(&run, &id, &sent).await, Ok(Given::Taken), "{}", world.name);
        assert_eq!(world.runs.resume(&run, &id, &sent).await, Ok(Given::Before));
        let ended = world.ended(&run).await;
        assert_eq!(ended.steps["step_2"]["output"], json!({ "y": 7 }));
    }
}

/// A flow that other flows call, with `next` after its trigger.
pub(crate) async fn callable(world: &World, next: Value) -> Flow {
    world
        .published(json!({
            "name": "trigger", "displayName": "When a flow calls", "type": "PIECE_TRIGGER", "valid": true,
            "settings": {
                "pieceName": FLOWS, "pieceVersion": "~0.4.9", "triggerName": "callableFlow", "input": {},
                "propertySettings": {},
            },
            "nextAction": next,
        }))
        .await
}

pub(crate) fn call(name: &str, flow: &Flow, payload: Value) -> Value {
    let input =
        json!({ "flow": flow.id, "flowProps": { "payload": payload }, "waitForResponse": true });
    piece(name, FLOWS, "callFlow", input)
}

#[tokio::test]
async fn a_flow_is_called_and_answers() {
    for world in World::both().await {
        let response = json!({ "response": { "response": { "twice": "{{trigger.data.n * 2}}" } } });
        let child = callable(&world, piece("step_1", FLOWS, "returnResponse", response)).await;
        let silent = callable(&world, set_fields("step_1", json!({ "last": 1 }))).await;
        let flow = world
            .published(on_webhook(chain(vec![
                call("step_1", &child, json!({ "n": "{{trigger.body.n}}" })),
                call("step_2", &silent, json!({})),
                set_fields("step_3", json!({ "got": "{{step_1.data.twice}}" })),
            ])))
            .await;
        let run = world.fire(&flow, json!({ "n": 4 })).await;
        let ended = world.ended(&run).await;
        assert_eq!(ended.status, RunStatus::Succeeded, "{}: {ended:?}", world.name);
        assert_eq!(ended.steps["step_3"]["output"], json!({ "got": 8 }));
        assert_eq!(
            ended.steps["step_2"]["output"],
            json!({ "status": "success", "data": { "last": 1 } })
        );
        let of_child = RunFilter { flow_id: Some(child.id.clone()), ..RunFilter::default() };
        let children = world.runs.list(&admin(), &of_child).await.unwrap().data;
        assert_eq!(children.len(), 1);
        assert_eq!(children[0].triggered_by, "flow");
    }
}

#[tokio::test]
async fn what_goes_wrong_in_a_called_flow_fails_the_call() {
    let world = World::sqlite().await;
    let stop = piece(
        "step_1",
        "@pmos/piece-control",
        "stop_run",
        json!({ "as": "failed", "reason": "Too late" }),
    );
    let failing = callable(&world, stop).await;
    let waiting = callable(&world, wait("step_1", 600)).await;
    let plain = world.published(on_webhook(set_fields("step_1", json!({})))).await;
    let flow = world
        .published(on_webhook(chain(vec![
            keep_going(call("step_1", &failing, json!({}))),
            keep_going(call("step_2", &plain, json!({}))),
            call("step_3", &waiting, json!({})),
        ])))
        .await;
    let run = world.fire(&flow, json!({})).await;
    paused_at(&world, &run, "step_3").await;
    let of_child = RunFilter { flow_id: Some(waiting.id.clone()), ..RunFilter::default() };
    let child = world.runs.list(&admin(), &of_child).await.unwrap().data[0].id.clone();
    world.runs.cancel(&admin(), &child).await.unwrap();
    let ended = world.ended(&run).await;
    let error = |step: &str| ended.steps[step]["errorMessage"].as_str().unwrap().to_owned();
    assert!(error("step_1").contains("Too late"));
    assert!(error("step_2").contains("does not start when it is called"));
    assert!(error("step_3").contains("was stopped"));
    assert_eq!(ended.status, RunStatus::Failed);
}

#[tokio::test]
async fn flows_that_call_each_other_without_end_are_stopped() {
    let world = World::sqlite().await;
    let itself = callable(&world, set_fields("step_1", json!({}))).await;
    let edit = domain::flow::edit::ImportFlow {
        display_name: "Round".to_owned(),
        trigger: serde_json::from_value({
            let mut trigger = serde_json::to_value(&itself.version.trigger).unwrap();
            trigger["nextAction"] = call("step_1", &itself, json!({}));
            trigger
        })
        .unwrap(),
        schema_version: None,
        notes: None,
        keep_samples: false,
    };
    let edits = vec![domain::flow::edit::FlowEdit::ImportFlow(Box::new(edit))];
    world.flows.edit(&admin(), &itself.id, None, edits).await.unwrap();
    world.flows.publish(&admin(), &itself.id).await.unwrap();
    let starter = world.published(on_webhook(call("step_1", &itself, json!({})))).await;
    let run = world.fire(&starter, json!({})).await;
    let ended = world.ended(&run).await;
    assert_eq!(ended.status, RunStatus::Failed);
    assert!(ended.error.unwrap().contains("deep"));
}
