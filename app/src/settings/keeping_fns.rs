//! How long runs are kept: read, tried out, changed.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::flow::keeping::{Keeping, KeepingReport, RunRoom};
use leptos::prelude::*;

/// What is kept now, and what would go at the next look.
///
/// # Errors
/// Forbidden without manage.
#[server(prefix = "/fn", endpoint = "load_keeping", output = Json)]
pub async fn load_keeping() -> Result<KeepingReport, AppError> {
    Ok(backend().runs.keeping(&actor()?, None).await?)
}

/// What would go if runs were kept so.
///
/// # Errors
/// Forbidden without manage; `days` or `megabytes` out of range.
#[server(prefix = "/fn", endpoint = "try_keeping", input = Json, output = Json)]
pub async fn try_keeping(keeping: Keeping) -> Result<RunRoom, AppError> {
    Ok(backend().runs.keeping(&actor()?, Some(keeping)).await?.goes)
}

/// Keeps runs so from now on.
///
/// # Errors
/// As [`try_keeping`].
#[server(prefix = "/fn", endpoint = "save_keeping", input = Json, output = Json)]
pub async fn save_keeping(keeping: Keeping) -> Result<(), AppError> {
    let (actor, backend) = (actor()?, backend());
    backend.runs.keeping(&actor, Some(keeping)).await?;
    let flow = serde_json::json!({ "keepRunsDays": keeping.days, "keepRunsMb": keeping.megabytes });
    let patch = serde_json::json!({ "flow": flow });
    backend.agent.change_workspace_settings(&actor, patch, false).await?;
    Ok(())
}
