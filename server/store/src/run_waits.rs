//! Answers that runs wait for: from a person, from another site, from a run they started. Each is given once.
//!
//! A run pauses in one transaction and is answered in another. Both take the run's row first and look at the other's
//! work after it, so that no answer falls between them.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use domain::ids::{RunId, WorkspaceId};
use serde_json::Value;

record! {
    /// One answer that a run waits for, or got.
    #[derive(Clone, Debug)]
    pub struct WaitRow {
        /// Unguessable: whoever knows it may answer.
        pub id: String,
        /// The workspace.
        pub workspace_id: String,
        /// The run.
        pub run_id: String,
        /// The step that made it.
        pub path: String,
        /// `approval`, `webhook` or `flow`.
        pub kind: String,
        /// The flow's name.
        pub title: String,
        /// What a person is asked; may be empty.
        pub message: String,
        /// The step that waits.
        pub waited_by: Option<String>,
        /// The run that answers.
        pub child_run_id: Option<String>,
        /// Epoch milliseconds.
        pub expires_at: i64,
        /// The answer, JSON.
        pub answer: Option<String>,
    }
}

/// An answer to wait for.
#[derive(Clone, Debug)]
pub struct NewWait {
    /// At least 120 random bits.
    pub id: String,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The run.
    pub run: RunId,
    /// The step that makes it; a second one of the same step is the first.
    pub path: String,
    /// `approval`, `webhook` or `flow`.
    pub kind: &'static str,
    /// The flow's name.
    pub title: String,
    /// What a person is asked.
    pub message: String,
    /// The step that waits, when it is known.
    pub waited_by: Option<String>,
    /// Epoch milliseconds.
    pub now_ms: i64,
    /// Epoch milliseconds.
    pub expires_at: i64,
}

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It counts; the run it is for.
    Taken(RunId),
    /// Nobody waits for it: unknown, or not of this run.
    Unknown,
    /// It was answered before.
    Before,
    /// The time is over, or the run has ended.
    TooLate,
}

macro_rules! select_wait {
    ($rest:literal) => {
        concat!(
            "SELECT id, workspace_id, run_id, path, kind, title, message, waited_by, child_run_id, expires_at, answer
             FROM run_waits ",
            $rest
        )
    };
}

/// Stores `new`, or finds what the same step stored before.
///
/// # Errors
/// When the database refuses.
pub async fn open(conn: &mut Conn, new: &NewWait) -> Result<Option<WaitRow>> {
    execute!(
        conn,
        "INSERT INTO run_waits (id, workspace_id, run_id, path, kind, title, message, waited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        new.id.as_str(),
        new.workspace.as_str(),
        new.run.as_str(),
        new.path.as_str(),
        new.kind,
        new.title.as_str(),
        new.message.as_str(),
        new.waited_by.as_deref(),
        new.now_ms,
        new.expires_at
    )?;
    let sql = select_wait!("WHERE run_id = $1 AND path = $2");
    fetch_optional!(conn, WaitRow, sql, new.run.as_str(), new.path.as_str())
}

/// What whoever knows `id` may answer.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, run: &RunId, id: &str) -> Result<Option<WaitRow>> {
    let sql = select_wait!("WHERE id = $1 AND run_id = $2");
    fetch_optional!(conn, WaitRow, sql, id, run.as_str())
}

/// The approval that an earlier step of the run made links for and that the step at `path` waits for, or may: the oldest
/// whose links were made at a place that `may_see` says yes to.
///
/// # Errors
/// When the database refuses.
pub async fn claim_approval(
    conn: &mut Conn,
    run: &RunId,
    path: &str,
    may_see: impl Fn(&str) -> bool + Send,
) -> Result<Option<WaitRow>> {
    let mine = select_wait!("WHERE run_id = $1 AND waited_by = $2");
    if let Some(claimed) = fetch_optional!(conn, WaitRow, mine, run.as_str(), path)? {
        return Ok(Some(claimed));
    }
    let free = select_wait!(
        "WHERE run_id = $1 AND kind = 'approval' AND waited_by IS NULL ORDER BY created_at, id"
    );
    let free = fetch_all!(conn, WaitRow, free, run.as_str())?;
    let Some(wait) = free.into_iter().find(|it| may_see(&it.path)) else { return Ok(None) };
    let sql = "UPDATE run_waits SET waited_by = $2 WHERE id = $1";
    execute!(conn, sql, wait.id.as_str(), path)?;
    Ok(Some(WaitRow { waited_by: Some(path.to_owned()), ..wait }))
}

