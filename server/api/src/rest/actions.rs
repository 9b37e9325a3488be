//! Actions, for clients that read an `OpenAPI` document (contract.md 6.4, 6.5).

use crate::body;
use crate::error::Answer;
use crate::mcp::{Served, caller};
use crate::routes::{Route, Who};
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::Actor;
use domain::approval::Risk;
use domain::keys::KeyGrant;
use serde_json::{Map, Value, json};
use tools::tool::ToolSpec;
use tools::tools::Tools;

/// The published operations; each is a tool.
pub const PUBLISHED: [&str; 30] = [
    "startbcgpt",
    "smart_action",
    "mcp_call",
    "basecamp_raw",
    "get_cached_payload_chunk",
    "list_projects",
    "search_projects",
    "search_project",
    "search_recordings",
    "search_todos",
    "list_todos_due",
    "list_todos_for_project",
    "create_todo",
    "update_todo_details",
    "complete_todo",
    "uncomplete_todo",
    "report_todos_assigned_person",
    "list_card_tables",
    "list_card_table_cards",
    "list_project_card_table_contents",
    "create_card",
    "move_card",
    "list_message_boards",
    "list_messages",
    "create_message",
    "list_comments",
    "create_comment",
    "list_all_people",
    "audit_person",
    "summarize_person",
];
/// What reads the rest of a large result; their own answers are never held back.
const OF_CHUNKS: [&str; 2] = ["get_cached_payload_chunk", "export_cached_payload"];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/action/{op}", Who::Anybody, act),
        Route::get("/openapi.json", Who::Public, openapi),
        Route::get("/.well-known/openapi.json", Who::Public, openapi),
    ]
}

/// A tool that fails is an answer, not an error of the request.
async fn act(
    State(backend): State<Backend>,
    Extension(served): Extension<Served>,
    Path(op): Path<String>,
    (actor, grant): (Option<Extension<Actor>>, Option<Extension<KeyGrant>>),
    request: Request,
) -> Answer {
    let args = body::object_or_none(request).await?;
    let Some(spec) = served.door.tools().find(&op) else {
        let body = json!({"ok": false, "error": format!("There is no tool called {op}"), "code": "UNKNOWN_TOOL"});
        return Ok((StatusCode::NOT_FOUND, Json(body)).into_response());
    };
    let args = Value::Object(with_compact(spec, args.unwrap_or_default()));
    Ok(match served.door.call(&caller(actor, grant), &op, &args, "action").await {
        Ok(result) if backend.config.needs_chunks => whole(&op, result),
        Ok(result) => Json(result).into_response(),
        Err(failure) => failed(failure.message(), failure.code(), failure.value()),
    })
}

/// Lists come in their short form unless asked for otherwise; writes have no such field.
fn with_compact(spec: &ToolSpec, mut args: Map<String, Value>) -> Map<String, Value> {
    let compact = args.remove("compact").unwrap_or(Value::Bool(true));
    if spec.risk == Risk::Read {
        args.insert("compact".to_owned(), compact);
    }
    args
}

fn failed(message: &str, code: &str, details: &Value) -> Response {
    let body = json!({"ok": false, "error": message, "code": code, "details": details});
    Json(body).into_response()
}

/// The result, unless part of it is missing: a client that does not know of chunks must not take it for all.
fn whole(op: &str, result: Value) -> Response {
    let is_part = result.get("chunk_required") == Some(&Value::Bool(true));
    if !is_part || OF_CHUNKS.contains(&op) {
        return Json(result).into_response();
    }
    let details = json!({
        "payload_key": result.get("payload_key"),
        "chunk_count": result.get("chunk_count"),
        "note": "Read the rest with get_cached_payload_chunk, index from 0.",
        "partial": result,
    });
    failed("CHUNK_REQUIRED", "CHUNK_REQUIRED", &details)
}

async fn openapi(
    State(backend): State<Backend>,
    Extension(served): Extension<Served>,
) -> Json<Value> {
    Json(document(served.door.tools(), &backend.base_url()))
}

/// The `OpenAPI` document of the published operations, out of the schemas of their tools.
pub fn document(tools: &Tools, base_url: &str) -> Value {
    let published = PUBLISHED.iter().filter_map(|it| tools.find(it));
    let paths: Map<String, Value> = published
        .map(|it| (format!("/action/{}", it.name), json!({"post": operation(it)})))
        .collect();
    let key = json!({"type": "apiKey", "in": "header", "name": "x-api-key"});
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "PM OS",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Projects, to-dos, cards and messages in Basecamp, as actions.",
        },
        "servers": [{"url": base_url}],
        "security": [{"apiKey": []}],
        "paths": paths,
        "components": {"securitySchemes": {"apiKey": key}},
    })
}

fn operation(spec: &ToolSpec) -> Value {
    let mut schema = spec.input_schema();
    if let Some(fields) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        let key =
            json!({"type": "string", "description": "An API key, where no header can be sent"});
        let compact = json!({"type": "boolean", "default": true, "description": "Only the most important fields of each item"});
        fields.insert("api_key".to_owned(), key);
        fields.insert("compact".to_owned(), compact);
    }
    let answer = json!({"type": "object", "additionalProperties": true});
    json!({
        "operationId": spec.name,
        "summary": spec.title,
        "description": spec.meaning,
        "requestBody": {"required": true, "content": {"application/json": {"schema": schema}}},
        "responses": {"200": {
            "description": "The result, or ok:false with a code",
            "content": {"application/json": {"schema": answer}},
        }},
    })
}
