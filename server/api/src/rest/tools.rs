//! Direct tool calls (contract.md 5.6).

use crate::body::Body;
use crate::error::Answer;
use crate::routes::{Route, Who};
use axum::extract::State;
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::{Actor, Permission};
use domain::keys::KeyGrant;
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::{Value, json};
use tools::error::ToolError;
use tools::tool::{CallContext, ToolSpec};

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::post("/api/mcp-call", Who::Tools(Permission::Read), call)]
}

#[derive(Deserialize)]
struct Call {
    name: Option<String>,
    arguments: Option<Value>,
}

/// A tool that fails is an answer, not an error of the request.
async fn call(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    grant: Option<Extension<KeyGrant>>,
    Body(call): Body<Call>,
) -> Answer<Json<Value>> {
    let name = call.name.ok_or_else(|| Problem::invalid("name", "name is missing"))?;
    let args = call.arguments.unwrap_or_else(|| json!({}));
    check_scope(&backend, grant.as_ref().map(|it| &it.0), &name, &args)?;
    let context = CallContext { source: "mcp", ..CallContext::default() };
    match backend.tools.call(&actor, &name, &args, &context).await {
        Ok(result) => Ok(Json(json!({ "ok": true, "name": name, "args": args, "result": result }))),
        Err(ToolError::UnknownTool { .. }) => Err(Problem::not_found("Tool").into()),
        Err(error) => {
            let family = backend.tools.find(&name).map_or("system", ToolSpec::family);
            let details = error.to_value(family);
            let (message, code) = (error.to_string(), error.code());
            Ok(Json(json!({
                "ok": false, "name": name, "args": args, "error": message, "code": code, "details": details,
            })))
        }
    }
}

/// Refuses a tool that the key is not for, also as the target of another one.
fn check_scope(
    backend: &Backend,
    grant: Option<&KeyGrant>,
    name: &str,
    args: &Value,
) -> Result<(), Problem> {
    let Some(grant) = grant else { return Ok(()) };
    let target = args.get("tool").and_then(Value::as_str).filter(|_| name == "mcp_call");
    for name in [Some(name).filter(|_| target.is_none()), target].into_iter().flatten() {
        let is_allowed = backend.tools.find(name).is_none_or(|it| grant.allows(it.name, it.group));
        if !is_allowed {
            let message = format!("This API key is not for {name}");
            return Err(Problem::Forbidden { message });
        }
    }
    Ok(())
}
