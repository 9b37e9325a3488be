//! What the mirror walks, the most important first, and how Basecamp is asked for it.

use crate::config::Pace;
use basecamp_sdk::routes::{self, Route};
use basecamp_sdk::{AccountClient, Operation};
use std::time::Duration;
use store::mirror_scopes::ScopeRow;
use url::form_urlencoded;

/// Kinds of records that Basecamp lists over all projects, the most asked for first.
const KINDS: [&str; 11] = [
    "Todolist",
    "Todo",
    "Kanban::Card",
    "Kanban::Step",
    "Comment",
    "Message",
    "Document",
    "Upload",
    "Vault",
    "Schedule::Entry",
    "Question::Answer",
];

/// To-do lists.
pub(crate) const LISTS: &str = "Todolist";
/// To-dos.
pub(crate) const TODOS: &str = "Todo";
/// Comments.
pub(crate) const COMMENTS: &str = "Comment";
/// Projects in use.
pub(crate) const PROJECTS: &str = "projects";
/// People.
pub(crate) const PEOPLE: &str = "people";

/// One thing that is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) what: What,
    pub(crate) status: &'static str,
}

/// What a scope holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Projects.
    Projects,
    /// People.
    People,
    /// Records of a kind.
    Records(&'static str),
}

/// Every scope in order: what is in use before what is put aside.
pub(crate) fn all() -> Vec<Scope> {
    let mut scopes = vec![
        Scope { what: What::Projects, status: "active" },
        Scope { what: What::People, status: "active" },
    ];
    let kinds = |status| KINDS.map(|kind| Scope { what: What::Records(kind), status });
    scopes.extend(kinds("active"));
    scopes.push(Scope { what: What::Projects, status: "archived" });
    scopes.extend(kinds("archived"));
    scopes.extend(kinds("trashed"));
    scopes
}

impl Scope {
    /// `Todo`, `Todo/archived`, `projects`.
    pub(crate) fn name(self) -> String {
        let base = match self.what {
            What::Projects => PROJECTS,
            What::People => PEOPLE,
            What::Records(kind) => kind,
        };
        if self.status == "active" { base.to_owned() } else { format!("{base}/{}", self.status) }
    }

    /// The scope called `name`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        all().into_iter().find(|it| it.name() == name)
    }

    /// The route that lists it.
    pub(crate) fn route(self) -> &'static Route {
        match self.what {
            What::Projects => &routes::LIST_PROJECTS,
            What::People => &routes::LIST_PEOPLE,
            What::Records(_) => &routes::LIST_RECORDINGS,
        }
    }

    /// The next page of the walk `row` is on. A whole walk goes from the oldest on, so that what is added meanwhile
    /// comes at its end; a look for news goes from the newest back.
    pub(crate) fn page(self, account: &AccountClient, row: &ScopeRow) -> Operation {
        let mut operation = account.operation(self.route(), &[]);
        if let Some(cursor) = &row.cursor {
            for (name, value) in form_urlencoded::parse(cursor.as_bytes()) {
                operation.query(&name, value);
            }
            return operation;
        }
        if let What::Records(kind) = self.what {
            operation.query("type", kind);
        }
        if self.what != What::People {
            operation.query("status", self.status);
        }
        if let What::Records(_) = self.what {
            let (sort, direction) =
                if row.mode == "full" { ("created_at", "asc") } else { ("updated_at", "desc") };
            operation.query("sort", sort).query("direction", direction);
        }
        operation
    }

    /// How long until the next look; with an event feed to-dos need no closer one.
    pub(crate) fn pause(self, pace: &Pace, has_feed: bool) -> Duration {
        match (self.what, self.status) {
            (What::Records(LISTS | TODOS), "active") if !has_feed => pace.work,
            (What::People, _) | (_, "archived" | "trashed") => pace.aside,
            _ => pace.rest,
        }
    }
}

/// The kind a feed's event is about: `todo.created` is about a to-do.
pub(crate) fn kind_of_event(name: &str) -> Option<&'static str> {
    match name.split('.').next()? {
        "todo" => Some("Todo"),
        "card" => Some("Kanban::Card"),
        "comment" => Some("Comment"),
        "message" => Some("Message"),
        "question" if name.starts_with("question.answer") => Some("Question::Answer"),
        _ => None,
    }
}

/// Asks for one record of `kind`; none for kinds that cannot be asked for one by one.
pub(crate) fn one(account: &AccountClient, kind: &str, id: i64) -> Option<Operation> {
    let route = match kind {
        "Todo" => &routes::GET_TODO,
        "Todolist" => &routes::GET_TODOLIST_OR_GROUP,
        "Kanban::Card" => &routes::GET_CARD,
        "Kanban::Step" => &routes::GET_CARD_STEP,
        "Comment" => &routes::GET_COMMENT,
        "Message" => &routes::GET_MESSAGE,
        "Document" => &routes::GET_DOCUMENT,
        "Upload" => &routes::GET_UPLOAD,
        "Vault" => &routes::GET_VAULT,
        "Schedule::Entry" => &routes::GET_SCHEDULE_ENTRY,
        "Question::Answer" => &routes::GET_ANSWER,
        _ => return None,
    };
    Some(account.operation(route, &[&id]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_has_a_name_of_its_own() {
        let scopes = all();
        assert!(scopes.iter().all(|it| Scope::named(&it.name()) == Some(*it)));
        assert_eq!(scopes[3].name(), "Todo");
        assert_eq!(Scope::named("Kanban::Card/archived").map(|it| it.status), Some("archived"));
    }
}
