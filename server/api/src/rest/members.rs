//! Members and invitations.

use crate::body::Body;
use crate::error::Answer;
use crate::rest::accounts::signed_in;
use crate::routes::{Route, SIGNED_IN, Who};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Extension, Json};
use backend::Backend;
use domain::account::{Acceptance, MemberChange};
use domain::actor::{Actor, Permission};
use domain::client::Client;
use domain::ids::{InvitationId, UserId};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn routes() -> Vec<Route> {
    let manage = Who::Signed(Permission::Manage);
    vec![
        Route::get("/api/pmos/members", SIGNED_IN, members),
        Route::patch("/api/pmos/members/{id}", manage, change),
        Route::delete("/api/pmos/members/{id}", manage, remove),
        Route::get("/api/pmos/invitations", manage, invitations),
        Route::post("/api/pmos/invitations", manage, invite),
        Route::delete("/api/pmos/invitations/{id}", manage, withdraw),
        Route::post("/api/pmos/invitations/lookup", Who::Public, lookup),
        Route::post("/api/pmos/invitations/accept", Who::Public, accept),
    ]
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NewInvitation {
    email: String,
    role: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Token {
    token: String,
}

async fn members(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<Json<Value>> {
    let members = backend.auth.members(&actor).await?;
    Ok(Json(json!({"ok": true, "members": members})))
}

async fn change(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<UserId>,
    Body(change): Body<MemberChange>,
) -> Answer<Json<Value>> {
    let member = backend.auth.change_member(&actor, &id, change).await?;
    Ok(Json(json!({"ok": true, "member": member})))
}

async fn remove(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<UserId>,
) -> Answer<StatusCode> {
    backend.auth.remove_member(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn invitations(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<Json<Value>> {
    let invitations = backend.auth.invitations(&actor).await?;
    Ok(Json(json!({"ok": true, "invitations": invitations})))
}

async fn invite(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(new): Body<NewInvitation>,
) -> Answer {
    let invited = backend.auth.invite(&actor, &new.email, &new.role).await?;
    let body = json!({"ok": true, "invitation": invited.invitation, "link": invited.link});
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

async fn withdraw(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<InvitationId>,
) -> Answer<StatusCode> {
    backend.auth.withdraw(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn lookup(State(backend): State<Backend>, Body(given): Body<Token>) -> Answer<Json<Value>> {
    let preview = backend.auth.lookup(&given.token).await?;
    Ok(Json(json!({
        "ok": true,
        "email": preview.email,
        "role": preview.role,
        "workspaceName": preview.workspace_name,
        "invitedBy": preview.invited_by,
    })))
}

async fn accept(
    State(backend): State<Backend>,
    actor: Option<Extension<Actor>>,
    Extension(client): Extension<Client>,
    Body(acceptance): Body<Acceptance>,
) -> Answer {
    let actor = actor.as_ref().map(|it| &it.0);
    Ok(signed_in(backend.auth.accept(&client, actor, acceptance).await?))
}
