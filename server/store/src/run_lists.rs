//! Lists of runs and figures about them.

use crate::db::{Conn, Result, fetch_all, fetch_optional};
use crate::runs::{RunRow, columns};
use crate::templates::pattern;
use domain::flow::listing::RunFilter;
use domain::flow::run::{Caller, LIVE, Run, RunFigures, RunStatus, TRIED};
use domain::ids::{RunId, WorkspaceId};

/// Sorts after every id, whatever the database's collation.
const AFTER_EVERY_ID: &str = "g";
/// By how much the clock of an id and that of its row may differ, in milliseconds.
const SLACK: i64 = 86_400_000;

/// Which runs are looked at first: each is an index of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Any,
    Flow,
    Person,
    Failed,
    Waiting,
    UnderWay,
    Tests,
}

impl By {
    /// The narrowest part of the filter.
    fn of(filter: &RunFilter) -> Self {
        let status = filter.status.as_slice();
        let all_of =
            |these: &[RunStatus]| !status.is_empty() && status.iter().all(|it| these.contains(it));
        match filter {
            _ if all_of(&[RunStatus::Paused]) => Self::Waiting,
            _ if all_of(&[RunStatus::Running, RunStatus::Queued]) => Self::UnderWay,
            _ if filter.flow_id.is_some() => Self::Flow,
            _ if filter.person.is_some() => Self::Person,
            _ if all_of(&RunStatus::FAILED) => Self::Failed,
            _ if filter.tests == Some(true) => Self::Tests,
            _ => Self::Any,
        }
    }
}

/// The runs of a workspace that fit `$2` to `$10`, newest first, `$11` at most; `$narrow` names those of one index.
macro_rules! listed {
    ($narrow:literal) => {
        concat!(
            columns!("SELECT ", " FROM runs"),
            " WHERE workspace_id = $1 AND id < $2 AND id >= $3 AND created_at >= $4
              AND ($5 = '' OR $5 LIKE '%,' || status || ',%')
              AND ($6 = '' OR flow_id = $6)
              AND ($7 = '' OR (acting_user = $7 AND triggered_by IN ('manual', 'retry')))
              AND ($8 = '' OR environment = $8)
              AND ($9 = '' OR LOWER(flow_name) LIKE $9 ESCAPE '\\' OR id LIKE $9 ESCAPE '\\')
              AND ($10 = '' OR acting_user = $10) ",
            $narrow,
            " ORDER BY id DESC LIMIT $11"
        )
    };
}

/// Runs of the workspace, newest first, those before the id `before` (empty for all), `limit` at most.
///
/// # Errors
/// When the database refuses or a row cannot be read.
pub async fn list(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    filter: &RunFilter,
    before: &str,
    limit: i64,
) -> Result<Vec<Run>> {
    let sql = match By::of(filter) {
        By::Any => listed!(""),
        By::Flow => listed!("AND flow_id = $6"),
        By::Person => listed!("AND acting_user = $7 AND triggered_by IN ('manual', 'retry')"),
        By::Failed => {
            listed!("AND status IN ('FAILED', 'TIMEOUT', 'INTERNAL_ERROR', 'QUOTA_EXCEEDED', 'MEMORY_LIMIT_EXCEEDED')")
        }
        By::Waiting => listed!("AND status = 'PAUSED'"),
        By::UnderWay => listed!(
            "AND id IN (SELECT q.id FROM runs q WHERE q.workspace_id = $1 AND q.status = 'QUEUED'
                        UNION ALL SELECT r.id FROM runs r WHERE r.workspace_id = $1 AND r.status = 'RUNNING')"
        ),
        By::Tests => listed!("AND environment = 'TESTING'"),
    };
    let rows = select(conn, sql, (workspace, filter), (before, ""), limit).await?;
    let mut runs = rows.iter().map(RunRow::summary).collect::<Result<Vec<_>>>()?;
    for run in runs.iter_mut().filter(|it| it.triggered_by == "flow") {
        run.called_by = caller(conn, workspace, &run.id).await?;
    }
    Ok(runs)
}

/// Those of the list that failed and that no other run tried again, with the rights of `acting` alone where it is not
/// empty.
///
/// # Errors
/// As [`list`].
pub async fn failed(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    filter: &RunFilter,
    acting: &str,
    limit: i64,
) -> Result<Vec<RunId>> {
    let status =
        if filter.status.is_empty() { RunStatus::FAILED.to_vec() } else { filter.status.clone() };
    let filter = RunFilter { status, ..filter.clone() };
    let sql = listed!(
        "AND status IN ('FAILED', 'TIMEOUT', 'INTERNAL_ERROR', 'QUOTA_EXCEEDED', 'MEMORY_LIMIT_EXCEEDED')
         AND NOT EXISTS (SELECT 1 FROM runs n WHERE n.workspace_id = $1 AND n.retry_of = runs.id)"
    );
    let rows = select(conn, sql, (workspace, &filter), ("", acting), limit).await?;
    Ok(rows.into_iter().map(|it| RunId::from(it.id)).collect())
}

