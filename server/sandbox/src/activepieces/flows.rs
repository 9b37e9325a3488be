//! Flows: made, listed, read, deleted, and what becomes of them with time.

use super::answers::{
    Answered, Refused, coded, made, malformed, missing, not_allowed, nothing, ok, page,
};
use super::doors::{Asking, Principal};
use super::state::{FlowRow, Pending, State, fresh_id, is_id};
use super::{operations, tree};
use axum::Json;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};

/// `/flows` and everything below it.
pub(super) fn answer(asking: &Asking<'_>, path: &[&str]) -> Answered {
    match (&asking.method, path) {
        (&Method::POST, []) => create(asking),
        (&Method::GET, []) => list(asking),
        (&Method::GET, ["count"]) => {
            let project = asking.project()?;
            let state = asking.server.state();
            Ok(ok(json!(state.flows.iter().filter(|it| it.row["projectId"] == project).count())))
        }
        (_, [id, ..]) if !is_id(id) => {
            Err(malformed("params/id must match pattern \"^[0-9a-zA-Z]{21}$\""))
        }
        (&Method::GET, [id]) => get(asking, id),
        (&Method::POST, [id]) => operations::operate(asking, id),
        (&Method::DELETE, [id]) => delete(asking, id),
        (&Method::GET, [id, "versions"]) => versions(asking, id),
        (&Method::GET, [id, "template"]) => template(asking, id),
        _ => Err(super::answers::no_route()),
    }
}

/// A flow that whoever asks may see.
pub(super) fn found<'a>(
    state: &'a mut State,
    asking: &Asking<'_>,
    id: &str,
) -> Result<&'a mut FlowRow, Refused> {
    let project = match asking.principal {
        Principal::Person(at) => state.people.get(at).map(|it| it.project.clone()),
        Principal::Key => None,
        Principal::Nobody => return Err(not_allowed()),
    };
    let flow = state.flow(id).ok_or_else(|| missing("flow", id))?;
    match project {
        Some(project) if flow.row["projectId"] != project.as_str() => Err(not_allowed()),
        _ => Ok(flow),
    }
}

fn create(asking: &Asking<'_>) -> Answered {
    let name = asking.body["displayName"].as_str();
    let name = name.ok_or_else(|| malformed("body must have required property 'displayName'"))?;
    let project = asking.body["projectId"].as_str();
    let project =
        project.ok_or_else(|| malformed("body must have required property 'projectId'"))?;
    asking.may_use(project)?;
    let mut state = asking.server.state();
    let (now, id) = (state.now(), fresh_id());
    let owner = match asking.principal {
        Principal::Person(at) => state.people.get(at).map(|it| it.id.clone()),
        _ => None,
    };
    let row = json!({
        "id": id, "created": now, "updated": now, "projectId": project, "externalId": fresh_id(),
        "status": "DISABLED", "ownerId": owner, "folderId": asking.body["folderId"],
        "publishedVersionId": null, "metadata": asking.body["metadata"], "timeSavedPerRun": null,
        "templateId": null,
    });
    let version = json!({
        "id": fresh_id(), "created": now, "updated": now, "flowId": id, "displayName": name,
        "trigger": { "name": "trigger", "valid": false, "displayName": "Select Trigger", "type": "EMPTY", "settings": {} },
        "valid": false, "agentIds": [], "state": "DRAFT", "connectionIds": [], "notes": [],
        "updatedBy": null, "schemaVersion": "16", "backupFiles": null,
    });
    let flow = FlowRow { row, versions: vec![version], pending: None };
    let whole = flow.populated(None).unwrap_or_default();
    state.flows.push(flow);
    Ok(made(whole))
}

fn list(asking: &Asking<'_>) -> Answered {
    let project = asking.project()?;
    let mut state = asking.server.state();
    state.flows.iter_mut().for_each(look);
    state.flows.retain(|it| it.row["status"] != "GONE");
    let name = asking.query("name").unwrap_or_default().to_lowercase();
    let fits = |it: &Value| {
        let of = |field: &str| it[field].as_str().unwrap_or("NULL").to_owned();
        it["projectId"] == project.as_str()
            && asking.query("status").is_none_or(|wanted| of("status") == wanted)
            && asking.query("folderId").is_none_or(|wanted| of("folderId") == wanted)
            && asking.query("connectionExternalIds").is_none_or(|wanted| names(it, wanted))
            && it["version"]["displayName"].to_string().to_lowercase().contains(&name)
    };
    let mut rows: Vec<Value> =
        state.flows.iter().filter_map(|it| it.populated(None)).filter(fits).collect();
    rows.sort_by_key(|it| std::cmp::Reverse(it["updated"].to_string()));
    Ok(page(rows, asking.query("limit"), asking.query("cursor")))
}

