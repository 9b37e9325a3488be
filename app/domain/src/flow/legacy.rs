//! Flow JSON of older releases, brought to the shape we read.
//!
//! Branches of two become routers, what the old editor kept becomes property settings, an HTTP "return response" becomes a webhook one. Newer releases are read as they are.

use super::Trigger;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

const WEBHOOK: &str = "@activepieces/piece-webhook";
const HTTP: &str = "@activepieces/piece-http";
/// How deep steps may hang below each other before the reader itself refuses them.
const DEEPEST: usize = 4_000;

/// Reads the trigger of an imported flow.
pub(super) fn trigger<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Trigger, D::Error> {
    let mut value = Value::deserialize(deserializer)?;
    modernise(&mut value);
    serde_json::from_value(value).map_err(serde::de::Error::custom)
}

/// Brings `trigger` with everything below it to the shape of today; what is in it already stays as it is.
pub fn modernise(trigger: &mut Value) {
    settings(trigger);
    let mut open = vec![trigger];
    let mut seen = 0;
    while let Some(step) = open.pop() {
        seen += 1;
        if seen > DEEPEST {
            return;
        }
        let Some(fields) = step.as_object_mut() else { continue };
        for (name, below) in fields.iter_mut() {
            match (name.as_str(), below) {
                ("nextAction" | "firstLoopAction", next) if next.is_object() => {
                    action(next);
                    open.push(next);
                }
                ("nextAction" | "firstLoopAction", Value::Array(row)) => {
                    for step in row.iter_mut().filter(|it| it.is_object()) {
                        action(step);
                        open.push(step);
                    }
                }
                ("children", Value::Array(children)) => {
                    for child in children.iter_mut().filter(|it| it.is_object()) {
                        action(child);
                        open.push(child);
                    }
                }
                _ => {}
            }
        }
    }
}

fn action(step: &mut Value) {
    if step["type"] == "BRANCH" {
        branch(step);
    }
    settings(step);
    let is_response = step["settings"]["pieceName"] == HTTP
        && step["settings"]["actionName"] == "return_response";
    if is_response {
        response(&mut step["settings"]);
    }
}

/// A branch of two: what happens when it holds, and otherwise.
fn branch(step: &mut Value) {
    let Some(fields) = step.as_object_mut() else { return };
    let mut take = |name: &str| fields.remove(name).filter(Value::is_object).unwrap_or_default();
    let children = json!([take("onSuccessAction"), take("onFailureAction")]);
    let conditions = fields.get("settings").map(|it| it["conditions"].clone());
    let conditions = conditions.filter(Value::is_array).unwrap_or_else(|| json!([[]]));
    fields.insert("type".to_owned(), "ROUTER".into());
    fields.insert("children".to_owned(), children);
    fields.insert(
        "settings".to_owned(),
        json!({
            "executionType": "EXECUTE_FIRST_MATCH",
            "branches": [
                { "branchType": "CONDITION", "branchName": "On Success", "conditions": conditions },
                { "branchType": "FALLBACK", "branchName": "Otherwise" },
            ],
        }),
    );
}

/// What the old editor kept about each input.
fn settings(step: &mut Value) {
    let Some(settings) = step.get_mut("settings").and_then(Value::as_object_mut) else { return };
    let Some(kept) = settings.remove("inputUiInfo") else { return };
    if settings.contains_key("propertySettings") || !settings.contains_key("pieceName") {
        return;
    }
    let customized = |name: &str| kept["customizedInputs"][name] == true;
    let schemas = &kept["schema"];
    let names = settings.get("input").and_then(Value::as_object).into_iter().flatten();
    let of_input = names.map(|(name, _)| {
        let kind = if customized(name) { "DYNAMIC" } else { "MANUAL" };
        let mut property = json!({ "type": kind });
        if schemas[name].is_object() {
            property["schema"] = schemas[name].clone();
        }
        (name.clone(), property)
    });
    let properties: Map<String, Value> = of_input.collect();
    settings.insert("propertySettings".to_owned(), properties.into());
}

