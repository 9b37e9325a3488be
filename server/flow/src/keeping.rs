//! Forgetting ended runs: those older than the setting, and the oldest while the database is larger than it may be.

use crate::engine::Engine;
use domain::problem::Problem;
use std::sync::atomic::Ordering;
use store::error::StoreError;
use store::flow_starts;
use store::run_keeping::{self, Forgotten};

/// Runs deleted in one transaction, so that no other write waits long.
const BATCH: i64 = 50;
/// Between two looks, milliseconds.
const EVERY_MS: i64 = 3_600_000;

/// Does what is due; at most once an hour.
pub(crate) async fn keep(engine: &Engine, now_ms: i64) -> Result<(), Problem> {
    if now_ms < engine.keep_at.load(Ordering::Relaxed) {
        return Ok(());
    }
    let mut gone = Forgotten::default();
    let age = i64::try_from(engine.config.keep_runs.as_millis()).unwrap_or(i64::MAX);
    add(&mut gone, forget(engine, now_ms.saturating_sub(age), i64::MAX).await?);
    let most = i64::try_from(engine.config.keep_bytes).unwrap_or(i64::MAX);
    let used = run_keeping::bytes(&mut engine.db.read().await?).await?;
    if used > most {
        add(&mut gone, forget(engine, i64::MAX, used - most).await?);
    }
    forget_starts(engine, now_ms).await?;
    if gone.runs > 0 {
        while shrink(engine).await? {}
        tracing::info!(runs = gone.runs, bytes = gone.bytes, "ended runs were forgotten");
    }
    engine.keep_at.store(now_ms.saturating_add(EVERY_MS), Ordering::Relaxed);
    Ok(())
}

fn add(sum: &mut Forgotten, one: Forgotten) {
    sum.runs += one.runs;
    sum.bytes += one.bytes;
}

/// Batch by batch, until nothing is left or so many bytes are gone.
async fn forget(engine: &Engine, ended_before: i64, bytes: i64) -> Result<Forgotten, Problem> {
    let mut gone = Forgotten::default();
    loop {
        let batch: Result<Forgotten, StoreError> = engine
            .db
            .write(move |conn| {
                Box::pin(async move { run_keeping::forget(conn, ended_before, BATCH).await })
            })
            .await;
        let batch = batch?;
        add(&mut gone, batch);
        if batch.runs < BATCH || gone.bytes >= bytes {
            return Ok(gone);
        }
    }
}

async fn forget_starts(engine: &Engine, now_ms: i64) -> Result<(), Problem> {
    let gone: Result<(), StoreError> = engine
        .db
        .write(move |conn| Box::pin(async move { flow_starts::forget(conn, now_ms).await }))
        .await;
    Ok(gone?)
}

async fn shrink(engine: &Engine) -> Result<bool, Problem> {
    let more: Result<bool, StoreError> =
        engine.db.write(|conn| Box::pin(async move { run_keeping::shrink(conn).await })).await;
    Ok(more?)
}
