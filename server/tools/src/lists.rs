//! Lists as contract.md 8.8 shapes them.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// `{<name>, count, coverage, expanded}` with every item.
pub(crate) fn all<T: Serialize>(name: &str, items: &[T]) -> Value {
    let mut fields = Map::new();
    fields.insert(name.to_owned(), json!(items));
    fields.insert("count".into(), items.len().into());
    fields.insert("expanded".into(), true.into());
    fields.insert("coverage".into(), coverage(items.len()));
    Value::Object(fields)
}

/// Everything was read.
pub(crate) fn coverage(count: usize) -> Value {
    json!({ "total_items": count, "next_url": null, "truncated": false })
}

/// `value` with more fields.
pub(crate) fn with(mut value: Value, more: Value) -> Value {
    if let (Value::Object(fields), Value::Object(more)) = (&mut value, more) {
        fields.extend(more);
    }
    value
}
