//! Runs: started by requests, listed, read, tried again, stopped.

use super::answers::{Answered, Refused, malformed, missing, no_route, not_allowed, ok, page};
use super::doors::{Asking, Principal};
use super::state::{State, fresh_id, is_id};
use super::walking::{Ended, Journal, walk};
use super::{StandIn, flows, tree};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// `/webhooks/:flow[/draft][/sync]`.
pub(super) async fn hook(asking: &Asking<'_>, path: &[&str]) -> Answered {
    let Some((id, rest)) = path.split_first() else { return Err(no_route()) };
    if !is_id(id) {
        return Err(malformed("params/flowId must match pattern \"^[0-9a-zA-Z]{21}$\""));
    }
    let (is_draft, is_sync) = match rest {
        [] => (false, false),
        ["sync"] => (false, true),
        ["draft"] => (true, false),
        ["draft", "sync"] => (true, true),
        _ => return Err(no_route()),
    };
    let trigger = delivered(asking);
    let (run, version) = {
        let mut state = asking.server.state();
        let (flow, version) =
            flows::startable(&mut state, id, is_draft).map_err(|it| Box::new(identified(*it)))?;
        let environment = if is_draft { "TESTING" } else { "PRODUCTION" };
        (begin(&mut state, &flow, &version, environment), version)
    };
    if !is_sync {
        let server = asking.server.clone();
        tokio::spawn(async move { drop(go(&server, &run, &version, &trigger, Map::new()).await) });
        return Ok(identified(ok(json!({}))));
    }
    let (ended, response) = go(asking.server, &run, &version, &trigger, Map::new()).await;
    let failed = json!({ "message": "The flow has failed and there is no response returned" });
    Ok(identified(match (ended, response) {
        (_, Some(response)) => ok(response["body"].clone()),
        (Ended::Failed(..), None) => {
            (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(failed)).into_response()
        }
        _ => StatusCode::NO_CONTENT.into_response(),
    }))
}

/// The request as the trigger gives it.
fn delivered(asking: &Asking<'_>) -> Value {
    let headers = asking
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), json!(value.to_str().ok()?))));
    json!({
        "method": asking.method.as_str(), "headers": Value::Object(headers.collect()), "body": asking.body,
        "queryParams": asking.parameters(), "rawBody": String::from_utf8_lossy(&asking.raw),
    })
}

fn identified(mut response: Response) -> Response {
    if let Ok(id) = HeaderValue::from_str(&fresh_id()) {
        response.headers_mut().insert(HeaderName::from_static("x-webhook-id"), id);
    }
    response
}

/// Stores a run that waits to be walked; gives its id.
fn begin(state: &mut State, flow: &Value, version: &Value, environment: &str) -> String {
    let (now, id) = (state.now(), fresh_id());
    state.runs.push(json!({
        "id": id, "created": now, "updated": now, "projectId": flow["projectId"], "flowId": flow["id"],
        "failParentOnFailure": false, "flowVersionId": version["id"], "status": "QUEUED",
        "environment": environment, "parentRunId": "", "triggeredBy": "", "tags": [],
        "flowVersion": { "displayName": version["displayName"] }, "logsFileId": null, "startTime": "",
        "finishTime": "", "failedStep": {}, "stepNameToTest": "", "archivedAt": null, "stepsCount": 0,
        "steps": {},
    }));
    id
}

/// Walks a run to its end and writes down how it ended.
async fn go(
    server: &StandIn,
    run: &str,
    version: &Value,
    trigger: &Value,
    before: Map<String, Value>,
) -> (Ended, Option<Value>) {
    let start = {
        let mut state = server.state();
        let now = state.now();
        if let Some(run) = state.run(run) {
            run["status"] = "RUNNING".into();
            run["startTime"] = now.as_str().into();
        }
        now
    };
    let mut journal = Journal::new(trigger, &before);
    let ended = walk(&mut journal, &version["trigger"]["nextAction"]).await;
    let mut state = server.state();
    let now = state.now();
    if let Some(run) = state.run(run).filter(|it| it["status"] == "RUNNING") {
        let (status, finish, failed) = match &ended {
            Ended::Done | Ended::Stopped => ("SUCCEEDED", now.as_str(), json!({})),
            Ended::Failed(name, shown) => {
                ("FAILED", now.as_str(), json!({ "name": name, "displayName": shown }))
            }
            Ended::Paused => ("PAUSED", "", json!({})),
        };
        run["status"] = status.into();
        run["finishTime"] = finish.into();
        run["startTime"] = start.into();
        run["failedStep"] = failed;
        run["updated"] = now.as_str().into();
        run["stepsCount"] = (journal.steps.len().saturating_sub(1)).into();
        run["steps"] = Value::Object(journal.steps);
    }
    (ended, journal.response)
}

