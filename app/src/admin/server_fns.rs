//! What the pages of super admins ask the server.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
#[cfg(feature = "ssr")]
use domain::platform::PlatformChange;
use domain::platform::{IsolationCheck, ServerSettings, ShellLine, ShellSession, WorkspacePage};
use domain::telemetry::{Range, Telemetry};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The open session of the shell, if there is one.
///
/// # Errors
/// Forbidden unless a super admin asks.
#[server(prefix = "/fn", endpoint = "load_shell", output = Json)]
pub async fn load_shell() -> Result<Option<ShellSession>, AppError> {
    Ok(backend().shell(&actor()?).await?)
}

/// Opens a session of the shell.
///
/// # Errors
/// Forbidden unless a super admin asks.
#[server(prefix = "/fn", endpoint = "open_shell", output = Json)]
pub async fn open_shell() -> Result<String, AppError> {
    Ok(backend().open_shell(&actor()?).await?)
}

/// Runs a command there.
///
/// # Errors
/// Forbidden, not found, closed; no such command.
#[server(prefix = "/fn", endpoint = "run_in_shell", output = Json)]
pub async fn run_in_shell(session: String, command: String) -> Result<ShellLine, AppError> {
    Ok(backend().run_in_shell(&actor()?, &session, &command).await?)
}

/// Closes the session.
///
/// # Errors
/// Forbidden, not found.
#[server(prefix = "/fn", endpoint = "close_shell", output = Json)]
pub async fn close_shell(session: String) -> Result<(), AppError> {
    Ok(backend().close_shell(&actor()?, &session).await?)
}

/// Tries to read records of every workspace from outside of them.
///
/// # Errors
/// Forbidden unless a super admin asks.
#[server(prefix = "/fn", endpoint = "check_isolation", output = Json)]
pub async fn check_isolation() -> Result<IsolationCheck, AppError> {
    Ok(backend().check_isolation(&actor()?).await?)
}

/// A page of all workspaces whose name contains `search`, from `cursor` on.
///
/// # Errors
/// Forbidden unless a super admin asks.
#[server(prefix = "/fn", endpoint = "load_workspaces", output = Json)]
pub async fn load_workspaces(search: String, cursor: String) -> Result<WorkspacePage, AppError> {
    Ok(backend().auth.workspaces(&actor()?, &search, &cursor).await?)
}

/// The numbers of a range.
///
/// # Errors
/// Forbidden without manage.
#[server(prefix = "/fn", endpoint = "load_telemetry", output = Json)]
pub async fn load_telemetry(range: Range) -> Result<Telemetry, AppError> {
    Ok(backend().telemetry(&actor()?, range).await?)
}

/// The settings of the installation.
///
/// # Errors
/// Forbidden unless a super admin asks.
#[server(prefix = "/fn", endpoint = "load_server_settings", output = Json)]
pub async fn load_server_settings() -> Result<ServerSettings, AppError> {
    Ok(backend().server_settings(&actor()?).await?)
}

/// What stands in the form of the installation's settings.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TypedServer {
    /// `open` or `closed`; empty where the server's own settings decide.
    #[serde(default)]
    pub signup: String,
    /// `v1` or `v2`.
    pub runtime: String,
    /// `on` or `off`.
    pub code: String,
    /// One host, host with port or range on each line.
    #[serde(default)]
    pub outgoing: String,
    /// One site on each line.
    #[serde(default)]
    pub origins: String,
    /// What was typed for each limit, by its name; empty for the default.
    #[serde(default)]
    pub limits: BTreeMap<String, String>,
}

/// Saves what differs from what holds.
///
/// # Errors
/// Forbidden unless a super admin asks; every field that is wrong.
#[server(prefix = "/fn", endpoint = "save_server", output = Json)]
pub async fn save_server(typed: TypedServer) -> Result<(), AppError> {
    let (actor, backend) = (actor()?, backend());
    let before = backend.server_settings(&actor).await?;
    let change = change_of(typed, &before);
    if change != PlatformChange::default() {
        backend.change_server_settings(&actor, change).await?;
    }
    Ok(())
}

#[cfg(feature = "ssr")]
fn change_of(typed: TypedServer, before: &ServerSettings) -> PlatformChange {
    let lines = |text: &str| -> Vec<String> {
        text.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
    };
    let now = &before.settings;
    let differs = |it: String, now: &str| Some(it).filter(|it| !it.is_empty() && it != now);
    let limits: Map<String, Value> = typed
        .limits
        .into_iter()
        .filter(|(name, text)| now.limits.get(name).map(u32::to_string).as_ref() != Some(text))
        .map(|(name, text)| (name, limit_of(text.trim())))
        .collect();
    PlatformChange {
        signup: differs(typed.signup, &now.signup),
        agent_runtime: differs(typed.runtime, &before.agent_runtime),
        code_steps: differs(typed.code, &now.code_steps),
        outgoing_allow_list: Some(lines(&typed.outgoing))
            .filter(|it| *it != now.outgoing_allow_list),
        cors_allowed_origins: Some(lines(&typed.origins))
            .filter(|it| *it != now.cors_allowed_origins),
        limits: Some(limits).filter(|it| !it.is_empty()),
    }
}

/// What is no number stays text, so that the answer can name the field.
#[cfg(feature = "ssr")]
fn limit_of(text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use domain::platform::PlatformSettings;

    #[test]
    fn only_what_differs_is_changed() {
        let limits = BTreeMap::from([("callsPerMinute".to_owned(), 600)]);
        let settings = PlatformSettings {
            signup: "open".to_owned(),
            code_steps: "off".to_owned(),
            limits,
            ..PlatformSettings::default()
        };
        let before =
            ServerSettings { settings, agent_runtime: "v2".to_owned(), ..Default::default() };
        let typed = TypedServer {
            signup: "open".to_owned(),
            runtime: "v2".to_owned(),
            code: "off".to_owned(),
            limits: BTreeMap::from([("callsPerMinute".to_owned(), "600".to_owned())]),
            ..TypedServer::default()
        };
        assert_eq!(change_of(typed.clone(), &before), PlatformChange::default());
        let other = TypedServer {
            outgoing: " 10.0.0.0/8 \n\n".to_owned(),
            limits: BTreeMap::from([("callsPerMinute".to_owned(), "many".to_owned())]),
            ..typed
        };
        let change = change_of(other, &before);
        assert_eq!(change.outgoing_allow_list, Some(vec!["10.0.0.0/8".to_owned()]));
        assert_eq!(change.limits.unwrap()["callsPerMinute"], "many");
        assert_eq!((change.signup, change.code_steps), (None, None));
    }
}
