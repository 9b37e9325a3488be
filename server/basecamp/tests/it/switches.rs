//! What is not known of the real service: the mirror gets by with either.

use crate::mirror::{World, pace};
use crate::{client_with, mirror::eventually};
use basecamp::config::Pace;
use domain::mirror::MirrorState;
use reqwest::Method;
use sandbox::faults::Fault;
use sandbox::{Bumps, Config, Emails, SpanNames};
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;
use store::testing::TestDb;

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn the_mirror_is_right_whatever_moves_updated_at() {
    for bumps in [Bumps::default(), Bumps::ALL] {
        for test in TestDb::both().await {
            let world = World::on(test, bumps).await;
            world.basecamp.sync_once().await.unwrap();
            let all = world.everything(&world.basecamp).await;
            let lists = all.lists.iter().flatten();
            let list = lists.max_by_key(|it| it.todos.len()).unwrap();
            let [moved, trashed, edited] = [&list.todos[0], &list.todos[1], &list.todos[2]];
            let position = json!({"position": 3});
            world
                .upstream(Method::PUT, &format!("todos/{}/position.json", moved.id), position)
                .await;
            let path = format!("recordings/{}/status/trashed.json", trashed.id);
            world.upstream(Method::PUT, &path, json!({})).await;
            let path = format!("todos/{}.json", edited.id);
            world.upstream(Method::PUT, &path, json!({"content": "Another name"})).await;
            let path = format!("recordings/{}/comments.json", edited.id);
            world.upstream(Method::POST, &path, json!({"content": "Said"})).await;
            let path = format!("todos/{}/completion.json", moved.id);
            world.upstream(Method::POST, &path, json!({})).await;
            world.sync().await;
            world.assert_mirrored().await;
        }
    }
}

#[tokio::test]
async fn the_mirror_is_right_under_every_other_switch() {
    let feed_delay = Duration::from_secs(30);
    let switched = [
        Config { feed_delay, ..Config::default() },
        Config { is_unchanged_free: true, ..Config::default() },
        Config { span_names: SpanNames::FromTo, ..Config::default() },
        Config { span_names: SpanNames::StartEnd, ..Config::default() },
        Config { emails: Emails::Masked, ..Config::default() },
    ];
    for config in switched {
        for test in TestDb::both().await {
            let world = World::beside(test, config.clone()).await;
            world.basecamp.sync_once().await.unwrap();
            world.assert_mirrored().await;
            let todo = world.live().await.open[3].clone();
            let path = format!("todos/{}.json", todo.id);
            world.upstream(Method::PUT, &path, json!({"content": "Changed there"})).await;
            world.sync().await;
            world.assert_mirrored().await;
            world.running.sandbox.advance(feed_delay);
            world.sync().await;
            world.assert_mirrored().await;
            assert_eq!(world.state().await, MirrorState::Following, "{config:?}");
        }
    }
}

/// Requests for pages of records, in the order they came.
fn pages(world: &World) -> Vec<String> {
    let all = world.running.sandbox.requests();
    all.into_iter().filter(|it| it.contains("recordings.json")).collect()
}

#[tokio::test]
async fn two_nodes_load_a_mirror_once_together() {
    for world in World::all().await.into_iter().filter(|it| it.test.db.is_shared()) {
        let nodes = [Pace::default(), Pace::default()]
            .map(|pace| client_with(world.test.db.clone(), &world.running, pace));
        let running = nodes.each_ref().map(|it| it.sync(std::future::pending()));
        let is_filled = || async { world.state().await == MirrorState::Following };
        for _ in 0..600 {
            if is_filled().await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        drop(running);
        assert!(is_filled().await, "{}", world.test.name);
        let asked = pages(&world);
        let different: HashSet<&String> = asked.iter().collect();
        assert_eq!(different.len(), asked.len(), "a page was read twice: {asked:?}");
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn a_second_node_leaves_a_sync_alone_that_the_first_is_at() {
    for world in World::all().await.into_iter().filter(|it| it.test.db.is_shared()) {
        let patient = Pace { lease: HOUR, ..pace() };
        let first = client_with(world.test.db.clone(), &world.running, patient);
        world.running.sandbox.fail_while("recordings.json", Fault::Slow(HOUR));
        let running = first.sync(std::future::pending());
        eventually(|| !pages(&world).is_empty()).await;
        let before = world.running.sandbox.requests().len();
        world.basecamp.sync_once().await.unwrap();
        assert_eq!(world.running.sandbox.requests().len(), before, "{}", world.test.name);
        drop(running);
    }
}
