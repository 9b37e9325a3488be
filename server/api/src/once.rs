//! Requests that happen once: the same `Idempotency-Key`, caller and route within a day give the first answer and do
//! nothing (contract.md 0.5).

use crate::body;
use crate::credentials::Caller;
use crate::error::Refusal;
use crate::rest;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use backend::Backend;
use bytes::Bytes;
use domain::client::Client;
use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::time::Duration;
use store::events;
use store::ids;
use store::operations::{self, Claim, ToolKey};
use store::secrets::digest;
use tools::tools::Tools;

const HEADER: &str = "idempotency-key";
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;
const KEY_MAX: usize = 128;
/// How often, and how many times, a repeat looks whether the first request has ended.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOKS: u32 = 300;

/// Who repeats a request: a person in their workspace, or a visitor by their browser or address.
pub(crate) struct Doer {
    workspace: WorkspaceId,
    user: UserId,
}

impl Doer {
    /// Whoever sent `request`; nobody for a key that does not count.
    pub(crate) fn of(caller: &Caller, request: &Request) -> Option<Self> {
        if let Some(actor) = caller.actor() {
            return Some(Self { workspace: actor.workspace.clone(), user: actor.user.clone() });
        }
        let address = request.extensions().get::<Client>().and_then(|it| it.ip.clone());
        let visitor = match rest::apps::word(request.headers()) {
            Some(word) => format!("browser {}", digest(&word)),
            None => format!("address {}", address?),
        };
        let nobody = matches!(caller, Caller::Nobody);
        nobody.then(|| Self {
            workspace: WorkspaceId::from(events::NO_WORKSPACE),
            user: UserId::from(visitor),
        })
    }
}

/// The answer to `request`, or the one that its first sending got. `route` is its method and path.
pub(crate) async fn answered(
    backend: &Backend,
    doer: Doer,
    route: String,
    mut request: Request,
    next: Next,
) -> Response {
    let key = match key(request.headers()) {
        Ok(Some(key)) => key,
        Ok(None) => return next.run(request).await,
        Err(problem) => return refused(problem),
    };
    let bytes = match body::collect(&mut request).await {
        Ok(bytes) => bytes,
        Err(problem) => return refused(problem),
    };
    let text = Value::from(String::from_utf8_lossy(&bytes));
    *request.body_mut() = Body::from(bytes);
    let hash = Tools::hash(&route, &text);
    let key = ToolKey { workspace: doer.workspace, user: doer.user, tool: route, key };
    match claimed(backend, &key, &hash).await {
        Err(problem) => refused(problem),
        Ok(Some(first)) => again(&first),
        Ok(None) => first(backend, key, next.run(request).await).await,
    }
}

fn refused(problem: Problem) -> Response {
    Refusal::from(problem).into_response()
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(given) = headers.get(HEADER) else { return Ok(None) };
    let is_plain = |it: &u8| it.is_ascii_graphic();
    let is_right = (1..=KEY_MAX).contains(&given.len()) && given.as_bytes().iter().all(is_plain);
    match given.to_str() {
        Ok(text) if is_right => Ok(Some(text.to_owned())),
        _ => {
            let message = format!("Give an Idempotency-Key of 1 to {KEY_MAX} plain characters");
            Err(Problem::invalid("Idempotency-Key", message))
        }
    }
}

/// The first answer, or none when this request is the first.
async fn claimed(backend: &Backend, key: &ToolKey, hash: &str) -> Result<Option<Value>, Problem> {
    for _ in 0..LOOKS {
        let (key, hash) = (key.clone(), hash.to_owned());
        let since = ids::now_ms() - KEPT_MS;
        let claim = backend.db.write(move |tx| {
            Box::pin(async move { operations::claim(tx, &key, &hash, since).await })
        });
        match claim.await? {
            Claim::Mine => return Ok(None),
            Claim::Done(answer) => return Ok(Some(answer)),
            Claim::OtherArguments => {
                return Err(Problem::conflict(
                    "This Idempotency-Key was used with another body. Take a new key for another request",
                ));
            }
            Claim::Running => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
    Err(Problem::conflict(
        "The first request with this Idempotency-Key has not ended yet. Send it again in a moment",
    ))
}

/// Keeps the answer for repeats. One that is our fault, or that says to come back, gives the key back.
async fn first(backend: &Backend, key: ToolKey, response: Response) -> Response {
    let status = response.status();
    let (parts, body) = response.into_parts();
    let is_kept = !status.is_server_error() && status != StatusCode::TOO_MANY_REQUESTS;
    // A refusal has no body yet: the request layer writes it.
    let refusal = parts.extensions.get::<Refusal>().is_some();
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let answer = serde_json::from_slice::<Value>(&bytes).ok().filter(|_| is_kept && !refusal);
    let kept = backend.db.write(move |tx| {
        Box::pin(async move {
            match answer {
                Some(body) => {
                    let answer = json!({"status": status.as_u16(), "body": body});
                    operations::keep_answer(tx, &key, &answer).await
                }
                None => operations::release(tx, &key).await,
            }
        })
    });
    match kept.await {
        Ok(()) => Response::from_parts(parts, Body::from(bytes)),
        Err(error) => refused(error.into()),
    }
}

fn again(first: &Value) -> Response {
    let status = first.get("status").and_then(Value::as_u64).and_then(|it| u16::try_from(it).ok());
    let status = status.and_then(|it| StatusCode::from_u16(it).ok()).unwrap_or(StatusCode::OK);
    let body = Bytes::from(first.get("body").unwrap_or(&Value::Null).to_string());
    let kind = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (status, kind, body).into_response()
}
