//! Connections of the workspace and of the person who looks.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::integration::{
    AllChecked, AppTest, BasecampAccess, BasecampAccesses, BasecampApp, BasecampAppChange,
};
use domain::mirror::MirrorStatus;
use leptos::prelude::*;

/// The connections to Basecamp that they see.
///
/// # Errors
/// Forbidden for viewers.
#[server(prefix = "/fn", endpoint = "load_accesses", output = Json)]
pub async fn load_accesses() -> Result<BasecampAccesses, AppError> {
    Ok(backend().basecamp.accesses(&actor()?).await?)
}

/// How far the mirror of the connection they work with is; none before they have one.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_mirror_status", output = Json)]
pub async fn load_mirror_status() -> Result<Option<MirrorStatus>, AppError> {
    let (actor, backend) = (actor()?, backend());
    if backend.basecamp.connection(&actor).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(backend.basecamp.mirror_status(&actor).await?))
}

/// Tests a connection for real.
///
/// # Errors
/// Not found; forbidden for viewers. What the test finds is no error.
#[server(prefix = "/fn", endpoint = "test_access", output = Json)]
pub async fn test_access(connection: String) -> Result<BasecampAccess, AppError> {
    Ok(backend().basecamp.test_access(&actor()?, &connection.into()).await?)
}

/// Moves a connection to another account of the same sign-in.
///
/// # Errors
/// Invalid for an account it does not open; not found; forbidden.
#[server(prefix = "/fn", endpoint = "choose_account", output = Json)]
pub async fn choose_account(connection: String, account: i64) -> Result<(), AppError> {
    backend().basecamp.choose_account(&actor()?, &connection.into(), account).await?;
    Ok(())
}

/// Takes a connection away.
///
/// # Errors
/// Not found; forbidden.
#[server(prefix = "/fn", endpoint = "disconnect", output = Json)]
pub async fn disconnect(connection: String) -> Result<(), AppError> {
    Ok(backend().basecamp.disconnect(&actor()?, &connection.into()).await?)
}

/// The app at Basecamp that everybody signs in through.
///
/// # Errors
/// Forbidden unless a super admin asks.
#[server(prefix = "/fn", endpoint = "load_basecamp_app", output = Json)]
pub async fn load_basecamp_app() -> Result<BasecampApp, AppError> {
    Ok(backend().basecamp.app(&actor()?).await?)
}

/// Stores that app; an empty secret keeps the stored one.
///
/// # Errors
/// Every field that is wrong; forbidden; a conflict where the server's start set it.
#[server(prefix = "/fn", endpoint = "save_basecamp_app", input = Json, output = Json)]
pub async fn save_basecamp_app(change: BasecampAppChange) -> Result<(), AppError> {
    Ok(backend().basecamp.change_app(&actor()?, &change).await?)
}

/// Asks Basecamp whether it knows that app.
///
/// # Errors
/// Every field that is wrong; forbidden. What is found is no error.
#[server(prefix = "/fn", endpoint = "test_basecamp_app", input = Json, output = Json)]
pub async fn test_basecamp_app(change: BasecampAppChange) -> Result<AppTest, AppError> {
    Ok(backend().basecamp.test_app(&actor()?, &change).await?)
}

/// Tests every connection that they see for real.
///
/// # Errors
/// Forbidden for viewers. What the tests find is no error.
#[server(prefix = "/fn", endpoint = "check_connections", output = Json)]
pub async fn check_connections() -> Result<AllChecked, AppError> {
    Ok(Box::pin(backend().check_connections(&actor()?)).await?)
}
