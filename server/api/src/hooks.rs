//! Requests that start flows (contract.md 9). Their address is their secret: whoever knows it may call, from anywhere.

use crate::answers;
use crate::body;
use crate::error::{Answer, Refusal};
use crate::routes::{Route, Who};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, SET_COOKIE, TRANSFER_ENCODING, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use backend::Backend;
use basecamp::hooks::{HookCall, Told};
use domain::actor::{Actor, Permission};
use domain::ids::{FlowId, RunId};
use domain::problem::Problem;
use flow::hooks::{HookAnswer, HookRefusal, Wait};
use flow::payload::HookRequest;
use serde_json::{Value, json};

const WEBHOOK_ID: HeaderName = HeaderName::from_static("x-webhook-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What the connection itself decides, and what would touch the sessions of our own pages.
const KEPT_BACK: [HeaderName; 5] =
    [CONNECTION, CONTENT_LENGTH, SET_COOKIE, TRANSFER_ENCODING, UPGRADE];

/// Whether a path is one that other sites call without a session.
pub(crate) fn is_hook(path: &str) -> bool {
    let is_draft = || path.ends_with("/draft") || path.ends_with("/draft/sync");
    path.starts_with("/hooks/")
        || answers::is_answer(path)
        || (path.starts_with("/api/v1/webhooks/") && !is_draft())
}

/// Whether a path takes bodies of the size of webhooks.
pub(crate) fn takes_payloads(path: &str) -> bool {
    path.starts_with("/hooks/") || path.starts_with("/api/v1/webhooks/")
}

pub(crate) fn routes() -> Vec<Route> {
    let write = Who::Signed(Permission::Write);
    let answered = |wait| {
        move |backend: State<Backend>, hook: Path<String>, request: Request| {
            live((backend, hook), request, wait)
        }
    };
    let tried = |wait| {
        move |backend: State<Backend>,
              actor: Extension<Actor>,
              hook: Path<String>,
              request: Request| { draft((backend, hook), actor, request, wait) }
    };
    let mut all = vec![
        Route::post("/hooks/{flow}/{secret}", Who::Public, secret),
        Route::post("/hooks/basecamp/{token}", Who::Public, basecamp),
    ];
    all.extend(Route::any("/api/v1/webhooks/{hook}", Who::Public, answered(Wait::No)));
    all.extend(Route::any("/api/v1/webhooks/{hook}/sync", Who::Public, answered(Wait::ForAnswer)));
    all.extend(Route::any("/api/v1/webhooks/{hook}/draft", write, tried(Wait::No)));
    all.extend(Route::any("/api/v1/webhooks/{hook}/draft/sync", write, tried(Wait::ForAnswer)));
    all
}

async fn live(
    (State(backend), Path(hook)): (State<Backend>, Path<String>),
    request: Request,
    wait: Wait,
) -> Answer {
    let (came, id) = came(request).await?;
    told(backend.runs.hook(&hook, &came, wait).await, &id)
}

async fn draft(
    (State(backend), Path(hook)): (State<Backend>, Path<String>),
    Extension(actor): Extension<Actor>,
    request: Request,
    wait: Wait,
) -> Answer {
    let (came, id) = came(request).await?;
    told(backend.runs.hook_draft(&actor, &hook, &came, wait).await, &id)
}

async fn secret(
    State(backend): State<Backend>,
    Path((flow, secret)): Path<(String, String)>,
    request: Request,
) -> Answer {
    let (came, id) = came(request).await?;
    let mut response = told(backend.runs.hook_of(&FlowId::from(flow), &secret, &came).await, &id)?;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::ACCEPTED;
    }
    Ok(response)
}

/// Basecamp tells that something happened: kept when this answers, followed later.
async fn basecamp(
    State(backend): State<Backend>,
    Path(token): Path<String>,
    request: Request,
) -> Answer {
    let headers = request.headers().clone();
    let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    let (agent, signature) = (header("user-agent"), header("x-basecamp-signature"));
    let body = body::read(request).await?;
    let call = HookCall { agent, signature, body: &body };
    match backend.basecamp.hook_called(&token, call).await? {
        Told::Kept | Told::Known => Ok(Json(json!({ "ok": true })).into_response()),
        Told::Nobody => Err(Problem::not_found("Webhook").into()),
    }
}

