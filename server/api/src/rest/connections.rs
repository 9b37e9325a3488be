//! Connections of flows: stored access to apps. Secrets go in and never come out.

use crate::body::{Body, NoBody};
use crate::error::Answer;
use crate::query::Query;
use crate::routes::{Route, Who};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::{Actor, Permission};
use domain::client::Client;
use domain::flow::connection::{Connected, ConnectionChange, NewConnection};
use domain::ids::ConnectionId;
use domain::problem::Problem;
use flow::connections::oauth::{CALLBACK, SignInAnswer};
use serde::Deserialize;
use serde_json::{Value, json};

/// The page that people come back to.
const PAGE: &str = "/integrations";

pub(crate) fn routes() -> Vec<Route> {
    let read = Who::Signed(Permission::Read);
    let write = Who::Signed(Permission::Write);
    vec![
        Route::get("/api/pmos/connections", read, list),
        Route::post("/api/pmos/connections", write, create),
        Route::get("/api/pmos/connections/{id}", read, get),
        Route::patch("/api/pmos/connections/{id}", write, change),
        Route::delete("/api/pmos/connections/{id}", write, delete),
        Route::post("/api/pmos/connections/{id}/test", write, test),
        Route::post("/api/pmos/connections/{id}/sign-in", Who::Person(Permission::Write), sign_in),
        Route::get(CALLBACK, Who::Anybody, callback),
    ]
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Listing {
    piece: Option<String>,
}

async fn list(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Query(listing): Query<Listing>,
) -> Answer<Json<Value>> {
    let all = backend.connections.list(&actor, listing.piece.as_deref()).await?;
    Ok(Json(json!({ "ok": true, "connections": all })))
}

/// A connection that needs a sign-in at the app is answered with the address to open, when a browser asks.
async fn create(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Extension(client): Extension<Client>,
    Body(new): Body<NewConnection>,
) -> Answer {
    let session = client.session.as_deref();
    let Connected { connection, authorize_url } =
        backend.connections.connect(&actor, new, session).await?;
    let body = json!({ "ok": true, "connection": connection, "authorizeUrl": authorize_url });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

async fn get(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<ConnectionId>,
) -> Answer<Json<Value>> {
    let connection = backend.connections.get(&actor, &id).await?;
    let used_by = backend.connections.used_by(&actor, &id).await?;
    Ok(Json(json!({ "ok": true, "connection": connection, "usedBy": used_by })))
}

async fn change(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<ConnectionId>,
    Body(change): Body<ConnectionChange>,
) -> Answer<Json<Value>> {
    let connection = backend.connections.change(&actor, &id, change).await?;
    Ok(Json(json!({ "ok": true, "connection": connection })))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Deletion {
    force: bool,
}

async fn delete(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<ConnectionId>,
    Query(deletion): Query<Deletion>,
) -> Answer<StatusCode> {
    backend.connections.delete(&actor, &id, deletion.force).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn test(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<ConnectionId>,
    NoBody: NoBody,
) -> Answer<Json<Value>> {
    let found = backend.connections.test(&actor, &id).await?;
    Ok(Json(json!({ "ok": true, "test": found })))
}

async fn sign_in(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Extension(client): Extension<Client>,
    Path(id): Path<ConnectionId>,
    NoBody: NoBody,
) -> Answer<Json<Value>> {
    let session = client.session.ok_or(Problem::NotSignedIn)?;
    let url = backend.connections.begin_sign_in(&actor, &id, &session).await?;
    Ok(Json(json!({ "ok": true, "authorizeUrl": url })))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CameBack {
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// The app sends the person back here. Whatever happened, they land on the page that shows it.
async fn callback(
    State(backend): State<Backend>,
    caller: Option<Extension<Actor>>,
    Extension(client): Extension<Client>,
    Query(came): Query<CameBack>,
) -> Response {
    let (Some(Extension(actor)), Some(session)) = (caller, client.session) else {
        return Redirect::to("/sign-in").into_response();
    };
    let CameBack { state, code, error, iss: issuer } = came;
    let answer = SignInAnswer { state, code, error, issuer };
    let ended = backend.connections.end_sign_in(&actor, &session, answer).await;
    if let Ok(signed) = &ended
        && signed.refused.is_none()
        && let Err(problem) = backend.peers.signed_in(&actor, &signed.connection.id).await
    {
        // The server shows itself that nothing was read of it yet.
        tracing::warn!(%problem, "a server was not read after its sign-in");
    }
    let query = match ended {
        Ok(signed) if signed.refused.is_none() => {
            vec![("connected", signed.connection.id.to_string())]
        }
        Ok(signed) => vec![
            ("connection", signed.connection.id.to_string()),
            ("failed", signed.refused.unwrap_or_default()),
        ],
        Err(problem) => vec![("failed", problem.to_string())],
    };
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    Redirect::to(&format!("{PAGE}?{query}")).into_response()
}
