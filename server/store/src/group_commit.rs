//! SQLite's one writer. It takes everything that waits, runs each piece of work in a savepoint, commits once (one
//! fsync) and then acknowledges all of it. The same disk that allows some 500 fsynced commits a second so takes tens
//! of thousands of rows.

use crate::db::{Change, Conn, Inner, Result, execute};
use crate::error::StoreError;
use crate::events;
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

/// One piece of work: whether it wants to be kept. What comes of it, it puts aside by itself.
pub(crate) type Job = Box<dyn for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, bool> + Send>;

/// Tells whoever waits for a piece of work what became of its batch.
type Acknowledge = oneshot::Sender<Result<()>>;

/// A piece of work in the queue.
struct Waiting {
    job: Job,
    /// It writes what is said in conversations alone.
    is_talk: bool,
    acknowledge: Acknowledge,
}

enum Message {
    Work(Waiting),
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

    /// See [`crate::db::Db::write`] and [`crate::db::Db::write_talk`].
    pub(crate) async fn write(&self, is_talk: bool, job: Job) -> Result<()> {
        let (acknowledge, done) = oneshot::channel();
        let message = Message::Work(Waiting { job, is_talk, acknowledge });
        self.queue.send(message).await.map_err(|_| StoreError::Closing)?;
        done.await.unwrap_or_else(|_| Err(StoreError::unfinished()))
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
                Message::Work(work) => jobs.push(work),
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
async fn commit_batch(pool: &SqlitePool, jobs: Vec<Waiting>, (notifier, age): (&Notifier, &Age)) {
    let mut acknowledgements = Vec::with_capacity(jobs.len());
    let is_talk = jobs.iter().all(|it| it.is_talk);
    let outcome = run_batch(pool, jobs, (&mut acknowledgements, age)).await;
    // Before anybody is told: whoever knows of the change must not be given what was read before it.
    age.grow(is_talk);
    if let Err(error) = &outcome {
        tracing::error!(error = error as &dyn std::error::Error, "a batch was not committed");
    }
    let committed = outcome.as_ref().map(|_| ()).map_err(describe);
    for acknowledge in acknowledgements {
        // The one who waits may have gone; the work is done all the same.
        drop(acknowledge.send(committed.clone().map_err(StoreError::NotCommitted)));
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
    jobs: Vec<Waiting>,
    (acknowledgements, age): (&mut Vec<Acknowledge>, &Age),
) -> Result<(Vec<Change>, Vec<Told>)> {
    let mut conn = Conn::new(Inner::Sqlite(pool.acquire().await?));
    execute!(conn, "BEGIN IMMEDIATE")?;
    let (mut changes, mut told) = (Vec::new(), Vec::new());
    // One alone needs no savepoint: what is rolled back is all there is.
    let is_alone = jobs.len() == 1;
    #[cfg(feature = "testing")]
    let strayed = crate::talk_check::Strayed::of(&mut conn, age).await?;
    #[cfg(not(feature = "testing"))]
    let _ = age;
    for Waiting { job, is_talk, acknowledge } in jobs {
        if !is_alone {
            execute!(conn, "SAVEPOINT work")?;
        }
        // What a search index kept of the work before is written with the savepoint: it is not this work's.
        #[cfg(feature = "testing")]
        drop(strayed.take());
        let heads = conn.heads.clone();
        // A panic in one piece of work must not end the writer; its caller is told that nothing happened.
        let finished = AssertUnwindSafe(job(&mut conn)).catch_unwind().await;
        let is_kept = matches!(finished, Ok(true));
        acknowledgements.extend(finished.ok().map(|_| acknowledge));
        #[cfg(feature = "testing")]
        if let Some(table) = strayed.take().filter(|_| is_talk) {
            execute!(conn, "ROLLBACK").map_err(|_| disk_failed())?;
            return Err(StoreError::NotCommitted(format!("talk wrote the table {table}")));
        }
        #[cfg(not(feature = "testing"))]
        let _ = is_talk;
        if is_kept {
            changes.append(&mut conn.changes);
            told.append(&mut conn.told);
        } else if is_alone {
            execute!(conn, "ROLLBACK").map_err(|_| disk_failed())?;
            return Ok((Vec::new(), Vec::new()));
        } else {
            conn.changes.clear();
            conn.told.clear();
            conn.heads = heads;
            // SQLite itself ends the whole transaction when the disk is full or fails; then there is no savepoint.
            execute!(conn, "ROLLBACK TO work").map_err(|_| disk_failed())?;
        }
        if !is_alone {
            execute!(conn, "RELEASE work")?;
        }
    }
    let stored = events::store_heads(&mut conn).await;
    let committed = match stored {
        Ok(()) => execute!(conn, "COMMIT").map(drop),
        Err(error) => Err(error),
    };
    if let Err(error) = committed {
        // A failed COMMIT (a full disk) may leave the transaction open.
        drop(execute!(conn, "ROLLBACK"));
        return Err(error);
    }
    Ok((changes, told))
}
