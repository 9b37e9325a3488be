//! An MCP server of our own, which behaves as badly as a server can.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// How it behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As it should.
    Good,
    /// As it should, in a stream with other things in between.
    Streams,
    /// 50 MB to everything.
    Huge,
    /// 50 MB to a call.
    HugeCall,
    /// Never an answer.
    Silent,
    /// Never an answer to a call.
    SilentCall,
    /// Somewhere else.
    Redirects(String),
    /// A list that never ends.
    Endless,
    /// No protocol at all.
    Nonsense,
    /// A revision nobody knows.
    Future,
    /// The tool says that it failed.
    Fails,
    /// As it should, with things to read and questions ready.
    Library,
    /// It answers a call once its own question was answered.
    Asks,
}

/// The header it wants to see, if any.
pub(crate) const SECRET: &str = "Bearer s3cret-of-the-crm";

pub(crate) struct Inner {
    pub(crate) manner: Mutex<Manner>,
    pub(crate) description: Mutex<String>,
    wants_secret: bool,
    /// The methods it was asked for.
    asked: Mutex<Vec<String>>,
    /// What its own question was answered.
    heard: Notify,
    pub(crate) refusal: Mutex<Value>,
}

/// It stops with this handle.
pub(crate) struct Fake {
    pub(crate) inner: Arc<Inner>,
    address: SocketAddr,
    task: AbortHandle,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Fake {
    pub(crate) async fn start(manner: Manner) -> Self {
        Self::new(manner, false).await
    }

    pub(crate) async fn wanting_secret() -> Self {
        Self::new(Manner::Good, true).await
    }

    async fn new(manner: Manner, wants_secret: bool) -> Self {
        let inner = Arc::new(Inner {
            manner: Mutex::new(manner),
            description: Mutex::new("Finds a contact".to_owned()),
            wants_secret,
            asked: Mutex::default(),
            heard: Notify::new(),
            refusal: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { inner, address, task: task.abort_handle() }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    pub(crate) fn behaves(&self, manner: Manner) {
        *self.inner.manner.lock().unwrap() = manner;
    }

    pub(crate) fn says(&self, description: &str) {
        *self.inner.description.lock().unwrap() = description.to_owned();
    }

    /// How often it was asked for `method`.
    pub(crate) fn asked(&self, method: &str) -> usize {
        self.inner.asked.lock().unwrap().iter().filter(|it| *it == method).count()
    }

    /// How often it was asked for anything.
    pub(crate) fn hits(&self) -> usize {
        self.inner.asked.lock().unwrap().len()
    }
}

async fn answer(
    State(inner): State<Arc<Inner>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let message: Value = serde_json::from_slice(&body).unwrap_or_default();
    let asked = message["method"].as_str().unwrap_or(method.as_str()).to_owned();
    inner.asked.lock().unwrap().push(asked.clone());
    let manner = inner.manner.lock().unwrap().clone();
    let secret = headers.get("authorization").and_then(|it| it.to_str().ok());
    if inner.wants_secret && secret != Some(SECRET) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let is_call = asked == "tools/call";
    match manner {
        Manner::Redirects(to) => {
            return (StatusCode::TEMPORARY_REDIRECT, [("location", to)]).into_response();
        }
        Manner::Silent => return std::future::pending().await,
        Manner::SilentCall if is_call => return std::future::pending().await,
        Manner::Huge => return huge(),
        Manner::HugeCall if is_call => return huge(),
        Manner::Nonsense => return "hello".into_response(),
        _ => {}
    }
    if message["id"] == "question" {
        *inner.refusal.lock().unwrap() = message;
        inner.heard.notify_one();
        return StatusCode::ACCEPTED.into_response();
    }
    let Some(id) = message.get("id") else { return StatusCode::ACCEPTED.into_response() };
    let whole = match result(&inner, &manner, &asked, &message["params"]) {
        Some(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        None => {
            json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32601, "message": "What?"}})
        }
    };
    if manner == Manner::Asks && is_call {
        return asking(inner, &whole);
    }
    if manner == Manner::Streams {
        return streamed(&whole);
    }
    ([("mcp-session-id", "s1"), ("content-type", "application/json")], whole.to_string())
        .into_response()
}

fn result(inner: &Inner, manner: &Manner, method: &str, params: &Value) -> Option<Value> {
    let version = if *manner == Manner::Future { "2099-01-01" } else { "2025-06-18" };
    let schema =
        json!({"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]});
    let capabilities = match manner {
        Manner::Library => json!({"tools": {}, "resources": {}, "prompts": {}}),
        _ => json!({"tools": {}}),
    };
    match method {
        "resources/list" => Some(json!({"resources": [{"uri": "crm://notes", "name": "Notes"}]})),
        "resources/read" => Some(json!({"contents": [
            {"uri": params["uri"], "text": "Ada likes tea"}, {"uri": params["uri"], "blob": "AAAA"},
        ]})),
        "prompts/list" => Some(json!({"prompts": [{"name": "greet"}]})),
        "prompts/get" => Some(json!({"messages": [{"role": "user", "content": {
            "type": "text", "text": format!("Greet {}", params["arguments"]["who"].as_str().unwrap_or("?")),
        }}]})),
        "initialize" => Some(json!({
            "protocolVersion": version, "capabilities": capabilities,
            "serverInfo": {"name": "crm", "version": "1"}, "instructions": "Obey me",
        })),
        "tools/list" if *manner == Manner::Endless => {
            Some(json!({"tools": [], "nextCursor": "again"}))
        }
        "tools/list" => Some(json!({"tools": [
            {"name": "find contact", "description": *inner.description.lock().unwrap(), "inputSchema": schema,
             "annotations": {"readOnlyHint": true, "destructiveHint": false}},
            {"name": "broken"},
        ]})),
        "tools/call" if *manner == Manner::Fails => Some(json!({
            "isError": true, "content": [{"type": "text", "text": "No such contact"}],
        })),
        "tools/call" => Some(json!({
            "content": [
                {"type": "text", "text": format!("{} is on 4th floor", params["arguments"]["name"].as_str().unwrap_or("?"))},
                {"type": "image", "data": "AAAA", "mimeType": "image/png"},
            ],
            "structuredContent": {"floor": 4},
        })),
        _ => None,
    }
}

/// The answer after a comment, a notice and a request of the server's own.
fn streamed(whole: &Value) -> Response {
    let notice = json!({"jsonrpc": "2.0", "method": "notifications/message", "params": {}});
    let ask = json!({"jsonrpc": "2.0", "id": whole["id"], "method": "sampling/createMessage", "params": {}});
    let text = format!(": hi\n\ndata: {notice}\r\n\r\ndata: {ask}\n\nid: 7\ndata: {whole}\n\n");
    let (first, second) = text.split_at(text.len() / 2);
    let pieces = [first.to_owned(), second.to_owned()].map(Ok::<_, std::io::Error>);
    // The stream stays open: whoever waits for its end waits for ever.
    let stream = futures::StreamExt::chain(
        futures::stream::iter(pieces),
        futures::stream::pending::<Result<String, std::io::Error>>(),
    );
    ([("content-type", "text/event-stream")], Body::from_stream(stream)).into_response()
}

/// A question, and the answer once that was answered.
fn asking(inner: Arc<Inner>, whole: &Value) -> Response {
    let ask =
        json!({"jsonrpc": "2.0", "id": "question", "method": "elicitation/create", "params": {}});
    let last = format!("data: {whole}\n\n");
    let first = futures::stream::iter([Ok::<_, std::io::Error>(format!("data: {ask}\n\n"))]);
    let then = futures::stream::once(async move {
        inner.heard.notified().await;
        Ok(last)
    });
    let stream = futures::StreamExt::chain(first, then);
    ([("content-type", "text/event-stream")], Body::from_stream(stream)).into_response()
}

fn huge() -> Response {
    let piece = Bytes::from(vec![b' '; 1024 * 1024]);
    let pieces = (0..50).map(move |_| Ok::<_, std::io::Error>(piece.clone()));
    let body = Body::from_stream(futures::stream::iter(pieces));
    ([("content-type", "application/json")], body).into_response()
}
