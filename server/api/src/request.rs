//! What every request passes, whatever it is for: an id, who is asking, limits, headers, one line in the log.

use crate::credentials::{self, Caller};
use crate::error::{self, Refusal};
use crate::headers::{self, PageNonce};
use crate::{body, cors, hooks, origin};
use auth::keys::KeyHolder;
use auth::limits::Rate;
use auth::oauth::is_access_token;
use auth::sessions::COOKIE;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::{COOKIE as COOKIES, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use backend::Backend;
use domain::client::Client;
use domain::ids::WorkspaceId;
use domain::platform::Limit;
use domain::problem::Problem;
use futures::FutureExt;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_ID_MAX: usize = 128;
/// Longer names of programs say nothing more.
const PROGRAM_MAX: usize = 300;
/// Beginnings of paths that are not pages (contract.md 0.9).
pub(crate) const API: &[&str] =
    &["/api", "/action", "/mcp", "/auth", "/apps/api", "/hooks", "/tools", "/fn", "/.well-known"];

/// Where the browser's files are.
const FILES: &str = "/pkg/";

/// The workspace of whoever asked, on the answer, until it is counted.
#[derive(Clone)]
struct Whose(WorkspaceId);

/// What the layer needs.
#[derive(Clone)]
pub(crate) struct Gate {
    backend: Backend,
    calls: Arc<Rate>,
}

impl Gate {
    pub(crate) fn new(backend: &Backend) -> Self {
        // Of one person in one workspace, and of one address without a session.
        let calls = Arc::new(Rate::set(backend.auth.limits(), Limit::Calls, MINUTE));
        Self { backend: backend.clone(), calls }
    }
}

/// Whether a path belongs to the API: an unknown one is then answered as JSON, not as a page.
pub fn is_api_path(path: &str) -> bool {
    let is_below = |prefix: &str| {
        path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    API.iter().any(|it| is_below(it))
}

/// The layer itself.
pub(crate) async fn pass(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let client = client(&gate.backend, &request);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    // The pattern, not the path: webhook addresses and invitation links are secrets.
    let route = request.extensions().get::<MatchedPath>().map(|it| it.as_str().to_owned());
    let route = route.unwrap_or_default();
    let nonce = PageNonce::fresh();
    let request_id = HeaderValue::from_str(&client.request_id).ok();
    if let Some(id) = request_id.clone() {
        request.headers_mut().insert(REQUEST_ID, id);
    }
    request.extensions_mut().insert(nonce.clone());
    request.extensions_mut().insert(client.clone());
    let site = cors::site(&gate.backend, &path, request.headers()).await;
    let mut response = answered(&gate, request, next, (&client, &site)).await;
    response = error::written(response, &client.request_id);
    headers::add(response.headers_mut(), &path, &nonce, client.is_secure);
    if let Ok(Some(site)) = site {
        cors::add(response.headers_mut(), site);
    }
    if let Some(id) = request_id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let status = response.status().as_u16();
    let ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    // The browser's files are the same for everybody and cost nothing.
    if !path.starts_with(FILES) {
        let whose = response.extensions_mut().remove::<Whose>();
        gate.backend.meter.count(whose.map(|it| it.0).unwrap_or_default(), status, ms);
    }
    tracing::info!(%method, route, status, ms, request_id = client.request_id, "request");
    response
}

/// The answer itself. `site` is another site whose page is asking.
async fn answered(
    gate: &Gate,
    mut request: Request,
    next: Next,
    (client, site): (&Client, &Result<Option<HeaderValue>, Problem>),
) -> Response {
    match site {
        Ok(Some(_)) => {
            if let Some(answer) = cors::preflight(request.method(), request.headers()) {
                return answer;
            }
        }
        Ok(None) => {}
        Err(problem) => return Refusal::from(problem.clone()).into_response(),
    }
    match admit(gate, &mut request, client).await {
        Ok(renewed_cookie) => {
            let actor = request.extensions().get::<Caller>().and_then(Caller::actor);
            let whose = actor.map(|it| Whose(it.workspace.clone()));
            let mut response = with_cookie(run(request, next).await, renewed_cookie);
            if let Some(whose) = whose {
                response.extensions_mut().insert(whose);
            }
            response
        }
        Err(problem) => Refusal::from(problem).into_response(),
    }
}

/// Checks everything that holds for all requests and finds out who is asking; gives a renewed cookie.
async fn admit(
    gate: &Gate,
    request: &mut Request,
    client: &Client,
) -> Result<Option<String>, Problem> {
    let path = request.uri().path().to_owned();
    // The browser's files are the same for everybody.
    if path.starts_with(FILES) {
        return Ok(None);
    }
    body::limit(request, &path, gate.backend.config.json_body_limit);
    // Callers of hooks are no users: their limit is how many runs may wait.
    if hooks::is_hook(&path) {
        return Ok(None);
    }
    let (caller, renewed_cookie) = who(gate, request, client).await?;
    if is_api_path(&path) {
        let now_ms = gate.backend.auth.clock().now_ms();
        gate.calls.take(&counted_as(&caller, client), now_ms)?;
    }
    // Pages and server functions are for browsers, so a key is known to the routes of the table only.
    if let Caller::Person(actor) = &caller {
        request.extensions_mut().insert(actor.clone());
    }
    request.extensions_mut().insert(caller);
    Ok(renewed_cookie)
}

/// Whose request it is, and a renewed cookie. A key decides over the session beside it, right or wrong; a right one
/// cannot come from another site's page without its owner's will.
async fn who(
    gate: &Gate,
    request: &mut Request,
    client: &Client,
) -> Result<(Caller, Option<String>), Problem> {
    let auth = &gate.backend.auth;
    let key = credentials::key(request).await?;
    request.extensions_mut().insert(Client { key: key.clone(), ..client.clone() });
    if let Some(key) = &key
        && let Some(holder) = holder(gate, request.uri().path(), client, key).await?
    {
        return Ok((Caller::Key(holder), None));
    }
    let path = request.uri().path().to_owned();
    origin::check(&gate.backend, request.method(), &path, request.headers()).await?;
    if key.is_some() {
        return Ok((Caller::WrongKey, None));
    }
    let Some(authenticated) = auth.arrive(client).await? else {
        return Ok((Caller::Nobody, None));
    };
    Ok((Caller::Person(authenticated.actor), authenticated.renewed_cookie))
}

/// Whose key it is, or whose chat client: the tokens of those are for `/mcp` alone.
async fn holder(
    gate: &Gate,
    path: &str,
    client: &Client,
    key: &str,
) -> Result<Option<KeyHolder>, Problem> {
    let auth = &gate.backend.auth;
    if path == "/mcp" && is_access_token(key) {
        return auth.authenticate_token(client, key, &gate.backend.chat_clients.resource()).await;
    }
    auth.authenticate_key(client, key).await
}

/// Scripts do not use up the calls of their owner's browser.
fn counted_as(caller: &Caller, client: &Client) -> String {
    match caller {
        Caller::Person(actor) => format!("{} {}", actor.workspace, actor.user),
        Caller::Key(holder) => format!("{} {} key", holder.actor.workspace, holder.actor.user),
        Caller::Nobody | Caller::WrongKey => client.ip.clone().unwrap_or_default(),
    }
}

/// No request can end the process: a panic is our fault and one line in the log.
async fn run(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|it| (*it).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            let cause = std::io::Error::other(text.unwrap_or_default());
            Refusal::from(store::error::internal("answering a request: it panicked", &cause))
                .into_response()
        }
    }
}

