//! How people stand, and what could change hands.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::report::{PeopleStanding, ProposedMove};
use leptos::prelude::*;

/// How everybody stands; none before Basecamp is connected.
///
/// # Errors
/// Needs setup when Basecamp no longer accepts our access; unavailable when it does not answer.
#[server(prefix = "/fn", endpoint = "load_people", output = Json)]
pub async fn load_people() -> Result<Option<PeopleStanding>, AppError> {
    let (actor, backend) = (actor()?, backend());
    if backend.basecamp.connection(&actor).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(Box::pin(backend.tools.people_standing(&actor)).await?))
}

/// What could change hands in a project, so that nobody has far more than the others; nothing while none is chosen.
///
/// # Errors
/// Not found; else as [`load_people`].
#[server(prefix = "/fn", endpoint = "load_moves", output = Json)]
pub async fn load_moves(project: Option<i64>) -> Result<Option<Vec<ProposedMove>>, AppError> {
    let Some(project) = project else { return Ok(None) };
    Ok(Some(backend().proposed_moves(&actor()?, project).await?))
}
