//! What formulas count: work with its times, posts, and changes over a span.

use crate::db::{Conn, Result, fetch_many, record};
use crate::mirror::Key;
use crate::mirror_questions::AssigneeRow;
use crate::mirror_seen::fetch_seen;
use serde::Deserialize;

record! {
    /// A to-do or a card of an active project, open or completed.
    #[derive(Clone, Debug, Deserialize)]
    pub struct ItemRow {
        /// Basecamp's id.
        pub id: i64,
        /// `Todo` or `Kanban::Card`.
        pub kind: String,
        /// What is to be done.
        pub title: String,
        /// Notes, plain.
        pub body: String,
        /// 1 when done.
        pub completed: i16,
        /// Epoch milliseconds.
        pub completed_at: Option<i64>,
        /// Who completed it.
        pub completer_id: Option<i64>,
        /// `YYYY-MM-DD`.
        pub due_on: Option<String>,
        /// The project.
        pub bucket_id: i64,
        /// The list or column it is in.
        pub parent_id: Option<i64>,
        /// What kind of place that is.
        pub parent_kind: String,
        /// What that is called.
        pub parent_title: String,
        /// Who made it.
        pub creator_id: Option<i64>,
        /// The page in Basecamp.
        pub app_url: String,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// The last thing that happened to it, epoch milliseconds.
        pub active_at: i64,
    }
}

record! {
    /// A message or a comment in an active project.
    #[derive(Clone, Debug, Deserialize)]
    pub struct PostRow {
        /// The project.
        pub bucket_id: i64,
        /// What it is written under.
        pub parent_id: Option<i64>,
        /// Who wrote it.
        pub creator_id: Option<i64>,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// 1 when it says that something is blocked, waits or is stuck.
        pub is_blocked: i16,
    }
}

record! {
    /// One change of a record, or that it was made.
    #[derive(Clone, Debug, Deserialize)]
    pub struct HappenedRow {
        /// The record.
        pub record_id: i64,
        /// `Todo`, `Comment`, ...
        pub kind: String,
        /// Its title now.
        pub title: String,
        /// The page in Basecamp.
        pub app_url: String,
        /// The project.
        pub bucket_id: i64,
        /// Its name.
        pub project: String,
        /// `title`, `due_on`, `assignees`, `created`, ...
        pub field: String,
        /// Before.
        pub old: Option<String>,
        /// After.
        pub new: Option<String>,
        /// Who did it, where Basecamp tells.
        pub who: Option<i64>,
        /// Who did it in PM OS, by name.
        pub actor: Option<String>,
        /// Epoch milliseconds.
        pub at: i64,
    }
}

/// The to-dos and cards for which `$fits` holds, which binds from `$4` on.
macro_rules! items {
    ($conn:expr, $key:expr, $fits:literal $(, $bind:expr)*) => {
        fetch_seen!(
            many $conn,
            $key,
            ItemRow,
            "r.id, r.kind, r.title, r.body, r.completed, r.completed_at, r.completer_id, r.due_on, r.bucket_id,
             r.parent_id, r.parent_kind, r.parent_title, r.creator_id, r.app_url, r.created_at,
             CASE WHEN r.updated_at > r.active_at THEN r.updated_at ELSE r.active_at END AS active_at",
            concat!(
                "r.deleted_at IS NULL AND r.status = 'active' AND r.kind IN ('Todo', 'Kanban::Card') AND ",
                $fits
            )
            $(, $bind)*
        )
    };
}

/// The to-dos and cards of one project, or of all active ones for 0.
///
/// # Errors
/// When the database refuses.
pub async fn items(conn: &mut Conn, key: &Key, project: i64) -> Result<Vec<ItemRow>> {
    match project {
        0 => items!(conn, key, "p.status = 'active' ORDER BY r.id"),
        // A statement of its own: it looks into the project alone. The plus keeps SQLite from walking all records in
        // the order of their ids to find those of the project.
        project => items!(conn, key, "r.bucket_id = $4 ORDER BY +r.id", project),
    }
}

/// Who has to do what of the records `$from` names and for which `$fits` holds, which binds from `$4` on.
macro_rules! assigned {
    ($conn:expr, $key:expr, $from:literal, $fits:literal $(, $bind:expr)*) => {
        fetch_many!(
            $conn,
            AssigneeRow,
            concat!(
                "SELECT a.record_id, m.id, m.name, m.email, m.title FROM ", $from,
                " CROSS JOIN mirror_people m WHERE a.workspace_id = $1 AND a.account_id = $2
                  AND a.kind IN ('Todo', 'Kanban::Card') AND ", $fits,
                " AND m.workspace_id = a.workspace_id AND m.connection_id = $3 AND m.id = a.person_id
                 ORDER BY a.record_id, a.position"
            ),
            $key.workspace.as_str(),
            $key.account,
            $key.connection.as_str()
            $(, $bind)*
        )
    };
}

/// Who has them to do.
///
/// # Errors
/// When the database refuses.
pub async fn assigned(conn: &mut Conn, key: &Key, project: i64) -> Result<Vec<AssigneeRow>> {
    match project {
        0 => assigned!(conn, key, "mirror_assignees a", "1 = 1"),
        project => assigned!(
            conn,
            key,
            "mirror_records r CROSS JOIN mirror_assignees a",
            "r.workspace_id = $1 AND r.account_id = $2 AND r.kind IN ('Todo', 'Kanban::Card') AND r.bucket_id = $4
             AND r.status = 'active' AND r.deleted_at IS NULL AND a.record_id = r.id",
            project
        ),
    }
}

