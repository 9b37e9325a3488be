//! What happened in Basecamp and starts a flow: noted in the transaction that changes the mirror, once for each flow
//! and change, and taken in the transaction that stores the run.

use crate::db::{Change, Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::flow_watches::{self, WatchRow};
use crate::ids;
use crate::mirror::{Key, ProjectRow, Record};
use domain::event::Topic;
use domain::ids::{FlowId, WorkspaceId};
use serde_json::{Value, json};

/// What is older when it is first seen starts nothing, so that what was taken need not be kept for ever.
const OLDEST_MS: i64 = 30 * 86_400_000;
/// How long what was taken is kept.
const KEPT_MS: i64 = 60 * 86_400_000;
/// The `target` of the change that tells of something waiting.
pub const WAITING: &str = "flow_starts";
/// How notes of to-dos begin that a flow has added.
const OF_FLOWS: &str = "Added by PM OS, reference ";

record! {
    /// Something that waits to start a flow.
    #[derive(Clone, Debug)]
    pub struct StartRow {
        /// The flow.
        pub flow_id: String,
        /// Tells it from everything else that starts the flow.
        pub dedupe: String,
        /// The workspace.
        pub workspace_id: String,
        /// The account in Basecamp.
        pub account_id: i64,
        /// The record, or the project.
        pub record_id: i64,
        /// `new_todo`, ...
        pub what: String,
        /// What changed, JSON.
        pub detail: String,
    }
}

/// Something that happened to a record.
struct Happened<'a> {
    what: &'static str,
    record: i64,
    project: Option<i64>,
    place: Option<i64>,
    /// Whom it is about.
    people: &'a [i64],
    is_own: bool,
    key: String,
    /// Epoch milliseconds, by Basecamp's clock.
    at: i64,
    detail: Value,
}

impl Happened<'_> {
    fn fits(&self, watch: &WatchRow) -> bool {
        let same = |wanted: Option<i64>, is: Option<i64>| wanted.is_none() || wanted == is;
        same(watch.project_id, self.project)
            && same(watch.place_id, self.place)
            && watch.person_id.is_none_or(|it| self.people.contains(&it))
            && (watch.with_own != 0 || !self.is_own)
            && self.at >= watch.since
    }
}

async fn note(conn: &mut Conn, key: &Key, happened: &Happened<'_>) -> Result<()> {
    let now = ids::now_ms();
    if happened.at < now - OLDEST_MS {
        return Ok(());
    }
    let mut is_noted = false;
    for watch in flow_watches::of(conn, &key.workspace, happened.what).await? {
        if !happened.fits(&watch) {
            continue;
        }
        let noted = execute!(
            conn,
            "INSERT INTO flow_starts (flow_id, dedupe, workspace_id, account_id, record_id, what, detail, noted_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            watch.flow_id.as_str(),
            happened.key.as_str(),
            key.workspace.as_str(),
            key.account,
            happened.record,
            happened.what,
            happened.detail.to_string(),
            now
        )?;
        is_noted |= noted > 0;
    }
    if is_noted {
        tell(conn, &key.workspace);
    }
    Ok(())
}

/// Who starts flows looks as soon as this is committed.
fn tell(conn: &mut Conn, workspace: &WorkspaceId) {
    let (workspace, target) = (workspace.clone(), WAITING.to_owned());
    conn.changes.push(Change::unrecorded(workspace, Topic::Flow, target));
}

fn is_own(record: &Record) -> bool {
    record.body.lines().any(|it| it.starts_with(OF_FLOWS))
}

/// Whom a record is about: who is to do it, else who wrote it.
fn people(record: &Record) -> Vec<i64> {
    match record.kind.as_str() {
        "Todo" | "Kanban::Card" => record.assignees.clone(),
        _ => record.creator_id.into_iter().collect(),
    }
}