/// `/flow-runs` and everything below it.
pub(super) async fn answer(asking: &Asking<'_>, path: &[&str]) -> Answered {
    match (&asking.method, path) {
        (&Method::GET, []) => list(asking),
        (&Method::POST, ["cancel"]) => cancel(asking),
        (&Method::GET, [id]) => {
            let mut state = asking.server.state();
            Ok(ok(found(&mut state, asking, id)?.clone()))
        }
        (&Method::POST, [id, "retry"]) => retry(asking, id),
        _ => Err(no_route()),
    }
}

fn found<'a>(
    state: &'a mut State,
    asking: &Asking<'_>,
    id: &str,
) -> Result<&'a mut Value, Refused> {
    let run = state.run(id).ok_or_else(|| missing("flow_run", id))?;
    let is_theirs =
        asking.principal == Principal::Key || run["projectId"].as_str() == asking.own.as_deref();
    if is_theirs { Ok(run) } else { Err(not_allowed()) }
}

fn list(asking: &Asking<'_>) -> Answered {
    let project = asking.project()?;
    let state = asking.server.state();
    let is = |it: &Value, field: &str| {
        asking.query(field).is_none_or(|wanted| it[field].as_str() == Some(wanted))
    };
    let statuses: Vec<Value> = asking
        .parameters()
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| name.starts_with("status"))
        .map(|(_, it)| it.clone())
        .collect();
    let before = asking.query("createdBefore");
    let after = asking.query("createdAfter");
    let fits = |it: &&Value| {
        let created = it["created"].as_str().unwrap_or_default();
        it["projectId"] == project.as_str()
            && it["environment"] == "PRODUCTION"
            && is(it, "flowId")
            && (statuses.is_empty() || statuses.contains(&it["status"]))
            && before.is_none_or(|limit| created <= limit)
            && after.is_none_or(|limit| created >= limit)
    };
    let rows = state.runs.iter().rev().filter(fits).map(|it| {
        let mut row = it.clone();
        if let Some(fields) = row.as_object_mut() {
            fields.remove("steps");
        }
        row
    });
    Ok(page(rows.collect(), asking.query("limit"), asking.query("cursor")))
}

fn cancel(asking: &Asking<'_>) -> Answered {
    let wanted = asking.body["flowRunIds"].as_array().cloned().unwrap_or_default();
    let project = asking.body["projectId"].as_str().unwrap_or_default();
    asking.may_use(project)?;
    let mut state = asking.server.state();
    for run in
        state.runs.iter_mut().filter(|it| wanted.contains(&it["id"]) && it["projectId"] == project)
    {
        // Only what waits is stopped; about the rest it says nothing.
        if matches!(run["status"].as_str(), Some("PAUSED" | "QUEUED")) {
            run["status"] = "CANCELED".into();
        }
    }
    Ok(ok(Value::Null))
}

