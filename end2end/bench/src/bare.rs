//! The baseline: one axum route that answers a JSON body and keeps nothing.

use crate::Failure;
use crate::product::Process;
use axum::Json;
use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};
use std::process::{Command, Stdio};

/// The word that makes this program the baseline.
pub(crate) const COMMAND: &str = "--bare";

async fn answer(Json(body): Json<Value>) -> Json<Value> {
    Json(json!({ "ok": true, "name": body.get("name") }))
}

/// Serves until it is killed, on the port in `PORT`.
pub(crate) async fn serve() -> Result<(), Failure> {
    let port: u16 = std::env::args().nth(2).ok_or("a port")?.parse()?;
    let app = Router::new()
        .route("/health", axum::routing::get(|| async { "ok" }))
        .route("/run", post(answer));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, app).await?)
}

/// Starts the baseline in a process of its own.
pub(crate) fn start(port: u16) -> Result<Process, Failure> {
    let me = std::env::current_exe()?;
    let child = Command::new(me)
        .args([COMMAND, &port.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok(Process::new(child, port))
}
