//! What is counted of every project for how it stands. The database counts; nothing is read record by record.

use crate::db::{Conn, Result, fetch_all, record};
use crate::mirror::Key;

record! {
    /// The to-dos of one project.
    #[derive(Clone, Debug)]
    pub struct TodoTally {
        /// The project.
        pub bucket_id: i64,
        /// Open and completed ones.
        pub todos: i64,
        /// Completed ones.
        pub completed: i64,
        /// Those completed since [`Since::done`].
        pub done: i64,
        /// Those to which something happened since [`Since::active`].
        pub active: i64,
        /// Open ones past their day.
        pub overdue: i64,
        /// Open ones to which nothing happened since [`Since::stale`].
        pub stale: i64,
        /// Open ones that nobody has.
        pub unassigned: i64,
    }
}

record! {
    /// The messages and comments of one project.
    #[derive(Clone, Copy, Debug)]
    pub struct PostTally {
        /// The project.
        pub bucket_id: i64,
        /// How many.
        pub posts: i64,
    }
}

/// From when on something counts, epoch milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// What was completed.
    pub done: i64,
    /// What something happened to, and posts.
    pub active: i64,
    /// Open work is stale to which nothing happened since.
    pub stale: i64,
}

/// The to-dos of every project of the account, also of those a connection does not see.
///
/// # Errors
/// When the database refuses.
pub async fn todos(
    conn: &mut Conn,
    key: &Key,
    since: Since,
    today: &str,
) -> Result<Vec<TodoTally>> {
    fetch_all!(
        conn,
        TodoTally,
        "SELECT r.bucket_id, COUNT(*) AS todos,
                SUM(CASE WHEN r.completed = 1 THEN 1 ELSE 0 END) AS completed,
                SUM(CASE WHEN r.completed = 1 AND r.completed_at >= $3 THEN 1 ELSE 0 END) AS done,
                SUM(CASE WHEN r.updated_at >= $4 OR r.active_at >= $4 THEN 1 ELSE 0 END) AS active,
                SUM(CASE WHEN r.completed = 0 AND r.due_on < $6 THEN 1 ELSE 0 END) AS overdue,
                SUM(CASE WHEN r.completed = 0 AND r.updated_at < $5 AND r.active_at < $5 THEN 1 ELSE 0 END) AS stale,
                SUM(CASE WHEN r.completed = 0 AND r.assignees = 0 THEN 1 ELSE 0 END) AS unassigned
         FROM mirror_records r
         WHERE r.workspace_id = $1 AND r.account_id = $2 AND r.kind = 'Todo' AND r.status = 'active'
           AND r.deleted_at IS NULL
         GROUP BY r.bucket_id",
        key.workspace.as_str(),
        key.account,
        since.done,
        since.active,
        since.stale,
        today
    )
}

/// All messages and comments of every project of the account, also of those a connection does not see.
///
/// # Errors
/// When the database refuses.
pub async fn posts(conn: &mut Conn, key: &Key) -> Result<Vec<PostTally>> {
    fetch_all!(
        conn,
        PostTally,
        // The plus keeps SQLite at an index that holds all it needs.
        "SELECT bucket_id, COUNT(*) AS posts FROM (
             SELECT +r.bucket_id AS bucket_id FROM mirror_records r
             WHERE r.workspace_id = $1 AND r.account_id = $2 AND r.kind IN ('Message', 'Comment')
               AND r.status = 'active' AND r.deleted_at IS NULL) posted
         GROUP BY bucket_id",
        key.workspace.as_str(),
        key.account
    )
}

/// Those made from `since` on (epoch milliseconds).
///
/// # Errors
/// When the database refuses.
pub async fn posts_since(conn: &mut Conn, key: &Key, since: i64) -> Result<Vec<PostTally>> {
    fetch_all!(
        conn,
        PostTally,
        // The kind in an expression keeps SQLite at the index of when records were made.
        "SELECT r.bucket_id, COUNT(*) AS posts FROM mirror_records r
         WHERE r.workspace_id = $1 AND r.account_id = $2 AND r.created_at >= $3
           AND (r.kind || '') IN ('Message', 'Comment') AND r.status = 'active' AND r.deleted_at IS NULL
         GROUP BY r.bucket_id",
        key.workspace.as_str(),
        key.account,
        since
    )
}
