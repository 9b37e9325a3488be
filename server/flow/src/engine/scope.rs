//! What expressions of a step can see: the trigger's output, outputs of steps that ran, and, in loops, those of the
//! round. A round's own outputs are gone when it ends.

use domain::expr;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Outputs by step name, layered by loops and by branches that run at once.
pub(crate) struct Scope {
    /// All but the last are only read, and shared with other branches.
    layers: Vec<Arc<Map<String, Value>>>,
    /// Rounds of loops that are under way inside each other.
    rounds: usize,
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
        Self {
            layers: vec![Arc::new(outer)],
            rounds: 0,
            failed: Vec::new(),
            connections: BTreeMap::new(),
        }
    }

    /// The output of the step called `name`, the innermost first.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.layers.iter().rev().find_map(|it| it.get(name))
    }

    /// The names of the steps whose outputs it has.
    pub(crate) fn names(&self) -> Vec<String> {
        self.layers.iter().flat_map(|it| it.keys().cloned()).collect()
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
        let all = self.layers.iter().flat_map(|it| it.iter());
        let seen = self
            .connections
            .iter()
            .fold(expr::Scope::new(), |seen, (name, value)| seen.connection(name, value));
        all.fold(seen, |seen, (name, value)| seen.step(name, value))
    }

    /// A round of a loop begins.
    pub(crate) fn enter(&mut self) {
        self.layers.push(Arc::default());
        self.rounds += 1;
    }

    /// Whether a round of a loop is under way.
    pub(crate) fn is_in_round(&self) -> bool {
        self.rounds > 0
    }

    /// It ends; gives the outputs of its steps.
    pub(crate) fn leave(&mut self) -> Map<String, Value> {
        if self.rounds == 0 {
            return Map::new();
        }
        self.rounds -= 1;
        self.layers.pop().map(Arc::unwrap_or_clone).unwrap_or_default()
    }

    /// What one of several branches that run at once sees: everything up to now, and from now on its own steps.
    pub(crate) fn branch(&self) -> Self {
        let mut layers = self.layers.clone();
        layers.push(Arc::default());
        Self {
            layers,
            rounds: self.rounds,
            failed: self.failed.clone(),
            connections: self.connections.clone(),
        }
    }

    /// What a branch leaves when it has ended.
    pub(crate) fn into_left(mut self) -> Left {
        let outputs = self.layers.pop().map(Arc::unwrap_or_clone).unwrap_or_default();
        self.failed.retain(|it| outputs.contains_key(it));
        Left { outputs, failed: self.failed, connections: self.connections }
    }

    /// From now on the steps of a branch that has ended are seen.
    pub(crate) fn join(&mut self, left: Left) {
        for (name, output) in left.outputs {
            self.set(&name, output);
        }
        self.failed.extend(left.failed);
        self.connections.extend(left.connections);
    }

    fn insert(&mut self, name: &str, value: Value) {
        if let Some(layer) = self.layers.last_mut() {
            Arc::make_mut(layer).insert(name.to_owned(), value);
        }
    }
}

/// Outputs of the steps of a branch.
pub(crate) struct Left {
    outputs: Map<String, Value>,
    failed: Vec<String>,
    connections: BTreeMap<String, Value>,
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
    fn branches_see_what_was_before_them_and_all_is_seen_after_them() {
        let mut scope = Scope::new(Value::Null);
        scope.enter();
        scope.set_failed("step_1", "no");
        let (mut left, mut right) = (scope.branch(), scope.branch());
        left.set("step_2", json!(2));
        right.set_failed("step_3", "not now");
        right.set("step_1", json!("mended"));
        assert_eq!((left.get("step_3"), right.get("step_2")), (None, None));
        assert!(left.has_failed("step_1") && left.is_in_round());
        for it in [left.into_left(), right.into_left()] {
            scope.join(it);
        }
        assert_eq!(scope.get("step_2"), Some(&json!(2)));
        assert!(scope.has_failed("step_3") && !scope.has_failed("step_1"));
        let round = scope.leave();
        assert_eq!(round.keys().collect::<Vec<_>>(), ["step_1", "step_2", "step_3"]);
        assert!(!scope.is_in_round());
    }

    #[test]
    fn a_step_that_failed_tells_why() {
        let mut scope = Scope::new(Value::Null);
        scope.set_failed("step_1", "no answer");
        assert!(scope.has_failed("step_1"));
        assert_eq!(scope.get("step_1"), Some(&json!({ "error": "no answer" })));
    }
}
