//! Which model answers, and its keys (contract.md 4).

use crate::body::Body;
use crate::error::Answer;
use crate::query::Query;
use crate::routes::{Route, SIGNED_IN, Who};
use agent::keys::NewKey;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::{Actor, Permission, Role};
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::{Map, Value, json};

const MANAGE: Who = Who::Signed(Permission::Manage);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/config", SIGNED_IN, personal),
        Route::put("/api/config", SIGNED_IN, change_personal).once(),
        Route::get("/api/pmos/config", SIGNED_IN, workspace),
        Route::post("/api/pmos/config", MANAGE, change_workspace),
        Route::get("/api/pmos/byok", MANAGE, keys),
        Route::post("/api/pmos/byok", MANAGE, put_key),
        Route::delete("/api/pmos/byok/{provider}", MANAGE, delete_key),
        Route::post("/api/pmos/byok/validate", MANAGE, try_key),
    ]
}

async fn personal(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<Json<Value>> {
    Ok(Json(backend.agent.personal_settings(&actor).await?))
}

async fn change_personal(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(change): Body<Map<String, Value>>,
) -> Answer<Json<Value>> {
    Ok(Json(backend.agent.change_personal_settings(&actor, change).await?))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Where {
    workspace_id: Option<WorkspaceId>,
}

/// The actor in the workspace that is asked for; only a super admin may name another.
async fn within(
    backend: &Backend,
    actor: Actor,
    asked: Option<WorkspaceId>,
) -> Result<Actor, Problem> {
    let Some(workspace) = asked.filter(|it| *it != actor.workspace) else { return Ok(actor) };
    if actor.role != Role::SuperAdmin {
        let message = "super_admin role required".to_owned();
        return Err(Problem::Forbidden { message });
    }
    let mut conn = backend.db.read().await?;
    let found = store::workspaces::find(&mut conn, &workspace).await?;
    found.ok_or_else(|| Problem::not_found("Workspace"))?;
    Ok(Actor { workspace, ..actor })
}

async fn workspace(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Query(asked): Query<Where>,
) -> Answer<Json<Value>> {
    let actor = within(&backend, actor, asked.workspace_id).await?;
    let (set, effective) = backend.agent.workspace_settings(&actor).await?;
    Ok(shown(&actor, &set, &effective))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    patch: Value,
    #[serde(default)]
    replace: bool,
    workspace_id: Option<WorkspaceId>,
}

async fn change_workspace(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(change): Body<Change>,
) -> Answer<Json<Value>> {
    let actor = within(&backend, actor, change.workspace_id).await?;
    let (set, effective) =
        backend.agent.change_workspace_settings(&actor, change.patch, change.replace).await?;
    Ok(shown(&actor, &set, &effective))
}

fn shown(actor: &Actor, set: &Value, effective: &Value) -> Json<Value> {
    Json(json!({
        "ok": true, "workspaceId": actor.workspace, "workspaceConfig": set, "effectiveConfig": effective,
    }))
}

async fn keys(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<Json<Value>> {
    let keys = backend.agent.keys(&actor).await?;
    Ok(Json(json!({ "ok": true, "workspaceId": actor.workspace, "keys": keys })))
}

async fn put_key(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(new): Body<NewKey>,
) -> Answer<Json<Value>> {
    let provider = backend.agent.put_key(&actor, new).await?;
    Ok(Json(json!({ "ok": true, "workspaceId": actor.workspace, "provider": provider })))
}

async fn delete_key(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(provider): Path<String>,
) -> Answer<Json<Value>> {
    let removed = backend.agent.delete_key(&actor, &provider).await?;
    Ok(Json(json!({
        "ok": true, "removed": removed, "workspaceId": actor.workspace, "provider": provider,
    })))
}

async fn try_key(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(new): Body<NewKey>,
) -> Answer<Json<Value>> {
    let test = backend.agent.try_key(&actor, new).await?;
    let mut shown = json!(test);
    shown["workspaceId"] = json!(actor.workspace);
    Ok(Json(shown))
}
