//! The one list of URLs that are not pages: method, path, who may call, what answers.

use crate::credentials::Caller;
use crate::error::{Refusal, unknown_path, wrong_method};
use crate::narrow::Narrow;
use crate::once::Doer;
use crate::request::API;
use crate::{answers, connect, forms, health, hooks, live, mcp, oauth, once, plain_page, rest};
use ::mcp::door::Door;
use ::mcp::service::Mcp;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use axum::{Extension, Router};
use backend::Backend;
use domain::actor::Permission;
use domain::problem::Problem;
use std::sync::Arc;

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody.
    Public,
    /// Anybody; the handler is told who it is, when it is somebody we know.
    Anybody,
    /// A signed-in person or their API key, with this permission.
    Signed(Permission),
    /// The same, where a call names a tool: also keys that are for some tools only.
    Tools(Permission),
    /// A signed-in person with a browser, with this permission: what a key must never do.
    Person(Permission),
}

/// Every role may read, so this is whoever is signed in or has a key.
pub const SIGNED_IN: Who = Who::Signed(Permission::Read);

/// One URL and method.
pub struct Route {
    /// `GET`, `POST`, ...
    pub method: Method,
    /// The path, parameters in braces.
    pub path: &'static str,
    /// Who may call it. Checked before anything of the request is read; the operation checks again.
    pub who: Who,
    /// Whether an `Idempotency-Key` makes a repeat give the first answer.
    pub once: bool,
    refusal: Option<Refusing>,
    answer: MethodRouter<Backend>,
}

/// How a route that keeps the shape of the earlier system says that somebody may not call it, by its path.
type Refusing = fn(&'static str, Problem) -> Response;

impl Route {
    /// A route that only reads.
    pub fn get<T: 'static>(path: &'static str, who: Who, answer: impl Handler<T, Backend>) -> Self {
        Self::new(Method::GET, path, who, on(MethodFilter::GET, answer))
    }

    /// A route that makes or does something.
    pub fn post<T: 'static>(
        path: &'static str,
        who: Who,
        answer: impl Handler<T, Backend>,
    ) -> Self {
        Self::new(Method::POST, path, who, on(MethodFilter::POST, answer))
    }

    /// A route that sets something.
    pub fn put<T: 'static>(path: &'static str, who: Who, answer: impl Handler<T, Backend>) -> Self {
        Self::new(Method::PUT, path, who, on(MethodFilter::PUT, answer))
    }

    /// A route that changes parts of something.
    pub fn patch<T: 'static>(
        path: &'static str,
        who: Who,
        answer: impl Handler<T, Backend>,
    ) -> Self {
        Self::new(Method::PATCH, path, who, on(MethodFilter::PATCH, answer))
    }

    /// A route that removes something.
    pub fn delete<T: 'static>(
        path: &'static str,
        who: Who,
        answer: impl Handler<T, Backend>,
    ) -> Self {
        Self::new(Method::DELETE, path, who, on(MethodFilter::DELETE, answer))
    }

    /// A route that takes every method, as the addresses of webhooks do.
    pub fn any<T: 'static>(
        path: &'static str,
        who: Who,
        answer: impl Handler<T, Backend>,
    ) -> [Self; 5] {
        [
            Self::get(path, who, answer.clone()),
            Self::post(path, who, answer.clone()),
            Self::put(path, who, answer.clone()),
            Self::patch(path, who, answer.clone()),
            Self::delete(path, who, answer),
        ]
    }

    fn new(method: Method, path: &'static str, who: Who, answer: MethodRouter<Backend>) -> Self {
        Self { method, path, who, once: false, refusal: None, answer }
    }

    /// The same route, where a repeat with the same `Idempotency-Key` gives the first answer and does nothing.
    #[must_use]
    pub fn once(self) -> Self {
        Self { once: true, ..self }
    }

    /// The same route, where `refusal` says that somebody may not call it.
    #[must_use]
    pub(crate) fn refusing(self, refusal: Refusing) -> Self {
        Self { refusal: Some(refusal), ..self }
    }
}

