//! Webhooks: where they are made, what they tell, how long they try.

use crate::asking::{get, id_in, write};
use crate::receiver::Receiver;
use crate::running;
use sandbox::{Config, Manner, Running};
use serde_json::{Value, json};
use std::time::Duration;

async fn quick() -> Running {
    running(Config { webhook_pause: Duration::from_micros(10), ..Config::default() }).await
}

async fn project(running: &Running) -> i64 {
    id_in(running, "/projects.json", "Website relaunch").await
}

async fn hook(running: &Running, project: i64, body: Value) -> i64 {
    let made = write(running, "POST", &format!("/buckets/{project}/webhooks.json"), &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["id"].as_i64().unwrap()
}

/// Adds a to-do to the first list of the project.
async fn add(running: &Running, project: i64, content: &str) {
    let todosets = get(running, &format!("/projects/{project}.json")).await;
    let dock = todosets.body["dock"].as_array().unwrap();
    let set = dock.iter().find(|it| it["name"] == "todoset").unwrap()["id"].clone();
    let path = format!("/buckets/{project}/todosets/{set}/todos.json");
    let made = write(running, "POST", &path, &json!({ "content": content })).await;
    assert_eq!(made.status, 201, "{}", made.body);
}

#[tokio::test]
async fn a_webhook_is_made_inside_its_bucket_and_wrong_ones_are_refused() {
    let running = quick().await;
    let project = project(&running).await;
    let path = format!("/buckets/{project}/webhooks.json");
    let plain = json!({ "payload_url": "http://example.com/a" });
    let refused = write(&running, "POST", &path, &plain).await;
    assert_eq!((refused.status, refused.body["payload_url"].is_array()), (400, true));
    let chat = json!({ "payload_url": "https://example.com/a", "types": ["Chat::Lines::Text"] });
    assert_eq!(write(&running, "POST", &path, &chat).await.status, 400);
    let id = hook(&running, project, json!({ "payload_url": "https://example.com/a" })).await;
    assert_eq!(get(&running, "/webhooks.json").await.status, 404);
    let listed = get(&running, &path).await;
    assert_eq!(listed.body[0]["types"].as_array().unwrap().len(), 18);
    let off = write(&running, "PUT", &format!("/webhooks/{id}"), &json!({ "active": false })).await;
    assert_eq!((off.status, &off.body["active"]), (200, &json!(false)));
    assert_eq!(write(&running, "DELETE", &format!("/webhooks/{id}"), &json!({})).await.status, 204);
    assert_eq!(get(&running, &format!("/webhooks/{id}")).await.status, 404);
}

#[tokio::test]
async fn what_happens_is_told_once_twice_or_late_and_newest_first() {
    let running = quick().await;
    let (project, receiver) = (project(&running).await, Receiver::answering(204).await);
    let body = json!({ "payload_url": receiver.url, "types": ["Todo"] });
    let id = hook(&running, project, body).await;
    add(&running, project, "One").await;
    let told = receiver.hears(1).await.remove(0);
    assert_eq!(
        (&told["kind"], &told["recording"]["title"]),
        (&json!("todo_created"), &json!("One"))
    );
    assert_eq!(told["recording"]["bucket"]["id"], project);
    for lacking in ["description", "completed", "assignees", "due_on"] {
        assert!(told["recording"].get(lacking).is_none(), "{lacking}");
    }
    running.sandbox.deliver(Manner::Twice);
    add(&running, project, "Two").await;
    let told = receiver.hears(3).await;
    assert_eq!(told[1]["id"], told[2]["id"]);
    running.sandbox.deliver(Manner::Late);
    add(&running, project, "Three").await;
    add(&running, project, "Four").await;
    assert_eq!(receiver.heard().len(), 3);
    running.sandbox.deliver_held().await;
    let told = receiver.hears(5).await;
    let titles: Vec<&Value> = told[3..].iter().map(|it| &it["recording"]["title"]).collect();
    assert_eq!(titles, ["Four", "Three"]);
    let shown = get(&running, &format!("/webhooks/{id}")).await;
    let deliveries = shown.body["recent_deliveries"].as_array().unwrap();
    assert!(deliveries.iter().all(|it| it["response"]["code"] == 204), "{deliveries:?}");
}

#[tokio::test]
async fn an_address_that_fails_ten_times_is_switched_off() {
    let running = quick().await;
    let (project, receiver) = (project(&running).await, Receiver::answering(500).await);
    let id = hook(&running, project, json!({ "payload_url": receiver.url })).await;
    add(&running, project, "Lost").await;
    assert_eq!(receiver.hears(10).await.len(), 10);
    for _ in 0..600 {
        let shown = get(&running, &format!("/webhooks/{id}")).await;
        if shown.body["active"] == false {
            assert_eq!(shown.body["recent_deliveries"].as_array().unwrap().len(), 10);
            add(&running, project, "Unheard").await;
            assert_eq!(receiver.heard().len(), 10);
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it was never switched off");
}
