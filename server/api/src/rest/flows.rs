//! Public facts of the flow engine (contract.md 9).

use crate::routes::{Route, Who};
use axum::Json;
use axum::extract::State;
use backend::Backend;
use serde_json::{Value, json};

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/flags", Who::Public, flags)]
}

async fn flags(State(backend): State<Backend>) -> Json<Value> {
    let limits = backend.runs.limits();
    Json(json!({
        "EDITION": "pmos",
        "CURRENT_VERSION": env!("CARGO_PKG_VERSION"),
        "ENVIRONMENT": "prod",
        "WEBHOOK_URL_PREFIX": limits.webhook_url_prefix,
        "WEBHOOK_TIMEOUT_SECONDS": limits.answer_within.as_secs(),
        "FLOW_RUN_TIME_SECONDS": limits.run_time.as_secs(),
        "PAUSED_FLOW_TIMEOUT_DAYS": 30,
        "ALLOW_NPM_PACKAGES_IN_CODE_STEP": false,
    }))
}
