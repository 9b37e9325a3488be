//! Connections in runs: who may use which, what is seen of them, and how their access is renewed.

use crate::answers::{call, callable};
use crate::site::Site;
use crate::world::{NOW, World, actor, admin, chain, on_webhook, piece, set_fields};
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::routing::post;
use domain::actor::{Actor, Role};
use domain::flow::connection::{
    ConnectionScope, ConnectionStatus, ConnectionType, FlowConnection, NewConnection,
};
use domain::flow::listing::RunFilter;
use domain::flow::run::{Run, RunStatus};
use domain::ids::UserId;
use domain::problem::Problem;
use flow::connections::Connections;
use flow::connections::oauth::SignInAnswer;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

const SECRET: &str = "s3cret-\"quoted\" & long";

fn bob() -> Actor {
    Actor { user: UserId::from("bob"), name: "Bob".to_owned(), ..actor("w1", Role::Member) }
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn new(name: &str, value: Value) -> NewConnection {
    NewConnection {
        name: name.to_owned(),
        piece_name: "@activepieces/piece-http".to_owned(),
        value: object(value),
        ..NewConnection::default()
    }
}

fn connections(world: &World) -> Connections {
    world.flows.connections()
}

async fn secret(world: &World, name: &str) -> FlowConnection {
    connections(world).create(&admin(), new(name, json!({ "secret_text": SECRET }))).await.unwrap()
}

/// A request signed by a connection.
fn signed(url: &str, connection: &str) -> Value {
    let input = json!({
        "method": "GET", "url": url, "headers": {}, "queryParams": {}, "authType": "CONNECTION",
        "authFields": { "connection": connection }, "body_type": "none",
    });
    piece("step_1", "@activepieces/piece-http", "send_request", input)
}

async fn ran(world: &World, trigger: Value) -> Run {
    let flow = world.published(trigger).await;
    let run = world.fire(&flow, json!({})).await;
    world.ended(&run).await
}

#[tokio::test]
async fn every_way_to_name_a_connection_works_and_nothing_of_it_is_seen() {
    for world in World::both().await {
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        assert_eq!(secret(&world, "Our CRM").await.external_id, "our_crm");
        let fields = json!({
            "a": "{{connections['our_crm'].secret_text}}", "b": "{{connections.our_crm.secret_text}}",
            "c": "{{connections['our_crm']['secret_text']}}", "d": "Bearer {{connections.our_crm.secret_text}}!",
        });
        let steps = chain(vec![
            signed(&site.url("/ok"), "{{connections['our_crm']}}"),
            set_fields("step_2", fields),
        ]);
        let run = ran(&world, on_webhook(steps)).await;
        assert_eq!(run.status, RunStatus::Succeeded, "{}: {run:?}", world.name);
        let sent = &site.arrived()[0].headers["authorization"];
        assert_eq!(sent.to_str().unwrap(), format!("Bearer {SECRET}"));
        let masked = "**REDACTED**";
        let seen = &run.steps["step_2"];
        assert_eq!(seen["connections"], json!(["Our CRM"]));
        assert_eq!(
            seen["output"],
            json!({ "a": masked, "b": masked, "c": masked, "d": format!("Bearer {masked}!") })
        );
        assert!(seen["warnings"][0].as_str().unwrap().contains("masked"));
        assert!(!serde_json::to_string(&run).unwrap().contains("s3cret"), "{run:?}");
    }
}

#[tokio::test]
async fn a_secret_that_was_moved_to_another_connection_opens_for_nobody() {
    for world in World::both().await {
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        let (ours, theirs) = (secret(&world, "ours").await, secret(&world, "theirs").await);
        let moving = format!(
            "UPDATE flow_connections SET (data_key, secret) = (SELECT data_key, secret FROM flow_connections
             WHERE id = '{}') WHERE id = '{}'",
            ours.id, theirs.id
        );
        assert_eq!(world.test.as_ref().unwrap().run(&moving).await.unwrap(), 1);
        let signed_by = |connection: &str| on_webhook(signed(&site.url("/ok"), connection));
        let run = ran(&world, signed_by("{{connections['theirs']}}")).await;
        assert_eq!((run.status, site.arrived().len()), (RunStatus::Failed, 0), "{}", world.name);
        assert!(run.error.unwrap().contains("Enter it again under Integrations"));
        let run = ran(&world, signed_by("{{connections['ours']}}")).await;
        assert_eq!(run.status, RunStatus::Succeeded);
    }
}

