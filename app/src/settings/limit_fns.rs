//! How much each person may use: limits read and set, and what was used of them.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::limit::{LimitBook, LimitChange, Meter};
use leptos::prelude::*;

/// The limits of the workspace, and what each of its people used.
///
/// # Errors
/// Forbidden without manage.
#[server(prefix = "/fn", endpoint = "load_limits", output = Json)]
pub async fn load_limits() -> Result<LimitBook, AppError> {
    Ok(backend().tools.limit_book(&actor()?).await?)
}

/// Sets a limit, or takes one away.
///
/// # Errors
/// Forbidden without manage; `most` when it is not above 0; not found.
#[server(prefix = "/fn", endpoint = "set_limit", input = Json, output = Json)]
pub async fn set_limit(change: LimitChange) -> Result<(), AppError> {
    Ok(backend().tools.set_limit(&actor()?, &change).await?)
}

/// What whoever looks used, and their limits.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_own_use", output = Json)]
pub async fn load_own_use() -> Result<Vec<Meter>, AppError> {
    Ok(backend().tools.own_use(&actor()?).await?)
}
