//! Signing up, in and out, passwords.

use crate::body::{Body, NoBody};
use crate::error::Answer;
use crate::routes::{Route, SIGNED_IN, Who};
use auth::sessions::SignedIn;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse};
use axum::{Extension, Json};
use backend::Backend;
use domain::account::AuthState;
use domain::actor::{Actor, Permission};
use domain::client::Client;
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/pmos/auth/state", Who::Public, state),
        Route::post("/api/pmos/auth/signup", Who::Public, sign_up),
        Route::post("/api/pmos/auth/login", Who::Public, sign_in),
        Route::post("/api/pmos/auth/logout", Who::Public, sign_out),
        Route::get("/api/pmos/auth/me", SIGNED_IN, me),
        Route::post(
            "/api/pmos/auth/change-password",
            Who::Person(Permission::Read),
            change_password,
        ),
        Route::post(
            "/api/pmos/auth/admin/reset-password",
            Who::Person(Permission::Manage),
            reset_password,
        ),
    ]
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Credentials {
    name: String,
    email: String,
    password: String,
    current_password: String,
    new_password: String,
}

async fn state(State(backend): State<Backend>) -> Answer<Json<Value>> {
    let AuthState { signup_open, first_account } = backend.auth.state().await?;
    Ok(Json(json!({"ok": true, "signupOpen": signup_open, "firstAccount": first_account})))
}

async fn sign_up(
    State(backend): State<Backend>,
    Extension(client): Extension<Client>,
    Body(given): Body<Credentials>,
) -> Answer {
    let Credentials { name, email, password, .. } = given;
    Ok(signed_in(backend.auth.sign_up(&client, &name, &email, &password).await?))
}

async fn sign_in(
    State(backend): State<Backend>,
    Extension(client): Extension<Client>,
    Body(given): Body<Credentials>,
) -> Answer {
    Ok(signed_in(backend.auth.sign_in(&client, &given.email, &given.password).await?))
}

async fn sign_out(
    State(backend): State<Backend>,
    Extension(client): Extension<Client>,
    NoBody: NoBody,
) -> Answer {
    let cookie = backend.auth.sign_out(&client).await?;
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Json(json!({"ok": true}))).into_response())
}

async fn me(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
) -> Answer<Json<Value>> {
    let user = backend.auth.me(&actor).await?;
    Ok(Json(json!({"ok": true, "authenticated": true, "user": user})))
}

async fn change_password(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Extension(client): Extension<Client>,
    Body(given): Body<Credentials>,
) -> Answer {
    let Credentials { current_password, new_password, .. } = given;
    let auth = &backend.auth;
    Ok(signed_in(auth.change_password(&actor, &client, &current_password, &new_password).await?))
}

async fn reset_password(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Body(given): Body<Credentials>,
) -> Answer<Json<Value>> {
    let user = backend.auth.reset_password(&actor, &given.email, &given.new_password).await?;
    Ok(Json(json!({"ok": true, "user": user})))
}

/// The answer that signs somebody in.
pub(crate) fn signed_in(signed_in: SignedIn) -> axum::response::Response {
    let SignedIn { user, cookie } = signed_in;
    let body = Json(json!({"ok": true, "user": user}));
    (AppendHeaders([(SET_COOKIE, cookie)]), body).into_response()
}
