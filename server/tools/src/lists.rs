//! Lists as contract.md 8.8 shapes them.

use crate::tool::Done;
use basecamp::Basecamp;
use basecamp::records::Listing;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Characters of a comment in its short form.
const EXCERPT: usize = 200;

/// `{<name>, count, coverage, expanded}` with every item.
pub(crate) fn all<T: Serialize>(name: &str, items: &[T]) -> Value {
    let mut fields = Map::new();
    fields.insert(name.to_owned(), json!(items));
    fields.insert("count".into(), items.len().into());
    fields.insert("expanded".into(), true.into());
    fields.insert("coverage".into(), coverage(items.len()));
    Value::Object(fields)
}

/// Everything was read, in one part.
pub(crate) fn coverage(count: usize) -> Value {
    json!({
        "pages_fetched": 1, "per_page": count, "total_items": count, "max_pages": 1, "next_url": null,
        "truncated": false
    })
}

/// A collection as it was read from Basecamp.
pub(crate) fn read(name: &str, listing: &Listing) -> Value {
    if listing.pages == 0 {
        return all(name, &listing.items);
    }
    let coverage = json!({
        "pages_fetched": listing.pages, "per_page": listing.per_page, "total_items": listing.items.len(),
        "max_pages": listing.max_pages, "next_url": listing.next_url, "truncated": listing.next_url.is_some()
    });
    with(all(name, &listing.items), json!({ "coverage": coverage }))
}

/// The empty list of a tool that the project does not use.
pub(crate) fn absent(name: &str, tool: &str) -> Done {
    let notice = json!({
        "tool": tool, "reason": "TOOL_NOT_ENABLED", "status": 200,
        "message": format!("This project does not use {}", tool.replace('_', " ")),
        "hint": "Switch the tool on in the project's settings in Basecamp"
    });
    Done::new(with(all::<Value>(name, &[]), json!({ "notice": notice })))
}

/// `value` with more fields.
pub(crate) fn with(mut value: Value, more: Value) -> Value {
    if let (Value::Object(fields), Value::Object(more)) = (&mut value, more) {
        fields.extend(more);
    }
    value
}

/// The one collection of an answer: the array that `count` counts.
pub(crate) fn collection(value: &Value) -> Option<String> {
    let count = value.get("count")?.as_u64()?;
    let fields = value.as_object()?.iter();
    let counted = |it: &Value| it.as_array().is_some_and(|it| it.len() as u64 == count);
    fields.into_iter().find(|(_, it)| counted(it)).map(|(name, _)| name.clone())
}

/// Only the most important fields of an item.
pub(crate) fn compact(item: &Value) -> Value {
    let kind = item.get("type").and_then(Value::as_str).unwrap_or_default();
    let ids = |name: &str| -> Value {
        let people = item.get(name).and_then(Value::as_array).into_iter().flatten();
        people.filter_map(|it| it.get("id").cloned()).collect()
    };
    let of = |names: &[&str]| -> Value {
        let fields = names.iter().filter_map(|it| Some(((*it).to_owned(), item.get(*it)?.clone())));
        Value::Object(fields.collect())
    };
    let bucket =
        || json!({ "id": item.pointer("/bucket/id"), "name": item.pointer("/bucket/name") });
    match kind {
        "Todo" => with(
            of(&["id", "title", "status", "completed", "due_on"]),
            json!({ "project": bucket(), "assignee_ids": ids("assignees"), "app_url": item["app_url"] }),
        ),
        "Kanban::Card" => with(
            of(&["id", "title", "status"]),
            json!({
                "project_id": item.pointer("/bucket/id"), "column_id": item.pointer("/parent/id"),
                "column_title": item.pointer("/parent/title"), "due_on": item["due_on"],
                "assignee_ids": ids("assignees"), "app_url": item["app_url"]
            }),
        ),
        "Comment" => {
            let words = Basecamp::words(item["content"].as_str().unwrap_or_default());
            let content: String = words.chars().take(EXCERPT).collect();
            with(
                json!({ "id": item["id"], "content": content }),
                of(&["creator", "created_at", "app_url", "parent"]),
            )
        }
        "" if item.get("dock").is_some() => of(&["id", "name", "status", "app_url"]),
        "" if item.get("list_name").is_some() => {
            let people = json!({ "id": item["project_id"], "name": item["project_name"] });
            with(
                of(&["id", "title", "status", "completed", "due_on"]),
                json!({ "project": people, "assignee_ids": ids("assignees"), "app_url": item["app_url"] }),
            )
        }
        "" => item.clone(),
        _ => {
            of(&["id", "title", "type", "status", "bucket", "created_at", "updated_at", "app_url"])
        }
    }
}

/// The first chunk, a preview and what is needed to fetch the rest.
pub(crate) fn cut(value: &mut Value, name: &str, (first, limit): (usize, usize)) {
    let Some(items) = value.get(name).and_then(Value::as_array).cloned() else { return };
    let preview: Vec<Value> = items.iter().take(limit).cloned().collect();
    let more = json!({
        name: items.iter().take(first).collect::<Vec<_>>(), "expanded": false, "chunk_required": true,
        format!("{name}_preview_count"): preview.len(), format!("{name}_preview_limit"): limit,
        format!("{name}_preview"): preview
    });
    *value = with(value.take(), more);
}
