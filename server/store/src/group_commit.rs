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

/// What a piece of work writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Anything.
    Any,
    /// What is said in conversations alone.
    Talk,
    /// Of that, what nobody is told to be stored yet, such as an answer under way. A power cut may take the last of it, a
    /// killed process nothing: the run asks again and says it anew.
    Passing,
}

impl Work {
    fn is_talk(self) -> bool {
        self != Self::Any
    }
}

/// Tells whoever waits for a piece of work what became of its batch.
type Acknowledge = oneshot::Sender<Result<()>>;

/// A piece of work in the queue.
struct Waiting {
    job: Job,
    work: Work,
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

    /// See [`crate::db::Db::write`], [`crate::db::Db::write_talk`] and [`crate::db::Db::write_passing`].
    pub(crate) async fn write(&self, work: Work, job: Job) -> Result<()> {
        let (acknowledge, done) = oneshot::channel();
        let message = Message::Work(Waiting { job, work, acknowledge });
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
    let mut is_synced = true;
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
            commit_batch(&pool, jobs, (&notifier, &age), &mut is_synced).await;
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
async fn commit_batch(
    pool: &SqlitePool,
    jobs: Vec<Waiting>,
    (notifier, age): (&Notifier, &Age),
    is_synced: &mut bool,
) {
    let mut acknowledgements = Vec::with_capacity(jobs.len());
    let is_talk = jobs.iter().all(|it| it.work.is_talk());
    let outcome = run_batch(pool, jobs, (&mut acknowledgements, age), is_synced).await;
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

/// Whether the next commit returns when it is on the disk, or as soon as it outlives the process. A fresh connection
/// waits for the disk.
async fn wait_for_disk(conn: &mut Conn, waits: bool, is_synced: &mut bool) -> Result<()> {
    match (waits, *is_synced) {
        (true, false) => execute!(conn, "PRAGMA synchronous = FULL")?,
        (false, true) => execute!(conn, "PRAGMA synchronous = NORMAL")?,
        _ => return Ok(()),
    };
    *is_synced = waits;
    Ok(())
}

async fn run_batch(
    pool: &SqlitePool,
    jobs: Vec<Waiting>,
    (acknowledgements, age): (&mut Vec<Acknowledge>, &Age),
    is_synced: &mut bool,
) -> Result<(Vec<Change>, Vec<Told>)> {
    let mut conn = Conn::new(Inner::Sqlite(pool.acquire().await?));
    let waits = jobs.iter().any(|it| it.work != Work::Passing);
    wait_for_disk(&mut conn, waits, is_synced).await?;
    execute!(conn, "BEGIN IMMEDIATE")?;
    let (mut changes, mut told) = (Vec::new(), Vec::new());
    // One alone needs no savepoint: what is rolled back is all there is.
    let is_alone = jobs.len() == 1;
    #[cfg(feature = "testing")]
    let strayed = crate::talk_check::Strayed::of(&mut conn, age).await?;
    #[cfg(not(feature = "testing"))]
    let _ = age;
    for Waiting { job, work, acknowledge } in jobs {
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
        if let Some(table) = strayed.take().filter(|_| work.is_talk()) {
            execute!(conn, "ROLLBACK").map_err(|_| disk_failed())?;
            return Err(StoreError::NotCommitted(format!("talk wrote the table {table}")));
        }
        #[cfg(not(feature = "testing"))]
        let _ = work;
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
