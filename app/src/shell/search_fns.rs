//! Finding things by words, and making a flow and a to-do from anywhere.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::ids::OperationId;
use domain::search::Found;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use {
    domain::flow::listing::{NewFlow, UNTITLED},
    domain::problem::Problem,
    domain::record::{Act, Fields},
};

/// What may be opened and fits the words; with `wide`, what Basecamp's records say alone and more of it.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "find_by_words", output = Json)]
pub async fn find_by_words(words: String, wide: bool) -> Result<Found, AppError> {
    Ok(Box::pin(backend().find(&actor()?, &words, wide)).await?)
}

/// Where a to-do can be added: projects, and the lists of one of them, as id and name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodoPlaces {
    /// Active projects by name.
    pub projects: Vec<(String, String)>,
    /// The lists of the chosen project, in their order.
    pub lists: Vec<(String, String)>,
}

/// Where a to-do can be added; the lists are those of `project`, an id, or of none when it is empty.
///
/// # Errors
/// Needs setup before Basecamp is connected; not found for a project that is gone; unavailable.
#[server(prefix = "/fn", endpoint = "load_todo_places", output = Json)]
pub async fn load_todo_places(project: String) -> Result<TodoPlaces, AppError> {
    let (actor, backend) = (actor()?, backend());
    let projects = backend.basecamp.projects(&actor).await?;
    let lists = match project.parse() {
        Ok(project) => backend.basecamp.lists(&actor, project).await?,
        Err(_) => Vec::new(),
    };
    Ok(TodoPlaces {
        projects: projects.into_iter().map(|it| (it.id.to_string(), it.name)).collect(),
        lists: lists.into_iter().map(|it| (it.id.to_string(), it.name)).collect(),
    })
}

/// A to-do as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedTodo {
    /// What is to be done.
    pub title: String,
    /// `YYYY-MM-DD`, or empty.
    pub due_on: String,
    /// The project's id.
    pub project: String,
    /// The list's id.
    pub list: String,
}

/// Adds a to-do; gives what takes it back.
///
/// # Errors
/// Every field that is wrong; forbidden for viewers; unavailable.
#[server(prefix = "/fn", endpoint = "add_todo", input = Json, output = Json)]
pub async fn add_todo(typed: TypedTodo) -> Result<Option<OperationId>, AppError> {
    let missing = |field: &str, words: &str| Problem::invalid(field, words);
    let project = typed.project.parse().map_err(|_| missing("project", "Choose a project"))?;
    let list = typed.list.parse().map_err(|_| missing("list", "Choose a list"))?;
    let due_on = Some(typed.due_on).filter(|it| !it.is_empty());
    let fields = Fields { title: Some(typed.title), due_on, ..Fields::default() };
    Ok(backend().act(&actor()?, project, &Act::AddTodo { list, fields }).await?.operation)
}

/// Makes an empty flow; gives its id alone, because every page loads what reads the answer.
///
/// # Errors
/// Forbidden for viewers.
#[server(prefix = "/fn", endpoint = "make_flow", output = Json)]
pub async fn make_flow() -> Result<String, AppError> {
    let new = NewFlow { name: UNTITLED.to_owned(), ..NewFlow::default() };
    Ok(backend().flows.create(&actor()?, new).await?.id.to_string())
}
