//! How much each person may use, and what they used: model answers by day, changes as they are in the operations.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use crate::model_keys::Spent;
use domain::ids::{UserId, WorkspaceId};
use domain::limit::{Measure, Period};

/// The owner of limits that hold for each person without one of their own.
pub const EACH: &str = "";

record! {
    /// One limit.
    #[derive(Clone, Debug, PartialEq)]
    pub struct StoredLimit {
        /// Whose it is; [`EACH`] for each person.
        pub user_id: String,
        /// The word of a [`Measure`].
        pub measure: String,
        /// The word of a [`Period`].
        pub period: String,
        /// The most of it.
        pub most: f64,
        /// Name of who set it.
        pub set_by: String,
    }
}

/// What models read, wrote and cost for a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Tokens read and written.
    pub tokens: i64,
    /// Millionths of a US dollar.
    pub cost_micros: i64,
}

/// The limits of a workspace.
///
/// # Errors
/// When the database refuses.
pub async fn list(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Vec<StoredLimit>> {
    let place = conn.place("limits", &[workspace.as_str()]);
    if let Some(kept) = place.answer() {
        return Ok(kept);
    }
    let sql = "SELECT user_id, measure, period, most, set_by FROM person_limits
               WHERE workspace_id = $1 ORDER BY user_id, measure, period";
    Ok(place.keep(fetch_all!(conn, StoredLimit, sql, workspace.as_str())?))
}

/// Stores a limit in place of the one before; `owner` is a person or [`EACH`].
///
/// # Errors
/// When the database refuses.
pub async fn put(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (owner, measure, period): (&str, Measure, Period),
    (most, set_by): (f64, &str),
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO person_limits (workspace_id, user_id, measure, period, most, set_by, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (workspace_id, user_id, measure, period) DO UPDATE SET most = excluded.most,
             set_by = excluded.set_by, updated_at = excluded.updated_at",
        workspace.as_str(),
        owner,
        measure.as_str(),
        period.as_str(),
        most,
        set_by,
        ids::now_ms()
    )?;
    Ok(())
}

/// Takes a limit away; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (owner, measure, period): (&str, Measure, Period),
) -> Result<bool> {
    let sql = "DELETE FROM person_limits
               WHERE workspace_id = $1 AND user_id = $2 AND measure = $3 AND period = $4";
    let (measure, period) = (measure.as_str(), period.as_str());
    Ok(execute!(conn, sql, workspace.as_str(), owner, measure, period)? > 0)
}

/// Adds what an answer of a model cost to the day (`YYYY-MM-DD`) of a person.
///
/// # Errors
/// When the database refuses.
pub async fn add_used(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    day: &str,
    spent: Spent,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO model_usage_people (workspace_id, user_id, day, tokens, cost_micros)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id, user_id, day) DO UPDATE SET
             tokens = model_usage_people.tokens + excluded.tokens,
             cost_micros = model_usage_people.cost_micros + excluded.cost_micros",
        workspace.as_str(),
        user.as_str(),
        day,
        spent.input + spent.output,
        spent.cost_micros
    )?;
    Ok(())
}

/// What a person used of models since a day (`YYYY-MM-DD`), that day included.
///
/// # Errors
/// When the database refuses.
pub async fn used(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    since: &str,
) -> Result<Used> {
    let sql = "SELECT tokens, cost_micros FROM model_usage_people
               WHERE workspace_id = $1 AND user_id = $2 AND day >= $3";
    let rows = fetch_all!(conn, (i64, i64), sql, workspace.as_str(), user.as_str(), since)?;
    Ok(rows.into_iter().fold(Used::default(), |sum, (tokens, cost)| Used {
        tokens: sum.tokens + tokens,
        cost_micros: sum.cost_micros + cost,
    }))
}

/// How many changes a person made with tools since a moment, epoch milliseconds; what failed changed nothing.
///
/// # Errors
/// When the database refuses.
pub async fn changes(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    since_ms: i64,
) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM operations WHERE workspace_id = $1 AND user_id = $2 AND created_at >= $3
               AND status IN ('completed', 'running')";
    let row = fetch_optional!(conn, (i64,), sql, workspace.as_str(), user.as_str(), since_ms)?;
    Ok(row.map_or(0, |(count,)| count))
}
