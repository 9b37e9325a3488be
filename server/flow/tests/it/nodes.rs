//! Several processes on one database, one after the other and at once.

use crate::answers::approval_of;
use crate::branches::{self, at_once, put as request, waits::approval};
use crate::site::Site;
use crate::world::{
    NOW, World, admin, chain, on_webhook, opened, piece, respond, set_fields, wait,
};
use domain::flow::run::{Run, RunStatus};
use domain::ids::RunId;
use flow::hooks::HookAnswer;
use flow::waits::Given;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::Duration;

fn put(url: &str) -> Value {
    let input = json!({
        "method": "PUT", "url": url, "headers": {}, "queryParams": {}, "authType": "NONE", "body_type": "none",
    });
    piece("step_1", "@activepieces/piece-http", "send_request", input)
}

/// A run whose request came to a site that does not answer it.
async fn cut_off(world: &World) -> (Site, RunId) {
    let site = Site::open().await;
    site.hold(1);
    world.allow(&[site.host()]).await;
    let flow = world.published(on_webhook(put(&site.url("/ok")))).await;
    let run = world.fire(&flow, json!({})).await;
    site.came(1).await;
    (site, run)
}

/// The node looks for no work and gives no sign of life any more; its request is still under way. A worker that is only
/// dropped ends the round it is in, and could take the run back in it.
async fn gone(world: &mut World) {
    world.worker.take().unwrap().stop().await;
}

#[tokio::test]
async fn another_node_takes_over_when_the_lease_has_passed() {
    for mut world in World::both().await {
        let (site, run) = cut_off(&world).await;
        gone(&mut world).await;
        world.clock.store(NOW + 60_000, Ordering::SeqCst);
        let other = opened(world.db.clone(), &world.clock, None, |_| ());
        let _worker = other.work();
        let ended = world.ended(&run).await;
        assert_eq!((ended.status, ended.resumed), (RunStatus::Succeeded, 1), "{}", world.name);
        assert_eq!(site.count("/ok"), 2);
    }
}

/// The clock stands still: nobody waits for a lease.
#[tokio::test]
async fn the_next_start_of_a_node_goes_on_at_once() {
    for mut world in World::both_with(|it| it.node = Some("n1".to_owned())).await {
        let (_site, run) = cut_off(&world).await;
        gone(&mut world).await;
        let again = opened(world.db.clone(), &world.clock, None, |it| {
            it.node = Some("n1".to_owned());
        });
        let _worker = again.work();
        let ended = world.ended(&run).await;
        assert_eq!((ended.status, ended.resumed), (RunStatus::Succeeded, 1), "{}", world.name);
    }
}

#[tokio::test]
async fn what_is_not_finished_at_the_end_goes_on_elsewhere_at_once() {
    for mut world in World::both().await {
        let (_site, run) = cut_off(&world).await;
        let worker = world.worker.take().unwrap();
        worker.stop().await;
        world.runs.drain(Duration::ZERO).await;
        assert_eq!(world.runs.get(&admin(), &run).await.unwrap().status, RunStatus::Running);
        let other = opened(world.db.clone(), &world.clock, None, |_| ());
        let _worker = other.work();
        let ended = world.ended(&run).await;
        assert_eq!((ended.status, ended.resumed), (RunStatus::Succeeded, 1), "{}", world.name);
    }
}

