//! What the studio and the list of flows ask the server.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::{actor, backend};
use crate::wire::Json;
#[cfg(feature = "ssr")]
use backend::Backend;
#[cfg(feature = "ssr")]
use domain::actor::Actor;
use domain::flow::edit::FlowEdit;
#[cfg(feature = "ssr")]
use domain::flow::engine::FlowEngine;
use domain::flow::listing::{Choice, FlowSummary, Folder, OptionsRequest};
#[cfg(feature = "ssr")]
use domain::flow::listing::{FlowFilter, NewFlow};
use domain::flow::run::Run;
#[cfg(feature = "ssr")]
use domain::flow::run::Which;
use domain::flow::{Flow, FlowStatus};
use domain::ids::FlowId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The flows of a workspace, and who made them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlowList {
    /// The flows, the last changed first.
    pub flows: Vec<FlowSummary>,
    /// Names of the members by their ids.
    pub people: BTreeMap<String, String>,
    /// The folders by name.
    pub folders: Vec<Folder>,
    /// Why those of another engine are missing.
    pub notice: Option<String>,
}

/// Every flow of the workspace, as many as one page holds.
#[server(prefix = "/fn", endpoint = "list_flows", output = Json)]
pub async fn list_flows() -> Result<FlowList, AppError> {
    let (actor, backend) = (actor()?, backend());
    let (flows, notice) = every_flow(&actor, &backend).await?;
    let members = backend.auth.members(&actor).await?;
    let people = members.into_iter().map(|it| (it.id.to_string(), it.name)).collect();
    let folders = backend.flows.folders(&actor).await?;
    Ok(FlowList { flows, people, folders, notice })
}

/// The flows of every engine; ours alone, with the reason, when another one does not answer.
#[cfg(feature = "ssr")]
async fn every_flow(
    actor: &Actor,
    backend: &Backend,
) -> Result<(Vec<FlowSummary>, Option<String>), AppError> {
    let filter = FlowFilter { limit: Some(200), ..FlowFilter::default() };
    match backend.flows.list(actor, &filter).await {
        Ok(page) => Ok((page.data, None)),
        Err(problem) => {
            let ours = FlowFilter { engine: Some(FlowEngine::Builtin), ..filter };
            Ok((backend.flows.list(actor, &ours).await?.data, Some(problem.to_string())))
        }
    }
}

/// One flow with its newest version.
#[server(prefix = "/fn", endpoint = "get_flow", output = Json)]
pub async fn get_flow(id: FlowId) -> Result<Flow, AppError> {
    Ok(backend().flows.get(&actor()?, &id).await?)
}

/// Makes an empty flow.
#[server(prefix = "/fn", endpoint = "create_flow", output = Json)]
pub async fn create_flow(name: String) -> Result<Flow, AppError> {
    Ok(backend().flows.create(&actor()?, NewFlow { name, ..NewFlow::default() }).await?)
}

/// Changes the draft, if it is still at `revision`.
#[server(prefix = "/fn", endpoint = "edit_flow", input = Json, output = Json)]
pub async fn edit_flow(id: FlowId, revision: i64, edits: Vec<FlowEdit>) -> Result<Flow, AppError> {
    Ok(backend().flows.edit(&actor()?, &id, Some(revision), edits).await?)
}

/// Makes the draft what runs, and switches the flow on; a member asks those who manage.
#[server(prefix = "/fn", endpoint = "publish_flow", output = Json)]
pub async fn publish_flow(id: FlowId) -> Result<Flow, AppError> {
    let (actor, backend) = (actor()?, backend());
    backend.agent.may_publish(&actor, &id).await?;
    Ok(backend.flows.publish(&actor, &id).await?)
}

/// When the live version of a flow that goes by the clock starts next, epoch milliseconds.
#[server(prefix = "/fn", endpoint = "load_next_start", output = Json)]
pub async fn load_next_start(id: FlowId) -> Result<Option<i64>, AppError> {
    Ok(backend().flows.next_start(&actor()?, &id).await?)
}

/// Switches a flow on or off; a member asks those who manage to switch it on.
#[server(prefix = "/fn", endpoint = "set_flow_status", output = Json)]
pub async fn set_flow_status(id: FlowId, status: FlowStatus) -> Result<Flow, AppError> {
    let (actor, backend) = (actor()?, backend());
    if status == FlowStatus::Enabled {
        backend.agent.may_switch_on(&actor, &id).await?;
    }
    Ok(backend.flows.set_status(&actor, &id, status).await?)
}

/// Limits how many runs of a flow are under way at once; nothing takes the limit away.
#[server(prefix = "/fn", endpoint = "set_runs_at_once", input = Json, output = Json)]
pub async fn set_runs_at_once(id: FlowId, limit: Option<u32>) -> Result<Flow, AppError> {
    Ok(backend().flows.set_runs_at_once(&actor()?, &id, limit).await?)
}

/// Deletes a flow with its runs.
#[server(prefix = "/fn", endpoint = "delete_flow", output = Json)]
pub async fn delete_flow(id: FlowId) -> Result<(), AppError> {
    Ok(backend().flows.delete(&actor()?, &id).await?)
}

/// The choices of a drop-down.
#[server(prefix = "/fn", endpoint = "load_choices", input = Json, output = Json)]
pub async fn load_choices(request: OptionsRequest) -> Result<Vec<Choice>, AppError> {
    Ok(backend().flows.options(&actor()?, &request).await?)
}

/// The address that starts a flow with a webhook trigger.
#[server(prefix = "/fn", endpoint = "webhook_address", output = Json)]
pub async fn webhook_address(id: FlowId) -> Result<String, AppError> {
    Ok(backend().flows.webhook_url(&actor()?, &id).await?)
}

/// Gives a flow another address; the one before starts nothing from now on.
#[server(prefix = "/fn", endpoint = "renew_webhook_address")]
pub async fn renew_webhook_address(id: FlowId) -> Result<String, AppError> {
    Ok(backend().flows.renew_webhook(&actor()?, &id).await?)
}

/// Starts a test run of the newest version.
#[server(prefix = "/fn", endpoint = "start_run", input = Json, output = Json)]
pub async fn start_run(id: FlowId, payload: Value) -> Result<Run, AppError> {
    Ok(backend().runs.start(&actor()?, &id, payload, Which::Draft).await?)
}
