//! `/mcp`: both eras of the protocol on one address.

use crate::door::{Door, OPEN, target};
use crate::handler::Handler;
use crate::messages::{SINCE_STATELESS, malformed};
use crate::quick::Quick;
use crate::resources;
use crate::sessions::{OWNER, Owner, Sessions};
use bytes::Bytes;
use domain::actor::Actor;
use domain::approval::Risk;
use futures::future::BoxFuture;
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;
use std::convert::Infallible;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tools::tools::Tools;

/// An answer: one JSON body or a stream of events.
pub type Answer = Response<BoxBody<Bytes, Infallible>>;

/// In the extensions of a request whose token is for reading only, although its person may write: its client can ask
/// for more when it is told so by the status.
#[derive(Clone, Copy, Debug)]
pub struct Widenable;

pub(crate) const SESSION: &str = "mcp-session-id";
const VERSION: &str = "mcp-protocol-version";
const VERSION_IN_BODY: &str = "io.modelcontextprotocol/protocolVersion";
const BOTH_KINDS: &str = "application/json, text/event-stream";

/// Answers the requests of one kind of client.
type Serving = Arc<dyn Fn(Request<Full<Bytes>>) -> BoxFuture<'static, Answer> + Send + Sync>;

/// The protocol over HTTP. Cheap to clone.
#[derive(Clone)]
pub struct Mcp {
    /// For clients that shook hands and keep a session.
    with_sessions: Serving,
    /// For everybody else: the stateless era, and older clients that send single messages.
    without: Serving,
    /// For calls of tools that only read; none where other handlers answer.
    quick: Option<Quick>,
    sessions: Sessions,
    tools: Tools,
}

impl Mcp {
    /// Serves `door`, until `closing` ends its streams. The layer in front checks origin, host, body size and
    /// credentials; who is asking is in the extensions of each request.
    pub fn new(door: Door, body_limit: usize, closing: &CancellationToken) -> Self {
        let handler = Handler::new(door.clone());
        let serving = Self::serving(move || handler.for_session(), &door, body_limit, closing);
        Self { quick: Some(Quick::new(door, closing.child_token())), ..serving }
    }

    /// The same with a handler for each session of the caller's choice, in front of `door`.
    pub fn serving<H: ServerHandler>(
        handler: impl Fn() -> H + Clone + Send + Sync + 'static,
        door: &Door,
        body_limit: usize,
        closing: &CancellationToken,
    ) -> Self {
        let sessions = Sessions::new(door.db.clone());
        let config = || {
            StreamableHttpServerConfig::default()
                .disable_allowed_hosts()
                .with_json_response(true)
                .with_max_request_body_bytes(body_limit)
                .with_cancellation_token(closing.child_token())
        };
        let mut stateful = config();
        stateful.session_store = Some(Arc::new(sessions.clone()));
        let stateless = config().with_legacy_session_mode(false);
        let service = |config| -> Serving {
            let (handler, manager) = (handler.clone(), Arc::new(LocalSessionManager::default()));
            let service = StreamableHttpService::new(move || Ok(handler()), manager, config);
            Arc::new(move |request| {
                let service = service.clone();
                Box::pin(async move { service.handle(request).await })
            })
        };
        Self {
            with_sessions: service(stateful),
            without: service(stateless),
            quick: None,
            sessions,
            tools: door.tools.clone(),
        }
    }

    /// Answers one request.
    pub async fn answer(&self, mut parts: Parts, body: Bytes) -> Answer {
        let owner = owner(&parts);
        let message = match parts.method == Method::POST {
            true => match malformed(&body) {
                Ok(message) => message,
                Err(error) => return json(StatusCode::BAD_REQUEST, &error),
            },
            false => Value::Null,
        };
        let is_stateless = is_stateless(&parts.headers, &message);
        let session = header(&parts.headers, SESSION).map(str::to_owned).filter(|_| !is_stateless);
        let session = session.as_deref();
        match self.quickly((&parts, session), &owner, (&message, is_stateless)).await {
            Ok(None) => {}
            Ok(Some(answer)) | Err(answer) => return answer,
        }
        let takes_events = takes(&parts.headers, "text/event-stream");
        let begins_session = message.get("method").and_then(Value::as_str) == Some("initialize");
        let is_in_session = session.is_some() || (begins_session && takes_events && !is_stateless);
        if !is_in_session && parts.method != Method::POST {
            let mut answer = text(StatusCode::METHOD_NOT_ALLOWED, "Send messages with POST");
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            return answer;
        }
        if parts.method == Method::POST && (!is_stateless || !parts.headers.contains_key(ACCEPT)) {
            // Older clients name one kind or none; what they get is JSON unless they keep a session.
            parts.headers.insert(ACCEPT, HeaderValue::from_static(BOTH_KINDS));
        }
        let service = if is_in_session { &self.with_sessions } else { &self.without };
        let is_narrow = parts.extensions.get::<Widenable>().is_some();
        let is_stranger = parts.extensions.get::<Actor>().is_none();
        let request = Request::from_parts(parts, Full::new(body));
        let mut answer = OWNER.scope(owner, service(request)).await;
        // A client of the stateless era signs its person in when it is told so by the status; the reason is in the body.
        let is_told = is_stateless && is_stranger && answer.status() == StatusCode::OK;
        if is_told && needs_somebody(&self.tools, &message) {
            *answer.status_mut() = StatusCode::UNAUTHORIZED;
        }
        if is_narrow && answer.status() == StatusCode::OK && writes(&self.tools, &message) {
            *answer.status_mut() = StatusCode::FORBIDDEN;
        }
        answer
    }

