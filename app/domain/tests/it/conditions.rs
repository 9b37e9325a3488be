//! Conditions against what another engine said about them.

use domain::expr::{Scope, resolve};
use domain::flow::condition::{Condition, Operator, holds};
use serde_json::{Value, json};

const VECTORS: &str = include_str!("../vectors/conditions.json");

#[test]
fn every_recorded_condition_has_the_recorded_verdict() {
    let vectors: Value = serde_json::from_str(VECTORS).expect("vectors");
    let trigger = json!({ "body": vectors["trigger_body"] });
    let scope = Scope::new().step("trigger", &trigger);
    let value = |text: &str| resolve(&json!(text), &scope).expect("within limits").value;
    for vector in vectors["conditions"].as_array().expect("a list") {
        let condition: Condition = serde_json::from_value(vector.clone()).expect("a condition");
        let operator =
            condition.operator.as_deref().and_then(Operator::parse).expect("an operator");
        let second = value(condition.second_value.as_deref().unwrap_or_default());
        let case_sensitive = condition.case_sensitive.unwrap_or(false);
        let verdict = operator.compare(&value(&condition.first_value), &second, case_sensitive);
        assert_eq!(Value::Bool(verdict), vector["evaluation"], "{vector}");
    }
}

#[test]
fn groups_are_any_of_all_of() {
    let vectors: Value = serde_json::from_str(VECTORS).expect("vectors");
    for vector in vectors["group_logic"].as_array().expect("a list") {
        let groups: Vec<Vec<bool>> =
            serde_json::from_value(vector["groups_or_of_and"].clone()).expect("groups");
        assert_eq!(Value::Bool(holds(&groups)), vector["evaluation"], "{vector}");
    }
}
