//! Projects and their docks.

use crate::account::{Account, Project, Status, Tool};
use crate::call::{Answer, Call};
use crate::render::Render;
use crate::writing;

/// The tools of a new project, and whether they are switched on.
pub(crate) const DOCK: [(&str, &str, bool); 8] = [
    ("message_board", "Message Board", true),
    ("todoset", "To-dos", true),
    ("vault", "Docs & Files", true),
    ("chat", "Chat", true),
    ("schedule", "Schedule", true),
    ("questionnaire", "Automatic Check-ins", true),
    ("kanban_board", "Card Table", true),
    ("inbox", "Email Forwards", false),
];

pub(super) fn list(account: &Account, call: &Call) -> Answer {
    let Some(status) = Status::parse(call.param("status").unwrap_or("active")) else {
        return Answer::List(Vec::new());
    };
    let render = Render { account, links: &call.links };
    Answer::List(
        account
            .projects
            .iter()
            .filter(|it| it.status == status && account.sees(it.id))
            .map(|it| render.project(it))
            .collect(),
    )
}

pub(super) fn get(account: &Account, call: &Call, id: &str) -> Answer {
    let project = id.parse().ok().and_then(|id| account.project(id));
    let project = project.filter(|it| account.sees(it.id));
    let render = Render { account, links: &call.links };
    project.map_or_else(Answer::not_found, |it| Answer::Record(200, render.project(it)))
}

pub(crate) fn create(account: &mut Account, call: &Call) -> Answer {
    let name = match writing::required(&call.body, "name") {
        Ok(name) => name,
        Err(refused) => return refused,
    };
    let id = account.take_id();
    let dock = DOCK.map(|(name, title, enabled)| Tool {
        id: account.take_id(),
        name: name.into(),
        title: title.into(),
        enabled,
        includes_due: false,
    });
    let board = dock.iter().find(|it| it.name == "kanban_board").map(|it| it.id);
    let project = Project {
        id,
        name,
        description: writing::text(&call.body, "description"),
        status: Status::Active,
        dock: dock.into(),
        members: None,
        gauge: None,
        created_at: call.now,
        updated_at: call.now,
    };
    account.projects.push(project);
    if let Some(board) = board {
        super::cards::furnish(account, call, id, board);
    }
    match get(account, call, &id.to_string()) {
        Answer::Record(_, record) => Answer::Record(201, record),
        other => other,
    }
}

/// Changes a name, which must be there, and a description.
pub(super) fn update(account: &mut Account, call: &Call, id: &str) -> Answer {
    let name = match writing::required(&call.body, "name") {
        Ok(name) => name,
        Err(refused) => return refused,
    };
    let found =
        id.parse().ok().and_then(|id: i64| account.projects.iter_mut().find(|it| it.id == id));
    let Some(project) = found else { return Answer::not_found() };
    project.name = name;
    if call.body.get("description").is_some() {
        project.description = writing::text(&call.body, "description");
    }
    project.updated_at = call.now;
    get(account, call, id)
}

/// Archives, trashes or brings back.
pub(super) fn set_status(account: &mut Account, call: &Call, id: &str, word: &str) -> Answer {
    let found =
        id.parse().ok().and_then(|id: i64| account.projects.iter_mut().find(|it| it.id == id));
    let (Some(project), Some(status)) = (found, Status::parse(word)) else {
        return Answer::not_found();
    };
    project.status = status;
    project.updated_at = call.now;
    Answer::Empty
}
