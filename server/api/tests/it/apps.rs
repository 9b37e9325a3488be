//! Acceptance: the life of an app, and who sees what of it (AC-30).

use crate::caller::{Answer, Caller, Server};
use axum::body::Body;
use domain::actor::Actor;
use domain::flow::Trigger;
use domain::flow::edit::{FlowEdit, ImportFlow};
use domain::flow::listing::NewFlow;
use domain::ids::FlowId;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PUBLISH: &str = "/apps/api/publisher/publish";

/// A published flow whose only step does `action` of `piece` with `input`.
pub(crate) async fn flow(
    server: &Server,
    actor: &Actor,
    step: (&str, &str),
    input: Value,
) -> FlowId {
    let flow = drafted(server, actor, step, input).await;
    server.backend.flows.publish(actor, &flow).await.unwrap();
    flow
}

/// The same as a draft.
async fn drafted(
    server: &Server,
    actor: &Actor,
    (piece, action): (&str, &str),
    input: Value,
) -> FlowId {
    let trigger: Trigger = serde_json::from_value(json!({
        "name": "trigger", "displayName": "Catch webhook", "type": "PIECE_TRIGGER",
        "settings": {
            "pieceName": "@activepieces/piece-webhook", "pieceVersion": "~0.1.27",
            "triggerName": "catch_webhook", "input": { "authType": "none" },
        },
        "nextAction": {
            "name": "step_1", "displayName": "Do", "type": "PIECE",
            "settings": {
                "pieceName": format!("@activepieces/piece-{piece}"), "pieceVersion": "~0.1.0",
                "actionName": action, "input": input,
            },
        },
    }))
    .unwrap();
    let import = ImportFlow {
        display_name: "Shout".to_owned(),
        trigger,
        schema_version: None,
        notes: None,
        keep_samples: false,
    };
    let edits = vec![FlowEdit::ImportFlow(Box::new(import))];
    let new = NewFlow { name: "Shout".to_owned(), edits, ..NewFlow::default() };
    server.backend.flows.create(actor, new).await.unwrap().id
}

/// A flow that writes `text` in capitals.
async fn shouting(server: &Server, actor: &Actor) -> FlowId {
    let input = json!({ "text": "{{trigger.body.text}}", "case": "upper" });
    flow(server, actor, ("text-helper", "change_case"), input).await
}

/// What an app of such a flow asks.
fn asks() -> Value {
    json!({"fields": [
        {"name": "text", "type": "text", "required": true},
        {"name": "many", "type": "number"},
        {"name": "pin", "type": "password"},
    ]})
}

/// Publishes `flow` as an app for `audience`; gives its id.
pub(crate) async fn published(caller: &Caller<'_>, flow: &FlowId, audience: &str) -> String {
    let kept = json!({"flowId": flow, "name": "Shout it", "visibility": "shared"});
    let template = caller.post("/apps/api/publisher/templates", kept).await;
    assert_eq!(template.status, 201, "{}", template.body);
    let new = json!({
        "templateId": template["id"], "category": "writing", "description": "Capital letters",
        "inputSchema": asks(), "outputType": "text", "tags": ["loud"],
        "outputSchema": {"publisher": {"audience": audience}},
    });
    let app = caller.post(PUBLISH, new).await;
    assert_eq!((app.status, &app["id"]), (201, &template["id"]), "{}", app.body);
    app["id"].as_str().unwrap().to_owned()
}

/// An app for `audience` of a new person.
pub(crate) async fn app_of(server: &Server, caller: &Caller<'_>, audience: &str) -> String {
    let flow = shouting(server, &caller.actor().await).await;
    published(caller, &flow, audience).await
}

pub(crate) async fn run(caller: &Caller<'_>, id: &str, inputs: Value) -> Answer {
    caller.post(&format!("/apps/{id}/execute"), json!({ "inputs": inputs })).await
}

/// The same visitor with the word that an answer gave their browser.
fn known<'a>(visitor: &Caller<'a>, answer: &Answer) -> (Caller<'a>, String) {
    let cookie = answer.header("set-cookie").unwrap();
    (visitor.clone(), cookie.split(';').next().unwrap().to_owned())
}

