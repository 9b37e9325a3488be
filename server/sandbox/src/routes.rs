//! Which call is answered where. Paths arrive without the account, the bucket and `.json`.

mod comments;
mod everything;
mod lists;
mod people;
pub(crate) mod projects;
mod recordings;
mod todos;

use crate::account::Account;
use crate::call::{Answer, Call};

/// Answers a read.
pub(crate) fn read(account: &Account, call: &Call) -> Answer {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["projects"] => projects::list(account, call),
        ["projects", "recordings"] => recordings::list(account, call),
        ["projects", id] => projects::get(account, call, id),
        ["people"] | ["circles", "people"] | ["projects", _, "people"] => {
            people::list(account, call)
        }
        ["people", id] => people::get(account, call, id),
        ["my", "profile"] => people::me(account, call),
        ["todosets", id] => lists::set(account, call, id),
        ["todosets", id, "todolists"] => lists::of_set(account, call, id),
        ["todosets", id, "todos"] => todos::loose(account, call, id),
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
        ["comments", id] => comments::get(account, call, id),
        ["reports", "todos", "overdue"] => everything::overdue_report(account, call),
        ["reports", "todos", "assigned"] => people::list(account, call),
        ["reports", "todos", "assigned", id] => everything::assigned(account, call, id),
        _ => Answer::Unimplemented,
    }
}

/// Carries out a write.
pub(crate) fn write(account: &mut Account, call: &Call) -> Answer {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match (call.method.as_str(), path.as_slice()) {
        ("POST", ["projects"]) => projects::create(account, call),
        ("POST", ["todosets", id, "todolists"]) => lists::create(account, call, id),
        ("POST", ["todosets", id, "todos"]) => todos::create_loose(account, call, id),
        ("PUT", ["todolists", id]) => lists::replace(account, call, id),
        ("POST", ["todolists", id, "groups"]) => lists::create_group(account, call, id),
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