fn about<'a>(what: &'static str, record: &Record, people: &'a [i64]) -> Happened<'a> {
    Happened {
        what,
        record: record.id,
        project: Some(record.bucket_id),
        place: record.parent_id,
        people,
        is_own: is_own(record),
        key: format!("{what}:{}", record.id),
        at: record.created_at,
        detail: json!({ "at": ids::rfc3339(record.created_at) }),
    }
}

/// A record was seen for the first time.
pub(crate) async fn appeared(conn: &mut Conn, key: &Key, record: &Record) -> Result<()> {
    if record.status != "active" || record.updated_at < ids::now_ms() - OLDEST_MS {
        return Ok(());
    }
    let what = match record.kind.as_str() {
        "Todo" => "new_todo",
        "Message" => "new_message",
        "Comment" => "new_comment",
        "Question::Answer" => "new_checkin_answer",
        _ => return Ok(()),
    };
    let people = people(record);
    note(conn, key, &about(what, record, &people)).await?;
    if record.kind != "Todo" {
        return Ok(());
    }
    if !people.is_empty() {
        let detail = json!({ "at": ids::rfc3339(record.created_at), "added": people });
        let assigned = Happened { detail, ..about("todo_assigned", record, &people) };
        note(conn, key, &assigned).await?;
    }
    if let Some(at) = record.completed_at.filter(|_| record.completed) {
        note(conn, key, &completed(record, &people, at)).await?;
    }
    Ok(())
}

fn completed<'a>(record: &Record, people: &'a [i64], at: i64) -> Happened<'a> {
    let detail = json!({ "at": ids::rfc3339(at), "by": record.completer_id });
    Happened { at, detail, ..about("todo_completed", record, people) }
}

/// A field of a record changed from one value to another; `id` is the change.
pub(crate) async fn changed(
    conn: &mut Conn,
    key: &Key,
    (field, old, now): (&str, Option<&str>, Option<&str>),
    (record, id): (&Record, &str),
) -> Result<()> {
    if record.kind != "Todo" || record.status != "active" {
        return Ok(());
    }
    match field {
        "completion" if record.completed => {
            let people = people(record);
            let at = record.completed_at.unwrap_or(record.updated_at);
            let done = Happened { key: id.to_owned(), ..completed(record, &people, at) };
            note(conn, key, &done).await
        }
        "assignees" => {
            let ids_in = |list: Option<&str>| -> Vec<i64> {
                list.unwrap_or_default().split(',').filter_map(|it| it.parse().ok()).collect()
            };
            let before = ids_in(old);
            let added: Vec<i64> =
                ids_in(now).into_iter().filter(|it| !before.contains(it)).collect();
            if added.is_empty() {
                return Ok(());
            }
            let detail = json!({ "at": ids::rfc3339(record.updated_at), "added": added });
            let assigned = Happened {
                key: id.to_owned(),
                at: record.updated_at,
                detail,
                ..about("todo_assigned", record, &added)
            };
            note(conn, key, &assigned).await
        }
        _ => Ok(()),
    }
}

/// A record is in another place than before.
pub(crate) async fn moved(
    conn: &mut Conn,
    key: &Key,
    (from, title): (Option<i64>, &str),
    record: &Record,
) -> Result<()> {
    if record.kind != "Kanban::Card" || record.status != "active" {
        return Ok(());
    }
    let people = people(record);
    let detail = json!({
        "at": ids::rfc3339(record.updated_at),
        "from": { "id": from, "name": title },
        "to": { "id": record.parent_id, "name": record.parent_title },
    });
    let moved = Happened {
        key: ids::fresh(),
        at: record.updated_at,
        detail,
        ..about("card_moved", record, &people)
    };
    note(conn, key, &moved).await
}

