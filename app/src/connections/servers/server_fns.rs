//! Other MCP servers of the workspace.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend, client};
use crate::wire::Json;
use domain::tool_server::{
    AddedServer, NewToolServer, ProgramUse, ServerToolChange, ToolServer, ToolServerChange,
};
use leptos::prelude::*;

/// The servers with their tools.
///
/// # Errors
/// Forbidden for viewers.
#[server(prefix = "/fn", endpoint = "load_tool_servers", output = Json)]
pub async fn load_tool_servers() -> Result<Vec<ToolServer>, AppError> {
    Ok(backend().peers.list(&actor()?).await?)
}

/// Whether the signed-in person may add programs as servers.
///
/// # Errors
/// Forbidden without the permission to manage.
#[server(prefix = "/fn", endpoint = "load_program_use", output = Json)]
pub async fn load_program_use() -> Result<ProgramUse, AppError> {
    Ok(backend().peers.program_use(&actor()?)?)
}

/// Adds a server that answers, or one to sign in to: then the answer has the page to open.
///
/// # Errors
/// Every field that is wrong; forbidden.
#[server(prefix = "/fn", endpoint = "add_tool_server", input = Json, output = Json)]
pub async fn add_tool_server(new: NewToolServer) -> Result<AddedServer, AppError> {
    let session = client().session;
    Ok(backend().peers.add_in_browser(&actor()?, new, session.as_deref()).await?)
}

/// Begins a sign-in to a server anew; answers the page to open.
///
/// # Errors
/// Not found; forbidden; invalid for a server that takes none.
#[server(prefix = "/fn", endpoint = "sign_in_tool_server", output = Json)]
pub async fn sign_in_tool_server(id: String) -> Result<String, AppError> {
    let session = client().session.ok_or(domain::problem::Problem::NotSignedIn)?;
    Ok(backend().peers.sign_in(&actor()?, &id.into(), &session).await?)
}

/// Changes a server.
///
/// # Errors
/// Every field that is wrong; not found; forbidden.
#[server(prefix = "/fn", endpoint = "change_tool_server", input = Json, output = Json)]
pub async fn change_tool_server(id: String, change: ToolServerChange) -> Result<(), AppError> {
    backend().peers.change(&actor()?, &id.into(), change).await?;
    Ok(())
}

/// Reads anew what a server offers.
///
/// # Errors
/// Not found; forbidden. What the test finds is no error.
#[server(prefix = "/fn", endpoint = "test_tool_server", output = Json)]
pub async fn test_tool_server(id: String) -> Result<ToolServer, AppError> {
    Ok(backend().peers.test(&actor()?, &id.into()).await?)
}

/// Accepts what a server says of a tool, or says how it is asked about.
///
/// # Errors
/// Not found; forbidden; a conflict when the server says something else meanwhile.
#[server(prefix = "/fn", endpoint = "decide_server_tool", input = Json, output = Json)]
pub async fn decide_server_tool(id: String, change: ServerToolChange) -> Result<(), AppError> {
    backend().peers.decide(&actor()?, &id.into(), change).await?;
    Ok(())
}

/// Forgets a server with its secret and its tools.
///
/// # Errors
/// Not found; forbidden.
#[server(prefix = "/fn", endpoint = "remove_tool_server", output = Json)]
pub async fn remove_tool_server(id: String) -> Result<(), AppError> {
    Ok(backend().peers.remove(&actor()?, &id.into()).await?)
}
