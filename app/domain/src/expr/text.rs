//! JSON texts as JavaScript writes them.

use super::number;
use serde_json::Value;

/// `JSON.stringify(value)`: no spaces, numbers in JavaScript's form.
pub fn json_text(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Number(it) => match it.as_f64().filter(|_| it.is_f64()) {
            Some(float) => text.push_str(&number::text(float)),
            None => text.push_str(&it.to_string()),
        },
        Value::Array(items) => {
            text.push('[');
            for (at, it) in items.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                write(it, text);
            }
            text.push(']');
        }
        Value::Object(map) => {
            text.push('{');
            for (at, (key, it)) in map.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                text.push_str(&quoted(key));
                text.push(':');
                write(it, text);
            }
            text.push('}');
        }
        Value::Null | Value::Bool(_) | Value::String(_) => text.push_str(&value.to_string()),
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
