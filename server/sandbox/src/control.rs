//! What a server is told beside the API, with the control key: `PUT` and `DELETE /sandbox/accounts/{id}`,
//! `POST /sandbox/clock`, and `GET /sandbox/requests`.

use crate::world::Size;
use crate::{Sandbox, accounts};
use axum::Json;
use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::time::Duration;

const ACCOUNTS: &str = "/sandbox/accounts/";

/// Carries out a control request; none when it is not one.
pub(crate) async fn answer(sandbox: &Sandbox, parts: &Parts, body: &Bytes) -> Option<Response> {
    let path = parts.uri.path();
    if !path.starts_with("/sandbox/") {
        return None;
    }
    let key =
        parts.headers.get("x-sandbox-key").and_then(|it| it.to_str().ok()).unwrap_or_default();
    // Hashes are compared, so the time it takes says nothing about the key.
    if accounts::hash(key) != sandbox.0.control_hash {
        return Some(StatusCode::UNAUTHORIZED.into_response());
    }
    Some(match (&parts.method, path) {
        (&Method::POST, "/sandbox/clock") => clock(sandbox, body).into_response(),
        (&Method::GET, "/sandbox/requests") => {
            Json(json!({"count": sandbox.count(), "by": sandbox.0.received.all()})).into_response()
        }
        _ => account(sandbox, parts, body).await.into_response(),
    })
}

fn clock(sandbox: &Sandbox, body: &Bytes) -> StatusCode {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    match body.get("advance_ms").and_then(Value::as_u64) {
        Some(by) => {
            sandbox.advance(Duration::from_millis(by));
            StatusCode::NO_CONTENT
        }
        None => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

async fn account(sandbox: &Sandbox, parts: &Parts, body: &Bytes) -> StatusCode {
    let id = parts.uri.path().strip_prefix(ACCOUNTS).and_then(|it| it.parse().ok());
    let Some(id) = id else { return StatusCode::NOT_FOUND };
    let outcome = match parts.method {
        Method::PUT => match wanted(body) {
            Some((token, today, size)) => {
                // A server with a day of its own keeps it.
                let today = sandbox.0.clock.fixed().or(today).unwrap_or_else(|| sandbox.today());
                sandbox.make(id, &token, size, today).await
            }
            None => return StatusCode::UNPROCESSABLE_ENTITY,
        },
        Method::DELETE => sandbox.remove_account(id).await,
        _ => return StatusCode::METHOD_NOT_ALLOWED,
    };
    outcome.map_or(StatusCode::INSUFFICIENT_STORAGE, |()| StatusCode::NO_CONTENT)
}

/// The token a new account is opened with, the day its dates lie around, and how large its world is. A short token and
/// an unknown size are refused.
fn wanted(body: &Bytes) -> Option<(String, Option<NaiveDate>, Size)> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let token = body.get("token")?.as_str().filter(|it| it.len() >= 32)?;
    let today = body.get("today").and_then(Value::as_str).and_then(|it| it.parse().ok());
    let size = body.get("world").map_or(Some(Size::default()), |it| Size::parse(it.as_str()?))?;
    Some((token.to_owned(), today, size))
}
