//! What the pages of apps ask the server. The first ones are for everybody.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, add_header, backend, client, cookie, visitor};
use crate::wire::Json;
#[cfg(feature = "ssr")]
use axum::http::header::SET_COOKIE;
#[cfg(feature = "ssr")]
use backend::visitors::{self, Asked, Visitor};
use domain::app::{App, AppChange, AppFilter, AppPage, AppRun, AppStats, Seeded};
#[cfg(feature = "ssr")]
use domain::app::{Mode, OutputType};
#[cfg(feature = "ssr")]
use domain::flow::engine::FlowEngine;
#[cfg(feature = "ssr")]
use domain::flow::listing::FlowFilter;
use domain::ids::FlowId;
#[cfg(feature = "ssr")]
use domain::template::Visibility;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
#[cfg(feature = "ssr")]
use std::time::Duration;

/// How long one question about the end of a run waits for it.
#[cfg(feature = "ssr")]
const PATIENCE: Duration = Duration::from_secs(20);
/// Flows in the list to publish from.
#[cfg(feature = "ssr")]
const FLOWS: u32 = 100;

#[cfg(feature = "ssr")]
fn guest() -> Visitor {
    visitors::visitor(visitor(), cookie(visitors::COOKIE), client())
}

/// One page of the gallery.
#[server(prefix = "/fn", endpoint = "load_gallery", input = Json, output = Json)]
pub async fn load_gallery(filter: AppFilter) -> Result<AppPage, AppError> {
    Ok(backend().apps.list(&guest(), &filter).await?)
}

/// One app.
#[server(prefix = "/fn", endpoint = "load_one_app", output = Json)]
pub async fn load_one_app(id: String) -> Result<App, AppError> {
    Ok(backend().apps.get(&guest(), &id).await?)
}

/// The numbers of an app and its newest runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The numbers.
    pub stats: AppStats,
    /// Without output.
    pub runs: Vec<AppRun>,
}

/// What is known of earlier runs.
#[server(prefix = "/fn", endpoint = "load_app_history", output = Json)]
pub async fn load_app_history(id: String) -> Result<History, AppError> {
    let (apps, guest) = (&backend().apps, guest());
    let stats = apps.stats(&guest, &id).await?;
    Ok(History { stats, runs: apps.runs(&guest, &id, 0).await? })
}

/// What somebody filled in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FilledIn {
    /// Answers by field.
    pub inputs: Map<String, Value>,
    /// Secrets by field; none where the app asks for none.
    pub credentials: Option<Map<String, Value>>,
    /// Whether they go away meanwhile.
    pub in_background: bool,
}

/// A run as a page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunShown {
    /// The run.
    pub run: AppRun,
    /// Its output as harmless HTML, where it is written in Markdown.
    pub html: Option<String>,
}

#[cfg(feature = "ssr")]
impl From<AppRun> for RunShown {
    fn from(run: AppRun) -> Self {
        let words = run.output.as_ref().and_then(Value::as_str);
        let words = words.filter(|_| run.output_type == OutputType::Markdown);
        Self { html: words.map(backend::markdown::to_html), run }
    }
}

/// Starts a run; gives it as it stands.
#[server(prefix = "/fn", endpoint = "start_app", input = Json, output = Json)]
pub async fn start_app(id: String, filled: FilledIn) -> Result<RunShown, AppError> {
    let mut guest = guest();
    if let Some(cookie) = visitors::known(&mut guest) {
        add_header(SET_COOKIE, &cookie);
    }
    let mode = if filled.in_background { Mode::Async } else { Mode::Sync };
    let credentials = filled.credentials.map(Value::Object);
    let asked = Asked { inputs: Value::Object(filled.inputs), credentials, mode };
    Ok(backend().apps.start(&guest, &id, &asked).await?.into())
}

/// The run when it has ended, or as it stands after a while.
#[server(prefix = "/fn", endpoint = "wait_for_app", input = Json, output = Json)]
pub async fn wait_for_app(id: String, run: String) -> Result<RunShown, AppError> {
    Ok(backend().apps.wait(&guest(), &id, &run.into(), PATIENCE).await?.into())
}

/// Stops a run.
#[server(prefix = "/fn", endpoint = "stop_app", input = Json, output = Json)]
pub async fn stop_app(id: String, run: String) -> Result<RunShown, AppError> {
    Ok(backend().apps.stop(&guest(), &id, &run.into()).await?.into())
}

/// What the publishing page begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Desk {
    /// Apps that the person may change.
    pub apps: Vec<App>,
    /// Flows that can become one: id and name.
    pub flows: Vec<(FlowId, String)>,
}

/// What there is to publish.
#[server(prefix = "/fn", endpoint = "load_app_desk", output = Json)]
pub async fn load_app_desk() -> Result<Desk, AppError> {
    let (actor, backend) = (actor()?, backend());
    let apps = backend.apps.managed(&actor, "").await?;
    let engine = Some(FlowEngine::Builtin);
    let filter = FlowFilter { limit: Some(FLOWS), engine, ..FlowFilter::default() };
    let flows = backend.flows.list(&actor, &filter).await?.data;
    Ok(Desk { apps, flows: flows.into_iter().map(|it| (it.id, it.name)).collect() })
}

/// Publishes a flow as a new app called `name`.
#[server(prefix = "/fn", endpoint = "publish_flow_as_app", input = Json, output = Json)]
pub async fn publish_flow_as_app(
    flow: FlowId,
    name: String,
    change: AppChange,
) -> Result<App, AppError> {
    let (actor, apps) = (actor()?, &backend().apps);
    let kept = apps.keep_template(&actor, &flow, (&name, Visibility::Private)).await?;
    Ok(apps.publish(&actor, &kept.id, change).await?)
}

/// Changes an app.
#[server(prefix = "/fn", endpoint = "change_app", input = Json, output = Json)]
pub async fn change_app(id: String, change: AppChange) -> Result<App, AppError> {
    Ok(backend().apps.update(&actor()?, &id, change).await?)
}

/// Takes an app out of the gallery.
#[server(prefix = "/fn", endpoint = "unpublish_app", input = Json, output = Json)]
pub async fn unpublish_app(id: String) -> Result<(), AppError> {
    Ok(backend().apps.unpublish(&actor()?, &id).await?)
}

/// Makes the default apps; gives what it did to apps.
#[server(prefix = "/fn", endpoint = "seed_apps", input = Json, output = Json)]
pub async fn seed_apps() -> Result<Seeded, AppError> {
    Ok(backend().apps.seed(&actor()?, "SEED_DEFAULTS", false).await?.apps)
}
