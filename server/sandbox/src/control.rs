//! Making and removing accounts over HTTP: `PUT` and `DELETE /sandbox/accounts/{id}`, with the control key.

use crate::{Sandbox, accounts};
use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use chrono::NaiveDate;
use serde_json::Value;

const PREFIX: &str = "/sandbox/accounts/";

/// Carries out a control request; none when it is not one.
pub(crate) async fn answer(sandbox: &Sandbox, parts: &Parts, body: &Bytes) -> Option<StatusCode> {
    let id = parts.uri.path().strip_prefix(PREFIX)?;
    let key =
        parts.headers.get("x-sandbox-key").and_then(|it| it.to_str().ok()).unwrap_or_default();
    // Hashes are compared, so the time it takes says nothing about the key.
    if accounts::hash(key) != sandbox.0.control_hash {
        return Some(StatusCode::UNAUTHORIZED);
    }
    let Ok(id) = id.parse() else { return Some(StatusCode::NOT_FOUND) };
    let outcome = match parts.method {
        Method::PUT => match wanted(body) {
            Some((token, today)) => {
                // A server with a day of its own keeps it.
                let today = sandbox.0.today.or(today).unwrap_or_else(|| sandbox.today());
                sandbox.create_account_on(id, &token, today).await
            }
            None => return Some(StatusCode::UNPROCESSABLE_ENTITY),
        },
        Method::DELETE => sandbox.remove_account(id).await,
        _ => return Some(StatusCode::METHOD_NOT_ALLOWED),
    };
    Some(outcome.map_or(StatusCode::INSUFFICIENT_STORAGE, |()| StatusCode::NO_CONTENT))
}

/// The token a new account is opened with, and the day its dates lie around. A short token is refused.
fn wanted(body: &Bytes) -> Option<(String, Option<NaiveDate>)> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let token = body.get("token")?.as_str().filter(|it| it.len() >= 32)?;
    let today = body.get("today").and_then(Value::as_str).and_then(|it| it.parse().ok());
    Some((token.to_owned(), today))
}
