//! The database: an enum of two native pools, so that one SQL text runs on both.
//!
//! `$1` placeholders are valid in both. A statement that must differ stands side by side with its twin in one function.

use crate::error::StoreError;
use crate::group_commit::Writer;
use crate::memo::Age;
use crate::notify::Notifier;
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
use sqlx::{Postgres, Sqlite};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;

/// Readers beside the one writer of SQLite; connections of PostgreSQL.
const READERS: u32 = 8;
const PG_CONNECTIONS: u32 = 16;

/// What a store function returns.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The open database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
    notifier: Notifier,
    /// Transactions so far, for tests that count them.
    #[cfg(feature = "testing")]
    pub(crate) writes: Arc<std::sync::atomic::AtomicU64>,
    /// Connections taken for reading so far, for the same.
    #[cfg(feature = "testing")]
    pub(crate) reads: Arc<std::sync::atomic::AtomicU64>,
}

#[derive(Clone)]
enum Pools {
    Sqlite { readers: SqlitePool, writer: Writer, age: Age },
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
}

impl Conn {
    pub(crate) fn new(inner: Inner) -> Self {
        Self { inner, changes: Vec::new(), told: Vec::new() }
    }
}

pub(crate) enum Inner {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// Runs the same expression against whichever connection is open.
///
/// `on!(conn, c => sqlx::query("...").bind(x).execute(c).await)`
macro_rules! on {
    ($conn:expr, $c:ident => $body:expr) => {
        match &mut $conn.inner {
            $crate::db::Inner::Sqlite(it) => {
                let $c = &mut **it;
                $body
            }
            $crate::db::Inner::Postgres(it) => {
                let $c = &mut **it;
                $body
            }
        }
    };
}
pub(crate) use on;

/// A statement that changes rows; gives how many.
macro_rules! execute {
    ($conn:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::db::on!($conn, c => sqlx::query($sql)$(.bind($bind))*.execute(c).await.map(|it| it.rows_affected()))
            .map_err($crate::error::StoreError::from)
    };
}
pub(crate) use execute;

/// All rows of a query, as a [`record!`] type or a tuple.
macro_rules! fetch_all {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::db::on!($conn, c => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(c).await)
            .map_err($crate::error::StoreError::from)
    };
}
pub(crate) use fetch_all;

/// The row of a query, or none.
macro_rules! fetch_optional {
    ($conn:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::db::on!($conn, c => sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(c).await)
            .map_err($crate::error::StoreError::from)
    };
}
pub(crate) use fetch_optional;

/// A row type readable from both databases: `record! { pub(crate) struct FlowRow { id: String, revision: i64 } }`.
/// Columns are read by field name.
macro_rules! record {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$field_meta:meta])* $field_vis:vis $field:ident : $ty:ty),* $(,)? }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$field_meta])* $field_vis $field: $ty),* }

        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $name
        where
            &'static str: sqlx::ColumnIndex<R>,
            $($ty: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)*
        {
            fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: row.try_get(stringify!($field))?),* })
            }
        }
    };
}
pub(crate) use record;

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
        let writers = pool().max_connections(1).connect_with(options).await?;
        crate::migrations::run_sqlite(&writers).await?;
        let readers = pool()
            .max_connections(READERS)
            .min_connections(1)
            .connect_with(shared.read_only(true))
            .await?;
        let notifier = Notifier::local();
        let age = Age::of(path);
        let writer = Writer::start(writers, notifier.clone(), age.clone());
        Ok(Self::new(Pools::Sqlite { readers, writer, age }, notifier))
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
        Self {
            pools,
            notifier,
            #[cfg(feature = "testing")]
            writes: Arc::default(),
            #[cfg(feature = "testing")]
            reads: Arc::default(),
        }
    }

    /// A connection for reading. On SQLite it sees the last commit and never waits for the writer.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read(&self) -> Result<Conn> {
        #[cfg(feature = "testing")]
        self.reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let inner = match &self.pools {
            Pools::Sqlite { readers, .. } => Inner::Sqlite(readers.acquire().await?),
            Pools::Postgres(pool) => Inner::Postgres(pool.acquire().await?),
        };
        Ok(Conn::new(inner))
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
        #[cfg(feature = "testing")]
        self.writes.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        match &self.pools {
            Pools::Sqlite { writer, .. } => writer.write(work).await,
            Pools::Postgres(pool) => {
                let (pool, notifier) = (pool.clone(), self.notifier.clone());
                let task =
                    tokio::spawn(async move { write_postgres(&pool, &notifier, work).await });
                task.await.unwrap_or_else(|_| Err(StoreError::Closing.into()))
            }
        }
    }

    /// What changes with every commit; none where other nodes may write too.
    pub(crate) fn age(&self) -> Option<u64> {
        match &self.pools {
            Pools::Sqlite { age, .. } => Some(age.now()),
            Pools::Postgres(_) => None,
        }
    }

    /// Every change committed from now on, of this node and, on PostgreSQL, of all others. A reader that is too slow
    /// is told how many it missed and reads the events table instead.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.notifier.subscribe()
    }

    /// What runs of a conversation do from now on, of this node with the events themselves. A reader that is too slow is
    /// told so and reads the table instead.
    pub fn conversation(&self, session: &SessionId) -> broadcast::Receiver<Heard> {
        self.notifier.talks.subscribe(session)
    }

    /// Tells live pages about something that is not stored as an event, such as the progress of a run.
    pub fn announce(&self, change: Change) {
        self.notifier.publish(vec![change]);
    }

    /// Says `words`, 7 kB at most, to the other nodes of this database, where there are any. Nobody keeps them: a node
    /// that does not listen just then never hears of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn say(&self, words: &str) -> Result<()> {
        if self.is_shared() {
            crate::notify::say(&mut self.read().await?, &self.notifier, words).await?;
        }
        Ok(())
    }

    /// What other nodes say from now on; nothing ever where there are none.
    pub fn heard(&self) -> broadcast::Receiver<String> {
        self.notifier.heard()
    }

    /// Whether several nodes may share this database.
    pub fn is_shared(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }

    /// Answers when everything acknowledged is on the disk and the pools are closed.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer, .. } => {
                writer.close().await;
                readers.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

async fn write_postgres<T, E, F>(pool: &PgPool, notifier: &Notifier, work: F) -> Result<T, E>
where
    E: From<StoreError>,
    F: for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<T, E>>,
{
    let connection = pool.acquire().await.map_err(StoreError::from)?;
    let mut conn = Conn::new(Inner::Postgres(connection));
    execute!(conn, "BEGIN")?;
    match work(&mut conn).await {
        Ok(value) => {
            let changes = std::mem::take(&mut conn.changes);
            let told = std::mem::take(&mut conn.told);
            crate::notify::tell_other_nodes(&mut conn, notifier, (&changes, &told)).await?;
            execute!(conn, "COMMIT")?;
            notifier.talks.publish(told);
            notifier.publish(changes);
            Ok(value)
        }
        Err(error) => {
            execute!(conn, "ROLLBACK")?;
            Err(error)
        }
    }
}
