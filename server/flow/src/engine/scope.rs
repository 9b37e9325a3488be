//! What expressions of a step can see: the trigger's output, outputs of steps that ran, and, in loops, those of the
//! round. A round's own outputs are gone when it ends.

use domain::expr;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Outputs by step name, layered by loops.
pub(crate) struct Scope {
    layers: Vec<Map<String, Value>>,
    /// Steps that failed in flows that go on: their name alone gives "", their `error` the message.
    failed: Vec<String>,
    /// Values of connections, by their name in expressions.
    connections: BTreeMap<String, Value>,
}

impl Scope {
    /// Holds only the trigger's output.
    pub(crate) fn new(trigger: Value) -> Self {
        let mut outer = Map::new();
        outer.insert("trigger".to_owned(), trigger);
        Self { layers: vec![outer], failed: Vec::new(), connections: BTreeMap::new() }
    }

    /// The output of the step called `name`, the innermost first.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.layers.iter().rev().find_map(|it| it.get(name))
    }

    /// The connection called `name` can be used.
    pub(crate) fn connect(&mut self, name: &str, value: Value) {
        self.connections.insert(name.to_owned(), value);
    }

    /// The step gave `output`.
    pub(crate) fn set(&mut self, name: &str, output: Value) {
        self.failed.retain(|it| it != name);
        self.insert(name, output);
    }

    /// The step failed with `message` and the run goes on.
    pub(crate) fn set_failed(&mut self, name: &str, message: &str) {
        self.insert(name, json!({ "error": message }));
        if !self.has_failed(name) {
            self.failed.push(name.to_owned());
        }
    }

    /// Whether the step failed.
    pub(crate) fn has_failed(&self, name: &str) -> bool {
        self.failed.iter().any(|it| it == name)
    }

    /// Whether any step did.
    pub(crate) fn has_failures(&self) -> bool {
        !self.failed.is_empty()
    }

    /// Everything there is, for expressions: inner layers hide outer ones.
    pub(crate) fn seen(&self) -> expr::Scope<'_> {
        let all = self.layers.iter().flatten();
        let seen = self
            .connections
            .iter()
            .fold(expr::Scope::new(), |seen, (name, value)| seen.connection(name, value));
        all.fold(seen, |seen, (name, value)| seen.step(name, value))
    }

    /// A round of a loop begins.
    pub(crate) fn enter(&mut self) {
        self.layers.push(Map::new());
    }

    /// Whether a round of a loop is under way.
    pub(crate) fn is_in_round(&self) -> bool {
        self.layers.len() > 1
    }

    /// It ends; gives the outputs of its steps.
    pub(crate) fn leave(&mut self) -> Map<String, Value> {
        if self.layers.len() > 1 { self.layers.pop().unwrap_or_default() } else { Map::new() }
    }

    fn insert(&mut self, name: &str, value: Value) {
        if let Some(layer) = self.layers.last_mut() {
            layer.insert(name.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_sees_the_outside_and_leaves_nothing_behind() {
        let mut scope = Scope::new(json!({ "n": 1 }));
        scope.set("step_1", json!("outer"));
        scope.enter();
        scope.set("step_2", json!("inner"));
        assert_eq!(scope.get("step_1"), Some(&json!("outer")));
        assert_eq!(scope.get("step_2"), Some(&json!("inner")));
        scope.leave();
        assert_eq!(scope.get("step_2"), None);
        assert_eq!(scope.get("trigger"), Some(&json!({ "n": 1 })));
    }

    #[test]
    fn a_step_that_failed_tells_why() {
        let mut scope = Scope::new(Value::Null);
        scope.set_failed("step_1", "no answer");
        assert!(scope.has_failed("step_1"));
        assert_eq!(scope.get("step_1"), Some(&json!({ "error": "no answer" })));
    }
}
