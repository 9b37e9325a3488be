//! What happened and what comes, over projects: timelines, the calendar, hours, boards, messages, files.

use crate::account::{Account, Status, Todo};
use crate::call::{Answer, Call};
use crate::paging::{self, Page};
use crate::record::{Happening, Record};
use crate::render::{Render, iso};
use crate::repeats;
use serde_json::{Value, json};
use std::collections::HashMap;

fn event(account: &Account, call: &Call, it: &Happening) -> Value {
    let render = Render { account, links: &call.links };
    let place = account.place(it.recording_id);
    let (title, path) = place.map_or_else(Default::default, |it| (it.title, it.path));
    let kind = it.kind.rsplit("::").next().unwrap_or_default().to_lowercase();
    json!({
        "id": it.id, "created_at": iso(it.created_at), "kind": format!("{kind}_{}", it.action),
        "parent_recording_id": it.recording_id,
        "url": format!("{}/buckets/{}/{path}.json", call.links.api, it.project_id),
        "app_url": format!("{}/buckets/{}/{path}", call.links.app, it.project_id),
        "creator": account.person(it.creator_id).map(|it| render.person(it)), "action": it.action,
        "target": it.kind, "title": title, "summary_excerpt": title, "avatars_sample": [],
        "bucket": render.bucket(it.project_id), "data": null, "attachments": []
    })
}

/// Happenings that fit, the newest first.
fn timeline(account: &Account, call: &Call, fits: impl Fn(&Happening) -> bool) -> Page<Value> {
    let found = account.happenings.iter().rev().filter(|it| it.project_id != 0 && fits(it));
    paging::geared(found.collect(), call.page()).map(|it| event(account, call, it))
}

pub(super) fn progress(account: &Account, call: &Call) -> Answer {
    Answer::Page(timeline(account, call, |_| true))
}

pub(super) fn project(account: &Account, call: &Call, id: &str) -> Answer {
    let Some(project) = id.parse().ok().and_then(|id| account.project(id)) else {
        return Answer::not_found();
    };
    Answer::Page(timeline(account, call, |it| it.project_id == project.id))
}

pub(super) fn person(account: &Account, call: &Call, id: &str) -> Answer {
    let Some(person) = id.parse().ok().and_then(|id| account.person(id)) else {
        return Answer::not_found();
    };
    let render = Render { account, links: &call.links };
    let events = timeline(account, call, |it| it.creator_id == person.id);
    Answer::Enveloped("events", json!({"person": render.person(person)}), Box::new(events))
}

fn is_active(account: &Account, project: i64) -> bool {
    account.project(project).is_some_and(|it| it.status == Status::Active)
}

/// Live records of a kind in active projects.
fn live<'a>(account: &'a Account, kind: &'a str) -> impl Iterator<Item = &'a Record> {
    account
        .records
        .iter()
        .filter(move |it| it.kind == kind && it.is_live() && is_active(account, it.project_id))
}

/// Entries and dated work from today, or inside the window asked for.
pub(super) fn upcoming(account: &Account, call: &Call) -> Answer {
    let today = call.today.to_string();
    let from = call.param("window_starts_on").unwrap_or(&today).to_owned();
    let to = call.param("window_ends_on").unwrap_or("9999-12-31").to_owned();
    let day = |text: &str| text.chars().take(10).collect::<String>();
    let render = Render { account, links: &call.links };
    let mut entries: Vec<&Record> = live(account, "Schedule::Entry")
        .filter(|it| !it.fields.contains_key(repeats::FIELD))
        .filter(|it| day(it.text("ends_at")) >= from && day(it.text("starts_at")) <= to)
        .collect();
    entries.sort_by_key(|it| it.text("starts_at").to_owned());
    let mut todos: Vec<&Todo> = account
        .todos
        .iter()
        .filter(|it| {
            it.status == Status::Active && it.is_open() && is_active(account, it.project_id)
        })
        .filter(|it| it.due_on.is_some_and(|due| due.to_string() >= from && due.to_string() <= to))
        .collect();
    todos.sort_by_key(|it| (it.due_on, it.id));
    let entries = entries.into_iter().map(|it| {
        let mut shown = render.record(it);
        shown["type"] = "ScheduleEntry".into();
        shown
    });
    Answer::Record(
        200,
        json!({
            "schedule_entries": entries.collect::<Vec<_>>(),
            "recurring_schedule_entry_occurrences": occurrences(account, call, (&from, &to)),
            "assignables": todos.into_iter().map(|it| assignable(&render, it)).collect::<Vec<_>>()
        }),
    )
}

/// A to-do of the calendar, where the address that completes it has no origin.
fn assignable(render: &Render<'_>, todo: &Todo) -> Value {
    let mut shown = render.todo(todo);
    let address = shown["completion_url"].as_str().and_then(|it| it.split_once("://"));
    let path = address.and_then(|(_, it)| it.split_once('/')).map(|(_, it)| format!("/{it}"));
    if let Some(path) = path {
        shown["completion_url"] = path.into();
    }
    shown
}

