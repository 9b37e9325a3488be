//! Every URL that is not a page, and the layer that every request passes: pages, server functions, REST, streams.

pub mod body;
pub mod error;
mod forms;
pub mod headers;
pub mod request;
pub mod routes;

mod answers;
mod authority;
mod connect;
mod cors;
mod credentials;
mod health;
mod hooks;
mod live;
mod mcp;
mod narrow;
mod oauth;
mod once;
mod origin;
mod paging;
mod plain_page;
mod query;
pub mod rest;

use crate::request::Gate;
use ::mcp::door::Door;
use ::mcp::service::Mcp;
use axum::Router;
use axum::middleware::from_fn_with_state;
use backend::Backend;
use tower::ServiceExt;

/// Every URL that is not a page, behind the request layer: what tests call.
pub fn router(backend: &Backend) -> Router {
    layered(routes::router(backend).fallback(error::unknown_path), backend)
}

/// The same with another answer to the protocol of chat clients: the conformance fixtures are served so.
pub fn router_serving(backend: &Backend, serving: impl FnOnce(Door) -> Mcp) -> Router {
    layered(routes::router_serving(backend, serving).fallback(error::unknown_path), backend)
}

/// `router` behind the request layer, which gives each request its id, [`domain::client::Client`] and, when somebody
/// is signed in, [`domain::actor::Actor`] as extensions, and each answer its headers.
pub fn layered(router: Router, backend: &Backend) -> Router {
    let router = router.layer(from_fn_with_state(Gate::new(backend), request::pass));
    // Before a route is chosen.
    Router::new().fallback_service(router.map_request(rest::projects::led))
}
