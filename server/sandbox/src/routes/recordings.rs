//! Records of any kind: the listing over all projects, and their status.

use crate::account::{Account, Status};
use crate::call::{Answer, Call};
use crate::record;
use crate::render::Render;
use serde_json::Value;

/// Whole records of one type, from every project or those asked for, the newest first.
pub(super) fn list(account: &Account, call: &Call) -> Answer {
    let status = Status::parse(call.param("status").unwrap_or("active"));
    let buckets: Vec<i64> = call
        .param("bucket")
        .unwrap_or_default()
        .split(',')
        .filter_map(|it| it.trim().parse().ok())
        .collect();
    let is_asked = |project_id: i64| {
        let is_active = account.project(project_id).is_some_and(|it| it.status == Status::Active);
        if buckets.is_empty() { is_active } else { buckets.contains(&project_id) }
    };
    let render = Render { account, links: &call.links };
    let mut records: Vec<Value> = match call.param("type") {
        Some("Todo") => account
            .todos
            .iter()
            .filter(|it| Some(it.status) == status && is_asked(it.project_id))
            .map(|it| render.todo(it))
            .collect(),
        Some("Todolist") => account
            .lists
            .iter()
            .filter(|it| Some(it.status) == status && is_asked(it.project_id))
            .map(|it| render.list(it))
            .collect(),
        Some("Comment") => account
            .comments
            .iter()
            .filter(|it| Some(it.status) == status && is_asked(it.project_id))
            .map(|it| render.comment(it))
            .collect(),
        Some(kind) if record::kind(kind).is_some() || kind == "Kanban::Column" => account
            .records
            .iter()
            .filter(|it| record::family(&it.kind) == record::family(kind) && !it.is_draft)
            .filter(|it| Some(it.status) == status && is_asked(it.project_id))
            .map(|it| render.record(it))
            .collect(),
        Some("Door") => Vec::new(),
        Some(_) => return Answer::Unimplemented,
        None => return Answer::missing("type"),
    };
    let key = if call.param("sort") == Some("updated_at") { "updated_at" } else { "created_at" };
    let when = |it: &Value| it.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    records.sort_by_key(when);
    if call.param("direction") != Some("asc") {
        records.reverse();
    }
    Answer::List(records)
}

/// One record, whatever it is.
pub(super) fn get(account: &Account, call: &Call, id: &str) -> Answer {
    for found in [super::todos::get, super::lists::get, super::comments::get] {
        if let Answer::Record(status, record) = found(account, call, id) {
            return Answer::Record(status, record);
        }
    }
    let render = Render { account, links: &call.links };
    let found = id.parse().ok().and_then(|id| account.record(id));
    if let Some(record) = found.filter(|it| call.holds(it.project_id)) {
        return Answer::Record(200, render.record(record));
    }
    let tool = id.parse().ok().and_then(|id| account.tool(id));
    tool.filter(|(project, _)| call.holds(project.id))
        .map_or_else(Answer::not_found, |(project, tool)| {
            Answer::Record(200, render.tool(project, tool))
        })
}

/// Trashes, archives or restores; a list takes along what follows it.
pub(super) fn set_status(account: &mut Account, call: &Call, id: &str, word: &str) -> Answer {
    let (Some(status), Ok(id)) = (Status::parse(word), id.parse::<i64>()) else {
        return Answer::not_found();
    };
    if let Some(todo) = account.todos.iter_mut().find(|it| it.id == id && call.holds(it.project_id))
    {
        todo.status = status;
        todo.inherits_status = status == Status::Active;
    } else if let Some(list) =
        account.lists.iter_mut().find(|it| it.id == id && call.holds(it.project_id))
    {
        list.status = status;
        list.inherits_status = status == Status::Active;
        cascade(account, id, status);
    } else if let Some(comment) =
        account.comments.iter_mut().find(|it| it.id == id && call.holds(it.project_id))
    {
        comment.status = status;
    } else if account.record(id).is_some_and(|it| call.holds(it.project_id)) {
        follow(account, id, status);
    } else {
        return Answer::not_found();
    }
    Answer::Empty
}

fn cascade(account: &mut Account, list_id: i64, status: Status) {
    let mut groups = Vec::new();
    for group in account.lists.iter_mut().filter(|it| it.parent_id == list_id && it.inherits_status)
    {
        group.status = status;
        groups.push(group.id);
    }
    let is_inside = |parent: i64| parent == list_id || groups.contains(&parent);
    for todo in account.todos.iter_mut().filter(|it| is_inside(it.parent_id) && it.inherits_status)
    {
        todo.status = status;
    }
}

/// Sets the status of a record, and of what is inside it and follows it.
fn follow(account: &mut Account, id: i64, status: Status) {
    let mut inside = Vec::new();
    for record in &mut account.records {
        if record.id == id {
            record.status = status;
            record.inherits_status = status == Status::Active;
        } else if record.parent_id == id && record.inherits_status {
            inside.push(record.id);
        }
    }
    for child in inside {
        follow_child(account, child, status);
    }
}

fn follow_child(account: &mut Account, id: i64, status: Status) {
    let mut inside = Vec::new();
    for record in &mut account.records {
        if record.id == id {
            record.status = status;
        } else if record.parent_id == id && record.inherits_status {
            inside.push(record.id);
        }
    }
    for child in inside {
        follow_child(account, child, status);
    }
}
