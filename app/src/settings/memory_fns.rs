//! What the assistant remembers.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::assistant::{Note, NoteChange};
use leptos::prelude::*;

/// Notes with all the words of `query`, most important first.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_notes", output = Json)]
pub async fn load_notes(query: String) -> Result<Vec<Note>, AppError> {
    Ok(backend().agent.notes(&actor()?, &query).await?)
}

/// Keeps a new note, or changes one.
///
/// # Errors
/// An empty or too long note; forbidden for what everybody shares, without manage.
#[server(prefix = "/fn", endpoint = "keep_note", input = Json, output = Json)]
pub async fn keep_note(change: NoteChange) -> Result<(), AppError> {
    Ok(backend().agent.keep_note(&actor()?, &change).await?)
}

/// Deletes a note.
///
/// # Errors
/// When it is not theirs.
#[server(prefix = "/fn", endpoint = "forget_note", output = Json)]
pub async fn forget_note(id: String) -> Result<(), AppError> {
    Ok(backend().agent.forget_note(&actor()?, &id).await?)
}

/// Brings a deleted note back.
///
/// # Errors
/// When it is not theirs.
#[server(prefix = "/fn", endpoint = "restore_note", output = Json)]
pub async fn restore_note(id: String) -> Result<(), AppError> {
    Ok(backend().agent.restore_note(&actor()?, &id).await?)
}
