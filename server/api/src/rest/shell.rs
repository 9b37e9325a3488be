//! The shell of super admins (contract.md 1.8).

use crate::body::{Body, NoBody};
use crate::error::Answer;
use crate::routes::{Route, Who};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use backend::Backend;
use domain::actor::{Actor, Permission};
use domain::platform::SHELL_IDLE_MS;
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn routes() -> Vec<Route> {
    // A key of a super admin's must not be enough: what a script leaks would open the whole installation.
    let platform = Who::Person(Permission::Platform);
    vec![
        Route::post("/api/pmos/shell/sessions", platform, open),
        Route::post("/api/pmos/shell/sessions/{id}/run", platform, run),
        Route::delete("/api/pmos/shell/sessions/{id}", platform, close),
    ]
}

#[derive(Deserialize)]
struct Typed {
    command: String,
}

async fn open(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    NoBody: NoBody,
) -> Answer<(StatusCode, Json<Value>)> {
    let id = backend.open_shell(&actor).await?;
    let body = json!({"ok": true, "sessionId": id, "closesAfterIdleMs": SHELL_IDLE_MS});
    Ok((StatusCode::CREATED, Json(body)))
}

async fn run(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Body(typed): Body<Typed>,
) -> Answer<Json<Value>> {
    let line = backend.run_in_shell(&actor, &id, &typed.command).await?;
    let (output, code) = (line.output, line.exit_code);
    Ok(Json(json!({"ok": true, "output": output, "exitCode": code, "ms": line.ms})))
}

async fn close(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Answer<StatusCode> {
    backend.close_shell(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
