//! Counts answered requests: in memory, and every minute into the database, so that a request never waits for it. A
//! process that is killed loses the counts of its last minute.

use crate::beat::again;
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use domain::telemetry::bucket_of;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::db::Db;
use store::ids::now_ms;
use store::request_counts::{self, Counted, SLOT_MS};
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(60);
const KEPT_MS: i64 = 31 * 86_400_000;

/// Workspace, part of time, bucket.
type Key = (WorkspaceId, i64, i64);

/// The counter of this node. Clones share it.
#[derive(Clone)]
pub struct Meter {
    db: Db,
    waiting: Arc<Mutex<HashMap<Key, Counted>>>,
    /// Held while counts are on their way, so that whoever stores and then reads finds them all.
    storing: Arc<tokio::sync::Mutex<()>>,
}

impl Meter {
    /// A counter for `db`.
    pub(crate) fn new(db: Db) -> Self {
        Self { db, waiting: Arc::default(), storing: Arc::default() }
    }

    /// Counts an answer with `status` after `ms` to somebody in `workspace`; to nobody when it is empty.
    pub fn count(&self, workspace: WorkspaceId, status: u16, ms: i64) {
        let slot = now_ms().div_euclid(SLOT_MS) * SLOT_MS;
        let one = Counted {
            requests: 1,
            refused: i64::from((400..500).contains(&status)),
            failed: i64::from(status >= 500),
        };
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        add(waiting.entry((workspace, slot, bucket_of(ms))).or_default(), one);
    }

    /// Puts what is counted into the database.
    ///
    /// # Errors
    /// When the database does not answer; then it is kept for the next time.
    pub(crate) async fn store(&self) -> Result<(), Problem> {
        let _storing = self.storing.lock().await;
        let taken = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *waiting)
        };
        if taken.is_empty() {
            return Ok(());
        }
        let rows: Vec<(Key, Counted)> = taken.iter().map(|(key, it)| (key.clone(), *it)).collect();
        let stored: Result<(), Problem> = self
            .db
            .write(move |conn| {
                Box::pin(async move {
                    for ((workspace, slot, bucket), counted) in &rows {
                        let key = (workspace.as_str(), *slot, *bucket);
                        request_counts::add(conn, key, *counted).await?;
                    }
                    Ok(request_counts::forget(conn, now_ms() - KEPT_MS).await?)
                })
            })
            .await;
        if stored.is_err() {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            for (key, counted) in taken {
                add(waiting.entry(key).or_default(), counted);
            }
        }
        stored
    }

    /// Does so every minute until `closing`.
    pub(crate) fn start(&self, closing: CancellationToken) {
        let meter = self.clone();
        let failed = "requests could not be counted; they are kept";
        again((Duration::ZERO, EVERY), closing, failed, move || {
            let meter = meter.clone();
            async move { meter.store().await }
        });
    }
}

fn add(sum: &mut Counted, more: Counted) {
    sum.requests += more.requests;
    sum.refused += more.refused;
    sum.failed += more.failed;
}
