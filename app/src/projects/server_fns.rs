//! Projects and to-dos, read and changed.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::ids::OperationId;
use domain::mirror::Freshness;
use domain::project::{Project, ProjectSummary, Standing, Workload};
use domain::record::{Act, Acted, Detail, Shown, Tab};
use domain::todo::DueTodos;
use leptos::prelude::*;

/// How fresh what the pages show is, and why it may be out of date; none before Basecamp is connected.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_freshness", output = Json)]
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
#[server(prefix = "/fn", endpoint = "load_projects", output = Json)]
pub async fn load_projects() -> Result<Option<Vec<ProjectSummary>>, AppError> {
    let (actor, backend) = (actor()?, backend());
    if backend.basecamp.connection(&actor).await?.is_none() {
        return Ok(None);
    }
    let today = backend.auth.today(&actor).await?;
    Ok(Some(Box::pin(backend.insight.project_summaries(&actor, today)).await?))
}

/// How every active project does, the lowest score first; none before Basecamp is connected.
///
/// # Errors
/// As [`load_projects`].
#[server(prefix = "/fn", endpoint = "load_standings", output = Json)]
pub async fn load_standings() -> Result<Option<Vec<Standing>>, AppError> {
    let (actor, backend) = (actor()?, backend());
    if backend.basecamp.connection(&actor).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(backend.tools.standings(&actor).await?))
}

/// Who the signed-in person is in Basecamp; none when nobody there is known to be them.
///
/// # Errors
/// As [`load_projects`].
#[server(prefix = "/fn", endpoint = "load_own_person", output = Json)]
pub async fn load_own_person() -> Result<Option<i64>, AppError> {
    let (actor, backend) = (actor()?, backend());
    if backend.basecamp.connection(&actor).await?.is_none() {
        return Ok(None);
    }
    Ok(backend.tools.own_person(&actor).await?.map(|it| it.id))
}

/// One project.
///
/// # Errors
/// Not found; else as [`load_projects`].
#[server(prefix = "/fn", endpoint = "load_project", output = Json)]
pub async fn load_project(id: i64) -> Result<Project, AppError> {
    Ok(backend().basecamp.project(&actor()?, id).await?)
}

/// What a tab of a project shows.
///
/// # Errors
/// As [`load_project`].
#[server(prefix = "/fn", endpoint = "load_tab", input = Json, output = Json)]
pub async fn load_tab(project: i64, tab: Tab) -> Result<Shown, AppError> {
    let (actor, backend) = (actor()?, backend());
    Ok(backend.tab(&actor, project, tab).await?)
}

/// One record of a project with its comments and its history.
///
/// # Errors
/// As [`load_project`].
#[server(prefix = "/fn", endpoint = "load_detail", output = Json)]
pub async fn load_detail(project: i64, id: i64) -> Result<Detail, AppError> {
    let (actor, backend) = (actor()?, backend());
    Ok(Box::pin(backend.basecamp.detail(&actor, project, id)).await?)
}

/// Who is on a project, and what they have to do there.
///
/// # Errors
/// As [`load_project`].
#[server(prefix = "/fn", endpoint = "load_team", output = Json)]
pub async fn load_team(project: i64) -> Result<Vec<Workload>, AppError> {
    Ok(backend().team(&actor()?, project).await?)
}

/// Does something in a project.
///
/// # Errors
/// Every field that is wrong; forbidden for viewers; not found; unavailable.
#[server(prefix = "/fn", endpoint = "act", input = Json, output = Json)]
pub async fn send_act(project: i64, act: Act) -> Result<Acted, AppError> {
    Ok(backend().act(&actor()?, project, &act).await?)
}

/// Takes something back that was done to or under the record `on`.
///
/// # Errors
/// A conflict when it was taken back before or the record changed since; unavailable.
#[server(prefix = "/fn", endpoint = "take_back", input = Json, output = Json)]
pub async fn take_back(operation: OperationId, on: Option<i64>) -> Result<(), AppError> {
    Ok(backend().take_back(&actor()?, &operation, on).await?)
}

/// How many due to-dos are sent.
#[cfg(feature = "ssr")]
const DUE: usize = 10;

/// What is late or due within a week, in all projects, or of the signed-in person alone; none before Basecamp is
/// connected.
///
/// # Errors
/// As [`load_projects`].
#[server(prefix = "/fn", endpoint = "load_due", output = Json)]
pub async fn load_due(mine: bool) -> Result<Option<DueTodos>, AppError> {
    let (actor, backend) = (actor()?, backend());
    if backend.basecamp.connection(&actor).await?.is_none() {
        return Ok(None);
    }
    let today = backend.auth.today(&actor).await?;
    let own = if mine { backend.tools.own_person(&actor).await? } else { None };
    Ok(Some(backend.insight.due_within_a_week(&actor, today, own.map(|it| it.id), DUE).await?))
}

/// Completes a to-do of a project.
///
/// # Errors
/// Forbidden for viewers; not found; unavailable.
#[server(prefix = "/fn", endpoint = "complete_todo", output = Json)]
pub async fn complete_todo(project: i64, id: i64) -> Result<(), AppError> {
    backend().complete_todo(&actor()?, project, id).await?;
    Ok(())
}

/// Opens a completed to-do again.
///
/// # Errors
/// As [`complete_todo`].
#[server(prefix = "/fn", endpoint = "reopen_todo", output = Json)]
pub async fn reopen_todo(project: i64, id: i64) -> Result<(), AppError> {
    backend().reopen_todo(&actor()?, project, id).await?;
    Ok(())
}
