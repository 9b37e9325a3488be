//! Records of the mirror as flows are told of them: with the names of their project and people.

use crate::db::{Conn, Result, fetch_all, record};
use crate::mirror::Key;

record! {
    /// A record with the names around it.
    #[derive(Clone, Debug)]
    pub struct StoryRow {
        /// Basecamp's id.
        pub id: i64,
        /// `Todo`, `Comment`, ...
        pub kind: String,
        /// The project.
        pub bucket_id: i64,
        /// What it is called.
        pub project_name: String,
        /// The list, column or record it is in.
        pub parent_id: Option<i64>,
        /// What that is called.
        pub parent_title: String,
        /// Its title.
        pub title: String,
        /// Its text, plain.
        pub body: String,
        /// `active`, `archived`, `trashed`.
        pub status: String,
        /// 1 when done.
        pub completed: i16,
        /// `YYYY-MM-DD`.
        pub due_on: Option<String>,
        /// Who made it.
        pub creator_id: Option<i64>,
        /// The page in Basecamp.
        pub app_url: String,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub updated_at: i64,
    }
}

/// The columns of [`StoryRow`] between two pieces of SQL.
macro_rules! stories {
    ($conn:expr, $fits:literal $(, $bind:expr)*) => {
        fetch_all!(
            $conn,
            StoryRow,
            concat!(
                "SELECT r.id, r.kind, r.bucket_id, p.name AS project_name, r.parent_id, r.parent_title, r.title, r.body,
                        r.status, r.completed, r.due_on, r.creator_id, r.app_url, r.created_at, r.updated_at
                 FROM mirror_records r CROSS JOIN mirror_projects p
                 WHERE r.workspace_id = $1 AND r.account_id = $2 AND r.deleted_at IS NULL
                   AND p.workspace_id = r.workspace_id AND p.connection_id = $3 AND p.id = r.bucket_id AND p.hidden = 0
                   AND ",
                $fits
            )
            $(, $bind)*
        )
    };
}

/// One record; none when the mirror or the connection does not have it.
///
/// # Errors
/// When the database refuses.
pub async fn story(conn: &mut Conn, key: &Key, id: i64) -> Result<Option<StoryRow>> {
    let (workspace, connection) = (key.workspace.as_str(), key.connection.as_str());
    let rows = stories!(conn, "r.id = $4", workspace, key.account, connection, id)?;
    Ok(rows.into_iter().next())
}

/// Records of a kind made since a moment, the newest first.
///
/// # Errors
/// When the database refuses.
pub async fn recent(
    conn: &mut Conn,
    key: &Key,
    (kind, since, limit): (&str, i64, i64),
) -> Result<Vec<StoryRow>> {
    let (workspace, connection) = (key.workspace.as_str(), key.connection.as_str());
    stories!(
        conn,
        "r.kind = $4 AND r.status = 'active' AND r.created_at >= $5 ORDER BY r.created_at DESC, r.id DESC LIMIT $6",
        workspace,
        key.account,
        connection,
        kind,
        since,
        limit
    )
}

/// The people a record is assigned to, in order.
///
/// # Errors
/// When the database refuses.
pub async fn assignees(conn: &mut Conn, key: &Key, id: i64) -> Result<Vec<i64>> {
    let sql = "SELECT person_id FROM mirror_assignees
               WHERE workspace_id = $1 AND account_id = $2 AND record_id = $3 ORDER BY position";
    let rows = fetch_all!(conn, (i64,), sql, key.workspace.as_str(), key.account, id)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