/// Dates that repeat, once for each day of the window.
fn occurrences(account: &Account, call: &Call, (from, to): (&str, &str)) -> Vec<Value> {
    let (Ok(from), Ok(to)) = (from.parse(), to.parse()) else { return Vec::new() };
    let render = Render { account, links: &call.links };
    let mut found: Vec<Record> = live(account, "Schedule::Entry")
        .flat_map(|it| {
            repeats::days(it, from, to).into_iter().filter_map(|day| repeats::on(it, day))
        })
        .collect();
    found.sort_by_key(|it| it.text("starts_at").to_owned());
    let shown = found.iter().map(|it| {
        let mut shown = render.record(it);
        shown["type"] = "ScheduleEntry".into();
        shown["recurring"] = true.into();
        shown
    });
    shown.collect()
}

/// Hours of the account, a project or a record, inside the days and for the person asked for.
pub(super) fn timesheet(
    account: &Account,
    call: &Call,
    fits: impl Fn(&Record) -> bool,
) -> Vec<Value> {
    let (first, last) = call.span_names.names();
    let (from, to) = (call.param(first), call.param(last));
    let number = |name: &str| call.param(name).and_then(|it| it.parse::<i64>().ok());
    let (who, bucket) = (number("person_id"), number("bucket_id"));
    let is_asked = |it: &&Record| {
        from.is_none_or(|day| it.text("date") >= day)
            && to.is_none_or(|day| it.text("date") <= day)
            && who.is_none_or(|id| it.number("person_id") == id)
            && bucket.is_none_or(|id| it.project_id == id)
    };
    let render = Render { account, links: &call.links };
    let found = live(account, "Timesheet::Entry").filter(|it| fits(it)).filter(is_asked);
    found.map(|it| render.record(it)).collect()
}

/// Everything of a kind, the newest first.
pub(super) fn all(account: &Account, call: &Call, kind: &str) -> Answer {
    let render = Render { account, links: &call.links };
    let is_offered = |it: &&Record| account.offers(it.project_id, kind);
    let mut found: Vec<&Record> = live(account, kind).filter(is_offered).collect();
    found.sort_by_key(|it| std::cmp::Reverse((it.created_at, it.id)));
    Answer::Page(paging::geared(found, call.page()).map(|it| render.record(it)))
}

/// `/cards/open.json` and its sisters; what is overdue is one answer.
pub(super) fn cards(account: &Account, call: &Call, sort: &str) -> Answer {
    let people = call.numbers("assignee_ids[]");
    let column = |it: &Record| account.record(it.parent_id).map_or("", |it| it.kind.as_str());
    let is_open =
        |it: &Record| !matches!(column(it), "Kanban::DoneColumn" | "Kanban::NotNowColumn");
    let today = call.today.to_string();
    let fits = |it: &&Record| {
        let is_theirs =
            people.is_empty() || it.people("assignee_ids").iter().any(|id| people.contains(id));
        let due = it.text("due_on");
        is_theirs
            && account.offers(it.project_id, "Kanban::Card")
            && match sort {
                "completed" => column(it) == "Kanban::DoneColumn",
                "not_now" => column(it) == "Kanban::NotNowColumn",
                "unassigned" => is_open(it) && it.people("assignee_ids").is_empty(),
                "no_due_date" => is_open(it) && due.is_empty(),
                "overdue" => is_open(it) && !due.is_empty() && due < today.as_str(),
                _ => is_open(it),
            }
    };
    let render = Render { account, links: &call.links };
    let found: Vec<&Record> = live(account, "Kanban::Card").filter(fits).collect();
    if sort == "overdue" {
        return Answer::Whole(found.into_iter().map(|it| render.record(it)).collect());
    }
    let mut of: HashMap<i64, Vec<&Record>> = HashMap::new();
    for it in found {
        of.entry(it.project_id).or_default().push(it);
    }
    let projects = account.projects.iter().map(|it| it.id);
    let groups = projects.filter_map(|id| Some((id, of.remove(&id)?))).collect();
    let page = paging::fixed(groups, call.page(), paging::PROJECTS_PER_PAGE);
    Answer::Page(page.map(|(id, cards)| {
        let cards: Vec<Value> = cards.into_iter().map(|it| render.record(it)).collect();
        json!({"bucket": render.bucket(id), "cards": cards})
    }))
}

/// The work of the token's person.
pub(super) fn assignments(
    account: &Account,
    call: &Call,
    is_wanted: impl Fn(&Todo) -> bool,
) -> Vec<Value> {
    let (render, me) = (Render { account, links: &call.links }, account.owner_id());
    let own = account
        .todos
        .iter()
        .filter(|it| it.status == Status::Active && it.assignee_ids.contains(&me) && is_wanted(it));
    own.map(|it| {
        let todo = render.todo(it);
        json!({
            "id": it.id, "app_url": todo["app_url"], "content": it.content, "starts_on": it.starts_on,
            "due_on": it.due_on, "bucket": todo["bucket"], "completed": !it.is_open(), "type": "todo",
            "assignees": todo["assignees"], "comments_count": todo["comments_count"],
            "has_description": !it.description.is_empty(), "priority_recording_id": null,
            "parent": todo["parent"], "children": []
        })
    })
    .collect()
}
