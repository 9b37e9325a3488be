//! Signing in at Basecamp, and the page for those who work with a key (contract.md 6.1 to 6.3).

use crate::body;
use crate::credentials::Caller;
use crate::error::Answer;
use crate::headers::PageNonce;
use crate::mcp::{Served, caller};
use crate::plain_page::escaped;
use crate::query::Query;
use crate::routes::{Route, SIGNED_IN, Who};
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::{Extension, Json};
use backend::Backend;
use backend::connect::Landing;
use basecamp::oauth::{Came, LIVES_S, NotSignedIn};
use domain::actor::{Actor, Via};
use domain::client::Client;
use domain::integration::{AccountChoice, Sharing};
use domain::keys::KeyGrant;
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::{Value, json};

/// What the browser that began a sign-in shows when it comes back.
const BROWSER: &str = "pmos_basecamp";
const PAGE: &str = include_str!("connect.html");
/// The page of a sign-in that did not work.
const FAILED: &str = include_str!("failed.html");

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/auth/basecamp/start", Who::Anybody, start),
        Route::get("/auth/basecamp/callback", Who::Anybody, callback),
        Route::get("/connect", Who::Public, connect),
        Route::get("/startbcgpt", Who::Anybody, state),
        Route::post("/select_account", Who::Anybody, select),
        Route::post("/logout", SIGNED_IN, log_out),
    ]
}

/// The person with a browser. A key begins no sign-in.
fn person(actor: Option<&Extension<Actor>>) -> Option<&Actor> {
    actor.map(|it| &it.0).filter(|it| it.via == Via::Ui)
}

#[derive(Deserialize)]
struct Wish {
    #[serde(default, rename = "for")]
    sharing: String,
    #[serde(default)]
    back: String,
}

