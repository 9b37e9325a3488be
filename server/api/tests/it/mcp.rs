//! Acceptance: `/mcp` as a protocol, in both eras.

use crate::caller::{Caller, Server};
use axum::body::Body;
use http_body_util::BodyExt;
use serde_json::{Value, json};

/// Where these servers say they are; `Host` in the requests of the tests.
pub(crate) const HERE: &[(&str, &str)] = &[("APP_BASE_URL", "http://pmos.test")];
const HANDSHAKES: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
const STATELESS: &str = "2026-07-28";
const BOTH: (&str, &str) = ("accept", "application/json, text/event-stream");

/// What came back, from a JSON body or from a stream of events.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) messages: Vec<Value>,
}

impl Reply {
    /// The answer itself: the last message.
    pub(crate) fn last(&self) -> &Value {
        self.messages.last().unwrap_or(&Value::Null)
    }

    pub(crate) fn result(&self) -> &Value {
        &self.last()["result"]
    }

    pub(crate) fn error(&self) -> (&Value, &Value) {
        let error = &self.last()["error"];
        (&error["code"], &error["data"]["code"])
    }
}

pub(crate) async fn send(
    caller: &Caller<'_>,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: String,
) -> Reply {
    let request = caller.request(method, path).header("content-type", "application/json");
    let request = headers.iter().fold(request, |it, (name, value)| it.header(*name, *value));
    let response = caller.open(request.body(Body::from(body)).unwrap()).await;
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let messages = match serde_json::from_str(&text) {
        Ok(message) => vec![message],
        Err(_) => {
            let data = text.lines().filter_map(|it| it.strip_prefix("data:"));
            data.filter_map(|it| serde_json::from_str(it).ok()).collect()
        }
    };
    Reply { status: parts.status.as_u16(), headers: parts.headers, messages }
}

/// A single message of a client that keeps no session.
pub(crate) async fn rpc(caller: &Caller<'_>, method: &str, params: Value) -> Reply {
    rpc_at(caller, "/mcp", method, params).await
}

pub(crate) async fn rpc_at(caller: &Caller<'_>, path: &str, method: &str, params: Value) -> Reply {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    send(caller, ("POST", path), &[], body.to_string()).await
}

fn hello(version: &str) -> Value {
    let client = json!({"name": "tests", "version": "1"});
    json!({"protocolVersion": version, "capabilities": {}, "clientInfo": client})
}

#[tokio::test]
async fn the_handshake_takes_the_revision_of_the_client() {
    for server in Server::all_with(HERE).await {
        let visitor = server.visitor();
        for version in HANDSHAKES {
            let answer = rpc(&visitor, "initialize", hello(version)).await;
            assert_eq!(
                (answer.status, &answer.result()["protocolVersion"]),
                (200, &json!(version))
            );
            assert_eq!(answer.result()["serverInfo"]["name"], "pmos");
        }
        for unknown in ["1999-01-01", "3000-01-01", STATELESS] {
            let answer = rpc(&visitor, "initialize", hello(unknown)).await;
            assert_eq!(answer.result()["protocolVersion"], "2025-11-25", "{unknown}");
        }
        let capabilities = rpc(&visitor, "initialize", hello("2025-11-25")).await;
        let capabilities = &capabilities.result()["capabilities"];
        for part in ["tools", "prompts", "resources", "logging", "completions"] {
            assert!(capabilities[part].is_object(), "{part}");
        }
    }
}

#[tokio::test]
async fn a_setting_says_what_a_client_of_an_unknown_revision_is_offered() {
    let settings = [HERE[0], ("MCP_PROTOCOL_VERSION", "2025-06-18")];
    for server in Server::all_with(&settings).await {
        let visitor = server.visitor();
        for (asked, offered) in [
            ("1999-01-01", "2025-06-18"),
            (STATELESS, "2025-06-18"),
            ("2025-11-25", "2025-11-25"),
            ("2024-11-05", "2024-11-05"),
        ] {
            let answer = rpc(&visitor, "initialize", hello(asked)).await;
            assert_eq!(answer.result()["protocolVersion"], offered, "{asked}");
        }
    }
}

