//! Where people are signed in, and letting a member in again who forgot their password.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend, client};
use crate::wire::Json;
#[cfg(feature = "ssr")]
use domain::account::MemberChange;
use domain::account::{MadePassword, OpenSession};
use leptos::prelude::*;

/// Where the person is signed in.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_open_sessions", output = Json)]
pub async fn load_open_sessions() -> Result<Vec<OpenSession>, AppError> {
    Ok(backend().auth.open_sessions(&actor()?, &client()).await?)
}

/// Ends one of the person's sessions.
///
/// # Errors
/// Not found when it is not theirs.
#[server(prefix = "/fn", endpoint = "end_session", output = Json)]
pub async fn end_session(session: String) -> Result<(), AppError> {
    Ok(backend().auth.end_session(&actor()?, &session).await?)
}

/// Ends the person's sessions everywhere else; how many there were.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "end_other_sessions", output = Json)]
pub async fn end_other_sessions() -> Result<u64, AppError> {
    Ok(backend().auth.end_other_sessions(&actor()?, &client()).await?)
}

/// Ends every session of a member in this workspace.
///
/// # Errors
/// Forbidden without manage; not found for strangers.
#[server(prefix = "/fn", endpoint = "end_member_sessions", output = Json)]
pub async fn end_member_sessions(member: String) -> Result<(), AppError> {
    Ok(backend().auth.end_sessions_of(&actor()?, &member.into()).await?)
}

/// Makes a password for a member, which is shown this once.
///
/// # Errors
/// Forbidden without manage, and for people who have access elsewhere; not found for strangers.
#[server(prefix = "/fn", endpoint = "make_member_password", output = Json)]
pub async fn make_member_password(member: String) -> Result<MadePassword, AppError> {
    Ok(backend().auth.make_password(&actor()?, &member.into()).await?)
}

/// Keeps a member out, or lets them in again.
///
/// # Errors
/// Forbidden without manage; the last admin stays.
#[server(prefix = "/fn", endpoint = "set_member_status", output = Json)]
pub async fn set_member_status(member: String, status: String) -> Result<(), AppError> {
    let change = MemberChange { status: Some(status), ..MemberChange::default() };
    backend().auth.change_member(&actor()?, &member.into(), change).await?;
    Ok(())
}
