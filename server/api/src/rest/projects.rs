//! Projects as Basecamp gives them, for systems made for the earlier one (contract.md 6.6), and files put into one.

use crate::body;
use crate::error::{Answer, Refusal};
use crate::query::Query;
use crate::routes::{Route, SIGNED_IN, Who};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, Method, Request as HttpRequest, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use backend::Backend;
use backend::uploads::NewFile;
use basecamp::records::Request;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use domain::record::Acted;
use serde::Deserialize;
use serde_json::{Value, json};

/// Where the earlier system had them; a browser gets the page there.
const EARLIER: &str = "/projects";
/// Where they are now.
const LIST: &str = "/api/projects";
/// What the narrower shape calls them: as Basecamp does.
const ALL: &str = "/projects.json";
const ONE: &str = "/projects/{id}.json";
/// Headers that carry a key.
const KEYS: [&str; 2] = ["x-bcgpt-api-key", "x-api-key"];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(LIST, SIGNED_IN, list).refusing(kept_out),
        Route::get("/api/projects/{id}", SIGNED_IN, read).refusing(kept_out),
        Route::post("/api/pmos/projects/{id}/files", Who::Signed(Permission::Write), add_file),
    ]
}

/// Leads a script that asks under the earlier address to the route; a browser that goes there stays.
pub(crate) fn led(mut request: HttpRequest<Body>) -> HttpRequest<Body> {
    let path = request.uri().path();
    let rest = path.strip_prefix(EARLIER).filter(|it| {
        it.is_empty()
            || it
                .strip_prefix('/')
                .is_some_and(|id| !id.is_empty() && id.bytes().all(|it| it.is_ascii_digit()))
    });
    if request.method() != Method::GET || rest.is_none() || !is_script(request.headers()) {
        return request;
    }
    let target = format!("/api{}", request.uri());
    if let Ok(uri) = target.parse::<Uri>() {
        *request.uri_mut() = uri;
    }
    request
}

/// Whether a request carries a key, or wants JSON and no page.
fn is_script(headers: &HeaderMap) -> bool {
    let bearer = headers.get("authorization").and_then(|it| it.to_str().ok());
    let has_key = KEYS.iter().any(|it| headers.contains_key(*it))
        || bearer.is_some_and(|it| it.to_ascii_lowercase().starts_with("bearer "));
    let wanted = headers.get(ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    has_key || (wanted.contains("application/json") && !wanted.contains("text/html"))
}

async fn list(State(backend): State<Backend>, Extension(actor): Extension<Actor>) -> Response {
    let found = match Request::new("ListProjects", &[]) {
        Some(request) => backend.basecamp.fetch_all(&actor, &request).await,
        None => Err(Problem::not_found("Projects")),
    };
    match found {
        Ok(found) => Json(Value::Array(found.items)).into_response(),
        Err(problem) => refused(&backend, &actor, problem, ALL).await,
    }
}

async fn read(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Response {
    let wanted = id.parse::<i64>().ok().map(|it| it.to_string());
    let request = wanted.and_then(|it| Request::new("GetProject", &[it]));
    let found = match request {
        Some(request) => backend.basecamp.fetch(&actor, &request).await,
        None => Err(Problem::not_found("Project")),
    };
    match found {
        Ok(found) => Json(found).into_response(),
        Err(problem) => refused(&backend, &actor, problem, ONE).await,
    }
}

/// Whether a path takes the bytes of a file.
pub(crate) fn takes_file(path: &str) -> bool {
    path.starts_with("/api/pmos/projects/") && path.ends_with("/files")
}

/// What is said of a file beside its bytes.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Given {
    folder: i64,
    name: String,
    r#type: String,
}

/// Puts the body of the request, as it is, into a folder of a project.
async fn add_file(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Query(given): Query<Given>,
    request: HttpRequest<Body>,
) -> Answer<Json<Acted>> {
    let project = id.parse().map_err(|_| Problem::not_found("Project"))?;
    let file = NewFile { folder: given.folder, name: given.name, content_type: given.r#type };
    let content = body::parts(request);
    Ok(Json(Box::pin(backend.add_file(&actor, project, &file, content)).await?))
}

/// What somebody is told who may not ask.
fn kept_out(path: &'static str, problem: Problem) -> Response {
    let url = if path == LIST { ALL } else { ONE };
    match &problem {
        Problem::NotSignedIn | Problem::Forbidden { .. } => {
            let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::FORBIDDEN);
            narrow(status, (problem.code(), &problem), url, &Value::Null)
        }
        _ => Refusal::from(problem).into_response(),
    }
}

async fn refused(backend: &Backend, actor: &Actor, problem: Problem, url: &str) -> Response {
    let (status, code, data) = match &problem {
        Problem::NeedsSetup { .. } => {
            let known = backend.basecamp.accesses(actor).await;
            let known = known.map(|it| it.connections).unwrap_or_default();
            let open = known.iter().filter(|it| it.account.is_none());
            let accounts: Vec<Value> =
                open.flat_map(|it| it.accounts.iter().map(|it| json!(it))).collect();
            let (status, code) = match (known.is_empty(), accounts.is_empty()) {
                (_, false) => (StatusCode::BAD_REQUEST, "ACCOUNT_NOT_SELECTED"),
                (true, true) => (StatusCode::BAD_REQUEST, "NO_ACCOUNTS"),
                // An account is chosen, but Basecamp does not let us in any more.
                (false, true) => (StatusCode::UNAUTHORIZED, "AUTHORIZATION_FAILED"),
            };
            (status, code, json!({ "accounts": accounts }))
        }
        Problem::NotFound { .. } => (StatusCode::NOT_FOUND, "NOT_FOUND", Value::Null),
        Problem::Unavailable { .. } | Problem::Throttled { .. } => {
            (StatusCode::BAD_GATEWAY, "UPSTREAM_ERROR", Value::Null)
        }
        _ => return Refusal::from(problem).into_response(),
    };
    narrow(status, (code, &problem), url, &data)
}

/// The narrower shape of these routes: `{error, message, url, data}`, and the code under its usual name too.
fn narrow(
    status: StatusCode,
    (code, problem): (&str, &Problem),
    url: &str,
    data: &Value,
) -> Response {
    let body = json!({
        "error": code, "code": code, "message": problem.to_string(), "url": url, "data": data
    });
    (status, Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led_to(path: &str, header: (&str, &str)) -> String {
        let request = HttpRequest::get(path).header(header.0, header.1);
        led(request.body(Body::empty()).unwrap()).uri().to_string()
    }

    #[test]
    fn a_script_is_led_on_and_a_browser_stays() {
        let json = ("accept", "application/json");
        assert_eq!(led_to("/projects?x=1", json), "/api/projects?x=1");
        assert_eq!(led_to("/projects/12", ("x-api-key", "k")), "/api/projects/12");
        assert_eq!(led_to("/projects", ("authorization", "Bearer k")), "/api/projects");
        assert_eq!(led_to("/projects", ("accept", "text/html,application/json")), "/projects");
        assert_eq!(led_to("/projects/12/board", json), "/projects/12/board");
    }
}
