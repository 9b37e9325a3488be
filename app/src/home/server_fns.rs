//! What the first page tells beside to-dos and runs.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::home::Glance;
use leptos::prelude::*;

/// What happened lately in Basecamp and in PM OS, and what everybody has to do.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_glance", output = Json)]
pub async fn load_glance() -> Result<Glance, AppError> {
    Ok(Box::pin(backend().glance(&actor()?)).await?)
}