#[tokio::test]
async fn methods_without_work_are_answered_and_unknown_ones_named() {
    let servers = Server::all_with(HERE).await;
    let visitor = servers[0].visitor();
    for (method, params) in [("ping", json!({})), ("logging/setLevel", json!({"level": "info"}))] {
        let answer = rpc(&visitor, method, params).await;
        assert_eq!((answer.status, answer.result()), (200, &json!({})), "{method}");
    }
    let unknown = rpc(&visitor, "tools/destroy", json!({})).await;
    assert_eq!(
        (unknown.status, unknown.error()),
        (200, (&json!(-32601), &json!("UNKNOWN_METHOD")))
    );
    let nameless = rpc(&visitor, "tools/call", json!({"arguments": {}})).await;
    assert_eq!(nameless.error(), (&json!(-32602), &json!("BAD_REQUEST")));
    let tool = rpc(&visitor, "tools/call", json!({"name": "list_projectz"})).await;
    assert_eq!(tool.error(), (&json!(-32602), &json!("UNKNOWN_TOOL")));
    assert!(tool.last()["error"]["data"]["similar"].as_array().is_some_and(|it| it.len() <= 5));
    let notified = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let notified = send(&visitor, ("POST", "/mcp"), &[], notified.to_string()).await;
    assert_eq!((notified.status, notified.messages.len()), (202, 0));
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    let servers = Server::all_with(HERE).await;
    let visitor = servers[0].visitor();
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    for (body, code) in [
        ("{".to_owned(), -32700),
        (json!([ping, ping]).to_string(), -32600),
        ("[]".to_owned(), -32600),
        (json!({"id": 1, "method": "ping"}).to_string(), -32600),
    ] {
        let answer = send(&visitor, ("POST", "/mcp"), &[], body.clone()).await;
        assert_eq!((answer.status, answer.error().0), (400, &json!(code)), "{body}");
    }
    let listening = send(&visitor, ("GET", "/mcp"), &[], String::new()).await;
    assert_eq!((listening.status, listening.headers["allow"].to_str().unwrap()), (405, "POST"));
}

#[tokio::test]
async fn a_session_survives_a_restart_and_belongs_to_whoever_began_it() {
    for mut server in Server::all_with(HERE).await {
        let key = server.signs_up("Owner").await.script(json!({})).await.key.unwrap();
        let other = server.signs_up("Team").await.script(json!({})).await.key.unwrap();
        let begun = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello("2025-11-25")});
        let owner = server.visitor().showing(&key);
        let begun = send(&owner, ("POST", "/mcp"), &[BOTH], begun.to_string()).await;
        assert_eq!(begun.result()["protocolVersion"], "2025-11-25");
        let session = begun.headers["mcp-session-id"].to_str().unwrap().to_owned();
        let ping = json!({"jsonrpc": "2.0", "id": 2, "method": "ping"}).to_string();
        let in_session = [BOTH, ("mcp-session-id", session.as_str())];
        assert_eq!(send(&owner, ("POST", "/mcp"), &in_session, ping.clone()).await.status, 200);
        server.restart();
        let owner = server.visitor().showing(&key);
        let after = send(&owner, ("POST", "/mcp"), &in_session, ping.clone()).await;
        assert_eq!((after.status, after.result()), (200, &json!({})));
        for stranger in [server.visitor().showing(&other), server.visitor()] {
            let refused = send(&stranger, ("POST", "/mcp"), &in_session, ping.clone()).await;
            assert_eq!(refused.status, 404);
        }
        let ended = send(&owner, ("DELETE", "/mcp"), &in_session, String::new()).await;
        assert!(matches!(ended.status, 200 | 202 | 204), "{}", ended.status);
        let after = send(&owner, ("POST", "/mcp"), &in_session, ping.clone()).await;
        assert_eq!(after.status, 404);
    }
}

fn modern(method: &str, params: &Value) -> String {
    let mut params = params.clone();
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": STATELESS,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
    });
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string()
}

#[tokio::test]
async fn the_stateless_era_needs_no_session_and_checks_its_headers() {
    for server in Server::all_with(HERE).await {
        let script = server.signs_up("Owner").await.script(json!({})).await;
        let ask = |headers: Vec<(&'static str, &'static str)>, body: String| {
            let script = script.clone();
            async move {
                let mut all = vec![BOTH];
                all.extend(headers);
                send(&script, ("POST", "/mcp"), &all, body).await
            }
        };
        let version = ("mcp-protocol-version", STATELESS);
        let headers = vec![version, ("mcp-method", "server/discover")];
        let found = ask(headers, modern("server/discover", &json!({}))).await;
        assert_eq!((found.status, &found.result()["resultType"]), (200, &json!("complete")));
        let versions = found.result()["supportedVersions"].to_string();
        assert!(versions.contains(STATELESS) && versions.contains("2025-11-25"), "{versions}");
        let headers = vec![version, ("mcp-method", "tools/call"), ("mcp-name", "pmos_status")];
        let call = modern("tools/call", &json!({"name": "pmos_status", "arguments": {}}));
        let called = ask(headers, call.clone()).await;
        assert_eq!((called.status, &called.result()["isError"]), (200, &json!(false)));
        let headers = vec![version, ("mcp-method", "tools/call"), ("mcp-name", "flow_list")];
        let mismatch = ask(headers, call.clone()).await;
        assert_eq!((mismatch.status, mismatch.error().0), (400, &json!(-32020)));
        let old = call.replace(STATELESS, "2031-01-01");
        let headers = vec![
            ("mcp-protocol-version", "2031-01-01"),
            ("mcp-method", "tools/call"),
            ("mcp-name", "pmos_status"),
        ];
        let unsupported = ask(headers, old).await;
        assert_eq!((unsupported.status, unsupported.error().0), (400, &json!(-32022)));
        let headers = vec![version, ("mcp-method", "ping")];
        let gone = ask(headers, modern("ping", &json!({}))).await;
        assert_eq!((gone.status, gone.error().0), (404, &json!(-32601)));
    }
}

