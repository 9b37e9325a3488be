//! How long ended runs are kept, and giving their room back to the disk.

use crate::db::{Conn, Inner, Result, execute, fetch_all, fetch_optional};

/// Pages of SQLite given back in one go, so that no other write waits long.
const PAGES: i64 = 2_000;

/// What one round took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Runs.
    pub runs: i64,
    /// Bytes of their values, about.
    pub bytes: i64,
}

/// Deletes the runs that ended first with everything that belongs to them, until `bytes` are gone.
///
/// Those that ended before `ended_before` (epoch milliseconds), `limit` at most; of `workspace`, or of all when that is
/// empty.
///
/// # Errors
/// When the database refuses.
pub async fn forget(
    conn: &mut Conn,
    workspace: &str,
    ended_before: i64,
    (limit, bytes): (i64, i64),
) -> Result<Forgotten> {
    let rows = fetch_all!(
        conn,
        (String, i64),
        "SELECT id, CAST(LENGTH(payload) AS BIGINT) FROM runs
         WHERE finished_at IS NOT NULL AND finished_at < $1 AND ($3 = '' OR workspace_id = $3)
         ORDER BY finished_at LIMIT $2",
        ended_before,
        limit,
        workspace
    )?;
    let mut forgotten = Forgotten::default();
    for (run, payload) in rows {
        if forgotten.bytes >= bytes {
            break;
        }
        let steps = fetch_optional!(
            conn,
            (i64,),
            "SELECT CAST(COALESCE(SUM(LENGTH(input) + LENGTH(COALESCE(output, ''))), 0) AS BIGINT)
             FROM run_steps WHERE run_id = $1",
            run.as_str()
        )?;
        execute!(conn, "DELETE FROM run_steps WHERE run_id = $1", run.as_str())?;
        execute!(conn, "DELETE FROM run_waits WHERE run_id = $1", run.as_str())?;
        let of_run = "DELETE FROM run_effects WHERE run_id = $1 AND workspace_id =
                      (SELECT workspace_id FROM runs WHERE id = $1)";
        execute!(conn, of_run, run.as_str())?;
        let values = "DELETE FROM flow_values WHERE kept_for = $1 AND workspace_id =
                      (SELECT workspace_id FROM runs WHERE id = $1)";
        execute!(conn, values, run.as_str())?;
        let unsettled = "DELETE FROM outbox WHERE operation_id = $1 AND workspace_id =
                         (SELECT workspace_id FROM runs WHERE id = $1)";
        execute!(conn, unsettled, run.as_str())?;
        execute!(conn, "DELETE FROM runs WHERE id = $1", run.as_str())?;
        forgotten.runs += 1;
        forgotten.bytes += payload + steps.map_or(0, |(it,)| it);
    }
    Ok(forgotten)
}

/// Bytes that the database takes: of the whole file on SQLite, of runs and their steps on PostgreSQL.
///
/// # Errors
/// When the database refuses.
pub async fn bytes(conn: &mut Conn) -> Result<i64> {
    let sql = match &conn.inner {
        Inner::Sqlite(_) => {
            "SELECT (page_count - freelist_count) * page_size
             FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()"
        }
        Inner::Postgres(_) => {
            "SELECT pg_total_relation_size('runs') + pg_total_relation_size('run_steps')"
        }
    };
    Ok(fetch_optional!(conn, (i64,), sql)?.map_or(0, |(it,)| it))
}

/// How many ended runs of a workspace [`forget`] would delete, and about how many bytes of values: those that ended
/// before `ended_before`, and the first to end until `bytes` are gone.
///
/// # Errors
/// When the database refuses.
pub async fn would_forget(
    conn: &mut Conn,
    workspace: &str,
    (ended_before, bytes): (i64, i64),
) -> Result<Forgotten> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM (
                   SELECT finished_at, bytes,
                          CAST(SUM(bytes) OVER (ORDER BY finished_at, id) - bytes AS BIGINT) AS earlier
                   FROM (SELECT r.id, r.finished_at, LENGTH(r.payload) + COALESCE((
                                    SELECT SUM(LENGTH(s.input) + LENGTH(COALESCE(s.output, '')))
                                    FROM run_steps s WHERE s.run_id = r.id), 0) AS bytes
                         FROM runs r WHERE r.workspace_id = $1 AND r.finished_at IS NOT NULL) sized) ranked
               WHERE finished_at < $2 OR earlier < $3";
    let row = fetch_optional!(conn, (i64, i64), sql, workspace, ended_before, bytes)?;
    Ok(row.map_or_else(Forgotten::default, |(runs, bytes)| Forgotten { runs, bytes }))
}

/// The workspaces that have runs.
///
/// # Errors
/// When the database refuses.
pub async fn workspaces(conn: &mut Conn) -> Result<Vec<String>> {
    let rows = fetch_all!(conn, (String,), "SELECT DISTINCT workspace_id FROM runs")?;
    Ok(rows.into_iter().map(|(it,)| it).collect())
}

/// Bytes of the values of a workspace's runs, about.
///
/// # Errors
/// When the database refuses.
pub async fn bytes_of(conn: &mut Conn, workspace: &str) -> Result<i64> {
    let payloads = "SELECT CAST(COALESCE(SUM(LENGTH(payload)), 0) AS BIGINT) FROM runs WHERE workspace_id = $1";
    let steps =
        "SELECT CAST(COALESCE(SUM(LENGTH(input) + LENGTH(COALESCE(output, ''))), 0) AS BIGINT)
                 FROM run_steps WHERE workspace_id = $1";
    let payloads = fetch_optional!(conn, (i64,), payloads, workspace)?;
    let steps = fetch_optional!(conn, (i64,), steps, workspace)?;
    Ok(payloads.map_or(0, |(it,)| it) + steps.map_or(0, |(it,)| it))
}

/// Gives free pages of the file back to the disk, some at a time; whether there may be more. PostgreSQL does so by
/// itself.
///
/// # Errors
/// When the database refuses.
pub async fn shrink(conn: &mut Conn) -> Result<bool> {
    let Inner::Sqlite(file) = &mut conn.inner else { return Ok(false) };
    let (free,): (i64,) = sqlx::query_as("PRAGMA freelist_count").fetch_one(&mut **file).await?;
    if free == 0 {
        return Ok(false);
    }
    // Only our own number.
    let sql = sqlx::AssertSqlSafe(format!("PRAGMA incremental_vacuum({PAGES})"));
    sqlx::query(sql).fetch_all(&mut **file).await?;
    Ok(free > PAGES)
}
