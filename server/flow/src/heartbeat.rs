//! Signs of life where several nodes share a database: runs under way keep their worker, and what other nodes decide
//! about them is heard.

use crate::engine::Engine;
use domain::event::Topic;
use domain::flow::run::RunStatus;
use domain::ids::RunId;
use domain::problem::Problem;
use std::sync::Arc;
use std::time::Duration;
use store::db::Change;
use store::error::StoreError;
use store::{run_queue, runs};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

/// Signs of life within one lease.
const BEATS: u32 = 5;

/// Keeps this node's runs until it is dropped. A node that cannot say that it lives lets go of them when its lease is
/// over, because another node may have them then.
pub(crate) async fn beat(engine: Arc<Engine>) {
    let lease = engine.config.lease;
    let mut kept_at = Instant::now();
    loop {
        if engine.slots.is_idle() {
            kept_at = Instant::now();
        } else {
            let asked_at = Instant::now();
            let left = lease.saturating_sub(kept_at.elapsed()).max(Duration::from_millis(1));
            match tokio::time::timeout(left, renew(&engine)).await {
                Ok(Ok(())) => kept_at = asked_at,
                Ok(Err(problem)) => tracing::error!(%problem, "runs could not be kept"),
                Err(_) => tracing::error!("the database did not answer in time to keep runs"),
            }
            if kept_at.elapsed() >= lease {
                engine.let_go(&Problem::StorageGone);
                kept_at = Instant::now();
            }
        }
        tokio::time::sleep(lease / BEATS).await;
    }
}

async fn renew(engine: &Engine) -> Result<(), Problem> {
    let (owner, until) = (engine.owner.clone(), engine.now_ms() + engine.lease_ms());
    let renewed: Result<(), StoreError> = engine
        .db
        .write(move |conn| Box::pin(async move { run_queue::renew(conn, &owner, until).await }))
        .await;
    Ok(renewed?)
}

/// Stops runs here that another node was told to stop, and looks for work that another node left.
pub(crate) async fn listen(engine: Arc<Engine>) {
    let mut changes = engine.db.changes();
    loop {
        match changes.recv().await {
            Ok(change) => hear(&engine, &change).await,
            // Their next write finds out.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

async fn hear(engine: &Engine, change: &Change) {
    let run = RunId::from(change.target.as_str());
    if change.topic != Topic::FlowRun || !engine.is_here(&run) {
        return;
    }
    let Ok(mut conn) = engine.db.read().await else { return };
    if let Ok(Some(row)) = runs::find(&mut conn, &change.workspace, &run).await
        && row.status == RunStatus::Canceled.as_str()
    {
        engine.canceled(&run);
    }
}
