//! How projects stand, for scripts and other systems (contract.md 2): the answers of the tools.

use crate::error::Answer;
use crate::health::urls;
use crate::query::Query;
use crate::routes::{Route, SIGNED_IN};
use axum::extract::{Path, State};
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::Actor;
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use store::operations::OperationFilter;
use tokio::time::timeout;
use tools::error::ToolError;
use tools::tool::CallContext;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/health/project/{id}", SIGNED_IN, health),
        Route::get("/api/predict/completion/{id}", SIGNED_IN, completion),
        Route::get("/api/insights", SIGNED_IN, insights),
        Route::get("/api/dashboard", SIGNED_IN, dashboard),
    ]
}

/// What a probe may take.
const PATIENCE: Duration = Duration::from_millis(2_500);
/// Writes and insights on the dashboard.
const MOST: i64 = 25;

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

#[derive(Deserialize)]
struct Listing {
    limit: Option<u32>,
    acknowledged: Option<bool>,
}

async fn insights(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Query(asked): Query<Listing>,
) -> Answer<Json<Value>> {
    let seen = asked.acknowledged.unwrap_or(false);
    let args = json!({ "limit": asked.limit.unwrap_or(50), "acknowledged": seen });
    ask(&backend, &actor, "pmos_insights_list", args).await
}

/// What works, what was done lately and what is worth knowing.
async fn dashboard(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<Json<Value>> {
    let (url, flow_url) = urls(&backend);
    let (basecamp, flow) = tokio::join!(
        probe(async {
            let told = Box::pin(ask(&backend, &actor, "get_my_profile", json!({}))).await;
            told.map(drop)
        }),
        probe(async {
            backend.last_event(&actor).await?;
            Ok(())
        })
    );
    let filter = OperationFilter { limit: MOST, ..OperationFilter::default() };
    let (items, _) = backend.agent.operations(&actor, filter).await?;
    let waiting = json!({ "status": "pending", "limit": 200 });
    let waiting = Box::pin(ask(&backend, &actor, "pmos_approvals_list", waiting)).await?;
    let found = json!({ "limit": MOST });
    // Without Basecamp there is nothing to find anything in.
    let found = match Box::pin(ask(&backend, &actor, "pmos_insights_list", found)).await {
        Ok(Json(found)) => found["insights"].clone(),
        Err(_) => json!([]),
    };
    let part = |url: String, probe: Result<(), String>| {
        let status = if probe.is_ok() { "ok" } else { "failed" };
        json!({ "url": url, "ok": probe.is_ok(), "status": status, "error": probe.err() })
    };
    let has_token = backend.config.shell_token.is_some();
    Ok(Json(json!({
        "status": "operational",
        "readiness": { "bcgpt_api_key_configured": basecamp.is_ok(), "shell_auth_configured": has_token },
        "integrations": { "bcgpt": part(url, basecamp), "flow": part(flow_url, flow) },
        "operations": {
            "total_recent": items.len(), "pending_approvals": waiting.0["count"], "items": items
        },
        "insights": found,
    })))
}

/// Whether something answers in time; else the cause in words.
async fn probe(asked: impl Future<Output = Answer<()>>) -> Result<(), String> {
    match timeout(PATIENCE, asked).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(refusal)) => Err(refusal.to_string()),
        Err(_) => Err("It did not answer in time".to_owned()),
    }
}