#[tokio::test]
async fn other_sites_and_foreign_names_are_refused() {
    let servers = Server::all_with(HERE).await;
    let owner = servers[0].signs_up("Owner").await;
    let script = owner.script(json!({})).await;
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"}).to_string();
    for caller in [&script, &owner, &servers[0].visitor()] {
        for (origin, status) in [("https://evil.example", 403), ("http://pmos.test", 200)] {
            let headers = [("origin", origin)];
            let answer = send(caller, ("POST", "/mcp"), &headers, ping.clone()).await;
            assert_eq!(answer.status, status, "{origin}");
        }
    }
    // Without a base address only this machine's own names are ours.
    let server = Server::sqlite().await;
    assert_eq!(send(&server.visitor(), ("POST", "/mcp"), &[], ping.clone()).await.status, 403);
    for (host, status) in [("localhost:10000", 200), ("127.0.0.1", 200), ("evil.example", 403)] {
        let request = http::Request::builder().method("POST").uri("/mcp").header("host", host);
        let request = request.header("content-type", "application/json");
        let request = request.body(Body::from(ping.clone())).unwrap();
        assert_eq!(server.visitor().send(request).await.status, status, "{host}");
    }
}

#[tokio::test]
async fn resources_and_prompts_are_listed_read_and_completed() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        assert_eq!(owner.post("/api/pmos/setup/sample", json!({})).await.status, 200);
        let script = owner.script(json!({})).await;
        let listed = rpc(&script, "resources/list", json!({})).await;
        for resource in listed.result()["resources"].as_array().unwrap() {
            let uri = &resource["uri"];
            let read = rpc(&script, "resources/read", json!({"uri": uri})).await;
            assert_eq!(read.result()["contents"][0]["uri"], *uri, "{}", read.last());
        }
        for unknown in ["pmos://nothing", "pmos://flows/missing", "file:///etc/passwd"] {
            let missing = rpc(&script, "resources/read", json!({"uri": unknown})).await;
            assert_eq!(
                missing.error(),
                (&json!(-32002), &json!("RESOURCE_NOT_FOUND")),
                "{unknown}"
            );
        }
        let stranger =
            rpc(&server.visitor(), "resources/read", json!({"uri": "pmos://flows"})).await;
        assert_eq!(stranger.error().1, "NOT_AUTHENTICATED");
        let prompts = rpc(&script, "prompts/list", json!({})).await;
        assert_eq!(prompts.result()["prompts"].as_array().unwrap().len(), 3);
        let asked = json!({"name": "build_a_flow", "arguments": {"goal": "tell me Hello"}});
        let got = rpc(&script, "prompts/get", asked).await;
        let text = &got.result()["messages"][0]["content"]["text"];
        assert!(text.as_str().unwrap().contains("tell me Hello"));
        let unknown = rpc(&script, "prompts/get", json!({"name": "nothing"})).await;
        assert_eq!(unknown.error().1, "RESOURCE_NOT_FOUND");
        let typed = json!({
            "ref": {"type": "ref/prompt", "name": "status_report"}, "argument": {"name": "project", "value": ""},
        });
        let completed = rpc(&script, "completion/complete", typed).await;
        let values = completed.result()["completion"]["values"].as_array().unwrap();
        assert!(!values.is_empty(), "{}", completed.last());
    }
}

#[tokio::test]
async fn progress_is_told_on_the_stream_of_the_request() {
    let servers = Server::all_with(HERE).await;
    let script = servers[0].signs_up("Owner").await.script(json!({})).await;
    let params = json!({"name": "pmos_status", "arguments": {}, "_meta": {"progressToken": "t1"}});
    let answer = rpc(&script, "tools/call", params).await;
    let told: Vec<_> = answer.messages.iter().map(|it| it["params"]["progress"].clone()).collect();
    assert_eq!(told, [json!(0.0), json!(1.0), Value::Null]);
    assert_eq!(answer.messages[0]["params"]["progressToken"], "t1");
    assert_eq!(answer.result()["isError"], false);
}
