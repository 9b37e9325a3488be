//! The quick setup and the sample Basecamp (contract.md 1.10).

use crate::body::{Body, NoBody};
use crate::error::Answer;
use crate::routes::{Route, Who};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::{Actor, Permission};
use domain::setup::Setup;
use serde::Deserialize;
use serde_json::{Value, json};

const MANAGE: Who = Who::Signed(Permission::Manage);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/pmos/setup", MANAGE, state),
        Route::post("/api/pmos/setup/check", MANAGE, check),
        Route::post("/api/pmos/setup/sample", MANAGE, connect_sample),
        Route::delete("/api/pmos/setup/sample", MANAGE, remove_sample),
    ]
}

#[derive(Deserialize)]
struct Check {
    step: Option<String>,
}

async fn state(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<Json<Value>> {
    Ok(told(&backend.setup.state(&actor).await?))
}

async fn check(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(wanted): Body<Check>,
) -> Answer<Json<Value>> {
    Ok(told(&backend.setup.check(&actor, wanted.step.as_deref()).await?))
}

async fn connect_sample(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    NoBody: NoBody,
) -> Answer<Json<Value>> {
    let sample = backend.setup.connect_sample(&actor).await?;
    Ok(Json(json!({"ok": true, "connection": sample.connection, "projects": sample.projects})))
}

async fn remove_sample(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<StatusCode> {
    backend.basecamp.remove_sample(&actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn told(setup: &Setup) -> Json<Value> {
    let mut body = json!(setup);
    body["ok"] = json!(true);
    Json(body)
}
