//! Apps for everybody who may see them (contract.md 7.1): the gallery, numbers, runs, running one.

use crate::body::Body;
use crate::credentials::Caller;
use crate::error::{Answer, Refusal};
use crate::query::Query;
use crate::routes::{Route, Who};
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use backend::Backend;
use backend::visitors::{self, Asked, Executed, Visitor};
use domain::actor::{Actor, Permission};
use domain::app::{AppFilter, Mode};
use domain::client::Client;
use domain::ids::RunId;
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;

/// How long the caller of a run waits, for the words of the answer.
const PATIENCE: &str = "The app still runs. Its output comes later, under its runs";

pub(crate) fn routes() -> Vec<Route> {
    let anybody = Who::Anybody;
    vec![
        Route::get("/apps/api/apps", anybody, list),
        Route::get("/apps/api/apps/{id}", anybody, get),
        Route::get("/apps/api/apps/{id}/stats", anybody, stats),
        Route::get("/apps/api/apps/{id}/runs", anybody, runs),
        Route::get("/apps/api/apps/{id}/runs/{run}", anybody, run),
        Route::post("/apps/{id}/execute", anybody, execute).once(),
        Route::get("/apps/api/session", Who::Person(Permission::Read), session),
    ]
}

/// Who asks: a member, somebody else, or a browser.
pub(crate) struct Guest(pub(crate) Visitor);

impl<S: Send + Sync> FromRequestParts<S> for Guest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let actor = match parts.extensions.get::<Caller>() {
            Some(Caller::Person(actor)) => Some(actor.clone()),
            Some(Caller::Key(holder)) if !holder.grant.is_for_tools_only() => {
                Some(holder.actor.clone())
            }
            _ => None,
        };
        let client = parts.extensions.get::<Client>().cloned().unwrap_or_default();
        Ok(Self(visitors::visitor(actor, word(&parts.headers), client)))
    }
}

/// The word of a browser.
pub(crate) fn word(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
    let mut pairs = all.flat_map(|it| it.split(';')).filter_map(|it| it.trim().split_once('='));
    pairs.find(|it| it.0 == visitors::COOKIE).map(|it| it.1.to_owned())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Listing {
    cursor: Option<String>,
    limit: Option<String>,
    search: String,
    category: String,
    featured: Option<String>,
}

async fn list(
    State(backend): State<Backend>,
    Guest(visitor): Guest,
    Query(listing): Query<Listing>,
) -> Answer<Json<Value>> {
    let featured = match listing.featured.as_deref() {
        None | Some("") => None,
        Some("true" | "1") => Some(true),
        Some("false" | "0") => Some(false),
        Some(_) => return Err(Problem::invalid("featured", "Give true or false").into()),
    };
    let filter = AppFilter {
        cursor: listing.cursor,
        limit: number("limit", listing.limit.as_deref())?,
        search: listing.search,
        category: listing.category,
        featured,
    };
    let page = backend.apps.list(&visitor, &filter).await?;
    Ok(Json(json!(page)))
}

/// A number of a query; 0 when it is left out.
fn number(field: &str, text: Option<&str>) -> Result<u32, Problem> {
    match text.filter(|it| !it.is_empty()) {
        None => Ok(0),
        Some(text) => {
            text.parse().map_err(|_| Problem::invalid(field, format!("Give a number for {field}")))
        }
    }
}

async fn get(
    State(backend): State<Backend>,
    Guest(visitor): Guest,
    Path(id): Path<String>,
) -> Answer<Json<Value>> {
    Ok(Json(json!(backend.apps.get(&visitor, &id).await?)))
}

async fn stats(
    State(backend): State<Backend>,
    Guest(visitor): Guest,
    Path(id): Path<String>,
) -> Answer<Json<Value>> {
    Ok(Json(json!(backend.apps.stats(&visitor, &id).await?)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Recent {
    limit: Option<String>,
}

async fn runs(
    State(backend): State<Backend>,
    Guest(visitor): Guest,
    Path(id): Path<String>,
    Query(recent): Query<Recent>,
) -> Answer<Json<Value>> {
    let limit = number("limit", recent.limit.as_deref())?;
    let runs = backend.apps.runs(&visitor, &id, i64::from(limit)).await?;
    Ok(Json(json!({ "data": runs })))
}

async fn run(
    State(backend): State<Backend>,
    Guest(visitor): Guest,
    Path((id, run)): Path<(String, RunId)>,
) -> Answer<Json<Value>> {
    Ok(Json(json!(backend.apps.run(&visitor, &id, &run).await?)))
}

async fn session(Extension(actor): Extension<Actor>) -> Json<Value> {
    Json(json!({
        "authenticated": true, "userId": actor.user, "platformId": actor.workspace,
    }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct How {
    mode: String,
}

#[derive(Deserialize)]
struct Inputs {
    inputs: Value,
    credentials: Option<Value>,
}

async fn execute(
    State(backend): State<Backend>,
    Guest(mut visitor): Guest,
    Path(id): Path<String>,
    Query(how): Query<How>,
    Body(given): Body<Inputs>,
) -> Answer {
    let mode = match how.mode.as_str() {
        "" | "sync" => Mode::Sync,
        "async" => Mode::Async,
        _ => return Err(Problem::invalid("mode", "Give sync or async as mode").into()),
    };
    let cookie = visitors::known(&mut visitor);
    let asked = Asked { inputs: given.inputs, credentials: given.credentials, mode };
    let executed = backend.apps.execute(&visitor, &id, &asked).await;
    let mut response = match executed {
        Ok(executed) => told(executed, &visitor.client.request_id),
        Err(problem) => Refusal::from(problem).into_response(),
    };
    if let Some(cookie) = cookie.and_then(|it| HeaderValue::from_str(&it).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn told(executed: Executed, request_id: &str) -> Response {
    let (status, body) = match executed {
        Executed::Output { run, output, status, took_ms } => {
            (status, json!({"output": output, "executionTime": took_ms, "runId": run}))
        }
        Executed::Failed { run, error } => (500, json!({"error": error, "runId": run})),
        Executed::StillRunning { run } => (504, json!({"error": PATIENCE, "runId": run})),
        Executed::Queued { run, took_ms } => (
            202,
            json!({
                "queued": true, "requestId": request_id, "executionTime": took_ms, "runId": run,
                "message": "The app was started. Its output comes later, under its runs",
            }),
        ),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    (status, Json(body)).into_response()
}
