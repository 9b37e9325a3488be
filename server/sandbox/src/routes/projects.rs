//! Projects and their docks.

use crate::account::{Account, Project, Status, Tool};
use crate::call::{Answer, Call};
use crate::render::Render;
use crate::writing;

/// The tools of a new project, and whether they are switched on.
pub(crate) const DOCK: [(&str, &str, bool); 5] = [
    ("message_board", "Message Board", true),
    ("todoset", "To-dos", true),
    ("vault", "Docs & Files", true),
    ("chat", "Chat", true),
    ("schedule", "Schedule", true),
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
            .filter(|it| it.status == status)
            .map(|it| render.project(it))
            .collect(),
    )
}

pub(super) fn get(account: &Account, call: &Call, id: &str) -> Answer {
    let project = id.parse().ok().and_then(|id| account.project(id));
    let render = Render { account, links: &call.links };
    project.map_or_else(Answer::not_found, |it| Answer::Record(200, render.project(it)))
}

pub(super) fn create(account: &mut Account, call: &Call) -> Answer {
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
    });
    let project = Project {
        id,
        name,
        description: writing::text(&call.body, "description"),
        status: Status::Active,
        dock: dock.into(),
        created_at: call.now,
        updated_at: call.now,
    };
    account.projects.push(project);
    match get(account, call, &id.to_string()) {
        Answer::Record(_, record) => Answer::Record(201, record),
        other => other,
    }
}
