//! Flows whose runs take turns.

use crate::site::Site;
use crate::world::{World, actor, admin, chain, on_webhook, opened, piece, set_fields, wait};
use domain::actor::Role;
use domain::flow::Flow;
use domain::flow::run::{RunStatus, Which};
use domain::ids::RunId;
use domain::problem::Problem;
use serde_json::{Value, json};
use std::time::Duration;

fn put(name: &str, url: &str) -> Value {
    let input = json!({
        "method": "PUT", "url": url, "headers": {}, "queryParams": {}, "authType": "NONE", "body_type": "none",
    });
    piece(name, "@activepieces/piece-http", "send_request", input)
}

async fn limited(world: &World, steps: Value, most: u32) -> Flow {
    let flow = world.published(on_webhook(steps)).await;
    let flow = world.flows.set_runs_at_once(&admin(), &flow.id, Some(most)).await.unwrap();
    assert_eq!(flow.runs_at_once, Some(most));
    flow
}

/// A flow with one run at a time: the first of three waits at the gate of `site`, and the others for their turn.
async fn one_at_the_gate(world: &World, site: &Site) -> (Flow, Vec<RunId>) {
    world.allow(&[site.host()]).await;
    let flow = limited(world, put("step_1", &site.url("/gate")), 1).await;
    let mut runs = Vec::new();
    for _ in 0..3 {
        runs.push(world.fire(&flow, json!({})).await);
    }
    site.came(1).await;
    (flow, runs)
}

async fn status(world: &World, run: &RunId) -> RunStatus {
    world.runs.get(&admin(), run).await.unwrap().status
}

#[tokio::test]
async fn one_run_ends_before_the_next_begins() {
    for world in World::both().await {
        let site = Site::open().await;
        let (_, runs) = one_at_the_gate(&world, &site).await;
        // Another flow is not held up, and by the time it has ended the worker has looked for work.
        let other = world.published(on_webhook(set_fields("step_1", json!({ "n": 1 })))).await;
        let free = world.fire(&other, json!({})).await;
        assert_eq!(world.ended(&free).await.status, RunStatus::Succeeded, "{}", world.name);
        world.runs.wake();
        assert_eq!(status(&world, &runs[1]).await, RunStatus::Queued, "{}", world.name);
        assert_eq!(status(&world, &runs[2]).await, RunStatus::Queued, "{}", world.name);
        assert_eq!(site.count("/gate"), 1, "{}", world.name);
        site.open_gate();
        for run in &runs {
            assert_eq!(world.ended(run).await.status, RunStatus::Succeeded, "{}", world.name);
        }
        assert_eq!(site.count("/gate"), 3, "{}", world.name);
    }
}

#[tokio::test]
async fn who_pauses_lets_others_pass_and_waits_for_its_turn() {
    for world in World::both().await {
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        let steps = chain(vec![wait("step_1", 60), put("step_2", &site.url("/gate"))]);
        let flow = limited(&world, steps, 1).await;
        let first = world.fire(&flow, json!({})).await;
        world.until(&first, &[RunStatus::Paused]).await;
        let second = world.fire(&flow, json!({})).await;
        world.until(&second, &[RunStatus::Paused]).await;
        world.pass(Duration::from_secs(61));
        site.came(1).await;
        let states = [status(&world, &first).await, status(&world, &second).await];
        assert_eq!(states, [RunStatus::Running, RunStatus::Paused], "{}", world.name);
        site.open_gate();
        assert_eq!(world.ended(&first).await.status, RunStatus::Succeeded, "{}", world.name);
        assert_eq!(world.ended(&second).await.status, RunStatus::Succeeded, "{}", world.name);
    }
}

#[tokio::test]
async fn two_nodes_keep_to_one_limit_together() {
    for world in World::both().await.into_iter().filter(|it| it.db.is_shared()) {
        let db = world.test.as_ref().unwrap().reopen().await;
        let other = opened(db, &world.clock, None, |_| ());
        let _worker = other.work();
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        let flow = limited(&world, put("step_1", &site.url("/gate")), 2).await;
        let mut runs = Vec::new();
        for at in 0..6 {
            let start = if at % 2 == 0 { &world.runs } else { &other };
            let run = start.start(&admin(), &flow.id, json!({}), Which::Published).await.unwrap();
            runs.push(run.id);
        }
        site.came(2).await;
        let mut states = Vec::new();
        for run in &runs {
            states.push(status(&world, run).await);
        }
        let running = states.iter().filter(|it| **it == RunStatus::Running).count();
        assert_eq!((running, site.count("/gate")), (2, 2), "{states:?}");
        site.open_gate();
        for run in &runs {
            assert_eq!(world.ended(run).await.status, RunStatus::Succeeded);
        }
    }
}

#[tokio::test]
async fn a_limit_that_is_taken_away_lets_all_go() {
    for world in World::both().await {
        let site = Site::open().await;
        let (flow, runs) = one_at_the_gate(&world, &site).await;
        world.flows.set_runs_at_once(&admin(), &flow.id, None).await.unwrap();
        site.came(3).await;
        site.open_gate();
        for run in &runs {
            assert_eq!(world.ended(run).await.status, RunStatus::Succeeded, "{}", world.name);
        }
    }
}

#[tokio::test]
async fn only_a_limit_that_can_hold_is_taken() {
    let world = World::sqlite().await;
    let flow = world.published(on_webhook(set_fields("step_1", json!({})))).await;
    for most in [0, 101] {
        let refused = world.flows.set_runs_at_once(&admin(), &flow.id, Some(most)).await;
        assert!(
            matches!(&refused, Err(Problem::Invalid { issues }) if issues[0].field == "runsAtOnce"),
            "{refused:?}"
        );
    }
    let member = actor("w1", Role::Member);
    let refused = world.flows.set_runs_at_once(&member, &flow.id, Some(1)).await;
    assert!(matches!(refused, Err(Problem::Forbidden { .. })), "{refused:?}");
    let stranger = actor("w2", Role::WorkspaceAdmin);
    let missing = world.flows.set_runs_at_once(&stranger, &flow.id, Some(1)).await;
    assert!(matches!(missing, Err(Problem::NotFound { .. })), "{missing:?}");
    assert_eq!(world.flows.get(&admin(), &flow.id).await.unwrap().runs_at_once, None);
}