/// Whether the answer that the step at `path` waits for is there.
///
/// # Errors
/// When the database refuses.
pub async fn is_answered(conn: &mut Conn, run: &RunId, path: &str) -> Result<bool> {
    let sql = "SELECT id FROM run_waits
               WHERE run_id = $1 AND waited_by = $2 AND answered_at IS NOT NULL";
    Ok(fetch_optional!(conn, (String,), sql, run.as_str(), path)?.is_some())
}

/// Notes which run answers.
///
/// # Errors
/// When the database refuses.
pub async fn set_child(conn: &mut Conn, id: &str, child: &RunId) -> Result<()> {
    let sql = "UPDATE run_waits SET child_run_id = $2 WHERE id = $1";
    execute!(conn, sql, id, child.as_str())?;
    Ok(())
}

/// The run that waits for `child`, or started it.
///
/// # Errors
/// When the database refuses.
pub async fn parent(conn: &mut Conn, child: &RunId) -> Result<Option<RunId>> {
    let sql = "SELECT run_id FROM run_waits WHERE child_run_id = $1";
    let row = fetch_optional!(conn, (String,), sql, child.as_str())?;
    Ok(row.map(|(id,)| RunId::from(id)))
}

/// Gives the answer, once; a run that waits for it goes on.
///
/// # Errors
/// When the database refuses.
pub async fn answer(
    conn: &mut Conn,
    (run, id): (&RunId, &str),
    answer: &Value,
    now_ms: i64,
) -> Result<Answered> {
    let locked = "UPDATE runs SET fence = fence
                  WHERE id = $1 AND status IN ('QUEUED', 'RUNNING', 'PAUSED')";
    let is_open = execute!(conn, locked, run.as_str())? > 0;
    let Some(wait) = find(conn, run, id).await? else { return Ok(Answered::Unknown) };
    if wait.answer.is_some() {
        return Ok(Answered::Before);
    }
    if !is_open || wait.expires_at <= now_ms {
        return Ok(Answered::TooLate);
    }
    let sql = "UPDATE run_waits SET answer = $2, answered_at = $3 WHERE id = $1 AND answer IS NULL";
    if execute!(conn, sql, id, answer.to_string(), now_ms)? == 0 {
        return Ok(Answered::Before);
    }
    wake(conn, run, now_ms).await?;
    Ok(Answered::Taken(run.clone()))
}

/// What `child` gave is the answer its parent waits for; the parent, when there is one.
///
/// # Errors
/// When the database refuses.
pub async fn answer_parent(
    conn: &mut Conn,
    child: &RunId,
    given: &Value,
    now_ms: i64,
) -> Result<Option<RunId>> {
    let sql = select_wait!("WHERE child_run_id = $1");
    let Some(wait) = fetch_optional!(conn, WaitRow, sql, child.as_str())? else { return Ok(None) };
    let run = RunId::from(wait.run_id.as_str());
    let outcome = answer(conn, (&run, &wait.id), given, now_ms).await?;
    Ok((outcome == Answered::Taken(run.clone())).then_some(run))
}

/// Lets a run that is paused for an answer that is there go on. A step that had its answer, failed and waits for its next
/// try is not in a hurry.
///
/// # Errors
/// When the database refuses.
pub async fn wake(conn: &mut Conn, run: &RunId, now_ms: i64) -> Result<()> {
    execute!(
        conn,
        "UPDATE runs SET resume_at = $2 WHERE id = $1 AND status = 'PAUSED' AND EXISTS (
             SELECT 1 FROM run_waits w JOIN run_steps s ON s.run_id = w.run_id AND s.path = w.waited_by
             WHERE w.run_id = $1 AND w.answered_at IS NOT NULL AND s.status = 'PAUSED' AND s.error IS NULL)",
        run.as_str(),
        now_ms
    )?;
    Ok(())
}
