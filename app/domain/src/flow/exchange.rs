//! Flows as files: written without secrets, read from what any engine of this JSON has written.
//!
//! Schemas 13 to 20 are read, and the branch steps from before; each step that cannot be read is named with its reason.

use super::{Action, FlowVersion, Note, SCHEMA_VERSION, Trigger, nested};
use crate::problem::Issue;
use serde_json::{Map, Value, json};

/// The newest schema we know.
const NEWEST: u32 = 20;
/// Bytes of a file.
pub const LONGEST: usize = 2 * 1024 * 1024;
/// Names of inputs that hold what nobody else may read.
const SECRETS: [&str; 12] = [
    "password",
    "token",
    "secret",
    "secret_text",
    "client_secret",
    "access_token",
    "apikey",
    "api_key",
    "headervalue",
    "authorization",
    "cookie",
    "webhook_url",
];
/// Headers that say who is asking end like this.
const SECRET_HEADERS: [&str; 4] = ["-api-key", "-token", "api-key", "-authorization"];
/// Where a step holds other steps.
const INNER: [&str; 4] = ["nextAction", "firstLoopAction", "children", "onErrorAction"];
/// What a test left behind, and what is worked out anew.
const LEFT_OUT: [&str; 4] = ["sampleData", "inputUiInfo", "customLogoUrl", "lastTestDate"];

/// A flow as read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// Its name.
    pub name: String,
    /// The whole tree.
    pub trigger: Trigger,
    /// The schema it was written with.
    pub schema_version: Option<String>,
    /// Sticky notes.
    pub notes: Vec<Note>,
}

/// The text of [`export`] as every engine of this JSON reads it: steps hang in each other, however many follow.
pub fn file(version: &FlowVersion) -> String {
    let file = export(version);
    // With a step to a level, most of a long file would be the space before its lines.
    if nested::has_lists(&file) {
        return nested::write(&file);
    }
    serde_json::to_string_pretty(&file).unwrap_or_default()
}

/// `version` as what stands in a file. Secrets that stand in steps are left out; connections are named and not contained.
pub fn export(version: &FlowVersion) -> Value {
    let mut trigger = serde_json::to_value(&version.trigger).unwrap_or_default();
    clean(&mut trigger);
    let mut pieces = Vec::new();
    named_pieces(&trigger, &mut pieces);
    json!({
        "name": version.display_name,
        "summary": "",
        "description": "",
        "tags": [],
        "metadata": null,
        "pieces": pieces,
        "flows": [{
            "displayName": version.display_name,
            "trigger": trigger,
            "valid": version.valid,
            "schemaVersion": SCHEMA_VERSION,
            "notes": version.notes,
        }],
    })
}

fn clean(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(clean),
        Value::Object(map) => {
            map.retain(|key, value| !LEFT_OUT.contains(&key.as_str()) && !is_secret(key, value));
            map.values_mut().for_each(clean);
        }
        _ => {}
    }
}

/// A text that is no expression, under a name that is for secrets.
fn is_secret(key: &str, value: &Value) -> bool {
    let key = key.trim().to_ascii_lowercase();
    let is_named =
        SECRETS.contains(&key.as_str()) || SECRET_HEADERS.iter().any(|it| key.ends_with(it));
    is_named && value.as_str().is_some_and(|it| !it.contains("{{"))
}

fn named_pieces(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|it| named_pieces(it, found)),
        Value::Object(map) => {
            if let Some(name) = map.get("pieceName").and_then(Value::as_str)
                && !found.iter().any(|it| it == name)
            {
                found.push(name.to_owned());
            }
            map.values().for_each(|it| named_pieces(it, found));
        }
        _ => {}
    }
}

