//! From an HTTP request to whoever answers it, and who is asking.

use super::answers::{self, Answered, Refused, malformed, not_allowed};
use super::{Fault, StandIn, flows, pieces, runs, things};
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde_json::{Value, json};
use url::form_urlencoded;

/// Bytes of a request body.
const BODY_LIMIT: usize = 5 * 1024 * 1024;

/// Who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Principal {
    /// Nobody we know.
    Nobody,
    /// A program with a key: every project, and not everything in it.
    Key,
    /// The person with that place.
    Person(usize),
}

/// One request on its way.
pub(super) struct Asking<'a> {
    pub(super) server: &'a StandIn,
    pub(super) method: Method,
    pub(super) principal: Principal,
    /// The project of the person who asks.
    pub(super) own: Option<String>,
    pub(super) body: Value,
    pub(super) headers: HeaderMap,
    /// The body as it came.
    pub(super) raw: Bytes,
    query: Vec<(String, String)>,
}

impl Asking<'_> {
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// Every parameter, by name.
    pub(super) fn parameters(&self) -> Value {
        let all = self.query.iter().map(|(name, value)| (name.clone(), json!(value)));
        Value::Object(all.collect())
    }

    /// The project that is asked for, which whoever asks may use.
    pub(super) fn project(&self) -> Result<String, Refused> {
        let project = self.query("projectId");
        let project = project
            .ok_or_else(|| malformed("querystring must have required property 'projectId'"))?;
        self.may_use(project)?;
        Ok(project.to_owned())
    }

    pub(super) fn may_use(&self, project: &str) -> Result<(), Refused> {
        let may = self.principal == Principal::Key || self.own.as_deref() == Some(project);
        if may { Ok(()) } else { Err(not_allowed()) }
    }

    /// Refuses keys.
    pub(super) fn person(&self) -> Result<usize, Refused> {
        match self.principal {
            Principal::Person(at) => Ok(at),
            _ => Err(not_allowed()),
        }
    }
}

pub(super) fn router(server: StandIn) -> Router {
    Router::new().fallback(receive).with_state(server)
}

async fn receive(State(server): State<StandIn>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(raw) = to_bytes(body, BODY_LIMIT).await else { return *answers::too_large() };
    server.note(format!("{} {}", parts.method, parts.uri));
    let path = parts.uri.path().trim_matches('/');
    let path = path.strip_prefix("api/").unwrap_or(path);
    let Some(path) = path.strip_prefix("v1/") else { return *answers::no_route() };
    let path: Vec<&str> = path.split('/').collect();
    let is_json = parts
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|it| it.as_bytes().starts_with(b"application/json"));
    let body = match serde_json::from_slice(&raw) {
        Ok(body) => body,
        Err(_) if is_json && !raw.is_empty() => return *malformed("Body is not valid JSON"),
        Err(_) => Value::Null,
    };
    let query = parts.uri.query().unwrap_or_default();
    let mut asking = Asking {
        server: &server,
        method: parts.method,
        principal: Principal::Nobody,
        own: None,
        body,
        headers: parts.headers,
        raw,
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
    };
    answer(&mut asking, &path).await.unwrap_or_else(|refused| *refused)
}

async fn answer(asking: &mut Asking<'_>, path: &[&str]) -> Answered {
    match path {
        ["flags"] => return Ok(answers::ok(things::flags(asking))),
        ["health"] => return Ok(answers::ok(json!({ "status": "Healthy" }))),
        ["authentication", "sign-in"] => return things::sign_in(asking),
        ["webhooks", rest @ ..] => return runs::hook(asking, rest).await,
        _ => {}
    }
    identify(asking)?;
    let is_edit = asking.method == Method::POST && matches!(path, ["flows", _]);
    if !is_edit && let Some(Fault::Status(status)) = asking.server.fault(false) {
        return Err(answers::broken(status));
    }
    match path {
        ["pieces", rest @ ..] => pieces::answer(asking, rest),
        ["users", "me"] => me(asking),
        ["projects", rest @ ..] => things::projects(asking, rest),
        ["folders", rest @ ..] => things::folders(asking, rest),
        ["app-connections", rest @ ..] => things::connections(asking, rest),
        ["flows", rest @ ..] => flows::answer(asking, rest),
        ["flow-runs", rest @ ..] => runs::answer(asking, rest).await,
        ["sample-data", rest @ ..] => runs::samples(asking, rest).await,
        _ => Err(answers::no_route()),
    }
}

fn me(asking: &Asking<'_>) -> Answered {
    let at = asking.person()?;
    let state = asking.server.state();
    let person = state.people.get(at).ok_or_else(not_allowed)?;
    Ok(answers::ok(json!({
        "id": person.id, "email": person.email, "firstName": "Own", "lastName": "Er", "status": "ACTIVE",
        "platformRole": "ADMIN", "platformId": state.platform,
    })))
}

/// Finds out who asks. Pieces may be looked at by anybody.
fn identify(asking: &mut Asking<'_>) -> Result<(), Refused> {
    let header = asking.headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
    let Some(token) = header.and_then(|it| it.strip_prefix("Bearer ")) else {
        return Err(not_allowed());
    };
    if token == asking.server.0.config.api_key {
        asking.principal = Principal::Key;
        return Ok(());
    }
    let state = asking.server.state();
    let known = state.tokens.get(token).ok_or_else(answers::unknown_token)?;
    if known.is_expired {
        return Err(answers::coded(403, "SESSION_EXPIRED", json!({})));
    }
    asking.principal = Principal::Person(known.person);
    asking.own = state.people.get(known.person).map(|it| it.project.clone());
    Ok(())
}
