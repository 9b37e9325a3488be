//! Answers in the shapes of the real server.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Why a request gets nothing.
pub(super) type Refused = Box<Response>;
/// What a request gets.
pub(super) type Answered = Result<Response, Refused>;

pub(super) fn ok(body: Value) -> Response {
    Json(body).into_response()
}

pub(super) fn made(body: Value) -> Response {
    (StatusCode::CREATED, Json(body)).into_response()
}

pub(super) fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// A page: everything after the `cursor`, `limit` rows of it.
pub(super) fn page(rows: Vec<Value>, limit: Option<&str>, cursor: Option<&str>) -> Response {
    let limit = limit.and_then(|it| it.parse().ok()).unwrap_or(10_usize);
    let begin: usize = cursor.and_then(|it| it.strip_prefix("next_")?.parse().ok()).unwrap_or(0);
    let next = (begin + limit < rows.len()).then(|| format!("next_{}", begin + limit));
    let data: Vec<Value> = rows.into_iter().skip(begin).take(limit).collect();
    ok(json!({ "data": data, "next": next, "previous": null }))
}

fn refused(status: u16, body: Value) -> Refused {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Box::new((status, Json(body)).into_response())
}

/// A refusal of the product: `{code, params}`.
pub(super) fn coded(status: u16, code: &str, params: Value) -> Refused {
    refused(status, json!({ "code": code, "params": params }))
}

/// A body or query that does not fit the schema.
pub(super) fn malformed(message: &str) -> Refused {
    let body = json!({
        "statusCode": 400, "code": "FST_ERR_VALIDATION", "error": "Bad Request", "message": message,
    });
    refused(400, body)
}

pub(super) fn missing(kind: &str, id: &str) -> Refused {
    coded(404, "ENTITY_NOT_FOUND", json!({ "entityId": id, "entityType": kind }))
}

pub(super) fn not_allowed() -> Refused {
    coded(403, "AUTHORIZATION", json!({ "message": "principal is not allowed for this route" }))
}

pub(super) fn unknown_token() -> Refused {
    let body = json!({
        "statusCode": 401, "error": "Unauthorized",
        "message": "Cannot read properties of undefined (reading 'type')",
    });
    refused(401, body)
}

pub(super) fn no_route() -> Refused {
    refused(404, json!({ "statusCode": 404, "error": "Not Found", "message": "Route not found" }))
}

pub(super) fn broken(status: u16) -> Refused {
    let body = json!({ "statusCode": status, "error": "Error", "message": "it did not work" });
    refused(status, body)
}

pub(super) fn too_large() -> Refused {
    let body = json!({
        "statusCode": 413, "code": "FST_ERR_CTP_BODY_TOO_LARGE", "error": "Payload Too Large",
        "message": "Request body is too large",
    });
    refused(413, body)
}