fn retry(asking: &Asking<'_>, id: &str) -> Answered {
    let mut state = asking.server.state();
    let run = found(&mut state, asking, id)?.clone();
    let flow_id = run["flowId"].as_str().unwrap_or_default();
    let flow = state.flow(flow_id).ok_or_else(|| missing("flow", flow_id))?;
    let is_fresh = asking.body["strategy"] == "ON_LATEST_VERSION";
    let wanted = if is_fresh { &flow.row["publishedVersionId"] } else { &run["flowVersionId"] };
    let wanted = wanted.as_str().unwrap_or_default().to_owned();
    let version = flow.version(&wanted).cloned().ok_or_else(|| missing("flow_version", &wanted))?;
    let row = flow.row.clone();
    let trigger = run["steps"]["trigger"]["output"].clone();
    let (id, before) = if is_fresh {
        (begin(&mut state, &row, &version, "PRODUCTION"), Map::new())
    } else {
        let before = run["steps"].as_object().cloned().unwrap_or_default();
        if let Some(run) = state.run(id) {
            run["status"] = "QUEUED".into();
        }
        (id.to_owned(), before)
    };
    let mut told = state.run(&id).cloned().unwrap_or_default();
    if let Some(fields) = told.as_object_mut() {
        fields.remove("steps");
    }
    drop(state);
    let server = asking.server.clone();
    tokio::spawn(async move { drop(go(&server, &id, &version, &trigger, before).await) });
    Ok(ok(told))
}

/// `/sample-data`: what tests of steps gave, and testing one.
pub(super) async fn samples(asking: &Asking<'_>, path: &[&str]) -> Answered {
    if asking.method == Method::GET && path.is_empty() {
        let text = |name: &str| asking.query(name).unwrap_or_default().to_owned();
        let state = asking.server.state();
        let key = (text("flowVersionId"), text("stepName"), text("type"));
        return Ok(ok(state.samples.get(&key).cloned().unwrap_or_default()));
    }
    if path != ["test-step"] {
        return Err(no_route());
    }
    let text = |name: &str| asking.body[name].as_str().unwrap_or_default().to_owned();
    asking.may_use(&text("projectId"))?;
    let (version, name) = (text("flowVersionId"), text("stepName"));
    let (run, only, seen) = {
        let mut state = asking.server.state();
        let of = |it: &super::state::FlowRow| Some((it.row.clone(), it.version(&version)?.clone()));
        let found = state.flows.iter().find_map(of);
        let (flow, whole) = found.ok_or_else(|| missing("flow_version", &version))?;
        let mut only = whole.clone();
        let step = tree::find_mut(&mut only["trigger"], &name).cloned();
        let mut step = step.ok_or_else(|| missing("step", &name))?;
        if let Some(fields) = step.as_object_mut() {
            fields.remove("nextAction");
        }
        only["trigger"] = json!({ "nextAction": step });
        let run = begin(&mut state, &flow, &whole, "TESTING");
        let outputs = state.samples.iter().filter(|(key, _)| key.0 == version && key.2 == "OUTPUT");
        let seen: Map<String, Value> = outputs
            .map(|(key, it)| (key.1.clone(), json!({ "status": "SUCCEEDED", "output": it })))
            .filter(|(it, _)| *it != name)
            .collect();
        (run, only, seen)
    };
    let told = asking.server.state().run(&run).cloned().unwrap_or_default();
    let server = asking.server.clone();
    tokio::spawn(async move {
        let trigger = seen.get("trigger").map(|it| it["output"].clone()).unwrap_or_default();
        drop(go(&server, &run, &only, &trigger, seen).await);
    });
    Ok(ok(told))
}

/// Sends the request of an HTTP step, to plain addresses only.
pub(super) async fn requested(input: &Value) -> io::Result<Value> {
    let wrong = |why: &str| io::Error::other(why.to_owned());
    let address = url::Url::parse(input["url"].as_str().unwrap_or_default());
    let address = address.map_err(|_| wrong("Invalid URL"))?;
    let host = address.host_str().unwrap_or_default();
    let port = address.port_or_known_default().unwrap_or(80);
    let body = Some(&input["body"]["data"]).filter(|it| !it.is_null());
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut stream = TcpStream::connect((host, port)).await?;
    let head = format!(
        "{} {} HTTP/1.1\r\nhost: {host}:{port}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        input["method"].as_str().unwrap_or("GET"),
        address.path(),
        body.len(),
    );
    stream.write_all(head.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| wrong("No answer"))?;
    let status: u16 = head.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or_default();
    let body = serde_json::from_str(body).unwrap_or_else(|_| json!(body));
    Ok(json!({ "status": status, "headers": {}, "body": body }))
}
