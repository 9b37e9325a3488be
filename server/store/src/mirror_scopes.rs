//! The walks of the mirror: how far each scope is, what it met, and what it did not meet any more.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use crate::mirror::Key;

record! {
    /// One thing that is walked: a kind of record in one status, projects, or people.
    #[derive(Clone, Debug)]
    pub struct ScopeRow {
        /// Its name.
        pub scope: String,
        /// `full` or `delta`.
        pub mode: String,
        /// The query of the next page; none before the first.
        pub cursor: Option<String>,
        /// The walk under way or the last one: when it began, epoch milliseconds.
        pub run: i64,
        /// Times this walk began again because it came out short.
        pub attempt: i64,
        /// Pages of this walk that are stored.
        pub pages: i64,
        /// Items of this walk that are stored.
        pub seen: i64,
        /// How many Basecamp says there are.
        pub total: Option<i64>,
        /// The newest `updated_at` of this walk.
        pub newest: i64,
        /// The newest `updated_at` of all complete walks.
        pub watermark: i64,
        /// When to look again, epoch milliseconds.
        pub due_at: i64,
        /// When the first whole walk ended, epoch milliseconds; none while it has not.
        pub filled_at: Option<i64>,
        /// When the last whole walk began, epoch milliseconds.
        pub full_at: Option<i64>,
        /// When the last complete look began, epoch milliseconds: nothing older is missing.
        pub checked_at: Option<i64>,
        /// Failures in a row.
        pub failures: i64,
        /// 1 when the account does not have it.
        pub is_absent: i16,
        /// When news were heard of that no complete look has taken in yet, epoch milliseconds.
        pub news_at: Option<i64>,
        /// What the first page of the last look for news held, in short; `=` before it when two looks in a row met the
        /// same, so that all behind it was met twice.
        pub first_page: Option<String>,
    }
}

/// The scopes of a connection, the most important first.
///
/// # Errors
/// When the database refuses.
pub async fn scopes(conn: &mut Conn, key: &Key) -> Result<Vec<ScopeRow>> {
    fetch_all!(
        conn,
        ScopeRow,
        "SELECT scope, mode, cursor, run, attempt, pages, seen, total, newest, watermark, due_at, filled_at, full_at,
                checked_at, failures, is_absent, news_at, first_page
         FROM mirror_scopes WHERE workspace_id = $1 AND connection_id = $2 ORDER BY rank",
        key.workspace.as_str(),
        key.connection.as_str()
    )
}

/// Adds a scope that is not there yet.
///
/// # Errors
/// When the database refuses.
pub async fn add_scope(conn: &mut Conn, key: &Key, scope: &str, rank: i64) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO mirror_scopes (workspace_id, connection_id, scope, rank, mode, run, attempt, pages, seen, newest,
                                    watermark, due_at, failures, is_absent)
         VALUES ($1, $2, $3, $4, 'full', 0, 0, 0, 0, 0, 0, 0, 0, 0)
         ON CONFLICT (workspace_id, connection_id, scope) DO NOTHING",
        key.workspace.as_str(),
        key.connection.as_str(),
        scope,
        rank
    )?;
    Ok(())
}

/// Stores how far a scope is; what was heard of it stays.
///
/// # Errors
/// When the database refuses.
pub async fn set_scope(conn: &mut Conn, key: &Key, row: &ScopeRow) -> Result<()> {
    execute!(
        conn,
        "UPDATE mirror_scopes SET mode = $4, cursor = $5, run = $6, attempt = $7, pages = $8, seen = $9, total = $10,
                newest = $11, watermark = $12, due_at = $13, filled_at = $14, full_at = $15, checked_at = $16,
                failures = $17, is_absent = $18, first_page = $19
         WHERE workspace_id = $1 AND connection_id = $2 AND scope = $3",
        key.workspace.as_str(),
        key.connection.as_str(),
        row.scope.as_str(),
        row.mode.as_str(),
        row.cursor.as_deref(),
        row.run,
        row.attempt,
        row.pages,
        row.seen,
        row.total,
        row.newest,
        row.watermark,
        row.due_at,
        row.filled_at,
        row.full_at,
        row.checked_at,
        row.failures,
        row.is_absent,
        row.first_page.as_deref()
    )?;
    Ok(())
}

/// What a walk goes through.
#[derive(Clone, Copy, Debug)]
pub struct Walked<'a> {
    /// Records of this kind.
    pub kind: &'a str,
    /// In this status.
    pub status: &'a str,
    /// In projects of this status.
    pub projects: &'a str,
    /// Of records with a first day only those from this one on, `YYYY-MM-DD`; empty for all.
    pub since: &'a str,
}

/// How many records of a walk the connection sees, of all or of those seen since walk `run`.
///
/// # Errors
/// When the database refuses.
pub async fn count(conn: &mut Conn, key: &Key, walked: Walked<'_>, run: i64) -> Result<i64> {
    let counted = fetch_optional!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM mirror_records r
         JOIN mirror_projects p ON p.workspace_id = r.workspace_id AND p.connection_id = $3 AND p.id = r.bucket_id
              AND p.status = $7 AND p.hidden = 0
         WHERE r.workspace_id = $1 AND r.account_id = $2 AND r.kind = $4 AND r.status = $5 AND r.seen_run >= $6
           AND r.deleted_at IS NULL",
        key.workspace.as_str(),
        key.account,
        key.connection.as_str(),
        walked.kind,
        walked.status,
        run,
        walked.projects
    )?;
    Ok(counted.unwrap_or_default().0)
}

