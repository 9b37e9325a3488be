//! What the page of tables asks the server.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::{actor, backend};
use crate::wire::Json;
use domain::flow::tables::{TableEdit, TableInfo, TablePage};
use leptos::prelude::*;

/// The tables of the workspace, by name.
#[server(prefix = "/fn", endpoint = "list_tables", output = Json)]
pub async fn list_tables() -> Result<Vec<TableInfo>, AppError> {
    Ok(backend().flows.tables(&actor()?).await?)
}

/// A part of a table, from 1.
#[server(prefix = "/fn", endpoint = "open_table", output = Json)]
pub async fn open_table(name: String, page: u32) -> Result<TablePage, AppError> {
    Ok(backend().flows.table(&actor()?, &name, page).await?)
}

/// Changes a table, all of it or nothing.
#[server(prefix = "/fn", endpoint = "change_table", input = Json, output = Json)]
pub async fn change_table(name: String, edit: TableEdit) -> Result<(), AppError> {
    Ok(backend().flows.change_table(&actor()?, &name, edit).await?)
}

/// The whole table as CSV.
#[server(prefix = "/fn", endpoint = "export_table", output = Json)]
pub async fn export_table(name: String) -> Result<String, AppError> {
    Ok(backend().flows.export_table(&actor()?, &name).await?)
}
