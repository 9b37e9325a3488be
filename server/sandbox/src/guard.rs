//! What a request must bring before a route sees it.

use crate::account::Account;
use crate::{Sandbox, accounts};
use axum::body::Bytes;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// The answer to a request that was not let in.
pub(crate) struct Refused(pub(crate) Box<Response>);

fn refuse(status: StatusCode, body: impl IntoResponse) -> Refused {
    Refused(Box::new((status, body).into_response()))
}

fn header(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
}

/// The path leads nowhere.
pub(crate) fn missing() -> Refused {
    refuse(StatusCode::NOT_FOUND, axum::Json(json!({"status": 404, "error": "Not Found"})))
}

/// Who is calling, with a way to reach them.
pub(crate) fn user_agent(headers: &HeaderMap) -> Result<(), Refused> {
    let agent = header(headers, USER_AGENT);
    if agent.contains('@') || agent.contains("://") {
        return Ok(());
    }
    Err(refuse(
        StatusCode::BAD_REQUEST,
        "Please send a User-Agent with the name of your app and a contact",
    ))
}

/// The account called `segment` in the path with the person who asks, when the bearer token opens it. A token of another
/// account finds nothing, and a suspended account says so.
pub(crate) async fn account(
    sandbox: &Sandbox,
    headers: &HeaderMap,
    segment: &str,
) -> Result<(Arc<Account>, i64), Refused> {
    let wanted = segment.parse().ok();
    if let Some(id) = wanted
        && let Some(account) = sandbox.0.accounts.get(id).await
    {
        let speaker = account.speaker(&accounts::hash(token(headers)));
        let is_open = || sandbox.0.launchpad.opens(token(headers), id);
        let speaker = speaker.or_else(|| is_open().then(|| account.owner_id()));
        if let Some(speaker) = speaker {
            return match account.suspended {
                Some(status) => Err(suspended(status)),
                None => Ok((account, speaker)),
            };
        }
    }
    Err(owner(sandbox, headers).await.err().unwrap_or_else(missing))
}

fn suspended(status: u16) -> Refused {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_FOUND);
    refuse(status, [("Reason", "Account Inactive")])
}

/// The account the bearer token opens, as the person it speaks for sees it.
pub(crate) async fn owner(sandbox: &Sandbox, headers: &HeaderMap) -> Result<Arc<Account>, Refused> {
    let account = match token(headers) {
        "" => None,
        token => sandbox.0.accounts.of_token(token).await,
    };
    account.ok_or_else(|| {
        let body = axum::Json(json!({"error": "OAuth token expired (old age)"}));
        let challenge = [("WWW-Authenticate", "Bearer error=\"invalid_token\"")];
        refuse(StatusCode::UNAUTHORIZED, (challenge, body))
    })
}

/// The bearer token; empty without one.
pub(crate) fn token(headers: &HeaderMap) -> &str {
    header(headers, AUTHORIZATION).strip_prefix("Bearer ").unwrap_or_default()
}

/// The JSON a write brings; an object, empty without a body.
pub(crate) fn body(parts: &Parts, body: &Bytes) -> Result<Value, Refused> {
    if body.is_empty() {
        return Ok(json!({}));
    }
    if is_file(parts) {
        let kind = header(&parts.headers, CONTENT_TYPE);
        return Ok(json!({"content_type": kind, "byte_size": body.len()}));
    }
    if !header(&parts.headers, CONTENT_TYPE).starts_with("application/json") {
        return Err(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Please send application/json"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(Value::Object(fields)),
        _ => Err(refuse(
            StatusCode::BAD_REQUEST,
            axum::Json(json!({"error": "There was an error parsing the JSON"})),
        )),
    }
}

/// Raw bytes are a file, whatever they look like; only their size and type are kept.
fn is_file(parts: &Parts) -> bool {
    parts.uri.path().trim_end_matches(".json").ends_with("/attachments")
}
