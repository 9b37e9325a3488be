//! What happened last in one project, and how much is in it: a few rows from the end of an index each.

use crate::db::{Conn, Result, fetch_all, record};
use crate::mirror::Key;
use crate::mirror_seen::fetch_seen;
use std::cmp::Reverse;

record! {
    /// Something that happened to a record.
    #[derive(Clone, Debug)]
    pub struct NewsRow {
        /// The record.
        pub record_id: i64,
        /// `Todo`, `Comment`, ...
        pub kind: String,
        /// What it is in, or written under.
        pub parent_id: Option<i64>,
        /// What that is: `Todolist`, `Kanban::Card`, ...
        pub parent_kind: String,
        /// What that is called.
        pub parent_title: String,
        /// Its title.
        pub title: String,
        /// The page in Basecamp.
        pub app_url: String,
        /// `created`, or the field that changed: `completion`, `parent`, `due_on`, `assignees`, `status`.
        pub field: String,
        /// What it is since.
        pub new: Option<String>,
        /// Who did it, where Basecamp says so.
        pub who: Option<i64>,
        /// Epoch milliseconds.
        pub at: i64,
    }
}

/// The last things that happened in a project, the newest first, `limit` at most.
///
/// # Errors
/// When the database refuses.
pub async fn latest(
    conn: &mut Conn,
    key: &Key,
    (project, limit): (i64, i64),
) -> Result<Vec<NewsRow>> {
    let mut found = fetch_seen!(
        conn,
        key,
        NewsRow,
        "r.id AS record_id, r.kind, r.parent_id, r.parent_kind, r.parent_title, r.title, r.app_url,
         'completion' AS field, CAST('completed' AS TEXT) AS new, r.completer_id AS who, r.completed_at AS at",
        "r.deleted_at IS NULL AND r.status = 'active' AND r.kind IN ('Todo', 'Kanban::Card') AND r.bucket_id = $4
         AND r.completed = 1 AND r.completed_at IS NOT NULL ORDER BY r.completed_at DESC, r.id DESC LIMIT $5",
        project,
        limit
    )?;
    found.extend(fetch_seen!(
        conn,
        key,
        NewsRow,
        "r.id AS record_id, r.kind, r.parent_id, r.parent_kind, r.parent_title, r.title, r.app_url,
         'created' AS field, CAST(NULL AS TEXT) AS new, r.creator_id AS who, r.created_at AS at",
        "r.deleted_at IS NULL AND r.status = 'active' AND r.bucket_id = $4
         AND r.kind IN ('Todo', 'Kanban::Card', 'Message', 'Comment', 'Document', 'Upload', 'Schedule::Entry',
                        'Question::Answer')
         ORDER BY r.created_at DESC, r.id DESC LIMIT $5",
        project,
        limit
    )?);
    found.extend(changed(conn, key, (project, limit)).await?);
    // A card that is completed is also moved, and both are one act.
    let rank = |it: &NewsRow| ["completion", "created"].iter().position(|word| *word == it.field);
    found.sort_by_key(|it| (Reverse(it.at), Reverse(it.record_id), rank(it).unwrap_or(2)));
    found.dedup_by_key(|it| (it.record_id, it.at));
    found.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(found)
}

/// The newest changes; that something was completed is known of the record itself.
async fn changed(conn: &mut Conn, key: &Key, (project, limit): (i64, i64)) -> Result<Vec<NewsRow>> {
    fetch_all!(
        conn,
        NewsRow,
        "SELECT c.record_id, r.kind, r.parent_id, r.parent_kind, r.parent_title, r.title, r.app_url, c.field, c.new,
                c.who, c.at
         FROM mirror_changes c CROSS JOIN mirror_records r CROSS JOIN mirror_projects p
         WHERE c.workspace_id = $1 AND c.account_id = $2 AND c.bucket_id = $4
           AND (c.field IN ('parent', 'due_on', 'assignees', 'status') OR (c.field = 'completion' AND c.new = 'open'))
           AND r.workspace_id = c.workspace_id AND r.account_id = c.account_id AND r.id = c.record_id
           AND r.deleted_at IS NULL
           AND r.kind IN ('Todo', 'Kanban::Card', 'Message', 'Document', 'Upload', 'Schedule::Entry')
           AND p.workspace_id = c.workspace_id AND p.connection_id = $3 AND p.id = c.bucket_id AND p.hidden = 0
         ORDER BY c.at DESC, c.id DESC LIMIT $5",
        key.workspace.as_str(),
        key.account,
        key.connection.as_str(),
        project,
        limit
    )
}

/// How much of each kind is in use in a project: kind, 1 where it is completed, how many.
///
/// # Errors
/// When the database refuses.
pub async fn counts(conn: &mut Conn, key: &Key, project: i64) -> Result<Vec<(String, i16, i64)>> {
    fetch_seen!(
        conn,
        key,
        (String, i16, i64),
        "r.kind, r.completed, COUNT(*)",
        "r.kind IN ('Todo', 'Kanban::Card', 'Message', 'Document', 'Upload') AND r.bucket_id = $4
         AND r.status = 'active' AND r.deleted_at IS NULL GROUP BY r.kind, r.completed",
        project
    )
}
