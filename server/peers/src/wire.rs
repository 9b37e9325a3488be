//! The few messages of the protocol that a client needs, over the client that judges every address.

use crate::stream::Events;
use flow::outgoing::dial::Closed;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use std::error::Error;
use url::Url;

/// The newest revision with a handshake, which is what is asked for.
const NEWEST: &str = "2025-11-25";
/// The revisions that are understood.
const UNDERSTOOD: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", NEWEST];
/// Bytes of one answer.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// Letters of another server's words that are passed on.
const WORDS: usize = 400;
const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// How far a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// Nothing was sent.
    Nowhere,
    /// The server does not let us in.
    Refused,
    /// The server answered, and it was no success.
    Answered,
    /// It was sent, and nobody knows what became of it.
    Unknown,
}

/// Why a message has no result.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) came: Came,
    /// In plain words, without the secret.
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(came: Came, message: impl Into<String>) -> Self {
        Self { came, message: message.into() }
    }
}

/// Where, and with which secret.
pub(crate) struct Target {
    pub(crate) client: Client,
    /// Judged.
    pub(crate) url: Url,
    pub(crate) header: Option<(HeaderName, HeaderValue)>,
}

/// A conversation with a server, after the handshake.
pub(crate) struct Session<'a> {
    target: &'a Target,
    id: Option<HeaderValue>,
    version: Option<HeaderValue>,
    sent: u64,
}

impl<'a> Session<'a> {
    /// Introduces us.
    pub(crate) async fn open(target: &'a Target) -> Result<Self, Failure> {
        let mut session = Self { target, id: None, version: None, sent: 0 };
        let client =
            json!({"name": "pmos", "title": "PM OS", "version": env!("CARGO_PKG_VERSION")});
        let hello = json!({"protocolVersion": NEWEST, "capabilities": {}, "clientInfo": client});
        let welcome = session.ask("initialize", hello).await?;
        let version = welcome.get("protocolVersion").and_then(Value::as_str).unwrap_or_default();
        let Some(known) = UNDERSTOOD.into_iter().find(|it| *it == version) else {
            let words = "It speaks a revision of the protocol that PM OS does not know";
            return Err(Failure::new(Came::Answered, words));
        };
        session.version = Some(HeaderValue::from_static(known));
        let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        session.send(&ready).await?;
        Ok(session)
    }

    /// Asks, and gives the result.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Result<Value, Failure> {
        self.sent += 1;
        let id = self.sent;
        let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let response = self.send(&message).await?;
        if let Some(session) = response.headers().get(&SESSION) {
            self.id = Some(session.clone());
        }
        let answer = answer(response, id).await?;
        match (answer.get("result"), answer.get("error")) {
            (Some(result), _) => Ok(result.clone()),
            (None, Some(error)) => {
                let words = error.get("message").and_then(Value::as_str).unwrap_or("an error");
                Err(Failure::new(Came::Answered, format!("It answered: {}", shortened(words))))
            }
            (None, None) => Err(nonsense()),
        }
    }

    /// Says goodbye, so that the server keeps nothing for us. It may not care.
    pub(crate) async fn close(self) {
        if self.id.is_none() {
            return;
        }
        let request = self.dressed(self.target.client.delete(self.target.url.clone()));
        if let Err(error) = request.send().await {
            tracing::debug!(%error, "another server did not hear the end of a session");
        }
    }

    async fn send(&self, message: &Value) -> Result<Response, Failure> {
        let request = self.target.client.post(self.target.url.clone());
        let request = self
            .dressed(request)
            .header(ACCEPT, "application/json, text/event-stream")
            .header(CONTENT_TYPE, "application/json")
            .body(message.to_string());
        let response = request.send().await.map_err(|error| broken(&error))?;
        match response.status().as_u16() {
            200..=299 => Ok(response),
            300..=399 => {
                let words = "It sends PM OS to another address, which is not followed. Enter the address itself";
                Err(Failure::new(Came::Answered, words))
            }
            401 | 403 => {
                let words = "It does not accept the secret, or asks for one. Check the header and its value";
                Err(Failure::new(Came::Refused, words))
            }
            404 | 405 => {
                let words = "There is no MCP server at this address";
                Err(Failure::new(Came::Answered, words))
            }
            other => Err(Failure::new(Came::Answered, format!("It answered with status {other}"))),
        }
    }

    fn dressed(&self, mut request: RequestBuilder) -> RequestBuilder {
        if let Some((name, value)) = &self.target.header {
            request = request.header(name, value);
        }
        if let Some(id) = &self.id {
            request = request.header(&SESSION, id);
        }
        if let Some(version) = &self.version {
            request = request.header(&VERSION, version);
        }
        request
    }
}

/// The message that answers `id`: the body itself, or one of its events.
async fn answer(mut response: Response, id: u64) -> Result<Value, Failure> {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let is_stream = kind.is_some_and(|it| it.starts_with("text/event-stream"));
    let (mut body, mut events, mut read) = (Vec::new(), Events::default(), 0);
    while let Some(piece) = response.chunk().await.map_err(|error| broken(&error))? {
        read += piece.len();
        if read > ANSWER_BYTES {
            return Err(Failure::new(Came::Unknown, "Its answer is larger than 4 MB"));
        }
        if !is_stream {
            body.extend_from_slice(&piece);
            continue;
        }
        for text in events.take(&piece) {
            match serde_json::from_str::<Value>(&text) {
                Ok(message) if answers(&message, id) => return Ok(message),
                _ => {}
            }
        }
    }
    let message = serde_json::from_slice::<Value>(&body).ok();
    message.filter(|it| answers(it, id)).ok_or_else(nonsense)
}

/// Its requests and notices to us are passed over: we offered nothing.
fn answers(message: &Value, id: u64) -> bool {
    message.get("id").and_then(Value::as_u64) == Some(id) && message.get("method").is_none()
}

fn nonsense() -> Failure {
    Failure::new(Came::Unknown, "What it answered is not an answer of the protocol")
}

/// The beginning of another server's words, without letters that nobody sees.
pub(crate) fn shortened(words: &str) -> String {
    words.chars().filter(|it| !it.is_control()).take(WORDS).collect()
}

/// What went wrong on the way, without the library's words.
fn broken(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(it) = cause {
        if let Some(closed) = it.downcast_ref::<Closed>() {
            return Failure::new(Came::Nowhere, closed.to_string());
        }
        cause = it.source();
    }
    tracing::debug!(error = error as &dyn Error, "a request to another server failed");
    if error.is_connect() {
        return Failure::new(Came::Nowhere, "No connection. Check the address, or try again later");
    }
    Failure::new(Came::Unknown, "The connection broke before its answer was complete")
}
