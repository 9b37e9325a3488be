//! Direct tool calls (contract.md 5.6).

use crate::body::Body;
use crate::error::Answer;
use crate::routes::{Route, SIGNED_IN};
use axum::extract::State;
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::Actor;
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::{Value, json};
use tools::error::ToolError;
use tools::tool::{CallContext, ToolSpec};

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::post("/api/mcp-call", SIGNED_IN, call)]
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
    Body(call): Body<Call>,
) -> Answer<Json<Value>> {
    let name = call.name.ok_or_else(|| Problem::invalid("name", "name is missing"))?;
    let args = call.arguments.unwrap_or_else(|| json!({}));
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
