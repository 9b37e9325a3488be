//! To-dos and their lists.

use crate::project::Person;
use serde::{Deserialize, Serialize};

/// A list of to-dos in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodoList {
    /// Basecamp's id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The project.
    pub project_id: i64,
    /// The page in Basecamp.
    pub app_url: String,
    /// Its to-dos, open ones first; empty where only the list was asked for.
    #[serde(default)]
    pub todos: Vec<Todo>,
}

/// Open to-dos that are late or due within a week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueTodos {
    /// How many are past their day.
    pub overdue: usize,
    /// How many are due today or in the six days after.
    pub soon: usize,
    /// The first of them, the earliest day first.
    pub first: Vec<Todo>,
}

/// A to-do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Todo {
    /// Basecamp's id.
    pub id: i64,
    /// What is to be done.
    pub title: String,
    /// Notes, as plain text.
    pub description: String,
    /// `active`, `archived` or `trashed`.
    pub status: String,
    /// Done.
    pub completed: bool,
    /// `YYYY-MM-DD`.
    pub due_on: Option<String>,
    /// The project.
    pub project_id: i64,
    /// Its name.
    pub project_name: String,
    /// The list; none for a loose to-do.
    pub list_id: Option<i64>,
    /// The list's name.
    pub list_name: Option<String>,
    /// Who does it.
    pub assignees: Vec<Person>,
    /// Comments under it.
    pub comments_count: u32,
    /// The page in Basecamp.
    pub app_url: String,
    /// RFC 3339.
    pub updated_at: String,
}

/// A comment under a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Basecamp's id.
    pub id: i64,
    /// Plain text.
    pub content: String,
    /// Who wrote it.
    pub creator: String,
    /// RFC 3339.
    pub created_at: String,
    /// The page in Basecamp.
    pub app_url: String,
}

/// A to-do to be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTodo {
    /// The project.
    pub project_id: i64,
    /// The list in it.
    pub list_id: i64,
    /// What is to be done; not blank.
    pub title: String,
    /// Notes, plain text.
    #[serde(default)]
    pub description: Option<String>,
    /// `YYYY-MM-DD`.
    #[serde(default)]
    pub due_on: Option<String>,
    /// Basecamp ids of people.
    #[serde(default)]
    pub assignee_ids: Vec<i64>,
}

/// What to change about a to-do; what is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodoChanges {
    /// What is to be done; not blank.
    #[serde(default)]
    pub title: Option<String>,
    /// Notes, plain text; empty clears them.
    #[serde(default)]
    pub description: Option<String>,
    /// `YYYY-MM-DD`; empty clears it.
    #[serde(default)]
    pub due_on: Option<String>,
    /// Basecamp ids of everyone who is to do it; empty clears them.
    #[serde(default)]
    pub assignee_ids: Option<Vec<i64>>,
}

/// Which to-dos are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodoQuery {
    /// One project; all when none.
    #[serde(default)]
    pub project_id: Option<i64>,
    /// Completed ones; open ones when false.
    #[serde(default)]
    pub completed: bool,
    /// Only those of one person.
    #[serde(default)]
    pub assignee_id: Option<i64>,
}
