//! From an HTTP request to a call, and from an answer back.

use crate::account::Account;
use crate::answer;
use crate::call::{Answer, Call, Links};
use crate::faults::Fault;
use crate::guard::{self, Refused};
use crate::{Sandbox, control, launchpad, record, routes, storage, webhook};
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use url::form_urlencoded;

/// Bytes of a request body; to-dos and comments are small.
const BODY_LIMIT: usize = 1024 * 1024;
/// Bytes of a file.
const FILE_LIMIT: usize = 64 * 1024 * 1024;

pub(crate) fn router(sandbox: Sandbox) -> Router {
    Router::new().fallback(receive).with_state(sandbox)
}

async fn receive(State(sandbox): State<Sandbox>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let is_file = parts.uri.path().ends_with("/attachments.json");
    let limit = if is_file { FILE_LIMIT } else { BODY_LIMIT };
    let Ok(body) = to_bytes(body, limit).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    if let Some(response) = control::answer(&sandbox, &parts, &body).await {
        return response;
    }
    sandbox.log(&parts);
    let address = parts.uri.path_and_query().map_or("", |it| it.as_str());
    let response = match sandbox.0.faults.next(&format!("{} {address}", parts.method)) {
        Some(Fault::Status(status)) => answer::fault(status, None),
        Some(Fault::TooMany { retry_after }) => answer::fault(429, Some(u64::from(retry_after))),
        Some(Fault::Slow(delay)) => {
            let response = admit(&sandbox, &parts, &body).await;
            tokio::time::sleep(delay).await;
            response
        }
        Some(Fault::LostAnswer) => {
            drop(admit(&sandbox, &parts, &body).await);
            answer::fault(502, None)
        }
        Some(Fault::EmptyPage) => answer::emptied(admit(&sandbox, &parts, &body).await),
        Some(Fault::ForeignLink) => answer::lured(admit(&sandbox, &parts, &body).await),
        Some(Fault::OtherScheme) => answer::rerouted(admit(&sandbox, &parts, &body).await),
        Some(Fault::CutOff) => answer::cut_off(admit(&sandbox, &parts, &body).await).await,
        Some(Fault::Endless) => answer::endless(admit(&sandbox, &parts, &body).await),
        Some(Fault::Pass) | None => admit(&sandbox, &parts, &body).await,
    };
    answer::identified(response)
}

async fn admit(sandbox: &Sandbox, parts: &Parts, body: &Bytes) -> Response {
    if let Err(retry_after) = sandbox.0.limiter.take() {
        return answer::fault(429, Some(retry_after));
    }
    let response = match take(sandbox, parts, body).await {
        Ok(response) => response,
        Err(Refused(response)) => *response,
    };
    if sandbox.0.is_unchanged_free && response.status() == StatusCode::NOT_MODIFIED {
        sandbox.0.limiter.give_back();
    }
    response
}

async fn take(sandbox: &Sandbox, parts: &Parts, body: &Bytes) -> Result<Response, Refused> {
    if let Some(response) = storage::answer(sandbox, parts).await {
        return Ok(response);
    }
    // Browsers and token requests say nothing of us.
    if let Some(response) = launchpad::doors::answer(sandbox, parts, body).await {
        return Ok(response);
    }
    guard::user_agent(&parts.headers)?;
    let path = parts.uri.path().trim_matches('/');
    let path = path.strip_suffix(".json").unwrap_or(path);
    if path == "authorization" {
        let told = sandbox.0.launchpad.told(guard::token(&parts.headers), &sandbox.base_url());
        if let Some(told) = told {
            return Ok(axum::Json(told).into_response());
        }
        let account = guard::owner(sandbox, &parts.headers).await?;
        return Ok(answer::launchpad(&account, &sandbox.base_url()));
    }
    if let Some((id, call)) = line_of_chatbot(sandbox, parts, body).await? {
        // A chatbot is not told which line it became.
        return Ok(match carry_out(sandbox, id, &call).await {
            Answer::Record(..) => StatusCode::CREATED.into_response(),
            other => answer::response(other, &call, parts),
        });
    }
    let mut segments: Vec<String> = path.split('/').map(str::to_owned).collect();
    let (account, person) = guard::account(sandbox, &parts.headers, &segments.remove(0)).await?;
    let body = guard::body(parts, body)?;
    let call = call(sandbox, parts, segments, body).ok_or_else(guard::missing)?;
    let outcome = if person == account.owner_id() {
        carry_out(sandbox, account.id, &call).await
    } else {
        carry_out_as(sandbox, (&account, person), &call).await
    };
    Ok(answer::response(outcome, &call, parts))
}

