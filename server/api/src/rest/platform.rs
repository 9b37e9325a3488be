//! Settings of the installation.

use crate::body::Body;
use crate::error::Answer;
use crate::routes::{Route, Who};
use auth::platform::{PlatformChange, PlatformSettings};
use axum::extract::State;
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::{Actor, Permission};
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
    let settings = backend.auth.platform_settings(&actor).await?;
    shown(&backend, &settings).await
}

async fn change(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(change): Body<PlatformChange>,
) -> Answer<Json<Value>> {
    let settings = backend.auth.change_platform_settings(&actor, change).await?;
    shown(&backend, &settings).await
}

async fn shown(backend: &Backend, settings: &PlatformSettings) -> Answer<Json<Value>> {
    let (runtime, is_chosen) = backend.agent.runtime().await?;
    Ok(Json(json!({
        "ok": true,
        "signup": settings.signup,
        "signupLocked": settings.signup_locked,
        "corsAllowedOrigins": settings.cors_allowed_origins,
        "outgoingAllowList": settings.outgoing_allow_list,
        "codeSteps": settings.code_steps,
        "agentRuntime": runtime.as_str(),
        "agentRuntimeSource": if is_chosen { "setting" } else { "server" },
    })))
}