fn with_cookie(mut response: Response, cookie: Option<String>) -> Response {
    let cookie = cookie.and_then(|it| HeaderValue::from_str(&it).ok());
    // An answer that signs in or out has the last word.
    let is_set = response.headers().contains_key(SET_COOKIE);
    if let Some(cookie) =
        cookie.filter(|_| !is_set && response.status() != StatusCode::UNAUTHORIZED)
    {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

fn client(backend: &Backend, request: &Request) -> Client {
    let headers = request.headers();
    Client {
        request_id: request_id(headers),
        ip: address(backend, request),
        program: text(headers, "user-agent").map(|it| it.chars().take(PROGRAM_MAX).collect()),
        is_secure: text(headers, "x-forwarded-proto").is_some_and(|it| it.starts_with("https")),
        session: session(headers),
        key: None,
    }
}

/// The caller's id for the request, where it is harmless, else a fresh one.
fn request_id(headers: &HeaderMap) -> String {
    let given = text(headers, REQUEST_ID.as_str()).or_else(|| text(headers, "idempotency-key"));
    let is_plain = |it: &u8| it.is_ascii_alphanumeric() || b"._:-".contains(it);
    given
        .filter(|it| (1..=REQUEST_ID_MAX).contains(&it.len()) && it.as_bytes().iter().all(is_plain))
        .map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned)
}

/// Where the request came from. Behind a proxy, which is why a base address is set, the proxy's own word for it:
/// the last entry, because the earlier ones are the caller's claims.
fn address(backend: &Backend, request: &Request) -> Option<String> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|it| it.0.ip());
    let is_proxied = backend.config.base_url.is_some() && peer.is_some_and(|it| it.is_loopback());
    let forwarded = text(request.headers(), "x-forwarded-for").filter(|_| is_proxied);
    let last = forwarded.and_then(|it| it.rsplit(',').next()?.trim().parse().ok());
    last.or(peer).map(|it| it.to_string())
}

fn session(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(COOKIES).iter().filter_map(|it| it.to_str().ok());
    let mut pairs = all.flat_map(|it| it.split(';')).filter_map(|it| it.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|it| it.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_paths_are_whole_segments() {
        for path in ["/api", "/api/pmos/auth/me", "/hooks/f/s", "/apps/api/x", "/.well-known/x"] {
            assert!(is_api_path(path), "{path}");
        }
        for path in ["/", "/apiary", "/apps", "/flows/1", "/tooling"] {
            assert!(!is_api_path(path), "{path}");
        }
    }

    #[test]
    fn a_harmful_request_id_is_replaced() {
        let with = |name: &'static str, value: &str| {
            HeaderMap::from_iter([(
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )])
        };
        assert_eq!(request_id(&with("x-request-id", "abc")), "abc");
        assert_eq!(request_id(&with("idempotency-key", "k1")), "k1");
        for harmful in ["a b", "", &"x".repeat(129), "a\"b"] {
            assert_eq!(request_id(&with("x-request-id", harmful)).len(), 36);
        }
    }
}
