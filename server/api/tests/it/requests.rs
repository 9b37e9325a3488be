//! Acceptance: what every request gets, right or wrong.

use crate::caller::{PASSWORD, Server, sign_up};
use crate::hooks;
use api::routes::Route;
use axum::body::Body;
use serde_json::json;

const SIGN_UP: &str = "/api/pmos/auth/signup";

/// Whether a route reads a JSON body. `/mcp` answers in the words of its own protocol.
fn takes_json(route: &Route) -> bool {
    let takes_form =
        ["/oauth/decide", "/oauth/token", "/oauth/revoke", "/logout"].contains(&route.path);
    let takes_bytes = route.path == "/api/pmos/projects/{id}/files";
    let is_other = hooks::is_address(route) || route.path == "/mcp" || takes_form || takes_bytes;
    matches!(route.method.as_str(), "POST" | "PUT" | "PATCH") && !is_other
}

#[tokio::test]
async fn malformed_json_is_refused_by_every_json_route() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        for route in api::routes::all().into_iter().filter(takes_json) {
            let path = route.path.replace("{id}", "x").replace("{op}", "list_projects");
            let answer = owner.json(route.method.as_str(), &path, "{\"secret\": ").await;
            let case = format!("{} {}", route.method, route.path);
            assert_eq!((answer.status, &answer["error"]), (400, &json!("INVALID_JSON")), "{case}");
            let id = answer.header("x-request-id").unwrap();
            assert_eq!(
                (&answer["ok"], &answer["requestId"]),
                (&json!(false), &json!(id)),
                "{case}"
            );
        }
    }
}

#[tokio::test]
async fn another_content_type_is_refused() {
    let server = Server::sqlite().await;
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let mut request = server.visitor().request("POST", SIGN_UP);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        let body = Body::from(sign_up("Owner").to_string());
        let answer = server.visitor().send(request.body(body).unwrap()).await;
        assert_eq!((answer.status, &answer["code"]), (415, &json!("UNSUPPORTED_MEDIA_TYPE")));
    }
    assert_eq!(server.visitor().get("/api/pmos/auth/state").await["firstAccount"], true);
}

#[tokio::test]
async fn no_json_route_takes_what_a_form_of_another_site_can_send() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let before = server.stored(None).await;
    for route in api::routes::all().into_iter().filter(takes_json) {
        let path = route.path.replace("{id}", "x").replace("{op}", "list_projects");
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
            let request = owner.request(route.method.as_str(), &path).header("content-type", kind);
            let answer = owner.send(request.body(Body::from("{}")).unwrap()).await;
            let told = (answer.status, &answer["code"]);
            assert_eq!(told, (415, &json!("UNSUPPORTED_MEDIA_TYPE")), "{} {kind}", route.path);
        }
    }
    assert_eq!(server.stored(None).await, before);
}

#[tokio::test]
async fn a_body_over_the_limit_is_too_large() {
    for server in Server::all_with(&[("JSON_BODY_LIMIT", "100000")]).await {
        let owner = server.signs_up("Owner").await;
        let name = json!({"name": "x".repeat(100_000)});
        let answer = owner.patch("/api/pmos/workspace", name).await;
        assert_eq!((answer.status, &answer["code"]), (413, &json!("PAYLOAD_TOO_LARGE")));
    }
}

#[tokio::test]
async fn a_field_of_the_wrong_type_is_named() {
    let server = Server::sqlite().await;
    let answer = server.visitor().post(SIGN_UP, json!({"name": 7})).await;
    assert_eq!((answer.status, &answer["details"][0]["field"]), (400, &json!("name")));
}

#[tokio::test]
async fn a_query_of_the_wrong_type_is_named() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    for (path, field) in [
        ("/api/insights?limit=many", "limit"),
        ("/api/insights?acknowledged=perhaps", "acknowledged"),
        ("/api/chat/sessions?limit=-1", "limit"),
        ("/api/operations?limit=ten", "limit"),
        ("/api/approvals?limit=1e9", "limit"),
        ("/api/pmos/keys?all=perhaps", "all"),
        ("/api/chat/stream?message=Hello&async=perhaps", "async"),
    ] {
        let answer = owner.get(path).await;
        assert_eq!((answer.status, &answer["code"]), (400, &json!("INVALID_INPUT")), "{path}");
        assert_eq!(answer["details"][0]["field"], field, "{path}");
        assert!(answer["error"].is_string() && answer["requestId"].is_string(), "{path}");
    }
    assert_eq!(owner.get("/api/chat/sessions").await.body, json!([]));
}

