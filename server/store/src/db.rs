//! The database: an enum of two native pools, so that one SQL text runs on both.
//!
//! `$1` placeholders are valid in both. A statement that must differ stands side by side with its twin in one function.

use crate::error::StoreError;
use crate::events::{self, Heads};
use crate::group_commit::{Job, Work, Writer};
use crate::memo::{Age, Settled};
use crate::notify::Notifier;
pub(crate) use crate::sql::{execute, fetch_all, fetch_many, fetch_optional, on, record};
use crate::talks::{Heard, Told};
use domain::event::{StoredEvent, Topic};
use domain::ids::{SessionId, WorkspaceId};
use futures::future::BoxFuture;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Postgres, Sqlite};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{broadcast, watch};

/// Readers beside the one writer of SQLite; connections of PostgreSQL.
const READERS: u32 = 8;
const PG_CONNECTIONS: u32 = 16;
/// How much of the file readers look at in place, bytes, instead of copying each page they need.
const MAPPED: &str = "268435456";

/// What a store function returns.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The open database. Cheap to clone: one pointer.
#[derive(Clone)]
pub struct Db(pub(crate) Arc<Open>);

/// What an open database is made of.
pub(crate) struct Open {
    pools: Pools,
    notifier: Notifier,
    /// Transactions so far, for tests that count them.
    #[cfg(feature = "testing")]
    pub(crate) writes: std::sync::atomic::AtomicU64,
    /// Connections taken for reading so far, for the same.
    #[cfg(feature = "testing")]
    pub(crate) reads: std::sync::atomic::AtomicU64,
}

enum Pools {
    Sqlite { readers: SqlitePool, writer: Writer, age: Age, settled: Settled },
    Postgres(PgPool),
}

/// Something was committed: who should look again.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The workspace it happened in.
    pub workspace: WorkspaceId,
    /// Which pages care.
    pub topic: Topic,
    /// Id of what changed.
    pub target: String,
    /// What it left in the events table.
    pub record: Record,
}

impl Change {
    /// A change that left no event.
    pub fn unrecorded(workspace: WorkspaceId, topic: Topic, target: impl Into<String>) -> Self {
        Self { workspace, topic, target: target.into(), record: Record::None }
    }
}

/// What a change left in the events table.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// Nothing: it cannot be read again.
    None,
    /// The event, as it is stored.
    Event(Arc<StoredEvent>),
    /// The event of this number, which another node stored.
    Elsewhere(i64),
}

/// One connection, inside a transaction when it came from [`Db::write`].
pub struct Conn {
    pub(crate) inner: Inner,
    pub(crate) changes: Vec<Change>,
    /// What runs of the assistant did, for those who follow their conversations.
    pub(crate) told: Vec<Told>,
    /// Where the chains of events stand that this transaction makes longer.
    pub(crate) heads: Heads,
    /// What may be answered without asking the database; none inside a transaction.
    pub(crate) settled: Option<Settled>,
}

impl Conn {
    pub(crate) fn new(inner: Inner) -> Self {
        Self { inner, changes: Vec::new(), told: Vec::new(), heads: Heads::new(), settled: None }
    }
}

pub(crate) enum Inner {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Db {
    /// Opens (and makes, where missing) the SQLite file at `path` and brings its schema up to date.
    ///
    /// # Errors
    /// When the file cannot be opened or a migration fails.
    pub async fn open_sqlite(path: &Path) -> Result<Self> {
        let shared = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(256);
        let options = shared
            .clone()
            .create_if_missing(true)
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a commit is on the disk before it is acknowledged.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true);
        // Nobody hangs up on a file, so a connection is not asked whether it still lives each time it is taken.
        let pool = || SqlitePoolOptions::new().test_before_acquire(false);
        // Made first where it is missing: it is known by where it is.
        drop(options.connect().await?);
        let age = Age::of(path);
        let touched = age.clone();
        let writers = pool().max_connections(1).after_connect(move |conn, _| {
            let touched = touched.clone();
            Box::pin(async move {
                let mut handle = conn.lock_handle().await?;
                handle.set_update_hook(move |change| touched.touch(change.table));
                Ok(())
            })
        });
        let writers = writers.connect_with(options).await?;
        crate::migrations::run_sqlite(&writers).await?;
        let readers = pool()
            .max_connections(READERS)
            .min_connections(1)
            .connect_with(shared.read_only(true).pragma("mmap_size", MAPPED))
            .await?;
        let notifier = Notifier::local();
        let writer = Writer::start(writers, notifier.clone(), age.clone());
        let settled = Settled::new(age.clone());
        Ok(Self::new(Pools::Sqlite { readers, writer, age, settled }, notifier))
    }

    /// Opens PostgreSQL at `url` and brings its schema up to date. Several nodes may share it.
    ///
    /// # Errors
    /// When the server does not answer or a migration fails.
    pub async fn open_postgres(url: &str) -> Result<Self> {
        let pool = PgPoolOptions::new().max_connections(PG_CONNECTIONS).connect(url).await?;
        crate::migrations::run_postgres(&pool).await?;
        let notifier = Notifier::shared(&pool).await?;
        Ok(Self::new(Pools::Postgres(pool), notifier))
    }

    fn new(pools: Pools, notifier: Notifier) -> Self {
        Self(Arc::new(Open {
            pools,
            notifier,
            #[cfg(feature = "testing")]
            writes: std::sync::atomic::AtomicU64::default(),
            #[cfg(feature = "testing")]
            reads: std::sync::atomic::AtomicU64::default(),
        }))
    }

