//! Apps for those who make them (contract.md 7.1), and the numbers over all of them.

use crate::body::Body;
use crate::error::{Answer, Refusal};
use crate::query::Query;
use crate::rest::apps::Guest;
use crate::rest::audit::time;
use crate::routes::{Route, Who};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use backend::Backend;
use backend::apps::Scope;
use domain::actor::Actor;
use domain::app::AppChange;
use domain::ids::FlowId;
use domain::problem::Problem;
use domain::template::Visibility;
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn routes() -> Vec<Route> {
    let anybody = Who::Anybody;
    vec![
        Route::get("/apps/api/publisher/apps", anybody, managed),
        Route::get("/apps/api/publisher/templates", anybody, templates),
        Route::post("/apps/api/publisher/templates", anybody, keep_template),
        Route::post("/apps/api/publisher/publish", anybody, publish),
        Route::put("/apps/api/publisher/apps/{id}", anybody, update),
        Route::delete("/apps/api/publisher/apps/{id}", anybody, unpublish),
        Route::post("/apps/api/publisher/seed-defaults", anybody, seed),
        Route::get("/apps/api/telemetry/platform", anybody, platform),
        Route::get("/apps/api/telemetry/top-apps", anybody, top_apps),
        Route::get("/apps/api/telemetry/execution-distribution", anybody, distribution),
    ]
}

/// Who is signed in; these routes answer others like those who may not.
fn person(guest: Guest) -> Result<Actor, Problem> {
    let message = "Sign in to publish apps".to_owned();
    guest.0.actor.ok_or(Problem::Forbidden { message })
}

/// These routes have their own word for what is not allowed.
fn answered(outcome: Result<Response, Problem>) -> Answer {
    match outcome {
        Err(Problem::Forbidden { message }) => {
            let body = json!({"ok": false, "error": message, "code": "AUTHORIZATION"});
            Ok((StatusCode::FORBIDDEN, Json(body)).into_response())
        }
        Err(problem) => Err(Refusal::from(problem)),
        Ok(response) => Ok(response),
    }
}

fn data(rows: impl serde::Serialize) -> Response {
    Json(json!({ "data": rows })).into_response()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Search {
    search: String,
}

async fn managed(
    State(backend): State<Backend>,
    guest: Guest,
    Query(search): Query<Search>,
) -> Answer {
    let found = async { Ok(data(backend.apps.managed(&person(guest)?, &search.search).await?)) };
    answered(found.await)
}

async fn templates(
    State(backend): State<Backend>,
    guest: Guest,
    Query(search): Query<Search>,
) -> Answer {
    let found = async { Ok(data(backend.apps.templates(&person(guest)?, &search.search).await?)) };
    answered(found.await)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewTemplate {
    flow_id: FlowId,
    #[serde(default)]
    name: String,
    #[serde(default)]
    visibility: Visibility,
}

async fn keep_template(
    State(backend): State<Backend>,
    guest: Guest,
    Body(new): Body<NewTemplate>,
) -> Answer {
    let kept = async {
        let (actor, named) = (person(guest)?, (new.name.as_str(), new.visibility));
        let kept = backend.apps.keep_template(&actor, &new.flow_id, named).await?;
        Ok((StatusCode::CREATED, Json(kept)).into_response())
    };
    answered(kept.await)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Publishing {
    template_id: String,
    #[serde(flatten)]
    change: AppChange,
}

async fn publish(State(backend): State<Backend>, guest: Guest, Body(body): Body<Value>) -> Answer {
    let published = async {
        let actor = person(guest)?;
        let Publishing { template_id, change } = read(body)?;
        let app = backend.apps.publish(&actor, &template_id, change).await?;
        Ok((StatusCode::CREATED, Json(app)).into_response())
    };
    answered(published.await)
}

/// The body read after it is known who sends it, so that a stranger learns nothing about its shape.
fn read<T: serde::de::DeserializeOwned>(body: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let path = error.path().to_string();
        let text = error.inner().to_string();
        let missing = text.strip_prefix("missing field `").and_then(|it| it.split('`').next());
        match missing {
            Some(field) => Problem::invalid(field, format!("{field} is missing")),
            None => Problem::invalid(&path, format!("{path} has the wrong type or value")),
        }
    })
}

async fn update(
    State(backend): State<Backend>,
    guest: Guest,
    Path(id): Path<String>,
    Body(body): Body<Value>,
) -> Answer {
    let updated = async {
        let actor = person(guest)?;
        let app = backend.apps.update(&actor, &id, read(body)?).await?;
        Ok(Json(app).into_response())
    };
    answered(updated.await)
}

async fn unpublish(State(backend): State<Backend>, guest: Guest, Path(id): Path<String>) -> Answer {
    let gone = async {
        backend.apps.unpublish(&person(guest)?, &id).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    answered(gone.await)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Seeding {
    confirm: String,
    reset: bool,
}

async fn seed(
    State(backend): State<Backend>,
    guest: Guest,
    Body(seeding): Body<Seeding>,
) -> Answer {
    let seeded = async {
        let actor = person(guest)?;
        let counts = backend.apps.seed(&actor, &seeding.confirm, seeding.reset).await?;
        Ok(Json(counts).into_response())
    };
    answered(seeded.await)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Span {
    from: Option<String>,
    to: Option<String>,
    scope: String,
}

impl Span {
    fn read(&self) -> Result<Scope, Problem> {
        let all = Scope::default();
        let at = |name: &str, text: &Option<String>| {
            text.as_deref().map(|it| time(name, it)).transpose()
        };
        Ok(Scope {
            is_all: self.scope == "all",
            from_ms: at("from", &self.from)?.unwrap_or(all.from_ms),
            to_ms: at("to", &self.to)?.unwrap_or(all.to_ms),
        })
    }
}

async fn platform(
    State(backend): State<Backend>,
    guest: Guest,
    Query(span): Query<Span>,
) -> Answer {
    let counted = async {
        let counted = backend.apps.platform(&person(guest)?, span.read()?).await?;
        Ok(Json(counted).into_response())
    };
    answered(counted.await)
}

async fn top_apps(
    State(backend): State<Backend>,
    guest: Guest,
    Query(span): Query<Span>,
) -> Answer {
    let counted = async {
        let apps = backend.apps.top_apps(&person(guest)?, span.read()?).await?;
        Ok(Json(json!({ "apps": apps })).into_response())
    };
    answered(counted.await)
}

async fn distribution(
    State(backend): State<Backend>,
    guest: Guest,
    Query(span): Query<Span>,
) -> Answer {
    let counted = async {
        let distribution = backend.apps.distribution(&person(guest)?, span.read()?).await?;
        Ok(Json(json!({ "distribution": distribution })).into_response())
    };
    answered(counted.await)
}
