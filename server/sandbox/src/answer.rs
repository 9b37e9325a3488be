//! Answers as HTTP: statuses, pages, entity tags, request ids.

use crate::account::Account;
use crate::call::{Answer, Call};
use crate::paging::{self, Page};
use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LINK, LOCATION, RETRY_AFTER,
};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io;
use url::form_urlencoded;

/// Says on a 501 which call is missing.
const MARKER: HeaderName = HeaderName::from_static("x-sandbox-unimplemented");

/// The answer as a response.
pub(crate) fn response(answer: Answer, call: &Call, parts: &Parts) -> Response {
    match answer {
        Answer::Record(status, record) => tagged(status, &record, parts),
        Answer::Whole(items) => tagged(200, &Value::Array(items), parts),
        Answer::List(items) => paged(paging::geared(items, call.page()), call, parts),
        Answer::Page(page) => paged(page, call, parts),
        Answer::Enveloped(name, mut around, page) => {
            let (next, total) = (page.next, page.total);
            around[name] = page.items.into();
            linked(tagged(200, &around, parts), (next, total), call, parts)
        }
        Answer::Moved(place) => (StatusCode::FOUND, [(LOCATION, place)]).into_response(),
        Answer::Empty => StatusCode::NO_CONTENT.into_response(),
        Answer::Refused(status, body) => (code(status), Json(body)).into_response(),
        Answer::Unimplemented => unimplemented(call),
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn unimplemented(call: &Call) -> Response {
    let name = format!("{} /{}", call.method, call.path.join("/"));
    let body = Json(json!({"error": format!("The sample Basecamp does not answer {name} yet")}));
    let mut response = (StatusCode::NOT_IMPLEMENTED, body).into_response();
    if let Ok(value) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(MARKER, value);
    }
    response
}

fn paged(page: Page<Value>, call: &Call, parts: &Parts) -> Response {
    let place = (page.next, page.total);
    linked(tagged(200, &Value::Array(page.items), parts), place, call, parts)
}

/// With the count of the whole collection and the way to the next page.
fn linked(
    mut response: Response,
    (next, total): (Option<usize>, usize),
    call: &Call,
    parts: &Parts,
) -> Response {
    let headers = response.headers_mut();
    headers.insert("x-total-count", total.into());
    if let Some(next) = next
        && let Ok(link) =
            HeaderValue::from_str(&format!("<{}>; rel=\"next\"", page_url(call, parts, next)))
    {
        headers.insert(LINK, link);
    }
    response
}

fn page_url(call: &Call, parts: &Parts, number: usize) -> String {
    let origin = call.links.api.rsplit_once('/').map_or("", |(origin, _)| origin);
    let kept = call.query.iter().filter(|(name, _)| name != "page");
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("page", &number.to_string())
        .finish();
    format!("{origin}{}?{query}", parts.uri.path())
}

/// JSON with a weak entity tag; a repeated read of the same is 304.
fn tagged(status: u16, body: &Value, parts: &Parts) -> Response {
    let text = body.to_string();
    let digest = hex::encode(Sha256::digest(text.as_bytes()));
    let tag = format!("W/\"{}\"", digest.get(..32).unwrap_or_default());
    let is_known =
        parts.headers.get(IF_NONE_MATCH).is_some_and(|it| it.as_bytes() == tag.as_bytes());
    let headers = [
        (CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "max-age=0, private, must-revalidate".to_owned()),
        (ETAG, tag),
    ];
    if is_known && status == 200 {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (code(status), headers, Body::from(text)).into_response()
}

/// A failure of the service itself.
pub(crate) fn fault(status: u16, retry_after: Option<u64>) -> Response {
    let mut response =
        (code(status), Json(json!({"error": "The service is not well"}))).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// The same head, with a page that holds nothing and leads nowhere.
pub(crate) fn emptied(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(LINK);
    parts.headers.remove(ETAG);
    Response::from_parts(parts, Body::from("[]"))
}

/// The same head and half of the body: then the connection ends.
pub(crate) async fn cut_off(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = whole.slice(..whole.len() / 2);
    let ends = io::Error::new(io::ErrorKind::ConnectionReset, "cut off");
    let mut response =
        Response::from_parts(parts, Body::from_stream(stream::iter([Ok(half), Err(ends)])));
    response.headers_mut().insert(CONTENT_LENGTH, whole.len().into());
    response
}

/// The same head, and a body that goes on for ever.
pub(crate) fn endless(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    let more = || Ok::<_, io::Error>(Bytes::from_static(&[b' '; 65_536]));
    Response::from_parts(parts, Body::from_stream(stream::repeat_with(more)))
}

/// The same page, with a next one on another server.
pub(crate) fn lured(mut response: Response) -> Response {
    let link =
        HeaderValue::from_static("<https://elsewhere.example/1/page.json?page=2>; rel=\"next\"");
    response.headers_mut().insert(LINK, link);
    response
}

/// The same page, with its next one reached by another scheme.
pub(crate) fn rerouted(mut response: Response) -> Response {
    let link = response.headers().get(LINK).and_then(|it| it.to_str().ok());
    let other = link.map(|it| it.replacen("<http:", "<https:", 1));
    if let Some(other) = other.and_then(|it| HeaderValue::from_str(&it).ok()) {
        response.headers_mut().insert(LINK, other);
    }
    response
}

/// With an id that names this request.
pub(crate) fn identified(mut response: Response) -> Response {
    let id = format!("{:032x}", rand::random::<u128>());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// Who the token is and what it opens, as the sign-in service tells it.
pub(crate) fn launchpad(account: &Account, base_url: &str) -> Response {
    let owner = account.person(account.owner_id());
    let (first, last) = owner.and_then(|it| it.name.split_once(' ')).unwrap_or_default();
    let href = format!("{base_url}/{}", account.id);
    let product = json!({
        "product": "bc3", "id": account.id, "name": account.name, "href": href,
        "app_href": format!("https://app.basecamp.test/{}", account.id)
    });
    let identity = json!({
        "id": account.owner_id() + 1, "first_name": first, "last_name": last,
        "email_address": owner.map(|it| it.email.as_str())
    });
    Json(json!({"expires_at": "2099-01-01T00:00:00.000Z", "identity": identity, "accounts": [product]}))
        .into_response()
}
