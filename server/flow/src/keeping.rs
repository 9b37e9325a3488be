//! Forgetting ended runs: those older than the setting, and the oldest while the database, or what a workspace keeps of
//! its runs, is larger than it may be.

use crate::engine::Engine;
use crate::runs::Runs;
use domain::actor::{Actor, Permission};
use domain::flow::keeping::{Keeping, KeepingReport, MOST_DAYS, MOST_MEGABYTES, RunRoom};
use domain::problem::Problem;
use std::sync::atomic::Ordering;
use store::db::Conn;
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
const MEGABYTE: i64 = 1024 * 1024;
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
    let keeping = stored(&mut conn, workspace).await?;
    drop(conn);
    let ended_before = now_ms.saturating_sub(age_ms(engine, keeping));
    let mut gone = forget(engine, workspace, ended_before, i64::MAX).await?;
    let Some(most) = most_bytes(keeping) else { return Ok(gone) };
    let used = run_keeping::bytes_of(&mut engine.db.read().await?, workspace).await?;
    if used > most {
        add(&mut gone, forget(engine, workspace, i64::MAX, used - most).await?);
    }
    Ok(gone)
}

async fn stored(conn: &mut Conn, workspace: &str) -> Result<Keeping, StoreError> {
    let settings = settings::find(conn, workspace, SETTINGS).await?.unwrap_or_default();
    let whole = |name: &str| settings["flow"][name].as_u64().filter(|it| *it > 0);
    Ok(Keeping { days: whole(DAYS), megabytes: whole(MEGABYTES) })
}

fn age_ms(engine: &Engine, keeping: Keeping) -> i64 {
    match keeping.days.and_then(|it| i64::try_from(it).ok()) {
        Some(days) => days.saturating_mul(DAY_MS),
        None => i64::try_from(engine.config.keep_runs.as_millis()).unwrap_or(i64::MAX),
    }
}

fn most_bytes(keeping: Keeping) -> Option<i64> {
    let megabytes = i64::try_from(keeping.megabytes?).unwrap_or(i64::MAX);
    Some(megabytes.saturating_mul(MEGABYTE))
}

impl Runs {
    /// What the actor's workspace keeps of its ended runs, and what would go if it kept them as `proposed`, or as it
    /// does without.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage, [`Problem::Invalid`] for `days` or `megabytes` out of
    /// range.
    pub async fn keeping(
        &self,
        actor: &Actor,
        proposed: Option<Keeping>,
    ) -> Result<KeepingReport, Problem> {
        actor.require(Permission::Manage)?;
        for (field, given, most) in [
            ("days", proposed.and_then(|it| it.days), MOST_DAYS),
            ("megabytes", proposed.and_then(|it| it.megabytes), MOST_MEGABYTES),
        ] {
            if given.is_some_and(|it| !(1..=most).contains(&it)) {
                let message = format!("Give a whole number from 1 to {most}, or leave it empty");
                return Err(Problem::invalid(field, message));
            }
        }
        let engine = &self.engine;
        let workspace = actor.workspace.as_str();
        let mut conn = engine.db.read().await?;
        let keeping = stored(&mut conn, workspace).await?;
        let wanted = proposed.unwrap_or(keeping);
        let ended_before = engine.now_ms().saturating_sub(age_ms(engine, wanted));
        let used = run_keeping::bytes_of(&mut conn, workspace).await?;
        let too_much = most_bytes(wanted).map_or(0, |most| used.saturating_sub(most));
        let there = run_keeping::would_forget(&mut conn, workspace, (i64::MAX, 0)).await?;
        let goes =
            run_keeping::would_forget(&mut conn, workspace, (ended_before, too_much)).await?;
        let usual_days = engine.config.keep_runs.as_secs() / 86_400;
        Ok(KeepingReport { keeping, usual_days, there: room(there), goes: room(goes) })
    }
}

fn room(of: Forgotten) -> RunRoom {
    let whole = |it: i64| u64::try_from(it).unwrap_or_default();
    RunRoom { runs: whole(of.runs), bytes: whole(of.bytes) }
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
