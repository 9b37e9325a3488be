//! The whole of PM OS as one router, callable from tests.

pub mod assets;
mod pages;
mod redraw;

use axum::Router;
use backend::Backend;

/// Pages, server functions, files and every other address, behind the request layer.
pub fn router(backend: Backend) -> Router {
    let routes = Router::new().merge(assets::routes()).merge(api::routes::router(&backend));
    api::layered(routes.merge(pages::routes(backend.clone())), &backend)
}
