//! What folders, the menu of a flow and files of flows ask the server.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::{actor, backend};
use crate::wire::Json;
use domain::flow::Flow;
#[cfg(feature = "ssr")]
use domain::flow::edit::{ChangeName, FlowEdit};
use domain::flow::listing::Folder;
use domain::ids::FlowId;
use leptos::prelude::*;

/// Makes an empty folder.
#[server(prefix = "/fn", endpoint = "create_folder", output = Json)]
pub async fn create_folder(name: String) -> Result<Folder, AppError> {
    Ok(backend().flows.create_folder(&actor()?, &name).await?)
}

/// Gives a folder another name.
#[server(prefix = "/fn", endpoint = "rename_folder", output = Json)]
pub async fn rename_folder(id: String, name: String) -> Result<Folder, AppError> {
    Ok(backend().flows.rename_folder(&actor()?, &id, &name).await?)
}

/// Deletes a folder; its flows stay.
#[server(prefix = "/fn", endpoint = "delete_folder", output = Json)]
pub async fn delete_folder(id: String) -> Result<Folder, AppError> {
    Ok(backend().flows.delete_folder(&actor()?, &id).await?)
}

/// Moves a flow into a folder, or out of all.
#[server(prefix = "/fn", endpoint = "move_flow", input = Json, output = Json)]
pub async fn move_flow(id: FlowId, folder: Option<String>) -> Result<Flow, AppError> {
    Ok(backend().flows.set_folder(&actor()?, &id, folder).await?)
}

/// Makes a draft of a file.
#[server(prefix = "/fn", endpoint = "import_flow", input = Json, output = Json)]
pub async fn import_flow(file: String) -> Result<Flow, AppError> {
    Ok(backend().flows.import(&actor()?, &file).await?)
}

/// Gives a flow another name, in its draft.
#[server(prefix = "/fn", endpoint = "rename_flow", output = Json)]
pub async fn rename_flow(id: FlowId, name: String) -> Result<Flow, AppError> {
    let edit = FlowEdit::ChangeName(ChangeName { display_name: name });
    Ok(backend().flows.edit(&actor()?, &id, None, vec![edit]).await?)
}

/// Makes a draft that is the same under another name.
#[server(prefix = "/fn", endpoint = "duplicate_flow", output = Json)]
pub async fn duplicate_flow(id: FlowId) -> Result<Flow, AppError> {
    Ok(backend().flows.duplicate(&actor()?, &id).await?)
}
