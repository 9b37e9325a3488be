//! Draws a page once more when the renderer trips over itself.
//!
//! While the content of a page loads, leptos walks it on another thread under an owner that it throws away. A walk that
//! reads a signal that is gone panics, and the page may panic too, or wait for the end of the walk for ever. What was
//! known to do that is mended; as drawing a page changes nothing, one that fails all the same is drawn again.

use axum::body::Body;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// How often a page is drawn at most; what fails as often is a fault of its own.
const TRIES: usize = 3;
/// What is not drawn by then waits for something that will not come: a page that waits for Basecamp gives up earlier.
const PATIENCE: Duration = Duration::from_secs(20);

/// Answers a request for a page with the first drawing that ends.
pub(crate) async fn draw_again(request: Request, next: Next) -> Response {
    draw_within(PATIENCE, request, next).await
}

async fn draw_within(patience: Duration, request: Request, next: Next) -> Response {
    if request.method() != Method::GET || request.uri().path().starts_with("/fn/") {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    for _ in 1..TRIES {
        let same = Request::from_parts(parts.clone(), Body::empty());
        // Nothing of a drawing outlives it.
        let drawing = AssertUnwindSafe(next.clone().run(same)).catch_unwind();
        if let Ok(Ok(page)) = tokio::time::timeout(patience, drawing).await {
            return page;
        }
        tracing::warn!("a page is drawn again");
    }
    next.run(Request::from_parts(parts, body)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::http::StatusCode;
    use axum::middleware::from_fn;
    use axum::routing::{get, post};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tower::ServiceExt;

    /// Fails as often as that, then answers.
    fn pages(fails: usize, drawn: &Arc<AtomicUsize>) -> Router {
        let drawn = Arc::clone(drawn);
        let draw = move || {
            let count = drawn.fetch_add(1, Ordering::Relaxed);
            async move {
                assert!(count >= fails, "this drawing fails");
                "page"
            }
        };
        Router::new()
            .route("/page", get(draw.clone()))
            .route("/fn/change", post(draw))
            .layer(from_fn(draw_again))
    }

    #[tokio::test]
    async fn a_page_that_fails_is_drawn_again() {
        let drawn = Arc::new(AtomicUsize::new(0));
        let request = Request::get("/page").body(Body::empty()).unwrap();
        let answer = pages(2, &drawn).oneshot(request).await.unwrap();
        assert_eq!((answer.status(), drawn.load(Ordering::Relaxed)), (StatusCode::OK, 3));
    }

    #[tokio::test]
    async fn a_page_that_never_comes_is_drawn_again() {
        let drawn = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&drawn);
        let draw = move || {
            let is_first = count.fetch_add(1, Ordering::Relaxed) == 0;
            async move {
                if is_first {
                    std::future::pending::<()>().await;
                }
                "page"
            }
        };
        let again = |request, next| draw_within(Duration::from_millis(20), request, next);
        let pages = Router::new().route("/page", get(draw)).layer(from_fn(again));
        let request = Request::get("/page").body(Body::empty()).unwrap();
        let answer = pages.oneshot(request).await.unwrap();
        assert_eq!((answer.status(), drawn.load(Ordering::Relaxed)), (StatusCode::OK, 2));
    }

    #[tokio::test]
    async fn what_changes_something_is_done_once() {
        let drawn = Arc::new(AtomicUsize::new(0));
        let request = Request::post("/fn/change").body(Body::empty()).unwrap();
        let done = AssertUnwindSafe(pages(9, &drawn).oneshot(request)).catch_unwind().await;
        assert_eq!((done.is_err(), drawn.load(Ordering::Relaxed)), (true, 1));
    }
}
