//! What versions of a flow ask the server.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::{actor, backend};
use crate::wire::Json;
use domain::flow::Flow;
use domain::flow::compare::Comparison;
use domain::flow::listing::VersionSummary;
use domain::ids::{FlowId, FlowVersionId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What publishing would change, and who changed it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Unpublished {
    /// What is different from what runs; none before the first publishing.
    pub comparison: Option<Comparison>,
    /// Who changed the draft since then: a name, and how many changes.
    pub by: Vec<(String, u32)>,
}

/// The versions of a flow, newest first.
#[server(prefix = "/fn", endpoint = "flow_history", output = Json)]
pub async fn flow_history(id: FlowId) -> Result<Vec<VersionSummary>, AppError> {
    Ok(backend().flows.versions(&actor()?, &id).await?)
}

/// A flow as it was at a version.
#[server(prefix = "/fn", endpoint = "flow_at", output = Json)]
pub async fn flow_at(id: FlowId, version: FlowVersionId) -> Result<Flow, AppError> {
    Ok(backend().flows.at_version(&actor()?, &id, &version).await?)
}

/// What publishing the draft would change.
#[server(prefix = "/fn", endpoint = "draft_changes", output = Json)]
pub async fn draft_changes(id: FlowId) -> Result<Unpublished, AppError> {
    let (comparison, by) = backend().flows.draft_changes(&actor()?, &id).await?;
    Ok(Unpublished { comparison, by })
}