#[tokio::test]
async fn every_answer_has_a_request_id() {
    let server = Server::sqlite().await;
    let visitor = server.visitor();
    let with = |headers: &[(&str, &str)]| {
        let request = visitor.request("GET", "/health");
        let request = headers.iter().fold(request, |it, (name, value)| it.header(*name, *value));
        visitor.send(request.body(Body::empty()).unwrap())
    };
    assert_eq!(with(&[("x-request-id", "abc")]).await.header("x-request-id"), Some("abc"));
    assert_eq!(with(&[("idempotency-key", "k1")]).await.header("x-request-id"), Some("k1"));
    for headers in [&[][..], &[("x-request-id", "a b")], &[("x-request-id", &"x".repeat(129))]] {
        let answer = with(headers).await;
        let id = answer.header("x-request-id").unwrap();
        assert_eq!((id.len(), id.matches('-').count()), (36, 4));
    }
}

#[tokio::test]
async fn an_unknown_api_path_is_answered_as_json() {
    let server = Server::sqlite().await;
    for path in
        ["/api", "/api/nothing", "/hooks/nothing", "/fn/nothing", "/.well-known/nothing", "/mcp/x"]
    {
        let answer = server.visitor().get(path).await;
        assert_eq!((answer.status, &answer["error"]), (404, &json!("Not found")), "{path}");
        assert_eq!((&answer["code"], &answer["path"]), (&json!("NOT_FOUND"), &json!(path)));
    }
}

#[tokio::test]
async fn a_wrong_method_is_answered_with_the_right_ones() {
    let server = Server::sqlite().await;
    for (path, allowed) in [
        ("/api/pmos/auth/login", "POST"),
        ("/api/pmos/auth/me", "GET,HEAD"),
        ("/api/pmos/workspace", "GET,HEAD,PATCH"),
    ] {
        let answer = server.visitor().delete(path).await;
        assert_eq!((answer.status, &answer["code"]), (405, &json!("METHOD_NOT_ALLOWED")), "{path}");
        let mut named: Vec<_> = answer.header("allow").unwrap().split(',').collect();
        named.sort_unstable();
        assert_eq!(named.join(","), allowed, "{path}");
    }
}

#[tokio::test]
async fn every_answer_tells_the_browser_what_it_may_do() {
    let server = Server::sqlite().await;
    let visitor = server.visitor();
    for path in ["/health", "/api/nothing", "/nothing", "/api/pmos/auth/me", "/api/pmos/auth/login"]
    {
        let answer = visitor.get(path).await;
        let policy = answer.header("content-security-policy").unwrap();
        for part in
            ["default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("script-src 'self' 'unsafe-inline'"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), None);
    }
    let request = visitor.request("GET", "/health").header("x-forwarded-proto", "https");
    let answer = visitor.send(request.body(Body::empty()).unwrap()).await;
    assert!(answer.header("strict-transport-security").unwrap().starts_with("max-age=31536000"));
}

#[tokio::test]
async fn the_nonce_of_scripts_is_another_one_for_each_answer() {
    let server = Server::sqlite().await;
    let (one, two) = (server.visitor().get("/health").await, server.visitor().get("/health").await);
    assert_ne!(one.header("content-security-policy"), two.header("content-security-policy"));
}

#[tokio::test]
async fn a_panic_is_our_fault_and_ends_nothing() {
    let server = Server::sqlite().await;
    let route = axum::routing::get(|| async { panic!("out of luck") as &'static str });
    let router = axum::Router::new().route("/api/panic", route);
    let visitor = server.visitor();
    let layered = api::layered(router, &server.backend);
    let request = visitor.request("GET", "/api/panic").body(Body::empty()).unwrap();
    let answer =
        crate::caller::Answer::read(tower::ServiceExt::oneshot(layered, request).await.unwrap());
    let answer = answer.await;
    assert_eq!((answer.status, &answer["code"]), (500, &json!("SERVER_ERROR")));
    assert!(!answer.body.to_string().contains("luck"));
    assert!(answer.header("content-security-policy").is_some());
    assert_eq!(visitor.get("/health").await.status, 200);
}

#[tokio::test]
async fn a_change_asked_for_by_another_site_is_refused() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let change = |headers: &[(&str, &str)]| {
            let request = owner.request("PATCH", "/api/pmos/workspace");
            let request = request.header("content-type", "application/json");
            let request =
                headers.iter().fold(request, |it, (name, value)| it.header(*name, *value));
            owner.send(request.body(Body::from(r#"{"name":"Atelier"}"#)).unwrap())
        };
        for foreign in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "null")],
            &[("sec-fetch-site", "cross-site")],
            &[("origin", "http://pmos.test"), ("sec-fetch-site", "cross-site")],
        ] {
            let answer = change(foreign).await;
            assert_eq!((answer.status, &answer["code"]), (403, &json!("CSRF")), "{foreign:?}");
        }
        assert_eq!(
            owner.get("/api/pmos/workspace").await["workspace"]["name"],
            "Owner's workspace"
        );
        for ours in [
            &[][..],
            &[("origin", "http://pmos.test")],
            &[("origin", "null"), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "same-origin")],
        ] {
            assert_eq!(change(ours).await.status, 200, "{ours:?}");
        }
    }
}

