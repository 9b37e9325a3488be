//! API keys of the person who looks.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::keys::{ApiKey, MadeKey};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use {domain::keys::NewKey, domain::problem::Problem};

/// Their keys, newest first, and the address of this server.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_api_keys", output = Json)]
pub async fn load_api_keys() -> Result<(Vec<ApiKey>, String), AppError> {
    let backend = backend();
    Ok((backend.auth.api_keys(&actor()?, false).await?, backend.base_url()))
}

/// What stands in the form of a new key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedKey {
    /// What it is for.
    pub label: String,
    /// The word of its role.
    pub role: String,
    /// Days until it ends; empty for one that does not.
    pub days: String,
    /// Its changes to Basecamp and its deletions wait for an approval.
    pub asks: bool,
    /// It may decide what others asked for.
    pub decides: bool,
    /// `focused` or `full`.
    pub profile: String,
    /// Names of tools and groups with commas between them; empty for all.
    pub tools: String,
}

/// Makes a key; its text is shown this once, beside the address of this server.
///
/// # Errors
/// Forbidden for a role above their own; every field that is wrong.
#[server(prefix = "/fn", endpoint = "make_api_key", output = Json)]
pub async fn make_api_key(typed: TypedKey) -> Result<(MadeKey, String), AppError> {
    let TypedKey { label, role, days, asks, decides, profile, tools } = typed;
    let limits = limits(profile, &tools, &days)?;
    let new = NewKey { label, role: Some(role), ask_first: asks, can_approve: decides, ..limits };
    let backend = backend();
    Ok((backend.auth.create_api_key(&actor()?, new).await?, backend.base_url()))
}

/// What a key is shown, may use, and when it ends.
#[cfg(feature = "ssr")]
fn limits(profile: String, tools: &str, days: &str) -> Result<NewKey, Problem> {
    let tools = tools.split([',', ' ']).map(str::trim).filter(|it| !it.is_empty());
    Ok(NewKey {
        profile: Some(profile).filter(|it| !it.is_empty()),
        tools: tools.map(str::to_owned).collect(),
        expires_in_days: days_of(days)?,
        ..NewKey::default()
    })
}

/// The days of `90`; none when it is empty.
#[cfg(feature = "ssr")]
fn days_of(text: &str) -> Result<Option<i64>, Problem> {
    let wrong = |_| Problem::invalid("days", "Choose when it ends");
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(wrong) }
}

/// Takes a key back, at once.
///
/// # Errors
/// When it is not theirs.
#[server(prefix = "/fn", endpoint = "revoke_api_key", output = Json)]
pub async fn revoke_api_key(key: String) -> Result<(), AppError> {
    Ok(backend().auth.delete_api_key(&actor()?, &key.into()).await?)
}
