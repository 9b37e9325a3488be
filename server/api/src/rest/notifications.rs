//! What a person was told.

use crate::body::NoBody;
use crate::error::Answer;
use crate::routes::{Route, SIGNED_IN};
use axum::extract::State;
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::Actor;
use serde_json::{Value, json};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/pmos/notifications", SIGNED_IN, list),
        Route::post("/api/pmos/notifications/read", SIGNED_IN, mark_read),
    ]
}

async fn list(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<Json<Value>> {
    let inbox = backend.auth.notifications(&actor).await?;
    Ok(Json(json!({"ok": true, "notifications": inbox.notifications, "unread": inbox.unread})))
}

async fn mark_read(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    NoBody: NoBody,
) -> Answer<Json<Value>> {
    backend.auth.mark_notifications_read(&actor).await?;
    Ok(Json(json!({"ok": true})))
}
