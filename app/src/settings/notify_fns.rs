//! What a person wants to be told of: read, added, ended.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::subscription::Subscribed;
use leptos::prelude::*;

/// What whoever looks is told of, the newest first.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_subscriptions", output = Json)]
pub async fn load_subscriptions() -> Result<Vec<Subscribed>, AppError> {
    Ok(backend().tools.subscriptions(&actor()?).await?)
}

/// Tells whoever asks of an event from now on, or no more; with a project, only of what happens in it.
///
/// # Errors
/// Forbidden for viewers and for what only those who manage are told of; an event or a project that is not there; a
/// conflict for one they have already.
#[server(prefix = "/fn", endpoint = "subscribe", output = Json)]
pub async fn subscribe(
    event: String,
    #[server(default)] project: String,
    ends: bool,
) -> Result<(), AppError> {
    Ok(backend().subscribe(&actor()?, (&event, Some(&project)), ends).await?)
}
