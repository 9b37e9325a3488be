//! The tools of a project's dock.

use crate::account::{Account, Project, Tool};
use crate::call::{Answer, Call};
use crate::record::{self, TOOLS};
use crate::render::Render;
use crate::writing;
use serde_json::Value;

fn find<'a>(account: &'a Account, call: &Call, id: &str) -> Option<(&'a Project, &'a Tool)> {
    account.tool(id.parse().ok()?).filter(|(project, _)| call.holds(project.id))
}

/// A tool as its own record; `path` is the kind of place that was asked for.
pub(super) fn get(account: &Account, call: &Call, path: &str, id: &str) -> Option<Answer> {
    if !TOOLS.iter().any(|it| it.1 == path) {
        return None;
    }
    let (project, tool) = find(account, call, id)?;
    let render = Render { account, links: &call.links };
    (record::tool(&tool.name).0 == path).then(|| Answer::Record(200, render.tool(project, tool)))
}

/// Every chat of the account.
pub(super) fn chats(account: &Account, call: &Call) -> Answer {
    let render = Render { account, links: &call.links };
    let chats = account.projects.iter().flat_map(|project| {
        project
            .dock
            .iter()
            .filter(|it| it.name == "chat" && it.enabled)
            .map(move |it| (project, it))
    });
    Answer::List(chats.map(|(project, tool)| render.tool(project, tool)).collect())
}

/// A tool as the dock lists it.
pub(super) fn entry(account: &Account, call: &Call, id: &str) -> Answer {
    let Some((project, tool)) = find(account, call, id) else { return Answer::not_found() };
    let render = Render { account, links: &call.links };
    let mut shown = render.tool(project, tool);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("name".into(), tool.name.as_str().into());
        fields.insert("enabled".into(), tool.enabled.into());
    }
    Answer::Record(200, shown)
}

fn change(account: &mut Account, id: i64, change: impl FnOnce(&mut Project, usize)) {
    for project in &mut account.projects {
        if let Some(at) = project.dock.iter().position(|it| it.id == id) {
            change(project, at);
            return;
        }
    }
}

/// Adds a tool of the sort of another, or of a named sort. Only inside a bucket.
pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
    let Some(project_id) = call.bucket.filter(|it| account.project(*it).is_some()) else {
        return Answer::not_found();
    };
    let source = call.body.get("source_recording_id").and_then(Value::as_i64);
    let copied = source.and_then(|id| account.tool(id)).map(|(_, tool)| tool.clone());
    let named = call
        .body
        .get("tool_type")
        .and_then(Value::as_str)
        .and_then(|word| TOOLS.iter().find(|it| it.0 == word || it.2 == word));
    let Some(name) = copied.as_ref().map(|it| it.name.clone()).or(named.map(|it| it.0.to_owned()))
    else {
        return Answer::missing("source_recording_id");
    };
    let title = match writing::text(&call.body, "title") {
        empty if empty.is_empty() => copied.map_or_else(|| name.clone(), |it| it.title),
        title => title,
    };
    let id = account.take_id();
    let is_board = name == "kanban_board";
    if let Some(project) = account.projects.iter_mut().find(|it| it.id == project_id) {
        project.dock.push(Tool { id, name, title, enabled: true, includes_due: false });
    }
    if is_board {
        super::cards::furnish(account, call, project_id, id);
    }
    match entry(account, call, &id.to_string()) {
        Answer::Record(_, shown) => Answer::Record(201, shown),
        other => other,
    }
}

pub(super) fn rename(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some(tool) = find(account, call, id).map(|(_, it)| it.id) else {
        return Answer::not_found();
    };
    let title = match writing::required(&call.body, "title") {
        Ok(title) => title,
        Err(refused) => return refused,
    };
    change(account, tool, |project, at| {
        if let Some(tool) = project.dock.get_mut(at) {
            tool.title = title;
        }
    });
    entry(account, call, id)
}

pub(super) fn delete(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some(tool) = find(account, call, id).map(|(_, it)| it.id) else {
        return Answer::not_found();
    };
    change(account, tool, |project, at| drop(project.dock.remove(at)));
    Answer::Empty
}

/// Switches a tool on, moves it, or switches it off; its content stays.
pub(super) fn place(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some(tool) = find(account, call, id).map(|(_, it)| it.id) else {
        return Answer::not_found();
    };
    let position = call.body.get("position").and_then(Value::as_i64);
    let (is_on, method) = (call.method != "DELETE", call.method.clone());
    change(account, tool, |project, at| {
        let mut tool = project.dock.remove(at);
        tool.enabled = is_on;
        let wanted = position.map_or(at, |it| usize::try_from(it.max(1) - 1).unwrap_or(at));
        let at = if method == "DELETE" { at } else { wanted };
        project.dock.insert(at.min(project.dock.len()), tool);
    });
    Answer::Empty
}

/// The one setting of a schedule.
pub(super) fn schedule(account: &mut Account, call: &Call, id: &str) -> Answer {
    let found = find(account, call, id).filter(|(_, it)| it.name == "schedule");
    let Some(tool) = found.map(|(_, it)| it.id) else { return Answer::not_found() };
    let Some(is_on) = call.body.get("include_due_assignments").and_then(Value::as_bool) else {
        return Answer::missing("include_due_assignments");
    };
    change(account, tool, |project, at| {
        if let Some(tool) = project.dock.get_mut(at) {
            tool.includes_due = is_on;
        }
    });
    get(account, call, "schedules", id).unwrap_or_else(Answer::not_found)
}
