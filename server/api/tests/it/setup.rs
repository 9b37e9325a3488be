//! Acceptance: the quick setup is computed from the workspace.

use crate::caller::{Answer, Server};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const SETUP: &str = "/api/pmos/setup";

fn step<'a>(setup: &'a Answer, id: &str) -> &'a Value {
    setup["steps"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap()
}

#[tokio::test]
async fn the_steps_are_in_the_fixed_order_and_counted() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let setup = owner.get(SETUP).await;
        let ids: Vec<_> = setup["steps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["id"].as_str().unwrap())
            .collect();
        assert_eq!(
            ids,
            ["account", "basecamp", "engine", "assistant", "ready", "first_flow", "first_run"]
        );
        assert_eq!(
            (&setup["done"], &setup["total"], &setup["next"]),
            (&json!(1), &json!(5), &json!("account"))
        );
        assert_eq!(
            step(&setup, "account")["action"],
            json!({"label": "Name your workspace", "url": "/setup/account"})
        );
        assert_eq!(
            step(&setup, "basecamp")["action"],
            json!({"label": "Connect", "url": "/setup/basecamp"})
        );
    }
}

#[tokio::test]
async fn using_the_sample_connects_basecamp_once_and_removing_it_turns_the_step_back() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        owner.patch("/api/pmos/workspace", json!({"name": "Fernhill"})).await;
        let sample = format!("{SETUP}/sample");
        assert_eq!(owner.delete(&sample).await.status, 404);
        let used = owner.post(&sample, json!({})).await;
        assert_eq!(used.status, 200, "{}", used.body);
        assert!(!used["projects"].as_array().unwrap().is_empty());
        let again = owner.post(&sample, json!({})).await;
        assert_eq!(again["connection"], used["connection"]);
        let setup = owner.get(SETUP).await;
        assert_eq!((&setup["done"], &setup["next"]), (&json!(3), &json!("engine")));
        assert_eq!(owner.delete(&sample).await.status, 204);
        let setup = owner.get(SETUP).await;
        assert_eq!((&setup["done"], &setup["next"]), (&json!(2), &json!("basecamp")));
    }
}

#[tokio::test]
async fn a_check_tests_what_is_connected() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let check = format!("{SETUP}/check");
        let checked = owner.post(&check, json!({})).await;
        assert_eq!(step(&checked, "basecamp")["state"], "pending");
        owner.post(&format!("{SETUP}/sample"), json!({})).await;
        let checked = owner.post(&check, json!({"step": "basecamp"})).await;
        let basecamp = step(&checked, "basecamp");
        assert_eq!((&basecamp["state"], &basecamp["reached"]), (&json!("done"), &json!(true)));
        assert!(basecamp["tookMs"].is_u64());
        let unknown = owner.post(&check, json!({"step": "coffee"})).await;
        assert_eq!((unknown.status, &unknown["details"][0]["field"]), (400, &json!("step")));
    }
}

#[tokio::test]
async fn the_engine_is_done_once_its_practice_flow_ran() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let untried = owner.get(SETUP).await;
        let engine = step(&untried, "engine");
        assert_eq!(engine["state"], "pending", "{}", server.name);
        assert_eq!(engine["action"], json!({"label": "Test it", "url": "/setup/engine"}));
        let checked = owner.post(&format!("{SETUP}/check"), json!({"step": "engine"})).await;
        let engine = step(&checked, "engine");
        assert_eq!((&engine["state"], &engine["reached"]), (&json!("done"), &json!(true)));
        assert!(engine["tookMs"].is_u64());
        let after = owner.get(SETUP).await;
        assert_eq!((&step(&after, "engine")["state"], &after["done"]), (&json!("done"), &json!(2)));
        let other = server.signs_up("Other").await;
        let theirs = other.get(SETUP).await;
        assert_eq!(step(&theirs, "engine")["state"], "pending", "it is tested in each workspace");
    }
}

#[tokio::test]
async fn members_never_see_the_setup() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        assert_eq!(member.get(SETUP).await.status, 403);
        assert_eq!(member.post(&format!("{SETUP}/sample"), json!({})).await.status, 403);
    }
}

