//! Acceptance: connections are tested without anybody asking, and whoever can mend one is told once.

use crate::caller::{Caller, Server};
use crate::mcp::HERE;
use agent::keys::NewKey;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use sandbox::activepieces::{Config, serve};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::care;
use store::ids::now_ms;
use tokio::net::TcpListener;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 1_440 * MINUTE_MS;

/// Looks for what is due at this time; gives how many were tested.
async fn look(server: &Server, at: i64) -> usize {
    server.backend.care().look(at).await.unwrap()
}

/// What somebody was told, the newest first.
async fn told(caller: &Caller<'_>) -> Vec<Value> {
    let inbox = caller.get("/api/pmos/notifications").await;
    inbox["notifications"].as_array().unwrap().clone()
}

/// The second installation on a port of this machine; nobody is let in while the door is shut. Gives its address and a
/// header that opens it.
async fn second(server: &Server, is_open: Arc<AtomicBool>) -> (String, String) {
    let made = server.signs_up("Elsewhere").await.script(json!({})).await;
    let door = from_fn(move |request: Request, next: Next| {
        let is_open = is_open.load(Ordering::SeqCst);
        async move {
            if is_open { next.run(request).await } else { StatusCode::UNAUTHORIZED.into_response() }
        }
    });
    let router = api::router(&server.backend).layer(door);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, format!("Bearer {}", made.key.unwrap()))
}

#[tokio::test]
async fn who_can_mend_a_connection_is_told_when_it_turns_bad_and_when_it_is_good_again() {
    for server in Server::all_with(HERE).await {
        let elsewhere = Server::sqlite().await;
        let is_open = Arc::new(AtomicBool::new(true));
        let (url, secret) = second(&elsewhere, Arc::clone(&is_open)).await;
        let owner = server.signs_up("Owner").await;
        let admin = server.joins(&owner, "Admin", "workspace_admin").await;
        let member = server.joins(&owner, "Member", "member").await;
        let new = json!({"name": "Other PM OS", "url": url, "secret": secret});
        let added = owner.post("/api/pmos/tool-servers", new).await;
        assert_eq!(added.status, 201, "{} {}", server.name, added.body);

        let begin = now_ms();
        assert_eq!(look(&server, begin).await, 0, "its time of the day comes first");
        let day = |number: i64| begin + number * DAY_MS;
        assert_eq!((look(&server, day(1)).await, look(&server, day(1)).await), (1, 0));
        assert!(told(&owner).await.is_empty(), "nothing is wrong");

        is_open.store(false, Ordering::SeqCst);
        assert_eq!(look(&server, day(2)).await, 1);
        for caller in [&owner, &admin] {
            let inbox = told(caller).await;
            assert_eq!(inbox.len(), 1, "{} {inbox:?}", server.name);
            assert_eq!(inbox[0]["title"], "The tool server Other PM OS no longer works");
            assert_eq!(inbox[0]["link"], "/integrations");
            assert!(!inbox[0]["body"].as_str().unwrap().is_empty(), "it says why");
        }
        let shown = owner.get("/api/pmos/tool-servers").await;
        assert!(shown["servers"][0]["checked"]["error"].is_string(), "{}", shown.body);
        assert_eq!(look(&server, day(2) + 60 * MINUTE_MS).await, 1, "it is looked at more often");
        assert_eq!(told(&owner).await.len(), 1, "and nobody is told twice");

        is_open.store(true, Ordering::SeqCst);
        assert_eq!(look(&server, day(2) + 120 * MINUTE_MS).await, 1);
        assert_eq!(told(&admin).await[0]["title"], "The tool server Other PM OS works again");
        assert_eq!(look(&server, day(3) + 120 * MINUTE_MS).await, 1);
        assert_eq!(told(&owner).await.len(), 2, "{}", server.name);
        assert!(told(&member).await.is_empty(), "who cannot mend it hears nothing");
    }
}

