//! Basecamp's JSON as rows of the mirror. The typed models of the SDK drop fields, so the mirror reads the raw body.

use crate::plain;
use chrono::DateTime;
use serde_json::{Map, Value, json};
use store::mirror::{PersonRow, ProjectRow, Record};

/// Text kept of one record, in characters.
const TEXT: usize = 100_000;

fn text(value: &Value, field: &str) -> String {
    value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn some_text(value: &Value, field: &str) -> Option<String> {
    Some(text(value, field)).filter(|it| !it.is_empty())
}

pub(crate) fn number(value: &Value, field: &str) -> Option<i64> {
    value.get(field).and_then(Value::as_i64)
}

/// An instant in epoch milliseconds.
pub(crate) fn instant(value: &Value, field: &str) -> Option<i64> {
    let text = value.get(field)?.as_str()?;
    DateTime::parse_from_rfc3339(text).ok().map(|it| it.timestamp_millis())
}

fn is_person(value: &Map<String, Value>) -> bool {
    value.contains_key("personable_type") && value.get("id").is_some_and(Value::is_i64)
}

/// Takes the people out of `value`, where each leaves its id, and gives them.
fn take_people(value: &mut Value, people: &mut Vec<Value>) {
    match value {
        Value::Object(fields) if is_person(fields) => {
            let id = fields.get("id").cloned();
            people.push(Value::Object(std::mem::take(fields)));
            fields.extend(id.map(|id| ("id".to_owned(), id)));
        }
        Value::Object(fields) => fields.values_mut().for_each(|it| take_people(it, people)),
        Value::Array(items) => items.iter_mut().for_each(|it| take_people(it, people)),
        _ => {}
    }
}

/// A person, when `value` is one.
pub(crate) fn person(value: &Value) -> Option<PersonRow> {
    Some(PersonRow {
        id: number(value, "id")?,
        name: some_text(value, "name")?,
        email: some_text(value, "email_address").filter(|it| is_address(it)),
        title: some_text(value, "title"),
        client: i16::from(value.get("client").and_then(Value::as_bool).unwrap_or_default()),
        raw: value.to_string(),
    })
}

/// Whether it is a whole address: who is no admin reads those of others with stars in them, or not at all.
pub(crate) fn is_address(text: &str) -> bool {
    text.contains('@') && !text.contains(['*', '\u{2022}', '\u{2026}'])
}

/// A project, when `value` is one.
pub(crate) fn project(value: &Value) -> Option<ProjectRow> {
    let dock = value.get("dock").and_then(Value::as_array).into_iter().flatten();
    let is_set = |tool: &&Value| {
        text(tool, "name") == "todoset"
            && tool.get("enabled").and_then(Value::as_bool).unwrap_or_default()
    };
    Some(ProjectRow {
        id: number(value, "id")?,
        name: some_text(value, "name")?,
        description: plain::from_html(&text(value, "description")),
        status: text(value, "status"),
        app_url: text(value, "app_url"),
        todoset_id: dock.filter(is_set).find_map(|tool| number(tool, "id")),
        updated_at: instant(value, "updated_at")?,
        raw: value.to_string(),
    })
}

/// The rich text of a record: its notes, or what was written.
pub(crate) fn rich(value: &Value) -> String {
    let field = ["description", "content"].into_iter().find(|field| {
        let is_title = *field == "content" && text(value, "type") == "Todo";
        !is_title && value.get(*field).and_then(Value::as_str).is_some_and(|it| !it.is_empty())
    });
    field.map(|field| text(value, field)).unwrap_or_default()
}

/// The words of a record.
fn body(value: &Value) -> String {
    plain::from_html(&rich(value)).chars().take(TEXT).collect()
}

/// A record and the people named in it, when `value` is one. Its place among others must be known: without a project
/// nobody could be shown it.
pub(crate) fn record(mut value: Value) -> Option<(Record, Vec<PersonRow>)> {
    let mut people = Vec::new();
    take_people(&mut value, &mut people);
    let empty = json!({});
    let part = |field: &str| value.get(field).filter(|it| it.is_object()).unwrap_or(&empty);
    let (parent, completion) = (part("parent"), part("completion"));
    let assignees = value.get("assignees").and_then(Value::as_array).into_iter().flatten();
    let kind = some_text(&value, "type")?;
    let title = if kind == "Todo" { text(&value, "content") } else { text(&value, "title") };
    let record = Record {
        id: number(&value, "id")?,
        bucket_id: number(part("bucket"), "id")?,
        parent_id: number(parent, "id"),
        parent_kind: text(parent, "type"),
        parent_title: text(parent, "title"),
        parent_url: text(parent, "app_url"),
        title,
        body: body(&value),
        status: text(&value, "status"),
        completed: value.get("completed").and_then(Value::as_bool).unwrap_or_default(),
        completed_at: instant(completion, "created_at").or_else(|| instant(&value, "completed_at")),
        completer_id: number(completion.get("creator").unwrap_or(&empty), "id")
            .or_else(|| number(part("completer"), "id")),
        due_on: some_text(&value, "due_on"),
        starts_on: ["starts_on", "starts_at", "date"].iter().find_map(|it| some_text(&value, it)),
        position: number(&value, "position").unwrap_or_default(),
        creator_id: number(part("creator"), "id"),
        assignees: assignees.filter_map(|it| number(it, "id")).collect(),
        comments: number(&value, "comments_count").unwrap_or_default(),
        for_clients: value.get("visible_to_clients").and_then(Value::as_bool).unwrap_or_default(),
        app_url: text(&value, "app_url"),
        created_at: instant(&value, "created_at")?,
        updated_at: instant(&value, "updated_at")?,
        raw: value.to_string(),
        kind,
    };
    Some((record, people.iter().filter_map(person).collect()))
}
