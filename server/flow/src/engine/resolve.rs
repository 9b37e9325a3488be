//! Filling in a step's inputs: every text in them may hold expressions.

use crate::engine::scope::Scope;
use domain::expr;
use serde_json::{Map, Value};

/// An input with its expressions replaced by their values.
pub(crate) struct Resolved<T> {
    /// The values.
    pub(crate) value: T,
    /// References that gave nothing, one sentence each.
    pub(crate) warnings: Vec<String>,
}

/// Fills in an object, keys as they are.
pub(crate) fn object(
    input: &Map<String, Value>,
    scope: &Scope,
    now_ms: i64,
) -> Result<Resolved<Map<String, Value>>, String> {
    let Resolved { value, warnings } = filled(Value::Object(input.clone()), scope, now_ms)?;
    let value = match value {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    Ok(Resolved { value, warnings })
}

/// Fills in one text.
pub(crate) fn text(text: &str, scope: &Scope, now_ms: i64) -> Result<Resolved<Value>, String> {
    if !text.contains("{{") {
        return Ok(Resolved { value: text.into(), warnings: Vec::new() });
    }
    filled(text.into(), scope, now_ms)
}

fn filled(mut input: Value, scope: &Scope, now_ms: i64) -> Result<Resolved<Value>, String> {
    if scope.has_failures() {
        blank_failed(&mut input, scope);
    }
    let seen = scope.seen().at(now_ms);
    let resolved = expr::resolve(&input, &seen).map_err(|error| error.to_string())?;
    Ok(Resolved { value: resolved.value, warnings: resolved.warnings })
}

/// A step that failed and was passed over gives an empty text, as in the engine whose flows we run; only its
/// `error` says more.
fn blank_failed(value: &mut Value, scope: &Scope) {
    match value {
        Value::String(text) => {
            let name = text.strip_prefix("{{").and_then(|it| it.strip_suffix("}}"));
            if name.is_some_and(|it| scope.has_failed(it.trim())) {
                text.clear();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|it| blank_failed(it, scope)),
        Value::Object(map) => map.values_mut().for_each(|it| blank_failed(it, scope)),
        _ => {}
    }
}
