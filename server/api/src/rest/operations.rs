//! What was done through any door (contract.md 5.2).

use crate::error::Answer;
use crate::routes::{Route, SIGNED_IN};
use axum::extract::{Path, Query, State};
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::Actor;
use serde::Deserialize;
use serde_json::{Value, json};
use store::operations::OperationFilter;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/operations", SIGNED_IN, list),
        Route::get("/api/operations/{id}", SIGNED_IN, read),
    ]
}

#[derive(Deserialize)]
struct Listing {
    limit: Option<u32>,
    status: Option<String>,
    source: Option<String>,
    cursor: Option<String>,
}

async fn list(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Query(page): Query<Listing>,
) -> Answer<Json<Value>> {
    let filter = OperationFilter {
        status: page.status,
        source: page.source,
        before: page.cursor.map(Into::into),
        limit: i64::from(page.limit.unwrap_or(50)),
    };
    let (operations, next) = backend.agent.operations(&actor, filter).await?;
    Ok(Json(json!({ "count": operations.len(), "operations": operations, "next": next })))
}

async fn read(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Answer<Json<Value>> {
    Ok(Json(backend.agent.operation(&actor, &id.into()).await?))
}
