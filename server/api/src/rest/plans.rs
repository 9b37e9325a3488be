//! Plans: what would be done for an objective, and doing it (contract.md 5.2).

use crate::body::Body;
use crate::error::Answer;
use crate::rest::commands::{text_of, without_token};
use crate::routes::{Route, SIGNED_IN, Who};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::{Actor, Permission};
use domain::keys::KeyGrant;
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/plan", SIGNED_IN, plan),
        Route::post("/api/plan/{id}/execute", Who::Signed(Permission::Write), execute),
    ]
}

#[derive(Default, Deserialize)]
struct Given {
    #[serde(default)]
    objective: String,
    #[serde(alias = "projectId")]
    project_id: Option<Value>,
    /// What was answered to its questions, in order.
    #[serde(default)]
    answers: Vec<String>,
}

async fn plan(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    grant: Option<Extension<KeyGrant>>,
    headers: HeaderMap,
    Body(given): Body<Given>,
) -> Answer<Response> {
    if let Some(refusal) = without_token(&backend, grant.as_ref().map(|it| &it.0), &headers) {
        return Ok(refusal);
    }
    let project = given.project_id.as_ref().and_then(text_of);
    let plan = backend.agent.plan(&actor, &given.objective, project, &given.answers).await?;
    let body = json!({ "ok": true, "plan_id": plan.id, "steps": plan.steps });
    Ok(Json(body).into_response())
}

#[derive(Default, Deserialize)]
struct Chosen {
    #[serde(alias = "stepIds")]
    step_ids: Option<Vec<String>>,
}

async fn execute(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    grant: Option<Extension<KeyGrant>>,
    (Path(id), headers): (Path<String>, HeaderMap),
    Body(chosen): Body<Chosen>,
) -> Answer<Response> {
    if let Some(refusal) = without_token(&backend, grant.as_ref().map(|it| &it.0), &headers) {
        return Ok(refusal);
    }
    let done = backend.agent.execute_plan(&actor, &id, chosen.step_ids).await?;
    let body = json!({ "ok": true, "runId": done.run, "operation_ids": done.operations });
    Ok((StatusCode::ACCEPTED, Json(body)).into_response())
}
