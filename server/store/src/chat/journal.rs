//! What a run did: numbered events, and tool calls with their state, so that nothing is done twice.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, on, record};
use crate::error::StoreError;
use crate::ids;
use crate::talks::Told;
use domain::chat::ChatEvent;
use domain::ids::{ApprovalId, ChatRunId, SessionId, WorkspaceId};
use serde_json::Value;

record! {
    struct EventRow { run_id: String, seq: i64, event: String, data: String }
}

record! {
    struct CallRow {
        id: String, run_id: String, position: i64, name: String, args: String, status: String, result: Option<String>,
        approval_id: Option<String>,
    }
}

/// Where events of a run belong.
#[derive(Clone, Debug)]
pub struct Place {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The conversation.
    pub session: SessionId,
    /// The run.
    pub run: ChatRunId,
}

/// State of a tool call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallStatus {
    /// Asked for by the model.
    Proposed,
    /// Waits for an approval.
    Waiting,
    /// Approved, not yet begun.
    Approved,
    /// Begun; whether it happened is not known until it ends.
    Executing,
    /// Ended well.
    Ok,
    /// Failed, was refused or rejected.
    Error,
}

impl CallStatus {
    const ALL: [Self; 6] =
        [Self::Proposed, Self::Waiting, Self::Approved, Self::Executing, Self::Ok, Self::Error];

    fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Executing => "executing",
            Self::Ok => "ok",
            Self::Error => "error",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

/// One tool call of a chain of runs.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCall {
    /// The call.
    pub id: String,
    /// The run that asked for it.
    pub run: ChatRunId,
    /// Its place in the chain, from 0.
    pub position: i64,
    /// The tool.
    pub name: String,
    /// Its arguments.
    pub args: Value,
    /// How it stands.
    pub status: CallStatus,
    /// What came back: the result, or the error as an object.
    pub result: Option<Value>,
    /// The approval it waits for, or was approved by.
    pub approval: Option<ApprovalId>,
}

/// Stores the next event of a run and tells those who follow it. Gives the event with its number and time.
///
/// # Errors
/// When the database refuses.
pub async fn append(
    conn: &mut Conn,
    place: &Place,
    event: &'static str,
    data: Value,
) -> Result<ChatEvent> {
    let last = last_seq(conn, &place.run).await?;
    let stored = append_after(conn, place, last, vec![(event, data)]).await?;
    stored.into_iter().next().ok_or(StoreError::Closing)
}

/// Stores the next events of a run in their order, and tells those who follow it once.
///
/// # Errors
/// When the database refuses.
pub async fn append_all(
    conn: &mut Conn,
    place: &Place,
    events: Vec<(&'static str, Value)>,
) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let last = last_seq(conn, &place.run).await?;
    append_after(conn, place, last, events).await.map(drop)
}

