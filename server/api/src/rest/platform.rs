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
    Ok(shown(&backend.auth.platform_settings(&actor).await?))
}

async fn change(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(change): Body<PlatformChange>,
) -> Answer<Json<Value>> {
    Ok(shown(&backend.auth.change_platform_settings(&actor, change).await?))
}

fn shown(settings: &PlatformSettings) -> Json<Value> {
    Json(json!({
        "ok": true,
        "signup": settings.signup,
        "signupLocked": settings.signup_locked,
        "corsAllowedOrigins": settings.cors_allowed_origins,
        "outgoingAllowList": settings.outgoing_allow_list,
    }))
}