/// The request as flows see it, and its id.
pub(crate) async fn came(request: Request) -> Result<(HookRequest, String), Problem> {
    let (method, query) = (request.method().to_string(), request.uri().query().map(str::to_owned));
    let headers: Vec<_> = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect();
    let id = request.headers().get(REQUEST_ID).and_then(|it| it.to_str().ok()).map(str::to_owned);
    let headers = headers.into_iter().filter(|(name, _)| name != "cookie").collect();
    let body = body::read(request).await?.to_vec();
    let came = HookRequest { method, headers, query: query.unwrap_or_default(), body };
    Ok((came, id.unwrap_or_default()))
}

fn told(outcome: Result<HookAnswer, HookRefusal>, request_id: &str) -> Result<Response, Refusal> {
    match outcome {
        Ok(answer) => Ok(answered(answer)),
        Err(refusal) => refused(refusal, request_id),
    }
}

fn answered(answer: HookAnswer) -> Response {
    match answer {
        HookAnswer::Heard => Json(json!({ "ok": true, "sample": true })).into_response(),
        HookAnswer::Accepted { run } => with_id(&run, json!({ "ok": true, "runId": run })),
        HookAnswer::Finished { run, output } => {
            with_id(&run, json!({ "ok": true, "runId": run, "output": output }))
        }
        HookAnswer::Failed { run, error } => {
            let body = json!({ "ok": false, "error": error, "runId": run });
            (StatusCode::INTERNAL_SERVER_ERROR, with_id(&run, body)).into_response()
        }
        HookAnswer::StillRunning { run } => {
            let error = "The flow did not answer in time. Its run goes on";
            let body = json!({ "ok": false, "error": error, "code": "SYNC_TIMEOUT", "runId": run });
            (StatusCode::REQUEST_TIMEOUT, with_id(&run, body)).into_response()
        }
        HookAnswer::Responded { run, status, headers, body } => {
            responded(&run, status, (headers, body))
        }
    }
}

fn with_id(run: &RunId, body: Value) -> Response {
    let mut response = Json(body).into_response();
    if let Ok(id) = HeaderValue::from_str(run.as_str()) {
        response.headers_mut().insert(WEBHOOK_ID, id);
    }
    response
}

/// The answer a flow made. Headers that are none are left out.
fn responded(
    run: &RunId,
    status: u16,
    (headers, body): (Vec<(String, String)>, Value),
) -> Response {
    let mut given = HeaderMap::new();
    for (name, value) in headers {
        let header = name.parse::<HeaderName>().ok().zip(HeaderValue::from_str(&value).ok());
        if let Some((name, value)) = header.filter(|(name, _)| !KEPT_BACK.contains(name)) {
            given.append(name, value);
        }
    }
    let (bytes, kind) = match body {
        Value::Null => (String::new(), None),
        Value::String(text) => (text, Some("text/plain; charset=utf-8")),
        json => (json.to_string(), Some("application/json")),
    };
    if let Some(kind) = kind.filter(|_| !given.contains_key(CONTENT_TYPE)) {
        given.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    if let Ok(id) = HeaderValue::from_str(run.as_str()) {
        given.insert(WEBHOOK_ID, id);
    }
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    *response.headers_mut() = given;
    response
}

fn refused(refusal: HookRefusal, request_id: &str) -> Result<Response, Refusal> {
    let (status, code, error) = match refusal {
        HookRefusal::Problem(problem) => return Err(problem.into()),
        HookRefusal::Unknown => (StatusCode::GONE, "GONE", "No flow has this address"),
        HookRefusal::SwitchedOff => {
            (StatusCode::NOT_FOUND, "NOT_FOUND", "This flow is switched off")
        }
        HookRefusal::Unauthorized => {
            let error = "The flow's check refused this request. Send the name and password or header it asks for";
            (StatusCode::UNAUTHORIZED, "NOT_AUTHENTICATED", error)
        }
    };
    let body = json!({ "ok": false, "error": error, "code": code, "requestId": request_id });
    Ok((status, Json(body)).into_response())
}
