//! SQLite's one writer. It takes everything that waits, runs each piece of work in a savepoint, commits once (one
//! fsync) and then acknowledges all of it. The same disk that allows some 500 fsynced commits a second so takes tens
//! of thousands of rows.

use crate::db::{Change, Conn, Inner, Result, execute};
use crate::error::StoreError;
use crate::memo::Age;
use crate::notify::Notifier;
use crate::talks::Told;
use futures::FutureExt;
use futures::future::BoxFuture;
use sqlx::sqlite::SqlitePool;
use std::panic::AssertUnwindSafe;
use tokio::sync::{mpsc, oneshot};

/// How much work one commit may carry, so that the first of a batch is not kept waiting.
const BATCH: usize = 256;
/// Waiting work beyond this makes callers wait their turn.
const QUEUE: usize = 4096;

/// Acknowledges one piece of work once the fate of its batch is known.
type Acknowledge = Box<dyn FnOnce(std::result::Result<(), String>) + Send>;

/// One piece of work: whether it wants to be kept, and how to acknowledge it.
type Job = Box<dyn for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, (bool, Acknowledge)> + Send>;

enum Message {
    Work(Job),
    Close(oneshot::Sender<()>),
}

/// The handle to the writer task. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Message>,
}

impl Writer {
    /// Starts the writer on a pool of one connection.
    pub(crate) fn start(pool: SqlitePool, notifier: Notifier, age: Age) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(run(pool, waiting, notifier, age));
        Self { queue }
    }

    /// See [`crate::db::Db::write`].
    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
    {
        let (answer, done) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            Box::pin(async move {
                let result = work(conn).await;
                let keep = result.is_ok();
                let acknowledge: Acknowledge = Box::new(move |committed| {
                    let outcome = match committed {
                        Err(reason) if keep => Err(StoreError::NotCommitted(reason).into()),
                        _ => result,
                    };
                    // The caller may have gone; the work is done all the same.
                    drop(answer.send(outcome));
                });
                (keep, acknowledge)
            })
        });
        self.queue.send(Message::Work(job)).await.map_err(|_| StoreError::Closing)?;
        done.await.unwrap_or_else(|_| {
            Err(StoreError::NotCommitted("it did not finish".to_owned()).into())
        })
    }

    /// Answers once everything queued before is on the disk.
    pub(crate) async fn close(&self) {
        let (answer, done) = oneshot::channel();
        if self.queue.send(Message::Close(answer)).await.is_ok() {
            drop(done.await);
        }
    }
}

async fn run(pool: SqlitePool, mut waiting: mpsc::Receiver<Message>, notifier: Notifier, age: Age) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let mut jobs = Vec::with_capacity(batch.len());
        let mut closing = None;
        for message in batch.drain(..) {
            match message {
                Message::Work(job) => jobs.push(job),
                Message::Close(answer) => closing = Some(answer),
            }
        }
        if !jobs.is_empty() {
            commit_batch(&pool, jobs, (&notifier, &age)).await;
        }
        if let Some(answer) = closing {
            pool.close().await;
            // The one who asked may have gone.
            let _gone = answer.send(());
            return;
        }
    }
}

/// Runs `jobs` in one transaction and acknowledges each. A panic in one of them loses the batch, not the writer.
async fn commit_batch(pool: &SqlitePool, jobs: Vec<Job>, (notifier, age): (&Notifier, &Age)) {
    let mut acknowledgements = Vec::with_capacity(jobs.len());
    let outcome = run_batch(pool, jobs, &mut acknowledgements).await;
    // Before anybody is told: whoever knows of the change must not be given what was read before it.
    age.grow();
    if let Err(error) = &outcome {
        tracing::error!(error = error as &dyn std::error::Error, "a batch was not committed");
    }
    let committed = outcome.as_ref().map(|_| ()).map_err(describe);
    for acknowledge in acknowledgements {
        acknowledge(committed.clone());
    }
    if let Ok((changes, told)) = outcome {
        notifier.talks.publish(told);
        notifier.publish(changes);
    }
}

fn disk_failed() -> StoreError {
    StoreError::NotCommitted("the disk is full or failing".to_owned())
}

fn describe(error: &StoreError) -> String {
    error.to_string()
}

async fn run_batch(
    pool: &SqlitePool,
    jobs: Vec<Job>,
    acknowledgements: &mut Vec<Acknowledge>,
) -> Result<(Vec<Change>, Vec<Told>)> {
    let mut conn = Conn::new(Inner::Sqlite(pool.acquire().await?));
    execute!(conn, "BEGIN IMMEDIATE")?;
    let (mut changes, mut told) = (Vec::new(), Vec::new());
    for job in jobs {
        execute!(conn, "SAVEPOINT work")?;
        // A panic in one piece of work must not end the writer; its caller is told that nothing happened.
        let finished = AssertUnwindSafe(job(&mut conn)).catch_unwind().await;
        let is_kept = matches!(finished, Ok((true, _)));
        acknowledgements.extend(finished.ok().map(|(_, acknowledge)| acknowledge));
        if is_kept {
            changes.append(&mut conn.changes);
            told.append(&mut conn.told);
        } else {
            conn.changes.clear();
            conn.told.clear();
            // SQLite itself ends the whole transaction when the disk is full or fails; then there is no savepoint.
            execute!(conn, "ROLLBACK TO work").map_err(|_| disk_failed())?;
        }
        execute!(conn, "RELEASE work")?;
    }
    if let Err(error) = execute!(conn, "COMMIT") {
        // A failed COMMIT (a full disk) may leave the transaction open.
        drop(execute!(conn, "ROLLBACK"));
        return Err(error);
    }
    Ok((changes, told))
}
