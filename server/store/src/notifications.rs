//! What people were told, and whether they have read it.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use domain::ids::{UserId, WorkspaceId};

/// A notification to be stored.
#[derive(Clone, Debug, Default)]
pub struct NewNotification {
    /// Who is told.
    pub user: UserId,
    /// One line.
    pub title: String,
    /// Plain text, may be empty.
    pub body: String,
    /// Where it leads, a path of ours.
    pub link: Option<String>,
    /// Of several with the same key only the first is stored.
    pub once: Option<String>,
}

record! {
    /// A stored notification.
    #[derive(Clone, Debug)]
    pub struct Notification {
        /// The notification.
        pub id: String,
        /// One line.
        pub title: String,
        /// Plain text.
        pub body: String,
        /// Where it leads.
        pub link: Option<String>,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds; none while it is new.
        pub read_at: Option<i64>,
    }
}

/// Stores a notification; false when one with the same `once` is there already.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    new: &NewNotification,
) -> Result<bool> {
    let changed = execute!(
        conn,
        "INSERT INTO notifications (id, workspace_id, user_id, title, body, link, sent_once, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        ids::fresh(),
        workspace.as_str(),
        new.user.as_str(),
        new.title.as_str(),
        new.body.as_str(),
        new.link.as_deref(),
        new.once.as_deref(),
        ids::now_ms()
    )?;
    Ok(changed > 0)
}

/// The newest notifications of a person, `limit` at most.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
    limit: i64,
) -> Result<Vec<Notification>> {
    fetch_all!(
        conn,
        Notification,
        "SELECT id, title, body, link, created_at, read_at FROM notifications
         WHERE workspace_id = $1 AND user_id = $2 ORDER BY id DESC LIMIT $3",
        workspace.as_str(),
        user.as_str(),
        limit
    )
}

/// How many of a person's notifications are new.
///
/// # Errors
/// When the database refuses.
pub async fn unread(conn: &mut Conn, workspace: &WorkspaceId, user: &UserId) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM notifications WHERE workspace_id = $1 AND user_id = $2 AND read_at IS NULL";
    let row = fetch_optional!(conn, (i64,), sql, workspace.as_str(), user.as_str())?;
    Ok(row.map_or(0, |(count,)| count))
}

/// When a person was last told something whose `once` begins with `about`, epoch milliseconds.
///
/// # Errors
/// When the database refuses.
pub async fn last_told(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    about: &str,
) -> Result<Option<i64>> {
    let sql = "SELECT MAX(created_at) FROM notifications
               WHERE workspace_id = $1 AND user_id = $2 AND SUBSTR(sent_once, 1, LENGTH($3)) = $3";
    let row = fetch_optional!(conn, (Option<i64>,), sql, workspace.as_str(), user.as_str(), about)?;
    Ok(row.and_then(|(at,)| at))
}

/// Marks everything a person was told as read; gives how many were new.
///
/// # Errors
/// When the database refuses.
pub async fn mark_read(conn: &mut Conn, workspace: &WorkspaceId, user: &UserId) -> Result<u64> {
    execute!(
        conn,
        "UPDATE notifications SET read_at = $3 WHERE workspace_id = $1 AND user_id = $2 AND read_at IS NULL",
        workspace.as_str(),
        user.as_str(),
        ids::now_ms()
    )
}
