//! Basecamp's records as PM OS shows them.

use crate::{plain, rows};
use basecamp_sdk::models;
use chrono::SecondsFormat;
use domain::project::{Person, Project};
use domain::todo::{Comment, Todo, TodoList};
use store::ids;
use store::mirror::ProjectRow;
use store::mirror_lookups::BriefRow;
use store::mirror_questions::{AssigneeRow, TodoRow};

/// Converts the records of one connection.
#[derive(Clone, Copy)]
pub(crate) struct Convert {
    /// The sample has no pages of its own, so its links lead to ours.
    pub(crate) is_sample: bool,
}

fn time(at: basecamp_sdk::DateTime) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn count(number: Option<i32>) -> u32 {
    number.and_then(|it| u32::try_from(it).ok()).unwrap_or_default()
}

pub(crate) fn person(it: &models::Person) -> Person {
    Person {
        id: it.id,
        name: it.name.expose().to_owned(),
        email: it
            .email_address
            .as_ref()
            .map(|it| it.expose().to_owned())
            .filter(|it| rows::is_address(it)),
        title: it.title.clone().filter(|it| !it.is_empty()),
    }
}

impl Convert {
    pub(crate) fn page(self, real: &str, project_id: i64, anchor: &str) -> String {
        if self.is_sample { format!("/projects/{project_id}{anchor}") } else { real.to_owned() }
    }

    pub(crate) fn project(self, it: &models::Project) -> Project {
        let dock = it.dock.iter().flatten();
        let todoset =
            dock.filter(|tool| tool.name == "todoset" && tool.enabled).map(|tool| tool.id).next();
        Project {
            id: it.id,
            name: it.name.clone(),
            description: plain::from_html(it.description.as_deref().unwrap_or_default()),
            status: it.status.clone(),
            app_url: self.page(&it.app_url, it.id, ""),
            updated_at: time(it.updated_at),
            todoset_id: todoset,
        }
    }

    pub(crate) fn list(self, it: &models::Todolist) -> TodoList {
        TodoList {
            id: it.id,
            name: it.name.clone(),
            project_id: it.bucket.id,
            app_url: self.page(&it.app_url, it.bucket.id, "?tab=todos"),
            todos: Vec::new(),
        }
    }

    pub(crate) fn todo(self, it: &models::Todo) -> Todo {
        let is_listed = it.parent.r#type == "Todolist";
        Todo {
            id: it.id,
            title: it.content.clone(),
            description: plain::from_html(it.description.as_deref().unwrap_or_default()),
            status: it.status.clone(),
            completed: it.completed.unwrap_or_default(),
            due_on: it.due_on.map(|day| day.to_string()),
            project_id: it.bucket.id,
            project_name: it.bucket.name.clone(),
            list_id: is_listed.then_some(it.parent.id),
            list_name: is_listed.then(|| it.parent.title.clone()),
            assignees: it.assignees.iter().flatten().map(person).collect(),
            comments_count: count(it.comments_count),
            app_url: self.page(&it.app_url, it.bucket.id, &format!("?item={}", it.id)),
            updated_at: time(it.updated_at),
        }
    }

    pub(crate) fn mirrored_project(self, it: ProjectRow) -> Project {
        Project {
            id: it.id,
            app_url: self.page(&it.app_url, it.id, ""),
            name: it.name,
            description: it.description,
            status: it.status,
            updated_at: ids::rfc3339(it.updated_at),
            todoset_id: it.todoset_id,
        }
    }

    pub(crate) fn mirrored_list(self, it: BriefRow) -> TodoList {
        TodoList {
            id: it.id,
            name: it.title,
            project_id: it.bucket_id,
            app_url: self.page(&it.app_url, it.bucket_id, "?tab=todos"),
            todos: Vec::new(),
        }
    }

    /// Where a to-do is: a group, or the to-do set itself.
    pub(crate) fn mirrored_place(self, it: &TodoRow) -> TodoList {
        let id = it.parent_id.unwrap_or_default();
        TodoList {
            id,
            name: it.parent_title.clone(),
            project_id: it.bucket_id,
            app_url: self.page(&it.parent_url, it.bucket_id, "?tab=todos"),
            todos: Vec::new(),
        }
    }

    pub(crate) fn mirrored_todo(self, it: TodoRow, people: Vec<AssigneeRow>) -> Todo {
        let is_listed = it.parent_kind == "Todolist";
        let person =
            |it: AssigneeRow| Person { id: it.id, name: it.name, email: it.email, title: it.title };
        Todo {
            id: it.id,
            app_url: self.page(&it.app_url, it.bucket_id, &format!("?item={}", it.id)),
            title: it.title,
            description: it.body,
            status: it.status,
            completed: it.completed != 0,
            due_on: it.due_on,
            project_id: it.bucket_id,
            project_name: it.project_name,
            list_id: it.parent_id.filter(|_| is_listed),
            list_name: is_listed.then_some(it.parent_title),
            assignees: people.into_iter().map(person).collect(),
            comments_count: u32::try_from(it.comments).unwrap_or_default(),
            updated_at: ids::rfc3339(it.updated_at),
        }
    }

    pub(crate) fn mirrored_comment(self, it: BriefRow, creator: String) -> Comment {
        let parent = it.parent_id.unwrap_or_default();
        Comment {
            id: it.id,
            content: it.body,
            creator,
            created_at: ids::rfc3339(it.created_at),
            app_url: self.page(&it.app_url, it.bucket_id, &format!("?item={parent}")),
        }
    }

    pub(crate) fn comment(self, it: &models::Comment) -> Comment {
        Comment {
            id: it.id,
            content: plain::from_html(&it.content),
            creator: it.creator.name.expose().to_owned(),
            created_at: time(it.created_at),
            app_url: self.page(&it.app_url, it.bucket.id, &format!("?item={}", it.parent.id)),
        }
    }
}
