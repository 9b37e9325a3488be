//! What happened last in one project or in all, and how much is in it: a few rows from the end of an index each.

use crate::db::{Conn, Result, fetch_all, record};
use crate::mirror::Key;
use crate::mirror_seen::{fetch_seen, seen};
use std::cmp::Reverse;

record! {
    /// Something that happened to a record.
    #[derive(Clone, Debug)]
    pub struct NewsRow {
        /// The record.
        pub record_id: i64,
        /// `Todo`, `Comment`, ...
        pub kind: String,
        /// The project.
        pub bucket_id: i64,
        /// What that is called.
        pub project: String,
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
        /// Who did it in PM OS, by name.
        pub actor: Option<String>,
        /// Epoch milliseconds.
        pub at: i64,
    }
}

/// What is read of records: of those that were completed, and of those that were made.
macro_rules! newest {
    ($conn:expr, $key:expr, ($field:literal, $new:literal, $who:literal, $at:literal), $rest:literal $(, $bind:expr)*) => {
        fetch_all!(
            $conn,
            NewsRow,
            concat!(
                "SELECT r.id AS record_id, r.kind, r.bucket_id, p.name AS project, r.parent_id, r.parent_kind,
                        r.parent_title, r.title, r.app_url, '", $field, "' AS field, CAST(", $new, " AS TEXT) AS new,
                        r.", $who, " AS who, CAST(NULL AS TEXT) AS actor, r.", $at, " AS at
                 FROM mirror_records r CROSS JOIN mirror_projects p WHERE ", seen!(),
                " AND r.deleted_at IS NULL AND r.status = 'active' AND ", $rest, " ORDER BY r.", $at,
                " DESC, r.id DESC LIMIT $4"
            ),
            $key.workspace.as_str(),
            $key.account,
            $key.connection.as_str()
            $(, $bind)*
        )
    };
}

/// The newest changes; that something was completed is known of the record itself.
macro_rules! changed {
    ($conn:expr, $key:expr, $rest:literal $(, $bind:expr)*) => {
        fetch_all!(
            $conn,
            NewsRow,
            concat!(
                "SELECT c.record_id, r.kind, c.bucket_id, p.name AS project, r.parent_id, r.parent_kind,
                        r.parent_title, r.title, r.app_url, c.field, c.new, c.who, c.actor, c.at
                 FROM mirror_changes c CROSS JOIN mirror_records r CROSS JOIN mirror_projects p
                 WHERE c.workspace_id = $1 AND c.account_id = $2 AND ", $rest,
                " AND (c.field IN ('parent', 'due_on', 'assignees', 'status')
                       OR (c.field = 'completion' AND c.new = 'open'))
                  AND r.workspace_id = c.workspace_id AND r.account_id = c.account_id AND r.id = c.record_id
                  AND r.deleted_at IS NULL
                  AND r.kind IN ('Todo', 'Kanban::Card', 'Message', 'Document', 'Upload', 'Schedule::Entry')
                  AND p.workspace_id = c.workspace_id AND p.connection_id = $3 AND p.id = c.bucket_id
                  AND p.hidden = 0
                 ORDER BY c.at DESC, c.id DESC LIMIT $4"
            ),
            $key.workspace.as_str(),
            $key.account,
            $key.connection.as_str()
            $(, $bind)*
        )
    };
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
    let mut found = newest!(
        conn,
        key,
        ("completion", "'completed'", "completer_id", "completed_at"),
        "r.kind IN ('Todo', 'Kanban::Card') AND r.bucket_id = $5 AND r.completed = 1
         AND r.completed_at IS NOT NULL",
        limit,
        project
    )?;
    found.extend(newest!(
        conn,
        key,
        ("created", "NULL", "creator_id", "created_at"),
        "r.bucket_id = $5 AND r.kind IN ('Todo', 'Kanban::Card', 'Message', 'Comment', 'Document', 'Upload',
                                         'Schedule::Entry', 'Question::Answer')",
        limit,
        project
    )?);
    found.extend(changed!(conn, key, "c.bucket_id = $5", limit, project)?);
    Ok(newest_first(found, limit))
}

/// The same over all projects that the connection sees and that are in use: only what happened from `since` (epoch
/// milliseconds) on is looked at, so that the indexes of the times bound it.
///
/// # Errors
/// When the database refuses.
pub async fn latest_of_all(
    conn: &mut Conn,
    key: &Key,
    (since, limit): (i64, i64),
) -> Result<Vec<NewsRow>> {
    let mut found = Vec::new();
    for kind in ["Todo", "Kanban::Card"] {
        found.extend(newest!(
            conn,
            key,
            ("completion", "'completed'", "completer_id", "completed_at"),
            "r.kind = $6 AND r.completed_at >= $5 AND r.completed = 1 AND p.status = 'active'",
            limit,
            since,
            kind
        )?);
    }
    found.extend(newest!(
        conn,
        key,
        ("created", "NULL", "creator_id", "created_at"),
        "r.created_at >= $5 AND p.status = 'active'
         AND r.kind IN ('Todo', 'Kanban::Card', 'Message', 'Comment', 'Document', 'Upload', 'Schedule::Entry',
                        'Question::Answer')",
        limit,
        since
    )?);
    found.extend(changed!(conn, key, "c.at >= $5 AND p.status = 'active'", limit, since)?);
    Ok(newest_first(found, limit))
}

fn newest_first(mut found: Vec<NewsRow>, limit: i64) -> Vec<NewsRow> {
    // A card that is completed is also moved, and both are one act.
    let rank = |it: &NewsRow| ["completion", "created"].iter().position(|word| *word == it.field);
    found.sort_by_key(|it| (Reverse(it.at), Reverse(it.record_id), rank(it).unwrap_or(2)));
    found.dedup_by_key(|it| (it.record_id, it.at));
    found.truncate(usize::try_from(limit).unwrap_or_default());
    found
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
