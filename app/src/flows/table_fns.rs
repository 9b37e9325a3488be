//! What the page of tables asks the server.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::{actor, backend};
use domain::flow::tables::{TableEdit, TableInfo, TablePage};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// The tables of the workspace, by name.
#[server(prefix = "/fn", endpoint = "list_tables")]
pub async fn list_tables() -> Result<Vec<TableInfo>, AppError> {
    Ok(backend().flows.tables(&actor()?).await?)
}

/// A part of a table, from 1.
#[server(prefix = "/fn", endpoint = "open_table")]
pub async fn open_table(name: String, page: u32) -> Result<TablePage, AppError> {
    Ok(backend().flows.table(&actor()?, &name, page).await?)
}

/// Changes a table, all of it or nothing.
#[server(prefix = "/fn", endpoint = "change_table", input = Json)]
pub async fn change_table(name: String, edit: TableEdit) -> Result<(), AppError> {
    Ok(backend().flows.change_table(&actor()?, &name, edit).await?)
}

/// The whole table as CSV.
#[server(prefix = "/fn", endpoint = "export_table")]
pub async fn export_table(name: String) -> Result<String, AppError> {
    Ok(backend().flows.export_table(&actor()?, &name).await?)
}
