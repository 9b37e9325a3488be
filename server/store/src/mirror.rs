//! What the mirror holds of Basecamp: records, projects and people, as they were last read.
//!
//! Records are shared by all connections of a workspace to one account; who may see which of them follows from the
//! projects each connection sees.

use crate::db::{Conn, Result, execute, record};
pub use crate::mirror_changes::By;
use crate::mirror_changes::{known, note_changes};
pub use crate::mirror_dirty::{dirty, leave};
use crate::{flow_starts, ids, mirror_words};
use domain::ids::{ConnectionId, WorkspaceId};

/// One connection's mirror.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Through which connection.
    pub connection: ConnectionId,
    /// The account in Basecamp.
    pub account: i64,
}

/// A record as it was read.
#[derive(Clone, Debug)]
pub struct Record {
    /// Basecamp's id.
    pub id: i64,
    /// `Todo`, `Kanban::Card`, ...
    pub kind: String,
    /// The project.
    pub bucket_id: i64,
    /// The list, column or record it is in.
    pub parent_id: Option<i64>,
    /// What that is.
    pub parent_kind: String,
    /// What that is called.
    pub parent_title: String,
    /// The page of it in Basecamp.
    pub parent_url: String,
    /// Its title, plain.
    pub title: String,
    /// Its text, plain.
    pub body: String,
    /// `active`, `archived`, `trashed`.
    pub status: String,
    /// Done.
    pub completed: bool,
    /// Epoch milliseconds.
    pub completed_at: Option<i64>,
    /// Who completed it.
    pub completer_id: Option<i64>,
    /// `YYYY-MM-DD`.
    pub due_on: Option<String>,
    /// `YYYY-MM-DD`; of hours the day they were worked.
    pub starts_on: Option<String>,
    /// Place among its siblings.
    pub position: i64,
    /// Who made it.
    pub creator_id: Option<i64>,
    /// Who is to do it, in order.
    pub assignees: Vec<i64>,
    /// Comments under it.
    pub comments: i64,
    /// Whether clients may see it.
    pub for_clients: bool,
    /// The page in Basecamp.
    pub app_url: String,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Epoch milliseconds.
    pub updated_at: i64,
    /// The JSON as it came, people as their ids.
    pub raw: String,
}

record! {
    /// A project, as one connection sees it.
    #[derive(Clone, Debug)]
    pub struct ProjectRow {
        /// Basecamp's id.
        pub id: i64,
        /// Its name.
        pub name: String,
        /// What it is about, plain.
        pub description: String,
        /// `active`, `archived`, `trashed`.
        pub status: String,
        /// The page in Basecamp.
        pub app_url: String,
        /// The to-do set in its dock; none when the tool is off.
        pub todoset_id: Option<i64>,
        /// Epoch milliseconds.
        pub updated_at: i64,
        /// The JSON as it came.
        pub raw: String,
    }
}

record! {
    /// A person, as one connection sees them.
    #[derive(Clone, Debug)]
    pub struct PersonRow {
        /// Basecamp's id.
        pub id: i64,
        /// Full name.
        pub name: String,
        /// None where Basecamp does not tell.
        pub email: Option<String>,
        /// Job title.
        pub title: Option<String>,
        /// 1 for a client.
        pub client: i16,
        /// The JSON as it came.
        pub raw: String,
    }
}

/// How a record came to be read.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// The walk it was seen in; 0 outside of any.
    pub run: i64,
    /// When it was asked for, epoch milliseconds: what was asked for or written after that is newer.
    pub asked_at: i64,
    /// Whether it is the answer to a write of our own.
    pub is_ours: bool,
}

/// Stores a record as it was read; whether anything about it is new. Basecamp's clock tells only between readings at once.
///
/// # Errors
/// When the database refuses.
pub async fn put_record(
    conn: &mut Conn,
    key: &Key,
    new: &Record,
    reading: Reading,
) -> Result<bool> {
    put_record_by(conn, key, new, reading, &By::default()).await
}