fn response(settings: &mut Value) {
    let input = settings["input"].clone();
    settings["pieceName"] = WEBHOOK.into();
    settings["pieceVersion"] = "~0.1.27".into();
    let kind = input["body_type"].as_str().unwrap_or("json");
    let body =
        if input["body"]["data"].is_null() { &input["body"] } else { &input["body"]["data"] };
    settings["input"] = json!({
        "responseType": if kind == "raw" { "raw" } else { "json" },
        "fields": { "status": input["status"], "headers": input["headers"], "body": body },
        "respond": "stop",
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::edit::ImportFlow;
    use crate::flow::{Action, ActionKind};

    fn imported(trigger: &Value) -> Trigger {
        let whole = json!({ "displayName": "Old", "schemaVersion": null, "trigger": trigger });
        serde_json::from_value::<ImportFlow>(whole).unwrap().trigger
    }

    fn first(trigger: &Value) -> Action {
        *imported(trigger).next_action.unwrap()
    }

    fn below(next: Value) -> Value {
        json!({ "name": "trigger", "displayName": "t", "type": "EMPTY", "settings": {}, "nextAction": next })
    }

    #[test]
    fn a_branch_of_two_becomes_a_router() {
        let leaf = |name: &str| {
            json!({ "name": name, "displayName": "c", "type": "CODE", "valid": true,
                    "settings": { "input": {}, "sourceCode": { "packageJson": "{}", "code": "" } } })
        };
        let mut inner = leaf("step_3");
        inner["nextAction"] = json!({
            "name": "step_5", "displayName": "Inner", "type": "BRANCH", "valid": true, "settings": { "conditions": [] },
        });
        let old = below(json!({
            "name": "step_1", "displayName": "Branch", "type": "BRANCH", "valid": true,
            "settings": {
                "conditions": [[{ "firstValue": "a", "secondValue": "b", "operator": "TEXT_CONTAINS" }]],
                "inputUiInfo": {},
            },
            "onSuccessAction": leaf("step_2"), "onFailureAction": inner, "nextAction": leaf("step_4"),
        }));
        let router = first(&old);
        let ActionKind::Router(settings) = &router.kind else { panic!("{router:?}") };
        assert_eq!(settings.branches.len(), 2);
        let children = router.children.as_ref().unwrap();
        assert_eq!(children[0].as_ref().unwrap().name, "step_2");
        let otherwise = children[1].as_ref().unwrap();
        assert!(matches!(otherwise.next_action.as_ref().unwrap().kind, ActionKind::Router(_)));
        assert_eq!(router.next_action.unwrap().name, "step_4");
    }

    #[test]
    fn what_the_old_editor_kept_becomes_property_settings() {
        let step = first(&below(json!({
            "name": "step_1", "displayName": "Ask", "type": "PIECE", "settings": {
                "pieceName": HTTP, "pieceVersion": "0.2.0", "actionName": "send_request",
                "input": { "url": "{{trigger.body.url}}", "method": "GET" },
                "inputUiInfo": { "customizedInputs": { "url": true } },
            },
        })));
        let ActionKind::Piece(settings) = step.kind else { panic!("no piece") };
        assert_eq!(settings.property_settings["url"]["type"], "DYNAMIC");
        assert_eq!(settings.property_settings["method"]["type"], "MANUAL");
        assert!(settings.other.is_empty(), "{:?}", settings.other);
    }

    #[test]
    fn an_http_response_becomes_one_of_the_webhook() {
        let step = first(&below(json!({
            "name": "step_1", "displayName": "Answer", "type": "PIECE", "settings": {
                "pieceName": HTTP, "pieceVersion": "0.2.0", "actionName": "return_response",
                "input": { "status": 201, "headers": {}, "body_type": "json", "body": { "data": { "a": 1 } } },
            },
        })));
        let ActionKind::Piece(settings) = step.kind else { panic!("no piece") };
        assert_eq!(settings.piece_name, WEBHOOK);
        assert_eq!(
            settings.input["fields"],
            json!({ "status": 201, "headers": {}, "body": { "a": 1 } })
        );
    }

    #[test]
    fn what_is_of_today_stays_as_it_is() {
        let new = below(json!({
            "name": "step_1", "displayName": "Set", "type": "PIECE", "valid": true, "skip": false, "settings": {
                "pieceName": "@activepieces/piece-data-mapper", "pieceVersion": "~0.3.13", "actionName": "advanced_mapping",
                "input": { "mapping": { "a": 1 } }, "propertySettings": { "mapping": { "type": "MANUAL" } },
            },
        }));
        let mut modern = new.clone();
        modernise(&mut modern);
        assert_eq!(modern, new);
    }
}
