//! What people wrote, in their words, and what left or moved: what patterns, decisions, scope, check-ins and who waits
//! for whom are read from.

use crate::db::{Conn, Result, fetch_all, fetch_optional, record};
use crate::mirror::Key;
use crate::mirror_seen::fetch_seen;
use serde::Deserialize;

record! {
    /// A message or a comment with its words.
    #[derive(Clone, Debug, Deserialize)]
    pub struct SaidRow {
        /// Basecamp's id.
        pub id: i64,
        /// `Message` or `Comment`.
        pub kind: String,
        /// The project.
        pub bucket_id: i64,
        /// What it is written under.
        pub parent_id: Option<i64>,
        /// What that is called.
        pub parent_title: String,
        /// The subject of a message.
        pub title: String,
        /// The words, plain.
        pub body: String,
        /// Who wrote it.
        pub creator_id: Option<i64>,
        /// The page in Basecamp.
        pub app_url: String,
        /// Epoch milliseconds.
        pub created_at: i64,
    }
}

record! {
    /// A record whose last comment waits for somebody's word.
    #[derive(Clone, Debug)]
    pub struct WaitingRow {
        /// Basecamp's id.
        pub id: i64,
        /// `Todo`, `Kanban::Card` or `Message`.
        pub kind: String,
        /// The project.
        pub bucket_id: i64,
        /// What it is called.
        pub title: String,
        /// The page in Basecamp.
        pub app_url: String,
        /// The words of the last comment, plain.
        pub words: String,
        /// Who wrote it.
        pub who: Option<i64>,
        /// When, epoch milliseconds.
        pub said_at: i64,
    }
}

macro_rules! last_comment_of_another {
    () => {
        " AND r.deleted_at IS NULL AND r.status = 'active'
          AND p.workspace_id = r.workspace_id AND p.connection_id = $3 AND p.id = r.bucket_id AND p.hidden = 0
          AND p.status = 'active'
          AND c.workspace_id = r.workspace_id AND c.account_id = r.account_id AND c.parent_id = r.id
          AND c.kind = 'Comment' AND c.status = 'active' AND c.deleted_at IS NULL AND c.creator_id <> $4
          AND NOT EXISTS (
              SELECT 1 FROM mirror_records l
              WHERE l.workspace_id = r.workspace_id AND l.account_id = r.account_id AND l.parent_id = r.id
                AND l.kind = 'Comment' AND l.status = 'active' AND l.deleted_at IS NULL
                AND (l.created_at > c.created_at OR (l.created_at = c.created_at AND l.id > c.id)))"
    };
}

/// Open to-dos and cards that a person has to do, and messages they wrote, where somebody else said the last word; the
/// newest word first.
///
/// # Errors
/// When the database refuses.
pub async fn waiting(conn: &mut Conn, key: &Key, person: i64) -> Result<Vec<WaitingRow>> {
    fetch_all!(
        conn,
        WaitingRow,
        concat!(
            "SELECT r.id AS id, r.kind, r.bucket_id, r.title, r.app_url, c.body AS words, c.creator_id AS who,
                    c.created_at AS said_at
             FROM mirror_assignees a CROSS JOIN mirror_records r CROSS JOIN mirror_projects p
                  CROSS JOIN mirror_records c
             WHERE a.workspace_id = $1 AND a.account_id = $2 AND a.kind IN ('Todo', 'Kanban::Card')
               AND a.person_id = $4 AND a.is_open = 1
               AND r.workspace_id = a.workspace_id AND r.account_id = a.account_id AND r.id = a.record_id",
            last_comment_of_another!(),
            " UNION ALL
             SELECT r.id AS id, r.kind, r.bucket_id, r.title, r.app_url, c.body AS words, c.creator_id AS who,
                    c.created_at AS said_at
             FROM mirror_records r CROSS JOIN mirror_projects p CROSS JOIN mirror_records c
             WHERE r.workspace_id = $1 AND r.account_id = $2 AND r.kind = 'Message' AND r.creator_id = $4",
            last_comment_of_another!(),
            " ORDER BY said_at DESC, id DESC"
        ),
        key.workspace.as_str(),
        key.account,
        key.connection.as_str(),
        person
    )
}