async fn start(
    State(backend): State<Backend>,
    actor: Option<Extension<Actor>>,
    Extension(client): Extension<Client>,
    Query(wish): Query<Wish>,
) -> Response {
    let sharing = Sharing::parse(&wish.sharing).unwrap_or(Sharing::Personal);
    let actor = person(actor.as_ref());
    match backend.basecamp.begin_sign_in(actor, sharing, &wish.back).await {
        Ok(begun) => {
            let cookie = cookie(&begun.browser, LIVES_S, &client);
            (StatusCode::FOUND, [(LOCATION, begun.address), (SET_COOKIE, cookie)]).into_response()
        }
        Err(problem) => {
            let hint = match &problem {
                Problem::NeedsSetup { hint, .. } => format!("{problem}. {hint}"),
                _ => problem.to_string(),
            };
            failed(&NotSignedIn { status: problem.status(), words: hint })
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Back {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

async fn callback(
    State(backend): State<Backend>,
    actor: Option<Extension<Actor>>,
    (Extension(client), Extension(nonce)): (Extension<Client>, Extension<PageNonce>),
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Response {
    let browser = browser(&headers);
    let came = Came {
        state: back.state.as_deref(),
        code: back.code.as_deref(),
        error: back.error.as_deref(),
        browser: browser.as_deref(),
    };
    let landed = backend.land(&client, person(actor.as_ref()), came).await;
    let mut response = match landed {
        Ok(Landing::Back(path)) => away(&path),
        Ok(Landing::Connected) => away("/connect?connected=1"),
        Ok(Landing::SignUp) => away("/sign-up"),
        Ok(Landing::NewKey(key)) => page(&backend, &nonce, &key),
        Err(refused) => failed(&refused),
    };
    if let Ok(cookie) = cookie("", 0, &client).parse() {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

fn away(path: &str) -> Response {
    (StatusCode::FOUND, [(LOCATION, path.to_owned())]).into_response()
}

fn cookie(value: &str, seconds: i64, client: &Client) -> String {
    let secure = if client.is_secure { "; Secure" } else { "" };
    format!(
        "{BROWSER}={value}; HttpOnly; SameSite=Lax; Path=/auth/basecamp; Max-Age={seconds}{secure}"
    )
}

fn browser(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(COOKIE).iter().filter_map(|it| it.to_str().ok());
    let mut pairs = all.flat_map(|it| it.split(';')).filter_map(|it| it.trim().split_once('='));
    pairs.find(|(name, _)| *name == BROWSER).map(|(_, value)| value.to_owned())
}

/// Says why, with a way to try again.
fn failed(refused: &NotSignedIn) -> Response {
    let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::BAD_REQUEST);
    let words = escaped(&refused.words);
    let html = FAILED.replace("{{words}}", &words);
    (status, Html(html)).into_response()
}

/// The page; `key` is that of somebody new, else empty.
fn page(backend: &Backend, nonce: &PageNonce, key: &str) -> Response {
    let html = PAGE
        .replace("{{nonce}}", &nonce.0)
        .replace("{{base}}", &escaped(&backend.base_url()))
        .replace("{{key}}", &escaped(key));
    ([(CACHE_CONTROL, "no-store")], Html(html)).into_response()
}

async fn connect(
    State(backend): State<Backend>,
    Extension(nonce): Extension<PageNonce>,
) -> Response {
    page(&backend, &nonce, "")
}

/// What a client must know to go on; never fails.
async fn state(
    Extension(served): Extension<Served>,
    actor: Option<Extension<Actor>>,
    grant: Option<Extension<KeyGrant>>,
) -> Json<Value> {
    let told = served.door.call(&caller(actor, grant), "startbcgpt", &json!({}), "action").await;
    Json(told.unwrap_or_else(|failure| {
        json!({
            "connected": false, "user": null, "user_key": null, "api_key": null, "selected_account_id": null,
            "accounts": [], "connect_url": "/connect", "reauth_url": "/auth/basecamp/start",
            "select_account_url": "/connect", "select_account_endpoint": "/select_account",
            "logout_url": "/logout", "message": failure.message()
        })
    }))
}

fn refusal(status: StatusCode, code: &str, words: &str, more: Value) -> Response {
    let mut body = json!({"ok": false, "error": words, "code": code});
    if let (Value::Object(all), Value::Object(more)) = (&mut body, more) {
        all.extend(more);
    }
    (status, Json(body)).into_response()
}

/// Chooses the account to work with.
async fn select(State(backend): State<Backend>, request: Request) -> Answer {
    let caller = request.extensions().get::<Caller>().cloned().unwrap_or(Caller::Nobody);
    let links = || json!({"reauth_url": "/auth/basecamp/start", "connect_url": "/connect"});
    let actor = match (&caller, caller.actor()) {
        (_, Some(actor)) => actor.clone(),
        (Caller::WrongKey, None) => {
            let words = "This API key is not known, was taken back, or ended";
            return Ok(refusal(StatusCode::UNAUTHORIZED, "NOT_AUTHENTICATED", words, links()));
        }
        (_, None) => {
            let words = "Send an API key, or sign in";
            return Ok(refusal(StatusCode::BAD_REQUEST, "API_KEY_REQUIRED", words, links()));
        }
    };
    let given = body::object_or_none(request).await?.unwrap_or_default();
    let wanted = given.get("account_id");
    let wanted = wanted.and_then(|it| it.as_i64().or_else(|| it.as_str()?.trim().parse().ok()));
    let Some(wanted) = wanted else {
        let words = "Say which account: account_id";
        return Ok(refusal(StatusCode::BAD_REQUEST, "ACCOUNT_ID_REQUIRED", words, json!({})));
    };
    let all = backend.basecamp.accesses(&actor).await?.connections;
    let is_wanted = |it: &&AccountChoice| it.id == wanted;
    let found = all.iter().find(|it| it.may_change && it.accounts.iter().any(|it| is_wanted(&it)));
    let accounts: Vec<_> = all.iter().flat_map(|it| it.accounts.iter()).collect();
    let Some(access) = found else {
        let words = "None of your sign-ins opens this account";
        let more = json!({ "accounts": accounts });
        return Ok(refusal(StatusCode::BAD_REQUEST, "ACCOUNT_NOT_FOUND", words, more));
    };
    backend.basecamp.choose_account(&actor, &access.id, wanted).await?;
    let body = json!({"ok": true, "selected_account_id": wanted, "accounts": accounts});
    Ok(Json(body).into_response())
}

/// Nothing is remembered between calls, so there is nothing to forget: the key and the access keep working.
async fn log_out(grant: Option<Extension<KeyGrant>>) -> Json<Value> {
    let key = grant.map(|it| it.0.masked).filter(|it| !it.is_empty());
    let message = "Signed out here. The key and the access to Basecamp keep working";
    Json(json!({"ok": true, "connected": false, "api_key": key, "message": message}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_from_outside_are_text() {
        assert_eq!(escaped("<b a=\"&\">"), "&lt;b a=&quot;&amp;&quot;&gt;");
    }
}
