//! Forgetting ended runs: those older than the setting, and the oldest while the database, or what a workspace keeps of
//! its runs, is larger than it may be.

use crate::engine::Engine;
use domain::problem::Problem;
use std::sync::atomic::Ordering;
use store::error::StoreError;
use store::flow_starts;
use store::run_keeping::{self, Forgotten};
use store::settings;

/// Runs deleted in one transaction, so that no other write waits long.
const BATCH: i64 = 50;
/// The settings of a workspace, and which of them say how long its runs are kept, and how much of them.
const SETTINGS: &str = "config";
const DAYS: &str = "keepRunsDays";
const MEGABYTES: &str = "keepRunsMb";
const DAY_MS: i64 = 86_400_000;
/// Between two looks, milliseconds.
const EVERY_MS: i64 = 3_600_000;

/// Does what is due; at most once an hour.
pub(crate) async fn keep(engine: &Engine, now_ms: i64) -> Result<(), Problem> {
    if now_ms < engine.keep_at.load(Ordering::Relaxed) {
        return Ok(());
    }
    let mut gone = Forgotten::default();
    let workspaces = run_keeping::workspaces(&mut engine.db.read().await?).await?;
    for workspace in workspaces {
        add(&mut gone, keep_of(engine, &workspace, now_ms).await?);
    }
    let most = i64::try_from(engine.config.keep_bytes).unwrap_or(i64::MAX);
    let used = run_keeping::bytes(&mut engine.db.read().await?).await?;
    if used > most {
        add(&mut gone, forget(engine, "", i64::MAX, used - most).await?);
    }
    forget_starts(engine, now_ms).await?;
    if gone.runs > 0 {
        while shrink(engine).await? {}
        tracing::info!(runs = gone.runs, bytes = gone.bytes, "ended runs were forgotten");
    }
    engine.keep_at.store(now_ms.saturating_add(EVERY_MS), Ordering::Relaxed);
    Ok(())
}

/// What one workspace's own settings say, and the server's where they say nothing.
async fn keep_of(engine: &Engine, workspace: &str, now_ms: i64) -> Result<Forgotten, Problem> {
    let mut conn = engine.db.read().await?;
    let settings = settings::find(&mut conn, workspace, SETTINGS).await?.unwrap_or_default();
    let whole = |name: &str| settings["flow"][name].as_i64().filter(|it| *it > 0);
    let age = match whole(DAYS) {
        Some(days) => days.saturating_mul(DAY_MS),
        None => i64::try_from(engine.config.keep_runs.as_millis()).unwrap_or(i64::MAX),
    };
    let most = whole(MEGABYTES).map(|it| it.saturating_mul(1024 * 1024));
    drop(conn);
    let mut gone = forget(engine, workspace, now_ms.saturating_sub(age), i64::MAX).await?;
    let Some(most) = most else { return Ok(gone) };
    let used = run_keeping::bytes_of(&mut engine.db.read().await?, workspace).await?;
    if used > most {
        add(&mut gone, forget(engine, workspace, i64::MAX, used - most).await?);
    }
    Ok(gone)
}

fn add(sum: &mut Forgotten, one: Forgotten) {
    sum.runs += one.runs;
    sum.bytes += one.bytes;
}

/// Batch by batch, until nothing is left or so many bytes are gone.
async fn forget(
    engine: &Engine,
    workspace: &str,
    ended_before: i64,
    bytes: i64,
) -> Result<Forgotten, Problem> {
    let mut gone = Forgotten::default();
    loop {
        let (of, left) = (workspace.to_owned(), bytes - gone.bytes);
        let batch: Result<Forgotten, StoreError> = engine
            .db
            .write(move |conn| {
                Box::pin(async move {
                    run_keeping::forget(conn, &of, ended_before, (BATCH, left)).await
                })
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
