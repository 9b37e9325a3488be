//! Waiting, trying again, stopping, starting by the clock.

use crate::site::Site;
use crate::world::{PATIENCE, World, actor, admin, chain, on_webhook, piece, set_fields, wait};
use domain::actor::{Actor, Role};
use domain::flow::listing::RunFilter;
use domain::flow::run::{Retry, RunStatus, Which};
use domain::ids::UserId;
use domain::problem::Problem;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_delay_parks_the_run_and_its_time_takes_it_up() {
    for world in World::both().await {
        let flow = world
            .published(on_webhook(chain(vec![
                wait("step_1", 12),
                set_fields("step_2", json!({ "a": 1 })),
            ])))
            .await;
        let run = world.fire(&flow, json!({})).await;
        let paused = world.until(&run, &[RunStatus::Paused]).await;
        assert_eq!(paused.steps["step_1"]["status"], "PAUSED");
        assert!(!paused.steps.contains_key("step_2"));
        world.pass(Duration::from_secs(12));
        let ended = world.ended(&run).await;
        assert_eq!(ended.status, RunStatus::Succeeded, "{}", world.name);
        assert_eq!(
            ended.steps["step_1"]["output"],
            json!({ "delayForInMs": 12_000, "success": true })
        );
        assert_eq!(ended.steps["step_2"]["output"], json!({ "a": 1 }));
        assert_eq!(ended.resumed, 0);
    }
}

fn post(name: &str, url: &str, retry: bool) -> Value {
    let input = json!({
        "method": "POST", "url": url, "headers": {}, "queryParams": {}, "authType": "NONE", "body_type": "json",
        "body": { "data": { "n": "{{trigger.body.n}}" } },
    });
    let mut step = piece(name, "@activepieces/piece-http", "send_request", input);
    step["settings"]["errorHandlingOptions"] =
        json!({ "continueOnFailure": { "value": false }, "retryOnFailure": { "value": retry } });
    step
}

/// Recording 094: 4, 8 and 16 seconds, four tries in all; here the run holds nothing meanwhile.
#[tokio::test]
async fn a_step_that_fails_is_tried_again_after_growing_waits() {
    let world = World::sqlite().await;
    let site = Site::open().await;
    site.fail(3);
    world.allow(&[site.host()]).await;
    let flow = world.published(on_webhook(post("step_1", &site.url("/fail"), true))).await;
    let run = world.fire(&flow, json!({ "n": 1 })).await;
    for (tries, seconds) in [(1, 4), (2, 8), (3, 16)] {
        site.came(tries).await;
        let paused = world.until(&run, &[RunStatus::Paused]).await;
        assert!(paused.steps["step_1"]["errorMessage"].as_str().unwrap().contains("500"));
        world.pass(Duration::from_secs(seconds));
    }
    let ended = world.ended(&run).await;
    assert_eq!(ended.status, RunStatus::Succeeded);
    let keys: Vec<_> =
        site.arrived().iter().map(|it| it.headers["idempotency-key"].clone()).collect();
    assert_eq!(keys.len(), 4);
    assert!(keys.iter().all(|it| it == keys[0]));
}

#[tokio::test]
async fn a_step_is_tried_again_as_its_policy_says() {
    for world in World::both().await {
        let site = Site::open().await;
        site.fail(9);
        world.allow(&[site.host()]).await;
        let mut step = post("step_1", &site.url("/fail"), true);
        step["settings"]["errorHandlingOptions"]["retryPolicy"] =
            json!({ "attempts": 2, "waitSeconds": 60, "doubles": false });
        let flow = world.published(on_webhook(step)).await;
        let run = world.fire(&flow, json!({ "n": 1 })).await;
        world.until(&run, &[RunStatus::Paused]).await;
        world.pass(Duration::from_secs(59));
        world.pass(Duration::from_secs(1));
        let ended = world.ended(&run).await;
        assert_eq!(ended.status, RunStatus::Failed, "{}", world.name);
        assert_eq!(ended.steps["step_1"]["retries"], 1);
        assert_eq!(site.count("/fail"), 2);
    }
}

