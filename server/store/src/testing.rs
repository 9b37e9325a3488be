//! Fresh databases for tests: a SQLite file always, PostgreSQL when `PMOS_TEST_POSTGRES` names a server.

mod made;

use crate::db::{Conn, Db, Inner, Result, execute, fetch_all, fetch_optional};
use crate::error::StoreError;
use made::Made;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// By how much the clock was put forward, in milliseconds.
static PASSED: AtomicI64 = AtomicI64::new(0);

/// Lets time pass for this process without waiting. Tests share one process, so only a program of its own may do it.
pub fn pass(by: Duration) {
    PASSED.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
}

pub(crate) fn passed_ms() -> i64 {
    PASSED.load(Ordering::Relaxed)
}

/// A fresh, migrated database; it goes when it is dropped.
pub struct TestDb {
    /// The database.
    pub db: Db,
    /// `sqlite` or `postgres`, for messages.
    pub name: &'static str,
    /// Where the SQLite file and blobs are.
    pub folder: TempDir,
    made: Option<Made>,
}

impl Db {
    /// How many connections were taken for reading since this database was opened.
    pub fn reads(&self) -> u64 {
        self.0.reads.load(Ordering::Relaxed)
    }
}

impl TestDb {
    /// A fresh SQLite file.
    ///
    /// # Panics
    /// When it cannot be made: a test then has nothing to run on.
    #[expect(clippy::expect_used, reason = "a test without its database must stop")]
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let db = made::file(&folder.path().join("pmos.db")).await.expect("SQLite opens");
        Self { db, name: "sqlite", folder, made: None }
    }

    /// A fresh PostgreSQL database, or none when no server is named.
    ///
    /// # Panics
    /// When the named server does not answer.
    #[expect(clippy::expect_used, reason = "a test without its database must stop")]
    #[expect(clippy::disallowed_methods, reason = "the one variable that only tests read")]
    pub async fn postgres() -> Option<Self> {
        let server = std::env::var("PMOS_TEST_POSTGRES").ok()?;
        let made = Made::on(server).await.expect("PostgreSQL makes a database");
        let db = Db::open_postgres(&made.url).await.expect("PostgreSQL opens");
        let folder = tempfile::tempdir().expect("a temporary folder");
        Some(Self { db, name: "postgres", folder, made: Some(made) })
    }

    /// Both databases, PostgreSQL only when a server is named.
    pub async fn both() -> Vec<Self> {
        let mut all = vec![Self::sqlite().await];
        all.extend(Self::postgres().await);
        all
    }

    /// The setting of the server that opens this database: `SQLITE_PATH` or `DATABASE_URL`, and its value.
    pub fn setting(&self) -> (&'static str, String) {
        match &self.made {
            Some(made) => ("DATABASE_URL", made.url.clone()),
            None => ("SQLITE_PATH", self.folder.path().join("pmos.db").display().to_string()),
        }
    }

    /// Leaves the SQLite file room for `pages` more pages, as a disk that fills up; `None` takes the limit away.
    ///
    /// # Panics
    /// On PostgreSQL, whose disk belongs to its server, and when the file does not answer.
    #[expect(clippy::expect_used, reason = "a test without its database must stop")]
    pub async fn leave_room(&self, pages: Option<i64>) {
        assert!(self.made.is_none(), "only a file of our own can be filled up");
        let set = self.db.write(move |conn| {
            Box::pin(async move {
                let row = fetch_optional!(conn, (i64,), "PRAGMA page_count")?;
                let used = row.map_or(0, |(it,)| it);
                let most = pages.map_or(i64::from(u32::MAX - 1), |it| used + it);
                let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {most}"));
                if let Inner::Sqlite(file) = &mut conn.inner {
                    sqlx::query(limit).fetch_all(&mut **file).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        set.await.expect("the limit is set");
    }

    /// How many transactions were begun for writing since the database was opened.
    pub fn writes(&self) -> u64 {
        self.db.0.writes.load(Ordering::Relaxed)
    }

    /// Runs a statement of the test itself, such as one that a person with the file could run. Gives how many rows it
    /// changed.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn run(&self, sql: &str) -> Result<u64> {
        let sql = sql.to_owned();
        let work = self.db.write(move |conn| {
            Box::pin(async move { execute!(conn, sqlx::AssertSqlSafe(sql.as_str())) })
        });
        work.await
    }

    /// Every row of one workspace, or of all, as `table: values`, sorted: to see what changed, and what is kept how.
    ///
    /// # Panics
    /// When the database does not answer.
    #[expect(clippy::expect_used, reason = "a test without its database must stop")]
    pub async fn rows(&self, workspace: Option<&str>) -> Vec<String> {
        let mut conn = self.db.read().await.expect("the database answers");
        let mut all = Vec::new();
        for table in tables(&mut conn, workspace.is_some()).await.expect("the tables are listed") {
            let rows = values(&mut conn, &table, workspace).await.expect("a table is read");
            all.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
        }
        all.sort_unstable();
        all
    }

    /// Opens the same database again, as after a restart.
    ///
    /// # Panics
    /// When it cannot be opened.
    #[expect(clippy::expect_used, reason = "a test without its database must stop")]
    pub async fn reopen(&self) -> Db {
        match &self.made {
            Some(made) => Db::open_postgres(&made.url).await.expect("PostgreSQL opens"),
            None => {
                Db::open_sqlite(&self.folder.path().join("pmos.db")).await.expect("SQLite opens")
            }
        }
    }
}

/// The tables, or only those whose rows belong to a workspace.
async fn tables(conn: &mut Conn, is_scoped: bool) -> Result<Vec<String>> {
    let sql = match &conn.inner {
        Inner::Sqlite(_) => {
            "SELECT m.name FROM sqlite_master m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'
             AND ($1 = 0 OR EXISTS (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = 'workspace_id'))"
        }
        Inner::Postgres(_) => {
            "SELECT CAST(t.table_name AS TEXT) FROM information_schema.tables t WHERE t.table_schema = 'public'
             AND ($1 = 0 OR EXISTS (SELECT 1 FROM information_schema.columns c WHERE c.table_schema = 'public'
                                    AND c.table_name = t.table_name AND c.column_name = 'workspace_id'))"
        }
    };
    let rows = fetch_all!(conn, (String,), sql, i32::from(is_scoped))?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// The rows of a table as text; what is not text in hex.
async fn values(conn: &mut Conn, table: &str, workspace: Option<&str>) -> Result<Vec<String>> {
    let all = match &conn.inner {
        Inner::Sqlite(_) => {
            let sql = "SELECT group_concat('quote(\"' || name || '\")', ' || '' '' || ') FROM pragma_table_info($1)";
            fetch_optional!(conn, (String,), sql, table)?.map_or_else(String::new, |(it,)| it)
        }
        Inner::Postgres(_) => "CAST(t AS TEXT)".to_owned(),
    };
    let scope = if workspace.is_some() { "workspace_id = $1" } else { "$1 = ''" };
    let sql = format!("SELECT {all} FROM \"{table}\" t WHERE {scope}");
    let workspace = workspace.unwrap_or_default();
    let rows = fetch_all!(conn, (String,), sqlx::AssertSqlSafe(sql.as_str()), workspace)?;
    Ok(rows.into_iter().map(|(row,)| row).collect())
}
