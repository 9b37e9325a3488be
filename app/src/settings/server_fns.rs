//! Members, invitations, the workspace and the audit log.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, backend};
use crate::wire::Json;
use domain::account::{Invitation, Invited, Member, Workspace};
use domain::audit::AuditCheck;
use domain::event::{AuditFilter, AuditPage};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {
    domain::account::{MemberChange, WorkspaceChange},
    domain::problem::Problem,
};

/// The people of the workspace.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_members", output = Json)]
pub async fn load_members() -> Result<Vec<Member>, AppError> {
    Ok(backend().auth.members(&actor()?).await?)
}

/// Gives a member another role.
///
/// # Errors
/// Forbidden without manage; the last admin stays.
#[server(prefix = "/fn", endpoint = "change_role", output = Json)]
pub async fn change_role(member: String, role: String) -> Result<(), AppError> {
    let change = MemberChange { role: Some(role), ..MemberChange::default() };
    backend().auth.change_member(&actor()?, &member.into(), change).await?;
    Ok(())
}

/// Removes a member; their sessions end at once.
///
/// # Errors
/// Forbidden without manage; the last admin stays.
#[server(prefix = "/fn", endpoint = "remove_member", output = Json)]
pub async fn remove_member(member: String) -> Result<(), AppError> {
    Ok(backend().auth.remove_member(&actor()?, &member.into()).await?)
}

/// The invitations of the workspace, newest first.
///
/// # Errors
/// Forbidden without manage.
#[server(prefix = "/fn", endpoint = "load_invitations", output = Json)]
pub async fn load_invitations() -> Result<Vec<Invitation>, AppError> {
    Ok(backend().auth.invitations(&actor()?).await?)
}

/// Invites somebody; the link is shown this once.
///
/// # Errors
/// Forbidden without manage; a wrong address or role; already a member.
#[server(prefix = "/fn", endpoint = "invite", output = Json)]
pub async fn invite(email: String, role: String) -> Result<Invited, AppError> {
    Ok(backend().auth.invite(&actor()?, &email, &role).await?)
}

/// Takes an invitation back.
///
/// # Errors
/// Forbidden without manage; not found.
#[server(prefix = "/fn", endpoint = "withdraw_invitation", output = Json)]
pub async fn withdraw_invitation(invitation: String) -> Result<(), AppError> {
    Ok(backend().auth.withdraw(&actor()?, &invitation.into()).await?)
}

/// The workspace's own settings.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_workspace", output = Json)]
pub async fn load_workspace() -> Result<Workspace, AppError> {
    Ok(backend().auth.workspace(&actor()?).await?)
}

/// Saves name, time zone and working days, `1,2,3,4,5`; then goes to `then`, or stays when it is empty.
///
/// # Errors
/// Forbidden without manage; every field that is wrong.
#[server(prefix = "/fn", endpoint = "save_workspace", output = Json)]
pub async fn save_workspace(
    name: String,
    timezone: String,
    days: String,
    then: String,
) -> Result<(), AppError> {
    let working_days = Some(days_of(&days)?);
    let (name, timezone) = (Some(name), Some(timezone));
    let change = WorkspaceChange { name, timezone, working_days, ..WorkspaceChange::default() };
    backend().auth.change_workspace(&actor()?, change).await?;
    if !then.is_empty() {
        leptos_axum::redirect(&crate::session::safe_then(&then));
    }
    Ok(())
}

/// The days of `1,2,3,4,5`.
#[cfg(feature = "ssr")]
fn days_of(text: &str) -> Result<Vec<u8>, Problem> {
    let days = text.split(',').map(str::parse).collect::<Result<_, _>>();
    days.map_err(|_| Problem::invalid("days", "Choose the days you work"))
}

/// A page of the audit log, newest first.
///
/// # Errors
/// Forbidden without manage.
#[server(prefix = "/fn", endpoint = "load_audit", input = Json, output = Json)]
pub async fn load_audit(filter: AuditFilter) -> Result<AuditPage, AppError> {
    Ok(backend().auth.audit(&actor()?, &filter).await?)
}

/// Reads the whole audit log and compares each entry with its hash, and with a line that was kept; `kept` may be empty.
///
/// # Errors
/// Forbidden without manage; `kept` that is no line of this workspace.
#[server(prefix = "/fn", endpoint = "check_audit", output = Json)]
pub async fn check_audit(kept: String) -> Result<AuditCheck, AppError> {
    Ok(backend().auth.check_audit(&actor()?, &kept).await?)
}
