//! Other MCP servers whose tools may be used. Only a signed-in person adds or changes them: a key does not.

use crate::body::{Body, NoBody};
use crate::error::Answer;
use crate::routes::{Route, Who};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::{Actor, Permission};
use domain::client::Client;
use domain::ids::ToolServerId;
use domain::problem::Problem;
use domain::tool_server::{NewToolServer, ServerToolChange, ToolServer, ToolServerChange};
use serde_json::{Value, json};

const ALL: &str = "/api/pmos/tool-servers";
const ONE: &str = "/api/pmos/tool-servers/{id}";

pub(crate) fn routes() -> Vec<Route> {
    let manages = Who::Person(Permission::Manage);
    vec![
        Route::get(ALL, Who::Signed(Permission::Write), list),
        Route::post(ALL, manages, add),
        Route::patch(ONE, manages, change),
        Route::delete(ONE, manages, remove),
        Route::post("/api/pmos/tool-servers/{id}/test", manages, test),
        Route::post("/api/pmos/tool-servers/{id}/sign-in", manages, sign_in),
        Route::get("/oauth/client", Who::Public, client),
        Route::patch("/api/pmos/tool-servers/{id}/tools", manages, decide),
    ]
}

fn one(server: ToolServer) -> Json<Value> {
    Json(json!({ "ok": true, "server": server }))
}

async fn list(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<Json<Value>> {
    let servers = backend.peers.list(&actor).await?;
    Ok(Json(json!({ "ok": true, "servers": servers })))
}

async fn add(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Extension(client): Extension<Client>,
    Body(new): Body<NewToolServer>,
) -> Answer {
    let added = backend.peers.add_in_browser(&actor, new, client.session.as_deref()).await?;
    let mut told = json!({ "ok": true, "server": added.server });
    if let Some(url) = added.authorize_url {
        told["authorizeUrl"] = url.into();
    }
    Ok((StatusCode::CREATED, Json(told)).into_response())
}

async fn sign_in(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Extension(client): Extension<Client>,
    Path(id): Path<ToolServerId>,
    NoBody: NoBody,
) -> Answer<Json<Value>> {
    let session = client.session.ok_or(Problem::NotSignedIn)?;
    let url = backend.peers.sign_in(&actor, &id, &session).await?;
    Ok(Json(json!({ "ok": true, "authorizeUrl": url })))
}

/// Who we are to servers that people sign in to, where those read it in place of registering us.
async fn client(State(backend): State<Backend>) -> Answer<Json<Value>> {
    Ok(Json(backend.peers.client_document()?))
}

async fn change(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<ToolServerId>,
    Body(change): Body<ToolServerChange>,
) -> Answer<Json<Value>> {
    Ok(one(backend.peers.change(&actor, &id, change).await?))
}

async fn remove(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<ToolServerId>,
) -> Answer<StatusCode> {
    backend.peers.remove(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn test(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<ToolServerId>,
    NoBody: NoBody,
) -> Answer<Json<Value>> {
    Ok(one(backend.peers.test(&actor, &id).await?))
}

async fn decide(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<ToolServerId>,
    Body(change): Body<ServerToolChange>,
) -> Answer<Json<Value>> {
    Ok(one(backend.peers.decide(&actor, &id, change).await?))
}
