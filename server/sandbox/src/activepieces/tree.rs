//! The steps of a flow as they are on the wire: found, put in, taken out.

use serde_json::{Value, json};

/// Looks at every step below `step`, `step` itself first.
pub(super) fn each<'a>(step: &'a Value, see: &mut dyn FnMut(&'a Value)) {
    see(step);
    for key in ["firstLoopAction", "nextAction"] {
        if step[key].is_object() {
            each(&step[key], see);
        }
    }
    for child in step["children"].as_array().into_iter().flatten().filter(|it| it.is_object()) {
        each(child, see);
    }
}

/// Changes every step below `step`, `step` itself first.
pub(super) fn each_mut(step: &mut Value, change: &mut dyn FnMut(&mut Value)) {
    change(step);
    for key in ["firstLoopAction", "nextAction"] {
        if let Some(next) = step.get_mut(key).filter(|it| it.is_object()) {
            each_mut(next, change);
        }
    }
    if let Some(children) = step.get_mut("children").and_then(Value::as_array_mut) {
        for child in children.iter_mut().filter(|it| it.is_object()) {
            each_mut(child, change);
        }
    }
}

/// The step of that name; of several the first.
pub(super) fn find_mut<'a>(step: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    if step["name"] == name {
        return Some(step);
    }
    let fields = step.as_object_mut()?;
    let mut found = None;
    for (key, value) in fields.iter_mut() {
        match (key.as_str(), value) {
            ("firstLoopAction" | "nextAction", next) if next.is_object() => {
                found = find_mut(next, name);
            }
            ("children", Value::Array(children)) => {
                let mut inside = children.iter_mut().filter(|it| it.is_object());
                found = inside.find_map(|it| find_mut(it, name));
            }
            _ => {}
        }
        if found.is_some() {
            break;
        }
    }
    found
}

/// Every name, the trigger's too.
pub(super) fn names(trigger: &Value) -> Vec<String> {
    let mut names = Vec::new();
    each(trigger, &mut |it| names.push(it["name"].as_str().unwrap_or_default().to_owned()));
    names
}

/// Puts `action` at a place relative to `parent`; false when there is no such place.
pub(super) fn put(
    trigger: &mut Value,
    (parent, place, branch): (&str, &str, Option<usize>),
    mut action: Value,
) -> bool {
    let Some(parent) = find_mut(trigger, parent) else { return false };
    let slot = match place {
        "INSIDE_LOOP" => "firstLoopAction",
        "INSIDE_BRANCH" => {
            let slot = branch.and_then(|at| parent["children"].as_array_mut()?.get_mut(at));
            let Some(slot) = slot else { return false };
            hang(&mut action, slot.take());
            *slot = action;
            return true;
        }
        _ => "nextAction",
    };
    let Some(fields) = parent.as_object_mut() else { return false };
    let after = fields.remove(slot).unwrap_or_default();
    hang(&mut action, after);
    fields.insert(slot.to_owned(), action);
    true
}

fn hang(action: &mut Value, after: Value) {
    if after.is_object() {
        action["nextAction"] = after;
    }
}

/// Takes the step of that name out with what is inside it; what comes after it takes its place.
pub(super) fn take(step: &mut Value, name: &str) -> Option<Value> {
    let fields = step.as_object_mut()?;
    for key in ["firstLoopAction", "nextAction"] {
        let is_it = fields.get(key).is_some_and(|it| it["name"] == name);
        if is_it {
            let mut taken = fields.remove(key)?;
            let after = taken.as_object_mut()?.remove("nextAction").unwrap_or_default();
            if after.is_object() {
                fields.insert(key.to_owned(), after);
            }
            return Some(taken);
        }
        if let Some(taken) = fields.get_mut(key).and_then(|it| take(it, name)) {
            return Some(taken);
        }
    }
    for child in fields.get_mut("children").and_then(Value::as_array_mut)? {
        if child["name"] == name {
            let mut taken = child.take();
            *child = taken.as_object_mut()?.remove("nextAction").unwrap_or_default();
            return Some(taken);
        }
        if let Some(taken) = take(child, name) {
            return Some(taken);
        }
    }
    None
}

/// A router gets one empty place for each branch.
pub(super) fn fit_children(action: &mut Value) {
    if action["type"] == "ROUTER" && !action["children"].is_array() {
        let branches = action["settings"]["branches"].as_array().map_or(0, Vec::len);
        action["children"] = vec![Value::Null; branches].into();
    }
}

/// Every step is valid or passed over.
pub(super) fn is_valid(trigger: &Value) -> bool {
    let mut is_valid = true;
    each(trigger, &mut |it| is_valid &= it["valid"] == true || it["skip"] == true);
    is_valid
}

/// Connections that inputs name in the one form that is looked for.
pub(super) fn connections(trigger: &Value) -> Value {
    let mut found: Vec<String> = Vec::new();
    each(trigger, &mut |it| {
        let auth = it["settings"]["input"]["auth"].as_str().unwrap_or_default();
        let inner = auth.strip_prefix("{{connections['").and_then(|it| it.strip_suffix("']}}"));
        found.extend(inner.into_iter().flat_map(|it| it.split("','")).map(str::to_owned));
    });
    found.sort();
    found.dedup();
    json!(found)
}