async fn seen(visitor: &(Caller<'_>, String), path: &str) -> Answer {
    let request = visitor.0.request("GET", path).header("cookie", &visitor.1);
    visitor.0.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn an_app_is_published_listed_changed_and_taken_out() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let other = server.joins(&owner, "Other", "member").await;
        let flow = shouting(&server, &owner.actor().await).await;
        let id = published(&member, &flow, "external").await;
        let list = server.visitor().get("/apps/api/apps?search=LOUD&category=Writing").await;
        assert_eq!((&list["data"][0]["id"], &list["next"]), (&json!(id), &Value::Null));
        let gallery = &list["data"][0]["galleryMetadata"];
        assert_eq!(
            (&gallery["category"], &gallery["canManage"]),
            (&json!("WRITING"), &json!(false))
        );
        assert_eq!(list["data"][0].get("flowId"), None, "{}", server.name);
        let path = format!("/apps/api/publisher/apps/{id}");
        let again = json!({"templateId": id, "description": "Louder"});
        for stranger in [&other, &server.visitor()] {
            for refused in [
                stranger.put(&path, json!({"featured": true})).await,
                stranger.post(PUBLISH, again.clone()).await,
                stranger.delete(&path).await,
            ] {
                assert_eq!((refused.status, &refused["code"]), (403, &json!("AUTHORIZATION")));
            }
        }
        let changed = owner.put(&path, json!({"featured": true, "icon": "text"})).await;
        assert_eq!((changed.status, &changed["galleryMetadata"]["featured"]), (200, &json!(true)));
        let repeated = member.post(PUBLISH, again).await;
        assert_eq!((repeated.status, &repeated["description"]), (201, &json!("Louder")));
        assert_eq!(repeated["galleryMetadata"]["icon"], "text");
        let mine = member.get("/apps/api/publisher/apps?search=shout").await;
        assert_eq!(mine["data"][0]["galleryMetadata"]["canManage"], true);
        assert_eq!(other.get("/apps/api/publisher/apps").await["data"], json!([]));
        assert_eq!(member.delete(&path).await.status, 204);
        let gone = server.visitor().get(&format!("/apps/api/apps/{id}")).await;
        assert_eq!((gone.status, &gone["error"]), (404, &json!("App not found")));
        assert_eq!(owner.delete(&path).await.status, 404);
    }
}

#[tokio::test]
async fn everything_wrong_with_an_app_is_named_and_nothing_is_saved() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let id = app_of(&server, &owner, "internal").await;
    let path = format!("/apps/api/publisher/apps/{id}");
    let before = owner.get(&format!("/apps/api/apps/{id}")).await.body;
    for (change, field) in [
        (json!({"outputType": "pdf"}), "outputType"),
        (
            json!({"inputSchema": {"fields": [{"name": "a b", "type": "text"}]}}),
            "inputSchema.fields.0.name",
        ),
        (
            json!({"outputSchema": {"publisher": {"authMode": "user_oauth"}}}),
            "outputSchema.publisher.requirements",
        ),
        (json!({"flowId": "nowhere"}), "flowId"),
        (json!({"category": "x".repeat(41)}), "category"),
        (json!({"featured": "yes"}), "featured"),
    ] {
        let refused = owner.put(&path, change).await;
        assert_eq!((refused.status, &refused["details"][0]["field"]), (400, &json!(field)));
    }
    assert_eq!(owner.post(PUBLISH, json!({})).await["details"][0]["field"], "templateId");
    assert_eq!(owner.get(&format!("/apps/api/apps/{id}")).await.body, before);
}

#[tokio::test]
async fn a_run_is_checked_before_anything_happens() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let id = app_of(&server, &owner, "external").await;
        let stranger = server.visitor();
        for (inputs, field) in [
            (json!({}), "text"),
            (json!({"text": "a", "many": "few"}), "many"),
            (json!({"text": "a", "other": 1}), "other"),
        ] {
            let refused = run(&stranger, &id, inputs).await;
            assert_eq!((refused.status, &refused["details"][0]["field"]), (400, &json!(field)));
        }
        let many = (0..9).map(|it| (format!("x{it}"), json!(1))).collect();
        let refused = run(&stranger, &id, Value::Object(many)).await;
        assert_eq!(refused["details"].as_array().unwrap().len(), 6);
        let large = run(&stranger, &id, json!({"text": "a".repeat(199_990)})).await;
        assert_eq!((large.status, &large["code"]), (413, &json!("PAYLOAD_TOO_LARGE")));
        let unknown = run(&stranger, "missing", json!({})).await;
        assert_eq!((unknown.status, &unknown["error"]), (404, &json!("App not found")));
        let none = owner.get(&format!("/apps/api/apps/{id}/runs")).await;
        assert_eq!(none["data"], json!([]), "{}", server.name);
    }
}

#[tokio::test]
async fn a_stranger_runs_an_external_app_and_sees_their_own_runs() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let id = app_of(&server, &owner, "external").await;
        let stranger = server.visitor();
        let done =
            run(&stranger, &id, json!({"text": "hello", "many": "4", "pin": "s3cret-pin"})).await;
        assert_eq!((done.status, &done["output"]), (200, &json!("HELLO")), "{}", done.body);
        assert!(done["executionTime"].as_i64() >= Some(0));
        let run_id = done["runId"].as_str().unwrap();
        let browser = known(&stranger, &done);
        let runs = format!("/apps/api/apps/{id}/runs");
        let listed = seen(&browser, &runs).await;
        assert_eq!(
            (&listed["data"][0]["id"], &listed["data"][0]["status"]),
            (&done["runId"], &json!("success"))
        );
        let whole = seen(&browser, &format!("{runs}/{run_id}")).await;
        assert_eq!((&whole["output"], &whole["outputType"]), (&json!("HELLO"), &json!("text")));
        assert_eq!(stranger.get(&runs).await["data"], json!([]));
        assert_eq!(stranger.get(&format!("{runs}/{run_id}")).await.status, 404);
        assert_eq!(owner.get(&runs).await["data"][0]["id"], done["runId"]);
        assert_eq!(owner.get(&format!("{runs}/{run_id}")).await.status, 404);
        let stats = stranger.get(&format!("/apps/api/apps/{id}/stats")).await;
        assert_eq!(
            (&stats["runCount"], &stats["successCount"], &stats["failedCount"]),
            (&json!(1), &json!(1), &json!(0))
        );
        let stored = server.backend.runs.get(&owner.actor().await, &run_id.into()).await.unwrap();
        let shown = serde_json::to_string(&stored).unwrap();
        assert!(!shown.contains("s3cret-pin"), "{}: {shown}", server.name);
        assert_eq!(stored.steps["trigger"]["output"]["body"]["many"], 4);
    }
}

