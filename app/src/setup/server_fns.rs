//! How far the workspace is, real tests, and the sample Basecamp.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend, lead};
use crate::wire::Json;
use domain::setup::Setup;
use leptos::prelude::*;

/// How far the workspace is.
///
/// # Errors
/// Forbidden without manage.
#[server(prefix = "/fn", endpoint = "load_setup", output = Json)]
pub async fn load_setup() -> Result<Setup, AppError> {
    Ok(backend().setup.state(&actor()?).await?)
}

/// Tests everything for real and says how far the workspace is.
///
/// # Errors
/// Forbidden without manage.
#[server(prefix = "/fn", endpoint = "check_setup", output = Json)]
pub async fn check_setup() -> Result<Setup, AppError> {
    Ok(backend().setup.check(&actor()?, None).await?)
}

/// Connects the sample Basecamp and shows its step of the setup; a second time changes nothing.
///
/// # Errors
/// Forbidden without manage; conflict when a real Basecamp is connected.
#[server(prefix = "/fn", endpoint = "connect_sample", output = Json)]
pub async fn connect_sample() -> Result<(), AppError> {
    backend().setup.connect_sample(&actor()?).await?;
    lead("/setup/basecamp");
    Ok(())
}

/// Removes the sample Basecamp with everything in it.
///
/// # Errors
/// Forbidden without manage; not found when it is not connected.
#[server(prefix = "/fn", endpoint = "remove_sample", output = Json)]
pub async fn remove_sample() -> Result<(), AppError> {
    backend().basecamp.remove_sample(&actor()?).await?;
    lead("/setup/basecamp");
    Ok(())
}
