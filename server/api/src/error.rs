//! How a refused or failed request is answered: a status, a JSON body in one shape, the request id.

use axum::extract::OriginalUri;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::problem::Problem;
use serde_json::{Map, Value, json};

/// What a handler returns.
pub type Answer<T = Response> = Result<T, Refusal>;

/// Why a request got no other answer. The request layer writes the body, because only it knows the request id.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// The operation refused or failed.
    Problem(Problem),
    /// No such URL.
    UnknownPath(String),
    /// The URL exists, but not for this method.
    WrongMethod,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Problem(problem) => {
                StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Self::UnknownPath(_) => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Problem(problem) => problem.code(),
            Self::UnknownPath(_) => "NOT_FOUND",
            Self::WrongMethod => "METHOD_NOT_ALLOWED",
        }
    }

    fn body(&self, request_id: &str) -> Value {
        let mut body = Map::new();
        body.insert("ok".to_owned(), Value::Bool(false));
        body.insert("error".to_owned(), self.to_string().into());
        body.insert("code".to_owned(), self.code().into());
        body.insert("requestId".to_owned(), request_id.into());
        if let Value::Object(more) = self.more() {
            body.extend(more);
        }
        Value::Object(body)
    }

    fn more(&self) -> Value {
        match self {
            Self::UnknownPath(path) => json!({"path": path}),
            Self::WrongMethod => json!({}),
            Self::Problem(problem) => more(problem),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Problem(problem) => problem.fmt(f),
            Self::UnknownPath(_) => f.write_str("Not found"),
            Self::WrongMethod => f.write_str("This address does not take that method"),
        }
    }
}

fn more(problem: &Problem) -> Value {
    match problem {
        Problem::NotSignedIn => json!({"authenticated": false}),
        Problem::Invalid { issues } => json!({"details": issues}),
        Problem::Unsupported { hint, .. } => json!({"hint": hint}),
        Problem::NeedsSetup { hint, fix_url, .. } => json!({"hint": hint, "fix_url": fix_url}),
        Problem::NoModelKey { hint, fix_url } => json!({"hint": hint, "fix_url": fix_url}),
        Problem::NeedsApproval { id } => json!({"approval_id": id, "pending_approval": true}),
        Problem::Conflict { status: Some(status), .. } => json!({"status": status}),
        Problem::Busy { run_id } => json!({"status": "running", "runId": run_id}),
        Problem::RateLimited { retry_after_s } | Problem::UsedUp { retry_after_s, .. } => {
            json!({"retryAfter": retry_after_s, "remaining": 0})
        }
        Problem::CircuitOpen { retry_after_ms, .. } => json!({"retry_after_ms": retry_after_ms}),
        Problem::Throttled { retry_after_s, .. } => {
            json!({"retry_after_ms": retry_after_s.saturating_mul(1_000)})
        }
        Problem::Unclear { .. } => json!({"unknown": true}),
        Problem::NotUnderstood { examples, .. } => json!({"examples": examples}),
        Problem::Internal { reference } => json!({"reference": reference}),
        _ => json!({}),
    }
}

/// The answer to an API path that does not exist.
pub async fn unknown_path(OriginalUri(uri): OriginalUri) -> Refusal {
    Refusal::UnknownPath(uri.path().to_owned())
}

/// The answer to a wrong method on a path that exists; axum adds `Allow`.
pub(crate) async fn wrong_method() -> Refusal {
    Refusal::WrongMethod
}

/// Gives a refused request its body; any other answer passes unchanged.
pub(crate) fn written(mut response: Response, request_id: &str) -> Response {
    let Some(refusal) = response.extensions_mut().remove::<Refusal>() else { return response };
    *response.body_mut() = refusal.body(request_id).to_string().into();
    let headers = response.headers_mut();
    // What came through a fallback already says how long its empty body is.
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Refusal::Problem(
        Problem::RateLimited { retry_after_s } | Problem::UsedUp { retry_after_s, .. },
    ) = refusal
    {
        headers.insert(RETRY_AFTER, HeaderValue::from(retry_after_s));
    }
    response
}
