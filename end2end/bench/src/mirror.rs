//! The mirror of Basecamp over a grown world: filling it, asking it, and keeping it fresh for a day. The baseline is the
//! walk through Basecamp that each answer replaces, against the same sandbox in the same run.

mod day;
mod questions;
mod upstream;

pub(crate) use upstream::{COMMAND, serve};

use crate::{Failure, Measured, report_bar};
use basecamp::Basecamp;
use basecamp::config::Config;
use chrono::{NaiveDate, TimeDelta, Utc};
use domain::actor::{Actor, Role, Via};
use sandbox::world::{Plan, Size};
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};
use store::connections::{self, NewConnection};
use store::db::Db;
use store::error::StoreError;
use store::secrets::SecretKey;
use upstream::{ACCOUNT, Upstream};

/// Requests a second that Basecamp's limit leaves to a first load.
const RATE: f64 = 4.0;
/// How often a load is asked whether it can answer by now.
const LOOK: Duration = Duration::from_millis(5);

/// PM OS without its pages, connected to the sandbox.
struct Installation {
    basecamp: Basecamp,
    actor: Actor,
}

/// The day the world is made on: all of it is past.
fn world_day() -> NaiveDate {
    Utc::now().date_naive() - TimeDelta::days(1)
}

pub(crate) async fn measure(size: Size) -> Measured {
    let plan = Plan::of(size).ok_or("a grown world")?;
    let upstream = Upstream::start(size)?;
    let folder = tempfile::tempdir()?;
    let filled = Installation::new(&upstream, &folder.path().join("filled.db")).await?;
    let calls = fill(&upstream, &filled).await?;
    report_bar("backfill", "calls", number(calls.all), "<= 1250");
    report_bar("to-dos and cards answer after", "calls", number(calls.first), "<= 260");
    report_bar("the same at 4 requests a second", "s", number(calls.first) / RATE, "62");
    report_bar("backfill took", "s", calls.took.as_secs_f64(), "none: the sandbox is not limited");
    report_bar("database", "MiB", size_of(folder.path(), "filled.db")?, "none");
    report_bar("memory of the client", "MiB", rss_mib()?, "none");
    let empty = Installation::new(&upstream, &folder.path().join("empty.db")).await?;
    let asked = Box::pin(questions::measure(&upstream, (&filled, &empty), &plan)).await;
    if let Err(error) = &asked {
        // A day is lived all the same: its figures have nothing to do with the questions.
        println!("the questions ended early: {error}");
    }
    Box::pin(day::measure(&upstream, &filled)).await.and(asked)
}

struct Calls {
    all: u64,
    first: u64,
    took: Duration,
}

/// Fills the mirror and counts.
async fn fill(upstream: &Upstream, filled: &Installation) -> Result<Calls, Failure> {
    let (begun, before) = (Instant::now(), upstream.count().await?);
    let basecamp = filled.basecamp.clone();
    let load = tokio::spawn(async move { Box::pin(basecamp.sync_once()).await });
    let mut first = None;
    while !load.is_finished() {
        if first.is_none() && filled.answers().await? {
            first = Some(upstream.count().await? - before);
        }
        tokio::time::sleep(LOOK).await;
    }
    load.await??;
    let all = upstream.count().await? - before;
    Ok(Calls { all, first: first.unwrap_or(all), took: begun.elapsed() })
}

impl Installation {
    async fn new(upstream: &Upstream, file: &Path) -> Result<Self, Failure> {
        let db = Db::open_sqlite(file).await?;
        let key = SecretKey::from_text("a key for figures");
        let actor = Actor {
            user: "bench".into(),
            name: "Bench".into(),
            workspace: "bench".into(),
            role: Role::WorkspaceAdmin,
            via: Via::Ui,
            request_id: "bench".into(),
            ip: None,
        };
        let person = json!({"id": 1, "name": "Bench", "email": null, "title": null});
        let meta = json!({
            "is_sample": true, "account_id": ACCOUNT, "account_name": "Harbourline", "person": person
        });
        let new = NewConnection {
            id: "c1".into(),
            owner_id: None,
            app: "basecamp".into(),
            name: "Harbourline".into(),
            secret: key.seal(&upstream::token(), "bench|c1|secret"),
            meta: meta.to_string(),
        };
        let workspace = actor.workspace.clone();
        db.write::<(), StoreError, _>(move |conn| {
            Box::pin(async move { connections::insert(conn, &workspace, &new).await })
        })
        .await?;
        let config = Config::default().with_sample(upstream.address, &upstream.key);
        Ok(Self { basecamp: Basecamp::new(db, key, config)?, actor })
    }

    /// Whether questions about to-dos and cards can be answered.
    async fn answers(&self) -> Result<bool, Failure> {
        let parts = self.basecamp.mirror_status(&self.actor).await?.parts;
        let is_filled = |name: &str| parts.iter().any(|it| it.name == name && it.is_filled);
        Ok(["projects", "people", "Todolist", "Todo", "Kanban::Card"].into_iter().all(is_filled))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a few thousand")]
fn number(count: u64) -> f64 {
    count as f64
}

/// A file with its log, in MiB.
fn size_of(folder: &Path, name: &str) -> Result<f64, Failure> {
    let log = folder.join(format!("{name}-wal")).metadata().map_or(0, |it| it.len());
    Ok(number(folder.join(name).metadata()?.len() + log) / 1_048_576.0)
}

/// Resident memory of this process.
fn rss_mib() -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|it| it.starts_with("VmRSS")).ok_or("no VmRSS")?;
    let kib: f64 = line.split_whitespace().nth(1).ok_or("no figure")?.parse()?;
    Ok(kib / 1024.0)
}
