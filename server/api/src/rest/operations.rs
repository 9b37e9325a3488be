//! What was done through any door (contract.md 5.2).

use crate::body::NoBody;
use crate::error::Answer;
use crate::paging::Paging;
use crate::query::Query;
use crate::routes::{Route, SIGNED_IN};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::Actor;
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::{Value, json};
use store::operations::OperationFilter;
use tools::error::ToolError;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/operations", SIGNED_IN, list),
        Route::get("/api/operations/{id}", SIGNED_IN, read),
        Route::post("/api/operations/{id}/undo", SIGNED_IN, undo),
        Route::get("/api/exports/{id}", SIGNED_IN, export),
    ]
}

#[derive(Deserialize)]
struct Listing {
    status: Option<String>,
    source: Option<String>,
}

async fn list(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Query(listing): Query<Listing>,
    Query(page): Query<Paging>,
) -> Answer<Json<Value>> {
    let filter = OperationFilter {
        status: listing.status,
        source: listing.source,
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

/// Takes a write back (contract.md 5.3). What cannot be taken back says why.
async fn undo(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    NoBody: NoBody,
) -> Answer<Response> {
    match backend.tools.undo(&actor, &id.into(), None).await {
        Ok(done) => Ok(Json(done).into_response()),
        Err(error @ ToolError::NotUndoable { .. }) => {
            let body = error.to_value("pmos");
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response())
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}

/// A large result as a file, only for the person who produced it.
async fn export(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Answer<Response> {
    let found = backend.tools.export(&actor, &id).await;
    let items = found.map_err(|error| match error {
        ToolError::CacheMiss => Problem::not_found("Export"),
        other => other.into(),
    })?;
    let name = [("content-disposition", "attachment; filename=\"export.json\"")];
    Ok((name, Json(items)).into_response())
}
