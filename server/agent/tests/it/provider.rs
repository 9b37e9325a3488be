//! A model provider of our own, over HTTP, on all four wires, which fails in every way real ones do.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use futures::StreamExt;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// One of the four wires, with a provider that speaks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    Chat,
    Responses,
    Messages,
    Gemini,
}

impl Wire {
    pub(crate) const ALL: [Self; 4] = [Self::Chat, Self::Responses, Self::Messages, Self::Gemini];

    /// The provider in PM OS's words.
    pub(crate) fn provider(self) -> &'static str {
        match self {
            Self::Chat => "openai_compatible",
            Self::Responses => "openai",
            Self::Messages => "anthropic",
            Self::Gemini => "gemini",
        }
    }

    /// The header that carries the key.
    pub(crate) fn key_header(self) -> &'static str {
        match self {
            Self::Chat | Self::Responses => "authorization",
            Self::Messages => "x-api-key",
            Self::Gemini => "x-goog-api-key",
        }
    }

    fn frame(self, value: &Value) -> String {
        match self {
            Self::Chat | Self::Gemini => format!("data: {value}\n\n"),
            Self::Responses | Self::Messages => {
                format!("event: {}\ndata: {value}\n\n", value["type"].as_str().unwrap())
            }
        }
    }

    fn frames(self, values: &[Value]) -> Vec<Chunk> {
        values.iter().map(|it| Chunk::Text(self.frame(it))).collect()
    }

    /// Pieces of text, without the end.
    pub(crate) fn pieces(self, texts: &[&str]) -> Vec<Chunk> {
        let mut values = match self {
            Self::Messages => vec![
                json!({"type": "message_start", "message": {"usage": {"input_tokens": 11, "output_tokens": 1}}}),
                json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
                json!({"type": "ping"}),
            ],
            Self::Responses => vec![json!({"type": "response.created", "response": {}})],
            Self::Chat | Self::Gemini => Vec::new(),
        };
        values.extend(texts.iter().map(|text| match self {
            Self::Chat => json!({"choices": [{"delta": {"role": "assistant", "content": text}}]}),
            Self::Responses => json!({"type": "response.output_text.delta", "output_index": 0, "delta": text}),
            Self::Messages => {
                json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})
            }
            Self::Gemini => json!({"candidates": [{"content": {"parts": [{"text": text}]}}]}),
        }));
        self.frames(&values)
    }

    /// The end of an answer, with its marker and what it cost: 11 tokens read, 7 written.
    pub(crate) fn end(self) -> Vec<Chunk> {
        let values = match self {
            Self::Chat => vec![
                json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}),
                json!({"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 7}}),
            ],
            Self::Responses => vec![json!({
                "type": "response.completed", "response": {"usage": {"input_tokens": 11, "output_tokens": 7}},
            })],
            Self::Messages => vec![
                json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}}),
                json!({"type": "message_stop"}),
            ],
            Self::Gemini => vec![json!({
                "candidates": [{"content": {"parts": []}, "finishReason": "STOP"}],
                "usageMetadata": {"promptTokenCount": 11, "candidatesTokenCount": 7},
            })],
        };
        let mut chunks = self.frames(&values);
        if self == Self::Chat {
            chunks.push(Chunk::Text("data: [DONE]\n\n".to_owned()));
        }
        chunks
    }

    /// A whole answer of text.
    pub(crate) fn says(self, text: &str) -> Reply {
        let mut chunks = self.pieces(&[text]);
        chunks.extend(self.end());
        Reply::Stream(chunks)
    }

    /// A whole answer that asks for tools, arguments in pieces where the wire has them.
    pub(crate) fn calls(self, calls: &[(&str, Value)]) -> Reply {
        let mut values = Vec::new();
        if self == Self::Messages {
            values
                .push(json!({"type": "message_start", "message": {"usage": {"input_tokens": 11}}}));
        }
        for (i, (name, args)) in calls.iter().enumerate() {
            let (id, text) = (format!("call_{i}"), args.to_string());
            let (one, two) = text.split_at("{\"".len().min(text.len()));
            values.extend(match self {
                Self::Chat => vec![
                    json!({"choices": [{"delta": {"content": null, "tool_calls": [
                        {"index": i, "id": id, "type": "function", "function": {"name": name, "arguments": one}}]}}]}),
                    json!({"choices": [{"delta": {"tool_calls": [{"index": i, "function": {"arguments": two}}]}}]}),
                ],
                Self::Responses => vec![
                    json!({"type": "response.output_item.done", "output_index": i, "item":
                        {"type": "reasoning", "id": "rs_1", "encrypted_content": "sealed"}}),
                    json!({"type": "response.output_item.added", "output_index": i + 9, "item":
                        {"type": "function_call", "id": format!("fc_{i}"), "call_id": id, "name": name, "arguments": ""}}),
                    json!({"type": "response.function_call_arguments.delta", "output_index": i + 9, "delta": one}),
                    json!({"type": "response.function_call_arguments.delta", "output_index": i + 9, "delta": two}),
                    json!({"type": "response.function_call_arguments.done", "output_index": i + 9, "arguments": text}),
                ],
                Self::Messages => vec![
                    json!({"type": "content_block_start", "index": 2 * i, "content_block":
                        {"type": "thinking", "thinking": ""}}),
                    json!({"type": "content_block_delta", "index": 2 * i, "delta":
                        {"type": "thinking_delta", "thinking": "hm"}}),
                    json!({"type": "content_block_delta", "index": 2 * i, "delta":
                        {"type": "signature_delta", "signature": "sealed"}}),
                    json!({"type": "content_block_start", "index": 2 * i + 1, "content_block":
                        {"type": "tool_use", "id": id, "name": name, "input": {}}}),
                    json!({"type": "content_block_delta", "index": 2 * i + 1, "delta":
                        {"type": "input_json_delta", "partial_json": one}}),
                    json!({"type": "content_block_delta", "index": 2 * i + 1, "delta":
                        {"type": "input_json_delta", "partial_json": two}}),
                    json!({"type": "content_block_stop", "index": 2 * i + 1}),
                ],
                Self::Gemini => vec![json!({"candidates": [{"content": {"parts": [
                    {"functionCall": {"name": name, "args": args}, "thoughtSignature": "sealed"}]}}]})],
            });
        }
        let mut chunks = self.frames(&values);
        chunks.extend(self.end());
        Reply::Stream(chunks)
    }

    /// A failure inside a stream.
    pub(crate) fn error(self, message: &str) -> Chunk {
        let value = match self {
            Self::Chat => json!({"error": {"message": message, "type": "server_error"}}),
            Self::Responses => json!({"type": "error", "code": "server_error", "message": message}),
            Self::Messages => {
                json!({"type": "error", "error": {"type": "overloaded_error", "message": message}})
            }
            Self::Gemini => {
                json!({"error": {"code": 503, "status": "UNAVAILABLE", "message": message}})
            }
        };
        Chunk::Text(self.frame(&value))
    }
}

