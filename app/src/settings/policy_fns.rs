//! Policies of the workspace: read, made, changed, put in order, removed, thought through.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::actor::Role;
use domain::policy::{PolicyBook, PolicyChange, PolicyTrial};
use leptos::prelude::*;

/// Every policy, and what new ones may be about.
///
/// # Errors
/// Forbidden without manage.
#[server(prefix = "/fn", endpoint = "load_policies", output = Json)]
pub async fn load_policies() -> Result<PolicyBook, AppError> {
    Ok(backend().tools.policy_book(&actor()?).await?)
}

/// Makes a policy, or changes one.
///
/// # Errors
/// Forbidden without manage; not found; every field that is wrong; a rule that is not understood.
#[server(prefix = "/fn", endpoint = "save_policy", input = Json, output = Json)]
pub async fn save_policy(change: PolicyChange) -> Result<(), AppError> {
    Ok(backend().save_policy(&actor()?, &change).await?)
}

/// Puts a rule about tools at a place among the others, from 1.
///
/// # Errors
/// Forbidden without manage; not found.
#[server(prefix = "/fn", endpoint = "place_policy", output = Json)]
pub async fn place_policy(id: String, place: usize) -> Result<(), AppError> {
    Ok(backend().place_policy(&actor()?, &id, place).await?)
}

/// Deletes a policy.
///
/// # Errors
/// As [`place_policy`].
#[server(prefix = "/fn", endpoint = "remove_policy", output = Json)]
pub async fn remove_policy(id: String) -> Result<(), AppError> {
    Ok(backend().remove_policy(&actor()?, &id).await?)
}

/// What would happen if somebody with this role called a tool.
///
/// # Errors
/// Forbidden without manage; `tool` when there is none of that name.
#[server(prefix = "/fn", endpoint = "try_policies", input = Json, output = Json)]
pub async fn try_policies(role: Role, tool: String) -> Result<PolicyTrial, AppError> {
    Ok(backend().agent.try_policies(&actor()?, role, &tool).await?)
}
