//! To-do sets, lists and groups.

use crate::account::{Account, List, Project, Status};
use crate::call::{Answer, Call};
use crate::render::Render;
use crate::writing;

fn find<'a>(account: &'a Account, call: &Call, id: &str) -> Option<&'a List> {
    let list = account.list(id.parse().ok()?)?;
    call.holds(list.project_id).then_some(list)
}

fn find_set<'a>(account: &'a Account, call: &Call, id: &str) -> Option<&'a Project> {
    let project = account.project_of_todoset(id.parse().ok()?)?;
    call.holds(project.id).then_some(project)
}

pub(super) fn set(account: &Account, call: &Call, id: &str) -> Answer {
    let render = Render { account, links: &call.links };
    let found =
        find_set(account, call, id).and_then(|it| it.todoset().map(|set| render.todoset(it, set)));
    found.map_or_else(Answer::not_found, |it| Answer::Record(200, it))
}

pub(super) fn of_set(account: &Account, call: &Call, id: &str) -> Answer {
    let set = find_set(account, call, id).and_then(|it| it.todoset());
    set.map_or_else(Answer::not_found, |set| inside(account, call, set.id))
}

pub(super) fn groups(account: &Account, call: &Call, id: &str) -> Answer {
    find(account, call, id).map_or_else(Answer::not_found, |list| inside(account, call, list.id))
}

fn inside(account: &Account, call: &Call, parent_id: i64) -> Answer {
    let status = Status::parse(call.param("status").unwrap_or("active"));
    let mut lists = account.lists_in(parent_id);
    lists.retain(|it| Some(it.status) == status);
    lists.sort_by_key(|it| it.position);
    let render = Render { account, links: &call.links };
    Answer::List(lists.into_iter().map(|it| render.list(it)).collect())
}

/// The hill chart of a to-do set. Lists have no place on it until somebody puts them there in Basecamp.
pub(super) fn hill(account: &Account, call: &Call, id: &str) -> Answer {
    let Some(project) = find_set(account, call, id) else { return Answer::not_found() };
    let path = format!("{}/buckets/{}/todosets/{id}/hill", call.links.app, project.id);
    Answer::Record(
        200,
        serde_json::json!({
            "enabled": true, "stale": false, "updated_at": crate::render::iso(project.updated_at),
            "app_update_url": format!("{path}/edit"), "app_versions_url": format!("{path}/versions"), "dots": []
        }),
    )
}

pub(super) fn get(account: &Account, call: &Call, id: &str) -> Answer {
    let render = Render { account, links: &call.links };
    find(account, call, id)
        .map_or_else(Answer::not_found, |it| Answer::Record(200, render.list(it)))
}

pub(super) fn create(account: &mut Account, call: &Call, id: &str) -> Answer {
    let place = find_set(account, call, id).and_then(|it| it.todoset().map(|set| (it.id, set.id)));
    place.map_or_else(Answer::not_found, |(project_id, set_id)| {
        add(account, call, project_id, set_id)
    })
}

pub(super) fn create_group(account: &mut Account, call: &Call, id: &str) -> Answer {
    let place = find(account, call, id).map(|it| (it.project_id, it.id));
    place.map_or_else(Answer::not_found, |(project_id, list_id)| {
        add(account, call, project_id, list_id)
    })
}

fn add(account: &mut Account, call: &Call, project_id: i64, parent_id: i64) -> Answer {
    let name = match writing::required(&call.body, "name") {
        Ok(name) => name,
        Err(refused) => return refused,
    };
    let siblings = account.lists.iter().filter(|it| it.parent_id == parent_id);
    let list = List {
        id: account.next_id,
        project_id,
        parent_id,
        name,
        description: writing::text(&call.body, "description"),
        status: Status::Active,
        inherits_status: true,
        position: siblings.map(|it| it.position).max().unwrap_or(0) + 1,
        created_at: call.now,
        updated_at: call.now,
    };
    account.next_id += 1;
    let record = {
        account.lists.push(list.clone());
        Render { account, links: &call.links }.list(&list)
    };
    Answer::Record(201, record)
}

/// A list written without its description loses it.
pub(super) fn replace(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some(list_id) = find(account, call, id).map(|it| it.id) else { return Answer::not_found() };
    let name = match writing::required(&call.body, "name") {
        Ok(name) => name,
        Err(refused) => return refused,
    };
    if let Some(list) = account.lists.iter_mut().find(|it| it.id == list_id) {
        list.name = name;
        list.description = writing::text(&call.body, "description");
        list.updated_at = call.now;
    }
    get(account, call, id)
}

/// Moves a list within its set, or a group within its list.
pub(super) fn reposition(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some((id, parent)) = find(account, call, id).map(|it| (it.id, it.parent_id)) else {
        return Answer::not_found();
    };
    let Some(position) = call.body.get("position").and_then(serde_json::Value::as_i64) else {
        return Answer::missing("position");
    };
    let siblings = account.lists.iter().filter(|it| it.parent_id == parent && it.id != id);
    let mut order: Vec<(i32, i64)> = siblings.map(|it| (it.position, it.id)).collect();
    order.sort_unstable();
    let at = usize::try_from(position.max(1) - 1).unwrap_or(0).min(order.len());
    order.insert(at, (0, id));
    for (position, (_, id)) in (1..).zip(order) {
        if let Some(list) = account.lists.iter_mut().find(|it| it.id == id) {
            list.position = position;
        }
    }
    Answer::Empty
}
