//! Reading what tools gave.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// A list in a tool's answer; empty when it is not there.
pub(crate) fn list<T: DeserializeOwned>(answer: &Value, name: &str) -> Vec<T> {
    answer.get(name).cloned().and_then(|it| serde_json::from_value(it).ok()).unwrap_or_default()
}

/// One thing in a tool's answer.
pub(crate) fn one<T: DeserializeOwned>(answer: &Value, name: &str) -> Option<T> {
    serde_json::from_value(answer.get(name)?.clone()).ok()
}

/// A text in a tool's answer.
pub(crate) fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A number in a tool's answer.
pub(crate) fn number(answer: &Value, name: &str) -> i64 {
    answer.get(name).and_then(Value::as_i64).unwrap_or_default()
}