#[tokio::test]
async fn a_caller_is_answered_though_another_node_worked() {
    let busy = |it: &mut flow::config::Config| it.runs_at_once = 0;
    for world in World::both_with(busy).await.into_iter().filter(|it| it.db.is_shared()) {
        let other = opened(world.db.clone(), &world.clock, None, |_| ());
        let _worker = other.work();
        let answers = chain(vec![
            set_fields("step_1", json!({ "n": "{{trigger.body.n}}" })),
            respond("step_2", "respond", json!({ "got": "{{step_1.n}}" })),
            wait("step_3", 60),
        ]);
        let flow = world.published(on_webhook(answers)).await;
        let told = world.call(&flow, json!({ "n": 4 })).await.unwrap();
        assert!(
            matches!(&told, HookAnswer::Responded { body, .. } if *body == json!({ "got": 4 })),
            "{told:?}"
        );
        let silent = world.published(on_webhook(set_fields("step_1", json!({ "a": 1 })))).await;
        let told = world.call(&silent, json!({})).await.unwrap();
        assert!(
            matches!(&told, HookAnswer::Finished { output, .. } if *output == json!({ "a": 1 })),
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn a_run_is_stopped_from_another_node() {
    for world in World::both().await.into_iter().filter(|it| it.db.is_shared()) {
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        let flow = world.published(on_webhook(put(&site.url("/hang")))).await;
        let run = world.fire(&flow, json!({})).await;
        site.came(1).await;
        // Its own connection, as another process has one.
        let db = world.test.as_ref().unwrap().reopen().await;
        let other = opened(db, &world.clock, None, |_| ());
        other.cancel(&admin(), &run).await.unwrap();
        tokio::time::timeout(Duration::from_secs(30), world.runs.drain(Duration::from_secs(29)))
            .await
            .expect("the step under way is let go");
        assert_eq!(world.ended(&run).await.status, RunStatus::Canceled);
    }
}

#[tokio::test]
async fn two_nodes_go_on_with_each_waiting_run_once() {
    for world in World::both().await.into_iter().filter(|it| it.db.is_shared()) {
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        let url = site.url("/ok{{trigger.body.n}}");
        let flow = world.published(on_webhook(chain(vec![wait("step_0", 60), put(&url)]))).await;
        let mut runs = Vec::new();
        for n in 0..20 {
            let run = world.fire(&flow, json!({ "n": n })).await;
            world.until(&run, &[RunStatus::Paused]).await;
            runs.push(run);
        }
        // Its own connection, as another process has one.
        let db = world.test.as_ref().unwrap().reopen().await;
        let other = opened(db, &world.clock, None, |_| ());
        let _worker = other.work();
        world.pass(Duration::from_secs(60));
        other.wake();
        for (n, run) in runs.iter().enumerate() {
            let ended = world.ended(run).await;
            assert_eq!((ended.status, ended.resumed), (RunStatus::Succeeded, 0), "{ended:?}");
            assert_eq!(site.count(&format!("/ok{n}")), 1);
        }
    }
}

/// One branch works on the first node while the person of the other one answers on the second.
#[tokio::test]
async fn an_answer_on_another_node_reaches_a_branch_that_waits() {
    for world in World::both().await.into_iter().filter(|it| it.db.is_shared()) {
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        let mut asks = approval("step_2", "Go on?");
        asks.push(request("step_3", &site.url("/ok")));
        let branches = vec![request("step_4", &site.url("/gate")), chain(asks)];
        let flow = world.published(on_webhook(at_once("step_5", branches))).await;
        let run = world.fire(&flow, json!({})).await;
        let asks = |it: &Run| {
            branches::status(it, "step_2") == "PAUSED"
                && branches::status(it, "step_4") == "RUNNING"
        };
        let waiting = world.reached(&run, asks).await;
        let link = approval_of(&waiting.steps["step_20"]["output"]);
        let db = world.test.as_ref().unwrap().reopen().await;
        let other = opened(db, &world.clock, None, |_| ());
        assert_eq!(other.approve(&run, &link, (true, "")).await, Ok(Given::Taken));
        let done = |it: &Run| branches::status(it, "step_3") == "SUCCEEDED";
        world.reached(&run, done).await;
        site.open_gate();
        let ended = world.ended(&run).await;
        assert_eq!(ended.status, RunStatus::Succeeded, "{ended:?}");
        assert_eq!((site.count("/ok"), site.count("/gate")), (1, 1));
    }
}
