//! Request bodies: JSON objects of a limited size, refused with words that name the field.

use crate::error::Refusal;
use crate::rest::projects;
use crate::{forms, hooks};
use axum::body::Body as Stream;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use domain::flow::nested;
use domain::problem::{Issue, Problem};
use domain::record::LARGEST_FILE;
use futures::TryStreamExt;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Bodies about accounts (contract.md 0.5).
const AUTH_LIMIT: usize = 32 * 1024;
/// Bodies of webhooks.
const HOOK_LIMIT: usize = 5 * 1024 * 1024;

/// A JSON object read as `T`. Fields that `T` does not name are ignored.
pub struct Body<T>(pub T);

/// A JSON object of which nothing is read, or no body at all.
pub struct NoBody;

/// How large the body of this request may be, and that it is about accounts.
#[derive(Clone, Copy)]
struct Limit {
    bytes: usize,
    is_auth: bool,
}

/// Ends the body of `request` at the limit of its path, whoever reads it.
pub(crate) fn limit(request: &mut Request, path: &str, json_limit: usize) {
    let is_auth = path.starts_with("/api/pmos/auth/");
    let bytes = match path {
        _ if is_auth => AUTH_LIMIT.min(json_limit),
        _ if hooks::takes_payloads(path) => HOOK_LIMIT,
        _ if forms::is_form(path) => forms::BODY_LIMIT,
        _ if projects::takes_file(path) => LARGEST_FILE as usize,
        _ => json_limit,
    };
    let body = std::mem::take(request.body_mut());
    *request.body_mut() = Stream::new(Limited::new(body, bytes));
    request.extensions_mut().insert(Limit { bytes, is_auth });
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refusal> {
        let headers = request.headers().clone();
        // Before anything is refused: a connection whose request was left half read cannot be used again.
        let bytes = read(request).await?;
        check_type(&headers)?;
        let object = object(&bytes)?;
        let read = serde_path_to_error::deserialize(object);
        Ok(Self(read.map_err(|error| wrong_field(&error, "body"))?))
    }
}

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refusal> {
        let headers = request.headers().clone();
        let bytes = read(request).await?;
        if !bytes.is_empty() {
            check_type(&headers)?;
            object(&bytes)?;
        }
        Ok(Self)
    }
}

/// The fields of a JSON object, or none when there is no body at all.
pub(crate) async fn object_or_none(
    request: Request,
) -> Result<Option<Map<String, Value>>, Problem> {
    let headers = request.headers().clone();
    let bytes = read(request).await?;
    if bytes.is_empty() {
        return Ok(None);
    }
    check_type(&headers)?;
    match object(&bytes)? {
        Value::Object(fields) => Ok(Some(fields)),
        _ => Ok(None),
    }
}

/// The whole body, up to the limit of its path.
///
/// # Errors
/// [`Problem::TooLarge`], and [`Problem::Invalid`] for bodies about accounts.
pub async fn read(mut request: Request) -> Result<Bytes, Problem> {
    collect(&mut request).await
}

/// The body as it comes, up to the limit of its path; the errors are those of [`read`].
pub(crate) fn parts(
    request: Request,
) -> impl futures::Stream<Item = Result<Bytes, Problem>> + Send {
    let limit = request.extensions().get::<Limit>().copied();
    let parts = request.into_body().into_data_stream();
    TryStreamExt::map_err(parts, move |error| unread(error, limit))
}

/// The same, taken out of the request.
pub(crate) async fn collect(request: &mut Request) -> Result<Bytes, Problem> {
    let limit = request.extensions().get::<Limit>().copied();
    match std::mem::take(request.body_mut()).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) => Err(unread(error, limit)),
    }
}

fn unread(error: axum::Error, limit: Option<Limit>) -> Problem {
    let is_too_large = is_limit_error(&error);
    match limit.filter(|_| is_too_large) {
        Some(limit) if limit.is_auth => {
            Problem::invalid("body", "The body is too large: give at most 32 KB")
        }
        Some(limit) => {
            Problem::TooLarge { limit_bytes: u64::try_from(limit.bytes).unwrap_or(u64::MAX) }
        }
        None => Problem::invalid("body", "The body ended early. Send it again"),
    }
}

fn is_limit_error(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// A form of another site can send text, but not this type.
fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let text = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let kind = text.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(Problem::UnsupportedMediaType)
    }
}

fn object(bytes: &[u8]) -> Result<Value, Problem> {
    // A flow may be nested as deep as its row of steps is long.
    let read = std::str::from_utf8(bytes).ok().and_then(|text| nested::read(text).ok());
    let value: Value = read.ok_or_else(|| {
        // Without the payload: it may hold a secret.
        tracing::info!(bytes = bytes.len(), "a body is not JSON");
        Problem::InvalidJson
    })?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(Problem::invalid("body", "Send a JSON object, with braces around it"))
    }
}

/// The field by its path. The library's words are for programmers, so they are not passed on.
pub(crate) fn wrong_field<E: std::fmt::Display>(
    error: &serde_path_to_error::Error<E>,
    whole: &str,
) -> Problem {
    let path = error.path().to_string();
    let text = error.inner().to_string();
    let missing = text.strip_prefix("missing field `").and_then(|it| it.split('`').next());
    let issue = match (missing, path.as_str()) {
        (Some(field), ".") => Issue::new(field, format!("{field} is missing")),
        (Some(field), path) => Issue::new(format!("{path}.{field}"), format!("{field} is missing")),
        (None, ".") => Issue::new(whole, format!("The {whole} has the wrong shape")),
        (None, path) => Issue::new(path, format!("{path} has the wrong type or value")),
    };
    Problem::Invalid { issues: vec![issue] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Step {
        #[expect(dead_code, reason = "only its type matters")]
        name: String,
    }

    fn refused(text: &str) -> (String, String) {
        let error = serde_path_to_error::deserialize::<_, Step>(object(text.as_bytes()).unwrap());
        let Problem::Invalid { issues } = wrong_field(&error.unwrap_err(), "body") else {
            panic!()
        };
        (issues[0].field.clone(), issues[0].message.clone())
    }

    #[test]
    fn a_wrong_field_is_named() {
        assert_eq!(refused("{}"), ("name".to_owned(), "name is missing".to_owned()));
        let wrong = ("name".to_owned(), "name has the wrong type or value".to_owned());
        assert_eq!(refused(r#"{"name": 7}"#), wrong);
    }

    #[test]
    fn a_long_row_of_steps_is_read() {
        let row = format!("{}null{}", r#"{"nextAction":"#.repeat(500), "}".repeat(500));
        let value = object(format!(r#"{{"trigger":{row}}}"#).as_bytes()).unwrap();
        assert_eq!(value["trigger"]["nextAction"].as_array().map(Vec::len), Some(499));
        let deep = format!(r#"{{"list":{}{}}}"#, "[".repeat(500), "]".repeat(500));
        assert_eq!(object(deep.as_bytes()), Err(Problem::InvalidJson));
    }

    #[test]
    fn only_an_object_is_a_body() {
        assert_eq!(object(b"{"), Err(Problem::InvalidJson));
        assert!(matches!(object(b"[]"), Err(Problem::Invalid { .. })));
    }
}
