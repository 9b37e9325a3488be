//! Runs of the assistant (contract.md 3.5).

use super::chat_stream::{last_seen, streamed};
use crate::body::NoBody;
use crate::error::Answer;
use crate::query::Query;
use crate::routes::{Route, SIGNED_IN};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::Actor;
use domain::chat::ChatRun;
use domain::client::Client;
use domain::ids::ChatRunId;
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/chat/runs/{id}", SIGNED_IN, read),
        Route::get("/api/chat/runs/{id}/events", SIGNED_IN, events),
        Route::post("/api/chat/runs/{id}/cancel", SIGNED_IN, cancel),
        Route::get("/api/chat/sessions/{id}/events", SIGNED_IN, session_events),
    ]
}

/// Where a stream goes on; the header `Last-Event-ID` wins.
#[derive(Deserialize)]
pub(crate) struct After {
    pub(crate) after: Option<String>,
}

async fn read(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Answer<Json<ChatRun>> {
    Ok(Json(backend.agent.run(&actor, &id.into()).await?))
}

async fn events(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Extension(client): Extension<Client>,
    Path(id): Path<String>,
    (Query(query), headers): (Query<After>, HeaderMap),
) -> Answer<Response> {
    let id = ChatRunId::from(id);
    let seen = last_seen(&headers, query.after.as_deref());
    let after = seen.filter(|(run, _)| *run == id).map_or(0, |(_, seq)| seq);
    let following = backend.agent.follow(&actor, &id, after).await?;
    Ok(streamed(backend, client, actor, following))
}

async fn session_events(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Extension(client): Extension<Client>,
    Path(id): Path<String>,
    (Query(query), headers): (Query<After>, HeaderMap),
) -> Answer<Response> {
    let after = last_seen(&headers, query.after.as_deref());
    let following = backend.agent.follow_session(&actor, &id.into(), after).await?;
    Ok(streamed(backend, client, actor, following))
}

async fn cancel(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    NoBody: NoBody,
) -> Answer<Json<Value>> {
    let status = backend.agent.cancel(&actor, &id.into()).await?;
    Ok(Json(json!({ "ok": true, "status": status })))
}