/// A line that a chatbot posts: the key in its address is all it brings. Gives the account, and the call that posts it.
async fn line_of_chatbot(
    sandbox: &Sandbox,
    parts: &Parts,
    body: &Bytes,
) -> Result<Option<(i64, Call)>, Refused> {
    let path = parts.uri.path().trim_matches('/').trim_end_matches(".json");
    let segments: Vec<&str> = path.split('/').collect();
    let [account, "integrations", key, "buckets", bucket, "chats", chat, "lines"] = segments[..]
    else {
        return Ok(None);
    };
    let (Ok(id), Ok(chat_id), true) =
        (account.parse(), chat.parse::<i64>(), parts.method == Method::POST)
    else {
        return Err(guard::missing());
    };
    let account = sandbox.0.accounts.get(id).await.ok_or_else(guard::missing)?;
    let mut bots = account.records.iter().filter(|it| it.kind == "Chatbot");
    let is_it = bots.any(|it| {
        it.parent_id == chat_id && record::chatbot_key(&account.token_hash, it.id) == key
    });
    let path = ["buckets", bucket, "chats", chat, "lines"].map(str::to_owned).to_vec();
    let call = call(sandbox, parts, path, guard::body(parts, body)?);
    match call.filter(|_| is_it) {
        Some(call) => Ok(Some((id, call))),
        None => Err(guard::missing()),
    }
}

/// Takes the bucket out of the path, so that flat and bucket-scoped routes meet.
fn call(sandbox: &Sandbox, parts: &Parts, mut path: Vec<String>, body: Value) -> Option<Call> {
    let account = parts.uri.path().trim_start_matches('/').split('/').next()?.to_owned();
    let bucket = if path.len() > 2 && path.first().is_some_and(|it| it == "buckets") {
        let id = path.get(1)?.parse().ok()?;
        path.drain(..2);
        Some(id)
    } else {
        None
    };
    let query = parts.uri.query().unwrap_or_default();
    Some(Call {
        method: parts.method.clone(),
        path,
        bucket,
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        body,
        now: sandbox.0.clock.now(),
        today: sandbox.today(),
        bumps: sandbox.0.bumps,
        span_names: sandbox.0.span_names,
        feed_delay: sandbox.0.feed_delay,
        links: Links {
            api: format!("{}/{account}", sandbox.base_url()),
            app: format!("https://app.basecamp.test/{account}"),
        },
    })
}

/// The same for somebody who was let in beside the owner.
async fn carry_out_as(
    sandbox: &Sandbox,
    (account, person): (&Account, i64),
    call: &Call,
) -> Answer {
    let seen = account.seen_by(person);
    if let Some(refused) = seen.refusal(call) {
        return refused;
    }
    let answer = if call.method == Method::GET || call.method == Method::HEAD {
        routes::read(&seen, call)
    } else {
        change(sandbox, (account.id, Some(person)), call).await
    };
    seen.redacted(answer, sandbox.0.emails)
}

async fn carry_out(sandbox: &Sandbox, account: i64, call: &Call) -> Answer {
    if call.method == Method::GET || call.method == Method::HEAD {
        let found = sandbox.0.accounts.get(account).await;
        return found.map_or_else(Answer::not_found, |it| routes::read(&it, call));
    }
    change(sandbox, (account, None), call).await
}

async fn change(sandbox: &Sandbox, (account, person): (i64, Option<i64>), call: &Call) -> Answer {
    let changed = sandbox.0.accounts.change(account, |account| {
        let before = account.happenings.len();
        account.speaks = person;
        let answer = routes::write(account, call);
        account.speaks = None;
        let is_changed = answer.succeeded();
        ((answer, webhook::deliveries(account, call, before)), is_changed)
    });
    match changed.await {
        Ok(Some((answer, deliveries))) => {
            sandbox.0.deliverer.take(sandbox, deliveries);
            answer
        }
        Ok(None) => Answer::not_found(),
        Err(error) => {
            tracing::error!(%error, "the sample Basecamp cannot be written");
            Answer::Refused(507, serde_json::json!({"error": "The storage is full"}))
        }
    }
}