/// Reads a file: an exported template, a version, or a flow with its version.
///
/// # Errors
/// Every reason why it cannot be read, on `file` or on the step: `steps.step_3`.
pub fn import(text: &str) -> Result<Imported, Vec<Issue>> {
    if text.len() > LONGEST {
        return refuse("file", "The file is larger than 2 MB. Is it a flow?");
    }
    let file: Value = nested::read(text).map_err(|error| {
        let message = format!(
            "This is no JSON that can be read: look at line {}, column {}",
            error.line(),
            error.column()
        );
        vec![Issue::new("file", message)]
    })?;
    let Some(mut body) = flow_in(&file) else {
        return refuse("file", "There is no flow in this file. Export one again, as JSON");
    };
    let schema_version = body.get("schemaVersion").and_then(text_of);
    if let Some(number) = schema_version.as_deref().and_then(|it| it.parse::<u32>().ok())
        && number > NEWEST
    {
        let message = format!(
            "The file is of schema {number}, and {NEWEST} is the newest that PM OS reads. Export it from an earlier version"
        );
        return refuse("file", message);
    }
    let name = ["displayName", "name"].iter().find_map(|it| body.get(*it)?.as_str());
    let name =
        name.or_else(|| file.get("name")?.as_str()).map(str::trim).filter(|it| !it.is_empty());
    let name = name.unwrap_or("Imported flow").to_owned();
    let notes = body.get("notes").cloned().and_then(|it| serde_json::from_value(it).ok());
    let Some(trigger) = body.get_mut("trigger").map(Value::take) else {
        return refuse("file", "The flow in this file has no trigger");
    };
    Ok(Imported { name, trigger: tree(trigger)?, schema_version, notes: notes.unwrap_or_default() })
}

fn refuse<T>(field: &str, message: impl Into<String>) -> Result<T, Vec<Issue>> {
    Err(vec![Issue::new(field, message)])
}

fn text_of(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|it| it.to_string()))
}

/// The part of a file that holds the trigger.
fn flow_in(file: &Value) -> Option<Value> {
    let places = ["/flows/0", "/version", "/template", "/template/flows/0", "/flow/version", ""];
    let holds = |it: &&Value| it.get("trigger").is_some_and(Value::is_object);
    places.iter().filter_map(|it| file.pointer(it)).find(holds).cloned()
}

/// The tree, branch steps of before made routers.
fn tree(mut trigger: Value) -> Result<Trigger, Vec<Issue>> {
    renew(&mut trigger);
    let mut issues = Vec::new();
    look(&trigger, true, &mut issues);
    if !issues.is_empty() {
        return Err(issues);
    }
    serde_json::from_value(trigger)
        .map_err(|error| vec![Issue::new("file", format!("The flow cannot be read: {error}"))])
}

/// Branch steps, as they were written before routers, become routers.
fn renew(step: &mut Value) {
    let Value::Object(map) = step else {
        if let Value::Array(items) = step {
            items.iter_mut().for_each(renew);
        }
        return;
    };
    if map.get("type").and_then(Value::as_str) == Some("BRANCH") {
        as_router(map);
    }
    for key in INNER {
        if let Some(inner) = map.get_mut(key) {
            renew(inner);
        }
    }
}

fn as_router(map: &mut Map<String, Value>) {
    let conditions = map.get("settings").and_then(|it| it.get("conditions")).cloned();
    let children = [map.remove("onSuccessAction"), map.remove("onFailureAction")];
    map.insert("type".to_owned(), "ROUTER".into());
    map.insert(
        "children".to_owned(),
        children.into_iter().map(Option::unwrap_or_default).collect(),
    );
    map.insert(
        "settings".to_owned(),
        json!({
            "executionType": "EXECUTE_FIRST_MATCH",
            "branches": [
                { "branchType": "CONDITION", "branchName": "Yes", "conditions": conditions.unwrap_or_else(|| json!([[]])) },
                { "branchType": "FALLBACK", "branchName": "Otherwise" },
            ],
        }),
    );
}

/// Notes what is wrong with each step by itself.
fn look(step: &Value, is_trigger: bool, issues: &mut Vec<Issue>) {
    match step {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|it| look(it, false, issues)),
        Value::Object(map) => {
            let mut alone = map.clone();
            for key in INNER {
                alone.remove(key);
            }
            if let Err(message) = readable(Value::Object(alone), is_trigger) {
                let name = map.get("name").and_then(Value::as_str).unwrap_or("without a name");
                let title = map.get("displayName").and_then(Value::as_str).unwrap_or(name);
                let message = format!("The step “{title}” cannot be read: {message}");
                issues.push(Issue::new(format!("steps.{name}"), message));
            }
            for key in INNER {
                if let Some(inner) = map.get(key) {
                    look(inner, false, issues);
                }
            }
        }
        _ => issues.push(Issue::new("file", "A step of this flow is not an object")),
    }
}

