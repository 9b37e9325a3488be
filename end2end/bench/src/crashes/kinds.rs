//! Flows with one step of a kind between two that leave a mark.

use serde_json::{Value, json};

/// A kind of step.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// The step, given the address of the site and the id of the flow to call.
    step: fn(&str, &str) -> Value,
    /// The marks in the end, in any order.
    pub(super) leaves: &'static [&'static str],
    /// A request that was under way is sent again, with the same key.
    pub(super) sends_again: bool,
}

pub(super) const KINDS: &[Kind] = &[
    kind("fields", |_, _| fields("step_2"), &["before", "after"]),
    kind("memory", |_, _| add("step_2", "kept"), &["before", "kept", "after"]),
    kind("table", |_, _| row("step_2"), &["before", "row", "after"]),
    Kind {
        sends_again: true,
        ..kind("http put", |site, _| http("step_2", "PUT", site), &["before", "after"])
    },
    kind("http post", |site, _| http("step_2", "POST", site), &["before", "after"]),
    kind("loop", |_, _| rounds(), &["before", "1", "2", "3", "after"]),
    Kind {
        sends_again: true,
        ..kind("branches", |site, _| branches(site), &["before", "left", "right", "after"])
    },
    kind("flow", |_, child| call(child), &["before", "child", "after"]),
    kind("delay", |_, _| delay("step_2"), &["before", "after"]),
    kind("assistant", |_, _| ask(), &["before", "after"]),
];

const fn kind(
    name: &'static str,
    step: fn(&str, &str) -> Value,
    leaves: &'static [&'static str],
) -> Kind {
    Kind { name, step, leaves, sends_again: false }
}

impl Kind {
    /// The trigger of the flow, with its steps.
    pub(super) fn flow(&self, site: &str, child: &str) -> Value {
        let mut step = (self.step)(site, child);
        step["nextAction"] = add("step_3", "after");
        let mut first = add("step_1", "before");
        first["nextAction"] = step;
        trigger("webhook", "catch_webhook", json!({ "authType": "none", "authFields": {} }), first)
    }
}

/// The flow that others call.
pub(super) fn called() -> Value {
    let input = json!({ "mode": "simple", "exampleData": { "sampleData": {} } });
    trigger("subflows", "callableFlow", input, add("step_1", "child"))
}

fn trigger(piece: &str, name: &str, input: Value, next: Value) -> Value {
    json!({
        "name": "trigger", "displayName": "Starts", "type": "PIECE_TRIGGER", "valid": true,
        "settings": {
            "pieceName": format!("@activepieces/piece-{piece}"), "pieceVersion": "~0.1.0", "triggerName": name,
            "input": input, "propertySettings": {},
        },
        "nextAction": next,
    })
}

fn piece(name: &str, piece: &str, action: &str, input: Value) -> Value {
    json!({
        "name": name, "displayName": name, "type": "PIECE", "valid": true,
        "settings": {
            "pieceName": piece, "pieceVersion": "~0.1.0", "actionName": action, "input": input,
            "propertySettings": {},
        },
    })
}

fn fields(name: &str) -> Value {
    let input = json!({ "mapping": { "n": "{{trigger.body.n}}" } });
    piece(name, "@activepieces/piece-data-mapper", "advanced_mapping", input)
}

/// Leaves a mark in a list that all flows share.
fn add(name: &str, mark: &str) -> Value {
    let input =
        json!({ "key": super::process::MARKS, "value": [mark], "store_scope": "COLLECTION" });
    piece(name, "@activepieces/piece-store", "add_to_list", input)
}

fn row(name: &str) -> Value {
    let input = json!({ "table_id": super::process::TABLE, "values": [{ "mark": "row" }] });
    piece(name, "@activepieces/piece-tables", "tables-create-records", input)
}

fn http(name: &str, method: &str, site: &str) -> Value {
    let input = json!({
        "method": method, "url": format!("http://{site}/{name}"), "headers": {}, "queryParams": {}, "authType": "NONE",
        "body_type": "none",
    });
    piece(name, "@activepieces/piece-http", "send_request", input)
}

fn delay(name: &str) -> Value {
    let input = json!({ "unit": "seconds", "delayFor": 0.05 });
    piece(name, "@activepieces/piece-delay", "delayFor", input)
}

fn ask() -> Value {
    piece("step_2", "@pmos/piece-assistant", "ask", json!({ "question": "Who?" }))
}

fn call(child: &str) -> Value {
    let input = json!({ "flow": child, "flowProps": { "payload": {} }, "waitForResponse": true });
    piece("step_2", "@activepieces/piece-subflows", "callFlow", input)
}

fn rounds() -> Value {
    json!({
        "name": "step_2", "displayName": "Each", "type": "LOOP_ON_ITEMS", "valid": true,
        "settings": { "items": "{{trigger.body.items}}" },
        "firstLoopAction": add("step_4", "{{step_2.item}}"),
    })
}

fn branches(site: &str) -> Value {
    let condition = json!({ "firstValue": "yes", "operator": "EXISTS", "secondValue": "" });
    let branch = |name: &str| json!({ "branchType": "CONDITION", "branchName": name, "conditions": [[condition]] });
    let mut waits = delay("step_5");
    waits["nextAction"] = add("step_6", "left");
    let mut asks = http("step_7", "PUT", site);
    asks["nextAction"] = add("step_8", "right");
    let otherwise = json!({ "branchType": "FALLBACK", "branchName": "Otherwise" });
    json!({
        "name": "step_2", "displayName": "At once", "type": "ROUTER", "valid": true,
        "settings": {
            "executionType": "EXECUTE_ALL_MATCH", "parallel": true,
            "branches": [branch("Left"), branch("Right"), otherwise],
        },
        "children": [waits, asks, null],
    })
}
