//! Settings of the installation.

use crate::body::Body;
use crate::error::Answer;
use crate::routes::{Route, Who};
use axum::extract::State;
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::{Actor, Permission};
use domain::platform::{PlatformChange, ServerSettings};
use serde_json::{Value, json};

const PATH: &str = "/api/pmos/platform/settings";

pub(crate) fn routes() -> Vec<Route> {
    let platform = Who::Signed(Permission::Platform);
    vec![Route::get(PATH, platform, settings), Route::put(PATH, platform, change)]
}

async fn settings(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<Json<Value>> {
    Ok(shown(&backend.server_settings(&actor).await?))
}

async fn change(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(change): Body<PlatformChange>,
) -> Answer<Json<Value>> {
    Ok(shown(&backend.change_server_settings(&actor, change).await?))
}

fn shown(settings: &ServerSettings) -> Json<Value> {
    let mut shown = json!(settings);
    shown["ok"] = Value::Bool(true);
    Json(shown)
}