/// Every route.
pub fn all() -> Vec<Route> {
    [
        health::routes(),
        rest::accounts::routes(),
        rest::workspaces::routes(),
        rest::members::routes(),
        rest::keys::routes(),
        rest::platform::routes(),
        rest::shell::routes(),
        rest::audit::routes(),
        rest::notifications::routes(),
        rest::setup::routes(),
        rest::connectors::routes(),
        connect::routes(),
        rest::flows::routes(),
        rest::flow_engine::routes(),
        rest::connections::routes(),
        rest::chat::routes(),
        rest::chat_runs::routes(),
        rest::approvals::routes(),
        rest::operations::routes(),
        rest::commands::routes(),
        rest::plans::routes(),
        rest::insight::routes(),
        rest::projects::routes(),
        rest::tools::routes(),
        rest::tool_servers::routes(),
        rest::actions::routes(),
        mcp::routes(),
        oauth::routes(),
        rest::assistant::routes(),
        rest::apps::routes(),
        rest::app_publisher::routes(),
        hooks::routes(),
        plain_page::routes(),
        forms::routes(),
        answers::routes(),
        live::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The routes, without the request layer. Unknown API paths and wrong methods are answered as JSON.
pub fn router(backend: &Backend) -> Router {
    router_serving(backend, mcp::product(backend))
}

/// The same, where `serving` makes what answers the protocol of chat clients over a door to the tools.
pub fn router_serving(backend: &Backend, serving: impl FnOnce(Door) -> Mcp) -> Router {
    let mut router = Router::new();
    let narrow = Arc::new(Narrow::new(backend.auth.clock().clone(), backend.auth.limits()));
    for route in all() {
        let Route { who, path, once, refusal, .. } = route;
        let asked = Asked { who, path, once, refusal };
        let gate = (backend.clone(), Arc::clone(&narrow), asked);
        router =
            router.route(route.path, route.answer.route_layer(from_fn_with_state(gate, admit)));
    }
    router = router.method_not_allowed_fallback(wrong_method);
    for prefix in API {
        if !all().iter().any(|it| it.path == *prefix) {
            router = router.route(prefix, axum::routing::any(unknown_path));
        }
        for below in unknown_below(prefix) {
            router = router.route(&below, axum::routing::any(unknown_path));
        }
    }
    router.layer(Extension(mcp::served(backend, narrow, serving))).with_state(backend.clone())
}

/// Everything below a prefix. Where a route begins with a parameter, a wildcard beside it would be ambiguous.
fn unknown_below(prefix: &str) -> Vec<String> {
    match prefix {
        "/hooks" => vec!["/hooks/{flow}".to_owned(), "/hooks/{flow}/{secret}/{*rest}".to_owned()],
        "/action" => vec!["/action/{op}/{*rest}".to_owned()],
        _ => vec![format!("{prefix}/{{*rest}}")],
    }
}

/// What the gate in front of a route knows about it.
#[derive(Clone, Copy)]
struct Asked {
    who: Who,
    path: &'static str,
    once: bool,
    refusal: Option<Refusing>,
}

/// Refuses before anything of the request is read.
async fn admit(
    State((backend, narrow, asked)): State<(Backend, Arc<Narrow>, Asked)>,
    mut request: Request,
    next: Next,
) -> Response {
    let who = asked.who;
    let target = format!("{} {}", request.method(), asked.path);
    let caller = request.extensions().get::<Caller>().cloned().unwrap_or(Caller::Nobody);
    let admitted = match (needed(who), caller.actor()) {
        (None, _) if who == Who::Public => return next.run(request).await,
        (None, _) => Ok(()),
        (Some(_), None) => Err(Problem::NotSignedIn),
        (Some(permission), Some(actor)) => match check_key(who, &caller) {
            Ok(()) => backend.auth.authorise(actor, permission, &target).await,
            Err(problem) => Err(problem),
        }
        .and_then(|()| narrow.check_route(asked.path, actor)),
    };
    if let Err(problem) = admitted {
        return match asked.refusal {
            Some(refusal) => refusal(asked.path, problem),
            None => Refusal::from(problem).into_response(),
        };
    }
    let doer = if asked.once { Doer::of(&caller, &request) } else { None };
    if let Caller::Key(holder) = caller {
        request.extensions_mut().insert(holder.actor);
        request.extensions_mut().insert(holder.grant);
    }
    match doer {
        Some(doer) => {
            // The address itself: what is asked of one app is not the answer of another.
            let route = format!("{} {}", request.method(), request.uri().path());
            once::answered(&backend, doer, route, request, next).await
        }
        None => next.run(request).await,
    }
}

fn needed(who: Who) -> Option<Permission> {
    match who {
        Who::Public | Who::Anybody => None,
        Who::Signed(permission) | Who::Tools(permission) | Who::Person(permission) => {
            Some(permission)
        }
    }
}

/// What a key may open besides what its role says.
fn check_key(who: Who, caller: &Caller) -> Result<(), Problem> {
    let Caller::Key(holder) = caller else { return Ok(()) };
    let decides =
        matches!(needed(who), Some(Permission::ApproveWrites | Permission::ApproveDestructive));
    let refusal = match who {
        Who::Person(_) => "Sign in with a browser for this: an API key is not enough",
        Who::Signed(_) if holder.grant.is_for_tools_only() => "This API key is for some tools only",
        _ if decides && !holder.grant.can_approve => "missing scope: approve",
        _ => return Ok(()),
    };
    Err(Problem::Forbidden { message: refusal.to_owned() })
}
