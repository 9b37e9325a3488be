//! The flows that are measured, in the JSON that every engine takes.

use crate::Failure;
use crate::product::{Process, tool};
use reqwest::Client;
use serde_json::{Value, json};

fn webhook(next: Value) -> Value {
    json!({
        "name": "trigger", "displayName": "Catch webhook", "type": "PIECE_TRIGGER", "valid": true,
        "settings": {
            "pieceName": "@activepieces/piece-webhook", "pieceVersion": "~0.1.0", "triggerName": "catch_webhook",
            "input": { "authType": "none" }, "propertySettings": {}
        },
        "nextAction": next
    })
}

fn piece(name: &str, piece: &str, action: &str, input: &Value, next: Option<Value>) -> Value {
    let mut step = json!({
        "name": name, "displayName": name, "type": "PIECE", "valid": true, "skip": false,
        "settings": {
            "pieceName": format!("@activepieces/piece-{piece}"), "pieceVersion": "~0.1.0", "actionName": action,
            "input": input, "propertySettings": {}
        }
    });
    if let (Some(next), Some(fields)) = (next, step.as_object_mut()) {
        fields.insert("nextAction".to_owned(), next);
    }
    step
}

fn set(name: &str, next: Option<Value>) -> Value {
    let input = json!({ "mapping": { "name": "{{trigger['body']['name']}}" } });
    piece(name, "data-mapper", "advanced_mapping", &input, next)
}

fn respond(name: &str) -> Value {
    let body = json!({ "name": "{{step_1['name']}}" });
    let input = json!({ "responseType": "json", "respond": "stop", "fields": { "status": 200, "headers": {}, "body": body } });
    piece(name, "webhook", "return_response", &input, None)
}

/// webhook -> set -> if -> respond.
pub(crate) fn short() -> Value {
    let condition = json!({
        "firstValue": "{{step_1['name']}}", "operator": "EXISTS", "secondValue": "", "caseSensitive": false
    });
    let router = json!({
        "name": "step_2", "displayName": "If", "type": "ROUTER", "valid": true, "skip": false,
        "settings": {
            "executionType": "EXECUTE_FIRST_MATCH",
            "branches": [
                { "branchType": "CONDITION", "branchName": "Has a name", "conditions": [[condition]] },
                { "branchType": "FALLBACK", "branchName": "Otherwise" }
            ]
        },
        "children": [respond("step_3"), null]
    });
    webhook(set("step_1", Some(router)))
}

/// webhook -> `steps` steps that set a field -> respond.
pub(crate) fn row_of(steps: usize) -> Value {
    let last = respond(&format!("step_{}", steps + 1));
    webhook((1..=steps).rev().fold(last, |next, at| set(&format!("step_{at}"), Some(next))))
}

/// webhook -> wait until the time in `at` of the body.
pub(crate) fn pausing() -> Value {
    let input = json!({ "delayUntilTimestamp": "{{trigger['body']['at']}}" });
    webhook(piece("step_1", "delay", "delay_until", &input, None))
}

/// webhook -> a list of `items` numbers -> for each of them a step that sets a field -> respond.
pub(crate) fn loop_of(items: usize) -> Value {
    let each = json!({
        "name": "step_2", "displayName": "Each", "type": "LOOP_ON_ITEMS", "valid": true, "skip": false,
        "settings": { "items": "{{step_1['rows']}}" },
        "firstLoopAction": piece(
            "step_3", "data-mapper", "advanced_mapping", &json!({ "mapping": { "n": "{{step_2['item'] * 2}}" } }), None,
        ),
        "nextAction": respond("step_4")
    });
    let rows: Vec<usize> = (0..items).collect();
    let input = json!({ "mapping": { "name": "{{trigger['body']['name']}}", "rows": rows } });
    webhook(piece("step_1", "data-mapper", "advanced_mapping", &input, Some(each)))
}

/// webhook -> `steps` calls of `url`, each with the run and the step in its query.
pub(crate) fn calls(steps: usize, url: &str) -> Value {
    let call = |at: usize, next: Option<Value>| {
        let input = json!({
            "method": "GET", "url": format!("{url}?run={{{{trigger['body']['run']}}}}&step={at}"),
            "headers": {}, "queryParams": {}, "authType": "NONE"
        });
        piece(&format!("step_{at}"), "http", "send_request", &input, next)
    };
    let first = (1..=steps).rev().fold(None, |next, at| Some(call(at, next)));
    webhook(first.unwrap_or_default())
}

/// Makes and publishes a flow; gives its id and the address that starts it.
pub(crate) async fn publish(
    process: &Process,
    client: &Client,
    trigger: Value,
) -> Result<(String, String), Failure> {
    let made = tool(process, client, "flow_create", json!({ "name": "Bench", "trigger": trigger }))
        .await?;
    let flow = made.get("flow").unwrap_or(&made);
    let id = flow.get("id").and_then(Value::as_str).ok_or("flow_create gives no id")?.to_owned();
    tool(process, client, "flow_publish", json!({ "flow_id": id })).await?;
    let published = tool(process, client, "flow_get", json!({ "flow_id": id })).await?;
    let address = published.get("webhookUrl").and_then(Value::as_str);
    let hook = address.and_then(|it| it.rsplit('/').next()).ok_or("flow_get gives no address")?;
    Ok((id, process.url(&format!("/api/v1/webhooks/{hook}"))))
}