#[tokio::test]
async fn an_engine_that_refuses_us_is_told_at_once_and_its_recovery_too() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let running = serve(Config::default()).await.unwrap();
        let sign_in = json!({
            "engine": "activepieces", "url": running.engine.base_url(), "email": "owner@example.com",
            "password": "correct horse",
        });
        assert_eq!(owner.put("/api/pmos/flow-engine", sign_in).await.status, 200);
        let begin = now_ms();
        look(&server, begin).await;
        assert_eq!(look(&server, begin + DAY_MS).await, 1, "{}", server.name);
        assert!(told(&owner).await.is_empty(), "{}", server.name);
        running.engine.set_password(0, "another one");
        assert_eq!(look(&server, begin + 2 * DAY_MS).await, 1);
        let inbox = told(&owner).await;
        assert_eq!((inbox.len(), &inbox[0]["link"]), (1, &json!("/settings/engine")), "{inbox:?}");
        assert_eq!(inbox[0]["title"], "The flow engine A project no longer works");
        running.engine.set_password(0, "correct horse");
        assert_eq!(look(&server, begin + 2 * DAY_MS + 60 * MINUTE_MS).await, 1);
        assert_eq!(told(&owner).await[0]["title"], "The flow engine A project works again");
    }
}

#[tokio::test]
async fn a_person_hears_of_their_own_and_a_key_that_fails_is_shown_with_its_trouble() {
    for server in Server::all().await {
        let elsewhere = Server::sqlite().await;
        let address = elsewhere.served().await;
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let opened = json!({"outgoingAllowList": ["127.0.0.0/8"]});
        assert_eq!(owner.put("/api/pmos/platform/settings", opened).await.status, 200);
        let new = json!({
            "name": "CRM", "pieceName": "@activepieces/piece-http", "scope": "personal",
            "value": {"secret_text": "a key that nobody made"},
            "metadata": {"testUrl": format!("http://{address}/api/pmos/audit")},
        });
        let made = member.post("/api/pmos/connections", new).await;
        assert_eq!(made.status, 201, "{} {}", server.name, made.body);
        let actor = owner.actor().await;
        let key = NewKey {
            provider: "openai_compatible".to_owned(),
            api_key: Some("sk-of-nobody".to_owned()),
            base_url: Some("http://127.0.0.1:9/v1".to_owned()),
            ..NewKey::default()
        };
        server.backend.agent.put_key(&actor, key).await.unwrap();

        let begin = now_ms();
        look(&server, begin).await;
        let due = begin + DAY_MS;
        let (here, there) = (server.backend.care(), server.backend.care());
        let (one, other) = tokio::join!(here.look(due), there.look(due));
        assert_eq!(one.unwrap() + other.unwrap(), 2, "{}: each once", server.name);
        for caller in [&owner, &member] {
            assert!(told(caller).await.is_empty(), "{}: it may pass", server.name);
        }
        assert_eq!(look(&server, due + 15 * MINUTE_MS).await, 2);
        let inbox = told(&member).await;
        assert_eq!(inbox.len(), 1, "{inbox:?}");
        assert_eq!(inbox[0]["title"], "The connection CRM no longer works");
        let inbox = told(&owner).await;
        assert_eq!(inbox.len(), 1, "not of what belongs to somebody else: {inbox:?}");
        assert_eq!(inbox[0]["link"], "/settings/assistant");

        let settings = server.backend.agent.assistant_settings(&actor).await.unwrap();
        let shared = settings.shared.unwrap();
        let looked = shared.0.keys[0].looked.clone().unwrap();
        assert!(looked.trouble.is_some_and(|it| !it.contains("sk-of-nobody")));
        let gone = server.backend.agent.delete_key(&actor, "openai_compatible").await.unwrap();
        assert!(gone);
        look(&server, due + 2 * DAY_MS).await;
        let target = care::model_target("", "openai_compatible");
        let mut conn = server.backend.db.read().await.unwrap();
        let place = (care::MODEL, target.as_str());
        let found = care::find(&mut conn, actor.workspace.as_str(), place).await.unwrap();
        assert_eq!(found, None, "{}: nothing is kept of what is gone", server.name);
    }
}