/// The same for a run whose last event has the number `last`, 0 where it has none. Gives them with their numbers.
///
/// # Errors
/// When the database refuses, as it does when the run has more events.
pub async fn append_after(
    conn: &mut Conn,
    place: &Place,
    last: i64,
    events: Vec<(&'static str, Value)>,
) -> Result<Vec<ChatEvent>> {
    let now = ids::now_ms();
    let stored: Vec<ChatEvent> =
        (last + 1..).zip(events).map(|(seq, it)| numbered(place, (seq, now), it)).collect();
    let texts: Vec<String> = stored.iter().map(|it| it.data.to_string()).collect();
    on!(conn, c => {
        let mut insert = sqlx::QueryBuilder::new(
            "INSERT INTO chat_events (run_id, seq, workspace_id, session_id, event, data, at_ms) ",
        );
        insert.push_values(stored.iter().zip(&texts), |mut row, (event, text)| {
            row.push_bind(place.run.as_str()).push_bind(event.seq);
            row.push_bind(place.workspace.as_str()).push_bind(place.session.as_str());
            row.push_bind(event.event.as_str()).push_bind(text.as_str()).push_bind(now);
        });
        insert.build().execute(c).await.map(drop)
    })?;
    let length = texts.iter().map(String::len).sum();
    let told = Told { session: place.session.clone(), events: stored.clone(), length };
    conn.told.push(told);
    Ok(stored)
}

fn numbered(place: &Place, (seq, now): (i64, i64), (event, mut data): (&str, Value)) -> ChatEvent {
    if let Value::Object(fields) = &mut data {
        fields.insert("seq".into(), seq.into());
        fields.insert("ts".into(), ids::rfc3339(now).into());
        fields.insert("runId".into(), place.run.as_str().into());
    }
    ChatEvent { run_id: place.run.clone(), seq, event: event.to_owned(), data }
}

/// The events of a run after number `after`, in order.
///
/// # Errors
/// When the database refuses.
pub async fn events(conn: &mut Conn, run: &ChatRunId, after: i64) -> Result<Vec<ChatEvent>> {
    let sql = "SELECT run_id, seq, event, data FROM chat_events WHERE run_id = $1 AND seq > $2 ORDER BY seq";
    let rows = fetch_all!(conn, EventRow, sql, run.as_str(), after)?;
    rows.into_iter().map(read_event).collect()
}

/// The events of a run that its trace is made of, in order: without the pieces of its answer.
///
/// # Errors
/// When the database refuses.
pub async fn events_shown(conn: &mut Conn, run: &ChatRunId) -> Result<Vec<ChatEvent>> {
    let sql = "SELECT run_id, seq, event, data FROM chat_events
               WHERE run_id = $1 AND event IN ('trace', 'approval') ORDER BY seq";
    fetch_all!(conn, EventRow, sql, run.as_str())?.into_iter().map(read_event).collect()
}

/// The number of the newest event of a run; 0 before its first.
///
/// # Errors
/// When the database refuses.
pub async fn last_seq(conn: &mut Conn, run: &ChatRunId) -> Result<i64> {
    let sql = "SELECT COALESCE(MAX(seq), 0) FROM chat_events WHERE run_id = $1";
    Ok(fetch_optional!(conn, (i64,), sql, run.as_str())?.map_or(0, |(seq,)| seq))
}

/// Runs of a session that began after `after` (its run included), oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn runs_from(
    conn: &mut Conn,
    (workspace, session): (&WorkspaceId, &SessionId),
    after: Option<&ChatRunId>,
) -> Result<Vec<ChatRunId>> {
    let sql = "SELECT id FROM chat_runs WHERE workspace_id = $1 AND session_id = $2
                 AND created_at >= COALESCE((SELECT created_at FROM chat_runs WHERE id = $3), 0)
               ORDER BY created_at, id";
    let after = after.map(ChatRunId::as_str).unwrap_or_default();
    let rows = fetch_all!(conn, (String,), sql, workspace.as_str(), session.as_str(), after)?;
    let ids: Vec<ChatRunId> = rows.into_iter().map(|(id,)| ChatRunId::from(id)).collect();
    let from = ids.iter().position(|it| it.as_str() == after).unwrap_or(0);
    Ok(ids.into_iter().skip(from).collect())
}

/// The run of a session that began last.
///
/// # Errors
/// When the database refuses.
pub async fn newest_run(
    conn: &mut Conn,
    (workspace, session): (&WorkspaceId, &SessionId),
) -> Result<Option<ChatRunId>> {
    let sql = "SELECT id FROM chat_runs WHERE workspace_id = $1 AND session_id = $2
               ORDER BY created_at DESC, id DESC LIMIT 1";
    let row = fetch_optional!(conn, (String,), sql, workspace.as_str(), session.as_str())?;
    Ok(row.map(|(id,)| ChatRunId::from(id)))
}

