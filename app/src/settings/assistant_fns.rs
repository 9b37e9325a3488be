//! Which model answers, its keys and its limits.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::assistant::{
    Answering, AssistantSettings, KeyScope, ModelTest, ProviderChange, Rules, Saved,
};
use leptos::prelude::*;

/// Everything on the page; what is the workspace's only for those who manage.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_assistant", output = Json)]
pub async fn load_assistant() -> Result<AssistantSettings, AppError> {
    Ok(backend().agent.assistant_settings(&actor()?).await?)
}

/// Who will answer the next question.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_answering", output = Json)]
pub async fn load_answering() -> Result<Answering, AppError> {
    Ok(backend().agent.answering(&actor()?).await?)
}

/// Asks a provider one real question, with what is given and what is stored.
///
/// # Errors
/// Forbidden for the workspace's without manage; every field that is wrong.
#[server(prefix = "/fn", endpoint = "test_provider", input = Json, output = Json)]
pub async fn test_provider(change: ProviderChange) -> Result<ModelTest, AppError> {
    Ok(backend().agent.test_provider(&actor()?, &change).await?)
}

/// Uses a provider from now on; after a test it passed, unless `untested`.
///
/// # Errors
/// Forbidden for the workspace's without manage; every field that is wrong.
#[server(prefix = "/fn", endpoint = "save_provider", input = Json, output = Json)]
pub async fn save_provider(change: ProviderChange, untested: bool) -> Result<Saved, AppError> {
    Ok(backend().agent.save_provider(&actor()?, &change, untested).await?)
}

/// Lets another of those that may answer the person from now on.
///
/// # Errors
/// One that is not among them.
#[server(prefix = "/fn", endpoint = "choose_model", output = Json)]
pub async fn choose_model(provider: String) -> Result<(), AppError> {
    Ok(backend().agent.choose_model(&actor()?, &provider).await?)
}

/// The models a provider lists.
///
/// # Errors
/// Forbidden for the workspace's without manage; the reason when it lists none.
#[server(prefix = "/fn", endpoint = "list_models", input = Json, output = Json)]
pub async fn list_models(change: ProviderChange) -> Result<Vec<String>, AppError> {
    Ok(backend().agent.provider_models(&actor()?, &change).await?)
}

/// Deletes a stored key.
///
/// # Errors
/// Forbidden for the workspace's without manage.
#[server(prefix = "/fn", endpoint = "remove_model_key", input = Json, output = Json)]
pub async fn remove_model_key(scope: KeyScope, provider: String) -> Result<(), AppError> {
    backend().agent.remove_key(&actor()?, scope, &provider).await?;
    Ok(())
}

/// Saves limits, the order and whether the built-in assistant steps in.
///
/// # Errors
/// Forbidden without manage; every field that is wrong.
#[server(prefix = "/fn", endpoint = "save_rules", input = Json, output = Json)]
pub async fn save_rules(rules: Rules) -> Result<(), AppError> {
    Ok(backend().agent.change_rules(&actor()?, &rules).await?)
}
