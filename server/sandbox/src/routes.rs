//! Which call is answered where. Paths arrive without the account, the bucket and `.json`.

mod cards;
mod checkins;
mod comments;
mod dock;
mod entries;
mod everything;
mod feed;
mod files;
mod gauges;
mod generic;
mod lists;
mod people;
pub(crate) mod projects;
mod readings;
mod recordings;
mod reports;
mod search;
mod todos;
mod watching;
mod webhooks;

use crate::account::Account;
use crate::call::{Answer, Call};
use crate::happened::Before;
use serde_json::json;

/// Answers a read.
pub(crate) fn read(account: &Account, call: &Call) -> Answer {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let named = path.iter().find_map(|it| it.parse().ok());
    let place = named.and_then(|it| account.place(it));
    if place.is_some_and(|it| !account.sees(it.project_id)) {
        return Answer::not_found();
    }
    let answer = match path.as_slice() {
        ["projects"] => projects::list(account, call),
        ["projects", "recordings"] => recordings::list(account, call),
        ["projects", id] => projects::get(account, call, id),
        ["people"] | ["circles", "people"] => people::list(account, call),
        ["projects", id, "people"] => people::of_project(account, call, id),
        ["people", id] => people::get(account, call, id),
        ["events"] => feed::poll(account, call),
        ["my", "profile"] => people::me(account, call),
        ["todosets", id] => lists::set(account, call, id),
        ["todosets", id, "todolists"] => lists::of_set(account, call, id),
        ["todosets", id, "todos"] => todos::loose(account, call, id),
        ["todosets", id, "hill"] => lists::hill(account, call, id),
        ["todolists", id] => lists::get(account, call, id),
        ["todolists", id, "groups"] => lists::groups(account, call, id),
        ["todolists", id, "todos"] => todos::of_list(account, call, id),
        ["todos", "overdue"] => everything::overdue(account, call),
        ["todos", kind @ ("open" | "completed" | "unassigned" | "no_due_date")] => {
            everything::todos(account, call, kind)
        }
        ["todos", id] => todos::get(account, call, id),
        ["recordings", id] => recordings::get(account, call, id),
        ["recordings", id, "comments"] => comments::list(account, call, id),
        ["recordings", id, "subscription"] => watching::subscription(account, call, id),
        ["recordings", id, "events"] => watching::events(account, call, id),
        ["comments", id] => comments::get(account, call, id),
        ["chats"] => dock::chats(account, call),
        ["dock", "tools", id] => dock::entry(account, call, id),
        ["questions", id, "answers", "by"] => checkins::answerers(account, call, id),
        ["questions", id, "answers", "by", person] => {
            checkins::answers_by(account, call, id, person)
        }
        ["my", "question_reminders"] => checkins::reminders(account, call),
        ["search"] => search::find(account, call),
        ["searches", "metadata"] => search::metadata(account),
        ["uploads", id, "download", _] => files::download(account, call, id),
        ["schedule_entries", id] => entries::get(account, call, id),
        ["schedule_entries", id, "occurrences", day] => {
            entries::occurrence(account, call, (id, day))
        }
        ["webhooks"] => webhooks::list(account, call),
        ["webhooks", id] => webhooks::get(account, call, id),
        [path, id] => dock::get(account, call, path, id).unwrap_or(Answer::Unimplemented),
        _ => Answer::Unimplemented,
    };
    match answer {
        Answer::Unimplemented => report(account, call, &path),
        answer => answer,
    }
}

/// Reports over projects, then the table of kinds.
fn report(account: &Account, call: &Call, path: &[&str]) -> Answer {
    match path {
        ["reports", "todos", "overdue"] => everything::overdue_report(account, call),
        ["reports", "todos", "assigned"] => people::list(account, call),
        ["reports", "todos", "assigned", id] => everything::assigned(account, call, id),
        ["reports", "progress"] => reports::progress(account, call),
        ["reports", "users", "progress", id] => reports::person(account, call, id),
        ["reports", "schedules", "upcoming"] => reports::upcoming(account, call),
        ["reports", "timesheet"] => Answer::Whole(reports::timesheet(account, call, |_| true)),
        ["projects", id, "timeline"] => reports::project(account, call, id),
        ["projects", id, "timesheet"] => {
            let id = id.parse().unwrap_or(0_i64);
            Answer::List(reports::timesheet(account, call, |it| it.project_id == id))
        }
        ["recordings", id, "timesheet"] | ["projects", _, "recordings", id, "timesheet"] => {
            let id = id.parse().unwrap_or(0_i64);
            Answer::List(reports::timesheet(account, call, |it| it.parent_id == id))
        }
        ["reports", "gauges"] => gauges::all(account, call),
        ["projects", id, "gauge", "needles"] => gauges::needles(account, call, id),
        ["my", "assignments"] => {
            let open = reports::assignments(account, call, |it| it.is_open());
            Answer::Record(200, json!({"priorities": [], "non_priorities": open}))
        }
        ["my", "assignments", "completed"] => {
            Answer::Whole(reports::assignments(account, call, |it| !it.is_open()))
        }
        ["my", "assignments", "due"] => {
            let is_due = |it: &crate::account::Todo| it.is_open() && it.due_on.is_some();
            Answer::Whole(reports::assignments(account, call, is_due))
        }
        ["my", "readings"] => readings::mine(account, call),
        ["messages"] => reports::all(account, call, "Message"),
        ["files"] => reports::all(account, call, "Upload"),
        ["checkins"] => reports::all(account, call, "Question::Answer"),
        ["forwards"] => reports::all(account, call, "Inbox::Forward"),
        ["comments"] => comments::all(account, call),
        [
            "cards",
            sort @ ("open" | "completed" | "overdue" | "unassigned" | "no_due_date" | "not_now"),
        ] => reports::cards(account, call, sort),
        _ => generic::read(account, call),
    }
}