#[tokio::test]
async fn a_flow_that_is_handed_a_secret_uses_it_and_shows_nothing_of_it() {
    for world in World::both().await {
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        secret(&world, "crm").await;
        let headers = json!({ "authorization": "{{trigger.data.header}}", "x-key": "{{trigger.data.deep[0]}}" });
        let input = json!({
            "method": "GET", "url": site.url("/ok"), "headers": headers, "queryParams": {}, "authType": "NONE",
            "body_type": "none",
        });
        let request = piece("step_1", "@activepieces/piece-http", "send_request", input);
        let shows = set_fields("step_2", json!({ "it": "{{trigger.data.header}}" }));
        let child = callable(&world, chain(vec![request, shows])).await;
        let given = json!({
            "header": "Bearer {{connections.crm.secret_text}}", "deep": ["{{connections.crm.secret_text}}"], "n": 7,
        });
        let run = ran(&world, on_webhook(call("step_1", &child, given))).await;
        assert_eq!(run.status, RunStatus::Succeeded, "{}: {run:?}", world.name);
        let sent = &site.arrived()[0].headers;
        assert_eq!(sent["authorization"].to_str().unwrap(), format!("Bearer {SECRET}"));
        assert_eq!(sent["x-key"].to_str().unwrap(), SECRET);
        let of_child = RunFilter { flow_id: Some(child.id.clone()), ..RunFilter::default() };
        let called = world.runs.list(&admin(), &of_child).await.unwrap().data.remove(0);
        let called = world.runs.get(&admin(), &called.id).await.unwrap();
        let masked = "**REDACTED**";
        let data = &called.steps["trigger"]["output"]["data"];
        assert_eq!(*data, json!({ "header": masked, "deep": [masked], "n": 7 }));
        let shown = json!({ "it": format!("Bearer {masked}") });
        assert_eq!(called.steps["step_2"]["output"], shown);
        for seen in [&run, &called] {
            assert!(!serde_json::to_string(seen).unwrap().contains("s3cret"), "{seen:?}");
        }
        let mut conn = world.db.read().await.unwrap();
        let stored = store::runs::find(&mut conn, &admin().workspace, &called.id).await.unwrap();
        assert!(!stored.unwrap().payload.contains("s3cret"), "{}", world.name);
    }
}

#[tokio::test]
async fn an_error_that_repeats_the_secret_is_masked() {
    let world = World::sqlite().await;
    let site = Site::open().await;
    world.allow(&[site.host()]).await;
    secret(&world, "crm").await;
    let step = signed(&site.url("/echo"), "{{connections['crm']}}");
    let run = ran(&world, on_webhook(step)).await;
    assert_eq!(run.status, RunStatus::Failed);
    let error = run.steps["step_1"]["errorMessage"].as_str().unwrap();
    assert!(error.contains("**REDACTED**") && !error.contains("s3cret"), "{error}");
    assert!(!serde_json::to_string(&run).unwrap().contains("s3cret"));
}

#[tokio::test]
async fn a_missing_connection_is_named_when_publishing_and_when_running() {
    for world in World::both().await {
        let made = secret(&world, "crm").await;
        let step = set_fields("step_1", json!({ "a": "{{connections.crm.secret_text}}" }));
        let flow = world.published(on_webhook(step)).await;
        let used = connections(&world).used_by(&admin(), &made.id).await.unwrap();
        assert_eq!((used.len(), &used[0].id), (1, &flow.id));
        let refused = connections(&world).delete(&admin(), &made.id, false).await.unwrap_err();
        assert!(matches!(&refused, Problem::Conflict { message, .. } if message.contains("Flow")));
        connections(&world).delete(&admin(), &made.id, true).await.unwrap();
        let run = world.fire(&flow, json!({})).await;
        let run = world.ended(&run).await;
        assert_eq!(run.status, RunStatus::Failed);
        let error = run.steps["step_1"]["errorMessage"].as_str().unwrap();
        assert!(error.contains("crm") && error.contains("Integrations"), "{error}");
        let Err(Problem::Invalid { issues }) = world.flows.publish(&admin(), &flow.id).await else {
            panic!("published");
        };
        assert_eq!(issues[0].field, "steps.step_1.input.mapping.a");
    }
}

