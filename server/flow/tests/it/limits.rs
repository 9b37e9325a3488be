//! Bounds: how long, how many, how full.

use crate::site::Site;
use crate::world::{World, admin, on_webhook, opened, piece, request, set_fields, wait};
use domain::flow::keeping::Keeping;
use domain::flow::run::{RunStatus, Which};
use domain::ids::RunId;
use domain::problem::Problem;
use flow::hooks::{HookAnswer, HookRefusal, Wait};

use serde_json::{Value, json};
use std::time::Duration;

fn put(url: &str) -> Value {
    let input = json!({
        "method": "PUT", "url": url, "headers": {}, "queryParams": {}, "authType": "NONE", "body_type": "none",
    });
    piece("step_1", "@activepieces/piece-http", "send_request", input)
}

#[tokio::test]
async fn a_run_that_works_too_long_is_stopped() {
    let world = World::with(|it| it.run_time = Duration::ZERO).await;
    let site = Site::open().await;
    world.allow(&[site.host()]).await;
    let flow = world.published(on_webhook(put(&site.url("/hang")))).await;
    let run = world.fire(&flow, json!({})).await;
    let run = world.ended(&run).await;
    assert_eq!(run.status, RunStatus::Timeout);
    assert!(run.error.unwrap().contains("stopped"));
}

#[tokio::test]
async fn a_caller_waits_only_so_long_and_the_run_goes_on() {
    let world = World::with(|it| it.answer_within = Duration::ZERO).await;
    let site = Site::open().await;
    world.allow(&[site.host()]).await;
    let flow = world.published(on_webhook(put(&site.url("/ok")))).await;
    let told = world.call(&flow, json!({})).await.unwrap();
    let HookAnswer::StillRunning { run } = told else { panic!("{told:?}") };
    assert_eq!(world.ended(&run).await.status, RunStatus::Succeeded);
}

#[tokio::test]
async fn more_than_may_wait_is_refused_and_nothing_accepted_is_lost() {
    let world = World::with(|it| {
        it.runs_per_workspace = 0;
        it.waiting_per_workspace = 2;
    })
    .await;
    let flow = world.published(on_webhook(set_fields("step_1", json!({})))).await;
    let (first, second) = (world.fire(&flow, json!({})).await, world.fire(&flow, json!({})).await);
    let third = world.runs.hook(&world.hook(&flow).await, &request(json!({})), Wait::No).await;
    assert_eq!(third, Err(HookRefusal::Problem(Problem::RateLimited { retry_after_s: 1 })));
    let next = opened(world.db.clone(), &world.clock, None, |_| ());
    let _worker = next.work();
    for run in [first, second] {
        assert_eq!(world.ended(&run).await.status, RunStatus::Succeeded);
    }
}

#[tokio::test]
async fn people_start_so_many_runs_a_minute() {
    let world = World::with(|it| it.starts_per_minute = 1).await;
    let flow = world.published(on_webhook(set_fields("step_1", json!({})))).await;
    let actor = admin();
    let start = || world.runs.start(&actor, &flow.id, json!({}), Which::Published);
    assert!(start().await.is_ok());
    assert!(matches!(start().await, Err(Problem::RateLimited { .. })));
}

#[tokio::test]
async fn a_full_disk_refuses_and_loses_nothing_that_was_accepted() {
    let world = World::sqlite().await;
    let flow = world.published(on_webhook(set_fields("step_1", json!({ "n": 1 })))).await;
    let hook = world.hook(&flow).await;
    let test = world.test.as_ref().unwrap();
    test.leave_room(Some(24)).await;
    let body = request(json!({ "text": "x".repeat(4_096) }));
    let mut accepted = Vec::new();
    let refused = loop {
        match world.runs.hook(&hook, &body, Wait::No).await {
            Ok(HookAnswer::Accepted { run }) => accepted.push(run),
            other => break other,
        }
    };
    assert_eq!(refused, Err(HookRefusal::Problem(Problem::StorageFull)));
    assert!(!accepted.is_empty());
    for run in &accepted {
        assert!(world.runs.get(&admin(), run).await.is_ok());
    }
    test.leave_room(None).await;
    for run in &accepted {
        assert_eq!(world.ended(run).await.status, RunStatus::Succeeded);
    }
    let more = world.fire(&flow, json!({})).await;
    assert_eq!(world.ended(&more).await.status, RunStatus::Succeeded);
}

