//! Projects and to-dos, read and changed.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use domain::mirror::Freshness;
use domain::project::{BasecampConnection, Project, ProjectSummary};
#[cfg(feature = "ssr")]
use domain::todo::{NewTodo, TodoQuery};
use domain::todo::{Todo, TodoList};
use leptos::prelude::*;

/// How the workspace reaches Basecamp; none before it is connected.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_connection")]
pub async fn load_connection() -> Result<Option<BasecampConnection>, AppError> {
    Ok(backend().basecamp.connection(&actor()?).await?)
}

/// How fresh what the pages show is, and why it may be out of date; none before Basecamp is connected.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_freshness")]
pub async fn load_freshness() -> Result<Option<Freshness>, AppError> {
    let (actor, backend) = (actor()?, backend());
    if backend.basecamp.connection(&actor).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(backend.basecamp.freshness(&actor).await?))
}

/// How every active project stands, by name; none before Basecamp is connected.
///
/// # Errors
/// Needs setup when Basecamp no longer accepts our access; unavailable when it does not answer.
#[server(prefix = "/fn", endpoint = "load_projects")]
pub async fn load_projects() -> Result<Option<Vec<ProjectSummary>>, AppError> {
    let (actor, backend) = (actor()?, backend());
    if backend.basecamp.connection(&actor).await?.is_none() {
        return Ok(None);
    }
    let today = backend.auth.today(&actor).await?;
    Ok(Some(backend.insight.project_summaries(&actor, today).await?))
}

/// One project.
///
/// # Errors
/// Not found; else as [`load_projects`].
#[server(prefix = "/fn", endpoint = "load_project")]
pub async fn load_project(id: i64) -> Result<Project, AppError> {
    Ok(backend().basecamp.project(&actor()?, id).await?)
}

/// The to-do lists of a project with their to-dos, open ones first.
///
/// # Errors
/// As [`load_project`].
#[server(prefix = "/fn", endpoint = "load_lists")]
pub async fn load_lists(project: i64) -> Result<Vec<TodoList>, AppError> {
    Ok(backend().basecamp.lists_with_todos(&actor()?, project).await?)
}

/// Every open to-do of the workspace; none before Basecamp is connected.
///
/// # Errors
/// As [`load_projects`].
#[server(prefix = "/fn", endpoint = "load_todos")]
pub async fn load_todos() -> Result<Option<Vec<Todo>>, AppError> {
    let (actor, backend) = (actor()?, backend());
    if backend.basecamp.connection(&actor).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(backend.basecamp.todos(&actor, &TodoQuery::default()).await?))
}

/// Completes a to-do of a project.
///
/// # Errors
/// Forbidden for viewers; not found; unavailable.
#[server(prefix = "/fn", endpoint = "complete_todo")]
pub async fn complete_todo(project: i64, id: i64) -> Result<(), AppError> {
    backend().complete_todo(&actor()?, project, id).await?;
    Ok(())
}

/// Opens a completed to-do again.
///
/// # Errors
/// As [`complete_todo`].
#[server(prefix = "/fn", endpoint = "reopen_todo")]
pub async fn reopen_todo(project: i64, id: i64) -> Result<(), AppError> {
    backend().reopen_todo(&actor()?, project, id).await?;
    Ok(())
}

/// Adds a to-do to a list; an empty day is none.
///
/// # Errors
/// Every field that is wrong; forbidden for viewers; unavailable.
#[server(prefix = "/fn", endpoint = "add_todo")]
pub async fn add_todo(
    project: i64,
    list: i64,
    title: String,
    due_on: String,
) -> Result<Todo, AppError> {
    let due_on = Some(due_on).filter(|it| !it.is_empty());
    let new = NewTodo {
        project_id: project,
        list_id: list,
        title,
        description: None,
        due_on,
        assignee_ids: Vec::new(),
    };
    Ok(backend().add_todo(&actor()?, &new).await?)
}
