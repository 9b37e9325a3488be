//! Edits of a draft. What cannot be done is passed over without a word, as it was recorded.

use super::answers::{Refused, coded, malformed};
use super::pieces;
use super::{copying, tree};
use serde_json::{Value, json};

type Edited = Result<(), Refused>;

/// Makes one edit on a version.
pub(super) fn apply(version: &mut Value, kind: &str, request: &Value) -> Edited {
    match kind {
        "UPDATE_TRIGGER" => update_trigger(version, request),
        "ADD_ACTION" => add(version, request),
        "UPDATE_ACTION" => update(version, request),
        "DELETE_ACTION" => delete(version, request),
        "MOVE_ACTION" => relocate(version, request),
        "DUPLICATE_ACTION" => duplicate(version, request),
        "SET_SKIP_ACTION" => set_skip(version, request),
        "ADD_BRANCH" | "DELETE_BRANCH" | "DUPLICATE_BRANCH" | "MOVE_BRANCH" => {
            branches(version, kind, request)
        }
        "CHANGE_NAME" => {
            version["displayName"] = need(request, "displayName")?.into();
            Ok(())
        }
        "IMPORT_FLOW" => import(version, request),
        _ => notes(version, kind, request),
    }
}

/// What follows from the steps, worked out again.
pub(super) fn refresh(version: &mut Value) {
    let trigger = &version["trigger"];
    let (is_valid, connections) = (tree::is_valid(trigger), tree::connections(trigger));
    version["valid"] = is_valid.into();
    version["connectionIds"] = connections;
}

fn need<'a>(request: &'a Value, field: &str) -> Result<&'a str, Refused> {
    let text = request[field].as_str().filter(|it| !it.is_empty());
    text.ok_or_else(|| malformed(&format!("body/request must have required property '{field}'")))
}

fn index(request: &Value, field: &str) -> Option<usize> {
    request[field].as_u64().and_then(|it| usize::try_from(it).ok())
}

fn step_not_found(name: &str) -> Refused {
    coded(400, "STEP_NOT_FOUND", json!({ "stepName": name }))
}

/// Fields of a step that this server knows, the steps around it left out.
fn known(step: &Value) -> Result<Value, Refused> {
    let fields = ["name", "displayName", "type", "valid", "skip", "settings"];
    let kept: serde_json::Map<String, Value> = fields
        .iter()
        .filter(|it| !step[**it].is_null())
        .map(|it| ((*it).to_owned(), step[*it].clone()))
        .collect();
    let mut step = Value::Object(kept);
    pieces::check(&mut step)?;
    Ok(step)
}

fn update_trigger(version: &mut Value, request: &Value) -> Edited {
    let next = version["trigger"]["nextAction"].take();
    let mut trigger = known(request)?;
    trigger["name"] = "trigger".into();
    if next.is_object() {
        trigger["nextAction"] = next;
    }
    version["trigger"] = trigger;
    Ok(())
}

fn add(version: &mut Value, request: &Value) -> Edited {
    let parent = need(request, "parentStep")?;
    let mut action = known(&request["action"])?;
    tree::fit_children(&mut action);
    let place = request["stepLocationRelativeToParent"].as_str().unwrap_or("AFTER");
    tree::put(&mut version["trigger"], (parent, place, index(request, "branchIndex")), action);
    Ok(())
}

fn update(version: &mut Value, request: &Value) -> Edited {
    let name = need(request, "name")?;
    let mut new = known(request)?;
    let Some(step) = tree::find_mut(&mut version["trigger"], name) else { return Ok(()) };
    for link in ["nextAction", "firstLoopAction", "children"] {
        if !step[link].is_null() {
            new[link] = step[link].take();
        }
    }
    *step = new;
    Ok(())
}

