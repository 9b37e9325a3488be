//! Databases that are made in a moment: the schema is laid once, and every test gets a copy of it.

use crate::db::Db;
use crate::error::StoreError;
use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnection, PgPoolOptions};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Any number: it keeps two processes from laying the same schema at once.
const LAYING: i64 = 0x7465_6d70;

/// The SQLite file with the schema and nothing else, once it was laid.
static FILE: Mutex<Option<Vec<u8>>> = Mutex::new(None);

/// A database that was made on a server. A thousand of them would fill a disk, so each goes with its test.
pub(super) struct Made {
    /// What opens it.
    pub(super) url: String,
    server: String,
    name: String,
}

impl Made {
    /// A copy of the schema on `server`, which is laid there when it was not yet.
    pub(super) async fn on(server: String) -> sqlx::Result<Self> {
        let mut admin = PgConnection::connect(&server).await?;
        let base = server.rsplit_once('/').map_or(server.as_str(), |(base, _)| base);
        let pattern = laid(&mut admin, base).await?;
        let name = format!("t{}", crate::ids::random_hex(8));
        said(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {pattern}")).await?;
        let url = format!("{base}/{name}");
        admin.close().await?;
        Ok(Self { url, server, name })
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        let (server, name) = (std::mem::take(&mut self.server), std::mem::take(&mut self.name));
        // A test drops inside its runtime, which cannot wait for another one: hence a thread.
        let gone = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(dropped(&server, &name)).map_err(std::io::Error::other)
        });
        let is_gone = matches!(gone.join(), Ok(Ok(())));
        assert!(is_gone || std::thread::panicking(), "the database of a test goes with it");
    }
}

/// The name of the database that has the schema of this program and nothing else.
async fn laid(admin: &mut PgConnection, base: &str) -> sqlx::Result<String> {
    let texts = crate::migrations::postgres_texts();
    let name = format!("laid{}", hex::encode(&Sha256::digest(texts)[..8]));
    sqlx::query("SELECT pg_advisory_lock($1)").bind(LAYING).execute(&mut *admin).await?;
    let found: Option<(i32,)> = sqlx::query_as("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_optional(&mut *admin)
        .await?;
    if found.is_none() {
        // It gets its name when it is whole: a process that is killed on the way leaves none that is not.
        let half = format!("half{}", crate::ids::random_hex(8));
        said(admin, format!("CREATE DATABASE {half}")).await?;
        let pool =
            PgPoolOptions::new().max_connections(1).connect(&format!("{base}/{half}")).await?;
        crate::migrations::run_postgres(&pool).await.map_err(sqlx::Error::decode)?;
        pool.close().await;
        said(admin, format!("ALTER DATABASE {half} RENAME TO {name}")).await?;
    }
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(LAYING).execute(&mut *admin).await?;
    Ok(name)
}

async fn dropped(server: &str, name: &str) -> sqlx::Result<()> {
    let mut admin = PgConnection::connect(server).await?;
    said(&mut admin, format!("DROP DATABASE {name} WITH (FORCE)")).await?;
    admin.close().await
}

async fn said(admin: &mut PgConnection, sql: String) -> sqlx::Result<()> {
    sqlx::query(AssertSqlSafe(sql)).execute(admin).await.map(drop)
}

/// Opens a copy of the schema at `path`.
pub(super) async fn file(path: &Path) -> Result<Db, StoreError> {
    let laid = FILE.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(laid) = laid {
        std::fs::write(path, laid).map_err(sqlx::Error::Io)?;
        return Db::open_sqlite(path).await;
    }
    let db = Db::open_sqlite(path).await?;
    let copy = path.with_extension("laid");
    let mut conn = SqliteConnectOptions::new().filename(path).connect().await?;
    sqlx::query("VACUUM INTO $1").bind(copy.display().to_string()).execute(&mut conn).await?;
    conn.close().await?;
    let bytes = std::fs::read(&copy).map_err(sqlx::Error::Io)?;
    std::fs::remove_file(&copy).map_err(sqlx::Error::Io)?;
    *FILE.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
    Ok(db)
}