/// Stores a call the model asked for, at the end of its chain.
///
/// # Errors
/// When the database refuses.
pub async fn propose(
    conn: &mut Conn,
    place: &Place,
    root: &ChatRunId,
    name: &str,
    args: &Value,
) -> Result<StoredCall> {
    let sql = "SELECT COALESCE(MAX(position) + 1, 0) FROM chat_calls WHERE root_id = $1";
    let (position,) = fetch_optional!(conn, (i64,), sql, root.as_str())?.unwrap_or((0,));
    let id = ids::fresh();
    execute!(
        conn,
        "INSERT INTO chat_calls (id, workspace_id, root_id, run_id, position, name, args, status)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'proposed')",
        id.as_str(),
        place.workspace.as_str(),
        root.as_str(),
        place.run.as_str(),
        position,
        name,
        args.to_string()
    )?;
    Ok(StoredCall {
        id,
        run: place.run.clone(),
        position,
        name: name.to_owned(),
        args: args.clone(),
        status: CallStatus::Proposed,
        result: None,
        approval: None,
    })
}

/// The calls of a chain of runs, in order.
///
/// # Errors
/// When the database refuses.
pub async fn calls(conn: &mut Conn, root: &ChatRunId) -> Result<Vec<StoredCall>> {
    let sql = "SELECT id, run_id, position, name, args, status, result, approval_id FROM chat_calls
               WHERE root_id = $1 ORDER BY position";
    fetch_all!(conn, CallRow, sql, root.as_str())?.into_iter().map(read_call).collect()
}

/// Marks a call as begun; false when it had begun or ended before.
///
/// # Errors
/// When the database refuses.
pub async fn begin(conn: &mut Conn, id: &str) -> Result<bool> {
    let sql = "UPDATE chat_calls SET status = 'executing', started_at = $2
               WHERE id = $1 AND status IN ('proposed', 'approved')";
    Ok(execute!(conn, sql, id, ids::now_ms())? > 0)
}

/// Puts a call back to its beginning, when it is known that nothing happened.
///
/// # Errors
/// When the database refuses.
pub async fn reset(conn: &mut Conn, id: &str) -> Result<()> {
    execute!(conn, "UPDATE chat_calls SET status = 'proposed' WHERE id = $1", id)?;
    Ok(())
}

/// Marks a call as waiting for, or allowed by, an approval.
///
/// # Errors
/// When the database refuses.
pub async fn set_approval(
    conn: &mut Conn,
    id: &str,
    approval: &ApprovalId,
    status: CallStatus,
) -> Result<()> {
    let sql = "UPDATE chat_calls SET approval_id = $2, status = $3 WHERE id = $1";
    execute!(conn, sql, id, approval.as_str(), status.as_str())?;
    Ok(())
}

/// Ends a call with what came back.
///
/// # Errors
/// When the database refuses.
pub async fn end(conn: &mut Conn, id: &str, status: CallStatus, result: &Value) -> Result<()> {
    let sql = "UPDATE chat_calls SET status = $2, result = $3, ended_at = $4 WHERE id = $1";
    execute!(conn, sql, id, status.as_str(), result.to_string(), ids::now_ms())?;
    Ok(())
}

fn read_event(row: EventRow) -> Result<ChatEvent> {
    Ok(ChatEvent {
        run_id: row.run_id.into(),
        seq: row.seq,
        event: row.event,
        data: serde_json::from_str(&row.data)?,
    })
}

fn read_call(row: CallRow) -> Result<StoredCall> {
    Ok(StoredCall {
        id: row.id,
        run: row.run_id.into(),
        position: row.position,
        name: row.name,
        args: serde_json::from_str(&row.args)?,
        status: CallStatus::parse(&row.status)
            .ok_or_else(|| StoreError::Unreadable(format!("call status {}", row.status)))?,
        result: row.result.map(|it| serde_json::from_str(&it)).transpose()?,
        approval: row.approval_id.map(ApprovalId::from),
    })
}
