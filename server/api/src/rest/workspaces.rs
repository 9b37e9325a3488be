//! The workspace, switching, and the list of all.

use crate::body::Body;
use crate::error::Answer;
use crate::query::Query;
use crate::routes::{Route, SIGNED_IN, Who};
use axum::extract::State;
use axum::{Extension, Json};
use backend::Backend;
use domain::account::WorkspaceChange;
use domain::actor::{Actor, Permission};
use domain::client::Client;
use domain::ids::WorkspaceId;
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/pmos/workspace", SIGNED_IN, workspace),
        Route::patch("/api/pmos/workspace", Who::Signed(Permission::Manage), change),
        Route::post("/api/pmos/workspaces/switch", Who::Person(Permission::Read), switch),
        Route::get("/api/pmos/workspaces", Who::Signed(Permission::Platform), all),
    ]
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Switch {
    workspace_id: WorkspaceId,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Search {
    search: String,
    cursor: String,
}

async fn workspace(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<Json<Value>> {
    let workspace = backend.auth.workspace(&actor).await?;
    Ok(Json(json!({"ok": true, "workspace": workspace})))
}

async fn change(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(change): Body<WorkspaceChange>,
) -> Answer<Json<Value>> {
    let workspace = backend.auth.change_workspace(&actor, change).await?;
    Ok(Json(json!({"ok": true, "workspace": workspace})))
}

async fn switch(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Extension(client): Extension<Client>,
    Body(to): Body<Switch>,
) -> Answer<Json<Value>> {
    let user = backend.auth.switch_workspace(&actor, &client, &to.workspace_id).await?;
    Ok(Json(json!({"ok": true, "user": user})))
}

async fn all(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Query(query): Query<Search>,
) -> Answer<Json<Value>> {
    let page = backend.auth.workspaces(&actor, &query.search, &query.cursor).await?;
    Ok(Json(json!({"ok": true, "workspaces": page.workspaces, "next": page.next})))
}
