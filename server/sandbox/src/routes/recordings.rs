//! Records of any kind: the listing over all projects, and their status.

use crate::account::{Account, Status};
use crate::call::{Answer, Call};
use crate::index::Listing;
use crate::render::Render;
use crate::{paging, record};

/// Whole records of one type, from every project or those asked for, the newest first.
pub(super) fn list(account: &Account, call: &Call) -> Answer {
    let status = Status::parse(call.param("status").unwrap_or("active"));
    let buckets: Vec<i64> = call
        .param("bucket")
        .unwrap_or_default()
        .split(',')
        .filter_map(|it| it.trim().parse().ok())
        .collect();
    let Some(kind) = call.param("type") else { return Answer::missing("type") };
    let is_listed = matches!(kind, "Todo" | "Todolist" | "Comment" | "Door")
        || record::kind(kind).is_some()
        || kind == "Kanban::Column";
    if !is_listed {
        return Answer::Unimplemented;
    }
    let Some(status) = status else { return Answer::List(Vec::new()) };
    let by_update = call.param("sort") == Some("updated_at");
    let kind = record::family(kind);
    let mut places = account.listed(Listing { kind, status, by_update, buckets: &buckets });
    if call.param("direction") != Some("asc") {
        places.reverse();
    }
    let render = Render { account, links: &call.links };
    let page = paging::geared(places, call.page());
    Answer::Page(page.map(|at| {
        match kind {
            "Todo" => account.todos.get(at).map(|it| render.todo(it)),
            "Todolist" => account.lists.get(at).map(|it| render.list(it)),
            "Comment" => account.comments.get(at).map(|it| render.comment(it)),
            _ => account.records.get(at).map(|it| render.record(it)),
        }
        .unwrap_or_default()
    }))
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
    for record in account.records.iter_mut() {
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
    for record in account.records.iter_mut() {
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
