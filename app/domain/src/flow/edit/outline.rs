//! A change without the values in it, for events: inputs may hold passwords, and events are kept and shown widely.

use super::FlowEdit;
use serde_json::{Map, Value};

/// What of a step's settings says what it is, not what it is given.
const KEPT: [&str; 3] = ["pieceName", "actionName", "triggerName"];

/// `edit` as JSON `{type, request}`: which steps, of which kind, where; no input, condition, code or sample.
pub fn outline(edit: &FlowEdit) -> Value {
    let mut whole = serde_json::to_value(edit).unwrap_or_default();
    forget(&mut whole);
    whole
}

fn forget(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(forget),
        Value::Object(map) => {
            map.remove("conditions");
            if let Some(Value::Object(settings)) = map.get_mut("settings") {
                *settings = kept(settings);
            }
            map.values_mut().for_each(forget);
        }
        _ => {}
    }
}

fn kept(settings: &Map<String, Value>) -> Map<String, Value> {
    let of = |it: &(&String, &Value)| KEPT.contains(&it.0.as_str());
    settings.iter().filter(of).map(|(key, it)| (key.clone(), it.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{AddAction, Location};
    use super::*;
    use crate::flow::catalog::{HTTP, step};
    use serde_json::json;

    #[test]
    fn an_added_step_is_told_without_its_inputs() {
        let input = json!({ "headers": { "authorization": "hunter2" } });
        let input = input.as_object().cloned().unwrap_or_default();
        let action = step::piece_action_with("step_1", HTTP, "send_request", input).expect("known");
        let edit = FlowEdit::AddAction(Box::new(AddAction {
            parent_step: "trigger".to_owned(),
            step_location_relative_to_parent: Location::After,
            branch_index: None,
            action,
        }));
        let told = outline(&edit);
        assert_eq!(told["type"], "ADD_ACTION");
        assert_eq!(told["request"]["action"]["settings"]["actionName"], "send_request");
        assert!(!told.to_string().contains("hunter2"));
    }
}
