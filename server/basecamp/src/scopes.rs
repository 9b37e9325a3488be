//! What the mirror walks, the most important first, and how Basecamp is asked for it.

use crate::config::Pace;
use crate::hours;
use crate::places::Spot;
use crate::records;
use basecamp_sdk::routes::{self, Route};
use basecamp_sdk::{AccountClient, Operation};
use std::fmt::Display;
use std::time::Duration;
use store::mirror_scopes::ScopeRow;
use url::form_urlencoded;

/// Pages of one chat that are read; older lines are not mirrored.
const CHAT_PAGES: u32 = 3;

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
/// Cards.
pub(crate) const CARDS: &str = "Kanban::Card";
/// Steps of cards.
pub(crate) const STEPS: &str = "Kanban::Step";
/// Comments.
pub(crate) const COMMENTS: &str = "Comment";
/// Projects in use.
pub(crate) const PROJECTS: &str = "projects";
/// What people wrote down of the time they worked.
pub(crate) const HOURS: &str = "Timesheet::Entry";
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
    /// Records of a kind in projects that are put aside, which no listing over all projects holds.
    Aside(&'static str),
    /// Records that only the tool they are in lists.
    Inside(Nest),
    /// Hours, which are listed by days.
    Hours,
}

/// Records that only the tool they are in lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Nest {
    /// Columns of boards.
    Columns,
    /// Check-in questions.
    Questions,
    /// The newest lines of chats.
    Lines,
}

impl Nest {
    const ALL: [Self; 3] = [Self::Columns, Self::Questions, Self::Lines];

    /// The tool's name in a dock.
    pub(crate) fn tool(self) -> &'static str {
        match self {
            Self::Columns => "kanban_board",
            Self::Questions => "questionnaire",
            Self::Lines => "chat",
        }
    }

    /// The kinds it holds.
    pub(crate) fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Columns => {
                &["Kanban::Column", "Kanban::Triage", "Kanban::NotNowColumn", "Kanban::DoneColumn"]
            }
            Self::Questions => &["Question"],
            Self::Lines => &["Chat::Lines::Text"],
        }
    }

    /// Whether a walk meets all there are, so that what it does not meet is gone.
    pub(crate) fn is_whole(self) -> bool {
        self != Self::Lines
    }

    /// Whether one page holds all of a tool.
    pub(crate) fn is_on_one_page(self) -> bool {
        self == Self::Columns
    }

    /// Whether a walk reads the page that `query` asks for.
    pub(crate) fn reads(self, query: &str) -> bool {
        let mut asked = form_urlencoded::parse(query.as_bytes());
        let page = asked.find(|(name, _)| name == "page").and_then(|(_, it)| it.parse().ok());
        self != Self::Lines || page.is_some_and(|it: u32| it <= CHAT_PAGES)
    }
}

/// Every scope in order: what is in use before what is put aside.
pub(crate) fn all() -> Vec<Scope> {
    let mut scopes = vec![
        Scope { what: What::Projects, status: "active" },
        Scope { what: What::People, status: "active" },
    ];
    let kinds = |status| KINDS.map(|kind| Scope { what: What::Records(kind), status });
    scopes.extend(kinds("active"));
    scopes.extend(Nest::ALL.map(|nest| Scope { what: What::Inside(nest), status: "active" }));
    scopes.push(Scope { what: What::Hours, status: "active" });
    scopes.push(Scope { what: What::Projects, status: "archived" });
    scopes.extend(kinds("archived"));
    scopes.extend(kinds("trashed"));
    scopes.extend(KINDS.map(|kind| Scope { what: What::Aside(kind), status: "active" }));
    scopes
}

impl Scope {
    /// `Todo`, `Todo/archived`, `Todo/aside`, `projects`.
    pub(crate) fn name(self) -> String {
        let base = match self.what {
            What::Projects => PROJECTS,
            What::People => PEOPLE,
            What::Records(kind) => kind,
            What::Inside(nest) => nest.kinds()[0],
            What::Hours => HOURS,
            What::Aside(kind) => return format!("{kind}/aside"),
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
            What::Records(_) | What::Aside(_) => &routes::LIST_RECORDINGS,
            What::Inside(Nest::Columns) => &routes::GET_CARD_TABLE,
            What::Inside(Nest::Questions) => &routes::LIST_QUESTIONS,
            What::Inside(Nest::Lines) => &routes::LIST_CAMPFIRE_LINES,
            What::Hours => &routes::GET_TIMESHEET_REPORT,
        }
    }

