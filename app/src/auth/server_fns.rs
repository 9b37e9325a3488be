//! Signing up, in and out, joining a workspace, and who is asking.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::on_server::{actor, add_header, backend, client, enter, lead, visitor};
use crate::wire::Json;
#[cfg(feature = "ssr")]
use domain::account::Acceptance;
use domain::account::{AuthState, InvitationPreview};
use leptos::prelude::*;

/// What a visitor may do.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "load_signup", output = Json)]
pub async fn load_signup() -> Result<AuthState, AppError> {
    Ok(backend().auth.state().await?)
}

/// Makes an account; gives the path to load, `then`.
///
/// # Errors
/// Every field that is wrong; sign-up closed; an address that has an account.
#[server(prefix = "/fn", endpoint = "sign_up", output = Json)]
pub async fn sign_up(
    name: String,
    email: String,
    password: String,
    then: String,
) -> Result<String, AppError> {
    let signed_in = backend().auth.sign_up(&client(), &name, &email, &password).await?;
    Ok(enter(&signed_in.cookie, &then))
}

/// Signs in; gives the path to load, `then`.
///
/// # Errors
/// The same words for a wrong address and a wrong password; paused after too many tries.
#[server(prefix = "/fn", endpoint = "sign_in", output = Json)]
pub async fn sign_in(email: String, password: String, then: String) -> Result<String, AppError> {
    let signed_in = backend().auth.sign_in(&client(), &email, &password).await?;
    Ok(enter(&signed_in.cookie, &then))
}

/// Ends the session; gives the path to load.
///
/// # Errors
/// When the database does not answer.
#[server(prefix = "/fn", endpoint = "sign_out", output = Json)]
pub async fn sign_out() -> Result<String, AppError> {
    let cookie = backend().auth.sign_out(&client()).await?;
    Ok(enter(&cookie, "/sign-in"))
}

/// Goes to another workspace of the signed-in person; gives the path to load.
///
/// # Errors
/// Not found unless they belong to it.
#[server(prefix = "/fn", endpoint = "switch_workspace", output = Json)]
pub async fn switch_workspace(workspace: String) -> Result<String, AppError> {
    backend().auth.switch_workspace(&actor()?, &client(), &workspace.into()).await?;
    Ok(lead("/"))
}

/// What the invited person sees before they accept.
///
/// # Errors
/// Not found for a link that is unknown, used, withdrawn or too old.
#[server(prefix = "/fn", endpoint = "load_invitation", output = Json)]
pub async fn load_invitation(token: String) -> Result<InvitationPreview, AppError> {
    Ok(backend().auth.lookup(&token).await?)
}

/// Joins the inviting workspace: with a name and a password for a new person, without for one who is signed in.
///
/// # Errors
/// Every field that is wrong; not found; an address that has an account and is not signed in.
#[server(prefix = "/fn", endpoint = "accept_invitation", output = Json)]
pub async fn accept_invitation(
    token: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
) -> Result<String, AppError> {
    let acceptance = Acceptance { token, name, password };
    let signed_in = backend().auth.accept(&client(), visitor().as_ref(), acceptance).await?;
    Ok(enter(&signed_in.cookie, "/"))
}

/// Sets another password; every other session of the person ends.
///
/// # Errors
/// A wrong current password; a weak new one.
#[server(prefix = "/fn", endpoint = "change_password", output = Json)]
pub async fn change_password(current: String, new: String) -> Result<(), AppError> {
    let signed_in = backend().auth.change_password(&actor()?, &client(), &current, &new).await?;
    add_header(axum::http::header::SET_COOKIE, &signed_in.cookie);
    Ok(())
}