    /// A connection for reading. On SQLite it sees the last commit and never waits for the writer.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read(&self) -> Result<Conn> {
        #[cfg(feature = "testing")]
        self.0.reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(match &self.0.pools {
            Pools::Sqlite { readers, settled, .. } => {
                let conn = Conn::new(Inner::Sqlite(readers.acquire().await?));
                Conn { settled: Some(settled.clone()), ..conn }
            }
            Pools::Postgres(pool) => Conn::new(Inner::Postgres(pool.acquire().await?)),
        })
    }

    /// Runs `work` in a transaction and returns when it is on the disk. An `Err` of `work` rolls it back.
    ///
    /// SQLite has one writer, which commits everything that waits in one go; `work` must therefore only use `Conn`.
    /// It runs to its end even when the caller goes away.
    ///
    /// # Errors
    /// The error of `work`, or a [`StoreError`] when it could not be committed: then nothing of it happened.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
    {
        self.write_as(Work::Any, work).await
    }

    /// The same for work that writes what is said in conversations alone: the tables `chat_*`, `events`,
    /// `event_counters` and what models cost. What readers keep of other tables stays as it is.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_talk<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
    {
        self.write_as(Work::Talk, work).await
    }

    /// The same for what nobody is told to be stored yet: what an answer under way says until it has ended, and a question
    /// until a second commit brings it to the disk. On SQLite it returns before the disk has it: it outlives a killed
    /// process, and a power cut may take the last of it.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_passing<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
    {
        self.write_as(Work::Passing, work).await
    }

    async fn write_as<T, E, F>(&self, kind: Work, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
    {
        // Nearly every operation has a `work` of its own: all that is not about its types is done by one function.
        let outcome = Arc::new(Mutex::new(None));
        let place = Arc::clone(&outcome);
        let job: Job = Box::new(move |conn| {
            Box::pin(async move {
                let outcome = work(conn).await;
                let is_kept = outcome.is_ok();
                *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
                is_kept
            })
        });
        let fate = self.done(kind, job).await;
        let outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (outcome, fate) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(error.into()),
            (Some(outcome), Ok(())) => outcome,
            (None, Ok(())) => Err(StoreError::unfinished().into()),
        }
    }

    /// Does `job` in a transaction; its fate is known when this returns.
    fn done(&self, kind: Work, job: Job) -> BoxFuture<'_, Result<()>> {
        #[cfg(feature = "testing")]
        self.0.writes.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        match &self.0.pools {
            Pools::Sqlite { writer, .. } => Box::pin(writer.write(kind, job)),
            Pools::Postgres(pool) => {
                let (pool, notifier) = (pool.clone(), self.0.notifier.clone());
                let task = tokio::spawn(async move { write_postgres(&pool, &notifier, job).await });
                Box::pin(async move { task.await.unwrap_or(Err(StoreError::Closing)) })
            }
        }
    }

    /// Whether no other node can write, as with SQLite. Then all that is written is heard of here, and
    /// [`Self::write_passing`] returns before the disk has it.
    pub fn is_alone(&self) -> bool {
        matches!(self.0.pools, Pools::Sqlite { .. })
    }

    /// What changes with every commit; none where other nodes may write too.
    pub(crate) fn age(&self) -> Option<u64> {
        match &self.0.pools {
            Pools::Sqlite { age, .. } => Some(age.now()),
            Pools::Postgres(_) => None,
        }
    }

    /// Every change committed from now on, of this node and, on PostgreSQL, of all others. A reader that is too slow
    /// is told how many it missed and reads the events table instead.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.0.notifier.subscribe()
    }

    /// Changes whenever something about people was committed, here or on another node: who is still who they were when a
    /// stream was opened is in doubt then. Those who wait for that alone are not woken by all other changes.
    pub fn people_changes(&self) -> watch::Receiver<u64> {
        self.0.notifier.people()
    }

    /// What runs of a conversation do from now on, of this node with the events themselves. A reader that is too slow is
    /// told so and reads the table instead.
    pub fn conversation(&self, session: &SessionId) -> broadcast::Receiver<Heard> {
        self.0.notifier.talks.subscribe(session)
    }

    /// Tells live pages about something that is not stored as an event, such as the progress of a run.
    pub fn announce(&self, change: Change) {
        self.0.notifier.publish(vec![change]);
    }

    /// Says `words`, 7 kB at most, to the other nodes of this database, where there are any. Nobody keeps them: a node
    /// that does not listen just then never hears of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn say(&self, words: &str) -> Result<()> {
        if self.is_shared() {
            crate::notify::say(&mut self.read().await?, &self.0.notifier, words).await?;
        }
        Ok(())
    }

    /// What other nodes say from now on; nothing ever where there are none.
    pub fn heard(&self) -> broadcast::Receiver<String> {
        self.0.notifier.heard()
    }

    /// Whether several nodes may share this database.
    pub fn is_shared(&self) -> bool {
        matches!(self.0.pools, Pools::Postgres(_))
    }

    /// Answers when everything acknowledged is on the disk and the pools are closed.
    pub async fn close(&self) {
        match &self.0.pools {
            Pools::Sqlite { readers, writer, .. } => {
                writer.close().await;
                readers.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

async fn write_postgres(pool: &PgPool, notifier: &Notifier, job: Job) -> Result<()> {
    let mut conn = Conn::new(Inner::Postgres(pool.acquire().await?));
    execute!(conn, "BEGIN")?;
    if !job(&mut conn).await {
        execute!(conn, "ROLLBACK")?;
        return Ok(());
    }
    let changes = std::mem::take(&mut conn.changes);
    let told = std::mem::take(&mut conn.told);
    events::store_heads(&mut conn).await?;
    crate::notify::tell_other_nodes(&mut conn, notifier, (&changes, &told)).await?;
    execute!(conn, "COMMIT")?;
    notifier.talks.publish(told);
    notifier.publish(changes);
    Ok(())
}