    /// How the path of its pages ends.
    pub(crate) fn ending(self, spot: &Spot) -> String {
        let path = self.route().path.trim_end_matches(".json");
        match (path.find('{').zip(path.find('}')), spot.ids.first()) {
            (Some((from, to)), Some(id)) => {
                let part = |range: Option<&str>| range.unwrap_or_default().to_owned();
                format!("{}{id}{}", part(path.get(..from)), part(path.get(to + 1..)))
            }
            _ => path.to_owned(),
        }
    }

    /// The kinds of record it holds; none for projects and people.
    pub(crate) fn kinds(self) -> Vec<&'static str> {
        match self.what {
            What::Records(kind) | What::Aside(kind) => vec![kind],
            What::Inside(nest) => nest.kinds().to_vec(),
            What::Hours => vec![HOURS],
            What::Projects | What::People => Vec::new(),
        }
    }

    /// Whether its walk goes through many places.
    pub(crate) fn has_places(self) -> bool {
        matches!(self.what, What::Aside(_) | What::Inside(_) | What::Hours)
    }

    /// The next page of the walk `row` is on. A whole walk goes from the oldest on, so that what is added meanwhile
    /// comes at its end; a look for news goes from the newest back.
    pub(crate) fn page(self, account: &AccountClient, row: &ScopeRow, spot: &Spot) -> Operation {
        let tool = spot.ids.first().copied().unwrap_or_default();
        let params: [&dyn Display; 1] = [&tool];
        let is_inside = matches!(self.what, What::Inside(_));
        let params = if is_inside { params.as_slice() } else { &[] };
        let mut operation = account.operation(self.route(), params);
        if let Some(cursor) = &spot.query {
            for (name, value) in form_urlencoded::parse(cursor.as_bytes()) {
                operation.query(&name, value);
            }
            return operation;
        }
        if is_inside {
            return operation;
        }
        if self.what == What::Hours {
            for (name, day) in hours::days(tool).into_iter().flat_map(records::span) {
                operation.query(name, day);
            }
            return operation;
        }
        if let What::Records(kind) | What::Aside(kind) = self.what {
            operation.query("type", kind);
        }
        if self.what != What::People {
            operation.query("status", self.status);
        }
        if let What::Aside(_) = self.what {
            let ids: Vec<String> = spot.ids.iter().map(i64::to_string).collect();
            operation.query("bucket", ids.join(","));
        }
        if let What::Records(_) | What::Aside(_) = self.what {
            let (sort, direction) =
                if row.mode == "full" { ("created_at", "asc") } else { ("updated_at", "desc") };
            operation.query("sort", sort).query("direction", direction);
        }
        operation
    }

    /// How long until the next whole walk.
    pub(crate) fn whole(self, pace: &Pace) -> Duration {
        match self.what {
            What::Records(LISTS | TODOS | CARDS | STEPS) => pace.whole,
            What::Records(_) => pace.most.max(pace.whole),
            _ => pace.whole,
        }
    }

    /// How long until the next look; with an event feed to-dos need no closer one.
    pub(crate) fn pause(self, pace: &Pace, has_feed: bool) -> Duration {
        match (self.what, self.status) {
            (What::Records(LISTS | TODOS), "active") if !has_feed => pace.work,
            (What::People | What::Hours, _) | (_, "archived" | "trashed") => pace.aside,
            (What::Aside(_) | What::Inside(_), _) => pace.whole.max(pace.aside),
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
        "question" => Some("Question"),
        _ => None,
    }
}

/// What else may have changed in the project of a feed's event: a board with a card of it, a chat with a line.
pub(crate) fn nest_of_event(name: &str) -> Option<Nest> {
    match name.split('.').next()? {
        "card" => Some(Nest::Columns),
        "chat" => Some(Nest::Lines),
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
        "Question" => &routes::GET_QUESTION,
        HOURS => &routes::GET_TIMESHEET_ENTRY,
        kind if Nest::Columns.kinds().contains(&kind) => &routes::GET_CARD_COLUMN,
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
        let names: std::collections::HashSet<String> = scopes.iter().map(|it| it.name()).collect();
        assert_eq!(names.len(), scopes.len());
        assert_eq!(scopes[3].name(), "Todo");
        assert_eq!(kind_of_event("question.answer.created"), Some("Question::Answer"));
        assert_eq!(kind_of_event("question.created"), Some("Question"));
        assert_eq!(Scope::named("Kanban::Card/archived").map(|it| it.status), Some("archived"));
    }
}
