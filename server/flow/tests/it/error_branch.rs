//! What runs when a step failed, and where the run goes on after it.

use crate::site::Site;
use crate::world::{
    World, admin, chain, for_each, keep_going, on_webhook, piece, set_fields, wait,
};
use domain::flow::run::{Retry, Run, RunStatus};
use serde_json::{Value, json};
use std::time::Duration;

/// A step that fails with `reason` when the condition holds, and else gives nothing.
fn may_fail(name: &str, reason: &str, condition: &str) -> Value {
    let verdict = format!("{{{{ {condition} ? 'failed' : 'finished' }}}}");
    piece(name, "@pmos/piece-control", "stop_run", json!({ "as": verdict, "reason": reason }))
}

fn fails(name: &str, reason: &str) -> Value {
    may_fail(name, reason, "true")
}

fn on_error(mut step: Value, first: Value) -> Value {
    step["onErrorAction"] = first;
    step
}

fn told(name: &str, failed: &str) -> Value {
    set_fields(name, json!({ "why": format!("{{{{{failed}.error}}}}") }))
}

fn status<'a>(run: &'a Run, step: &str) -> &'a Value {
    &run.steps.get(step).unwrap_or(&Value::Null)["status"]
}

#[tokio::test]
async fn an_error_branch_sees_the_error_and_the_run_goes_on() {
    for world in World::both().await {
        let risky = on_error(keep_going(fails("step_1", "No paper")), told("step_2", "step_1"));
        let after = set_fields("step_3", json!({ "told": "{{step_2.why}}", "gave": "{{step_1}}" }));
        let flow = world.published(on_webhook(chain(vec![risky, after]))).await;
        let run = world.fire(&flow, json!({})).await;
        let run = world.ended(&run).await;
        assert_eq!(run.status, RunStatus::Succeeded, "{}: {run:?}", world.name);
        assert_eq!(status(&run, "step_1"), "FAILED");
        assert_eq!(run.steps["step_2"]["output"], json!({ "why": "No paper" }));
        assert_eq!(run.steps["step_3"]["output"], json!({ "told": "No paper", "gave": "" }));
    }
}

#[tokio::test]
async fn without_going_on_the_branch_runs_and_the_run_fails_with_the_first_error() {
    for world in World::both().await {
        let risky = on_error(fails("step_1", "No paper"), told("step_2", "step_1"));
        let flow =
            world.published(on_webhook(chain(vec![risky, set_fields("step_3", json!({}))]))).await;
        let run = world.fire(&flow, json!({})).await;
        let run = world.ended(&run).await;
        assert_eq!(run.status, RunStatus::Failed, "{}", world.name);
        assert_eq!(run.failed_step.as_ref().map(|it| it.name.as_str()), Some("step_1"));
        assert_eq!(run.error.as_deref(), Some("No paper"));
        assert_eq!(run.steps["step_2"]["output"], json!({ "why": "No paper" }));
        assert!(!run.steps.contains_key("step_3"));
    }
}

#[tokio::test]
async fn a_step_of_the_branch_that_fails_is_what_the_run_failed_of() {
    let world = World::sqlite().await;
    let risky = on_error(keep_going(fails("step_1", "No paper")), fails("step_2", "No ink"));
    let flow = world.published(on_webhook(risky)).await;
    let run = world.fire(&flow, json!({})).await;
    let run = world.ended(&run).await;
    assert_eq!(run.status, RunStatus::Failed);
    assert_eq!(run.failed_step.map(|it| it.name), Some("step_2".to_owned()));
    assert_eq!(run.error.as_deref(), Some("No ink"));
}