/// The same where it is known who changed what.
///
/// # Errors
/// When the database refuses.
pub async fn put_record_by(
    conn: &mut Conn,
    key: &Key,
    new: &Record,
    reading: Reading,
    by: &By,
) -> Result<bool> {
    let known = known(conn, key, new.id).await?;
    if let Some(known) = &known {
        let is_overtaken =
            (known.touched_at, known.updated_at) > (reading.asked_at, new.updated_at);
        let is_same = known.json == new.raw && known.deleted_at.is_none();
        if !reading.is_ours && (is_overtaken || is_same) {
            let sql = "UPDATE mirror_records SET seen_run = CASE WHEN $4 > seen_run THEN $4 ELSE seen_run END,
                         missing = 0, dirty_at = CASE WHEN $5 = 1 THEN dirty_at END
                       WHERE workspace_id = $1 AND account_id = $2 AND id = $3";
            let (workspace, is_overtaken) = (key.workspace.as_str(), i16::from(is_overtaken));
            execute!(conn, sql, workspace, key.account, new.id, reading.run, is_overtaken)?;
            return Ok(false);
        }
    }
    let is_moving = match &known {
        Some(known) => note_changes(conn, key, (known, new), by).await?,
        // Seen for the first time, all that is known is when it was last updated.
        None => flow_starts::appeared(conn, key, new).await.map(|()| true)?,
    };
    let active_at = if is_moving { new.updated_at } else { new.created_at };
    if !upsert(conn, key, new, reading, active_at).await? {
        // Our own write came in between, on another node.
        return Ok(false);
    }
    assign(conn, key, new).await?;
    let sql = "INSERT INTO mirror_raw (workspace_id, account_id, id, json) VALUES ($1, $2, $3, $4)
               ON CONFLICT (workspace_id, account_id, id) DO UPDATE SET json = excluded.json";
    execute!(conn, sql, key.workspace.as_str(), key.account, new.id, new.raw.as_str())?;
    mirror_words::put(conn, key, new.id, &new.title, &new.body).await?;
    if new.kind == "Comment"
        && let Some(parent) = new.parent_id
    {
        move_on(conn, key, parent, new.created_at).await?;
    }
    Ok(true)
}

async fn upsert(
    conn: &mut Conn,
    key: &Key,
    new: &Record,
    reading: Reading,
    active_at: i64,
) -> Result<bool> {
    let stored = execute!(
        conn,
        "INSERT INTO mirror_records (workspace_id, account_id, id, kind, bucket_id, parent_id, parent_kind,
             parent_title, parent_url, title, body, status, completed, completed_at, completer_id, due_on, starts_on, position,
             creator_id, assignees, comments, for_clients, app_url, created_at, updated_at, active_at, seen_run,
             touched_at, missing, dirty_at, deleted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 $23, $24, $25, $26, $27, $28, 0, NULL, NULL)
         ON CONFLICT (workspace_id, account_id, id) DO UPDATE SET kind = excluded.kind,
             bucket_id = excluded.bucket_id, parent_id = excluded.parent_id, parent_kind = excluded.parent_kind,
             parent_title = excluded.parent_title, parent_url = excluded.parent_url, title = excluded.title, body = excluded.body,
             status = excluded.status, completed = excluded.completed, completed_at = excluded.completed_at,
             completer_id = excluded.completer_id, due_on = excluded.due_on, starts_on = excluded.starts_on,
             position = excluded.position, creator_id = excluded.creator_id, assignees = excluded.assignees,
             comments = excluded.comments, for_clients = excluded.for_clients, app_url = excluded.app_url,
             created_at = excluded.created_at, updated_at = excluded.updated_at,
             active_at = CASE WHEN excluded.active_at > mirror_records.active_at
                         THEN excluded.active_at ELSE mirror_records.active_at END,
             seen_run = CASE WHEN excluded.seen_run > mirror_records.seen_run
                        THEN excluded.seen_run ELSE mirror_records.seen_run END,
             touched_at = CASE WHEN excluded.touched_at > mirror_records.touched_at
                          THEN excluded.touched_at ELSE mirror_records.touched_at END,
             missing = 0, dirty_at = NULL, deleted_at = NULL
         WHERE mirror_records.touched_at <= $29 OR $30 = 1",
        key.workspace.as_str(),
        key.account,
        new.id,
        new.kind.as_str(),
        new.bucket_id,
        new.parent_id,
        new.parent_kind.as_str(),
        new.parent_title.as_str(),
        new.parent_url.as_str(),
        new.title.as_str(),
        new.body.as_str(),
        new.status.as_str(),
        i16::from(new.completed),
        new.completed_at,
        new.completer_id,
        new.due_on.as_deref(),
        new.starts_on.as_deref(),
        new.position,
        new.creator_id,
        i64::try_from(new.assignees.len()).unwrap_or(i64::MAX),
        new.comments,
        i16::from(new.for_clients),
        new.app_url.as_str(),
        new.created_at,
        new.updated_at,
        active_at,
        reading.run,
        if reading.is_ours { ids::now_ms() } else { reading.asked_at },
        reading.asked_at,
        i16::from(reading.is_ours)
    )?;
    Ok(stored > 0)
}

async fn assign(conn: &mut Conn, key: &Key, new: &Record) -> Result<()> {
    let workspace = key.workspace.as_str();
    let sql = "DELETE FROM mirror_assignees WHERE workspace_id = $1 AND account_id = $2 AND record_id = $3";
    execute!(conn, sql, workspace, key.account, new.id)?;
    let is_open = i16::from(!new.completed && new.status == "active");
    for (position, person) in (0_i64..).zip(&new.assignees) {
        execute!(
            conn,
            "INSERT INTO mirror_assignees (workspace_id, account_id, record_id, person_id, position, kind, bucket_id,
                                           is_open, due_on)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            workspace,
            key.account,
            new.id,
            *person,
            position,
            new.kind.as_str(),
            new.bucket_id,
            is_open,
            new.due_on.as_deref()
        )?;
    }
    Ok(())
}

