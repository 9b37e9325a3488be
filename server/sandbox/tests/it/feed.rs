//! The event feed: positions, filters, gaps, and the time until something is told.

use crate::asking::{Heard, get, write};
use crate::{ACCOUNT, running};
use sandbox::{Config, Running};
use serde_json::{Value, json};
use std::time::Duration;

/// Writes a comment under a to-do, and gives the to-do's project.
async fn comment(running: &Running) -> i64 {
    let todo = get(running, "/projects/recordings.json?type=Todo").await.body[0].clone();
    let path = format!("/recordings/{}/comments.json", todo["id"]);
    assert_eq!(write(running, "POST", &path, &json!({"content": "Seen"})).await.status, 201);
    todo["bucket"]["id"].as_i64().unwrap()
}

async fn make_project(running: &Running) {
    let made = write(running, "POST", "/projects.json", &json!({"name": "Another"})).await;
    assert_eq!(made.status, 201);
}

async fn poll(running: &Running, query: &str) -> Heard {
    get(running, &format!("/events.json?{query}")).await
}

fn types(heard: &Heard) -> Vec<&str> {
    let events = heard.body["events"].as_array().unwrap();
    events.iter().map(|it| it["event_type"].as_str().unwrap()).collect()
}

fn position(heard: &Heard) -> String {
    heard.body["position"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_happens_is_told_once_after_a_position() {
    let running = running(Config::default()).await;
    let first = get(&running, "/events.json").await;
    assert_eq!(first.body["events"], json!([]));
    let project = comment(&running).await;
    make_project(&running).await;
    let told = poll(&running, &format!("position={}", position(&first))).await;
    assert_eq!(types(&told), ["comment.created"], "projects are not told of");
    assert_eq!(told.body["events"][0]["bucket_id"], project);
    assert_eq!(told.body["next"], Value::Null);
    let again = poll(&running, &format!("position={}", position(&told))).await;
    assert_eq!((again.body["events"].clone(), position(&again)), (json!([]), position(&told)));
    let wrong = poll(&running, "position=yesterday").await;
    assert_eq!((wrong.status, &wrong.body["reason"]), (400, &json!("invalid_position")));
}

#[tokio::test]
async fn filters_choose_events_and_belong_to_their_positions() {
    let running = running(Config::default()).await;
    let start = position(&get(&running, "/events.json").await);
    let project = comment(&running).await;
    let me = get(&running, "/my/profile.json").await.body["id"].as_i64().unwrap();
    let cases = [
        ("types=comment.created,todo.created".to_owned(), 1),
        ("types=todo.created".to_owned(), 0),
        (format!("buckets={project}"), 1),
        (format!("buckets={}", project + 1), 0),
        (format!("creators={me}"), 1),
        (format!("performers={}", me + 1), 0),
        ("exclude_performers=self".to_owned(), 0),
        ("actor_types=User".to_owned(), 1),
        ("actor_types=Client".to_owned(), 0),
    ];
    for (filter, count) in cases {
        let told = poll(&running, &format!("since={start}&{filter}")).await;
        assert_eq!((told.status, types(&told).len()), (200, count), "{filter}: {}", told.body);
    }
    for wrong in ["types=project.created", "buckets=all", "performers=self"] {
        let refused = poll(&running, wrong).await;
        assert_eq!((refused.status, &refused.body["reason"]), (400, &json!("invalid_filter")));
    }
    let many = (1..=101).map(|it| it.to_string()).collect::<Vec<_>>().join(",");
    assert_eq!(poll(&running, &format!("creators={many}")).await.status, 400);
    let filtered = poll(&running, "types=comment.created").await;
    let other = poll(&running, &format!("position={}", position(&filtered))).await;
    assert_eq!((other.status, &other.body["filters_digest"]), (409, &json!("44136fa355b3678a")));
    assert_ne!(other.body["position_digest"], other.body["filters_digest"]);
    let same = format!("position={}&types=comment.created", position(&filtered));
    assert_eq!(poll(&running, &same).await.status, 200);
}

#[tokio::test]
async fn a_position_from_before_a_gap_is_gone_and_says_where_to_go_on() {
    let running = running(Config::default()).await;
    let start = position(&get(&running, "/events.json").await);
    comment(&running).await;
    running.sandbox.forget_events().await.unwrap();
    let gone = poll(&running, &format!("position={start}")).await;
    assert_eq!((gone.status, gone.body["epoch_after_id"].is_i64()), (410, true), "{}", gone.body);
    comment(&running).await;
    let origin = format!("http://{}/{ACCOUNT}", running.address);
    let resume = gone.body["resume"].as_str().unwrap().strip_prefix(&origin).unwrap();
    assert_eq!(types(&get(&running, resume).await), ["comment.created"]);
}

#[tokio::test]
async fn what_has_just_happened_is_told_when_the_delay_is_over() {
    let feed_delay = Duration::from_secs(30);
    let running = running(Config { feed_delay, ..Config::default() }).await;
    let start = position(&get(&running, "/events.json").await);
    comment(&running).await;
    let early = poll(&running, &format!("position={start}")).await;
    assert_eq!((types(&early).len(), position(&early)), (0, start.clone()));
    running.sandbox.advance(feed_delay);
    assert_eq!(types(&poll(&running, &format!("position={start}")).await), ["comment.created"]);
}

#[tokio::test]
async fn a_page_of_the_feed_has_a_hundred_events_and_names_the_next() {
    let running = running(Config::default()).await;
    let start = position(&get(&running, "/events.json").await);
    for _ in 0..101 {
        comment(&running).await;
    }
    let first = poll(&running, &format!("position={start}&types=comment.created")).await;
    assert_eq!(first.status, 409, "the position was for everything");
    let first = poll(&running, &format!("since={start}&types=comment.created")).await;
    let origin = format!("http://{}/{ACCOUNT}", running.address);
    let next = first.body["next"].as_str().unwrap().strip_prefix(&origin).unwrap().to_owned();
    let second = get(&running, &next).await;
    assert_eq!((types(&first).len(), types(&second).len()), (100, 1));
    assert_eq!(second.body["next"], Value::Null);
}
