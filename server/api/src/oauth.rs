//! Signing in to `/mcp` with a browser in place of a key (OAuth 2.1): where everything is, asking the person, tokens.

use crate::body;
use crate::error::{Answer, Refusal};
use crate::routes::{Route, Who};
use auth::oauth_tokens::{Exchange, NoTokens, Tokens};
use axum::extract::{RawQuery, Request, State};
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use backend::Backend;
use backend::chat_clients::Begun;
use domain::actor::{Actor, Permission};
use domain::client::Client;
use domain::oauth::Decision;
use domain::problem::Problem;
use serde_json::{Value, json};
use std::collections::HashMap;
use url::form_urlencoded;

/// The page that asks the person.
pub(crate) const PAGE: &str = "/oauth/consent";
const OF_RESOURCE: &str = "/.well-known/oauth-protected-resource/mcp";
const SCOPES: [&str; 2] = ["read", "write"];

pub(crate) fn routes() -> Vec<Route> {
    let at_root = "/.well-known/oauth-protected-resource";
    vec![
        Route::get(OF_RESOURCE, Who::Public, resource),
        Route::get(at_root, Who::Public, resource),
        Route::get("/.well-known/oauth-authorization-server", Who::Public, server),
        Route::get("/oauth/authorize", Who::Public, authorize),
        Route::post("/oauth/decide", Who::Person(Permission::Read), decide),
        Route::post("/oauth/token", Who::Public, token),
        Route::post("/oauth/revoke", Who::Public, revoke),
        Route::post("/oauth/register", Who::Public, register),
    ]
}

/// What `/mcp` says to a client that must sign somebody in. `error` is the word for a token that does not count.
pub(crate) fn challenge(backend: &Backend, error: Option<&str>) -> Option<HeaderValue> {
    let base = backend.base_url();
    let error = error.map(|it| format!("error=\"{it}\", ")).unwrap_or_default();
    let scope = SCOPES.join(" ");
    let text =
        format!("Bearer {error}resource_metadata=\"{base}{OF_RESOURCE}\", scope=\"{scope}\"");
    HeaderValue::from_str(&text).ok()
}

async fn resource(State(backend): State<Backend>) -> Json<Value> {
    Json(json!({
        "resource": backend.chat_clients.resource(),
        "authorization_servers": [backend.chat_clients.issuer()],
        "scopes_supported": SCOPES,
        "bearer_methods_supported": ["header"],
        "resource_name": "PM OS",
    }))
}

async fn server(State(backend): State<Backend>) -> Json<Value> {
    let issuer = backend.chat_clients.issuer();
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth/authorize"),
        "token_endpoint": format!("{issuer}/oauth/token"),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "registration_endpoint": format!("{issuer}/oauth/register"),
        "scopes_supported": SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": true,
    }))
}

/// The page says what is wrong with a request that cannot be answered to its client.
async fn authorize(
    State(backend): State<Backend>,
    Extension(client): Extension<Client>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = query.unwrap_or_default();
    let asker = client.ip.unwrap_or_default();
    let target = match backend.chat_clients.begin(&query, &asker).await {
        Ok(Begun::Back(address)) => address,
        Err(limited @ Problem::RateLimited { .. }) => return Err(limited.into()),
        Ok(Begun::Ask) | Err(_) => format!("{PAGE}?{query}"),
    };
    goes_to(&target)
}

