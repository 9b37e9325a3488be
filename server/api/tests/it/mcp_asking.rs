//! Acceptance: an approval over `/mcp` is asked in the chat client itself, where the client can do that.

use crate::caller::{Caller, Server};
use crate::mcp::{HERE, Reply, rpc, send};
use crate::mcp_watching::Stream;
use axum::body::Body;
use serde_json::{Value, json};

const BOTH: (&str, &str) = ("accept", "application/json, text/event-stream");
const FORM: &str = "form";

/// A call of the stateless era by a client that can ask in this way.
async fn call(script: &Caller<'_>, mode: &str, mut params: Value) -> Reply {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {"elicitation": {mode: {}}},
        "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
    });
    let name = params["name"].as_str().unwrap().to_owned();
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let headers = [
        BOTH,
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/call"),
        ("mcp-name", name.as_str()),
    ];
    send(script, ("POST", "/mcp"), &headers, body.to_string()).await
}

async fn flow(script: &Caller<'_>) -> Value {
    let new = json!({"name": "flow_create", "arguments": {"name": "Greet"}});
    let made = rpc(script, "tools/call", new).await;
    made.result()["structuredContent"]["flow"]["id"].clone()
}

async fn exists(script: &Caller<'_>, flow: &Value) -> bool {
    let read = json!({"name": "flow_get", "arguments": {"flow_id": flow}});
    rpc(script, "tools/call", read).await.result()["isError"] == false
}

fn delete(flow: &Value) -> Value {
    json!({"name": "flow_delete", "arguments": {"flow_id": flow}})
}

/// The same call again, with the answer to what was asked.
fn answered(flow: &Value, state: &Value, answer: Value) -> Value {
    let mut params = delete(flow);
    params["requestState"] = state.clone();
    params["inputResponses"] = json!({"approval": answer});
    params
}

fn yes() -> Value {
    json!({"action": "accept", "content": {"approve": true}})
}

#[tokio::test]
async fn a_client_of_the_stateless_era_asks_and_repeats_the_call() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({"askFirst": true})).await;
        let (first, second) = (flow(&script).await, flow(&script).await);
        let asked = call(&script, FORM, delete(&first)).await;
        let result = asked.result();
        assert_eq!(result["resultType"], "input_required", "{}", asked.last());
        let question = &result["inputRequests"]["approval"];
        assert_eq!(question["method"], "elicitation/create");
        assert_eq!(question["params"]["requestedSchema"]["required"], json!(["approve"]));
        let state = &result["requestState"];
        // It is good for this call of this person only.
        let other = call(&script, FORM, answered(&second, state, yes())).await;
        assert_eq!(other.result()["structuredContent"]["code"], "CONFLICT", "{}", other.last());
        let stranger = server.signs_up("Third").await.script(json!({"askFirst": true})).await;
        let stolen = call(&stranger, FORM, answered(&first, state, yes())).await;
        assert_eq!(stolen.result()["structuredContent"]["code"], "RESOURCE_NOT_FOUND");
        assert!(exists(&script, &first).await && exists(&script, &second).await);
        let done = call(&script, FORM, answered(&first, state, yes())).await;
        assert_eq!(done.result()["isError"], false, "{}", done.last());
        let again = call(&script, FORM, answered(&first, state, yes())).await;
        assert_eq!(again.result()["structuredContent"], done.result()["structuredContent"]);
        assert!(!exists(&script, &first).await && exists(&script, &second).await);
        let log = owner.get("/api/pmos/audit?action=approval.decided").await;
        assert_eq!(log["events"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_no_and_no_answer_do_nothing() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({"askFirst": true})).await;
        let flow = flow(&script).await;
        let asked = call(&script, FORM, delete(&flow)).await;
        let state = asked.result()["requestState"].clone();
        for (answer, code) in [
            (json!({"action": "cancel"}), "CONFIRM_REQUIRED"),
            (json!({"action": "accept", "content": {}}), "CONFIRM_REQUIRED"),
            (json!({"action": "decline"}), "CONFLICT"),
            (yes(), "CONFLICT"),
        ] {
            let told = call(&script, FORM, answered(&flow, &state, answer.clone())).await;
            let content = &told.result()["structuredContent"];
            assert_eq!(content["code"], code, "{answer}: {}", told.last());
        }
        assert!(exists(&script, &flow).await);
    }
}

