//! The budget of a project: read, set, and what was spent of it.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::budget::{BudgetChange, ProjectBudget};
use leptos::prelude::*;

/// The budget of a project with its expenses.
///
/// # Errors
/// Not found; unavailable when neither the mirror nor Basecamp answers.
#[server(prefix = "/fn", endpoint = "load_budget", output = Json)]
pub async fn load_budget(project: i64) -> Result<ProjectBudget, AppError> {
    Ok(backend().tools.project_budget(&actor()?, project).await?)
}

/// Sets or clears a budget, writes an expense down or takes one away.
///
/// # Errors
/// Not found; forbidden for viewers, and for members who set a budget; `amount` when it is not above 0.
#[server(prefix = "/fn", endpoint = "change_budget", input = Json, output = Json)]
pub async fn change_budget(project: i64, change: BudgetChange) -> Result<(), AppError> {
    Ok(backend().change_budget(&actor()?, project, &change).await?)
}
