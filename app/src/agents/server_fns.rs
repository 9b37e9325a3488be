//! Agents of the workspace: read, made, changed, paused, asked to run, deleted.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::agent::{AgentChange, AgentHistory, AgentStanding};
use leptos::prelude::*;

/// Every agent of the workspace, the newest first.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_agents", output = Json)]
pub async fn load_agents() -> Result<Vec<AgentStanding>, AppError> {
    Ok(backend().tools.agents(&actor()?).await?)
}

/// One agent with its newest runs.
///
/// # Errors
/// Not found.
#[server(prefix = "/fn", endpoint = "load_agent", output = Json)]
pub async fn load_agent(id: String) -> Result<AgentHistory, AppError> {
    Ok(backend().agent.agent_history(&actor()?, &id).await?)
}

/// Makes an agent, or changes one; answers its id.
///
/// # Errors
/// Every field that is wrong; not found; forbidden for viewers and for somebody else's without manage.
#[server(prefix = "/fn", endpoint = "save_agent", input = Json, output = Json)]
pub async fn save_agent(change: AgentChange) -> Result<String, AppError> {
    Ok(backend().save_agent(&actor()?, &change).await?)
}

/// Pauses an agent, or lets it go on.
///
/// # Errors
/// As [`save_agent`].
#[server(prefix = "/fn", endpoint = "pause_agent", output = Json)]
pub async fn pause_agent(id: String, pauses: bool) -> Result<(), AppError> {
    Ok(backend().pause_agent(&actor()?, &id, pauses).await?)
}

/// Asks an agent to run at once; dry, it only tells what it would do.
///
/// # Errors
/// As [`save_agent`]; a conflict while it is paused or was asked already.
#[server(prefix = "/fn", endpoint = "run_agent", output = Json)]
pub async fn run_agent(id: String, is_dry: bool) -> Result<(), AppError> {
    Ok(backend().run_agent(&actor()?, &id, is_dry).await?)
}

/// Deletes an agent; its runs stay in the audit log.
///
/// # Errors
/// As [`save_agent`].
#[server(prefix = "/fn", endpoint = "delete_agent", output = Json)]
pub async fn delete_agent(id: String) -> Result<(), AppError> {
    Ok(backend().delete_agent(&actor()?, &id).await?)
}