/// Each round has its own error: one that succeeds takes no branch, whatever an earlier round did.
#[tokio::test]
async fn a_round_takes_the_branch_only_when_its_own_step_failed() {
    for world in World::both().await {
        let call = |name: &str, url: &str| {
            let input = json!({
                "method": "GET", "url": url, "headers": {}, "queryParams": {}, "authType": "NONE",
                "body_type": "none",
            });
            piece(name, "@activepieces/piece-http", "send_request", input)
        };
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        let risky = keep_going(call("step_2", &site.url("/{{step_1.item}}")));
        let body = on_error(risky, told("step_3", "step_2"));
        let steps = for_each("step_1", "{{trigger.body.rows}}", body);
        let flow = world.published(on_webhook(steps)).await;
        let rows = json!(["echo", "ok", "echo"]);
        let run = world.fire(&flow, json!({ "rows": rows })).await;
        let run = world.ended(&run).await;
        assert_eq!(run.status, RunStatus::Succeeded, "{}: {run:?}", world.name);
        let rounds = &run.steps["step_1"]["output"]["iterations"];
        let taken: Vec<bool> = (0..3).map(|at| rounds[at].get("step_3").is_some()).collect();
        assert_eq!(taken, [true, false, true]);
    }
}

#[tokio::test]
async fn a_pause_in_the_branch_does_not_try_the_failed_step_again() {
    for world in World::both().await {
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        let input = json!({
            "method": "GET", "url": site.url("/echo"), "headers": {}, "queryParams": {},
            "authType": "NONE", "body_type": "none",
        });
        let risky = piece("step_1", "@activepieces/piece-http", "send_request", input);
        let branch = chain(vec![wait("step_2", 60), told("step_3", "step_1")]);
        let flow = world.published(on_webhook(on_error(keep_going(risky), branch))).await;
        let run = world.fire(&flow, json!({})).await;
        world.until(&run, &[RunStatus::Paused]).await;
        world.pass(Duration::from_secs(61));
        let run = world.ended(&run).await;
        assert_eq!(run.status, RunStatus::Succeeded, "{}: {run:?}", world.name);
        assert_eq!(site.count("/echo"), 1);
        assert!(run.steps["step_3"]["output"]["why"].as_str().unwrap().contains("401"));
    }
}

#[tokio::test]
async fn a_retry_begins_the_branch_again_too() {
    for world in World::both().await {
        let log = |name: &str| {
            let input = json!({ "key": "log", "value": ["x"], "store_scope": "FLOW" });
            piece(name, "@activepieces/piece-store", "add_to_list", input)
        };
        let before = log("step_1");
        let risky = on_error(fails("step_2", "No paper"), log("step_3"));
        let flow = world.published(on_webhook(chain(vec![before, risky]))).await;
        let run = world.fire(&flow, json!({})).await;
        let run = world.ended(&run).await;
        assert_eq!(run.steps["step_3"]["output"], json!(["x", "x"]), "{}", world.name);
        let again = world.runs.retry(&admin(), &run.id, Retry::FromFailedStep).await.unwrap();
        let again = world.ended(&again.id).await;
        assert_eq!(again.steps["step_1"]["output"], json!(["x"]));
        assert_eq!(again.steps["step_3"]["output"], json!(["x", "x", "x"]));
    }
}

#[tokio::test]
async fn leaving_the_loop_in_the_branch_leaves_it() {
    let world = World::sqlite().await;
    let leave = piece("step_3", "@pmos/piece-control", "leave_loop", json!({}));
    let risky = on_error(fails("step_2", "Enough"), leave);
    let steps = chain(vec![
        for_each("step_1", "{{trigger.body.rows}}", risky),
        set_fields("step_4", json!({ "rounds": "{{step_1.index}}" })),
    ]);
    let flow = world.published(on_webhook(steps)).await;
    let run = world.fire(&flow, json!({ "rows": [1, 2, 3] })).await;
    let run = world.ended(&run).await;
    assert_eq!(run.status, RunStatus::Succeeded, "{run:?}");
    assert_eq!(run.steps["step_4"]["output"], json!({ "rounds": 1 }));
}

#[tokio::test]
async fn what_is_wrong_in_the_branch_keeps_a_flow_from_being_published() {
    let world = World::sqlite().await;
    let risky = on_error(fails("step_1", "x"), told("step_2", "step_9"));
    let flow = world.drafted(on_webhook(risky)).await.unwrap();
    let refused = world.flows.publish(&admin(), &flow.id).await.unwrap_err();
    assert!(refused.to_string().contains("step_9"), "{refused}");
}
