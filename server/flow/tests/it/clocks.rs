//! Clocks that jump, and a database that somebody else holds.

use crate::waiting::every_day;
use crate::world::{NOW, World, admin, chain, on_webhook, set_fields, wait};
use domain::flow::FlowStatus;
use domain::flow::listing::RunFilter;
use domain::flow::run::{Run, RunStatus};
use domain::ids::FlowId;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::error::StoreError;
use tokio::sync::Notify;

const DAY: Duration = Duration::from_secs(86_400);

async fn runs_of(world: &World, flow: &FlowId) -> usize {
    let filter = RunFilter { flow_id: Some(flow.clone()), ..RunFilter::default() };
    world.runs.list(&admin(), &filter).await.unwrap().data.len()
}

#[tokio::test]
async fn a_flow_that_goes_by_the_clock_says_when_it_starts_next() {
    for world in World::both().await {
        let daily = world.published(every_day()).await;
        let next = world.flows.next_start(&admin(), &daily.id).await.unwrap().unwrap();
        assert!((NOW..=NOW + 86_400_000).contains(&next), "{}", world.name);
        assert_eq!(next.rem_euclid(86_400_000), 9 * 3_600_000, "at nine");
        world.flows.set_status(&admin(), &daily.id, FlowStatus::Disabled).await.unwrap();
        assert_eq!(world.flows.next_start(&admin(), &daily.id).await, Ok(None), "{}", world.name);
        let asked = world.published(on_webhook(wait("step_1", 1))).await;
        assert_eq!(world.flows.next_start(&admin(), &asked.id).await, Ok(None), "{}", world.name);
    }
}

/// Lets the worker look at everything that is due now: a wait of a second, begun now, has ended.
async fn looked(world: &World, second: &domain::flow::Flow) {
    let run = world.fire(second, json!({})).await;
    world.until(&run, &[RunStatus::Paused]).await;
    world.pass(Duration::from_secs(1));
    assert_eq!(world.ended(&run).await.status, RunStatus::Succeeded, "{}", world.name);
}

#[tokio::test]
async fn a_clock_that_goes_back_starts_nothing_twice_and_loses_no_wait() {
    for world in World::both().await {
        let daily = world.published(every_day()).await;
        let second = world.published(on_webhook(wait("step_1", 1))).await;
        let minute = chain(vec![wait("step_1", 60), set_fields("step_2", json!({ "a": 1 }))]);
        let minute = world.published(on_webhook(minute)).await;
        world.pass(DAY);
        looked(&world, &second).await;
        assert_eq!(runs_of(&world, &daily.id).await, 1, "{}", world.name);
        let run = world.fire(&minute, json!({})).await;
        world.until(&run, &[RunStatus::Paused]).await;
        let before = world.clock.swap(NOW, Ordering::SeqCst);
        world.runs.wake();
        looked(&world, &second).await;
        assert_eq!(runs_of(&world, &daily.id).await, 1, "{}", world.name);
        let waiting = world.runs.get(&admin(), &run).await.unwrap();
        assert_eq!(waiting.status, RunStatus::Paused, "{}", world.name);
        world.clock.store(before, Ordering::SeqCst);
        world.pass(Duration::from_secs(60));
        assert_eq!(world.ended(&run).await.status, RunStatus::Succeeded, "{}", world.name);
        looked(&world, &second).await;
        assert_eq!(runs_of(&world, &daily.id).await, 1, "{}", world.name);
    }
}

#[tokio::test]
async fn a_clock_that_leaps_ahead_ends_every_wait_once() {
    for world in World::both().await {
        let second = world.published(on_webhook(wait("step_1", 1))).await;
        let waits = chain(vec![
            wait("step_1", 60),
            set_fields("step_2", json!({ "a": 1 })),
            wait("step_3", 60),
            set_fields("step_4", json!({ "b": 1 })),
        ]);
        let flow = world.published(on_webhook(waits)).await;
        let run = world.fire(&flow, json!({})).await;
        world.until(&run, &[RunStatus::Paused]).await;
        world.pass(365 * DAY);
        let is_there = |it: &Run| it.status == RunStatus::Paused && it.steps.contains_key("step_3");
        let paused = world.reached(&run, is_there).await;
        // The second wait begins after the leap: its minute is not over.
        looked(&world, &second).await;
        assert!(!paused.steps.contains_key("step_4"), "{}", world.name);
        world.pass(Duration::from_secs(60));
        assert_eq!(world.ended(&run).await.status, RunStatus::Succeeded, "{}", world.name);
    }
}

/// Another process holds the file: callers wait for it, and what it keeps them from is neither lost nor done twice.
#[tokio::test]
async fn a_database_that_is_locked_for_a_moment_loses_nothing() {
    let world = World::sqlite().await;
    let flow = world.published(on_webhook(set_fields("step_1", json!({ "n": 1 })))).await;
    let other = world.test.as_ref().unwrap().reopen().await;
    let (held, free) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (told, wanted) = (Arc::clone(&held), Arc::clone(&free));
    let holding = tokio::spawn(async move {
        let hold = other.write::<(), StoreError, _>(move |_| {
            Box::pin(async move {
                told.notify_one();
                wanted.notified().await;
                Ok(())
            })
        });
        hold.await
    });
    held.notified().await;
    let firing = async {
        let mut runs = Vec::new();
        for n in 0..3 {
            runs.push(world.fire(&flow, json!({ "n": n })).await);
        }
        runs
    };
    tokio::pin!(firing);
    // Nothing is taken while it is held, however long one looks.
    let early = tokio::time::timeout(Duration::from_millis(300), &mut firing).await;
    assert!(early.is_err(), "{early:?}");
    free.notify_one();
    let runs = firing.await;
    holding.await.unwrap().unwrap();
    for run in &runs {
        assert_eq!(world.ended(run).await.status, RunStatus::Succeeded);
    }
    assert_eq!(runs_of(&world, &flow.id).await, 3);
}
