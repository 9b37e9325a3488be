//! What the pages of runs ask the server.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::{actor, backend};
use crate::wire::Json;
use domain::flow::FlowVersion;
#[cfg(feature = "ssr")]
use domain::flow::engine::FlowEngine;
use domain::flow::listing::{Page, RunFilter};
#[cfg(feature = "ssr")]
use domain::flow::run::Retry;
use domain::flow::run::Run;
use domain::ids::RunId;
#[cfg(feature = "ssr")]
use domain::problem::Problem;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A run with the version of the flow that it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenRun {
    /// The run with its steps.
    pub run: Run,
    /// What it runs.
    pub version: FlowVersion,
}

/// One part of the list of runs.
#[server(prefix = "/fn", endpoint = "list_runs", input = Json, output = Json)]
pub async fn list_runs(filter: RunFilter) -> Result<Page<Run>, AppError> {
    let (actor, backend) = (actor()?, backend());
    match backend.runs.list(&actor, &filter).await {
        // Ours are shown when the other engine does not answer; the list of flows says that it does not.
        Err(Problem::Unavailable { .. } | Problem::NeedsSetup { .. })
            if filter.flow_id.is_none() =>
        {
            let ours = RunFilter { engine: Some(FlowEngine::Builtin), ..filter };
            Ok(backend.runs.list(&actor, &ours).await?)
        }
        found => Ok(found?),
    }
}

/// One run with its steps.
#[server(prefix = "/fn", endpoint = "get_run", output = Json)]
pub async fn get_run(id: RunId) -> Result<OpenRun, AppError> {
    let actor = actor()?;
    let run = backend().runs.get(&actor, &id).await?;
    let flow = backend().flows.at_version(&actor, &run.flow_id, &run.flow_version_id).await?;
    let version = flow.version;
    Ok(OpenRun { run, version })
}

/// Stops a run.
#[server(prefix = "/fn", endpoint = "cancel_run", output = Json)]
pub async fn cancel_run(id: RunId) -> Result<Run, AppError> {
    Ok(backend().runs.cancel(&actor()?, &id).await?)
}

/// A new run from the step that failed; finished steps keep their results.
#[server(prefix = "/fn", endpoint = "retry_run", output = Json)]
pub async fn retry_run(id: RunId) -> Result<Run, AppError> {
    Ok(backend().runs.retry(&actor()?, &id, Retry::FromFailedStep).await?)
}
