//! What testing a draft asks the server.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::{actor, backend};
use crate::wire::Json;
use domain::flow::listing::PiecesOff;
use domain::flow::run::Run;
use domain::flow::sample::Sample;
use domain::ids::FlowId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use serde_json::Map;
use serde_json::Value;
use std::collections::BTreeMap;

/// How the test of a step went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepTried {
    /// The run that tried it.
    pub run: Run,
    /// What it left; none while it goes on.
    pub sample: Option<Sample>,
}

/// What the steps of a flow gave when they were tried or when it last ran, by step.
#[server(prefix = "/fn", endpoint = "flow_samples", output = Json)]
pub async fn flow_samples(id: FlowId) -> Result<BTreeMap<String, Sample>, AppError> {
    Ok(backend().flows.samples(&actor()?, &id).await?)
}

/// Runs one step of the draft for real.
#[server(prefix = "/fn", endpoint = "try_step", output = Json)]
pub async fn try_step(id: FlowId, step: String) -> Result<StepTried, AppError> {
    let test = backend().runs.test_step(&actor()?, &id, &step, Map::new()).await?;
    Ok(StepTried { run: test.run, sample: test.sample })
}

/// Why code steps of a flow do not run; nothing when they do.
#[server(prefix = "/fn", endpoint = "why_no_code", output = Json)]
pub async fn why_no_code(id: FlowId) -> Result<Option<String>, AppError> {
    Ok(backend().flows.code_refusal(&actor()?, &id).await?)
}

/// The pieces that the workspace switched off, and which of them the live version of a flow uses.
#[server(prefix = "/fn", endpoint = "load_pieces_off", output = Json)]
pub async fn load_pieces_off(id: FlowId) -> Result<PiecesOff, AppError> {
    Ok(backend().flows.pieces_off_for(&actor()?, &id).await?)
}

/// Keeps what a person wrote as what a step gives.
#[server(prefix = "/fn", endpoint = "write_sample", input = Json, output = Json)]
pub async fn write_sample(id: FlowId, step: String, output: Value) -> Result<Sample, AppError> {
    Ok(backend().flows.give_sample(&actor()?, &id, &step, &output).await?)
}

/// The newest thing that would start the flow, as its sample.
#[server(prefix = "/fn", endpoint = "fetch_trigger_sample", output = Json)]
pub async fn fetch_trigger_sample(id: FlowId) -> Result<Sample, AppError> {
    Ok(backend().flows.test_trigger(&actor()?, &id, None).await?)
}

/// Makes the flow keep the next request to its address; gives until when, epoch milliseconds.
#[server(prefix = "/fn", endpoint = "listen_for_request", output = Json)]
pub async fn listen_for_request(id: FlowId) -> Result<i64, AppError> {
    Ok(backend().flows.listen(&actor()?, &id).await?)
}

/// Walks the draft without changing anything outside the run.
#[server(prefix = "/fn", endpoint = "start_dry_run", input = Json, output = Json)]
pub async fn start_dry_run(id: FlowId, payload: Value) -> Result<Run, AppError> {
    Ok(backend().runs.dry_run(&actor()?, &id, payload).await?)
}
