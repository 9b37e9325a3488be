//! Which events people want to be told of, and up to which event they were.

use crate::db::{Conn, Result, execute, fetch_all, record};
use crate::ids;
use domain::ids::{UserId, WorkspaceId};

record! {
    /// One subscription.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Subscription {
        /// The subscription.
        pub id: String,
        /// Where it listens.
        pub workspace_id: String,
        /// Who is told.
        pub user_id: String,
        /// The word of an event, or the part before its dot.
        pub event: String,
        /// The Basecamp project it is about; empty for all.
        pub project_id: String,
        /// The last event that was looked at.
        pub after_seq: i64,
        /// How many were told of.
        pub delivered: i64,
        /// When the last was, epoch milliseconds.
        pub last_at: Option<i64>,
        /// Epoch milliseconds.
        pub created_at: i64,
    }
}

const COLUMNS: &str = "s.id, s.workspace_id, s.user_id, s.event, s.project_id, s.after_seq, s.delivered, s.last_at, s.created_at";

/// Stores a subscription to what happens after event `after_seq`; false when the person has it already.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    (event, project): (&str, &str),
    after_seq: i64,
) -> Result<bool> {
    let changed = execute!(
        conn,
        "INSERT INTO subscriptions (id, workspace_id, user_id, event, project_id, after_seq, delivered, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7) ON CONFLICT DO NOTHING",
        ids::fresh(),
        workspace.as_str(),
        user.as_str(),
        event,
        project,
        after_seq,
        ids::now_ms()
    )?;
    Ok(changed > 0)
}

/// Takes a subscription away; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    (event, project): (&str, &str),
) -> Result<bool> {
    let sql = "DELETE FROM subscriptions
               WHERE workspace_id = $1 AND user_id = $2 AND event = $3 AND project_id = $4";
    let (workspace, user) = (workspace.as_str(), user.as_str());
    Ok(execute!(conn, sql, workspace, user, event, project)? > 0)
}

/// The subscriptions of a person, the newest first.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
) -> Result<Vec<Subscription>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM subscriptions s WHERE s.workspace_id = $1 AND s.user_id = $2
         ORDER BY s.created_at DESC, s.id DESC"
    );
    fetch_all!(conn, Subscription, sqlx::AssertSqlSafe(sql), workspace.as_str(), user.as_str())
}

/// Subscriptions of every workspace in which something happened since they were looked at.
///
/// # Errors
/// When the database refuses.
pub async fn behind(conn: &mut Conn) -> Result<Vec<Subscription>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM subscriptions s JOIN event_counters c ON c.workspace_id = s.workspace_id
         WHERE c.seq > s.after_seq ORDER BY s.id LIMIT 500"
    );
    fetch_all!(conn, Subscription, sqlx::AssertSqlSafe(sql))
}

/// Moves a subscription on to event `seq`, after telling of `count`; false when somebody else did.
///
/// # Errors
/// When the database refuses.
pub async fn advance(conn: &mut Conn, it: &Subscription, (seq, count): (i64, i64)) -> Result<bool> {
    let sql = "UPDATE subscriptions SET after_seq = $3, delivered = delivered + $4,
                   last_at = CASE WHEN $4 > 0 THEN $5 ELSE last_at END
               WHERE id = $1 AND after_seq = $2";
    let now = ids::now_ms();
    Ok(execute!(conn, sql, it.id.as_str(), it.after_seq, seq, count, now)? > 0)
}