/// Whether a step names the connection.
fn names(flow: &Value, connection: &str) -> bool {
    let all = flow["version"]["connectionIds"].as_array();
    all.is_some_and(|it| it.iter().any(|it| it == connection))
}

fn get(asking: &Asking<'_>, id: &str) -> Answered {
    let mut state = asking.server.state();
    let flow = found(&mut state, asking, id)?;
    look(flow);
    if flow.row["status"] == "GONE" {
        state.flows.retain(|it| it.id() != id);
        return Err(missing("flow", id));
    }
    let version = asking.query("versionId");
    flow.populated(version)
        .map(ok)
        .ok_or_else(|| missing("flow_version", version.unwrap_or_default()))
}

fn delete(asking: &Asking<'_>, id: &str) -> Answered {
    let looks = asking.server.0.config.looks_until_switched;
    let mut state = asking.server.state();
    begin(found(&mut state, asking, id)?, "DELETING", looks);
    Ok(nothing())
}

fn versions(asking: &Asking<'_>, id: &str) -> Answered {
    asking.person()?;
    let mut state = asking.server.state();
    let flow = found(&mut state, asking, id)?;
    let rows = flow.versions.iter().rev().map(|it| {
        let mut row = it.clone();
        if let Some(fields) = row.as_object_mut() {
            ["trigger", "notes", "connectionIds", "agentIds", "backupFiles"]
                .iter()
                .for_each(|it| drop(fields.remove(*it)));
        }
        row
    });
    Ok(page(rows.collect(), asking.query("limit"), asking.query("cursor")))
}

fn template(asking: &Asking<'_>, id: &str) -> Answered {
    let mut state = asking.server.state();
    let flow = found(&mut state, asking, id)?;
    let version = flow.versions.last().cloned().unwrap_or_default();
    let mut pieces: Vec<String> = Vec::new();
    tree::each(&version["trigger"], &mut |it| {
        let name = it["settings"]["pieceName"].as_str().map(str::to_owned);
        pieces.extend(name.filter(|it| !pieces.contains(it)));
    });
    let flow = json!({
        "displayName": version["displayName"], "trigger": version["trigger"], "valid": version["valid"],
        "schemaVersion": version["schemaVersion"], "notes": version["notes"],
    });
    Ok(ok(json!({
        "name": version["displayName"], "type": "SHARED", "summary": "", "description": "", "tags": [],
        "author": "", "categories": [], "pieces": pieces, "status": "PUBLISHED", "blogUrl": "",
        "metadata": null, "flows": [flow],
    })))
}

/// Begins what is done some looks later.
pub(super) fn begin(flow: &mut FlowRow, what: &'static str, looks_left: u32) {
    flow.pending = Some(Pending { what, looks_left });
}

/// Somebody looks: what was begun comes nearer to its end.
pub(super) fn look(flow: &mut FlowRow) {
    let Some(pending) = &mut flow.pending else { return };
    if pending.looks_left > 0 {
        pending.looks_left -= 1;
        return;
    }
    let what = pending.what;
    flow.pending = None;
    let published = flow.row["publishedVersionId"].as_str().unwrap_or_default();
    // Nothing can start a flow without a trigger: it stays off, and says nothing about it.
    let can_start = flow.version(published).is_some_and(|it| it["trigger"]["type"] != "EMPTY");
    flow.row["status"] = match what {
        "ENABLING" if can_start => "ENABLED",
        "DELETING" => "GONE",
        _ => "DISABLED",
    }
    .into();
}

/// What stands in the way of a request to a flow's address.
pub(super) fn startable(
    state: &mut State,
    id: &str,
    is_draft: bool,
) -> Result<(Value, Value), Refused> {
    let flow = state.flow(id).ok_or_else(|| coded(410, "ENTITY_NOT_FOUND", json!({})))?;
    look(flow);
    let whole = flow.populated(None).unwrap_or_default();
    if is_draft {
        return Ok((whole.clone(), whole["version"].clone()));
    }
    let published = flow.row["publishedVersionId"].as_str().unwrap_or_default();
    let version = flow.version(published).filter(|_| flow.row["status"] == "ENABLED").cloned();
    let off = || (StatusCode::NOT_FOUND, Json(json!({}))).into_response();
    let version = version.ok_or_else(|| Box::new(off()))?;
    Ok((whole, version))
}