#[tokio::test]
async fn a_page_is_opened_where_the_client_shows_no_forms() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({"askFirst": true})).await;
        let flow = flow(&script).await;
        let asked = call(&script, "url", delete(&flow)).await;
        let params = &asked.result()["inputRequests"]["approval"]["params"];
        let state = asked.result()["requestState"].clone();
        let id = state.as_str().unwrap();
        assert_eq!(
            (&params["mode"], &params["url"]),
            (&json!("url"), &json!(format!("http://pmos.test/approvals/{id}")))
        );
        // Opening it decides nothing.
        let opened = call(&script, "url", answered(&flow, &state, yes())).await;
        assert_eq!(opened.result()["structuredContent"]["code"], "CONFIRM_REQUIRED");
        let approved = owner.post(&format!("/api/approvals/{id}/approve"), json!({})).await;
        assert_eq!(approved.status, 200, "{}", approved.body);
        assert!(!exists(&script, &flow).await, "it happens, whether the client comes back or not");
        let done = call(&script, "url", answered(&flow, &state, yes())).await;
        assert_eq!(done.result()["isError"], false, "{}", done.last());
        let again = owner.post(&format!("/api/approvals/{id}/approve"), json!({})).await;
        assert_eq!(again.status, 409, "{}", again.body);
    }
}

#[tokio::test]
async fn who_may_not_decide_gets_the_link() {
    let servers = Server::all_with(HERE).await;
    let owner = servers[0].signs_up("Owner").await;
    let script = owner.script(json!({"askFirst": true, "role": "member"})).await;
    let flow = flow(&script).await;
    let told = call(&script, FORM, delete(&flow)).await;
    assert_eq!(told.result()["structuredContent"]["code"], "CONFIRM_REQUIRED", "{}", told.last());
}

#[tokio::test]
async fn a_client_with_a_session_is_asked_on_the_stream_of_its_call() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({"askFirst": true})).await;
        let flow = flow(&script).await;
        let hello = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {"elicitation": {}},
            "clientInfo": {"name": "tests", "version": "1"},
        });
        let message = |id: u32, method: &str, params: &Value| {
            json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()
        };
        let begun = message(1, "initialize", &hello);
        let begun = send(&script, ("POST", "/mcp"), &[BOTH], begun).await;
        let session = begun.headers["mcp-session-id"].to_str().unwrap().to_owned();
        let in_session = [BOTH, ("mcp-session-id", session.as_str())];
        let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string();
        assert_eq!(send(&script, ("POST", "/mcp"), &in_session, ready).await.status, 202);
        let request = script.request("POST", "/mcp").header("content-type", "application/json");
        let request = in_session.iter().fold(request, |it, (name, value)| it.header(*name, *value));
        let call = message(2, "tools/call", &delete(&flow));
        let answer = script.open(request.body(Body::from(call)).unwrap()).await;
        let mut stream = Stream::of(answer);
        let asked = stream.next().await;
        assert_eq!(asked["method"], "elicitation/create", "{asked}");
        assert!(exists(&script, &flow).await);
        let reply = json!({"jsonrpc": "2.0", "id": asked["id"], "result": yes()}).to_string();
        assert_eq!(send(&script, ("POST", "/mcp"), &in_session, reply).await.status, 202);
        let done = stream.next().await;
        assert_eq!((&done["id"], &done["result"]["isError"]), (&json!(2), &json!(false)), "{done}");
        assert!(!exists(&script, &flow).await);
    }
}
