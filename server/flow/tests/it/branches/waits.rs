//! Branches that wait, each for its own time or answer.

use super::{add, at_once, kept, put, status};
use crate::answers::approval_of;
use crate::site::Site;
use crate::world::{World, chain, on_webhook, piece, set_fields, wait};
use domain::flow::run::{Run, RunStatus};
use domain::ids::RunId;
use flow::waits::Given;
use serde_json::{Value, json};
use std::time::Duration;

const APPROVAL: &str = "@activepieces/piece-approval";

pub(crate) fn approval(name: &str, question: &str) -> Vec<Value> {
    let links = format!("{name}0");
    vec![
        piece(&links, APPROVAL, "create_approval_links", json!({ "message": question })),
        piece(name, APPROVAL, "wait_for_approval", json!({})),
    ]
}

/// One branch waits ten seconds, two for different people, one a minute.
async fn with_four_waits(world: &World) -> RunId {
    let asking = |at: usize, name: &str, value: &str| {
        let mut steps = approval(name, value);
        steps.push(add(&format!("step_{at}"), value));
        chain(steps)
    };
    let branches = vec![
        chain(vec![wait("step_2", 10), add("step_3", "short")]),
        asking(5, "step_4", "first"),
        asking(7, "step_6", "second"),
        chain(vec![wait("step_8", 60), add("step_9", "long")]),
        add("step_10", "none"),
    ];
    let flow = world
        .published(on_webhook(chain(vec![at_once("step_1", branches), kept("step_11")])))
        .await;
    world.fire(&flow, json!({})).await
}

/// Waits until the run is paused at exactly these steps.
async fn waits_at(world: &World, run: &RunId, steps: &[&str]) -> Run {
    let is_there = |run: &Run| {
        let waiting = run.steps.iter().filter(|it| it.1["status"] == "PAUSED");
        let mut names: Vec<&str> = waiting.map(|it| it.0.as_str()).collect();
        names.sort_unstable();
        run.status == RunStatus::Paused && names == steps
    };
    world.reached(run, is_there).await
}

#[tokio::test]
async fn waits_in_several_branches_end_independently() {
    for world in World::both().await {
        let run = with_four_waits(&world).await;
        let paused = waits_at(&world, &run, &["step_2", "step_4", "step_6", "step_8"]).await;
        assert_eq!(status(&paused, "step_10"), "SUCCEEDED", "{}", world.name);
        let second = approval_of(&paused.steps["step_60"]["output"]);
        let first = approval_of(&paused.steps["step_40"]["output"]);
        assert_eq!(world.runs.approve(&run, &second, (true, "")).await, Ok(Given::Taken));
        let paused = waits_at(&world, &run, &["step_2", "step_4", "step_8"]).await;
        assert_eq!(status(&paused, "step_7"), "SUCCEEDED");
        world.pass(Duration::from_secs(10));
        let paused = waits_at(&world, &run, &["step_4", "step_8"]).await;
        assert_eq!(status(&paused, "step_3"), "SUCCEEDED");
        world.pass(Duration::from_secs(50));
        waits_at(&world, &run, &["step_4"]).await;
        assert_eq!(world.runs.approve(&run, &first, (false, "")).await, Ok(Given::Taken));
        let ended = world.ended(&run).await;
        assert_eq!(ended.status, RunStatus::Succeeded, "{}: {ended:?}", world.name);
        let order = json!(["none", "second", "short", "long", "first"]);
        assert_eq!(ended.steps["step_11"]["output"], order, "{}", world.name);
        assert_eq!(ended.steps["step_4"]["output"]["approved"], false);
    }
}

#[tokio::test]
async fn a_branch_that_waits_goes_on_while_another_one_works() {
    for world in World::both().await {
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        let mut asks = approval("step_4", "Go on?");
        asks.push(put("step_5", &site.url("/ok2")));
        let branches = vec![
            chain(vec![wait("step_2", 5), put("step_3", &site.url("/ok1"))]),
            chain(asks),
            put("step_6", &site.url("/gate")),
        ];
        let flow = world.published(on_webhook(at_once("step_1", branches))).await;
        let run = world.fire(&flow, json!({})).await;
        site.came(1).await;
        let are_paused =
            |it: &Run| status(it, "step_2") == "PAUSED" && status(it, "step_4") == "PAUSED";
        let working = world.reached(&run, are_paused).await;
        assert_eq!(working.status, RunStatus::Running, "{}", world.name);
        world.pass(Duration::from_secs(5));
        site.came(2).await;
        let link = approval_of(&working.steps["step_40"]["output"]);
        assert_eq!(world.runs.approve(&run, &link, (true, "")).await, Ok(Given::Taken));
        site.came(3).await;
        assert_eq!((site.count("/ok1"), site.count("/ok2")), (1, 1));
        site.open_gate();
        assert_eq!(world.ended(&run).await.status, RunStatus::Succeeded, "{}", world.name);
    }
}

#[tokio::test]
async fn a_step_that_is_tried_again_keeps_its_own_time() {
    for world in World::both().await {
        let site = Site::open().await;
        site.fail(1);
        world.allow(&[site.host()]).await;
        let mut again = put("step_2", &site.url("/fail"));
        again["settings"]["errorHandlingOptions"] = json!({
            "continueOnFailure": { "value": false }, "retryOnFailure": { "value": true },
            "retryPolicy": { "attempts": 2, "waitSeconds": 60, "doubles": false },
        });
        let short = chain(vec![wait("step_3", 10), set_fields("step_4", json!({ "a": 1 }))]);
        let flow = world.published(on_webhook(at_once("step_1", vec![again, short]))).await;
        let run = world.fire(&flow, json!({})).await;
        waits_at(&world, &run, &["step_2", "step_3"]).await;
        world.pass(Duration::from_secs(10));
        let paused = waits_at(&world, &run, &["step_2"]).await;
        assert_eq!(status(&paused, "step_4"), "SUCCEEDED");
        assert_eq!(site.count("/fail"), 1, "{}: {paused:?}", world.name);
        world.pass(Duration::from_secs(50));
        assert_eq!(world.ended(&run).await.status, RunStatus::Succeeded, "{}", world.name);
        assert_eq!(site.count("/fail"), 2);
    }
}
