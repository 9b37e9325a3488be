//! Whether the server is well, for load balancers and people.

use crate::error::Answer;
use crate::routes::{Route, Who};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use backend::Backend;
use basecamp::circuit::{Limits, Worst};
use domain::actor::Actor;
use serde_json::{Map, Value, json};
use std::time::Duration;
use store::ids::{now_ms, rfc3339};
use tokio::time::timeout;
use tools::tool::ToolSpec;

/// What a database that answers at all needs at most.
const PATIENCE: Duration = Duration::from_secs(2);
const VERSION: &str = env!("CARGO_PKG_VERSION");
const BUILD: Option<&str> = option_env!("PMOS_BUILD");

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/health", Who::Public, health),
        Route::get("/api/info", Who::Public, info),
        Route::get("/api/status", Who::Anybody, status),
        Route::get("/api/tools", Who::Public, tools),
    ]
}

async fn health(State(backend): State<Backend>) -> Response {
    let is_well = matches!(timeout(PATIENCE, backend.auth.state()).await, Ok(Ok(_)));
    let status = if is_well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "ok": is_well,
        "status": if is_well { "healthy" } else { "unhealthy" },
        "service": "pmos",
        "version": VERSION,
        "build": BUILD.unwrap_or("dev"),
        "timestamp": rfc3339(now_ms()),
        "circuit": circuit(backend.basecamp.circuit(), backend.basecamp.circuit_limits()),
    });
    (status, Json(body)).into_response()
}

/// The breaker towards Basecamp, whosever connection is worst.
fn circuit(worst: Worst, limits: Limits) -> Value {
    let opens = worst.open_for.map(|it| now_ms() + ms(it));
    json!({
        "state": if opens.is_some() { "open" } else { "closed" },
        "failures": worst.failures,
        "openedAt": opens.map(|it| rfc3339(it - ms(limits.cooldown))),
        "openUntil": opens.map(rfc3339),
        "lastError": (worst.failures > 0).then_some("UPSTREAM_ERROR"),
        "threshold": limits.failures,
        "cooldown_ms": ms(limits.cooldown),
    })
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

async fn info(State(backend): State<Backend>) -> Json<Value> {
    let endpoints: Map<String, Value> = crate::routes::all()
        .into_iter()
        .map(|it| (format!("{} {}", it.method, it.path), Value::from(it.path)))
        .collect();
    let config = urls(&backend);
    Json(json!({
        "service": "pmos",
        "status": "operational",
        "version": VERSION,
        "integration_config": {
            "bcgpt_url": config.0,
            "flow_url": config.1,
            "bcgpt_api_key_configured": false,
            "per_request_bcgpt_api_key_supported": true,
            "shell_auth_configured": backend.config.shell_token.is_some(),
        },
        "endpoints": endpoints,
    }))
}

/// What runs here. What the workspace holds is counted for its own people only.
async fn status(
    State(backend): State<Backend>,
    actor: Option<Extension<Actor>>,
) -> Answer<Json<Value>> {
    let held = match actor {
        Some(Extension(actor)) => Some(backend.held(&actor).await?),
        None => None,
    };
    let (runtime, _) = backend.agent.runtime().await?;
    let config = urls(&backend);
    Ok(Json(json!({
        "status": "operational",
        "version": VERSION,
        "build": BUILD.unwrap_or("dev"),
        "tools": of_ours(&backend).count(),
        "database": {
            "health_scores": held.map(|it| it.known.scores),
            "active_predictions": held.map(|it| it.known.predictions),
            "unacknowledged_insights": held.map(|it| it.known.unseen),
            "patterns": held.map(|it| it.known.patterns),
            "memories": held.map(|it| it.memories),
            "operations": held.map(|it| it.operations),
        },
        "config": {
            "bcgpt_url": config.0, "flow_url": config.1, "bcgpt_api_key_configured": false,
            "shell_auth_configured": backend.config.shell_token.is_some(),
        },
        "runtime": runtime.as_str(),
        "timestamp": rfc3339(now_ms()),
    })))
}

/// Where PM OS and its engine of flows are reached, as scripts are told.
pub(crate) fn urls(backend: &Backend) -> (String, String) {
    let (base, config) = (backend.base_url(), &backend.config);
    let shown = config.shown_url.clone().unwrap_or_else(|| base.clone());
    let engine = config.flow_engine.as_ref().map(|it| it.url.clone());
    (shown, config.shown_flow_url.clone().or(engine).unwrap_or(base))
}

/// The tools about PM OS itself.
async fn tools(State(backend): State<Backend>) -> Json<Value> {
    let tools: Vec<Value> = of_ours(&backend).map(ToolSpec::describe).collect();
    Json(json!({ "count": tools.len(), "tools": tools }))
}

fn of_ours(backend: &Backend) -> impl Iterator<Item = &'static ToolSpec> {
    backend.tools.list().filter(|it| it.name.starts_with("pmos_"))
}
