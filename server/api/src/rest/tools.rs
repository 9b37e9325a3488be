//! Direct tool calls (contract.md 5.6).

use crate::body::Body;
use crate::error::Answer;
use crate::mcp::{Served, caller};
use crate::routes::{Route, Who};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use domain::actor::{Actor, Permission};
use domain::keys::KeyGrant;
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tools::tools::SECRETS;

pub(crate) fn routes() -> Vec<Route> {
    let who = Who::Tools(Permission::Read);
    vec![Route::post("/api/mcp-call", who, call), Route::post("/tools/invoke", who, invoke)]
}

#[derive(Deserialize)]
struct Call {
    name: Option<String>,
    arguments: Option<Value>,
}

/// A tool that fails is an answer, not an error of the request.
async fn call(
    Extension(served): Extension<Served>,
    actor: Option<Extension<Actor>>,
    grant: Option<Extension<KeyGrant>>,
    Body(call): Body<Call>,
) -> Answer<Json<Value>> {
    let name = call.name.ok_or_else(|| Problem::invalid("name", "name is missing"))?;
    let mut args = call.arguments.unwrap_or_else(|| json!({}));
    // The arguments are said back; a key among them has done its work.
    if let Some(fields) = args.as_object_mut() {
        fields.retain(|name, _| !SECRETS.contains(&name.as_str()));
    }
    match served.door.call(&caller(actor, grant), &name, &args, "mcp").await {
        Ok(result) => Ok(Json(json!({ "ok": true, "name": name, "args": args, "result": result }))),
        Err(failure) if failure.code() == "UNKNOWN_TOOL" => Err(Problem::not_found("Tool").into()),
        Err(failure) => Ok(Json(json!({
            "ok": false, "name": name, "args": args, "error": failure.message(), "code": failure.code(),
            "details": failure.value(),
        }))),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    tool: Option<String>,
    args: Option<Value>,
    action: Option<String>,
}

/// The same for clients that speak another dialect; `action` becomes one of the arguments.
async fn invoke(
    Extension(served): Extension<Served>,
    actor: Option<Extension<Actor>>,
    grant: Option<Extension<KeyGrant>>,
    Body(given): Body<Invocation>,
) -> Response {
    let refused = |status, kind: &str, message: &str| {
        let body = json!({"ok": false, "error": {"type": kind, "message": message}});
        (status, Json(body)).into_response()
    };
    let Some(tool) = given.tool.filter(|it| !it.is_empty()) else {
        return refused(StatusCode::BAD_REQUEST, "invalid_request", "tool is missing");
    };
    let mut args = given.args.unwrap_or_else(|| Value::Object(Map::new()));
    if let (Some(action), Some(fields)) = (given.action, args.as_object_mut()) {
        fields.entry("action").or_insert(Value::from(action));
    }
    match served.door.call(&caller(actor, grant), &tool, &args, "mcp").await {
        Ok(result) => {
            let text = json!({"type": "text", "text": result.to_string()});
            let result = json!({"content": [text], "details": result});
            Json(json!({"ok": true, "result": result})).into_response()
        }
        Err(failure) if failure.code() == "UNKNOWN_TOOL" => {
            refused(StatusCode::NOT_FOUND, "not_found", failure.message())
        }
        Err(failure) => {
            let error = json!({
                "type": "tool_error", "message": failure.message(), "code": failure.code(),
                "details": failure.value(),
            });
            (StatusCode::BAD_REQUEST, Json(json!({"ok": false, "error": error}))).into_response()
        }
    }
}
