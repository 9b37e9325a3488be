//! The way out to a model provider: one request, its limits, and what its failures mean.

use crate::llm::failure::{ErrorClass, LlmError};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Method, Response};
use serde_json::Value;
use std::error::Error;
use std::time::Duration;

/// Bytes of a failed or listed answer that are read.
const BODY_BYTES: usize = 1024 * 1024;
/// Letters of a provider's own words that are passed on.
const MESSAGE_CHARS: usize = 300;
/// Fields of an error that say what kind it is.
const CODES: [&str; 3] = ["code", "type", "status"];

/// Where and as whom.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) client: Client,
    /// Without a slash at the end; judged.
    pub(crate) base: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Never shown: taken out of every message.
    pub(crate) key: String,
    pub(crate) first_byte: Duration,
    pub(crate) idle: Duration,
}

impl Door {
    /// Sends a request, JSON where it has a body; gives the answer when it is a success, before its body is read.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Response, LlmError> {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let answer = tokio::time::timeout(self.first_byte, request.send()).await;
        let response =
            answer.map_err(|_| silent())?.map_err(|error| self.hidden(broken(&error)))?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.hidden(self.refused(response).await))
    }

    /// A whole JSON answer.
    pub(crate) async fn get(&self, path: &str) -> Result<Value, LlmError> {
        let mut response = self.send(Method::GET, path, None).await?;
        let body = self.body(&mut response).await?;
        serde_json::from_slice(&body).map_err(|_| LlmError::protocol("it is not JSON"))
    }

    /// The next piece of a stream; none at its end.
    pub(crate) async fn piece(&self, response: &mut Response) -> Result<Option<Vec<u8>>, LlmError> {
        let piece =
            tokio::time::timeout(self.idle, response.chunk()).await.map_err(|_| silent())?;
        Ok(piece.map_err(|error| broken(&error))?.map(|it| it.to_vec()))
    }

    async fn body(&self, response: &mut Response) -> Result<Vec<u8>, LlmError> {
        let mut body = Vec::new();
        while let Some(piece) = self.piece(response).await? {
            body.extend_from_slice(&piece);
            if body.len() > BODY_BYTES {
                return Err(LlmError::protocol("it is larger than 1 MB"));
            }
        }
        Ok(body)
    }

    async fn refused(&self, mut response: Response) -> LlmError {
        let status = response.status().as_u16();
        let wait = retry_after(&response);
        let body = self.body(&mut response).await.unwrap_or_default();
        let value: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        // Gemini answers with a list of one.
        let value = value.get(0).unwrap_or(&value);
        let error = value.get("error").unwrap_or(value);
        let class = class_of(Some(status), error);
        let retry_after = wait.or_else(|| delay_in(error));
        LlmError { retry_after, ..LlmError::new(class, worded(class, Some(status), error)) }
    }

    /// The key never leaves in a message, whatever the provider repeats.
    pub(crate) fn hidden(&self, error: LlmError) -> LlmError {
        if self.key.is_empty() {
            return error;
        }
        LlmError { message: error.message.replace(&self.key, "***"), ..error }
    }
}

/// A failure that came inside a stream.
pub(crate) fn reported(error: &Value) -> LlmError {
    let status = error.get("code").and_then(Value::as_u64).and_then(|it| u16::try_from(it).ok());
    let class = class_of(status, error);
    LlmError { retry_after: delay_in(error), ..LlmError::new(class, worded(class, status, error)) }
}

fn silent() -> LlmError {
    LlmError::new(ErrorClass::Timeout, "The model said nothing for too long")
}

/// What went wrong on the way, without the library's words.
fn broken(error: &reqwest::Error) -> LlmError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(it) = cause {
        if let Some(closed) = it.downcast_ref::<flow::outgoing::dial::Closed>() {
            return LlmError::new(ErrorClass::BadRequest, closed.to_string());
        }
        cause = it.source();
    }
    tracing::debug!(error = error as &dyn Error, "a request to a model provider failed");
    let message = if error.is_connect() {
        "No connection to the model provider"
    } else {
        "The connection to the model provider broke"
    };
    LlmError::new(ErrorClass::Network, message)
}

fn class_of(status: Option<u16>, error: &Value) -> ErrorClass {
    let text = |field: &str| error.get(field).and_then(Value::as_str).unwrap_or_default();
    let codes = CODES.map(text).join(" ").to_lowercase();
    let message = text("message").to_lowercase();
    let says = |words: &[&str]| words.iter().any(|it| codes.contains(it) || message.contains(it));
    if says(&["insufficient_quota", "billing", "credit balance", "payment"]) || status == Some(402)
    {
        return ErrorClass::Quota;
    }
    if says(&["context_length", "context window", "too many tokens", "prompt is too long"]) {
        return ErrorClass::ContextOverflow;
    }
    if says(&["api key not valid", "invalid_api_key", "authentication_error", "unauthenticated"]) {
        return ErrorClass::Auth;
    }
    match status {
        Some(401) => ErrorClass::Auth,
        Some(403) => ErrorClass::Permission,
        Some(413) => ErrorClass::ContextOverflow,
        Some(408 | 504) => ErrorClass::Timeout,
        Some(429) => ErrorClass::RateLimit,
        Some(500..=599) => ErrorClass::Overloaded,
        _ if says(&["rate_limit", "resource_exhausted"]) => ErrorClass::RateLimit,
        _ if says(&["overloaded", "server_error", "api_error", "internal", "unavailable"]) => {
            ErrorClass::Overloaded
        }
        _ => ErrorClass::BadRequest,
    }
}

fn worded(class: ErrorClass, status: Option<u16>, error: &Value) -> String {
    let ours = match class {
        ErrorClass::Auth => "The model provider does not accept the key",
        ErrorClass::Permission => "The key may not use this model",
        ErrorClass::Quota => "The account at the model provider has no credit left",
        ErrorClass::RateLimit => "The model provider takes no more requests for now",
        ErrorClass::ContextOverflow => "The conversation is longer than the model can read",
        ErrorClass::Timeout => "The model provider took too long",
        ErrorClass::Overloaded => "The model provider is busy or broken",
        _ => "The model provider refused the request",
    };
    let theirs = error.get("message").and_then(Value::as_str).or_else(|| error.as_str());
    let status = status.map_or_else(String::new, |it| format!(" ({it})"));
    match theirs {
        Some(theirs) => {
            let theirs: String = theirs.chars().take(MESSAGE_CHARS).collect();
            format!("{ours}{status}: {theirs}")
        }
        None => format!("{ours}{status}"),
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let number = |name: &str| -> Option<f64> {
        response.headers().get(name)?.to_str().ok()?.trim().parse().ok()
    };
    let seconds = number("retry-after-ms").map(|it| it / 1_000.0).or_else(|| number("retry-after"));
    seconds.and_then(|it| Duration::try_from_secs_f64(it).ok())
}

/// Gemini says it in the body: `"retryDelay": "12s"`.
fn delay_in(error: &Value) -> Option<Duration> {
    let details = error.get("details").and_then(Value::as_array)?;
    let delay = details.iter().find_map(|it| it.get("retryDelay")?.as_str())?;
    let seconds: f64 = delay.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}
