//! Acceptance: chat clients are told when what they read has changed, and only of their own workspace.

use crate::caller::{Caller, Server};
use crate::mcp::{HERE, rpc, send};
use axum::body::Body;
use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) const BOTH: (&str, &str) = ("accept", "application/json, text/event-stream");
const STATELESS: &str = "2026-07-28";

/// The messages on a stream, one after the other.
pub(crate) struct Stream {
    body: Body,
    text: String,
}

impl Stream {
    pub(crate) fn of(answer: Response) -> Self {
        Self { body: answer.into_body(), text: String::new() }
    }

    /// The next message; keep-alives between are passed over.
    pub(crate) async fn next(&mut self) -> Value {
        tokio::time::timeout(Duration::from_secs(30), self.read()).await.unwrap()
    }

    async fn read(&mut self) -> Value {
        loop {
            while let Some((line, rest)) = self.text.split_once('\n') {
                let message =
                    line.strip_prefix("data:").and_then(|it| serde_json::from_str(it).ok());
                self.text = rest.to_owned();
                if let Some(message) = message {
                    return message;
                }
            }
            let frame = self.body.frame().await.expect("the stream goes on").unwrap();
            if let Ok(data) = frame.into_data() {
                self.text.push_str(std::str::from_utf8(&data).unwrap());
            }
        }
    }
}

pub(crate) fn message(id: u32, method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()
}

/// A session of the handshake era.
pub(crate) async fn session(script: &Caller<'_>) -> String {
    let hello = json!({
        "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": {"name": "tests", "version": "1"},
    });
    let begun = send(script, ("POST", "/mcp"), &[BOTH], message(1, "initialize", &hello)).await;
    assert_eq!(begun.result()["capabilities"]["resources"]["subscribe"], true);
    let session = begun.headers["mcp-session-id"].to_str().unwrap().to_owned();
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string();
    let headers = [BOTH, ("mcp-session-id", session.as_str())];
    assert_eq!(send(script, ("POST", "/mcp"), &headers, ready).await.status, 202);
    session
}

async fn create_flow(script: &Caller<'_>, name: &str) -> Value {
    let new = json!({"name": "flow_create", "arguments": {"name": name}});
    rpc(script, "tools/call", new).await.result()["structuredContent"]["flow"]["id"].clone()
}

#[tokio::test]
async fn a_session_is_told_about_what_it_subscribed_to() {
    for server in Server::all_with(HERE).await {
        let script = server.signs_up("Owner").await.script(json!({})).await;
        let stranger = server.signs_up("Third").await.script(json!({})).await;
        let session = session(&script).await;
        let headers = [BOTH, ("mcp-session-id", session.as_str())];
        let get = script.request("GET", "/mcp").header("accept", "text/event-stream");
        let get = get.header("mcp-session-id", &session).body(Body::empty()).unwrap();
        let mut stream = Stream::of(script.open(get).await);
        let ask = async |id, method, uri: &str| {
            let body = message(id, method, &json!({ "uri": uri }));
            send(&script, ("POST", "/mcp"), &headers, body).await
        };
        let done = ask(2, "resources/subscribe", "pmos://flows").await;
        assert_eq!(done.result(), &json!({}), "{}", done.last());
        let unknown = ask(3, "resources/subscribe", "pmos://nothing").await;
        assert_eq!(unknown.error().1, "RESOURCE_NOT_FOUND");
        create_flow(&stranger, "Theirs").await;
        let flow = create_flow(&script, "Ours").await;
        let told = stream.next().await;
        assert_eq!(told["method"], "notifications/resources/updated", "{told}");
        assert_eq!(told["params"]["uri"], "pmos://flows");
        let one = format!("pmos://flows/{}", flow.as_str().unwrap());
        assert_eq!(ask(4, "resources/unsubscribe", "pmos://flows").await.result(), &json!({}));
        assert_eq!(ask(5, "resources/subscribe", &one).await.result(), &json!({}));
        let delete = json!({"name": "flow_delete", "arguments": {"flow_id": flow}});
        assert_eq!(rpc(&script, "tools/call", delete).await.result()["isError"], false);
        // What was already on its way about the list may come first.
        let mut told = stream.next().await;
        while told["params"]["uri"] == "pmos://flows" {
            told = stream.next().await;
        }
        assert_eq!(told["params"]["uri"], json!(one), "{told}");
    }
}