#[tokio::test]
async fn a_personal_connection_is_its_owners_alone_and_its_use_is_in_the_log() {
    for world in World::both().await {
        let personal = NewConnection {
            scope: ConnectionScope::Personal,
            ..new("mine", json!({ "secret_text": "ann's own" }))
        };
        let made = connections(&world).create(&admin(), personal).await.unwrap();
        let missing = connections(&world).get(&bob(), &made.id).await.unwrap_err();
        assert_eq!(missing, Problem::not_found("Connection"));
        assert_eq!(connections(&world).list(&bob(), None).await.unwrap(), []);
        let shared =
            connections(&world).create(&bob(), new("all", json!({ "secret_text": "xxxx" }))).await;
        assert!(matches!(shared, Err(Problem::Forbidden { .. })));
        let step = set_fields("step_1", json!({ "a": "{{connections.mine.secret_text}}" }));
        let run = ran(&world, on_webhook(step)).await;
        assert_eq!(run.status, RunStatus::Succeeded);
        let used = logged(&world, "connection.used").await;
        assert_eq!(used, [json!({ "runId": run.id, "flowId": run.flow_id })], "{}", world.name);
        let flow = world
            .drafted(on_webhook(set_fields("step_1", json!({ "a": "{{connections.mine.x}}" }))))
            .await;
        let id = flow.unwrap().id;
        let theirs =
            world.runs.start(&bob(), &id, json!({}), domain::flow::run::Which::Draft).await;
        assert_eq!(world.ended(&theirs.unwrap().id).await.status, RunStatus::Failed);
    }
}

#[tokio::test]
async fn the_list_says_who_uses_what_and_who_may_change_it() {
    for world in World::both().await {
        secret(&world, "crm").await;
        secret(&world, "idle").await;
        let machine = json!({
            "type": "OAUTH2", "client_id": "pmos", "client_secret": "client-secret",
            "token_url": "https://app.example/token", "grant_type": "client_credentials",
        });
        connections(&world).create(&admin(), new("machine", machine)).await.unwrap();
        let step = set_fields("step_1", json!({ "a": "{{connections.crm.secret_text}}" }));
        let flow = world.published(on_webhook(step)).await;
        let list = connections(&world).listed(&admin()).await.unwrap();
        assert!(list.redirect_uri.ends_with("/oauth/callback"));
        let of = |name: &str| {
            list.connections.iter().find(|it| it.connection.external_id == name).unwrap()
        };
        let users: Vec<_> = of("crm").used_by.iter().map(|it| &it.id).collect();
        assert_eq!(users, [&flow.id], "{}", world.name);
        assert!(of("idle").used_by.is_empty() && of("idle").may_change);
        assert!(!of("machine").signs_in, "a machine signs in by itself");
        let seen = connections(&world).listed(&bob()).await.unwrap().connections;
        assert!(seen.len() == 3 && seen.iter().all(|it| !it.may_change));
        let viewer = actor("w1", Role::Viewer);
        let refused = connections(&world).listed(&viewer).await.unwrap_err();
        assert!(matches!(refused, Problem::Forbidden { .. }));
        let other = connections(&world).listed(&actor("w2", Role::Member)).await.unwrap();
        assert_eq!(other.connections, []);
        assert!(!serde_json::to_string(&list).unwrap().contains("s3cret"));
    }
}

async fn logged(world: &World, kind: &str) -> Vec<Value> {
    let mut conn = world.db.read().await.unwrap();
    let all = store::events::after(&mut conn, &admin().workspace, 0, 500).await.unwrap();
    all.into_iter().filter(|it| it.event.kind.as_str() == kind).map(|it| it.event.detail).collect()
}

/// An app with a token address: what it was asked, and how it answers.
#[derive(Clone, Default)]
struct App {
    asked: Arc<Mutex<Vec<HashMap<String, String>>>>,
    refuses: Arc<Mutex<bool>>,
}

