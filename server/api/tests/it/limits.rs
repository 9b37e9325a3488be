//! Acceptance: limits of single things, and pages of other sites.

use crate::caller::{Caller, Server};
use crate::mcp::{HERE, Reply, rpc};
use axum::body::Body;
use serde_json::json;
use std::time::Duration;

async fn make(script: &Caller<'_>) -> Reply {
    let new = json!({"name": "flow_create", "arguments": {"name": "Greet"}});
    rpc(script, "tools/call", new).await
}

#[tokio::test]
async fn too_many_flows_in_a_minute_are_refused_and_the_wait_is_named() {
    for server in Server::all_with(HERE).await {
        server.backend.auth.clock().stop();
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({})).await;
        let other = server.signs_up("Third").await.script(json!({})).await;
        for _ in 0..20 {
            assert_eq!(make(&script).await.result()["isError"], false);
        }
        let refused = make(&script).await;
        let content = &refused.result()["structuredContent"];
        assert_eq!(content["code"], "RATE_LIMITED", "{}", refused.last());
        let wait = content["retry_after_ms"].as_u64().unwrap();
        assert_eq!(make(&other).await.result()["isError"], false);
        assert_eq!(owner.get("/api/operations").await["count"], 20);
        server.backend.auth.clock().advance(Duration::from_millis(wait));
        assert_eq!(make(&script).await.result()["isError"], false);
    }
}

#[tokio::test]
async fn too_many_questions_in_a_second_are_refused_and_the_wait_is_named() {
    for server in Server::all().await {
        server.backend.auth.clock().stop();
        let (owner, other) = (server.signs_up("Owner").await, server.signs_up("Third").await);
        let empty = json!({"message": ""});
        for _ in 0..5 {
            assert_eq!(owner.post("/api/chat", empty.clone()).await.status, 400);
        }
        let refused = owner.post("/api/chat", json!({"message": "What can you do?"})).await;
        assert_eq!((refused.status, &refused["code"]), (429, &json!("RATE_LIMITED")));
        assert_eq!((&refused["retryAfter"], &refused["remaining"]), (&json!(1), &json!(0)));
        assert_eq!(refused.header("retry-after"), Some("1"));
        assert_eq!(owner.get("/api/chat/sessions").await.body, json!([]));
        assert_eq!(other.post("/api/chat", empty.clone()).await.status, 400);
        server.backend.auth.clock().advance(Duration::from_secs(1));
        assert_eq!(owner.post("/api/chat", empty).await.status, 400);
    }
}

#[tokio::test]
async fn a_super_admin_sets_limits_that_count_at_once_and_after_a_restart() {
    for mut server in Server::all().await {
        server.backend.auth.clock().stop();
        let cookie = server.signs_up("Owner").await.cookie.clone();
        let path = "/api/pmos/platform/settings";
        {
            let owner = server.person(&cookie);
            assert_eq!(owner.get(path).await["limits"]["chatMessagesPerSecond"], 5);
            for wrong in [json!({"calls": 1}), json!({"callsPerMinute": 0})] {
                let refused = owner.put(path, json!({ "limits": wrong })).await;
                let field = refused["details"][0]["field"].as_str().unwrap();
                assert!(refused.status == 400 && field.starts_with("limits."), "{}", refused.body);
            }
            let set = owner.put(path, json!({"limits": {"chatMessagesPerSecond": 1}})).await;
            assert_eq!(set["limits"]["chatMessagesPerSecond"], 1, "{}", set.body);
        }
        server.restart();
        let owner = server.person(&cookie);
        let empty = json!({"message": ""});
        assert_eq!(owner.post("/api/chat", empty.clone()).await.status, 400);
        assert_eq!(owner.post("/api/chat", empty.clone()).await.status, 429);
        let set = owner.put(path, json!({"limits": {"chatMessagesPerSecond": null}})).await;
        assert_eq!(set["limits"]["chatMessagesPerSecond"], 5);
        server.backend.auth.clock().advance(Duration::from_secs(1));
        for _ in 0..5 {
            assert_eq!(owner.post("/api/chat", empty.clone()).await.status, 400, "{}", server.name);
        }
        assert_eq!(owner.post("/api/chat", empty).await.status, 429);
        let log = owner.get("/api/pmos/audit?action=platform.").await;
        assert_eq!(log["events"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_listed_site_may_call_with_a_key_and_never_with_a_session() {
    let listed = [
        ("APP_BASE_URL", "http://pmos.test"),
        ("CORS_ALLOWED_ORIGINS", "https://tools.example.com"),
    ];
    for server in Server::all_with(&listed).await {
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({})).await;
        let ask = async |method: &str, origin: &str| {
            let request = script.request(method, "/api/operations").header("origin", origin);
            let request = request.header("access-control-request-method", "GET");
            script.send(request.body(Body::empty()).unwrap()).await
        };
        let first = ask("OPTIONS", "https://tools.example.com").await;
        assert_eq!(first.status, 204);
        assert!(first.header("access-control-allow-headers").unwrap().contains("x-api-key"));
        let read = ask("GET", "https://tools.example.com").await;
        for answer in [&first, &read] {
            let site = answer.header("access-control-allow-origin");
            assert_eq!(site, Some("https://tools.example.com"));
            assert!(answer.header("access-control-allow-credentials").is_none());
        }
        assert_eq!(read.status, 200);
        for method in ["OPTIONS", "GET"] {
            let other = ask(method, "https://evil.example").await;
            assert!(other.header("access-control-allow-origin").is_none(), "{method}");
        }
    }
}