#[tokio::test]
async fn a_key_that_is_taken_back_hears_nothing_more() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let other = owner.script(json!({})).await;
        let made = owner.post("/api/pmos/keys", json!({"label": "Taken back"})).await;
        let script = owner.showing(made["key"].as_str().unwrap());
        let session = session(&script).await;
        let get = script.request("GET", "/mcp").header("accept", "text/event-stream");
        let get = get.header("mcp-session-id", &session).body(Body::empty()).unwrap();
        let mut stream = Stream::of(script.open(get).await);
        let headers = [BOTH, ("mcp-session-id", session.as_str())];
        let subscribe = async |id, uri: &str| {
            let body = message(id, "resources/subscribe", &json!({ "uri": uri }));
            assert_eq!(send(&script, ("POST", "/mcp"), &headers, body).await.result(), &json!({}));
        };
        subscribe(2, "pmos://flows").await;
        let flow = create_flow(&other, "Ours").await;
        assert_eq!(stream.next().await["params"]["uri"], "pmos://flows");
        let one = format!("pmos://flows/{}", flow.as_str().unwrap());
        subscribe(3, &one).await;
        let path = format!("/api/pmos/keys/{}", made["meta"]["id"].as_str().unwrap());
        assert_eq!(owner.delete(&path).await.status, 204, "{}", server.name);
        let delete = json!({"name": "flow_delete", "arguments": {"flow_id": flow}});
        assert_eq!(rpc(&other, "tools/call", delete).await.result()["isError"], false);
        let rest = tokio::time::timeout(Duration::from_secs(30), stream.body.collect()).await;
        let rest = rest.expect("the stream ends").unwrap().to_bytes();
        let rest = String::from_utf8_lossy(&rest).into_owned();
        assert!(!rest.contains(&one), "{}: {rest}", server.name);
    }
}

#[tokio::test]
async fn a_client_of_the_stateless_era_listens() {
    for server in Server::all_with(HERE).await {
        let script = server.signs_up("Owner").await.script(json!({})).await;
        let params = json!({
            "notifications": {"resourceSubscriptions": ["pmos://flows", "test://nothing"], "promptsListChanged": true},
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": STATELESS,
                "io.modelcontextprotocol/clientCapabilities": {},
                "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
            },
        });
        let request = script
            .request("POST", "/mcp")
            .header("content-type", "application/json")
            .header(BOTH.0, BOTH.1)
            .header("mcp-protocol-version", STATELESS)
            .header("mcp-method", "subscriptions/listen");
        let body = Body::from(message(7, "subscriptions/listen", &params));
        let mut stream = Stream::of(script.open(request.body(body).unwrap()).await);
        let first = stream.next().await;
        assert_eq!(first["method"], "notifications/subscriptions/acknowledged", "{first}");
        let granted = &first["params"]["notifications"];
        assert_eq!(granted["resourceSubscriptions"], json!(["pmos://flows"]), "{first}");
        assert_eq!(granted["promptsListChanged"], Value::Null);
        create_flow(&script, "Ours").await;
        let told = stream.next().await;
        assert_eq!(
            (&told["method"], &told["params"]["uri"]),
            (&json!("notifications/resources/updated"), &json!("pmos://flows")),
            "{told}"
        );
    }
}

#[tokio::test]
async fn methods_of_the_handshake_era_are_gone_after_it() {
    let servers = Server::all_with(HERE).await;
    let visitor = servers[0].visitor();
    for method in ["initialize", "logging/setLevel", "ping", "resources/subscribe", "tasks/list"] {
        let params = json!({"_meta": {
            "io.modelcontextprotocol/protocolVersion": STATELESS,
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
        }});
        let headers = [BOTH, ("mcp-protocol-version", STATELESS), ("mcp-method", method)];
        let answer = send(&visitor, ("POST", "/mcp"), &headers, message(1, method, &params)).await;
        assert_eq!((answer.status, answer.error().0), (404, &json!(-32601)), "{method}");
    }
}

#[tokio::test]
async fn anybody_may_read_what_this_server_is() {
    let servers = Server::all_with(HERE).await;
    let visitor = servers[0].visitor();
    let listed = rpc(&visitor, "resources/list", json!({})).await;
    assert_eq!(listed.result()["resources"][0]["uri"], "pmos://about");
    let read = rpc(&visitor, "resources/read", json!({"uri": "pmos://about"})).await;
    let text = read.result()["contents"][0]["text"].as_str().unwrap();
    let about: Value = serde_json::from_str(text).unwrap();
    assert_eq!(about["connect_url"], "http://pmos.test/connect");
    assert!(about["toolsets"].as_array().unwrap().contains(&json!("flow")), "{about}");
    let other = rpc(&visitor, "resources/read", json!({"uri": "pmos://flows"})).await;
    assert!(other.last()["error"].is_object(), "{}", other.last());
}