/// The messages and comments for which `$fits` holds, which binds from `$4` on.
macro_rules! posts {
    ($conn:expr, $key:expr, $fits:literal $(, $bind:expr)*) => {
        fetch_seen!(
            many $conn,
            $key,
            PostRow,
            "r.bucket_id, r.parent_id, r.creator_id, r.created_at,
             CASE WHEN LOWER(r.body) LIKE '%blocked%' OR LOWER(r.body) LIKE '%waiting for%'
                    OR LOWER(r.body) LIKE '%stuck%' THEN CAST(1 AS SMALLINT) ELSE CAST(0 AS SMALLINT) END AS is_blocked",
            concat!(
                "r.deleted_at IS NULL AND r.status = 'active' AND r.kind IN ('Message', 'Comment') AND ",
                $fits,
                " ORDER BY r.created_at DESC"
            )
            $(, $bind)*
        )
    };
}

/// The messages and comments of one project, or of all active ones for 0.
///
/// # Errors
/// When the database refuses.
pub async fn posts(conn: &mut Conn, key: &Key, project: i64) -> Result<Vec<PostRow>> {
    match project {
        0 => posts!(conn, key, "p.status = 'active'"),
        project => posts!(conn, key, "r.bucket_id = $4", project),
    }
}

/// Which work and posts still count for how people stand.
#[derive(Clone, Copy, Debug)]
pub struct Lately {
    /// Work that was completed from this moment on, epoch milliseconds. What is open counts always.
    pub done: i64,
    /// Work that was made or written about from this moment on, and posts, epoch milliseconds.
    pub said: i64,
}

/// The to-dos and cards of all active projects that still count, by id, without their notes.
///
/// # Errors
/// When the database refuses.
pub async fn items_lately(conn: &mut Conn, key: &Key, lately: Lately) -> Result<Vec<ItemRow>> {
    fetch_seen!(
        many conn,
        key,
        ItemRow,
        "r.id, r.kind, r.title, '' AS body, r.completed, r.completed_at, r.completer_id, r.due_on, r.bucket_id,
         r.parent_id, r.parent_kind, r.parent_title, r.creator_id, r.app_url, r.created_at,
         CASE WHEN r.updated_at > r.active_at THEN r.updated_at ELSE r.active_at END AS active_at",
        "r.deleted_at IS NULL AND r.status = 'active' AND r.kind IN ('Todo', 'Kanban::Card') AND p.status = 'active'
         AND (r.completed = 0 OR r.completed_at >= $4 OR r.created_at >= $5 OR r.active_at >= $5)
         ORDER BY r.id",
        lately.done,
        lately.said
    )
}

/// Who has them to do.
///
/// # Errors
/// When the database refuses.
pub async fn assigned_lately(
    conn: &mut Conn,
    key: &Key,
    lately: Lately,
) -> Result<Vec<AssigneeRow>> {
    assigned!(
        conn,
        key,
        "mirror_records r CROSS JOIN mirror_assignees a",
        "r.workspace_id = $1 AND r.account_id = $2 AND r.kind IN ('Todo', 'Kanban::Card')
         AND r.status = 'active' AND r.deleted_at IS NULL AND (r.completed = 0 OR r.completed_at >= $4 OR r.created_at >= $5 OR r.active_at >= $5)
         AND a.record_id = r.id",
        lately.done,
        lately.said
    )
}

/// The messages and comments of all active projects that still count, the newest first.
///
/// # Errors
/// When the database refuses.
pub async fn posts_lately(conn: &mut Conn, key: &Key, lately: Lately) -> Result<Vec<PostRow>> {
    posts!(conn, key, "p.status = 'active' AND r.created_at >= $4", lately.said)
}

/// What changed and what was made from one moment to before another, the newest first.
///
/// # Errors
/// When the database refuses.
pub async fn happened(
    conn: &mut Conn,
    key: &Key,
    (from, to): (i64, i64),
) -> Result<Vec<HappenedRow>> {
    let mut changed = fetch_many!(
        conn,
        HappenedRow,
        "SELECT c.record_id, r.kind, r.title, r.app_url, c.bucket_id, p.name AS project, c.field, c.old, c.new, c.who, c.actor,
                c.at
         FROM mirror_changes c CROSS JOIN mirror_projects p CROSS JOIN mirror_records r
         WHERE c.workspace_id = $1 AND c.account_id = $2 AND c.at >= $4 AND c.at < $5
           AND p.workspace_id = c.workspace_id AND p.connection_id = $3 AND p.id = c.bucket_id AND p.hidden = 0
           AND r.workspace_id = c.workspace_id AND r.account_id = c.account_id AND r.id = c.record_id
           AND r.deleted_at IS NULL
         ORDER BY c.at DESC, c.id DESC",
        key.workspace.as_str(),
        key.account,
        key.connection.as_str(),
        from,
        to
    )?;
    let made = fetch_seen!(
        many conn,
        key,
        HappenedRow,
        "r.id AS record_id, r.kind, r.title, r.app_url, r.bucket_id, p.name AS project, 'created' AS field,
         CAST(NULL AS TEXT) AS old, r.title AS new, r.creator_id AS who, CAST(NULL AS TEXT) AS actor,
         r.created_at AS at",
        "r.created_at >= $4 AND r.created_at < $5 AND r.deleted_at IS NULL ORDER BY r.created_at DESC, r.id DESC",
        from,
        to
    )?;
    changed.extend(made);
    changed.sort_by_key(|it| std::cmp::Reverse(it.at));
    Ok(changed)
}