fn goes_to(address: &str) -> Answer {
    let wrong = |_| {
        Problem::invalid(
            "redirect_uri",
            "redirect_uri is not an address. Send the one the client registered",
        )
    };
    let location = HeaderValue::from_str(address).map_err(wrong)?;
    let headers = [(LOCATION, location), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// The answer of the person, from a plain form.
async fn decide(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    request: Request,
) -> Answer {
    let form = form(request).await?;
    let decision = Decision {
        is_allowed: value(&form, "decision") == "allow",
        role: value(&form, "role"),
        ask_first: form.contains_key("asks"),
    };
    let wish = value(&form, "request");
    goes_to(&backend.chat_clients.decide(&actor, &wish, &decision).await?)
}

async fn token(
    State(backend): State<Backend>,
    Extension(client): Extension<Client>,
    request: Request,
) -> Answer {
    let form = form(request).await?;
    let given = Exchange {
        grant_type: value(&form, "grant_type"),
        client_id: value(&form, "client_id"),
        code: value(&form, "code"),
        redirect_uri: value(&form, "redirect_uri"),
        verifier: value(&form, "code_verifier"),
        refresh_token: value(&form, "refresh_token"),
        resource: form.get("resource").cloned(),
    };
    let ours = backend.chat_clients.resource();
    match backend.auth.exchange(&client, given, &ours).await {
        Ok(tokens) => Ok(secret(StatusCode::OK, &pair(&tokens))),
        Err(NoTokens::Refused(code, words)) => Ok(refused(code, words)),
        Err(NoTokens::Failed(problem)) => Err(problem.into()),
    }
}

fn pair(tokens: &Tokens) -> Value {
    json!({
        "access_token": tokens.access,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in_s,
        "refresh_token": tokens.refresh,
        "scope": tokens.scope,
    })
}

/// Answers the same for a token that is none: nobody learns which ones exist.
async fn revoke(
    State(backend): State<Backend>,
    Extension(client): Extension<Client>,
    request: Request,
) -> Answer {
    let form = form(request).await?;
    let (token, client_id) = (value(&form, "token"), value(&form, "client_id"));
    backend.auth.revoke_token(&client, &token, &client_id).await?;
    Ok(secret(StatusCode::OK, &json!({})))
}

async fn register(
    State(backend): State<Backend>,
    Extension(client): Extension<Client>,
    request: Request,
) -> Answer {
    let metadata = Value::Object(body::object_or_none(request).await?.unwrap_or_default());
    let made = match backend.auth.register_client(&client, &metadata).await {
        Ok(made) => made,
        Err(Problem::Invalid { issues }) => {
            let issue = issues.first();
            let is_address = issue.is_some_and(|it| it.field == "redirect_uris");
            let code = if is_address { "invalid_redirect_uri" } else { "invalid_client_metadata" };
            return Ok(refused(code, issue.map_or("", |it| it.message.as_str())));
        }
        Err(problem) => return Err(Refusal::from(problem)),
    };
    let body = json!({
        "client_id": made.id,
        "client_id_issued_at": backend.auth.clock().now_ms() / 1000,
        "client_name": made.name,
        "redirect_uris": made.redirect_uris,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "scope": SCOPES.join(" "),
    });
    Ok(secret(StatusCode::CREATED, &body))
}

fn refused(code: &str, words: &str) -> Response {
    let body = json!({"error": code, "error_description": words});
    secret(StatusCode::BAD_REQUEST, &body)
}

fn secret(status: StatusCode, body: &Value) -> Response {
    let headers = [
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("pragma"), HeaderValue::from_static("no-cache")),
    ];
    (status, headers, Json(body)).into_response()
}

async fn form(request: Request) -> Result<HashMap<String, String>, Problem> {
    check_type(request.headers())?;
    let bytes = body::read(request).await?;
    let mut fields = HashMap::new();
    for (name, value) in form_urlencoded::parse(&bytes) {
        if fields.insert(name.to_string(), value.into_owned()).is_some() {
            return Err(Problem::invalid(name.as_ref(), format!("Give {name} once")));
        }
    }
    Ok(fields)
}

fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get("content-type").and_then(|it| it.to_str().ok()).unwrap_or_default();
    let is_form = kind.starts_with("application/x-www-form-urlencoded");
    if is_form { Ok(()) } else { Err(Problem::invalid("body", "Send the fields of a form")) }
}

fn value(form: &HashMap<String, String>, name: &str) -> String {
    form.get(name).cloned().unwrap_or_default()
}
