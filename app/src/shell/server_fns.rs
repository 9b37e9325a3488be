//! What a person was told.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::account::Inbox;
use leptos::prelude::*;

/// What the signed-in person was told lately, newest first.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_inbox", output = Json)]
pub async fn load_inbox() -> Result<Inbox, AppError> {
    Ok(backend().auth.notifications(&actor()?).await?)
}

/// Marks everything the person was told as read.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "read_inbox", output = Json)]
pub async fn read_inbox() -> Result<(), AppError> {
    backend().auth.mark_notifications_read(&actor()?).await?;
    Ok(())
}
