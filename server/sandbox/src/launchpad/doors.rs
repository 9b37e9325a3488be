//! The addresses of the sign-in service.

use super::{Asked, Launchpad, NoToken};
use crate::Sandbox;
use axum::Json;
use axum::body::Bytes;
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;
use url::{Url, form_urlencoded};

/// What a browser or an app sent.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).into_owned().collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        found.filter(|it| !it.is_empty())
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == Some(value)
    }
}

/// Answers what belongs to the service; none for anything else, and where no app is registered.
pub(crate) async fn answer(sandbox: &Sandbox, parts: &Parts, body: &Bytes) -> Option<Response> {
    let launchpad = &sandbox.0.launchpad;
    let integration = launchpad.integration.as_ref()?;
    match (&parts.method, parts.uri.path()) {
        (&Method::GET, "/authorization/new") => {
            let form = Form::read(parts.uri.query().unwrap_or_default().as_bytes());
            if !form.is("client_id", &integration.client_id) {
                return Some(page(StatusCode::BAD_REQUEST, "<p>This app is not known here.</p>"));
            }
            Some(asking(sandbox, &form).await)
        }
        (&Method::POST, "/authorization/token") => {
            let form = Form::read(body);
            let is_known = form.is("client_id", &integration.client_id)
                && form.is("client_secret", &integration.client_secret);
            let given = if is_known {
                tokens(launchpad, &form)
            } else {
                Err(NoToken(401, "invalid_client"))
            };
            Some(match given {
                Ok(answer) => Json(answer).into_response(),
                Err(NoToken(status, error)) => {
                    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
                    (status, Json(json!({ "error": error }))).into_response()
                }
            })
        }
        (&Method::GET, "/authorization/apps") => Some(page(
            StatusCode::OK,
            "<p>PM OS may use your accounts.</p><form method=\"post\" action=\"/authorization/apps\">\
             <button>Remove PM OS</button></form>",
        )),
        (&Method::POST, "/authorization/apps") => {
            sandbox.take_back();
            Some(page(StatusCode::OK, "<p>PM OS may not use your accounts any more.</p>"))
        }
        _ => None,
    }
}

async fn asking(sandbox: &Sandbox, form: &Form) -> Response {
    let launchpad = &sandbox.0.launchpad;
    let is_right = form.is("response_type", "code") || form.is("type", "web_server");
    let back = form.get("redirect_uri").and_then(|it| Url::parse(it).ok());
    let challenge = form.get("code_challenge").map(str::to_owned);
    let is_plain = challenge.is_some() && !form.is("code_challenge_method", "S256");
    let Some(mut back) = back.filter(|_| is_right && !is_plain) else {
        return page(StatusCode::BAD_REQUEST, "<p>This request cannot be understood.</p>");
    };
    let behaviour = launchpad.behaviour();
    let chosen = form.get("identity").and_then(|it| it.parse().ok());
    let has_answered = chosen.is_some() || form.get("declined").is_some();
    if behaviour.asks && !has_answered {
        return question(launchpad, form);
    }
    let redirect_uri = form.get("redirect_uri").unwrap_or_default().to_owned();
    let state = form.get("state").unwrap_or_default().to_owned();
    if behaviour.declines || form.get("declined").is_some() {
        back.query_pairs_mut().append_pair("error", "access_denied").append_pair("state", &state);
        return away(&back);
    }
    let first = || launchpad.identities().first().map(|it| it.id);
    let identity = chosen.or_else(first).unwrap_or_default();
    if let Err(error) = sandbox.make_accounts(identity).await {
        tracing::error!(%error, "the sample Basecamp cannot be written");
        return page(StatusCode::INSUFFICIENT_STORAGE, "<p>The storage is full.</p>");
    }
    let Some(code) = launchpad.agree(identity, Asked { redirect_uri, challenge }) else {
        return page(StatusCode::BAD_REQUEST, "<p>Nobody signs in as this.</p>");
    };
    back.query_pairs_mut().append_pair("code", &code).append_pair("state", &state);
    away(&back)
}

fn question(launchpad: &Launchpad, form: &Form) -> Response {
    let link = |name: &str, value: &str, words: &str| {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&form.0)
            .append_pair(name, value)
            .finish();
        let query = query.replace('&', "&amp;");
        format!("<p><a href=\"/authorization/new?{query}\">{words}</a></p>")
    };
    let people: String = launchpad
        .identities()
        .iter()
        .map(|it| {
            link("identity", &it.id.to_string(), &format!("Yes, allow access as {}", it.email))
        })
        .collect();
    let body = format!("<p>PM OS asks for access.</p>{people}{}", link("declined", "1", "No"));
    page(StatusCode::OK, &body)
}

fn tokens(launchpad: &Launchpad, form: &Form) -> Result<serde_json::Value, NoToken> {
    const WRONG: NoToken = NoToken(400, "invalid_request");
    let kind = form.get("grant_type").or_else(|| form.get("type"));
    match kind {
        Some("authorization_code" | "web_server") => {
            let code = form.get("code").ok_or(WRONG)?;
            let redirect_uri = form.get("redirect_uri").ok_or(WRONG)?;
            launchpad.exchange(code, redirect_uri, form.get("code_verifier"))
        }
        Some("refresh_token" | "refresh") => {
            launchpad.renew(form.get("refresh_token").ok_or(WRONG)?)
        }
        _ => Err(NoToken(400, "unsupported_grant_type")),
    }
}

fn away(to: &Url) -> Response {
    (StatusCode::FOUND, [(LOCATION, to.as_str())]).into_response()
}

fn page(status: StatusCode, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sample sign-in</title></head>\
         <body><main><h1>Sample sign-in</h1>{body}</main></body></html>"
    );
    (status, Html(html)).into_response()
}
