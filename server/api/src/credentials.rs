//! What a request shows to say whose it is: an API key in one of the places of contract.md 0.2, else a session.

use crate::{body, hooks};
use auth::keys::KeyHolder;
use axum::body::Body;
use axum::extract::{Query, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Uri};
use bytes::Bytes;
use domain::actor::Actor;
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::Value;

const KEY_HEADERS: [&str; 2] = ["x-bcgpt-api-key", "x-api-key"];
const BODY_FIELD: &str = "api_key";
/// The only addresses whose query may hold a key. They are logged without it.
const QUERY_PATHS: [&str; 2] = ["/connect", "/api/chat/stream"];

/// Whose request it is, as the request layer found out.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// Nobody we know.
    Nobody,
    /// A signed-in person with a browser.
    Person(Actor),
    /// A person's API key.
    Key(KeyHolder),
    /// A key that is unknown, taken back or expired; it never falls back to the session beside it.
    WrongKey,
}

impl Caller {
    /// Who is asking, where that is known.
    pub(crate) fn actor(&self) -> Option<&Actor> {
        match self {
            Self::Person(actor) => Some(actor),
            Self::Key(holder) => Some(&holder.actor),
            Self::Nobody | Self::WrongKey => None,
        }
    }
}

/// The key that the request shows, right or wrong. A JSON body is read for it and put back.
///
/// # Errors
/// [`Problem::TooLarge`], and [`Problem::Invalid`] for a body that ended early.
pub(crate) async fn key(request: &mut Request) -> Result<Option<String>, Problem> {
    if let Some(key) = of_headers(request.headers()) {
        return Ok(Some(key));
    }
    // A payload that tries a draft out is the flow's, whatever its fields are called.
    let is_ours = !hooks::takes_payloads(request.uri().path());
    let has_body = !matches!(*request.method(), Method::GET | Method::HEAD);
    if is_ours && has_body && is_json(request.headers()) {
        let bytes = body::collect(request).await?;
        *request.body_mut() = Body::from(bytes.clone());
        if let Some(key) = of_body(&bytes) {
            return Ok(Some(key));
        }
    }
    Ok(of_query(request.method(), request.uri()))
}

fn of_headers(headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).map(str::trim);
    let bearer = text(AUTHORIZATION.as_str()).and_then(|it| {
        let (scheme, key) = it.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    });
    let named = KEY_HEADERS.into_iter().filter_map(text);
    named.chain(bearer).find(|it| !it.is_empty()).map(str::to_owned)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// Bodies without the field are not parsed twice.
fn of_body(bytes: &Bytes) -> Option<String> {
    if !bytes.windows(BODY_FIELD.len()).any(|it| it == BODY_FIELD.as_bytes()) {
        return None;
    }
    let body: Value = serde_json::from_slice(bytes).ok()?;
    some(body.get(BODY_FIELD)?.as_str())
}

#[derive(Default, Deserialize)]
struct Given {
    api_key: Option<String>,
    #[serde(rename = "apiKey")]
    other_spelling: Option<String>,
}

fn of_query(method: &Method, uri: &Uri) -> Option<String> {
    if *method != Method::GET || !QUERY_PATHS.contains(&uri.path()) {
        return None;
    }
    let Query(given) = Query::<Given>::try_from_uri(uri).ok()?;
    some(given.api_key.as_deref()).or_else(|| some(given.other_spelling.as_deref()))
}

fn some(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
        let header = |it: &(&'static str, &str)| {
            (HeaderName::from_static(it.0), HeaderValue::from_str(it.1).unwrap())
        };
        all.iter().map(header).collect()
    }

    #[test]
    fn headers_are_looked_through_in_order() {
        let all = [("authorization", "Bearer c"), ("x-api-key", "b"), ("x-bcgpt-api-key", "a")];
        assert_eq!(of_headers(&headers(&all)).as_deref(), Some("a"));
        assert_eq!(of_headers(&headers(&all[..2])).as_deref(), Some("b"));
        assert_eq!(of_headers(&headers(&all[..1])).as_deref(), Some("c"));
        for other in ["Basic c", "Bearer ", "Bearer", ""] {
            assert_eq!(of_headers(&headers(&[("authorization", other)])), None, "{other}");
        }
    }

    #[test]
    fn the_query_counts_on_two_addresses_only() {
        let of = |uri: &'static str| of_query(&Method::GET, &Uri::from_static(uri));
        assert_eq!(of("/connect?api_key=a").as_deref(), Some("a"));
        assert_eq!(of("/api/chat/stream?message=x&apiKey=a").as_deref(), Some("a"));
        assert_eq!(of("/api/chat/sessions?api_key=a"), None);
        assert_eq!(of("/connect?api_key="), None);
    }
}
