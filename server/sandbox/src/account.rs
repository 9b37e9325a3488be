//! One account's records: everything a world holds.

use crate::index::Frozen;
use crate::record::{self, Happening, Record};
use crate::shared::Shared;
use crate::viewers::Guest;
use crate::webhook::Webhook;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An instant as Basecamp writes it.
pub(crate) type Time = DateTime<Utc>;

/// Whether a record is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Active,
    Archived,
    Trashed,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Archived => "archived",
            Self::Trashed => "trashed",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Active, Self::Archived, Self::Trashed].into_iter().find(|it| it.as_str() == word)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) title: String,
    pub(crate) owner: bool,
    #[serde(default)]
    pub(crate) client: bool,
}

/// A tool in a project's dock.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tool {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) enabled: bool,
    /// A schedule also shows the days to-dos are due.
    #[serde(default)]
    pub(crate) includes_due: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Project {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) status: Status,
    pub(crate) dock: Vec<Tool>,
    /// Who is on it; nobody named means everybody.
    #[serde(default)]
    pub(crate) members: Option<Vec<i64>>,
    /// How far people say it is; none before anybody did.
    #[serde(default)]
    pub(crate) gauge: Option<Gauge>,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

/// How far people say a project is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Gauge {
    pub(crate) id: i64,
    /// What they said, oldest first.
    pub(crate) needles: Vec<Needle>,
}

/// How far somebody says a project is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Needle {
    pub(crate) id: i64,
    /// From 0 to 100.
    pub(crate) position: i64,
    /// `green`, `yellow` or `red`.
    pub(crate) colour: String,
    pub(crate) description: String,
    pub(crate) creator_id: i64,
    pub(crate) created_at: Time,
}

impl Project {
    pub(crate) fn todoset(&self) -> Option<&Tool> {
        self.dock.iter().find(|it| it.name == "todoset")
    }

    /// Whether the person with `id` is on it.
    pub(crate) fn has(&self, id: i64) -> bool {
        self.members.as_ref().is_none_or(|it| it.contains(&id))
    }
}