async fn select(
    conn: &mut Conn,
    sql: &'static str,
    (workspace, filter): (&WorkspaceId, &RunFilter),
    (before, acting): (&str, &str),
    limit: i64,
) -> Result<Vec<RunRow>> {
    let words: Vec<&str> = filter.status.iter().map(|it| it.as_str()).collect();
    // The words are ours and hold no comma.
    let wanted = if words.is_empty() { String::new() } else { format!(",{},", words.join(",")) };
    let environment = match filter.tests {
        Some(true) => TRIED,
        Some(false) => LIVE,
        None => "",
    };
    let since = filter.since.unwrap_or(0);
    fetch_all!(
        conn,
        RunRow,
        sql,
        workspace.as_str(),
        if before.is_empty() { AFTER_EVERY_ID } else { before },
        first_id(since),
        since,
        wanted.as_str(),
        filter.flow_id.as_ref().map_or("", |it| it.as_str()),
        filter.person.as_ref().map_or("", |it| it.as_str()),
        environment,
        pattern(filter.search.as_deref().unwrap_or_default()),
        acting,
        limit
    )
}

/// No id that was made from `at_ms` on sorts before it: ids begin with when they were made.
fn first_id(at_ms: i64) -> String {
    let at = at_ms - SLACK;
    if at <= 0 { String::new() } else { format!("{:08x}-{:04x}", at >> 16, at & 0xffff) }
}

/// The run whose step called `run`.
///
/// # Errors
/// When the database refuses.
pub async fn caller(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    run: &RunId,
) -> Result<Option<Caller>> {
    let sql = "SELECT r.id, r.flow_name FROM run_waits w JOIN runs r ON r.id = w.run_id
               WHERE w.child_run_id = $2 AND r.workspace_id = $1";
    let row = fetch_optional!(conn, (String, String), sql, workspace.as_str(), run.as_str())?;
    Ok(row.map(|(id, flow_name)| Caller { run_id: RunId::from(id), flow_name }))
}

/// How the runs went that were stored since `since_ms`, without those that somebody only tried something out with.
///
/// # Errors
/// When the database refuses.
pub async fn figures(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    since_ms: i64,
) -> Result<RunFigures> {
    let (ws, first) = (workspace.as_str(), first_id(since_ms));
    let sql = "SELECT status, COUNT(*) FROM runs
               WHERE workspace_id = $1 AND id >= $2 AND created_at >= $3 AND environment = 'PRODUCTION'
               GROUP BY status";
    let counts = fetch_all!(conn, (String, i64), sql, ws, first.as_str(), since_ms)?;
    let waiting = "SELECT COUNT(*) FROM runs WHERE workspace_id = $1 AND status = 'PAUSED' AND environment = 'PRODUCTION'";
    let waiting = fetch_optional!(conn, (i64,), waiting, ws)?.map_or(0, |it| it.0);
    let sum = |fits: fn(RunStatus) -> bool| {
        let fit = counts.iter().filter(|it| RunStatus::parse(&it.0).is_some_and(fits));
        fit.map(|it| it.1).sum::<i64>()
    };
    let succeeded = sum(|it| it == RunStatus::Succeeded);
    let middle = "SELECT finished_at - started_at FROM runs
                  WHERE workspace_id = $1 AND id >= $2 AND created_at >= $3 AND environment = 'PRODUCTION'
                    AND status = 'SUCCEEDED' AND finished_at IS NOT NULL AND started_at IS NOT NULL
                  ORDER BY 1 LIMIT 1 OFFSET $4";
    let typical = fetch_optional!(
        conn,
        (i64,),
        middle,
        ws,
        first.as_str(),
        since_ms,
        (succeeded - 1).max(0) / 2
    )?;
    let count = |it: i64| u64::try_from(it).unwrap_or(0);
    Ok(RunFigures {
        started: count(sum(|_| true)),
        succeeded: count(succeeded),
        failed: count(sum(RunStatus::is_failed)),
        waiting: count(waiting),
        typical: typical.map(|it| it.0),
    })
}

/// Flows that runs can be of: id and name, by name, 1,000 at most.
///
/// # Errors
/// When the database refuses.
pub async fn flow_names(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Vec<(String, String)>> {
    let sql =
        "SELECT id, name FROM flows WHERE workspace_id = $1 ORDER BY LOWER(name), id LIMIT 1000";
    fetch_all!(conn, (String, String), sql, workspace.as_str())
}
