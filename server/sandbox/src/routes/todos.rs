//! To-dos.

use crate::account::{Account, Completion, Status, Todo};
use crate::call::{Answer, Call};
use crate::render::Render;
use crate::{paging, writing};
use chrono::NaiveDate;
use serde_json::Value;
use std::cmp::Reverse;

fn find<'a>(account: &'a Account, call: &Call, id: &str) -> Option<&'a Todo> {
    let todo = account.todo(id.parse().ok()?)?;
    call.holds(todo.project_id).then_some(todo)
}

fn find_mut<'a>(account: &'a mut Account, call: &Call, id: &str) -> Option<&'a mut Todo> {
    let id = find(account, call, id)?.id;
    account.todos.iter_mut().find(|it| it.id == id)
}

pub(super) fn get(account: &Account, call: &Call, id: &str) -> Answer {
    let render = Render { account, links: &call.links };
    find(account, call, id)
        .map_or_else(Answer::not_found, |it| Answer::Record(200, render.todo(it)))
}

pub(super) fn of_list(account: &Account, call: &Call, id: &str) -> Answer {
    let list =
        id.parse().ok().and_then(|id| account.list(id)).filter(|it| call.holds(it.project_id));
    list.map_or_else(Answer::not_found, |it| inside(account, call, it.id))
}

/// To-dos directly on a to-do set.
pub(super) fn loose(account: &Account, call: &Call, id: &str) -> Answer {
    let set = id
        .parse()
        .ok()
        .filter(|id| account.project_of_todoset(*id).is_some_and(|it| call.holds(it.id)));
    set.map_or_else(Answer::not_found, |set| inside(account, call, set))
}

/// Open ones by position, or completed ones with the latest first.
fn inside(account: &Account, call: &Call, parent_id: i64) -> Answer {
    let status = Status::parse(call.param("status").unwrap_or("active"));
    let is_completed = call.param("completed") == Some("true");
    let mut todos = account.todos_in(parent_id);
    todos.retain(|it| Some(it.status) == status && it.is_open() != is_completed);
    todos.sort_by_key(|it| {
        (Reverse(it.completion.as_ref().map(|done| done.created_at)), it.position)
    });
    let render = Render { account, links: &call.links };
    Answer::Page(paging::geared(todos, call.page()).map(|it| render.todo(it)))
}

/// The writable state of a to-do, all of it.
struct Fields {
    content: String,
    description: String,
    due_on: Option<NaiveDate>,
    starts_on: Option<NaiveDate>,
    assignee_ids: Vec<i64>,
    completion_subscriber_ids: Vec<i64>,
}

fn fields(account: &Account, body: &Value) -> Result<Fields, Answer> {
    Ok(Fields {
        content: writing::required(body, "content")?,
        description: writing::text(body, "description"),
        due_on: writing::day(body, "due_on")?,
        starts_on: writing::day(body, "starts_on")?,
        assignee_ids: writing::people(account, body, "assignee_ids"),
        completion_subscriber_ids: writing::people(account, body, "completion_subscriber_ids"),
    })
}

pub(super) fn create(account: &mut Account, call: &Call, id: &str) -> Answer {
    let list =
        id.parse().ok().and_then(|id| account.list(id)).filter(|it| call.holds(it.project_id));
    let place = list.filter(|it| it.status == Status::Active).map(|it| (it.project_id, it.id));
    place.map_or_else(Answer::not_found, |(project_id, parent_id)| {
        add(account, call, project_id, parent_id)
    })
}

/// Only inside a bucket: the flat form does not exist.
pub(super) fn create_loose(account: &mut Account, call: &Call, id: &str) -> Answer {
    let place = id.parse().ok().and_then(|id| account.project_of_todoset(id).map(|it| (it.id, id)));
    match place.filter(|(project_id, _)| call.bucket == Some(*project_id)) {
        Some((project_id, set_id)) => add(account, call, project_id, set_id),
        None => Answer::not_found(),
    }
}

fn add(account: &mut Account, call: &Call, project_id: i64, parent_id: i64) -> Answer {
    let fields = match fields(account, &call.body) {
        Ok(fields) => fields,
        Err(refused) => return refused,
    };
    let siblings = account.todos.iter().filter(|it| it.parent_id == parent_id);
    let todo = Todo {
        position: siblings.map(|it| it.position).max().unwrap_or(0) + 1,
        id: account.take_id(),
        project_id,
        parent_id,
        content: fields.content,
        description: fields.description,
        status: Status::Active,
        inherits_status: true,
        completion: None,
        due_on: fields.due_on,
        starts_on: fields.starts_on,
        assignee_ids: fields.assignee_ids,
        completion_subscriber_ids: fields.completion_subscriber_ids,
        creator_id: account.owner_id(),
        created_at: call.now,
        updated_at: call.now,
    };
    account.todos.push(todo.clone());
    Answer::Record(201, Render { account, links: &call.links }.todo(&todo))
}

/// What the body leaves out is cleared.
pub(super) fn replace(account: &mut Account, call: &Call, id: &str) -> Answer {
    if find(account, call, id).is_none() {
        return Answer::not_found();
    }
    let fields = match fields(account, &call.body) {
        Ok(fields) => fields,
        Err(refused) => return refused,
    };
    if let Some(todo) = find_mut(account, call, id) {
        todo.content = fields.content;
        todo.description = fields.description;
        todo.due_on = fields.due_on;
        todo.starts_on = fields.starts_on;
        todo.assignee_ids = fields.assignee_ids;
        todo.completion_subscriber_ids = fields.completion_subscriber_ids;
        todo.updated_at = call.now;
    }
    get(account, call, id)
}

/// Completing twice keeps the first completion.
pub(super) fn complete(account: &mut Account, call: &Call, id: &str) -> Answer {
    let creator_id = account.owner_id();
    let Some(todo) = find_mut(account, call, id) else { return Answer::not_found() };
    if todo.is_open() {
        todo.completion = Some(Completion { created_at: call.now, creator_id });
        todo.updated_at = call.now;
    }
    Answer::Empty
}

pub(super) fn reopen(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some(todo) = find_mut(account, call, id) else { return Answer::not_found() };
    if todo.completion.take().is_some() {
        todo.updated_at = call.now;
    }
    Answer::Empty
}

/// Moves a to-do within its list, or to another list of the same project.
pub(super) fn reposition(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some((todo_id, project_id, parent_id)) =
        find(account, call, id).map(|it| (it.id, it.project_id, it.parent_id))
    else {
        return Answer::not_found();
    };
    let target = call.body.get("parent_id").and_then(Value::as_i64).unwrap_or(parent_id);
    let home = account
        .list(target)
        .map(|it| it.project_id)
        .or(account.project_of_todoset(target).map(|it| it.id));
    if home != Some(project_id) {
        return Answer::unprocessable("parent_id", "must be in the same project");
    }
    let Some(position) = call.body.get("position").and_then(Value::as_i64) else {
        return Answer::missing("position");
    };
    let mut order: Vec<(i32, i64)> = account
        .todos
        .iter()
        .filter(|it| it.parent_id == target && it.id != todo_id)
        .map(|it| (it.position, it.id))
        .collect();
    order.sort_unstable();
    let place = usize::try_from(position.max(1) - 1).unwrap_or(0).min(order.len());
    order.insert(place, (0, todo_id));
    for (position, (_, id)) in (1..).zip(order) {
        if let Some(todo) = account.todos.iter_mut().find(|it| it.id == id) {
            (todo.position, todo.parent_id) = (position, target);
        }
    }
    Answer::Empty
}
