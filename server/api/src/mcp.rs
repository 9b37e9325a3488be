//! `/mcp`, the address of chat clients, and the door to the tools that it shares with REST (contract.md 8).

use crate::body;
use crate::error::{Answer, Refusal};
use crate::origin;
use crate::routes::{Route, Who};
use ::mcp::door::{Caller, Door};
use ::mcp::service::Mcp;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue};
use backend::Backend;
use bytes::Bytes;
use domain::actor::Actor;
use domain::keys::KeyGrant;
use domain::problem::Problem;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/mcp", Who::Anybody, answer),
        Route::get("/mcp", Who::Anybody, answer),
        Route::delete("/mcp", Who::Anybody, answer),
    ]
}

/// What the routes that call tools are given.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) door: Door,
    mcp: Mcp,
}

pub(crate) fn served(backend: &Backend) -> Served {
    let door = Door::new(backend.tools.clone(), backend.db.clone(), backend.base_url());
    let limit = backend.config.json_body_limit;
    Served { mcp: Mcp::new(door.clone(), limit, &backend.closing), door }
}

/// Who calls a tool, out of what the request layer found.
pub(crate) fn caller(
    actor: Option<Extension<Actor>>,
    grant: Option<Extension<KeyGrant>>,
) -> Caller {
    Caller { actor: actor.map(|it| it.0), grant: grant.map(|it| it.0) }
}

async fn answer(
    State(backend): State<Backend>,
    Extension(served): Extension<Served>,
    mut request: Request,
) -> Answer {
    let headers = request.headers();
    if !origin::is_our_host(&backend, headers) || !origin::is_allowed(&backend, headers).await? {
        return Err(Refusal::from(Problem::CrossSite));
    }
    let bytes: Bytes = body::collect(&mut request).await?;
    let (parts, _) = request.into_parts();
    let mut answer = served.mcp.answer(parts, bytes).await.map(Body::new);
    let kind = answer.headers().get(CONTENT_TYPE);
    if kind.is_some_and(|it| it.as_bytes().starts_with(b"text/event-stream")) {
        let name = HeaderName::from_static("x-accel-buffering");
        answer.headers_mut().insert(name, HeaderValue::from_static("no"));
    }
    Ok(answer)
}
