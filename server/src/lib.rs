//! The whole of PM OS as one router, callable from tests.

pub mod assets;
mod pages;
mod redraw;

use api::headers::Plain;
use axum::Router;
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use backend::Backend;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate, SizeAbove};

/// Shorter answers take more time to pack than to send, bytes.
const WORTH_PACKING: u16 = 1_024;

/// Pages, server functions, files and every other address, behind the request layer.
pub fn router(backend: Backend) -> Router {
    // Not what is packed already, not pictures, not streams of events.
    let packing = DefaultPredicate::new().and(SizeAbove::new(WORTH_PACKING)).and(is_to_pack);
    // A page is packed while somebody waits: fast is better than small.
    let packed =
        CompressionLayer::new().quality(CompressionLevel::Precise(4)).compress_when(packing);
    let routes = Router::new().merge(assets::routes()).merge(api::routes::router(&backend));
    api::layered(routes.merge(pages::routes(backend.clone())).layer(packed), &backend)
}

fn is_to_pack(_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions) -> bool {
    extensions.get::<Plain>().is_none()
}
