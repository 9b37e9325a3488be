//! Basecamp's sign-in service: the address where a person agrees, tokens, and what a token opens.

use crate::config::Integration;
use crate::{Inner, app, failure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use basecamp_sdk::{Error, ErrorCode};
use domain::integration::AccountChoice;
use domain::problem::Problem;
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use reqwest::{Method, RequestBuilder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;
use store::ids;
use url::{Url, form_urlencoded};

/// The product whose accounts have this API.
const PRODUCT: &str = "bc3";
/// Bytes of an answer, as for tokens.
const ANSWER: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(15);

/// Who signed in there. Not the person inside an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The id of the sign-in.
    pub id: i64,
    /// First and last name.
    pub name: String,
    /// Verified by nobody.
    pub email: String,
}

/// What a token says of itself.
#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    pub(crate) identity: Identity,
    /// Those with this API.
    pub(crate) accounts: Vec<AccountChoice>,
}

/// What proves that who exchanges a code is who asked for it (PKCE, S256).
pub(crate) struct Proof {
    pub(crate) verifier: String,
    challenge: String,
}

impl Proof {
    pub(crate) fn fresh() -> Self {
        let verifier = URL_SAFE_NO_PAD.encode(ids::random_bytes::<32>());
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        Self { verifier, challenge }
    }
}

/// What the service gives for a code or a refresh token. Never printed.
#[derive(Deserialize)]
pub(crate) struct Given {
    pub(crate) access_token: String,
    /// None leaves the one before in force.
    #[serde(default)]
    pub(crate) refresh_token: Option<String>,
    /// Seconds.
    #[serde(default)]
    pub(crate) expires_in: Option<i64>,
}

/// Where a person agrees.
pub(crate) fn address(
    inner: &Inner,
    integration: &Integration,
    state: &str,
    proof: &Proof,
) -> Result<String, Problem> {
    let text = format!("{}/authorization/new", inner.config.launchpad_url);
    let mut url = Url::parse(&text)
        .map_err(|_| failure::unavailable("The address of Basecamp's sign-in is not set right"))?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &integration.client_id)
        .append_pair("redirect_uri", &inner.config.redirect_uri)
        .append_pair("state", state)
        .append_pair("code_challenge", &proof.challenge)
        .append_pair("code_challenge_method", "S256");
    Ok(url.into())
}

/// Tokens for the code that the browser brought.
pub(crate) async fn exchange(
    inner: &Inner,
    integration: &Integration,
    code: &str,
    verifier: &str,
) -> Result<Given, Error> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &inner.config.redirect_uri),
        ("code_verifier", verifier),
    ];
    tokens(inner, integration, &form).await
}

/// Tokens for a refresh token.
pub(crate) async fn renew(inner: &Inner, refresh: &str) -> Result<Given, Error> {
    let integration = app::needed(inner).await?;
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    tokens(inner, &integration, &form).await
}

async fn tokens(
    inner: &Inner,
    integration: &Integration,
    form: &[(&str, &str)],
) -> Result<Given, Error> {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .append_pair("client_id", &integration.client_id)
        .append_pair("client_secret", &integration.client_secret)
        .finish();
    let url = format!("{}/authorization/token", inner.config.launchpad_url);
    let request = inner.transport.request(Method::POST, &url).body(body);
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let (status, body) = heard(inner, request).await?;
    if (200..300).contains(&status) {
        let given = serde_json::from_slice::<Given>(&body).ok();
        let given = given.filter(|it| !it.access_token.is_empty());
        return given.ok_or_else(|| Error::new(ErrorCode::ApiError, "the answer holds no token"));
    }
    let told: Option<NoToken> = serde_json::from_slice(&body).ok();
    let word = told.map(|it| it.error).unwrap_or_default();
    let is_refused = status == 401
        || ["invalid_grant", "invalid_client", "unauthorized_client", "access_denied"]
            .contains(&word.as_str());
    let code = if is_refused { ErrorCode::AuthRequired } else { ErrorCode::ApiError };
    Err(Error::new(code, format!("no token: {status} {word}")).with_status(status))
}

/// Whether a service that refused a code knew who brought it; none when its answer does not say.
pub(crate) fn knows_app(error: &Error) -> Option<bool> {
    let told = error.message();
    let is_unknown = ["invalid_client", "unauthorized_client"].iter().any(|it| told.contains(it));
    if is_unknown || error.http_status() == Some(401) {
        return Some(false);
    }
    told.contains("invalid_grant").then_some(true)
}

#[derive(Deserialize)]
struct NoToken {
    error: String,
}

/// Status and body of an answer, which is small.
async fn heard(inner: &Inner, request: RequestBuilder) -> Result<(u16, Vec<u8>), Error> {
    let failed = |error: reqwest::Error| {
        let error = error.without_url();
        if error.is_timeout() { Error::network_timeout(error) } else { Error::network(error) }
    };
    let request = request.header(USER_AGENT, inner.config.user_agent()).timeout(PATIENCE);
    let mut answer = request.send().await.map_err(failed)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(failed)? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER {
            return Err(Error::new(ErrorCode::ApiError, "the answer is too large"));
        }
    }
    Ok((answer.status().as_u16(), body))
}

#[derive(Deserialize)]
struct Told {
    identity: ToldIdentity,
    accounts: Vec<ToldAccount>,
}

#[derive(Deserialize)]
struct ToldIdentity {
    id: i64,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    email_address: String,
}

#[derive(Deserialize)]
struct ToldAccount {
    product: String,
    id: i64,
    name: String,
}

/// Whose `token` is and what it opens, asked at `base_url`: the sign-in service, or the sample.
pub(crate) async fn authorization(
    inner: &Inner,
    base_url: &str,
    token: &str,
) -> Result<Authorization, Error> {
    let url = format!("{base_url}/authorization.json");
    let request = inner.transport.request(Method::GET, &url).bearer_auth(token);
    let (status, body) = heard(inner, request).await?;
    if status == 401 {
        return Err(Error::new(ErrorCode::AuthRequired, "the token is not accepted"));
    }
    if status != 200 {
        let words = format!("the sign-in service answered with {status}");
        return Err(Error::new(ErrorCode::ApiError, words).with_status(status));
    }
    let told: Told = serde_json::from_slice(&body)
        .map_err(|_| Error::new(ErrorCode::ApiError, "the answer cannot be read"))?;
    Ok(read(told))
}

fn read(told: Told) -> Authorization {
    let ToldIdentity { id, first_name, last_name, email_address } = told.identity;
    let name = format!("{first_name} {last_name}").trim().to_owned();
    let accounts = told.accounts.into_iter().filter(|it| it.product == PRODUCT);
    Authorization {
        identity: Identity { id, name, email: email_address },
        accounts: accounts.map(|it| AccountChoice { id: it.id, name: it.name }).collect(),
    }
}
