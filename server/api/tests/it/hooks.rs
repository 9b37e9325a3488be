//! Addresses of flows: who may call them with what, and what they are told.

use crate::apps;
use crate::caller::{Answer, Server};
use api::routes::Route;
use axum::body::Body;
use domain::actor::Actor;
use domain::flow::edit::{FlowEdit, ImportFlow};
use domain::flow::run::RunStatus;
use domain::flow::{Action, FlowStatus};
use domain::ids::{FlowId, RunId};
use serde_json::{Value, json};
use std::time::Duration;

/// Whether a route is the address of a flow, which takes any body from anywhere.
pub(crate) fn is_address(route: &Route) -> bool {
    let starts = ["/hooks/", "/api/v1/webhooks/", "/api/v1/flow-runs/", "/forms/"];
    starts.iter().any(|it| route.path.starts_with(it))
}

/// A published flow that greets `{{trigger.body.name}}`, and its webhook path.
async fn greeting(server: &Server, actor: &Actor, body: Value) -> (FlowId, String) {
    let fields =
        json!({ "status": 201, "headers": { "x-a": "1", "set-cookie": "a=b" }, "body": body });
    let input = json!({ "responseType": "json", "respond": "stop", "fields": fields });
    let flow = apps::flow(server, actor, ("webhook", "return_response"), input).await;
    let url = server.backend.flows.webhook_url(actor, &flow).await.unwrap();
    let hook = url.rsplit('/').next().unwrap().to_owned();
    (flow, format!("/api/v1/webhooks/{hook}"))
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
        let actor = owner.actor().await;
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
    let actor = owner.actor().await;
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
async fn the_address_of_a_flow_is_renewed_and_the_old_one_is_gone() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let actor = owner.actor().await;
        let (flow, old) = greeting(&server, &actor, json!("hi")).await;
        assert_eq!(sent(&server, "POST", &old, (JSON, "{}")).await.status, 200);
        let renewed = owner.post(&format!("/api/pmos/flows/{flow}/renew-address"), json!({})).await;
        assert_eq!(renewed.status, 200, "{}", renewed.body);
        let url = renewed["webhookUrl"].as_str().unwrap();
        let new = url.split_at(url.find("/api/v1/").unwrap()).1;
        let gone = sent(&server, "POST", &old, (JSON, "{}")).await;
        assert_eq!((gone.status, &gone["code"]), (410, &json!("GONE")), "{}", server.name);
        assert_eq!(sent(&server, "POST", new, (JSON, "{}")).await.status, 200);
        let log = owner.get("/api/pmos/audit?action=flow.address_renewed").await;
        let rows = log["events"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]["target"]["id"]), (1, &json!(flow)));
        assert!(!log.body.to_string().contains(new.rsplit('/').next().unwrap()), "it is a secret");
    }
}

#[tokio::test]
async fn basecamp_is_heard_only_at_an_address_that_was_given_to_it() {
    let server = Server::sqlite().await;
    let body = r#"{"id":1,"recording":{"id":2,"type":"Todo","bucket":{"id":3}}}"#;
    for token in ["guess", "guess.guess", "."] {
        let answer = sent(&server, "POST", &format!("/hooks/basecamp/{token}"), (JSON, body)).await;
        assert_eq!((answer.status, &answer["code"]), (404, &json!("NOT_FOUND")), "{token}");
    }
}

#[tokio::test]
async fn the_draft_is_run_by_whoever_is_signed_in() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let actor = owner.actor().await;
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

/// Looking at the link decides nothing; the button does, once.
#[tokio::test]
async fn an_approval_is_given_with_a_button() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let actor = owner.actor().await;
        let (flow, path) = greeting(&server, &actor, json!("hi")).await;
        let ask: Action = serde_json::from_value(json!({
            "name": "step_1", "displayName": "Ask", "type": "PIECE",
            "settings": {
                "pieceName": "@activepieces/piece-approval", "pieceVersion": "~0.1.16",
                "actionName": "create_approval_links", "input": { "message": "<Ship> it?" },
            },
            "nextAction": {
                "name": "step_2", "displayName": "Wait", "type": "PIECE",
                "settings": {
                    "pieceName": "@activepieces/piece-approval", "pieceVersion": "~0.1.16",
                    "actionName": "wait_for_approval", "input": {},
                },
            },
        }))
        .unwrap();
        let mut trigger = server.backend.flows.get(&actor, &flow).await.unwrap().version.trigger;
        trigger.next_action = Some(Box::new(ask));
        let display_name = "Ship".to_owned();
        let import = ImportFlow {
            display_name,
            trigger,
            schema_version: None,
            notes: None,
            keep_samples: false,
        };
        let edits = vec![FlowEdit::ImportFlow(Box::new(import))];
        server.backend.flows.edit(&actor, &flow, None, edits).await.unwrap();
        server.backend.flows.publish(&actor, &flow).await.unwrap();
        let stored = sent(&server, "POST", &path, (JSON, "{}")).await;
        let run = RunId::from(stored["runId"].as_str().unwrap());
        let link = link_of(&server, &actor, &run).await;
        for _ in 0..2 {
            let page = sent(&server, "GET", &link, ("text/html", "")).await;
            assert_eq!(page.status, 200);
            assert!(page.text.contains("&lt;Ship&gt; it?"), "{}", page.text);
        }
        let form = "application/x-www-form-urlencoded";
        let empty = sent(&server, "POST", link.split('?').next().unwrap(), (form, "")).await;
        assert_eq!(empty.status, 400);
        let decided = sent(&server, "POST", &link, (form, "action=approve&comment=ok")).await;
        assert_eq!(decided.status, 200, "{}", decided.text);
        assert!(decided.text.contains("was recorded"));
        let again = sent(&server, "POST", &link, (form, "action=disapprove")).await;
        assert_eq!(again.status, 410);
        assert!(again.text.contains("not recorded"));
        let guess = link.split("/requests/").next().unwrap().to_owned() + "/requests/guess";
        assert_eq!(sent(&server, "POST", &guess, (form, "action=approve")).await.status, 404);
    }
}

/// The path of the link that the first step of `run` made.
async fn link_of(server: &Server, actor: &Actor, run: &RunId) -> String {
    let mut changes = server.backend.db.changes();
    let waiting = async {
        loop {
            let now = server.backend.runs.get(actor, run).await.unwrap();
            if let Some(link) =
                now.steps.get("step_1").and_then(|it| it["output"]["approvalLink"].as_str())
                && now.status == RunStatus::Paused
            {
                let at = link.find("/api/").unwrap();
                return link.split_at(at).1.to_owned();
            }
            drop(changes.recv().await);
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("the run pauses")
}