/// A piece of a stream.
#[derive(Clone, Debug)]
pub(crate) enum Chunk {
    Text(String),
    /// Waits until the test opens the gate.
    Gate,
    /// Never goes on.
    Stall,
    /// The connection breaks.
    Drop,
    /// So many megabytes of one letter, inside one piece of text.
    Flood(usize),
}

/// An answer to one request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Stream(Vec<Chunk>),
    Status(u16, &'static [(&'static str, &'static str)], Value),
}

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

#[derive(Default)]
struct Shared {
    replies: Mutex<VecDeque<Reply>>,
    asked: Mutex<Vec<Asked>>,
    gate: Notify,
}

/// The running provider; it gives its replies in order, the last one again and again.
pub(crate) struct FakeProvider {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    task: AbortHandle,
}

impl FakeProvider {
    pub(crate) async fn start(replies: Vec<Reply>) -> Self {
        let shared = Arc::new(Shared { replies: Mutex::new(replies.into()), ..Shared::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, shared, task: task.abort_handle() }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The questions so far; lists of models are not among them.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    pub(crate) fn open_gate(&self) {
        self.shared.gate.notify_one();
    }
}

impl Drop for FakeProvider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if parts.method == "GET" {
        let models = json!({"data": [{"id": "small"}, {"id": "large"}], "models": [{"name": "models/small"}]});
        return Response::new(Body::from(models.to_string()));
    }
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    shared.asked.lock().unwrap().push(Asked {
        path: parts.uri.path().to_owned(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap(),
    });
    let reply = {
        let mut replies = shared.replies.lock().unwrap();
        if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() }
    };
    match reply.unwrap() {
        Reply::Status(status, headers, body) => {
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(*name, *value);
            }
            response.body(Body::from(body.to_string())).unwrap()
        }
        Reply::Stream(chunks) => {
            let stream = futures::stream::iter(chunks).then(move |it| given(it, shared.clone()));
            Response::builder()
                .header("content-type", "text/event-stream")
                .body(Body::from_stream(stream))
                .unwrap()
        }
    }
}

async fn given(chunk: Chunk, shared: Arc<Shared>) -> io::Result<Bytes> {
    match chunk {
        Chunk::Text(text) => Ok(text.into()),
        Chunk::Flood(megabytes) => Ok("x".repeat(megabytes * 1024 * 1024).into()),
        Chunk::Gate => {
            shared.gate.notified().await;
            Ok(": on\n\n".into())
        }
        Chunk::Stall => std::future::pending().await,
        Chunk::Drop => Err(io::ErrorKind::ConnectionReset.into()),
    }
}
