//! Requests of steps, through the real client.

use crate::site::Site;
use crate::world::{World, admin, on_webhook, piece};
use domain::flow::connection::NewConnection;
use domain::flow::run::{Run, RunStatus};
use serde_json::{Value, json};

fn get(url: &str, more: Value) -> Value {
    let mut input = json!({
        "method": "GET", "url": url, "headers": { "x-a": "{{trigger.body.a}}" }, "queryParams": { "q": "1" },
        "authType": "BEARER_TOKEN", "authFields": { "token": "{{connections['key']}}" }, "body_type": "none",
    });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    piece("step_1", "@activepieces/piece-http", "send_request", input)
}

async fn ran(world: &World, step: Value) -> Run {
    keep_key(world).await;
    let flow = world.published(on_webhook(step)).await;
    let run = world.fire(&flow, json!({ "a": "z" })).await;
    world.ended(&run).await
}

/// The secret of these requests, once.
async fn keep_key(world: &World) {
    let connections = world.flows.connections();
    if connections.list(&admin(), None).await.unwrap().is_empty() {
        let value = json!({ "secret_text": "s3cret" }).as_object().unwrap().clone();
        let new = NewConnection {
            name: "key".to_owned(),
            piece_name: "@activepieces/piece-http".to_owned(),
            value,
            ..NewConnection::default()
        };
        connections.create(&admin(), new).await.unwrap();
    }
}

/// Recording 083.
#[tokio::test]
async fn a_request_gives_status_headers_and_body_and_keeps_its_secret() {
    let (world, site) = (World::sqlite().await, Site::open().await);
    world.allow(&[site.host()]).await;
    let run = ran(&world, get(&site.url("/ok"), json!({}))).await;
    let output = &run.steps["step_1"]["output"];
    assert_eq!((&output["status"], &output["body"]), (&json!(200), &json!({ "path": "/ok" })));
    assert_eq!(output["headers"]["content-type"], "application/json");
    let arrived = &site.arrived()[0];
    assert_eq!(
        (&arrived.headers["x-a"], &arrived.headers["authorization"]),
        (&"z".parse().unwrap(), &"Bearer s3cret".parse().unwrap())
    );
    assert!(!serde_json::to_string(&run).unwrap().contains("s3cret"));
}

#[tokio::test]
async fn private_addresses_are_not_reached() {
    let (world, site) = (World::sqlite().await, Site::open().await);
    let port = site.address.port();
    let closed = [
        site.url("/ok"),
        format!("http://localhost:{port}/ok"),
        "http://localhost/ok".to_owned(),
        "http://[::ffff:127.0.0.1]/".to_owned(),
    ];
    for url in closed {
        let run = ran(&world, get(&url, json!({}))).await;
        assert_eq!(run.status, RunStatus::Failed, "{url}");
    }
    assert!(site.arrived().is_empty());
}

#[tokio::test]
async fn every_hop_of_a_redirect_is_judged() {
    let (world, site, other) = (World::sqlite().await, Site::open().await, Site::open().await);
    world.allow(&[site.host()]).await;
    let follow = json!({ "followRedirects": true });
    let closed =
        ran(&world, get(&site.url(&format!("/to?{}", other.url("/ok"))), follow.clone())).await;
    assert_eq!(closed.status, RunStatus::Failed);
    assert!(other.arrived().is_empty());
    world.allow(&[site.host(), other.host()]).await;
    let open =
        ran(&world, get(&site.url(&format!("/to?{}", other.url("/ok"))), follow.clone())).await;
    assert_eq!(open.steps["step_1"]["output"]["status"], 200);
    assert!(!other.arrived()[0].headers.contains_key("authorization"));
    let endless = ran(&world, get(&site.url("/to?/to"), follow)).await;
    assert!(endless.error.unwrap().contains("redirected"));
    let kept = ran(&world, get(&site.url("/to?/ok"), json!({}))).await;
    assert_eq!(kept.steps["step_1"]["output"]["status"], 302);
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off_packed_or_not() {
    let (world, site) = (World::sqlite().await, Site::open().await);
    world.allow(&[site.host()]).await;
    for path in ["/endless", "/packed"] {
        let run = ran(&world, get(&site.url(path), json!({}))).await;
        assert_eq!(run.status, RunStatus::Failed, "{path}");
        assert!(run.error.unwrap().contains("larger than 10 MB"), "{path}");
    }
}

/// Recording 084.
#[tokio::test]
async fn an_error_answer_fails_the_step_unless_it_goes_on() {
    let (world, site) = (World::sqlite().await, Site::open().await);
    world.allow(&[site.host()]).await;
    site.fail(1);
    let run = ran(&world, get(&site.url("/fail"), json!({}))).await;
    assert_eq!(run.status, RunStatus::Failed);
    assert!(run.error.unwrap().contains("500"));
    site.fail(1);
    let run = ran(&world, get(&site.url("/fail"), json!({ "failureMode": "continue_all" }))).await;
    assert_eq!(run.steps["step_1"]["output"]["status"], 500);
}
