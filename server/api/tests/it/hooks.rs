//! Addresses of flows: who may call them with what, and what they are told.

use crate::caller::{Answer, Caller, Server};
use api::routes::Route;
use axum::body::Body;
use domain::actor::{Actor, Role, Via};
use domain::flow::edit::{FlowEdit, ImportFlow};
use domain::flow::listing::NewFlow;
use domain::flow::{FlowStatus, Trigger};
use domain::ids::{FlowId, UserId, WorkspaceId};
use serde_json::{Value, json};

/// Whether a route is the address of a flow, which takes any body from anywhere.
pub(crate) fn is_address(route: &Route) -> bool {
    route.path.starts_with("/hooks/") || route.path.starts_with("/api/v1/webhooks/")
}

async fn actor(caller: &Caller<'_>) -> Actor {
    let me = caller.me().await;
    Actor {
        user: UserId::from(me["id"].as_str().unwrap()),
        name: me["name"].as_str().unwrap().to_owned(),
        workspace: WorkspaceId::from(me["workspaceId"].as_str().unwrap()),
        role: Role::WorkspaceAdmin,
        via: Via::Ui,
        request_id: "r1".to_owned(),
        ip: None,
    }
}

/// A published flow that greets `{{trigger.body.name}}`, and its webhook path.
async fn greeting(server: &Server, actor: &Actor, body: Value) -> (FlowId, String) {
    let fields =
        json!({ "status": 201, "headers": { "x-a": "1", "set-cookie": "a=b" }, "body": body });
    let trigger: Trigger = serde_json::from_value(json!({
        "name": "trigger", "displayName": "Catch webhook", "type": "PIECE_TRIGGER",
        "settings": {
            "pieceName": "@activepieces/piece-webhook", "pieceVersion": "~0.1.27",
            "triggerName": "catch_webhook", "input": { "authType": "none" },
        },
        "nextAction": {
            "name": "step_1", "displayName": "Answer", "type": "PIECE",
            "settings": {
                "pieceName": "@activepieces/piece-webhook", "pieceVersion": "~0.1.27",
                "actionName": "return_response",
                "input": { "responseType": "json", "respond": "stop", "fields": fields },
            },
        },
    }))
    .unwrap();
    let import =
        ImportFlow { display_name: "Greet".to_owned(), trigger, schema_version: None, notes: None };
    let edits = vec![FlowEdit::ImportFlow(Box::new(import))];
    let new = NewFlow { name: "Greet".to_owned(), edits, ..NewFlow::default() };
    let flow = server.backend.flows.create(actor, new).await.unwrap();
    server.backend.flows.publish(actor, &flow.id).await.unwrap();
    let url = server.backend.flows.webhook_url(actor, &flow.id).await.unwrap();
    let hook = url.rsplit('/').next().unwrap().to_owned();
    (flow.id, format!("/api/v1/webhooks/{hook}"))
}

/// As another site's page would: no session, a foreign origin.
async fn sent(server: &Server, method: &str, path: &str, (kind, body): (&str, &str)) -> Answer {
    let visitor = server.visitor();
    let request = visitor.request(method, path).header("content-type", kind);
    let request = request
        .header("origin", "https://elsewhere.example")
        .header("sec-fetch-site", "cross-site");
    visitor.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

const JSON: &str = "application/json";

#[tokio::test]
async fn a_delivery_is_stored_and_a_synchronous_one_is_answered_by_the_flow() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let actor = actor(&owner).await;
        let hello = json!({ "hello": "{{trigger.body.name}}" });
        let (flow, path) = greeting(&server, &actor, hello).await;
        let stored = sent(&server, "POST", &path, (JSON, r#"{"name":"Ada"}"#)).await;
        assert_eq!((stored.status, &stored["ok"]), (200, &json!(true)), "{}", stored.body);
        assert_eq!(stored.header("x-webhook-id"), stored["runId"].as_str());
        let form = ("application/x-www-form-urlencoded", "name=Ada");
        let answer = sent(&server, "POST", &format!("{path}/sync"), form).await;
        assert_eq!((answer.status, &answer.body), (201, &json!({ "hello": "Ada" })));
        assert_eq!((answer.header("x-a"), answer.header("set-cookie")), (Some("1"), None));
        assert!(answer.header("content-security-policy").unwrap().contains("sandbox"));
        let hook = path.rsplit('/').next().unwrap();
        let accepted = sent(&server, "POST", &format!("/hooks/{flow}/{hook}"), (JSON, "{}")).await;
        assert_eq!((accepted.status, &accepted["ok"]), (202, &json!(true)));
    }
}

#[tokio::test]
async fn what_cannot_start_a_run_is_refused_with_its_reason() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let actor = actor(&owner).await;
    let (flow, path) = greeting(&server, &actor, json!("hi")).await;
    let bad = sent(&server, "POST", &path, (JSON, "{bad")).await;
    assert_eq!((bad.status, &bad["error"]), (400, &json!("INVALID_JSON")));
    let large = format!("{}1", " ".repeat(5 * 1024 * 1024));
    let large = sent(&server, "POST", &path, (JSON, &large)).await;
    assert_eq!((large.status, &large["code"]), (413, &json!("PAYLOAD_TOO_LARGE")));
    let unknown = sent(&server, "POST", "/api/v1/webhooks/guess", (JSON, "{}")).await;
    assert_eq!(unknown.status, 410);
    assert!(unknown["requestId"].is_string());
    let wrong = sent(&server, "POST", &format!("/hooks/{flow}/guess"), (JSON, "{}")).await;
    assert_eq!(wrong.status, 410);
    let draft = sent(&server, "POST", &format!("{path}/draft"), (JSON, "{}")).await;
    assert_eq!(draft.status, 403);
    server.backend.flows.set_status(&actor, &flow, FlowStatus::Disabled).await.unwrap();
    let off = sent(&server, "POST", &path, (JSON, "{}")).await;
    assert_eq!(off.status, 404);
}

#[tokio::test]
async fn the_draft_is_run_by_whoever_is_signed_in() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let actor = actor(&owner).await;
    let (_, path) = greeting(&server, &actor, json!({ "draft": "{{trigger.body.n}}" })).await;
    let answer = owner.post(&format!("{path}/draft/sync"), json!({ "n": 7 })).await;
    assert_eq!((answer.status, &answer.body), (201, &json!({ "draft": 7 })));
    let stranger = server.signs_up("Stranger").await;
    assert_eq!(stranger.post(&format!("{path}/draft"), json!({})).await.status, 404);
}

#[tokio::test]
async fn the_engine_tells_its_public_facts() {
    let server = Server::sqlite().await;
    let flags = server.visitor().get("/api/v1/flags").await;
    assert_eq!((flags.status, &flags["WEBHOOK_TIMEOUT_SECONDS"]), (200, &json!(30)));
    assert!(flags["WEBHOOK_URL_PREFIX"].as_str().unwrap().ends_with("/api/v1/webhooks"));
}