/// The run when it has ended.
async fn ended(browser: &(Caller<'_>, String), path: &str) -> Answer {
    let since = Instant::now();
    loop {
        let now = seen(browser, path).await;
        if now["status"] != "queued" {
            return now;
        }
        assert!(since.elapsed() < Duration::from_secs(30), "{}", now.body);
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_run_in_the_background_reaches_its_end() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let id = app_of(&server, &owner, "external").await;
        let stranger = server.visitor();
        let path = format!("/apps/{id}/execute?mode=async");
        let taken = stranger.post(&path, json!({"inputs": {"text": "later"}})).await;
        assert_eq!((taken.status, &taken["queued"]), (202, &json!(true)), "{}", taken.body);
        let browser = known(&stranger, &taken);
        let run = format!("/apps/api/apps/{id}/runs/{}", taken["runId"].as_str().unwrap());
        let done = ended(&browser, &run).await;
        assert_eq!((&done["status"], &done["output"]), (&json!("success"), &json!("LATER")));
    }
}

#[tokio::test]
async fn an_internal_app_is_not_there_for_strangers() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let viewer = server.joins(&owner, "Viewer", "viewer").await;
        let id = app_of(&server, &owner, "internal").await;
        let third = server.signs_up("Third").await;
        for stranger in [&server.visitor(), &third] {
            assert_eq!(stranger.get("/apps/api/apps").await["data"], json!([]));
            for rest in ["", "/stats", "/runs"] {
                let refused = stranger.get(&format!("/apps/api/apps/{id}{rest}")).await;
                assert_eq!((refused.status, &refused["error"]), (404, &json!("App not found")));
            }
            assert_eq!(run(stranger, &id, json!({"text": "a"})).await.status, 404);
        }
        assert_eq!(viewer.get("/apps/api/apps").await["data"][0]["id"], json!(id));
        assert_eq!(run(&viewer, &id, json!({"text": "a"})).await["output"], "A");
        let path = format!("/apps/api/publisher/apps/{id}");
        let draft = json!({"outputSchema": {"publisher": {"publishStatus": "draft"}}});
        assert_eq!(owner.put(&path, draft).await.status, 200);
        assert_eq!(viewer.get("/apps/api/apps").await["data"], json!([]), "{}", server.name);
        assert_eq!(owner.get("/apps/api/apps").await["data"][0]["id"], json!(id));
    }
}

#[tokio::test]
async fn a_draft_of_a_flow_runs_for_the_owner_of_the_app_alone() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let viewer = server.joins(&owner, "Viewer", "viewer").await;
        let input = json!({ "text": "{{trigger.body.text}}", "case": "upper" });
        let step = ("text-helper", "change_case");
        let draft = drafted(&server, &owner.actor().await, step, input).await;
        let id = published(&owner, &draft, "external").await;
        for stranger in [&server.visitor(), &viewer] {
            let refused = run(stranger, &id, json!({"text": "a"})).await;
            assert_eq!((refused.status, &refused["details"][0]["field"]), (400, &json!("app")));
        }
        assert_eq!(run(&owner, &id, json!({"text": "a"})).await["output"], "A", "{}", server.name);
    }
}

#[tokio::test]
async fn a_key_of_a_repeat_gives_the_first_answer() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let id = app_of(&server, &owner, "external").await;
    let path = format!("/apps/{id}/execute");
    let send = async || {
        let request = owner.request("POST", &path).header("content-type", "application/json");
        let body = json!({"inputs": {"text": "once"}}).to_string();
        owner.send(request.header("idempotency-key", "k1").body(Body::from(body)).unwrap()).await
    };
    let (first, second) = (send().await, send().await);
    assert_eq!((first.status, &first["runId"]), (200, &second["runId"]));
    assert_eq!(owner.get(&format!("/apps/api/apps/{id}/stats")).await["runCount"], 1);
}

#[tokio::test]
async fn the_sixty_first_run_of_a_minute_is_refused() {
    let server = Server::sqlite().await;
    let stranger = server.visitor();
    for _ in 0..60 {
        assert_eq!(run(&stranger, "missing", json!({})).await.status, 404);
    }
    let refused = run(&stranger, "missing", json!({})).await;
    assert_eq!((refused.status, &refused["code"]), (429, &json!("RATE_LIMITED")));
}