/// Carries out a write, and writes down that it happened.
pub(crate) fn write(account: &mut Account, call: &Call) -> Answer {
    let before = Before::of(account, call);
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let answer = match change(account, call, &path) {
        Answer::Unimplemented => change_more(account, call, &path),
        answer => answer,
    };
    if answer.succeeded() {
        call.bumps.touch(account, call);
        before.note(account, call, &answer);
    }
    answer
}

fn change(account: &mut Account, call: &Call, path: &[&str]) -> Answer {
    match (call.method.as_str(), path) {
        ("POST", ["projects"]) => projects::create(account, call),
        ("PUT", ["projects", id]) => projects::update(account, call, id),
        ("DELETE", ["projects", id]) => projects::set_status(account, call, id, "trashed"),
        ("PUT", ["projects", id, "status", word]) => projects::set_status(account, call, id, word),
        ("PUT", ["projects", id, "people", "users"]) => people::grant(account, call, id),
        ("POST", ["todosets", id, "todolists"]) => lists::create(account, call, id),
        ("POST", ["todosets", id, "todos"]) => todos::create_loose(account, call, id),
        ("PUT", ["todolists", id]) => lists::replace(account, call, id),
        ("POST", ["todolists", id, "groups"]) => lists::create_group(account, call, id),
        (
            "PUT",
            ["todolists", "groups", id, "position"] | ["todosets", "todolists", id, "position"],
        ) => lists::reposition(account, call, id),
        ("POST", ["todolists", id, "todos"]) => todos::create(account, call, id),
        ("PUT", ["todos", id]) => todos::replace(account, call, id),
        ("POST", ["todos", id, "completion"]) => todos::complete(account, call, id),
        ("DELETE", ["todos", id, "completion"]) => todos::reopen(account, call, id),
        ("PUT", ["todos", id, "position"]) => todos::reposition(account, call, id),
        ("POST", ["recordings", id, "comments"]) => comments::create(account, call, id),
        ("PUT", ["comments", id]) => comments::update(account, call, id),
        ("PUT", ["recordings", id, "status", word]) => {
            recordings::set_status(account, call, id, word)
        }
        _ => Answer::Unimplemented,
    }
}

fn change_more(account: &mut Account, call: &Call, path: &[&str]) -> Answer {
    match (call.method.as_str(), path) {
        ("POST", ["card_tables", "cards", id, "moves"]) => cards::move_card(account, call, id),
        ("POST", ["card_tables", "cards", id, "positions"]) => cards::move_step(account, call, id),
        ("POST", ["card_tables", id, "moves"]) => cards::move_column(account, call, id),
        ("PUT", ["card_tables", "columns", id, "color"]) => cards::colour(account, call, id),
        ("POST" | "DELETE", ["card_tables", "columns", id, "on_hold"]) => {
            cards::lane(account, call, id)
        }
        ("POST" | "DELETE", ["card_tables", "lists", id, "subscription"]) => {
            cards::watch(account, call, id)
        }
        ("PUT", ["card_tables", "steps", id, "completions"]) => cards::tick(account, call, id),
        ("POST" | "PUT" | "DELETE", ["recordings", id, "subscription"]) => {
            watching::subscribe(account, call, id)
        }
        ("POST" | "DELETE", ["recordings", id, "pin"]) => watching::pin(account, call, id),
        ("PUT", ["recordings", id, "client_visibility"]) => {
            watching::show_to_clients(account, call, id)
        }
        ("POST" | "PUT" | "DELETE", ["recordings", id, "position"]) => {
            dock::place(account, call, id)
        }
        ("POST", ["dock", "tools"]) => dock::create(account, call),
        ("PUT", ["dock", "tools", id]) => dock::rename(account, call, id),
        ("DELETE", ["dock", "tools", id]) => dock::delete(account, call, id),
        ("PUT", ["schedules", id]) => dock::schedule(account, call, id),
        ("POST" | "DELETE", ["questions", id, "pause"]) => checkins::pause(account, call, id),
        ("PUT", ["questions", id, "notification_settings"]) => {
            checkins::notifications(account, call, id)
        }
        ("POST", ["webhooks"]) => webhooks::create(account, call),
        ("PUT", ["webhooks", id]) => webhooks::update(account, call, id),
        ("DELETE", ["webhooks", id]) => webhooks::delete(account, call, id),
        ("POST", ["projects", id, "gauge", "needles"]) => gauges::create(account, call, id),
        ("POST", ["attachments"]) => files::store(account, call),
        ("POST", ["recordings", id, "timesheet", "entries"]) => {
            generic::log_hours(account, call, id)
        }
        ("PUT", ["vaults", id]) if files::is_tool(account, call, id) => {
            dock::rename(account, call, id)
        }
        _ => generic::write(account, call),
    }
}
