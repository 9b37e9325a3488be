//! Commands by name or in plain words (contract.md 5.2).

use crate::body::Body;
use crate::error::Answer;
use crate::rest::approvals::check_key;
use crate::routes::{Route, SIGNED_IN, Who};
use agent::commands::{CommandCall, Commanded};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::{Actor, Permission};
use domain::ids::OperationId;
use domain::keys::KeyGrant;
use serde::Deserialize;
use serde_json::{Map, Value, json};

const DECIDE: Who = Who::Signed(Permission::ApproveWrites);
/// What a script shows besides its key, where the server wants it.
const TOKEN: &str = "x-pmos-token";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/command", SIGNED_IN, command).once(),
        Route::post("/api/operations/{id}/approve", DECIDE, approve),
        Route::post("/api/operations/{id}/reject", DECIDE, reject),
    ]
}

#[derive(Default, Deserialize)]
struct Given {
    command: Option<String>,
    #[serde(default)]
    arguments: Option<Map<String, Value>>,
    #[serde(alias = "projectId")]
    project_id: Option<Value>,
    #[serde(default, alias = "requireApproval")]
    require_approval: bool,
    #[serde(alias = "operationId")]
    operation_id: Option<String>,
}

/// The refusal of a key without the token that this server wants beside it.
pub(crate) fn without_token(
    backend: &Backend,
    grant: Option<&KeyGrant>,
    headers: &HeaderMap,
) -> Option<Response> {
    let token = backend.config.shell_token.as_ref().filter(|_| grant.is_some())?;
    let shown = headers
        .get(TOKEN)
        .map(|it| store::secrets::digest(&String::from_utf8_lossy(it.as_bytes())));
    // Digests are compared, so that the time it takes says nothing about the token.
    if shown == Some(store::secrets::digest(token.expose())) {
        return None;
    }
    let body = json!({
        "ok": false, "error": "Unauthorized", "code": "NOT_AUTHENTICATED",
        "hint": format!("Send the token of this server in the header {TOKEN}"),
    });
    Some((StatusCode::UNAUTHORIZED, Json(body)).into_response())
}

async fn command(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    grant: Option<Extension<KeyGrant>>,
    headers: HeaderMap,
    Body(given): Body<Given>,
) -> Answer<Response> {
    let grant = grant.map(|it| it.0);
    if let Some(refusal) = without_token(&backend, grant.as_ref(), &headers) {
        return Ok(refusal);
    }
    if let Some(waiting) = given.operation_id.filter(|it| !it.is_empty()) {
        return again(&backend, &actor, &waiting.into()).await;
    }
    let text = given.command.unwrap_or_default();
    let Some((command, named)) = backend.agent.command_of(&text) else {
        let names: Vec<&str> = backend.agent.commands().map(|it| it.name).collect();
        let message = match text.trim() {
            "" => "command is missing".to_owned(),
            other => format!("There is no command {other}"),
        };
        let body = json!({
            "ok": false, "error": message, "code": "INVALID_INPUT", "supported_commands": names,
        });
        return Ok((StatusCode::BAD_REQUEST, Json(body)).into_response());
    };
    let call = CommandCall {
        arguments: given.arguments.unwrap_or_default(),
        project: given.project_id.as_ref().and_then(text_of).or(named),
        requires_approval: given.require_approval,
    };
    let done = backend.agent.command(&actor, command, call).await?;
    Ok(told((command.name, command.tool), done))
}

pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|it| !it.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A command that is sent again by its operation says how it stands, and runs nothing.
async fn again(backend: &Backend, actor: &Actor, id: &OperationId) -> Answer<Response> {
    let operation = backend.agent.operation(actor, id).await?;
    let is_waiting = operation.get("status").and_then(Value::as_str) == Some("pending_approval");
    let status = if is_waiting { StatusCode::ACCEPTED } else { StatusCode::OK };
    let body = json!({
        "ok": !is_waiting, "pending_approval": is_waiting, "operation_id": id,
        "approval_id": operation.get("approval_id"), "command": operation.get("command"),
        "tool": operation.get("tool"), "args": operation.get("arguments"), "operation": operation,
    });
    Ok((status, Json(body)).into_response())
}

fn told((command, tool): (&str, &str), done: Commanded) -> Response {
    match done {
        Commanded::Done { operation, args, result } => Json(json!({
            "ok": true, "operation_id": operation, "command": command, "tool": tool, "args": args,
            "result": result,
        }))
        .into_response(),
        Commanded::Waits { operation, approval, args, message } => {
            let body = json!({
                "ok": false, "pending_approval": true, "operation_id": operation,
                "approval_id": approval, "command": command, "tool": tool, "args": args,
                "message": message,
            });
            (StatusCode::ACCEPTED, Json(body)).into_response()
        }
    }
}

#[derive(Default, Deserialize)]
struct Decision {
    note: Option<String>,
    reason: Option<String>,
}

async fn approve(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    grant: Option<Extension<KeyGrant>>,
    Path(id): Path<String>,
    Body(given): Body<Decision>,
) -> Answer<Response> {
    let id = OperationId::from(id);
    let approval = backend.agent.approval_of_operation(&actor, &id).await?;
    check_key(&backend, &actor, grant, approval.as_str()).await?;
    let decided = backend.agent.approve(&actor, &approval, given.note, None).await?;
    let operation = backend.agent.operation(&actor, &id).await?;
    let status = if decided.is_running { StatusCode::ACCEPTED } else { StatusCode::OK };
    let is_well = operation.get("status").and_then(Value::as_str) != Some("failed");
    let body = json!({
        "ok": is_well, "operation_id": id, "command": operation.get("command"),
        "tool": operation.get("tool"), "args": operation.get("arguments"),
        "result": decided.approval.result, "runId": decided.run,
    });
    Ok((status, Json(body)).into_response())
}

async fn reject(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    grant: Option<Extension<KeyGrant>>,
    Path(id): Path<String>,
    Body(given): Body<Decision>,
) -> Answer<Json<Value>> {
    let id = OperationId::from(id);
    let approval = backend.agent.approval_of_operation(&actor, &id).await?;
    check_key(&backend, &actor, grant, approval.as_str()).await?;
    backend.agent.reject(&actor, &approval, given.reason).await?;
    Ok(Json(json!({"ok": true, "operation_id": id, "status": "rejected"})))
}
