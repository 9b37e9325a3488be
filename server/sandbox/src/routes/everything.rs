//! To-dos over all projects: five projects a page, except what is overdue, which is one answer.

use crate::account::{Account, Status, Todo};
use crate::call::{Answer, Call};
use crate::paging;
use crate::render::Render;
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

fn is_late(todo: &Todo, today: NaiveDate) -> bool {
    todo.is_open() && todo.due_on.is_some_and(|due| due < today)
}

/// Active to-dos of active projects, of the people asked for.
fn asked<'a>(account: &'a Account, call: &Call) -> impl Iterator<Item = &'a Todo> {
    let people = call.numbers("assignee_ids[]");
    let is_active = |id: i64| {
        account.project(id).is_some_and(|it| it.status == Status::Active && account.sees(id))
            && account.offers(id, "Todo")
    };
    account.todos.iter().filter(move |it| {
        let is_theirs = people.is_empty() || it.assignee_ids.iter().any(|id| people.contains(id));
        it.status == Status::Active && is_active(it.project_id) && is_theirs
    })
}

/// `/todos/open.json` and its sisters.
pub(super) fn todos(account: &Account, call: &Call, kind: &str) -> Answer {
    let is_kind = |it: &&Todo| match kind {
        "completed" => !it.is_open(),
        "unassigned" => it.is_open() && it.assignee_ids.is_empty(),
        "no_due_date" => it.is_open() && it.due_on.is_none(),
        _ => it.is_open(),
    };
    let mut found: HashMap<i64, Vec<&Todo>> = HashMap::new();
    for it in asked(account, call).filter(is_kind) {
        found.entry(it.project_id).or_default().push(it);
    }
    let render = Render { account, links: &call.links };
    let projects = account.projects.iter().map(|it| it.id);
    let groups = projects.filter_map(|id| Some((id, found.remove(&id)?))).collect();
    let page = paging::fixed(groups, call.page(), paging::PROJECTS_PER_PAGE);
    Answer::Page(page.map(|(id, todos)| {
        let todos: Vec<Value> = todos.into_iter().map(|it| render.todo(it)).collect();
        json!({"bucket": render.bucket(id), "todos": todos})
    }))
}

fn late<'a>(account: &'a Account, call: &Call) -> Vec<&'a Todo> {
    let mut late: Vec<&Todo> = asked(account, call).filter(|it| is_late(it, call.today)).collect();
    late.sort_by_key(|it| (it.due_on, it.id));
    late
}

/// `/todos/overdue.json`, the longest overdue first.
pub(super) fn overdue(account: &Account, call: &Call) -> Answer {
    let render = Render { account, links: &call.links };
    Answer::Whole(late(account, call).into_iter().map(|it| render.todo(it)).collect())
}

/// `/reports/todos/overdue.json`: the same by age.
pub(super) fn overdue_report(account: &Account, call: &Call) -> Answer {
    let render = Render { account, links: &call.links };
    let ages =
        ["under_a_week_late", "over_a_week_late", "over_a_month_late", "over_three_months_late"];
    let mut report: Map<String, Value> =
        ages.iter().map(|age| ((*age).to_owned(), json!([]))).collect();
    for todo in late(account, call) {
        let days = todo.due_on.map_or(0, |due| (call.today - due).num_days());
        let age = ages[[7, 30, 90].iter().filter(|limit| days > **limit).count()];
        if let Some(Value::Array(bucket)) = report.get_mut(age) {
            bucket.push(render.todo(todo));
        }
    }
    Answer::Record(200, Value::Object(report))
}

/// `/reports/todos/assigned/{person}.json`.
pub(super) fn assigned(account: &Account, call: &Call, id: &str) -> Answer {
    let Some(person) = id.parse().ok().and_then(|id| account.person(id)) else {
        return Answer::not_found();
    };
    let render = Render { account, links: &call.links };
    let own =
        asked(account, call).filter(|it| it.is_open() && it.assignee_ids.contains(&person.id));
    let todos: Vec<Value> = own.map(|it| render.todo(it)).collect();
    Answer::Record(
        200,
        json!({"person": render.person(person), "grouped_by": "bucket", "todos": todos}),
    )
}
