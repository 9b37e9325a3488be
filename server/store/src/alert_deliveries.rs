//! Alerts on their way to where a workspace wants them besides the app.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use domain::ids::WorkspaceId;

/// It still has to be sent, or is being sent.
pub const WAITING: &str = "waiting";
/// The other side took it.
pub const SENT: &str = "sent";
/// It was not sent, or nobody knows whether it was; it is not tried again.
pub const FAILED: &str = "failed";

record! {
    /// One alert on its way to one place.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Delivery {
        /// The delivery.
        pub id: String,
        /// The workspace.
        pub workspace_id: String,
        /// The same thing has the same words here.
        pub about: String,
        /// `email` or `basecamp`.
        pub way: String,
        /// The address, or the id of the project.
        pub target: String,
        /// One line.
        pub title: String,
        /// Plain text, may be empty.
        pub body: String,
        /// Where it leads, a path of ours.
        pub link: String,
        /// [`WAITING`], [`SENT`] or [`FAILED`].
        pub state: String,
        /// How often it was tried.
        pub tries: i64,
        /// When it is tried next; epoch milliseconds.
        pub due_at: i64,
        /// Why it was not sent.
        pub error: Option<String>,
        /// Of several with the same key only the first is stored.
        pub sent_once: String,
        /// Epoch milliseconds.
        pub created_at: i64,
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, workspace_id, about, way, target, title, body, link, state, tries, due_at, error, sent_once,
                    created_at
             FROM alert_deliveries ",
            $rest
        )
    };
}

/// Stores one that is to be sent, unless one with the same `sent_once` is there.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, new: &Delivery) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO alert_deliveries (id, workspace_id, about, way, target, title, body, link, state, tries, due_at,
             sent_once, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
        new.id.as_str(),
        new.workspace_id.as_str(),
        new.about.as_str(),
        new.way.as_str(),
        new.target.as_str(),
        new.title.as_str(),
        new.body.as_str(),
        new.link.as_str(),
        new.state.as_str(),
        new.tries,
        new.due_at,
        new.sent_once.as_str(),
        new.created_at
    )?;
    Ok(())
}

/// When something with these words was last stored; epoch milliseconds.
///
/// # Errors
/// When the database refuses.
pub async fn last(conn: &mut Conn, workspace: &WorkspaceId, about: &str) -> Result<Option<i64>> {
    let sql = "SELECT MAX(created_at) FROM alert_deliveries WHERE workspace_id = $1 AND about = $2";
    let row = fetch_optional!(conn, (Option<i64>,), sql, workspace.as_str(), about)?;
    Ok(row.and_then(|(at,)| at))
}

/// Those of every workspace that are to be sent at `now_ms`, the oldest first; `limit` at most.
///
/// # Errors
/// When the database refuses.
pub async fn due(conn: &mut Conn, now_ms: i64, limit: i64) -> Result<Vec<Delivery>> {
    let sql = select!(
        "WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at, created_at, id LIMIT $2"
    );
    fetch_all!(conn, Delivery, sql, now_ms, limit)
}

/// Those of a workspace that were not sent, the newest first; `limit` at most.
///
/// # Errors
/// When the database refuses.
pub async fn failed(conn: &mut Conn, workspace: &WorkspaceId, limit: i64) -> Result<Vec<Delivery>> {
    let sql = select!(
        "WHERE workspace_id = $1 AND state = 'failed' ORDER BY created_at DESC, id DESC LIMIT $2"
    );
    fetch_all!(conn, Delivery, sql, workspace.as_str(), limit)
}

/// Takes one for oneself until `until`; false when another node has it.
///
/// # Errors
/// When the database refuses.
pub async fn claim(conn: &mut Conn, delivery: &Delivery, until: i64) -> Result<bool> {
    let sql = "UPDATE alert_deliveries SET due_at = $4, tries = tries + 1
               WHERE workspace_id = $1 AND id = $2 AND state = 'waiting' AND due_at = $3";
    let (workspace, id) = (delivery.workspace_id.as_str(), delivery.id.as_str());
    Ok(execute!(conn, sql, workspace, id, delivery.due_at, until)? > 0)
}

/// Writes down what became of one: `state`, why it was not sent, and when it is tried next where it still waits.
///
/// # Errors
/// When the database refuses.
pub async fn settle(
    conn: &mut Conn,
    delivery: &Delivery,
    (state, error, due_at): (&str, Option<&str>, i64),
) -> Result<()> {
    let sql = "UPDATE alert_deliveries SET state = $3, error = $4, due_at = $5
               WHERE workspace_id = $1 AND id = $2 AND state = 'waiting'";
    let (workspace, id) = (delivery.workspace_id.as_str(), delivery.id.as_str());
    execute!(conn, sql, workspace, id, state, error, due_at)?;
    Ok(())
}

/// Forgets what was stored in a workspace before `before_ms` and no longer waits.
///
/// # Errors
/// When the database refuses.
pub async fn forget(conn: &mut Conn, workspace: &WorkspaceId, before_ms: i64) -> Result<u64> {
    let sql = "DELETE FROM alert_deliveries
               WHERE workspace_id = $1 AND created_at < $2 AND state <> 'waiting'";
    execute!(conn, sql, workspace.as_str(), before_ms)
}
