//! Writes to Basecamp that steps of runs make, in the outbox: stored before they are sent.
//!
//! No later try of the step sends them again. They have no operation, and whoever settles those leaves them alone; the
//! step itself finds out what became of them, and they go when it is over.

use crate::db::{Conn, Result, execute, fetch_all, record};
use crate::run_steps::StepRow;
use domain::flow::run::StepStatus;
use domain::ids::{RunId, WorkspaceId};

/// Which step of which run writes.
#[derive(Clone, Debug)]
pub struct StepKey {
    /// Of which workspace.
    pub workspace: WorkspaceId,
    /// The run.
    pub run: RunId,
    /// The same for every try of the step, and for no other step.
    pub key: String,
}

/// A write of a step that is about to be sent.
#[derive(Clone, Debug)]
pub struct NewStepWrite {
    /// From [`crate::ids::fresh`].
    pub id: String,
    /// Through which connection.
    pub connection: String,
    /// `POST`, `PUT`, `DELETE`.
    pub method: String,
    /// The path inside the account.
    pub path: String,
    /// What is sent, sealed.
    pub body: String,
    /// One run of one process.
    pub owner: String,
    /// Epoch milliseconds.
    pub at: i64,
}

record! {
    /// A write that an earlier try of a step sent.
    #[derive(Clone, Debug)]
    pub struct StepWrite {
        /// The row.
        pub id: String,
        /// Through which connection.
        pub connection_id: String,
        /// `POST`, `PUT`, `DELETE`.
        pub method: String,
        /// The path inside the account.
        pub path: String,
        /// What was sent, sealed.
        pub body: String,
        /// What it gave, sealed; none while nobody knows what became of it.
        pub found: Option<String>,
        /// Epoch milliseconds.
        pub sent_at: i64,
    }
}

/// Stores a write before it is sent.
///
/// # Errors
/// When the database refuses: then nothing may be sent.
pub async fn post(conn: &mut Conn, step: &StepKey, new: &NewStepWrite) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO outbox (id, workspace_id, connection_id, operation_id, request_key, method, path, body,
                             state, owner, tries, next_at, sent_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'step', $9, 0, 0, $10)",
        new.id.as_str(),
        step.workspace.as_str(),
        new.connection.as_str(),
        step.run.as_str(),
        step.key.as_str(),
        new.method.as_str(),
        new.path.as_str(),
        new.body.as_str(),
        new.owner.as_str(),
        new.at
    )?;
    Ok(())
}

/// What earlier tries of a step sent, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn of_step(conn: &mut Conn, step: &StepKey) -> Result<Vec<StepWrite>> {
    fetch_all!(
        conn,
        StepWrite,
        "SELECT id, connection_id, method, path, body, found, sent_at FROM outbox
         WHERE workspace_id = $1 AND operation_id = $2 AND request_key = $3 AND state IN ('step', 'answered')
         ORDER BY sent_at, id",
        step.workspace.as_str(),
        step.run.as_str(),
        step.key.as_str()
    )
}

/// Keeps what a write gave, sealed.
///
/// # Errors
/// When the database refuses.
pub async fn answer(conn: &mut Conn, step: &StepKey, id: &str, found: &str) -> Result<()> {
    let sql = "UPDATE outbox SET state = 'answered', found = $3
               WHERE workspace_id = $1 AND id = $2 AND state = 'step'";
    execute!(conn, sql, step.workspace.as_str(), id, found)?;
    Ok(())
}

/// Forgets a write that did not happen, or that a person must look after: the next try sends it.
///
/// # Errors
/// When the database refuses.
pub async fn forget(conn: &mut Conn, step: &StepKey, id: &str) -> Result<()> {
    let sql = "DELETE FROM outbox WHERE workspace_id = $1 AND id = $2 AND state = 'step'";
    execute!(conn, sql, step.workspace.as_str(), id)?;
    Ok(())
}

/// Forgets what the steps of `rows` wrote that are over: it is in the journal now.
///
/// # Errors
/// When the database refuses.
pub async fn clear(
    conn: &mut Conn,
    (workspace, run): (&WorkspaceId, &RunId),
    rows: &[StepRow],
) -> Result<()> {
    let is_over = |it: &&StepRow| !matches!(it.status, StepStatus::Running | StepStatus::Paused);
    for key in rows.iter().filter(is_over).filter_map(|it| it.effect_key.as_deref()) {
        let sql =
            "DELETE FROM outbox WHERE workspace_id = $1 AND operation_id = $2 AND request_key = $3
                     AND state IN ('step', 'answered')";
        execute!(conn, sql, workspace.as_str(), run.as_str(), key)?;
    }
    Ok(())
}