/// A to-do list, or a group of one when its parent is a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct List {
    pub(crate) id: i64,
    pub(crate) project_id: i64,
    /// The to-do set, or the list this is a group of.
    pub(crate) parent_id: i64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) status: Status,
    pub(crate) inherits_status: bool,
    pub(crate) position: i32,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Completion {
    pub(crate) created_at: Time,
    pub(crate) creator_id: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Todo {
    pub(crate) id: i64,
    pub(crate) project_id: i64,
    /// A list, a group, or the to-do set for a loose to-do.
    pub(crate) parent_id: i64,
    pub(crate) content: String,
    pub(crate) description: String,
    pub(crate) status: Status,
    pub(crate) inherits_status: bool,
    pub(crate) completion: Option<Completion>,
    pub(crate) due_on: Option<NaiveDate>,
    pub(crate) starts_on: Option<NaiveDate>,
    pub(crate) assignee_ids: Vec<i64>,
    pub(crate) completion_subscriber_ids: Vec<i64>,
    pub(crate) position: i32,
    pub(crate) creator_id: i64,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

impl Todo {
    pub(crate) fn is_open(&self) -> bool {
        self.completion.is_none()
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Comment {
    pub(crate) id: i64,
    pub(crate) project_id: i64,
    pub(crate) parent_id: i64,
    pub(crate) content: String,
    pub(crate) status: Status,
    pub(crate) creator_id: i64,
    pub(crate) created_at: Time,
}

/// One account: a world of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) name: String,
    /// SHA-256 of the bearer token; empty once it was revoked.
    pub(crate) token_hash: String,
    pub(crate) next_id: i64,
    pub(crate) created_at: Time,
    pub(crate) people: Vec<Person>,
    pub(crate) projects: Vec<Project>,
    pub(crate) lists: Shared<List>,
    pub(crate) todos: Shared<Todo>,
    pub(crate) comments: Shared<Comment>,
    #[serde(default)]
    pub(crate) records: Shared<Record>,
    /// Oldest first.
    #[serde(default)]
    pub(crate) happenings: Shared<Happening>,
    /// The last event that the feed does not tell of any more.
    #[serde(default)]
    pub(crate) feed_epoch: i64,
    /// Who watches a record.
    #[serde(default)]
    pub(crate) watchers: BTreeMap<i64, Vec<i64>>,
    /// Records that clients see.
    #[serde(default)]
    pub(crate) shown_to_clients: BTreeSet<i64>,
    /// Addresses that hear of what happens.
    #[serde(default)]
    pub(crate) webhooks: Vec<Webhook>,
    /// Who else has a token.
    #[serde(default)]
    pub(crate) guests: Vec<Guest>,
    /// The status that every call is answered with while the account is suspended.
    #[serde(default)]
    pub(crate) suspended: Option<u16>,
    /// The guest for whom this copy is.
    #[serde(skip)]
    pub(crate) speaks: Option<i64>,
    #[serde(skip)]
    pub(crate) index: Frozen,
}

/// What a record of any kind is and where.
pub(crate) struct Place {
    pub(crate) project_id: i64,
    pub(crate) kind: String,
    /// `todos/12`.
    pub(crate) path: String,
    pub(crate) title: String,
}

impl Account {
    /// The next free id.
    pub(crate) fn take_id(&mut self) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    /// Gives what happened before the account was there its ids, the oldest first.
    pub(crate) fn tell(&mut self, mut past: Vec<Happening>) {
        past.sort_by_key(|it| (it.created_at, it.recording_id));
        for happening in past {
            let id = self.take_id();
            self.happenings.push(Happening { id, ..happening });
        }
    }

    /// Adds open to-dos to a list; false when it is not here.
    pub(crate) fn fill(&mut self, list: i64, count: usize, now: Time) -> bool {
        let Some(project_id) = self.list(list).map(|it| it.project_id) else { return false };
        let creator_id = self.owner_id();
        for position in (1..).take(count) {
            let id = self.take_id();
            self.todos.push(Todo {
                id,
                project_id,
                parent_id: list,
                content: format!("Number {position}"),
                description: String::new(),
                status: Status::Active,
                inherits_status: true,
                completion: None,
                due_on: None,
                starts_on: None,
                assignee_ids: Vec::new(),
                completion_subscriber_ids: Vec::new(),
                position,
                creator_id,
                created_at: now,
                updated_at: now,
            });
            let event = self.take_id();
            self.happenings.push(Happening {
                id: event,
                recording_id: id,
                project_id,
                action: "created".to_owned(),
                kind: "Todo".to_owned(),
                creator_id,
                created_at: now,
                added_person_ids: Vec::new(),
                removed_person_ids: Vec::new(),
            });
        }
        true
    }

    /// Moves a to-do into a list; false when one of them is not here.
    pub(crate) fn move_todo(&mut self, todo: i64, list: i64, now: Time) -> bool {
        let Some(project_id) = self.list(list).map(|it| it.project_id) else { return false };
        let Some(todo) = self.todos.iter_mut().find(|it| it.id == todo) else { return false };
        (todo.project_id, todo.parent_id, todo.updated_at) = (project_id, list, now);
        true
    }

    /// Removes a record and everything in it; false when it is not here.
    pub(crate) fn erase(&mut self, id: i64) -> bool {
        let is_here = self.place(id).is_some();
        let mut gone = BTreeSet::from([id]);
        gone.extend(self.lists.iter().filter(|it| it.parent_id == id).map(|it| it.id));
        gone.extend(
            self.todos
                .iter()
                .filter(|it| gone.contains(&it.parent_id))
                .map(|it| it.id)
                .collect::<Vec<_>>(),
        );
        self.lists.retain(|it| !gone.contains(&it.id));
        self.todos.retain(|it| !gone.contains(&it.id));
        self.records.retain(|it| !gone.contains(&it.id));
        self.comments.retain(|it| !gone.contains(&it.id) && !gone.contains(&it.parent_id));
        is_here
    }

    /// Whether the person the token speaks for sees a project; what is in none, they do.
    pub(crate) fn sees(&self, project: i64) -> bool {
        self.project(project).is_none_or(|it| it.has(self.owner_id()))
    }

    /// Whether the tool that a kind of record is in is switched on in a project; what has none is always there.
    pub(crate) fn offers(&self, project: i64, kind: &str) -> bool {
        let name = match kind {
            "Todo" => "todoset",
            "Message" => "message_board",
            "Upload" => "vault",
            "Kanban::Card" => "kanban_board",
            "Question::Answer" => "questionnaire",
            _ => return true,
        };
        let mut tools = self.project(project).into_iter().flat_map(|it| &it.dock);
        tools.any(|it| it.name == name && it.enabled)
    }

    /// The person the token speaks for.
    pub(crate) fn owner_id(&self) -> i64 {
        let owner = || self.people.iter().find(|it| it.owner).map(|it| it.id);
        self.speaks.or_else(owner).unwrap_or_default()
    }

    /// The project whose to-do set has `id`.
    pub(crate) fn project_of_todoset(&self, id: i64) -> Option<&Project> {
        let (project, _) = self.tool(id)?;
        project.todoset().is_some_and(|set| set.id == id).then_some(project)
    }

    /// The ids among `ids` that belong to people of this account, in order and once each.
    pub(crate) fn known_people(&self, ids: &[i64]) -> Vec<i64> {
        let mut known = Vec::new();
        for id in ids {
            if self.person(*id).is_some() && !known.contains(id) {
                known.push(*id);
            }
        }
        known
    }

    /// What the record with `id` is, whatever its kind.
    pub(crate) fn place(&self, id: i64) -> Option<Place> {
        let place = |project_id, kind: &str, path: &str, title: &str| Place {
            project_id,
            kind: kind.to_owned(),
            path: format!("{path}/{id}"),
            title: title.to_owned(),
        };
        if let Some(it) = self.todo(id) {
            return Some(place(it.project_id, "Todo", "todos", &it.content));
        }
        if let Some(it) = self.list(id) {
            return Some(place(it.project_id, "Todolist", "todolists", &it.name));
        }
        if let Some(it) = self.comment(id) {
            return Some(place(it.project_id, "Comment", "comments", "Comment"));
        }
        if let Some(it) = self.record(id) {
            let kind = record::kind(&it.kind)?;
            return Some(place(it.project_id, &it.kind, kind.path, self.title(it)));
        }
        let (project, tool) = self.tool(id)?;
        let (path, kind) = record::tool(&tool.name);
        Some(place(project.id, kind, path, &tool.title))
    }

    /// What people call a record.
    pub(crate) fn title<'a>(&'a self, it: &'a Record) -> &'a str {
        let field = record::kind(&it.kind).map_or("title", |kind| kind.title);
        match it.text(field) {
            "" => self.record(it.parent_id).map_or("", |parent| parent.text("title")),
            title => title,
        }
    }
}