/// A project was read; new ones start flows.
pub(crate) async fn project_seen(conn: &mut Conn, key: &Key, project: &ProjectRow) -> Result<()> {
    let sql =
        "SELECT 1 FROM mirror_projects WHERE workspace_id = $1 AND connection_id = $2 AND id = $3";
    let (workspace, connection) = (key.workspace.as_str(), key.connection.as_str());
    if project.status != "active"
        || fetch_optional!(conn, (i32,), sql, workspace, connection, project.id)?.is_some()
    {
        return Ok(());
    }
    let raw: Value = serde_json::from_str(&project.raw)?;
    let at =
        raw["created_at"].as_str().and_then(|it| chrono::DateTime::parse_from_rfc3339(it).ok());
    let Some(at) = at.map(|it| it.timestamp_millis()) else { return Ok(()) };
    let created = Happened {
        what: "new_project",
        record: project.id,
        project: Some(project.id),
        place: None,
        people: &[],
        is_own: false,
        key: format!("new_project:{}", project.id),
        at,
        detail: json!({ "at": ids::rfc3339(at) }),
    };
    note(conn, key, &created).await
}

/// Notes the to-dos that `watch` waits for and whose day is over: those due from the day it began (`from`) to before
/// `today`, each once for each due day. Gives how many are new.
///
/// # Errors
/// When the database refuses.
pub async fn note_overdue(
    conn: &mut Conn,
    watch: &WatchRow,
    (from, today): (&str, &str),
) -> Result<u64> {
    execute!(
        conn,
        "INSERT INTO flow_starts (flow_id, dedupe, workspace_id, account_id, record_id, what, detail, noted_at)
         SELECT $1, 'todo_overdue:' || r.id || ':' || r.due_on, r.workspace_id, r.account_id, r.id, 'todo_overdue',
                '{}', CAST($5 AS BIGINT)
         FROM mirror_records r
         WHERE r.workspace_id = $2 AND r.kind = 'Todo' AND r.completed = 0 AND r.status = 'active'
           AND r.deleted_at IS NULL AND r.due_on IS NOT NULL AND r.due_on >= $3 AND r.due_on < $4
           AND (CAST($6 AS BIGINT) IS NULL OR r.bucket_id = $6) AND (CAST($7 AS BIGINT) IS NULL OR r.parent_id = $7)
           AND (CAST($8 AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM mirror_assignees a
                WHERE a.workspace_id = r.workspace_id AND a.account_id = r.account_id AND a.record_id = r.id
                  AND a.person_id = $8))
         ON CONFLICT DO NOTHING",
        watch.flow_id.as_str(),
        watch.workspace_id.as_str(),
        from,
        today,
        ids::now_ms(),
        watch.project_id,
        watch.place_id,
        watch.person_id
    )
}

/// What waits, the oldest first, `limit` at most.
///
/// # Errors
/// When the database refuses.
pub async fn waiting(conn: &mut Conn, limit: i64) -> Result<Vec<StartRow>> {
    let sql =
        "SELECT flow_id, dedupe, workspace_id, account_id, record_id, what, detail FROM flow_starts
               WHERE taken_at IS NULL ORDER BY noted_at, flow_id, dedupe LIMIT $1";
    fetch_all!(conn, StartRow, sql, limit)
}

/// Takes one; false when another node did, or the flow was switched off.
///
/// # Errors
/// When the database refuses.
pub async fn take(conn: &mut Conn, flow: &FlowId, dedupe: &str, now_ms: i64) -> Result<bool> {
    let sql = "UPDATE flow_starts SET taken_at = $3, detail = '' WHERE flow_id = $1 AND dedupe = $2 AND taken_at IS NULL";
    Ok(execute!(conn, sql, flow.as_str(), dedupe, now_ms)? > 0)
}

/// Forgets what was taken long ago.
///
/// # Errors
/// When the database refuses.
pub async fn forget(conn: &mut Conn, now_ms: i64) -> Result<()> {
    execute!(conn, "DELETE FROM flow_starts WHERE taken_at < $1", now_ms - KEPT_MS)?;
    Ok(())
}
