//! People, and who is on a project: everybody of the account, until somebody is taken off.

use crate::account::{Account, Person};
use crate::call::{Answer, Call};
use crate::render::Render;
use serde_json::{Value, json};

pub(super) fn list(account: &Account, call: &Call) -> Answer {
    let render = Render { account, links: &call.links };
    Answer::List(account.people.iter().map(|it| render.person(it)).collect())
}

pub(super) fn get(account: &Account, call: &Call, id: &str) -> Answer {
    let person = id.parse().ok().and_then(|id| account.person(id));
    let render = Render { account, links: &call.links };
    person.map_or_else(Answer::not_found, |it| Answer::Record(200, render.person(it)))
}

pub(super) fn me(account: &Account, call: &Call) -> Answer {
    get(account, call, &account.owner_id().to_string())
}

pub(super) fn of_project(account: &Account, call: &Call, id: &str) -> Answer {
    let Some(project) = id.parse().ok().and_then(|id| account.project(id)) else {
        return Answer::not_found();
    };
    let render = Render { account, links: &call.links };
    let on_it = account.people.iter().filter(|it| project.has(it.id));
    Answer::List(on_it.map(|it| render.person(it)).collect())
}

/// Grants and takes away access, and adds people the account does not know yet.
pub(super) fn grant(account: &mut Account, call: &Call, id: &str) -> Answer {
    let Some(project_id) = id.parse().ok().and_then(|id| account.project(id)).map(|it| it.id)
    else {
        return Answer::not_found();
    };
    let ids = |field: &str| -> Vec<i64> {
        let ids = call.body.get(field).and_then(Value::as_array);
        ids.into_iter().flatten().filter_map(Value::as_i64).collect()
    };
    let mut granted = account.known_people(&ids("grant"));
    let revoked = account.known_people(&ids("revoke"));
    for new in call.body.get("create").and_then(Value::as_array).into_iter().flatten() {
        let text =
            |name: &str| new.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        if text("name").is_empty() || text("email_address").is_empty() {
            return Answer::unprocessable("create", "needs name and email_address");
        }
        let id = account.take_id();
        let (name, email, title) = (text("name"), text("email_address"), text("title"));
        account.people.push(Person { id, name, email, title, owner: false, client: false });
        granted.push(id);
    }
    let everybody: Vec<i64> = account.people.iter().map(|it| it.id).collect();
    for project in account.projects.iter_mut().filter(|it| it.id == project_id) {
        let mut members = project.members.clone().unwrap_or_else(|| everybody.clone());
        members.retain(|it| !revoked.contains(it));
        members
            .extend(granted.iter().filter(|it| !members.contains(it)).copied().collect::<Vec<_>>());
        project.members = Some(members);
    }
    let render = Render { account, links: &call.links };
    Answer::Record(
        200,
        json!({"granted": render.people(&granted), "revoked": render.people(&revoked)}),
    )
}
