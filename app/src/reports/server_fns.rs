//! Reports over projects.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::report::{Report, ReportQuery};
use leptos::prelude::*;

/// A report; none before Basecamp is connected, and while the project of one that needs it is not chosen.
///
/// # Errors
/// Not found; needs setup when Basecamp no longer accepts our access; unavailable when it does not answer.
#[server(prefix = "/fn", endpoint = "load_report", input = Json, output = Json)]
pub async fn load_report(query: ReportQuery) -> Result<Option<Report>, AppError> {
    let (actor, backend) = (actor()?, backend());
    let is_open = query.kind.is_of_one() && query.project.is_none();
    if is_open || backend.basecamp.connection(&actor).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(Box::pin(backend.report(&actor, &query)).await?))
}
