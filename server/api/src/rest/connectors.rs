//! The state of what PM OS works with, and taking Basecamp away (contract.md 2, 6.3).

use crate::body::{Body, NoBody};
use crate::error::Answer;
use crate::routes::{Route, Who};
use axum::extract::State;
use axum::{Extension, Json};
use backend::Backend;
use backend::connectors::Connectors;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::{Value, json};

const PERSON: Who = Who::Person(Permission::Write);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/pmos/connectors", Who::Person(Permission::Read), known),
        Route::post("/api/pmos/connectors/test", PERSON, test),
        Route::post("/api/pmos/basecamp/disconnect", PERSON, disconnect),
    ]
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    connector: Option<String>,
}

async fn known(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<Json<Connectors>> {
    Ok(Json(backend.connectors(&actor).await?))
}

async fn test(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(wanted): Body<Wanted>,
) -> Answer<Json<Connectors>> {
    Ok(Json(backend.test_connectors(&actor, wanted.connector.as_deref()).await?))
}

/// Takes away the connection that the person works with.
async fn disconnect(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    NoBody: NoBody,
) -> Answer<Json<Value>> {
    let all = backend.basecamp.accesses(&actor).await?.connections;
    let mine = all.iter().find(|it| it.is_in_use).or_else(|| all.first());
    let mine = mine.ok_or_else(|| Problem::not_found("Connection"))?;
    backend.basecamp.disconnect(&actor, &mine.id).await?;
    Ok(Json(json!({"ok": true})))
}