#[tokio::test]
async fn without_a_connection_basecamp_is_not_connected_and_with_one_every_check_passes() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let known = owner.get("/api/pmos/connectors").await;
        let basecamp = &known["basecamp"];
        assert_eq!(
            (&basecamp["configured"], &basecamp["authOk"], &basecamp["state"]),
            (&json!(false), &json!(false), &json!("not_connected")),
            "{}",
            server.name
        );
        owner.post(&format!("{SETUP}/sample"), json!({})).await;
        let tested =
            owner.post("/api/pmos/connectors/test", json!({"connector": "basecamp"})).await;
        let basecamp = &tested["basecamp"];
        assert_eq!(
            (&basecamp["configured"], &basecamp["authOk"], &basecamp["state"]),
            (&json!(true), &json!(true), &json!("ok")),
            "{}",
            tested.body
        );
        let checks = basecamp["checks"].as_array().unwrap();
        assert!(!checks.is_empty(), "{basecamp}");
        assert!(checks.iter().all(|it| it["ok"] == true && it["ms"].is_u64()), "{basecamp}");
        let unknown = owner.post("/api/pmos/connectors/test", json!({"connector": "coffee"})).await;
        assert_eq!(unknown.status, 400);
    }
}

#[tokio::test]
async fn the_setup_is_the_same_after_a_restart_and_for_every_browser() {
    for mut server in Server::all().await {
        let cookie = server.signs_up("Owner").await.cookie.clone();
        let owner = server.person(&cookie);
        owner.patch("/api/pmos/workspace", json!({"name": "Fernhill"})).await;
        owner.post(&format!("{SETUP}/sample"), json!({})).await;
        let before = owner.get(SETUP).await.body;
        let admin = server.joins(&owner, "Admin", "workspace_admin").await.cookie.clone();
        server.restart();
        assert_eq!(server.person(&cookie).get(SETUP).await.body, before, "{}", server.name);
        assert_eq!(server.person(&admin).get(SETUP).await.body, before, "{}", server.name);
    }
}

/// A provider of this machine that takes no key but `good`: its host and port.
async fn provider() -> String {
    let list = async |headers: HeaderMap| match headers.get("authorization") {
        Some(it) if it == "Bearer good" => Ok(Json(json!({"data": [{"id": "small"}]}))),
        _ => Err(StatusCode::UNAUTHORIZED),
    };
    let router = Router::new().route("/v1/models", get(list));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    host
}

#[tokio::test]
async fn the_assistant_is_as_well_as_the_model_that_was_chosen() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let known = owner.get("/api/pmos/connectors").await;
        assert_eq!(
            (&known["assistant"]["provider"], &known["assistant"]["state"]),
            (&json!("builtin"), &json!("ok"))
        );
        let chosen_by = json!("openai_compatible");
        let tested = async |key: &str, host: &str| {
            let url = format!("http://{host}/v1");
            let new = json!({"provider": "openai_compatible", "apiKey": key, "baseUrl": url, "defaultModel": "small"});
            assert_eq!(owner.post("/api/pmos/byok", new).await.status, 200);
            let chosen = json!({"patch": {"assistant": {"provider": "openai_compatible", "model": "small"}}});
            assert_eq!(owner.post("/api/pmos/config", chosen).await.status, 200);
            let before = owner.get("/api/pmos/connectors").await["assistant"].clone();
            assert_eq!(before["state"], "unknown", "{} {before}", server.name);
            let only = json!({"connector": "assistant"});
            let found = owner.post("/api/pmos/connectors/test", only).await["assistant"].clone();
            assert_eq!(owner.get("/api/pmos/connectors").await["assistant"], found);
            assert_eq!((&found["provider"], &found["model"]), (&chosen_by, &json!("small")));
            found
        };
        let (open, closed) = (provider().await, "127.0.0.1:9");
        let allowed = json!({"outgoingAllowList": [open, closed]});
        let allowed = owner.put("/api/pmos/platform/settings", allowed).await;
        assert_eq!(allowed.status, 200, "{}", allowed.body);
        let refused = tested("wrong", &open).await;
        let seen = (&refused["reachable"], &refused["authOk"], &refused["state"]);
        assert_eq!(seen, (&json!(true), &json!(false), &json!("needs_attention")), "{refused}");
        assert!(refused["hint"].is_string() && refused["checks"][1]["ok"] == false, "{refused}");
        let silent = tested("good", closed).await;
        let seen = (&silent["reachable"], &silent["authOk"], &silent["state"]);
        assert_eq!(seen, (&json!(false), &json!(false), &json!("needs_attention")), "{silent}");
        let works = tested("good", &open).await;
        let seen = (&works["reachable"], &works["authOk"], &works["state"]);
        assert_eq!(seen, (&json!(true), &json!(true), &json!("ok")), "{works}");
    }
}
