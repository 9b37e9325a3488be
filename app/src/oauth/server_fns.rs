//! What a chat client asks for, and the clients that were let in.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::oauth::{ConnectedClient, Consent};
use leptos::prelude::*;

/// What the person is asked about a request, given as the query it came with.
///
/// # Errors
/// Every reason why it cannot be granted.
#[server(prefix = "/fn", endpoint = "load_consent", output = Json)]
pub async fn load_consent(request: String) -> Result<Consent, AppError> {
    Ok(backend().chat_clients.consent(&actor()?, &request).await?)
}

/// The chat clients that act for the person in this workspace, newest first.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_connected_clients", output = Json)]
pub async fn load_connected_clients() -> Result<Vec<ConnectedClient>, AppError> {
    Ok(backend().auth.connected_clients(&actor()?).await?)
}

/// Ends what a chat client may do, at once.
///
/// # Errors
/// When it is not theirs.
#[server(prefix = "/fn", endpoint = "disconnect_client", output = Json)]
pub async fn disconnect_client(client: String) -> Result<(), AppError> {
    Ok(backend().auth.disconnect_client(&actor()?, &client.into()).await?)
}