#[tokio::test]
async fn a_retry_repeats_no_finished_step() {
    let world = World::sqlite().await;
    let site = Site::open().await;
    site.fail(1);
    world.allow(&[site.host()]).await;
    let steps = chain(vec![
        post("step_1", &site.url("/ok"), false),
        post("step_2", &site.url("/fail"), false),
    ]);
    let flow = world.published(on_webhook(steps)).await;
    let first = world.fire(&flow, json!({ "n": 1 })).await;
    let failed = world.ended(&first).await;
    assert_eq!(
        (failed.status, failed.failed_step.unwrap().name),
        (RunStatus::Failed, "step_2".to_owned())
    );
    let member = Actor { user: UserId::from("bob"), ..actor("w1", Role::Member) };
    let others = world.runs.retry(&member, &first, Retry::FromFailedStep).await;
    assert!(matches!(others, Err(Problem::Forbidden { .. })));
    let again = world.runs.retry(&admin(), &first, Retry::FromFailedStep).await.unwrap();
    let ended = world.ended(&again.id).await;
    assert_eq!((ended.status, ended.triggered_by.as_str()), (RunStatus::Succeeded, "retry"));
    assert_eq!((site.count("/ok"), site.count("/fail")), (1, 2));
    assert_eq!(world.ended(&first).await.status, RunStatus::Failed);
    let fresh = world.runs.retry(&admin(), &first, Retry::OnLatestVersion).await.unwrap();
    assert_eq!(world.ended(&fresh.id).await.status, RunStatus::Succeeded);
    assert_eq!(site.count("/ok"), 2);
    let refused = world.runs.retry(&admin(), &fresh.id, Retry::FromFailedStep).await;
    assert!(
        matches!(refused, Err(Problem::Conflict { status: Some(it), .. }) if it == "SUCCEEDED")
    );
}

#[tokio::test]
async fn a_run_can_be_stopped_while_it_works_and_while_it_waits() {
    for world in World::both().await {
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        let working = world.published(on_webhook(post("step_1", &site.url("/hang"), false))).await;
        let run = world.fire(&working, json!({})).await;
        site.came(1).await;
        let stopped = world.runs.cancel(&admin(), &run).await.unwrap();
        assert_eq!(stopped.status, RunStatus::Canceled);
        assert_eq!(stopped.steps["step_1"]["status"], "FAILED");
        let waiting = world.published(on_webhook(wait("step_1", 60))).await;
        let run = world.fire(&waiting, json!({})).await;
        world.until(&run, &[RunStatus::Paused]).await;
        world.runs.cancel(&admin(), &run).await.unwrap();
        let again = world.runs.cancel(&admin(), &run).await;
        assert!(
            matches!(again, Err(Problem::Conflict { status: Some(it), .. }) if it == "CANCELED")
        );
    }
}

pub(crate) fn every_day() -> Value {
    json!({
        "name": "trigger", "displayName": "Every day", "type": "PIECE_TRIGGER", "valid": true,
        "settings": {
            "pieceName": "@activepieces/piece-schedule", "pieceVersion": "~0.1.15", "triggerName": "every_day",
            "input": { "hour_of_the_day": 9, "timezone": "UTC", "run_on_weekends": true }, "propertySettings": {},
        },
        "nextAction": set_fields("step_1", json!({ "at": "{{trigger.cron_expression}}" })),
    })
}

#[tokio::test]
async fn a_flow_starts_by_the_clock_and_makes_up_for_missed_times_once() {
    for world in World::both().await {
        let flow = world.published(every_day()).await;
        let filter = RunFilter { flow_id: Some(flow.id.clone()), ..RunFilter::default() };
        let mut changes = world.db.changes();
        // Three times of the day have passed when the worker looks again.
        world.pass(Duration::from_secs(3 * 86_400));
        let begins = async {
            loop {
                let found = world.runs.list(&admin(), &filter).await.unwrap().data;
                if let Some(run) = found.first() {
                    break run.id.clone();
                }
                drop(changes.recv().await);
            }
        };
        let run = tokio::time::timeout(PATIENCE, begins).await.expect("a run begins");
        let ended = world.ended(&run).await;
        assert_eq!((ended.status, ended.triggered_by.as_str()), (RunStatus::Succeeded, "schedule"));
        assert_eq!(ended.steps["step_1"]["output"], json!({ "at": "0 9 * * *" }));
        assert_eq!(world.runs.list(&admin(), &filter).await.unwrap().data.len(), 1);
    }
}

#[tokio::test]
async fn a_person_starts_what_is_published_and_tests_the_draft() {
    let world = World::sqlite().await;
    let manual = json!({
        "name": "trigger", "displayName": "By hand", "type": "PIECE_TRIGGER", "valid": true,
        "settings": {
            "pieceName": "@activepieces/piece-manual-trigger", "pieceVersion": "~0.0.3",
            "triggerName": "manual_trigger", "input": {}, "propertySettings": {},
        },
        "nextAction": set_fields("step_1", json!({ "x": "{{trigger.x}}" })),
    });
    let flow = world.drafted(manual).await.unwrap();
    let refused = world.runs.start(&admin(), &flow.id, json!({}), Which::Published).await;
    assert!(matches!(refused, Err(Problem::Invalid { .. })));
    let test = world.runs.start(&admin(), &flow.id, json!({ "x": 7 }), Which::Draft).await.unwrap();
    let ended = world.ended(&test.id).await;
    assert_eq!((ended.status, ended.environment.as_str()), (RunStatus::Succeeded, "TESTING"));
    assert_eq!(ended.steps["step_1"]["output"], json!({ "x": 7 }));
}
