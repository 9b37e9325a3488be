//! Pages of other sites that a super admin listed may call with a key, never with the session of whoever looks at them
//! (contract.md 0.7).

use crate::origin;
use crate::request::is_api_path;
use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
    VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use backend::Backend;
use domain::problem::Problem;

const METHODS: &str = "GET, POST, PUT, PATCH, DELETE";
/// What clients of the API and of `/mcp` send.
const SENT: &str = "authorization, content-type, idempotency-key, last-event-id, mcp-method, mcp-name, \
     mcp-protocol-version, mcp-session-id, x-api-key, x-bcgpt-api-key, x-pmos-token, x-request-id";
/// What they read of an answer.
const READ: &str = "mcp-session-id, retry-after, www-authenticate, x-next-cursor, x-request-id";

/// The site whose page is asking, when it is another one that may.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn site(
    backend: &Backend,
    path: &str,
    headers: &HeaderMap,
) -> Result<Option<HeaderValue>, Problem> {
    let Some(origin) = headers.get(ORIGIN).filter(|_| is_api_path(path)) else { return Ok(None) };
    let is_listed = origin::is_listed(backend, headers).await?;
    Ok(is_listed.then(|| origin.clone()))
}

/// The answer to a browser that asks before it sends what a page wants; none for any other request.
pub(crate) fn preflight(method: &Method, headers: &HeaderMap) -> Option<Response> {
    if *method != Method::OPTIONS || !headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    let fixed = [
        (ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (ACCESS_CONTROL_ALLOW_HEADERS, SENT),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    for (name, value) in fixed {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Some(answer)
}

/// Lets the page read the answer. Nothing says that it may send cookies.
pub(crate) fn add(headers: &mut HeaderMap, site: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, site);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(READ));
    headers.append(VARY, HeaderValue::from_static("origin"));
}