/// The [`SaidRow`]s in use for which `$fits` holds, the newest first; it binds from `$4` on.
macro_rules! said {
    ($conn:expr, $key:expr, $fits:literal $(, $bind:expr)*) => {
        fetch_seen!(
            many $conn,
            $key,
            SaidRow,
            "r.id, r.kind, r.bucket_id, r.parent_id, r.parent_title, r.title, r.body, r.creator_id, r.app_url,
             r.created_at",
            concat!(
                "r.deleted_at IS NULL AND r.status = 'active' AND ",
                $fits,
                " ORDER BY r.created_at DESC, r.id DESC"
            )
            $(, $bind)*
        )
    };
}

/// Answers to check-ins in active projects from one moment to before another (epoch milliseconds); the newest first.
///
/// # Errors
/// When the database refuses.
pub async fn answers(conn: &mut Conn, key: &Key, (from, to): (i64, i64)) -> Result<Vec<SaidRow>> {
    said!(
        conn,
        key,
        "p.status = 'active' AND r.kind = 'Question::Answer' AND r.created_at >= $4 AND r.created_at < $5",
        from,
        to
    )
}

/// The messages and comments of one project, or of all active ones for 0, since a moment (epoch milliseconds); the
/// newest first.
///
/// # Errors
/// When the database refuses.
pub async fn said(
    conn: &mut Conn,
    key: &Key,
    (project, since): (i64, i64),
) -> Result<Vec<SaidRow>> {
    said!(
        conn,
        key,
        "r.kind IN ('Message', 'Comment') AND (($4 = 0 AND p.status = 'active') OR r.bucket_id = $4)
         AND r.created_at >= $5",
        project,
        since
    )
}

/// When records last went to another list or column: record and moment (epoch milliseconds).
///
/// # Errors
/// When the database refuses.
pub async fn moved(conn: &mut Conn, key: &Key) -> Result<Vec<(i64, i64)>> {
    fetch_all!(
        conn,
        (i64, i64),
        "SELECT c.record_id, MAX(c.at) FROM mirror_changes c
         WHERE c.workspace_id = $1 AND c.account_id = $2 AND c.field = 'parent' GROUP BY c.record_id",
        key.workspace.as_str(),
        key.account
    )
}

/// How many to-dos made in a project before a moment are in the trash or in another project by now.
///
/// # Errors
/// When the database refuses.
pub async fn left(conn: &mut Conn, key: &Key, (project, before): (i64, i64)) -> Result<i64> {
    let (workspace, account) = (key.workspace.as_str(), key.account);
    let trashed = fetch_optional!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM mirror_records r
         WHERE r.workspace_id = $1 AND r.account_id = $2 AND r.kind = 'Todo' AND r.bucket_id = $3
           AND r.created_at < $4 AND (r.status = 'trashed' OR r.deleted_at IS NOT NULL)",
        workspace,
        account,
        project,
        before
    )?;
    let moved = fetch_optional!(
        conn,
        (i64,),
        "SELECT COUNT(DISTINCT r.id) FROM mirror_changes c CROSS JOIN mirror_records r
         WHERE c.workspace_id = $1 AND c.account_id = $2 AND c.field = 'project' AND c.old = $3
           AND r.workspace_id = c.workspace_id AND r.account_id = c.account_id AND r.id = c.record_id
           AND r.kind = 'Todo' AND r.created_at < $4 AND r.bucket_id <> $5",
        workspace,
        account,
        project.to_string(),
        before,
        project
    )?;
    Ok(trashed.map_or(0, |it| it.0) + moved.map_or(0, |it| it.0))
}
