//! Grown worlds over HTTP, the clock, and the requests a server is told beside the API.

use crate::asking::{get, send};
use crate::{ACCOUNT, TODAY, TOKEN};
use chrono::TimeDelta;
use sandbox::world::{Plan, Size};
use sandbox::{Config, Running, serve};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;

async fn grown() -> (Running, Plan) {
    let running = serve(Config { today: Some(TODAY), ..Config::default() }).await.unwrap();
    running.sandbox.create_world(ACCOUNT, TOKEN, Size::Medium).await.unwrap();
    (running, Plan::of(Size::Medium).unwrap())
}

/// Every item of a paged listing, and how many pages it had.
async fn all(running: &Running, path: &str) -> (Vec<Value>, usize) {
    let (mut path, mut items, mut pages) = (path.to_owned(), Vec::new(), 0);
    loop {
        let heard = get(running, &path).await;
        assert_eq!(heard.status, 200, "{path}");
        pages += 1;
        let next = heard.header("link").and_then(|it| it.split_once('>')).map(|it| it.0.to_owned());
        items.extend(heard.body.as_array().unwrap().clone());
        let Some(next) = next else { return (items, pages) };
        let origin = format!("<http://{}/{ACCOUNT}", running.address);
        path = next.strip_prefix(&origin).unwrap().to_owned();
    }
}

#[tokio::test]
async fn a_grown_world_is_listed_page_by_page_without_gaps() {
    let (running, plan) = grown().await;
    let (todos, pages) = all(&running, "/projects/recordings.json?type=Todo&sort=updated_at").await;
    let ids: HashSet<i64> = todos.iter().map(|it| it["id"].as_i64().unwrap()).collect();
    assert_eq!((todos.len(), ids.len(), pages), (plan.todos, plan.todos, 23));
    let times: Vec<&str> = todos.iter().map(|it| it["updated_at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|one, other| one >= other));
    let (open, _) = all(&running, "/todos/open.json").await;
    let open = open.iter().map(|it| it["todos"].as_array().unwrap().len()).sum::<usize>();
    assert_eq!(open, plan.open);
}

#[tokio::test]
async fn what_is_in_projects_put_aside_is_listed_only_when_they_are_named() {
    let (running, plan) = grown().await;
    let (aside, _) = all(&running, "/projects.json?status=archived").await;
    assert_eq!(aside.len(), plan.aside);
    let ids: Vec<String> = aside.iter().map(|it| it["id"].to_string()).collect();
    let path = format!("/projects/recordings.json?type=Todo&bucket={}", ids.join(","));
    assert_eq!(all(&running, &path).await.0.len(), plan.aside * Plan::ASIDE_TODOS);
}

#[tokio::test]
async fn the_clock_moves_only_with_the_control_key() {
    let (running, _) = grown().await;
    let before = get(&running, "/todos/overdue.json").await.body.as_array().unwrap().len();
    let ask = |key: &str| {
        let body = r#"{"advance_ms": 172800000}"#;
        format!(
            "POST /sandbox/clock HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nX-Sandbox-Key: {key}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    assert_eq!(send(&running, &ask("wrong")).await.status, 401);
    assert_eq!(get(&running, "/todos/overdue.json").await.body.as_array().unwrap().len(), before);
    assert_eq!(send(&running, &ask(&running.control_key)).await.status, 204);
    let late = get(&running, "/todos/overdue.json").await;
    let newest = (TODAY + TimeDelta::days(1)).to_string();
    assert!(late.all("due_on").iter().all(|it| *it <= newest.as_str()));
    assert!(late.all("due_on").contains(&newest.as_str()));
    running.sandbox.fall_behind(Duration::from_secs(172_800));
    assert_eq!(get(&running, "/todos/overdue.json").await.body.as_array().unwrap().len(), before);
}

#[tokio::test]
async fn requests_are_counted_and_control_is_not() {
    let (running, _) = grown().await;
    let before = running.sandbox.count();
    get(&running, "/projects.json").await;
    for page in 1..3 {
        get(&running, &format!("/projects/recordings.json?type=Todo&page={page}")).await;
    }
    get(&running, "/todos/17.json").await;
    let request = format!(
        "GET /sandbox/requests HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nX-Sandbox-Key: {}\r\n\r\n",
        running.control_key
    );
    let heard = send(&running, &request).await;
    assert_eq!(heard.body["count"].as_u64(), Some(before + 4));
    let by = &heard.body["by"];
    assert_eq!(by["GET projects/recordings type=Todo page"], 2, "{by}");
    assert_eq!((&by["GET projects"], &by["GET todos/:id"]), (&json!(1), &json!(1)), "{by}");
}
