//! What the pages of runs ask the server.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::{actor, backend};
use crate::wire::Json;
#[cfg(feature = "ssr")]
use backend::Backend;
#[cfg(feature = "ssr")]
use domain::actor::Actor;
use domain::flow::FlowVersion;
#[cfg(feature = "ssr")]
use domain::flow::engine::FlowEngine;
#[cfg(feature = "ssr")]
use domain::flow::listing::FlowFilter;
use domain::flow::listing::{Page, RunFilter};
#[cfg(feature = "ssr")]
use domain::flow::run::Retry;
use domain::flow::run::{Retried, Run, RunFigures};
use domain::ids::RunId;
#[cfg(feature = "ssr")]
use domain::problem::Problem;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A run with the version of the flow that it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenRun {
    /// The run with its steps.
    pub run: Run,
    /// What it runs.
    pub version: FlowVersion,
    /// The run that it tries again, without steps; none when it is no longer kept.
    pub earlier: Option<Run>,
    /// Names by id of those who started it.
    pub people: BTreeMap<String, String>,
}

/// One part of the list of runs, and what goes with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPart {
    /// The runs.
    pub page: Page<Run>,
    /// Names by id of those who started them.
    pub people: BTreeMap<String, String>,
    /// How many of all that fit failed and can be tried again by the person, 100 at most.
    pub again: usize,
}

/// What a list of runs can be narrowed to: id and name of each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunChoices {
    /// The flows.
    pub flows: Vec<(String, String)>,
    /// The people.
    pub people: Vec<(String, String)>,
}

#[cfg(feature = "ssr")]
async fn found(actor: &Actor, backend: &Backend, filter: RunFilter) -> Result<Page<Run>, Problem> {
    match backend.runs.list(actor, &filter).await {
        // Ours are shown when the other engine does not answer; the list of flows says that it does not.
        Err(Problem::Unavailable { .. } | Problem::NeedsSetup { .. })
            if filter.flow_id.is_none() =>
        {
            let ours = RunFilter { engine: Some(FlowEngine::Builtin), ..filter };
            backend.runs.list(actor, &ours).await
        }
        found => found,
    }
}

/// Names of those who started `runs`.
#[cfg(feature = "ssr")]
async fn names(
    actor: &Actor,
    backend: &Backend,
    runs: &[Run],
) -> Result<BTreeMap<String, String>, Problem> {
    let asked = |id: &str| {
        runs.iter().any(|it| it.acting_user.as_ref().is_some_and(|it| it.as_str() == id))
    };
    let members = backend.auth.members(actor).await?;
    let known = members.into_iter().map(|it| (it.id.to_string(), it.name));
    Ok(known.filter(|it| asked(&it.0)).collect())
}

/// One part of the list of runs.
#[server(prefix = "/fn", endpoint = "list_runs", input = Json, output = Json)]
pub async fn list_runs(filter: RunFilter) -> Result<Page<Run>, AppError> {
    Ok(found(&actor()?, &backend(), filter).await?)
}

/// The same with what the page of runs shows beside it.
#[server(prefix = "/fn", endpoint = "load_runs", input = Json, output = Json)]
pub async fn load_runs(filter: RunFilter) -> Result<RunPart, AppError> {
    let (actor, backend) = (actor()?, backend());
    let again = backend.runs.failed(&actor, &filter).await?.len();
    let page = found(&actor, &backend, filter).await?;
    let people = names(&actor, &backend, &page.data).await?;
    Ok(RunPart { page, people, again })
}

/// What the list can be narrowed to.
#[server(prefix = "/fn", endpoint = "load_run_choices", output = Json)]
pub async fn load_run_choices() -> Result<RunChoices, AppError> {
    let (actor, backend) = (actor()?, backend());
    let mut flows = backend.runs.flow_names(&actor).await?;
    let engine = Some(FlowEngine::Activepieces);
    let theirs = FlowFilter { engine, limit: Some(200), ..FlowFilter::default() };
    // What another engine has is left out while it does not answer.
    if let Ok(page) = backend.flows.list(&actor, &theirs).await {
        flows.extend(page.data.into_iter().map(|it| (it.id.to_string(), it.name)));
    }
    let members = backend.auth.members(&actor).await?;
    let people = members.into_iter().map(|it| (it.id.to_string(), it.name)).collect();
    Ok(RunChoices { flows, people })
}

/// How the runs went since `since`, epoch milliseconds.
#[server(prefix = "/fn", endpoint = "load_run_figures", output = Json)]
pub async fn load_run_figures(since: i64) -> Result<RunFigures, AppError> {
    Ok(backend().runs.figures(&actor()?, since).await?)
}

/// Tries those of the filter again that failed.
#[server(prefix = "/fn", endpoint = "retry_failed_runs", input = Json, output = Json)]
pub async fn retry_failed_runs(filter: RunFilter) -> Result<Retried, AppError> {
    Ok(backend().runs.retry_failed(&actor()?, &filter).await?)
}

/// One run with its steps.
#[server(prefix = "/fn", endpoint = "get_run", output = Json)]
pub async fn get_run(id: RunId) -> Result<OpenRun, AppError> {
    let (actor, backend) = (actor()?, backend());
    let run = backend.runs.get(&actor, &id).await?;
    let flow = backend.flows.at_version(&actor, &run.flow_id, &run.flow_version_id).await?;
    let earlier = earlier(&actor, &backend, run.retry_of.as_ref()).await?;
    let people = names(&actor, &backend, std::slice::from_ref(&run)).await?;
    Ok(OpenRun { run, version: flow.version, earlier, people })
}

/// The run that was tried again, without its steps.
#[cfg(feature = "ssr")]
async fn earlier(
    actor: &Actor,
    backend: &Backend,
    id: Option<&RunId>,
) -> Result<Option<Run>, Problem> {
    let Some(id) = id else { return Ok(None) };
    match backend.runs.get(actor, id).await {
        Ok(run) => Ok(Some(Run { steps: Default::default(), ..run })),
        Err(Problem::NotFound { .. }) => Ok(None),
        Err(problem) => Err(problem),
    }
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
