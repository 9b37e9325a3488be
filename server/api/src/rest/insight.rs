//! How projects stand, for scripts and other systems (contract.md 2): the answers of the tools.

use crate::error::Answer;
use crate::routes::{Route, SIGNED_IN};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::Actor;
use domain::problem::Problem;
use serde_json::{Value, json};
use tools::error::ToolError;
use tools::tool::CallContext;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/health/project/{id}", SIGNED_IN, health),
        Route::get("/api/predict/completion/{id}", SIGNED_IN, completion),
    ]
}

/// What a tool says; a name that leads nowhere is a missing project.
async fn ask(backend: &Backend, actor: &Actor, tool: &str, args: Value) -> Answer<Json<Value>> {
    let context = CallContext { source: "ui", ..CallContext::default() };
    match backend.tools.call(actor, tool, &args, &context).await {
        Ok(value) => Ok(Json(value)),
        Err(ToolError::NoMatch { .. }) => Err(Problem::not_found("Project").into()),
        Err(error) => Err(Problem::from(error).into()),
    }
}

async fn health(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Answer<Json<Value>> {
    ask(&backend, &actor, "pmos_health_project", json!({ "project_id": id })).await
}

async fn completion(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Answer<Json<Value>> {
    ask(&backend, &actor, "pmos_predict_completion", json!({ "project_id": id })).await
}