#[tokio::test]
async fn signing_in_from_another_site_is_refused() {
    let server = Server::sqlite().await;
    server.signs_up("Owner").await;
    let visitor = server.visitor();
    let request = visitor.request("POST", "/api/pmos/auth/login");
    let request =
        request.header("content-type", "application/json").header("origin", "https://evil.example");
    let body = json!({"email": "owner@example.com", "password": PASSWORD}).to_string();
    let answer = visitor.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!((answer.status, answer.session()), (403, None));
}

#[tokio::test]
async fn where_a_base_address_is_set_it_alone_is_ours() {
    for server in Server::all_with(&[("APP_BASE_URL", "https://pmos.example.com")]).await {
        let owner = server.signs_up("Owner").await;
        let from = |origin: &str| {
            let request =
                owner.request("POST", "/api/pmos/notifications/read").header("origin", origin);
            owner.send(request.body(Body::empty()).unwrap())
        };
        assert_eq!(from("https://pmos.example.com").await.status, 200);
        assert_eq!(from("http://pmos.test").await.status, 403);
        let settings = json!({"corsAllowedOrigins": ["https://tools.example.com"]});
        assert_eq!(owner.put("/api/pmos/platform/settings", settings).await.status, 200);
        assert_eq!(from("https://tools.example.com").await.status, 200);
    }
}

#[tokio::test]
async fn more_than_six_hundred_calls_a_minute_wait() {
    let server = Server::sqlite().await;
    server.backend.auth.clock().stop();
    let (owner, team) = (server.signs_up("Owner").await, server.signs_up("Team").await);
    for _ in 0..600 {
        assert_eq!(owner.get("/api/info").await.status, 200);
    }
    let limited = owner.patch("/api/pmos/workspace", json!({"name": "Atelier"})).await;
    assert_eq!((limited.status, &limited["code"]), (429, &json!("RATE_LIMITED")));
    assert_eq!(limited.header("retry-after"), Some("1"));
    assert_eq!((&limited["retryAfter"], &limited["remaining"]), (&json!(1), &json!(0)));
    assert_eq!(team.get("/api/info").await.status, 200);
    server.backend.auth.clock().advance(std::time::Duration::from_secs(1));
    let workspace = owner.get("/api/pmos/workspace").await;
    assert_eq!(workspace["workspace"]["name"], "Owner's workspace");
}

#[tokio::test]
async fn health_says_how_basecamp_and_the_database_are() {
    for server in Server::all().await {
        let health = server.visitor().get("/health").await;
        assert_eq!((health.status, &health["status"]), (200, &json!("healthy")));
        assert_eq!(
            (&health["circuit"]["state"], &health["circuit"]["threshold"]),
            (&json!("closed"), &json!(5))
        );
        server.backend.db.close().await;
        let health = server.visitor().get("/health").await;
        assert_eq!((health.status, &health["ok"]), (503, &json!(false)));
    }
}

#[tokio::test]
async fn without_its_database_the_server_lets_nobody_in() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({})).await;
        server.backend.db.close().await;
        for caller in [&owner, &script] {
            let answer = caller.get("/api/pmos/members").await;
            assert_eq!((answer.status, &answer["code"]), (503, &json!("STORAGE_UNAVAILABLE")));
        }
    }
}
