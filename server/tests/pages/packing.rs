//! What is sent packed, and what is not.

use super::Place;
use axum::body::Body;
use axum::http::{Request, header};
use tower::ServiceExt;

/// How the answer to `path` is packed, if it is; its body is not waited for.
async fn packing(place: &Place, path: &str, cookie: &str, accepted: &str) -> Option<String> {
    let request = Request::get(path)
        .header(header::HOST, "pmos.test")
        .header(header::COOKIE, format!("pmos_session={cookie}"))
        .header(header::ACCEPT_ENCODING, accepted);
    let request = request.body(Body::empty()).unwrap();
    let answer = place.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let packing = answer.headers().get(header::CONTENT_ENCODING);
    packing.map(|it| it.to_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_long_answers_are_sent_packed() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    for path in ["/", "/flows", "/api/tools"] {
        assert_eq!(
            packing(&place, path, &owner, "gzip, br").await.as_deref(),
            Some("gzip"),
            "{path}"
        );
        assert_eq!(packing(&place, path, &owner, "identity").await, None, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_and_short_answers_are_sent_as_they_are() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    for path in ["/api/pmos/events", "/health"] {
        assert_eq!(packing(&place, path, &owner, "gzip").await, None, "{path}");
    }
}
