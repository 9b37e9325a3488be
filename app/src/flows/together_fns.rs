//! What the studio asks the server about others in a flow: who is there, and what was suggested.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::{actor, backend};
use crate::wire::Json;
use domain::flow::Flow;
use domain::flow::presence::Here;
use domain::flow::proposal::Proposal;
use domain::ids::FlowId;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// A sign of life of this page; gives everybody who is in the flow.
#[server(prefix = "/fn", endpoint = "here_in_flow", input = Json, output = Json)]
pub async fn here_in_flow(
    id: FlowId,
    page: String,
    step: Option<String>,
) -> Result<Vec<Here>, AppError> {
    Ok(backend().presence.beat(&actor()?, &id, &page, step).await?)
}

/// This page is closed.
#[server(prefix = "/fn", endpoint = "leave_flow", input = Json, output = Json)]
pub async fn leave_flow(id: FlowId, page: String) -> Result<(), AppError> {
    Ok(backend().presence.leave(&actor()?, &id, &page).await?)
}

/// The change that waits for a person, if one does.
#[server(prefix = "/fn", endpoint = "open_proposal", output = Json)]
pub async fn open_proposal(id: FlowId) -> Result<Option<Proposal>, AppError> {
    Ok(backend().flows.proposal(&actor()?, &id).await?)
}

/// Makes a suggested change on the draft as it was drawn, without the parts that are left out.
#[server(prefix = "/fn", endpoint = "accept_proposal", input = Json, output = Json)]
pub async fn accept_proposal(
    id: FlowId,
    proposal: String,
    revision: i64,
    left_out: BTreeSet<usize>,
) -> Result<Flow, AppError> {
    let (actor, flows) = (actor()?, &backend().flows);
    Ok(flows.accept_proposal(&actor, &id, (&proposal, left_out), revision).await?)
}

/// Drops a suggested change.
#[server(prefix = "/fn", endpoint = "drop_proposal", input = Json, output = Json)]
pub async fn drop_proposal(id: FlowId, proposal: String) -> Result<(), AppError> {
    Ok(backend().flows.drop_proposal(&actor()?, &id, &proposal).await?)
}
