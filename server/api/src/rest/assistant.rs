//! Which model answers (contract.md 4.2).

use crate::routes::{Route, SIGNED_IN};
use axum::extract::State;
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::Actor;
use serde_json::{Value, json};

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/api/config", SIGNED_IN, read)]
}

async fn read(State(backend): State<Backend>, Extension(actor): Extension<Actor>) -> Json<Value> {
    let (provider, model) = backend.agent.model();
    Json(json!({
        "user_key": actor.user,
        "llm_provider": null,
        "llm_model": null,
        "llm_api_key": null,
        "preferences": {},
        "created_at": null,
        "updated_at": null,
        "effective": { "provider": provider, "model": model, "source": "builtin" },
    }))
}
