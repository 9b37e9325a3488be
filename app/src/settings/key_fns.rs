//! API keys of the person who looks.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::keys::{ApiKey, MadeKey};
use leptos::prelude::*;
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

/// Makes a key; its text is shown this once, beside the address of this server. `tools` names tools and groups with
/// commas between them, none for all; `profile` is `focused` or `full`. `days` is empty for a key that does not end, `asks` is set when its
/// changes to Basecamp and its deletions wait for an approval, `decides` when it may decide what others asked for.
///
/// # Errors
/// Forbidden for a role above their own; every field that is wrong.
#[server(prefix = "/fn", endpoint = "make_api_key", output = Json)]
pub async fn make_api_key(
    label: String,
    role: String,
    days: String,
    asks: Option<bool>,
    decides: Option<bool>,
    #[server(default)] profile: String,
    #[server(default)] tools: String,
) -> Result<(MadeKey, String), AppError> {
    let (ask_first, can_approve) = (asks.unwrap_or(false), decides.unwrap_or(false));
    let limits = limits(profile, &tools, &days)?;
    let new = NewKey { label, role: Some(role), ask_first, can_approve, ..limits };
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
