//! API keys (contract.md 1.7). Only a signed-in person makes or changes them: a key does not make keys.

use crate::body::Body;
use crate::error::Answer;
use crate::query::Query;
use crate::routes::{Route, Who};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::{Actor, Permission};
use domain::ids::KeyId;
use domain::keys::{KeyChange, NewKey};
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn routes() -> Vec<Route> {
    let person = Who::Person(Permission::Read);
    vec![
        Route::get("/api/pmos/keys", person, list),
        Route::post("/api/pmos/keys", person, create),
        Route::patch("/api/pmos/keys/{id}", person, change),
        Route::delete("/api/pmos/keys/{id}", person, revoke),
    ]
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Listing {
    all: bool,
}

async fn list(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Query(listing): Query<Listing>,
) -> Answer<Json<Value>> {
    let keys = backend.auth.api_keys(&actor, listing.all).await?;
    Ok(Json(json!({"ok": true, "keys": keys})))
}

async fn create(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(new): Body<NewKey>,
) -> Answer {
    let is_known =
        |it: &String| backend.tools.list().any(|spec| spec.name == it || spec.group == it);
    if let Some(unknown) = new.tools.iter().find(|it| !is_known(it)) {
        let message = format!("{unknown} is neither a tool nor a group of tools");
        return Err(Problem::invalid("tools", message).into());
    }
    let made = backend.auth.create_api_key(&actor, new).await?;
    let body = json!({"ok": true, "key": made.key, "meta": made.meta});
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

async fn change(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<KeyId>,
    Body(change): Body<KeyChange>,
) -> Answer<Json<Value>> {
    let meta = backend.auth.change_api_key(&actor, &id, change).await?;
    Ok(Json(json!({"ok": true, "meta": meta})))
}

async fn revoke(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<KeyId>,
) -> Answer<StatusCode> {
    backend.auth.delete_api_key(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
