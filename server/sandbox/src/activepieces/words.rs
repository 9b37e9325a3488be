//! Expressions, as far as tests need them: paths into what the steps before gave.

use serde_json::{Map, Value};

/// `value` with every `{{path}}` in its place: alone with its type, inside other text as text, nothing as nothing.
pub(super) fn resolved(value: &Value, seen: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => text_of(text, seen),
        Value::Array(items) => items.iter().map(|it| resolved(it, seen)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, it)| (name.clone(), resolved(it, seen))).collect()
        }
        other => other.clone(),
    }
}

fn text_of(text: &str, seen: &Map<String, Value>) -> Value {
    let whole = text.strip_prefix("{{").and_then(|it| it.strip_suffix("}}"));
    if let Some(path) = whole.filter(|it| !it.contains("{{")) {
        return look_up(path, seen).unwrap_or_else(|| "".into());
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((path, after)) = after.split_once("}}") else { break };
        out.push_str(before);
        match look_up(path, seen) {
            Some(Value::String(found)) => out.push_str(&found),
            Some(Value::Null) | None => {}
            Some(found) => out.push_str(&found.to_string()),
        }
        rest = after;
    }
    out.push_str(rest);
    out.into()
}

fn look_up(path: &str, seen: &Map<String, Value>) -> Option<Value> {
    let plain =
        path.trim().replace("['", ".").replace("[\"", ".").replace(['[', ']', '\'', '"'], ".");
    let mut parts = plain.split('.').filter(|it| !it.is_empty());
    let mut at = seen.get(parts.next()?)?;
    for part in parts {
        at = match at {
            Value::Array(items) => items.get(part.parse::<usize>().ok()?)?,
            other => other.get(part)?,
        };
    }
    Some(at.clone())
}

/// Whether one condition holds; its values are worked out already.
pub(super) fn holds(condition: &Value) -> bool {
    let text = |name: &str| match &condition[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let (first, second) = (text("firstValue"), text("secondValue"));
    let number = |it: &str| it.parse::<f64>().unwrap_or(f64::NAN);
    match condition["operator"].as_str().unwrap_or_default() {
        "TEXT_EXACTLY_MATCHES" => first == second,
        "TEXT_CONTAINS" => first.contains(&second),
        "NUMBER_IS_GREATER_THAN" => number(&first) > number(&second),
        "NUMBER_IS_LESS_THAN" => number(&first) < number(&second),
        "BOOLEAN_IS_TRUE" => first == "true",
        "EXISTS" => !first.is_empty(),
        _ => false,
    }
}
