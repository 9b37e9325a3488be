//! Plans: what would be done for an objective, kept until somebody says yes.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use domain::ids::{ChatRunId, UserId, WorkspaceId};

/// Plans that nobody carried out are forgotten after this long.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

record! {
    /// One plan.
    #[derive(Clone, Debug)]
    pub struct PlanRow {
        /// The plan.
        pub id: String,
        /// The workspace.
        pub workspace_id: String,
        /// Whose it is.
        pub user_id: String,
        /// What they want, in their words.
        pub objective: String,
        /// The project their page shows.
        pub project_id: Option<String>,
        /// The steps, a JSON list.
        pub steps: String,
        /// The run that carried it out.
        pub run_id: Option<String>,
        /// The conversation of that run.
        pub session_id: Option<String>,
        /// Epoch milliseconds.
        pub created_at: i64,
    }
}

/// Keeps a plan, and forgets those of the person that are old.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, row: &PlanRow) -> Result<()> {
    execute!(
        conn,
        "DELETE FROM plans WHERE workspace_id = $1 AND user_id = $2 AND created_at < $3",
        row.workspace_id.as_str(),
        row.user_id.as_str(),
        row.created_at - KEPT_MS
    )?;
    execute!(
        conn,
        "INSERT INTO plans (id, workspace_id, user_id, objective, project_id, steps, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        row.id.as_str(),
        row.workspace_id.as_str(),
        row.user_id.as_str(),
        row.objective.as_str(),
        row.project_id.as_deref(),
        row.steps.as_str(),
        row.created_at
    )?;
    Ok(())
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.workspace_id, p.user_id, p.objective, p.project_id, p.steps, p.run_id, r.session_id,
                    p.created_at
             FROM plans p LEFT JOIN chat_runs r ON r.id = p.run_id
             WHERE p.workspace_id = $1 AND p.user_id = $2 ",
            $rest
        )
    };
}

/// A plan of this person.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    id: &str,
) -> Result<Option<PlanRow>> {
    let sql = select!("AND p.id = $3");
    fetch_optional!(conn, PlanRow, sql, workspace.as_str(), user.as_str(), id)
}

/// The newest plans of this person, at most `limit`.
///
/// # Errors
/// When the database refuses.
pub async fn newest(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    limit: i64,
) -> Result<Vec<PlanRow>> {
    let sql = select!("ORDER BY p.created_at DESC, p.id DESC LIMIT $3");
    fetch_all!(conn, PlanRow, sql, workspace.as_str(), user.as_str(), limit)
}

/// Says which run carries a plan out; false when one does already.
///
/// # Errors
/// When the database refuses.
pub async fn begin(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (id, run): (&str, &ChatRunId),
) -> Result<bool> {
    let sql = "UPDATE plans SET run_id = $3 WHERE workspace_id = $1 AND id = $2 AND run_id IS NULL";
    Ok(execute!(conn, sql, workspace.as_str(), id, run.as_str())? > 0)
}