fn texts(request: &Value, field: &str) -> Result<Vec<String>, Refused> {
    let names = request[field].as_array();
    let names = names
        .ok_or_else(|| malformed(&format!("body/request must have required property '{field}'")))?;
    Ok(names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn delete(version: &mut Value, request: &Value) -> Edited {
    for name in texts(request, "names")? {
        tree::take(&mut version["trigger"], &name);
    }
    Ok(())
}

fn relocate(version: &mut Value, request: &Value) -> Edited {
    let (name, parent) = (need(request, "name")?, need(request, "newParentStep")?);
    let names = tree::names(&version["trigger"]);
    if let Some(missing) = [name, parent].iter().find(|it| !names.iter().any(|name| name == *it)) {
        return Err(step_not_found(missing));
    }
    let place = request["stepLocationRelativeToNewParent"].as_str().unwrap_or("AFTER");
    if let Some(step) = tree::take(&mut version["trigger"], name) {
        tree::put(&mut version["trigger"], (parent, place, index(request, "branchIndex")), step);
    }
    Ok(())
}

fn duplicate(version: &mut Value, request: &Value) -> Edited {
    let name = need(request, "stepName")?.to_owned();
    let taken = tree::names(&version["trigger"]);
    let step = tree::find_mut(&mut version["trigger"], &name);
    let copy = copying::copied(step.ok_or_else(|| step_not_found(&name))?, &taken);
    tree::put(&mut version["trigger"], (&name, "AFTER", None), copy);
    Ok(())
}

fn set_skip(version: &mut Value, request: &Value) -> Edited {
    for name in texts(request, "names")? {
        if let Some(step) = tree::find_mut(&mut version["trigger"], &name) {
            step["skip"] = request["skip"].clone();
        }
    }
    Ok(())
}

fn branches(version: &mut Value, kind: &str, request: &Value) -> Edited {
    let name = need(request, "stepName")?.to_owned();
    let taken = tree::names(&version["trigger"]);
    let Some(step) = tree::find_mut(&mut version["trigger"], &name) else { return Ok(()) };
    let all = step["settings"]["branches"].as_array_mut().map(std::mem::take);
    let children = step["children"].as_array_mut().map(std::mem::take);
    let (Some(mut all), Some(mut children)) = (all, children) else { return Ok(()) };
    let at = index(request, "branchIndex").unwrap_or(usize::MAX);
    match kind {
        "ADD_BRANCH" if at <= all.len() => {
            let empty =
                json!([[{ "firstValue": "", "secondValue": "", "operator": "TEXT_CONTAINS" }]]);
            let conditions = Some(&request["conditions"]).filter(|it| it.is_array());
            let branch = json!({
                "branchName": request["branchName"], "branchType": "CONDITION",
                "conditions": conditions.unwrap_or(&empty),
            });
            all.insert(at, branch);
            children.insert(at, Value::Null);
        }
        "DELETE_BRANCH" if at < all.len() => {
            all.remove(at);
            children.remove(at);
        }
        "DUPLICATE_BRANCH" if at < all.len() => {
            let branch = all.get(at).map(copying::copied_branch).unwrap_or_default();
            let inside = children.get(at).filter(|it| it.is_object());
            let inside = inside.map(|it| copying::with_fresh_names(it.clone(), &taken));
            all.insert(at + 1, branch);
            children.insert(at + 1, inside.unwrap_or_default());
        }
        "MOVE_BRANCH" => {
            let from = index(request, "sourceBranchIndex").unwrap_or(usize::MAX);
            let to = index(request, "targetBranchIndex").unwrap_or(usize::MAX);
            let can = |it: usize| all.get(it).is_some_and(|it| it["branchType"] != "FALLBACK");
            if can(from) && can(to) {
                let (branch, inside) = (all.remove(from), children.remove(from));
                all.insert(to, branch);
                children.insert(to, inside);
            }
        }
        _ => {}
    }
    step["settings"]["branches"] = all.into();
    step["children"] = children.into();
    Ok(())
}

/// A whole flow, its flags taken on trust; steps of a kind nobody knows any more leave a hole.
fn import(version: &mut Value, request: &Value) -> Edited {
    let name = need(request, "displayName")?;
    let mut trigger = request["trigger"].clone();
    if !trigger.is_object() {
        return Err(malformed("body/request must have required property 'trigger'"));
    }
    tree::each_mut(&mut trigger, &mut |it| {
        let kinds = ["EMPTY", "PIECE_TRIGGER", "CODE", "PIECE", "LOOP_ON_ITEMS", "ROUTER"];
        if !it["type"].as_str().is_some_and(|kind| kinds.contains(&kind)) {
            *it = json!({ "valid": false });
            return;
        }
        if it["settings"]["sampleData"].is_object() {
            it["settings"]["sampleData"] = json!({});
        }
    });
    version["displayName"] = name.into();
    version["trigger"] = trigger;
    version["notes"] =
        Some(&request["notes"]).filter(|it| it.is_array()).cloned().unwrap_or(json!([]));
    Ok(())
}

fn notes(version: &mut Value, kind: &str, request: &Value) -> Edited {
    let id = need(request, "id")?;
    let Some(notes) = version["notes"].as_array_mut() else { return Ok(()) };
    if kind != "ADD_NOTE" {
        let at = notes.iter().position(|it| it["id"] == id);
        let Some(at) = at else { return Ok(()) };
        notes.remove(at);
        if kind == "UPDATE_NOTE" {
            notes.insert(at, request.clone());
        }
        return Ok(());
    }
    notes.push(request.clone());
    Ok(())
}
