//! Which engine runs flows: read, changed, tested, forgotten.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::flow::engine::EngineSettings;
#[cfg(feature = "ssr")]
use domain::flow::engine::{EngineChange, EngineServer, FlowEngine};
use domain::integration::Checked;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The engine of the workspace.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_engine", output = Json)]
pub async fn load_engine() -> Result<EngineSettings, AppError> {
    Ok(backend().flows.engine_settings(&actor()?).await?)
}

/// What stands in the form; empty is left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TypedEngine {
    /// The word of the engine.
    pub engine: String,
    /// The server's address.
    #[serde(default)]
    pub url: String,
    /// Who signs in there.
    #[serde(default)]
    pub email: String,
    /// With this.
    #[serde(default)]
    pub password: String,
    /// Or with this alone.
    #[serde(default)]
    pub api_key: String,
    /// The project there.
    #[serde(default)]
    pub project_id: String,
}

/// Connects to a server after looking that it can be used, or only says where new flows are made.
///
/// # Errors
/// Forbidden without manage; the field that did not pass.
#[server(prefix = "/fn", endpoint = "save_engine", output = Json)]
pub async fn save_engine(typed: TypedEngine) -> Result<(), AppError> {
    let (actor, backend) = (actor()?, backend());
    let before = backend.flows.engine_settings(&actor).await?.server;
    backend.flows.change_engine(&actor, change_of(typed, before)).await?;
    Ok(())
}

/// What was typed: address, e-mail, password, key and project. What stands in the form unchanged, with no secret beside
/// it, is only a choice of the engine.
#[cfg(feature = "ssr")]
fn change_of(typed: TypedEngine, before: Option<EngineServer>) -> EngineChange {
    let engine = FlowEngine::parse(&typed.engine);
    let typed = [typed.url, typed.email, typed.password, typed.api_key, typed.project_id];
    let given = |it: String| Some(it.trim().to_owned()).filter(|it| !it.is_empty());
    let [url, email, password, api_key, project_id] = typed.map(given);
    let has_secret = password.is_some() || api_key.is_some();
    let is_same = before.is_some_and(|it| {
        Some(it.url) == url && it.email == email && Some(it.project_id) == project_id
    });
    if !has_secret && (is_same || engine == FlowEngine::Builtin) {
        return EngineChange { engine, ..EngineChange::default() };
    }
    let email = email.filter(|_| api_key.is_none());
    EngineChange { engine, url, email, password, api_key, project_id }
}

/// Tests the server the workspace is connected to.
///
/// # Errors
/// Forbidden without write.
#[server(prefix = "/fn", endpoint = "test_flow_engine", output = Json)]
pub async fn test_flow_engine() -> Result<Option<Checked>, AppError> {
    Ok(backend().flows.test_engine(&actor()?).await?)
}

/// Tests where new flows run: the built-in engine with a practice flow, another one by looking at its server.
///
/// # Errors
/// Forbidden without manage.
#[server(prefix = "/fn", endpoint = "practise_engine", output = Json)]
pub async fn practise_engine() -> Result<Checked, AppError> {
    Ok(backend().setup.try_engine(&actor()?).await?)
}

/// Forgets the server with its secret.
///
/// # Errors
/// Forbidden without manage.
#[server(prefix = "/fn", endpoint = "disconnect_flow_engine", output = Json)]
pub async fn disconnect_flow_engine() -> Result<(), AppError> {
    Ok(backend().flows.disconnect_engine(&actor()?).await?)
}