    /// The answer to what needs no more than a tool; none when it takes the long way, which is open to `owner`.
    ///
    /// # Errors
    /// The refusal of a session that is not theirs, or ended.
    async fn quickly(
        &self,
        (parts, session): (&Parts, Option<&str>),
        owner: &Owner,
        (message, is_stateless): (&Value, bool),
    ) -> Result<Option<Answer>, Answer> {
        let knows_tasks = match session {
            Some(session) => self.sessions.of(session, owner).await?.knows_tasks,
            None => false,
        };
        let Some(quick) = &self.quick else { return Ok(None) };
        if let Some(session) = session
            && message.get("method").is_some_and(|it| it == "notifications/cancelled")
        {
            quick.take_back(session, message);
        }
        match quick.asked(parts, message, is_stateless).filter(|_| !knows_tasks) {
            Some(asked) => Ok(Some(quick.answer(parts, session, asked).await)),
            None => Ok(None),
        }
    }
}

fn owner(parts: &Parts) -> Owner {
    let actor = parts.extensions.get::<Actor>();
    actor.map(|it| (it.workspace.clone(), it.user.clone())).unwrap_or_default()
}

fn is_stateless(headers: &HeaderMap, message: &Value) -> bool {
    let in_body = message.pointer("/params/_meta").and_then(|it| it.get(VERSION_IN_BODY));
    in_body.is_some() || header(headers, VERSION).is_some_and(|it| it >= SINCE_STATELESS)
}

/// Whether the message asks for something that is not for everybody.
fn needs_somebody(tools: &Tools, message: &Value) -> bool {
    match message.get("method").and_then(Value::as_str) {
        Some("tools/call") => {
            let name = message.pointer("/params/name").and_then(Value::as_str);
            name.and_then(|it| tools.find(it)).is_some_and(|it| !OPEN.contains(&it.name))
        }
        Some("resources/read") => {
            let uri = message.pointer("/params/uri").and_then(Value::as_str);
            uri.is_some_and(resources::needs_somebody)
        }
        _ => false,
    }
}

/// Whether the message calls a tool that people who may only read are refused.
fn writes(tools: &Tools, message: &Value) -> bool {
    let is_call = message.get("method").and_then(Value::as_str) == Some("tools/call");
    let name = message.pointer("/params/name").and_then(Value::as_str).filter(|_| is_call);
    let Some(name) = name else { return false };
    let args = message.pointer("/params/arguments").unwrap_or(&Value::Null);
    // A call that is not well made is told so by the tool itself.
    let Ok(target) = target(name, args) else { return false };
    let (name, args) = target.unwrap_or_else(|| (name, args.clone()));
    tools.find(name).is_some_and(|it| match it.only_tells(&args) {
        true => it.risk != Risk::Read,
        false => it.risk_of(&args) != Risk::Read,
    })
}

fn takes(headers: &HeaderMap, kind: &str) -> bool {
    header(headers, ACCEPT.as_str()).is_some_and(|it| it.to_lowercase().contains(kind))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|it| it.to_str().ok())
}

pub(crate) fn text(status: StatusCode, words: &str) -> Answer {
    let error = serde_json::json!({
        "jsonrpc": "2.0", "id": null, "error": {"code": -32000, "message": words},
    });
    json(status, &error)
}

fn json(status: StatusCode, value: &Value) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(value.to_string())).boxed());
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}
