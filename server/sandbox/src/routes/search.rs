//! Search over every kind of record, and what it accepts.

use crate::account::{Account, Status};
use crate::call::{Answer, Call};
use crate::paging;
use crate::render::Render;
use serde_json::{Value, json};

const MOST: usize = 100;

/// Records that hold every word, the newest first. `per_page` counts here.
pub(super) fn find(account: &Account, call: &Call) -> Answer {
    let words: Vec<String> = call
        .param("q")
        .unwrap_or_default()
        .to_lowercase()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let fits = |text: &str| words.iter().all(|it| text.to_lowercase().contains(it));
    let asked = |one: &str, other: &str| -> Vec<String> {
        let of = |it: &&(String, String)| it.0 == one || it.0 == other;
        call.query.iter().filter(of).map(|it| it.1.clone()).collect()
    };
    let types = asked("type_names[]", "type");
    let (projects, people) =
        (asked("bucket_ids[]", "bucket_id"), asked("creator_ids[]", "creator_id"));
    let is_chat_left_out = call.param("exclude_chat").is_some_and(|it| matches!(it, "1" | "true"));
    let mut found: Vec<Value> = candidates(account, call, &fits);
    found.retain(|it| {
        let text = |pointer: &str| it.pointer(pointer).map(Value::to_string).unwrap_or_default();
        let kind = it.get("type").and_then(Value::as_str).unwrap_or_default();
        (types.is_empty() || types.iter().any(|it| it == kind))
            && (projects.is_empty() || projects.contains(&text("/bucket/id")))
            && (people.is_empty() || people.contains(&text("/creator/id")))
            && !(is_chat_left_out && kind.starts_with("Chat::"))
    });
    found.sort_by_key(|it| {
        std::cmp::Reverse(
            it.get("updated_at").and_then(Value::as_str).unwrap_or_default().to_owned(),
        )
    });
    let size = call.param("per_page").and_then(|it| it.parse().ok()).unwrap_or(50_usize);
    Answer::Page(paging::fixed(found, call.page(), size.clamp(1, MOST)))
}

fn candidates(account: &Account, call: &Call, fits: &dyn Fn(&str) -> bool) -> Vec<Value> {
    let render = Render { account, links: &call.links };
    let is_active =
        |project: i64| account.project(project).is_some_and(|it| it.status == Status::Active);
    let todos =
        account.todos.iter().filter(|it| it.status == Status::Active && is_active(it.project_id));
    let todos = todos.filter(|it| fits(&format!("{} {}", it.content, it.description)));
    let comments =
        account.comments.iter().filter(|it| it.status == Status::Active && fits(&it.content));
    let records = account.records.iter().filter(|it| it.is_live() && is_active(it.project_id));
    let records = records.filter(|it| {
        let texts = it.fields.values().filter_map(Value::as_str);
        fits(&texts.collect::<Vec<_>>().join(" "))
    });
    let mut found: Vec<Value> = todos.map(|it| render.todo(it)).collect();
    found.extend(comments.map(|it| render.comment(it)));
    found.extend(records.map(|it| render.record(it)).filter(|it| it.get("bucket").is_some()));
    found
}

/// The filters and their values.
pub(super) fn metadata(account: &Account) -> Answer {
    let choice = |key: &str, value: &str| json!({"key": key, "value": value});
    let projects: Vec<Value> =
        account.projects.iter().map(|it| json!({"id": it.id, "name": it.name})).collect();
    Answer::Record(
        200,
        json!({
            "recording_search_types": [
                choice("", "Everything"), choice("Todo", "To-dos"), choice("Message", "Messages"),
                choice("Comment", "Comments"), choice("Document", "Documents"), choice("Kanban::Card", "Cards"),
                choice("Upload", "Files"), choice("Schedule::Entry", "Events")
            ],
            "file_search_types": [choice("", "All files"), choice("image", "Images"), choice("pdf", "PDFs")],
            "default_creator_label": "Anyone", "default_bucket_label": "Everywhere", "buckets": projects
        }),
    )
}