impl App {
    async fn open(&self) -> SocketAddr {
        let router = axum::Router::new().route("/token", post(tokens)).with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    fn asked(&self) -> Vec<HashMap<String, String>> {
        self.asked.lock().unwrap().clone()
    }
}

async fn tokens(
    State(app): State<App>,
    Form(fields): Form<HashMap<String, String>>,
) -> (StatusCode, axum::Json<Value>) {
    let number = {
        let mut asked = app.asked.lock().unwrap();
        asked.push(fields);
        asked.len()
    };
    if *app.refuses.lock().unwrap() {
        return (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": "invalid_grant" })));
    }
    let body = json!({
        "access_token": format!("access-{number}"), "refresh_token": format!("refresh-{number}"),
        "expires_in": 3600, "token_type": "Bearer",
    });
    (StatusCode::OK, axum::Json(body))
}

async fn signed_in(world: &World, app: &App) -> FlowConnection {
    let address = app.open().await;
    world.allow(&[address.to_string(), "127.0.0.1".to_owned()]).await;
    let value = json!({
        "type": "OAUTH2", "client_id": "pmos", "client_secret": "client-secret", "scope": "read write",
        "auth_url": "https://app.example/authorize?x=1", "token_url": format!("http://{address}/token"),
    });
    let made = connections(world).create(&admin(), new("app", value)).await.unwrap();
    assert_eq!((made.status, made.r#type), (ConnectionStatus::Missing, ConnectionType::OAuth2));
    let url = connections(world).begin_sign_in(&admin(), &made.id, "session-1").await.unwrap();
    let url = url::Url::parse(&url).unwrap();
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    assert_eq!(
        (query["client_id"].as_str(), query["code_challenge_method"].as_str()),
        ("pmos", "S256")
    );
    assert_eq!(query["redirect_uri"], "http://pmos.test/oauth/callback");
    let answer = SignInAnswer {
        state: query["state"].clone(),
        code: Some("code-1".to_owned()),
        error: None,
        issuer: None,
    };
    let all = connections(world);
    for (who, session) in [(admin(), "session-2"), (bob(), "session-3")] {
        let refused = all.end_sign_in(&who, session, answer.clone()).await;
        assert!(matches!(refused, Err(Problem::Invalid { .. })));
    }
    let ended = all.end_sign_in(&admin(), "session-1", answer.clone()).await.unwrap();
    assert_eq!((ended.refused, ended.connection.status), (None, ConnectionStatus::Active));
    let again = all.end_sign_in(&admin(), "session-1", answer).await;
    assert!(matches!(again, Err(Problem::Invalid { .. })), "a state counts once");
    made
}

#[tokio::test]
async fn access_is_renewed_once_before_it_ends_however_many_ask() {
    for world in World::both().await {
        let app = App::default();
        signed_in(&world, &app).await;
        assert_eq!(app.asked()[0]["grant_type"], "authorization_code");
        assert_eq!(app.asked()[0]["code"], "code-1");
        let site = Site::open().await;
        world.allow(&[site.host(), "127.0.0.1".to_owned()]).await;
        world.clock.store(NOW + 2 * 3_600_000, Ordering::SeqCst);
        let flow =
            world.published(on_webhook(signed(&site.url("/ok"), "{{connections['app']}}"))).await;
        let runs = futures::future::join_all((0..8).map(|_| world.fire(&flow, json!({})))).await;
        for run in &runs {
            let run = world.ended(run).await;
            assert_eq!(run.status, RunStatus::Succeeded, "{run:?}");
        }
        let asked = app.asked();
        assert_eq!(asked.len(), 2, "{}: {asked:?}", world.name);
        assert_eq!(
            (asked[1]["grant_type"].as_str(), asked[1]["refresh_token"].as_str()),
            ("refresh_token", "refresh-1")
        );
        assert!(site.arrived().iter().all(|it| it.headers["authorization"] == "Bearer access-2"));
    }
}

#[tokio::test]
async fn a_refused_renewal_is_noted_and_fails_the_step_with_what_to_do() {
    let world = World::sqlite().await;
    let app = App::default();
    let made = signed_in(&world, &app).await;
    *app.refuses.lock().unwrap() = true;
    world.clock.store(NOW + 2 * 3_600_000, Ordering::SeqCst);
    let step = set_fields("step_1", json!({ "a": "{{connections.app.access_token}}" }));
    let run = ran(&world, on_webhook(step)).await;
    let error = run.steps["step_1"]["errorMessage"].as_str().unwrap();
    assert!(error.contains("invalid_grant") && error.contains("Sign in again"), "{error}");
    let now = connections(&world).get(&admin(), &made.id).await.unwrap();
    assert!(now.problem.is_some_and(|it| it.contains("Sign in again")));
}

#[tokio::test]
async fn a_test_is_one_real_call_and_says_what_was_found() {
    let world = World::sqlite().await;
    let site = Site::open().await;
    world.allow(&[site.host()]).await;
    let all = connections(&world);
    let with = |path: &str| NewConnection {
        metadata: object(json!({ "testUrl": site.url(path) })),
        ..new("x", json!({ "type": "BASIC_AUTH", "username": "ann", "password": "pass" }))
    };
    let good = all.create(&admin(), with("/ok")).await.unwrap();
    let found = all.test(&admin(), &good.id).await.unwrap();
    assert!(found.passed && found.called);
    assert_eq!(site.arrived()[0].headers["authorization"], "Basic YW5uOnBhc3M=");
    let bad = all.create(&admin(), with("/echo")).await.unwrap();
    assert_eq!(bad.external_id, "x_2");
    let found = all.test(&admin(), &bad.id).await.unwrap();
    assert!(!found.passed && found.called && found.message.contains("401"), "{found:?}");
    assert_eq!(all.get(&admin(), &bad.id).await.unwrap().status, ConnectionStatus::Error);
    let untried = all.create(&admin(), new("y", json!({ "secret_text": "abcd" }))).await.unwrap();
    let found = all.test(&admin(), &untried.id).await.unwrap();
    assert!(found.passed && !found.called);
}
