//! Records of the mirror as flows are told of them: with the names of their project and people.

use crate::db::{Conn, Result, fetch_all, record};
use crate::mirror::Key;
use crate::mirror_seen::fetch_seen;

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
        /// 1 when clients may see it.
        pub for_clients: i16,
        /// The page in Basecamp.
        pub app_url: String,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub updated_at: i64,
    }
}

/// The [`StoryRow`]s that are not gone and for which `$rest` holds, which binds from `$4` on.
macro_rules! stories {
    ($conn:expr, $key:expr, $rest:literal $(, $bind:expr)*) => {
        fetch_seen!(
            $conn,
            $key,
            StoryRow,
            "r.id, r.kind, r.bucket_id, p.name AS project_name, r.parent_id, r.parent_title, r.title, r.body,
             r.status, r.completed, r.due_on, r.creator_id, r.for_clients, r.app_url, r.created_at, r.updated_at",
            concat!("r.deleted_at IS NULL AND ", $rest)
            $(, $bind)*
        )
    };
}

/// One record; none when the mirror or the connection does not have it.
///
/// # Errors
/// When the database refuses.
pub async fn story(conn: &mut Conn, key: &Key, id: i64) -> Result<Option<StoryRow>> {
    Ok(stories!(conn, key, "r.id = $4", id)?.into_iter().next())
}

/// Records of a kind made since a moment (epoch milliseconds), the newest first, `limit` at most.
///
/// # Errors
/// When the database refuses.
pub async fn recent(
    conn: &mut Conn,
    key: &Key,
    (kind, since, limit): (&str, i64, i64),
) -> Result<Vec<StoryRow>> {
    stories!(
        conn,
        key,
        "r.kind = $4 AND r.status = 'active' AND r.created_at >= $5 ORDER BY r.created_at DESC, r.id DESC LIMIT $6",
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
