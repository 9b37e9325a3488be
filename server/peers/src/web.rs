//! A server with an address: messages over Streamable HTTP, sent by the client that judges every address.

use crate::stream::Events;
use crate::wire::{
    ANSWER_BYTES, Came, Failure, answers, asks, nonsense, question, refused, too_much,
};
use flow::outgoing::dial::Closed;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use std::error::Error;
use url::Url;

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// Where, and with which secret.
pub(crate) struct Web {
    pub(crate) client: Client,
    /// Judged.
    pub(crate) url: Url,
    pub(crate) header: Option<(HeaderName, HeaderValue)>,
}

/// One session over there.
pub(crate) struct Line<'a> {
    web: &'a Web,
    id: Option<HeaderValue>,
    version: Option<HeaderValue>,
    sent: u64,
}

impl<'a> Line<'a> {
    pub(crate) fn new(web: &'a Web) -> Self {
        Self { web, id: None, version: None, sent: 0 }
    }

    /// From now on this revision is spoken.
    pub(crate) fn agree(&mut self, version: &'static str) {
        self.version = Some(HeaderValue::from_static(version));
    }

    /// Asks, and gives the whole message that answers.
    pub(crate) async fn ask(&mut self, method: &str, params: &Value) -> Result<Value, Failure> {
        self.sent += 1;
        let id = self.sent;
        let response = self.send(&question(id, method, params)).await?;
        if let Some(session) = response.headers().get(&SESSION) {
            self.id = Some(session.clone());
        }
        self.answer(response, id).await
    }

    /// The message that answers `id`: the body itself, or one of its events. What the server asks meanwhile is refused.
    async fn answer(&self, mut response: Response, id: u64) -> Result<Value, Failure> {
        let kind = response.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
        let is_stream = kind.is_some_and(|it| it.starts_with("text/event-stream"));
        let (mut body, mut events, mut read) = (Vec::new(), Events::default(), 0);
        while let Some(piece) = response.chunk().await.map_err(|error| broken(&error))? {
            read += piece.len();
            if read > ANSWER_BYTES {
                return Err(too_much());
            }
            if !is_stream {
                body.extend_from_slice(&piece);
                continue;
            }
            for text in events.take(&piece) {
                match serde_json::from_str::<Value>(&text) {
                    Ok(message) if answers(&message, id) => return Ok(message),
                    Ok(message) if asks(&message) => {
                        if let Err(failure) = self.tell(&refused(&message)).await {
                            tracing::debug!(
                                failure.message,
                                "another server did not hear a refusal"
                            );
                        }
                    }
                    _ => {}
                }
            }
        }
        let message = serde_json::from_slice::<Value>(&body).ok();
        message.filter(|it| answers(it, id)).ok_or_else(nonsense)
    }

    /// Says something that has no answer.
    pub(crate) async fn tell(&self, message: &Value) -> Result<(), Failure> {
        self.send(message).await.map(drop)
    }

    /// Says goodbye, so that the server keeps nothing for us. It may not care.
    pub(crate) async fn close(self) {
        if self.id.is_none() {
            return;
        }
        let request = self.dressed(self.web.client.delete(self.web.url.clone()));
        if let Err(error) = request.send().await {
            tracing::debug!(%error, "another server did not hear the end of a session");
        }
    }

    async fn send(&self, message: &Value) -> Result<Response, Failure> {
        let request = self.web.client.post(self.web.url.clone());
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
        if let Some((name, value)) = &self.web.header {
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