/// The same for projects.
///
/// # Errors
/// When the database refuses.
pub async fn count_projects(conn: &mut Conn, key: &Key, status: &str, run: i64) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM mirror_projects
               WHERE workspace_id = $1 AND connection_id = $2 AND status = $3 AND seen_run >= $4";
    let (workspace, connection) = (key.workspace.as_str(), key.connection.as_str());
    let counted = fetch_optional!(conn, (i64,), sql, workspace, connection, status, run)?;
    Ok(counted.unwrap_or_default().0)
}

/// The same for people.
///
/// # Errors
/// When the database refuses.
pub async fn count_people(conn: &mut Conn, key: &Key, run: i64) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM mirror_people
               WHERE workspace_id = $1 AND connection_id = $2 AND seen_run >= $3";
    let (workspace, connection) = (key.workspace.as_str(), key.connection.as_str());
    Ok(fetch_optional!(conn, (i64,), sql, workspace, connection, run)?.unwrap_or_default().0)
}

/// After a complete walk `run`: what it did not meet is missing. What was missing before is
/// gone now; the others are to be read one by one.
///
/// # Errors
/// When the database refuses.
pub async fn settle(conn: &mut Conn, key: &Key, walked: Walked<'_>, run: i64) -> Result<()> {
    let now = ids::now_ms();
    let missing = execute!(
        conn,
        "UPDATE mirror_records SET missing = missing + 1, dirty_at = $7,
                deleted_at = CASE WHEN missing >= 1 THEN $7 END
         WHERE workspace_id = $1 AND account_id = $2 AND kind = $4 AND status = $5 AND seen_run < $6
           AND touched_at < $6 AND deleted_at IS NULL AND COALESCE(starts_on, '') >= $9
           AND bucket_id IN (SELECT id FROM mirror_projects WHERE workspace_id = $1 AND connection_id = $3
                             AND status = $8 AND hidden = 0)",
        key.workspace.as_str(),
        key.account,
        key.connection.as_str(),
        walked.kind,
        walked.status,
        run,
        now,
        walked.projects,
        walked.since
    )?;
    if missing > 0 {
        execute!(
            conn,
            "UPDATE mirror_assignees SET is_open = 0 WHERE workspace_id = $1 AND account_id = $2 AND is_open = 1
               AND record_id IN (SELECT id FROM mirror_records WHERE workspace_id = $1 AND account_id = $2
                                 AND deleted_at = $3)",
            key.workspace.as_str(),
            key.account,
            now
        )?;
    }
    Ok(())
}

/// After a complete walk `run` over the projects in `status`: those it did not meet are not the connection's to see.
/// Gives how many that are new to it.
///
/// # Errors
/// When the database refuses.
pub async fn hide_projects(conn: &mut Conn, key: &Key, status: &str, run: i64) -> Result<u64> {
    let sql = "UPDATE mirror_projects SET hidden = 1
               WHERE workspace_id = $1 AND connection_id = $2 AND status = $3 AND seen_run < $4 AND hidden = 0";
    execute!(conn, sql, key.workspace.as_str(), key.connection.as_str(), status, run)
}

/// The same for people.
///
/// # Errors
/// When the database refuses.
pub async fn hide_people(conn: &mut Conn, key: &Key, run: i64) -> Result<()> {
    let sql = "UPDATE mirror_people SET hidden = 1 WHERE workspace_id = $1 AND connection_id = $2 AND seen_run < $3";
    execute!(conn, sql, key.workspace.as_str(), key.connection.as_str(), run)?;
    Ok(())
}

/// There are news of a scope: the look at it is due, and until that is over the mirror does not have them all.
///
/// # Errors
/// When the database refuses.
pub async fn hurry_scope(conn: &mut Conn, key: &Key, scope: &str) -> Result<()> {
    let sql = "UPDATE mirror_scopes SET due_at = 0, news_at = $4
               WHERE workspace_id = $1 AND connection_id = $2 AND scope = $3";
    execute!(conn, sql, key.workspace.as_str(), key.connection.as_str(), scope, ids::now_ms())?;
    Ok(())
}

/// There may be news of every scope.
///
/// # Errors
/// When the database refuses.
pub async fn hurry_all(conn: &mut Conn, key: &Key) -> Result<()> {
    let sql = "UPDATE mirror_scopes SET due_at = 0, news_at = $3 WHERE workspace_id = $1 AND connection_id = $2";
    execute!(conn, sql, key.workspace.as_str(), key.connection.as_str(), ids::now_ms())?;
    Ok(())
}

/// A complete look that began at `run` has taken in what was heard of before; whether there are later news.
///
/// # Errors
/// When the database refuses.
pub async fn catch_up(conn: &mut Conn, key: &Key, scope: &str, run: i64) -> Result<bool> {
    let (workspace, connection) = (key.workspace.as_str(), key.connection.as_str());
    let sql = "UPDATE mirror_scopes SET news_at = NULL
               WHERE workspace_id = $1 AND connection_id = $2 AND scope = $3 AND news_at <= $4";
    execute!(conn, sql, workspace, connection, scope, run)?;
    let sql = "SELECT 1 FROM mirror_scopes
               WHERE workspace_id = $1 AND connection_id = $2 AND scope = $3 AND news_at IS NOT NULL";
    Ok(fetch_optional!(conn, (i32,), sql, workspace, connection, scope)?.is_some())
}
