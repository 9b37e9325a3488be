//! Connections of flows. A secret travels to the server; nothing of it comes back.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend, client};
use crate::wire::Json;
use domain::flow::connection::{
    Connected, ConnectionChange, ConnectionList, ConnectionTest, NewConnection,
};
use leptos::prelude::*;

/// The connections that flows of this person may use, with the flows that do.
///
/// # Errors
/// Forbidden for viewers.
#[server(prefix = "/fn", endpoint = "load_flow_connections", output = Json)]
pub async fn load_flow_connections() -> Result<ConnectionList, AppError> {
    Ok(backend().connections.listed(&actor()?).await?)
}

/// Stores a connection; answers where to sign in for it, when it takes that.
///
/// # Errors
/// Every field that is wrong; forbidden for a workspace connection without manage.
#[server(prefix = "/fn", endpoint = "make_flow_connection", input = Json, output = Json)]
pub async fn make_flow_connection(new: NewConnection) -> Result<Connected, AppError> {
    let session = client().session;
    Ok(backend().connections.connect(&actor()?, new, session.as_deref()).await?)
}

/// Renames a connection or replaces its secret.
///
/// # Errors
/// Every field that is wrong; not found; forbidden.
#[server(prefix = "/fn", endpoint = "change_flow_connection", input = Json, output = Json)]
pub async fn change_flow_connection(id: String, change: ConnectionChange) -> Result<(), AppError> {
    backend().connections.change(&actor()?, &id.into(), change).await?;
    Ok(())
}

/// Tries a connection out.
///
/// # Errors
/// Not found; forbidden. What the test finds is no error.
#[server(prefix = "/fn", endpoint = "test_flow_connection", output = Json)]
pub async fn test_flow_connection(id: String) -> Result<ConnectionTest, AppError> {
    Ok(backend().connections.test(&actor()?, &id.into()).await?)
}

/// Begins a sign-in at the app; answers the page to open there.
///
/// # Errors
/// Not found; forbidden; invalid for a connection that needs no sign-in.
#[server(prefix = "/fn", endpoint = "sign_in_flow_connection", output = Json)]
pub async fn sign_in_flow_connection(id: String) -> Result<String, AppError> {
    let session = client().session.ok_or(domain::problem::Problem::NotSignedIn)?;
    Ok(backend().connections.begin_sign_in(&actor()?, &id.into(), &session).await?)
}

/// Deletes a connection; one that flows use only with `force`.
///
/// # Errors
/// Not found; forbidden; a conflict naming the flows that use it.
#[server(prefix = "/fn", endpoint = "delete_flow_connection", output = Json)]
pub async fn delete_flow_connection(id: String, force: bool) -> Result<(), AppError> {
    Ok(backend().connections.delete(&actor()?, &id.into(), force).await?)
}