/// Something happened under a record, such as a comment.
async fn move_on(conn: &mut Conn, key: &Key, id: i64, at: i64) -> Result<()> {
    let sql = "UPDATE mirror_records SET active_at = $4
               WHERE workspace_id = $1 AND account_id = $2 AND id = $3 AND active_at < $4";
    execute!(conn, sql, key.workspace.as_str(), key.account, id, at)?;
    Ok(())
}

/// Stores a project as `key`'s connection sees it.
///
/// # Errors
/// When the database refuses.
pub async fn put_project(conn: &mut Conn, key: &Key, new: &ProjectRow, run: i64) -> Result<()> {
    flow_starts::project_seen(conn, key, new).await?;
    execute!(
        conn,
        "INSERT INTO mirror_projects (workspace_id, connection_id, id, name, description, status, app_url, todoset_id,
                                      updated_at, raw, seen_run, hidden)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0)
         ON CONFLICT (workspace_id, connection_id, id) DO UPDATE SET name = excluded.name,
             description = excluded.description, status = excluded.status, app_url = excluded.app_url,
             todoset_id = excluded.todoset_id, updated_at = excluded.updated_at, raw = excluded.raw,
             seen_run = CASE WHEN excluded.seen_run > mirror_projects.seen_run
                        THEN excluded.seen_run ELSE mirror_projects.seen_run END,
             hidden = 0",
        key.workspace.as_str(),
        key.connection.as_str(),
        new.id,
        new.name.as_str(),
        new.description.as_str(),
        new.status.as_str(),
        new.app_url.as_str(),
        new.todoset_id,
        new.updated_at,
        new.raw.as_str(),
        run
    )?;
    Ok(())
}

/// Stores a person. One who is only named inside a record (`is_whole` false) never replaces what the people's own
/// list said.
///
/// # Errors
/// When the database refuses.
pub async fn put_person(
    conn: &mut Conn,
    key: &Key,
    new: &PersonRow,
    run: i64,
    is_whole: bool,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO mirror_people (workspace_id, connection_id, id, name, email, title, client, raw, seen_run, hidden)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (workspace_id, connection_id, id) DO UPDATE SET name = excluded.name, email = excluded.email,
             title = excluded.title, client = excluded.client, raw = excluded.raw, seen_run = excluded.seen_run,
             hidden = 0
         WHERE excluded.hidden = 0",
        key.workspace.as_str(),
        key.connection.as_str(),
        new.id,
        new.name.as_str(),
        new.email.as_deref(),
        new.title.as_deref(),
        new.client,
        new.raw.as_str(),
        run,
        i16::from(!is_whole)
    )?;
    Ok(())
}

/// Marks a record, and what is inside it when asked to, as to be read again soon.
///
/// # Errors
/// When the database refuses.
pub async fn mark_dirty(conn: &mut Conn, key: &Key, id: i64, has_inside: bool) -> Result<()> {
    let (workspace, now) = (key.workspace.as_str(), ids::now_ms());
    let sql = "UPDATE mirror_records SET dirty_at = $4
               WHERE workspace_id = $1 AND account_id = $2 AND id = $3 AND deleted_at IS NULL";
    execute!(conn, sql, workspace, key.account, id, now)?;
    if has_inside {
        let sql = "UPDATE mirror_records SET dirty_at = $4
                   WHERE workspace_id = $1 AND account_id = $2 AND parent_id = $3 AND deleted_at IS NULL";
        execute!(conn, sql, workspace, key.account, id, now)?;
    }
    Ok(())
}

/// A record that Basecamp says is not there: it is gone, and so is what is inside it.
///
/// # Errors
/// When the database refuses.
pub async fn bury(conn: &mut Conn, key: &Key, id: i64) -> Result<()> {
    let now = ids::now_ms();
    let sql = "UPDATE mirror_records SET deleted_at = $4, dirty_at = NULL
               WHERE workspace_id = $1 AND account_id = $2 AND id = $3";
    execute!(conn, sql, key.workspace.as_str(), key.account, id, now)?;
    let sql = "UPDATE mirror_assignees SET is_open = 0 WHERE workspace_id = $1 AND account_id = $2 AND record_id = $3";
    execute!(conn, sql, key.workspace.as_str(), key.account, id)?;
    let sql = "UPDATE mirror_records SET dirty_at = $4
               WHERE workspace_id = $1 AND account_id = $2 AND parent_id = $3 AND deleted_at IS NULL";
    execute!(conn, sql, key.workspace.as_str(), key.account, id, now)?;
    Ok(())
}
