//! `/mcp`, the address of chat clients, and the door to the tools that it shares with REST (contract.md 8).

use crate::authority::Authority;
use crate::error::{Answer, Refusal};
use crate::headers::Plain;
use crate::narrow::Narrow;
use crate::rest::approvals;
use crate::routes::{Route, Who};
use crate::{body, credentials, oauth, origin};
use ::mcp::door::{Caller, Door};
use ::mcp::service::{Mcp, Widenable};
use auth::oauth::is_access_token;
use axum::Extension;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use backend::Backend;
use bytes::Bytes;
use domain::actor::Actor;
use domain::client::Client;
use domain::keys::KeyGrant;
use domain::problem::Problem;
use std::borrow::Cow;
use std::sync::Arc;
use url::form_urlencoded;

/// What the address says when nobody may look around without signing in: clients then begin with that.
const SIGN_IN: (Cow<'static, str>, Cow<'static, str>) =
    (Cow::Borrowed("auth"), Cow::Borrowed("required"));

/// Scripts and chat clients call over and over: up to this size an answer is faster sent than packed, bytes.
const NOT_WORTH_PACKING: u64 = 64 * 1024;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post("/mcp", Who::Anybody, answer),
        Route::get("/mcp", Who::Anybody, answer),
        Route::delete("/mcp", Who::Anybody, answer),
    ]
}

/// What the routes that call tools are given. Behind one pointer: it is handed to every request.
pub(crate) type Served = Arc<Serving>;

/// The tools, and the protocol over them.
pub(crate) struct Serving {
    pub(crate) door: Door,
    mcp: Mcp,
}

/// What answers the protocol over a door: the product itself.
pub(crate) fn product(backend: &Backend) -> impl FnOnce(Door) -> Mcp {
    let (limit, closing) = (backend.config.json_body_limit, backend.closing.clone());
    move |door| Mcp::new(door, limit, &closing)
}

pub(crate) fn served(
    backend: &Backend,
    narrow: Arc<Narrow>,
    serving: impl FnOnce(Door) -> Mcp,
) -> Served {
    let door = Door::new(backend.tools.clone(), backend.db.clone(), backend.base_url());
    let door = door.limited_by(Arc::new(move |actor, tool| narrow.check_tool(tool, actor)));
    let door = door.deciding_by(approvals::decider(backend));
    let door = door.falling_back_to(backend.config.mcp_revision.clone());
    Arc::new(Serving { mcp: serving(door.clone()), door })
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
    if let Some(refusal) = must_sign_in(&backend, &request) {
        return Ok(refusal);
    }
    let caller = request.extensions().get::<credentials::Caller>();
    let may_widen = matches!(caller, Some(credentials::Caller::Key(holder)) if holder.may_widen);
    if may_widen {
        request.extensions_mut().insert(Widenable);
    }
    let reader = reader(&request);
    let bytes: Bytes = body::collect(&mut request).await?;
    let (parts, _) = request.into_parts();
    let mut answer = served.mcp.answer(parts, bytes).await.map(Body::new);
    if answer.status() == StatusCode::UNAUTHORIZED {
        answer.headers_mut().extend(challenge(&backend, None));
    }
    if may_widen && answer.status() == StatusCode::FORBIDDEN {
        answer.headers_mut().extend(challenge(&backend, Some("insufficient_scope")));
    }
    if answer.body().size_hint().upper().is_some_and(|it| it <= NOT_WORTH_PACKING) {
        answer.extensions_mut().insert(Plain);
    }
    let kind = answer.headers().get(CONTENT_TYPE);
    if kind.is_some_and(|it| it.as_bytes().starts_with(b"text/event-stream")) {
        let name = HeaderName::from_static("x-accel-buffering");
        answer.headers_mut().insert(name, HeaderValue::from_static("no"));
        if let Some((actor, client)) = reader {
            let authority = Authority::new(backend, client, actor);
            return Ok(answer.map(|it| Body::from_stream(authority.over(it.into_data_stream()))));
        }
    }
    Ok(answer)
}

/// Who will read an answer that stays open; none for a stranger, who is told nothing of anybody.
fn reader(request: &Request) -> Option<(Actor, Client)> {
    let actor = request.extensions().get::<credentials::Caller>()?.actor()?.clone();
    Some((actor, request.extensions().get::<Client>()?.clone()))
}

fn challenge(backend: &Backend, error: Option<&str>) -> Option<(HeaderName, HeaderValue)> {
    oauth::challenge(backend, error).map(|it| (WWW_AUTHENTICATE, it))
}

/// The answer that sends a chat client to sign its person in: where the address asks for it, and to one whose token
/// does not count any more. Everybody else may look around without.
fn must_sign_in(backend: &Backend, request: &Request) -> Option<Response> {
    let caller = request.extensions().get::<credentials::Caller>();
    if caller.is_some_and(|it| it.actor().is_some()) {
        return None;
    }
    let client = request.extensions().get::<Client>();
    let had_token = client.and_then(|it| it.key.as_deref()).is_some_and(is_access_token);
    let query = request.uri().query().unwrap_or_default();
    let is_asked = form_urlencoded::parse(query.as_bytes()).any(|it| it == SIGN_IN);
    if !had_token && !is_asked {
        return None;
    }
    let error = had_token.then_some("invalid_token");
    let mut answer = Refusal::from(Problem::NotSignedIn).into_response();
    answer.headers_mut().extend(challenge(backend, error));
    Some(answer)
}
