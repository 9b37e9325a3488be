//! Which engine runs the flows of a workspace, copying a flow to the other one, and renewing its address.

use crate::body::{Body, NoBody};
use crate::error::Answer;
use crate::routes::{Route, Who};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::{Actor, Permission};
use domain::flow::engine::{CopiedFlow, EngineChange, EngineSettings};
use domain::ids::FlowId;
use serde_json::{Value, json};

const PATH: &str = "/api/pmos/flow-engine";

pub(crate) fn routes() -> Vec<Route> {
    let manages = Who::Person(Permission::Manage);
    vec![
        Route::get(PATH, Who::Signed(Permission::Read), known),
        Route::put(PATH, manages, change),
        Route::delete(PATH, manages, disconnect),
        Route::post("/api/pmos/flows/{id}/copy", Who::Signed(Permission::Write), copy),
        Route::post("/api/pmos/flows/{id}/renew-address", Who::Signed(Permission::Manage), renew),
    ]
}

async fn known(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<Json<EngineSettings>> {
    Ok(Json(backend.flows.engine_settings(&actor).await?))
}

async fn change(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(change): Body<EngineChange>,
) -> Answer<Json<EngineSettings>> {
    Ok(Json(backend.flows.change_engine(&actor, change).await?))
}

async fn disconnect(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    NoBody: NoBody,
) -> Answer<Json<Value>> {
    backend.flows.disconnect_engine(&actor).await?;
    Ok(Json(json!({ "ok": true })))
}

async fn copy(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<FlowId>,
    NoBody: NoBody,
) -> Answer<Json<CopiedFlow>> {
    Ok(Json(backend.flows.copy_to_other_engine(&actor, &id).await?))
}

/// `{webhookUrl}`: where requests, or people with a form, start the flow from now on.
async fn renew(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<FlowId>,
    NoBody: NoBody,
) -> Answer<Json<Value>> {
    let url = backend.flows.renew_webhook(&actor, &id).await?;
    Ok(Json(json!({ "webhookUrl": url })))
}
