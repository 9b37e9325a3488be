//! `POST /flows/:id`: everything that changes a flow.

use super::answers::{Answered, Refused, coded, malformed, missing, ok};
use super::doors::Asking;
use super::flows::{self, begin};
use super::state::{FlowRow, State, fresh_id};
use super::{Fault, edits, tree};
use serde_json::{Value, json};

const EDITS: [&str; 16] = [
    "UPDATE_TRIGGER",
    "ADD_ACTION",
    "UPDATE_ACTION",
    "DELETE_ACTION",
    "MOVE_ACTION",
    "DUPLICATE_ACTION",
    "SET_SKIP_ACTION",
    "ADD_BRANCH",
    "DELETE_BRANCH",
    "DUPLICATE_BRANCH",
    "MOVE_BRANCH",
    "CHANGE_NAME",
    "IMPORT_FLOW",
    "ADD_NOTE",
    "UPDATE_NOTE",
    "DELETE_NOTE",
];

/// One operation.
pub(super) fn operate(asking: &Asking<'_>, id: &str) -> Answered {
    let (kind, request) = (&asking.body["type"], &asking.body["request"]);
    let kind = kind.as_str().unwrap_or_default().to_owned();
    let mut state = asking.server.state();
    flows::found(&mut state, asking, id)?;
    match asking.server.fault(true) {
        Some(Fault::InUse) => {
            return Err(coded(409, "FLOW_IN_USE", json!({ "flowVersionId": id })));
        }
        Some(Fault::Ignored) => {
            let flow = state.flow(id).and_then(|it| it.populated(None));
            return flow.map(ok).ok_or_else(|| missing("flow", id));
        }
        Some(Fault::Status(status)) => return Err(super::answers::broken(status)),
        None => {}
    }
    let now = state.now();
    let looks = asking.server.0.config.looks_until_switched;
    if EDITS.contains(&kind.as_str()) {
        edit(&mut state, id, (&kind, request), &now)?;
    } else {
        manage(&mut state, (id, &now, looks), &kind, request)?;
    }
    let flow = state.flow(id).ok_or_else(|| missing("flow", id))?;
    flow.row["updated"] = now.into();
    flow.populated(None).map(ok).ok_or_else(|| missing("flow", id))
}

/// The draft to change; a locked version gets a copy first.
fn draft<'a>(flow: &'a mut FlowRow, now: &str) -> Option<&'a mut Value> {
    let newest = flow.versions.last()?;
    if newest["state"] == "LOCKED" {
        let mut copy = newest.clone();
        copy["id"] = fresh_id().into();
        copy["state"] = "DRAFT".into();
        copy["created"] = now.into();
        tree::each_mut(&mut copy["trigger"], &mut upgradable);
        flow.versions.push(copy);
    }
    flow.versions.last_mut()
}

/// A draft takes newer versions of its pieces as they come.
fn upgradable(step: &mut Value) {
    let version = step["settings"]["pieceVersion"].as_str();
    if let Some(exact) = version.filter(|it| it.starts_with(|it: char| it.is_ascii_digit())) {
        let sign = if exact.starts_with("0.") { '~' } else { '^' };
        step["settings"]["pieceVersion"] = format!("{sign}{exact}").into();
    }
}

fn edit(
    state: &mut State,
    id: &str,
    (kind, request): (&str, &Value),
    now: &str,
) -> Result<(), Refused> {
    let flow = state.flow(id).ok_or_else(|| missing("flow", id))?;
    let version = draft(flow, now).ok_or_else(|| missing("flow", id))?;
    let mut changed = version.clone();
    edits::apply(&mut changed, kind, request)?;
    edits::refresh(&mut changed);
    changed["updated"] = now.into();
    *version = changed;
    Ok(())
}

fn manage(
    state: &mut State,
    (id, now, looks): (&str, &str, u32),
    kind: &str,
    request: &Value,
) -> Result<(), Refused> {
    if kind == "CHANGE_FOLDER" {
        let folder = &request["folderId"];
        if folder.is_string() && !state.folders.iter().any(|it| it["id"] == *folder) {
            return Err(missing("folder", folder.as_str().unwrap_or_default()));
        }
    }
    if kind == "SAVE_SAMPLE_DATA" {
        return save_sample(state, (id, now), request);
    }
    let flow = state.flow(id).ok_or_else(|| missing("flow", id))?;
    let field = |name: &str| request[name].clone();
    match kind {
        "CHANGE_FOLDER" => flow.row["folderId"] = field("folderId"),
        "UPDATE_METADATA" => flow.row["metadata"] = field("metadata"),
        "UPDATE_MINUTES_SAVED" => flow.row["timeSavedPerRun"] = field("timeSavedPerRun"),
        "UPDATE_OWNER" => flow.row["ownerId"] = field("ownerId"),
        "USE_AS_DRAFT" => {
            let wanted = request["versionId"].as_str().unwrap_or_default();
            let old = flow.version(wanted).cloned();
            let old = old.ok_or_else(|| missing("flow_version", wanted))?;
            let version = draft(flow, now).ok_or_else(|| missing("flow", id))?;
            for name in ["displayName", "trigger", "notes"] {
                version[name] = old[name].clone();
            }
            edits::refresh(version);
            version["updated"] = now.into();
        }
        "LOCK_FLOW" | "LOCK_AND_PUBLISH" => lock(flow, now),
        "CHANGE_STATUS" => {}
        _ => return Err(malformed(&["body/type must be equal to constant"; 25].join(", "))),
    }
    if kind == "LOCK_AND_PUBLISH" {
        let version = flow.versions.last().map(|it| it["id"].clone());
        flow.row["publishedVersionId"] = version.unwrap_or_default();
        flow.row["status"] = "DISABLED".into();
    }
    if matches!(kind, "CHANGE_STATUS" | "LOCK_AND_PUBLISH") {
        let wanted = request["status"].as_str().unwrap_or("ENABLED");
        begin(flow, if wanted == "DISABLED" { "DISABLING" } else { "ENABLING" }, looks);
    }
    Ok(())
}

/// From now on it stays as it is, with exact versions of its pieces.
fn lock(flow: &mut FlowRow, now: &str) {
    let Some(version) = flow.versions.last_mut() else { return };
    if version["state"] == "LOCKED" {
        return;
    }
    tree::each_mut(&mut version["trigger"], &mut |it| {
        if let Some(exact) = it["settings"]["pieceVersion"].as_str() {
            let exact = exact.trim_start_matches(['^', '~']).to_owned();
            it["settings"]["pieceVersion"] = exact.into();
        }
    });
    version["state"] = "LOCKED".into();
    version["updated"] = now.into();
}

fn save_sample(state: &mut State, (id, now): (&str, &str), request: &Value) -> Result<(), Refused> {
    let step = request["stepName"].as_str().unwrap_or_default().to_owned();
    let direction = request["type"].as_str().unwrap_or("OUTPUT").to_owned();
    let flow = state.flow(id).ok_or_else(|| missing("flow", id))?;
    let version = draft(flow, now).ok_or_else(|| missing("flow", id))?;
    let file = if direction == "INPUT" { "sampleDataInputFileId" } else { "sampleDataFileId" };
    if let Some(found) = tree::find_mut(&mut version["trigger"], &step) {
        found["settings"]["sampleData"][file] = fresh_id().into();
        found["settings"]["sampleData"]["lastTestDate"] = now.into();
    }
    version["updated"] = now.into();
    let key = (version["id"].as_str().unwrap_or_default().to_owned(), step, direction);
    state.samples.insert(key, request["payload"].clone());
    Ok(())
}