fn readable(step: Value, is_trigger: bool) -> Result<(), String> {
    let known: &[&str] = if is_trigger {
        &["EMPTY", "PIECE_TRIGGER"]
    } else {
        &["PIECE", "CODE", "LOOP_ON_ITEMS", "ROUTER"]
    };
    match step.get("type").and_then(Value::as_str) {
        None => return Err("it has no type".to_owned()),
        Some(kind) if !known.contains(&kind) => {
            return Err(format!("PM OS does not know steps of the type {kind}"));
        }
        Some(_) => {}
    }
    let read = if is_trigger {
        serde_json::from_value::<Trigger>(step).map(drop)
    } else {
        serde_json::from_value::<Action>(step).map(drop)
    };
    read.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::catalog::{HTTP, step};
    use super::*;

    fn version() -> FlowVersion {
        let input = json!({
            "method": "GET", "url": "https://example.com", "headers": { "X-Api-Key": "k-1", "Accept": "x" },
            "authFields": { "token": "t-1", "connection": "{{connections['crm']}}" },
        });
        let input = input.as_object().cloned().unwrap_or_default();
        let mut first =
            step::piece_action_with("step_1", HTTP, "send_request", input).expect("known");
        let mut each = step::loop_step("step_2");
        each.first_loop_action = Some(Box::new(step::router_step("step_3")));
        first.next_action = Some(Box::new(each));
        let mut trigger = step::empty_trigger();
        trigger.next_action = Some(Box::new(first));
        serde_json::from_value(json!({ "displayName": "Ask", "trigger": trigger }))
            .expect("a version")
    }

    #[test]
    fn what_is_written_is_read_again_without_its_secrets() {
        let file = export(&version());
        let text = file.to_string();
        assert!(!text.contains("k-1") && !text.contains("t-1"), "{text}");
        assert!(text.contains("connections['crm']") && text.contains("Accept"));
        assert_eq!(file["pieces"], json!([HTTP]));
        let read = import(&text).expect("readable");
        assert_eq!((read.name.as_str(), read.schema_version.as_deref()), ("Ask", Some("16")));
        let names: Vec<_> =
            super::super::tree::steps(&read.trigger).iter().map(|it| it.name.clone()).collect();
        assert_eq!(names, ["step_1", "step_2", "step_3"]);
    }

    #[test]
    fn every_shape_of_file_is_read() {
        let version = serde_json::to_value(version()).expect("JSON");
        for file in [
            version.clone(),
            json!({ "version": version }),
            json!({ "name": "T", "template": version }),
            json!({ "flows": [version] }),
        ] {
            assert!(import(&file.to_string()).is_ok(), "{file}");
        }
    }

    #[test]
    fn a_branch_of_before_becomes_a_router() {
        let leaf = |name: &str| json!({ "name": name, "displayName": name, "type": "LOOP_ON_ITEMS", "settings": { "items": "" } });
        let branch = json!({
            "name": "step_1", "displayName": "If", "type": "BRANCH",
            "settings": { "conditions": [[{ "firstValue": "a", "operator": "TEXT_CONTAINS", "secondValue": "b" }]] },
            "onSuccessAction": leaf("step_2"), "nextAction": leaf("step_3"),
        });
        let file = json!({ "displayName": "Old", "schemaVersion": null, "trigger": {
            "name": "trigger", "displayName": "T", "type": "EMPTY", "settings": {}, "nextAction": branch } });
        let read = import(&file.to_string()).expect("readable");
        let first = read.trigger.next_action.expect("a step");
        assert_eq!(first.children.as_ref().map(Vec::len), Some(2));
        assert!(first.next_action.is_some_and(|it| it.name == "step_3"));
    }

    #[test]
    fn each_step_that_cannot_be_read_is_named() {
        let file = json!({ "trigger": { "name": "trigger", "displayName": "T", "type": "EMPTY", "settings": {},
            "nextAction": { "name": "step_1", "displayName": "Odd", "type": "WORMHOLE", "settings": {},
                "nextAction": { "name": "step_2", "displayName": "Bare", "type": "PIECE", "settings": {} } } } });
        let issues = import(&file.to_string()).expect_err("two are wrong");
        let fields: Vec<_> = issues.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["steps.step_1", "steps.step_2"]);
        assert!(issues[0].message.contains("WORMHOLE"));
        for wrong in ["{", "[]", r#"{"trigger": 7}"#, r#"{"schemaVersion": "99", "trigger": {}}"#] {
            assert_eq!(import(wrong).expect_err("no flow")[0].field, "file", "{wrong}");
        }
    }
}