#[tokio::test]
async fn ended_runs_are_forgotten_after_their_time_and_their_room_is_free() {
    for world in World::both_with(|it| it.keep_runs = Duration::from_secs(86_400)).await {
        let flow = world.published(on_webhook(set_fields("step_1", json!({ "n": 1 })))).await;
        let body = json!({ "text": "x".repeat(100_000) });
        let mut old = Vec::new();
        for _ in 0..20 {
            let run = world.fire(&flow, body.clone()).await;
            world.ended(&run).await;
            old.push(run);
        }
        let paused = world.published(on_webhook(wait("step_1", 20 * 86_400))).await;
        let waiting = world.fire(&paused, json!({})).await;
        world.until(&waiting, &[RunStatus::Paused]).await;
        let before = used(&world).await;
        world.pass(Duration::from_secs(2 * 86_400));
        for run in &old {
            gone(&world, run).await;
        }
        if !world.db.is_shared() {
            let after = used(&world).await;
            assert!(before - after > 1_000_000, "{before} {after}");
        }
        assert_eq!(world.runs.get(&admin(), &waiting).await.unwrap().status, RunStatus::Paused);
    }
}

#[tokio::test]
async fn the_oldest_ended_runs_make_room() {
    let world = World::with(|it| it.keep_bytes = 1).await;
    let flow = world.published(on_webhook(set_fields("step_1", json!({})))).await;
    let mut changes = world.db.changes();
    let run = world.fire(&flow, json!({})).await;
    // The worker's first look may come after its end, and then it is gone already.
    let ends = async {
        while world.runs.get(&admin(), &run).await.is_ok_and(|it| !it.status.is_terminal()) {
            drop(changes.recv().await);
        }
    };
    tokio::time::timeout(Duration::from_secs(30), ends).await.expect("the run ends");
    world.pass(Duration::from_secs(7_200));
    gone(&world, &run).await;
}

#[tokio::test]
async fn a_workspace_keeps_its_runs_for_as_long_and_as_much_as_it_says() {
    for world in World::both().await {
        let flow = world.published(on_webhook(set_fields("step_1", json!({ "n": 1 })))).await;
        let body = json!({ "text": "x".repeat(400_000) });
        let mut runs = Vec::new();
        for _ in 0..4 {
            let run = world.fire(&flow, body.clone()).await;
            world.ended(&run).await;
            world.pass(Duration::from_secs(1));
            runs.push(run);
        }
        set(&world, json!({ "flow": { "keepRunsMb": 1 } })).await;
        world.pass(Duration::from_secs(7_200));
        gone(&world, &runs[0]).await;
        assert!(world.runs.get(&admin(), &runs[3]).await.is_ok(), "{}", world.name);
        set(&world, json!({ "flow": { "keepRunsDays": 90 } })).await;
        world.pass(Duration::from_secs(60 * 86_400));
        let later = world.fire(&flow, json!({})).await;
        world.ended(&later).await;
        assert!(world.runs.get(&admin(), &runs[3]).await.is_ok(), "{}", world.name);
        set(&world, json!({ "flow": { "keepRunsDays": 1 } })).await;
        world.pass(Duration::from_secs(7_200));
        gone(&world, &runs[3]).await;
        assert!(world.runs.get(&admin(), &later).await.is_ok(), "{}", world.name);
    }
}

#[tokio::test]
async fn what_would_go_is_said_before_it_goes() {
    for world in World::both().await {
        let flow = world.published(on_webhook(set_fields("step_1", json!({ "n": 1 })))).await;
        let body = json!({ "text": "x".repeat(400_000) });
        for _ in 0..4 {
            let run = world.fire(&flow, body.clone()).await;
            world.ended(&run).await;
            world.pass(Duration::from_secs(1));
        }
        let now = world.runs.keeping(&admin(), None).await.unwrap();
        assert_eq!((now.usual_days, now.there.runs, now.goes.runs), (30, 4, 0), "{}", world.name);
        assert!(now.there.bytes > 1_600_000, "{}: {}", world.name, now.there.bytes);
        let proposed = |days, megabytes| Some(Keeping { days, megabytes });
        let less = world.runs.keeping(&admin(), proposed(None, Some(1))).await.unwrap();
        let (left, one) = (now.there.bytes - less.goes.bytes, now.there.bytes / 4);
        let most = 1024 * 1024;
        assert!(left <= most && left + one > most, "{}: {less:?}", world.name);
        assert_eq!(less.keeping, Keeping::default(), "{}", world.name);
        world.pass(Duration::from_secs(2 * 86_400));
        let old = world.runs.keeping(&admin(), proposed(Some(1), None)).await.unwrap();
        assert_eq!(old.goes, old.there, "{}", world.name);
        let wrong = world.runs.keeping(&admin(), proposed(Some(0), None)).await;
        assert!(matches!(wrong, Err(Problem::Invalid { .. })), "{wrong:?}");
    }
}

async fn set(world: &World, config: Value) {
    let set = world.db.write(move |conn| {
        Box::pin(async move { store::settings::set(conn, "w1", "config", &config).await })
    });
    set.await.unwrap();
}

async fn used(world: &World) -> i64 {
    store::run_keeping::bytes(&mut world.db.read().await.unwrap()).await.unwrap()
}

async fn gone(world: &World, run: &RunId) {
    let looking = async {
        while world.runs.get(&admin(), run).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), looking).await.expect("the run is forgotten");
}
