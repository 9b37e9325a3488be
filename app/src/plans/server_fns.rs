//! Plans of the person who looks.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::ids::SessionId;
use domain::plan::Plan;
use leptos::prelude::*;

/// Their newest plans.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_plans", output = Json)]
pub async fn load_plans() -> Result<Vec<Plan>, AppError> {
    Ok(backend().agent.plans(&actor()?).await?)
}

/// What would be done for an objective, with what was answered about it, in order; nothing is.
///
/// # Errors
/// What is missing, or that it was not understood.
#[server(prefix = "/fn", endpoint = "make_plan", input = Json, output = Json)]
pub async fn make_plan(objective: String, answers: Vec<String>) -> Result<Plan, AppError> {
    Ok(backend().agent.plan(&actor()?, &objective, None, &answers).await?)
}

/// Carries out the steps of a plan that are named; answers the conversation in which that is done.
///
/// # Errors
/// Not found; a conflict when it was carried out before; forbidden for viewers.
#[server(prefix = "/fn", endpoint = "carry_out_plan", input = Json, output = Json)]
pub async fn carry_out_plan(id: String, steps: Vec<String>) -> Result<SessionId, AppError> {
    Ok(backend().agent.execute_plan(&actor()?, &id, Some(steps)).await?.session)
}
