//! Conversations with the assistant: sessions, turns and runs. Personal: every look-up names the owner.

pub mod attachments;
pub mod journal;
pub mod leases;
pub mod rounds;
pub mod runs;
pub mod summaries;

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use domain::chat::{Message, Session};
use domain::ids::{ChatRunId, MessageId, SessionId, UserId, WorkspaceId};
use serde_json::Value;

record! {
    struct SessionRow {
        id: String, user_id: String, title: String, project_id: Option<String>, persona_id: Option<String>,
        message_count: i64, created_at: i64, updated_at: i64, waiting: i64,
    }
}

record! {
    struct MessageRow {
        id: String, session_id: String, seq: i64, role: String, content: String, tool_calls: Option<String>,
        tool_results: Option<String>, note: Option<String>, run_id: Option<String>, created_at: i64,
    }
}

macro_rules! sessions {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.user_id, s.title, s.project_id, s.persona_id, s.message_count, s.created_at, s.updated_at,
                    (SELECT COUNT(*) FROM approvals a WHERE a.workspace_id = s.workspace_id AND a.session_id = s.id
                       AND a.status = 'pending') AS waiting
             FROM chat_sessions s ",
            $rest
        )
    };
}

/// Who a conversation belongs to.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The workspace it is in.
    pub workspace: WorkspaceId,
    /// The person.
    pub user: UserId,
}

/// A conversation to be stored.
#[derive(Clone, Debug, Default)]
pub struct NewSession {
    /// What people read; may be empty until the first message.
    pub title: String,
    /// The project it is about.
    pub project_id: Option<String>,
    /// How the assistant speaks.
    pub persona_id: Option<String>,
}

/// A turn to be stored.
#[derive(Clone, Debug, Default)]
pub struct NewMessage {
    /// When it is known beforehand.
    pub id: Option<MessageId>,
    /// `user`, `assistant` or `tool`.
    pub role: &'static str,
    /// Markdown.
    pub content: String,
    /// What the assistant asked for.
    pub tool_calls: Option<Value>,
    /// What came back.
    pub tool_results: Option<Value>,
    /// What the model wants to see again next turn; never shown.
    pub note: Option<Value>,
    /// The run that wrote it.
    pub run: Option<ChatRunId>,
    /// The first run of its chain of continuations.
    pub root: Option<ChatRunId>,
}

/// A turn with what the model left for itself.
#[derive(Clone, Debug)]
pub struct StoredMessage {
    /// Its number in the session, from 1.
    pub seq: i64,
    /// The turn.
    pub message: Message,
    /// What the model wants to see again next turn.
    pub note: Option<Value>,
}

/// One thing the person said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its number in the session, from 1.
    pub seq: i64,
    /// The message.
    pub id: MessageId,
    /// The words.
    pub text: String,
}

/// Stores a conversation.
///
/// # Errors
/// When the database refuses.
pub async fn insert_session(conn: &mut Conn, owner: &Owner, new: &NewSession) -> Result<SessionId> {
    let (id, now) = (ids::fresh(), ids::now_ms());
    execute!(
        conn,
        "INSERT INTO chat_sessions (id, workspace_id, user_id, title, project_id, persona_id, message_count,
                                    created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7)",
        id.as_str(),
        owner.workspace.as_str(),
        owner.user.as_str(),
        new.title.as_str(),
        new.project_id.as_deref(),
        new.persona_id.as_deref(),
        now
    )?;
    Ok(SessionId::from(id))
}

/// A conversation of `owner`; none for anybody else's.
///
/// # Errors
/// When the database refuses.
pub async fn session(conn: &mut Conn, owner: &Owner, id: &SessionId) -> Result<Option<Session>> {
    let sql = sessions!("WHERE s.workspace_id = $1 AND s.user_id = $2 AND s.id = $3");
    let row = fetch_optional!(
        conn,
        SessionRow,
        sql,
        owner.workspace.as_str(),
        owner.user.as_str(),
        id.as_str()
    )?;
    Ok(row.map(read_session))
}

/// Conversations of `owner` changed before `before_ms`, newest first, with the moment to go on from.
///
/// # Errors
/// When the database refuses.
pub async fn sessions(
    conn: &mut Conn,
    owner: &Owner,
    before_ms: i64,
    limit: i64,
) -> Result<Vec<(Session, i64)>> {
    let sql = sessions!(
        "WHERE s.workspace_id = $1 AND s.user_id = $2 AND s.updated_at < $3
         ORDER BY s.updated_at DESC, s.id DESC LIMIT $4"
    );
    let rows = fetch_all!(
        conn,
        SessionRow,
        sql,
        owner.workspace.as_str(),
        owner.user.as_str(),
        before_ms,
        limit
    )?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let at = row.updated_at;
            (read_session(row), at)
        })
        .collect())
}

/// Conversations of `owner` with `words` in their title or in what was said, newest first. Capitals make no difference in
/// letters of English.
///
/// # Errors
/// When the database refuses.
pub async fn sessions_about(
    conn: &mut Conn,
    owner: &Owner,
    words: &str,
    limit: i64,
) -> Result<Vec<Session>> {
    let sql = sessions!(
        "WHERE s.workspace_id = $1 AND s.user_id = $2
           AND (lower(s.title) LIKE $3 ESCAPE '!' OR EXISTS (
                  SELECT 1 FROM chat_messages m
                  WHERE m.session_id = s.id AND m.role <> 'tool' AND lower(m.content) LIKE $3 ESCAPE '!'))
         ORDER BY s.updated_at DESC, s.id DESC LIMIT $4"
    );
    let pattern = containing(words);
    let (workspace, user) = (owner.workspace.as_str(), owner.user.as_str());
    let rows = fetch_all!(conn, SessionRow, sql, workspace, user, pattern.as_str(), limit)?;
    Ok(rows.into_iter().map(read_session).collect())
}

/// The pattern of LIKE, with `!` before what is meant as it stands, that finds texts with `words` in them.
fn containing(words: &str) -> String {
    let mut pattern = String::from("%");
    for letter in words.chars().flat_map(char::to_lowercase) {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// Gives a conversation another name; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn rename_session(
    conn: &mut Conn,
    owner: &Owner,
    id: &SessionId,
    title: &str,
) -> Result<bool> {
    let sql = "UPDATE chat_sessions SET title = $4, updated_at = $5
               WHERE workspace_id = $1 AND user_id = $2 AND id = $3";
    let changed = execute!(
        conn,
        sql,
        owner.workspace.as_str(),
        owner.user.as_str(),
        id.as_str(),
        title,
        ids::now_ms()
    )?;
    Ok(changed > 0)
}

/// Deletes a conversation with its turns, runs and events; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn delete_session(conn: &mut Conn, owner: &Owner, id: &SessionId) -> Result<bool> {
    let (workspace, user, id) = (owner.workspace.as_str(), owner.user.as_str(), id.as_str());
    let sql = "DELETE FROM chat_sessions WHERE workspace_id = $1 AND user_id = $2 AND id = $3";
    if execute!(conn, sql, workspace, user, id)? == 0 {
        return Ok(false);
    }
    let sql = "DELETE FROM chat_calls
         WHERE root_id IN (SELECT id FROM chat_runs WHERE workspace_id = $1 AND session_id = $2)";
    execute!(conn, sql, workspace, id)?;
    let sql = "DELETE FROM chat_rounds WHERE workspace_id = $1
                 AND root_id IN (SELECT id FROM chat_runs WHERE workspace_id = $1 AND session_id = $2)";
    execute!(conn, sql, workspace, id)?;
    let sql = "DELETE FROM chat_events WHERE workspace_id = $1 AND session_id = $2";
    execute!(conn, sql, workspace, id)?;
    let sql = "DELETE FROM chat_summaries WHERE workspace_id = $1 AND session_id = $2";
    execute!(conn, sql, workspace, id)?;
    attachments::delete_of(conn, (workspace, id)).await?;
    execute!(conn, "DELETE FROM chat_messages WHERE session_id = $1", id)?;
    let sql = "DELETE FROM chat_runs WHERE workspace_id = $1 AND session_id = $2";
    execute!(conn, sql, workspace, id)?;
    Ok(true)
}

/// Stores a turn and counts it; a conversation without a title takes `title` from it.
///
/// # Errors
/// When the database refuses.
pub async fn insert_message(
    conn: &mut Conn,
    owner: &Owner,
    session: &SessionId,
    new: &NewMessage,
) -> Result<MessageId> {
    let (id, now) = (new.id.as_ref().map_or_else(ids::fresh, ToString::to_string), ids::now_ms());
    let sql = "UPDATE chat_sessions SET message_count = message_count + 1, updated_at = $2
               WHERE id = $1 RETURNING message_count";
    let (seq,) = fetch_optional!(conn, (i64,), sql, session.as_str(), now)?.unwrap_or((1,));
    execute!(
        conn,
        "INSERT INTO chat_messages (id, workspace_id, session_id, seq, role, content, tool_calls, tool_results, note,
                                    run_id, root_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id.as_str(),
        owner.workspace.as_str(),
        session.as_str(),
        seq,
        new.role,
        new.content.as_str(),
        new.tool_calls.as_ref().map(Value::to_string),
        new.tool_results.as_ref().map(Value::to_string),
        new.note.as_ref().map(Value::to_string),
        new.run.as_ref().map(ChatRunId::as_str),
        new.root.as_ref().map(ChatRunId::as_str),
        now
    )?;
    Ok(MessageId::from(id))
}

/// Turns of a session with a number below `before`, oldest first: the newest `limit` of them.
///
/// # Errors
/// When the database refuses.
pub async fn messages(
    conn: &mut Conn,
    session: &SessionId,
    before: i64,
    limit: i64,
) -> Result<Vec<StoredMessage>> {
    let sql = "SELECT id, session_id, seq, role, content, tool_calls, tool_results, note, run_id, created_at
               FROM chat_messages WHERE session_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";
    let rows = fetch_all!(conn, MessageRow, sql, session.as_str(), before, limit)?;
    rows.into_iter().rev().map(read_message).collect()
}

/// The number of a turn in its session, for `?before`.
///
/// # Errors
/// When the database refuses.
pub async fn message_seq(
    conn: &mut Conn,
    session: &SessionId,
    id: &MessageId,
) -> Result<Option<i64>> {
    let sql = "SELECT seq FROM chat_messages WHERE session_id = $1 AND id = $2";
    Ok(fetch_optional!(conn, (i64,), sql, session.as_str(), id.as_str())?.map(|(seq,)| seq))
}

/// What the person said in a chain of runs, in order.
///
/// # Errors
/// When the database refuses.
pub async fn said_in(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    root: &ChatRunId,
) -> Result<Vec<Said>> {
    let sql = "SELECT seq, id, content FROM chat_messages
               WHERE workspace_id = $1 AND root_id = $2 AND role = 'user' ORDER BY seq";
    let rows = fetch_all!(conn, (i64, String, String), sql, workspace.as_str(), root.as_str())?;
    Ok(rows.into_iter().map(|(seq, id, text)| Said { seq, id: id.into(), text }).collect())
}

fn read_session(row: SessionRow) -> Session {
    Session {
        id: row.id.into(),
        user_key: row.user_id,
        title: row.title,
        project_id: row.project_id,
        persona_id: row.persona_id,
        created_at: ids::rfc3339(row.created_at),
        updated_at: ids::rfc3339(row.updated_at),
        message_count: u32::try_from(row.message_count).unwrap_or(u32::MAX),
        waiting: u32::try_from(row.waiting).unwrap_or_default(),
    }
}

fn read_message(row: MessageRow) -> Result<StoredMessage> {
    let json = |text: Option<String>| text.map(|it| serde_json::from_str(&it)).transpose();
    Ok(StoredMessage {
        seq: row.seq,
        note: json(row.note)?,
        message: Message {
            id: row.id.into(),
            session_id: row.session_id.into(),
            role: row.role,
            content: row.content,
            tool_calls: json(row.tool_calls)?,
            tool_results: json(row.tool_results)?,
            run_id: row.run_id.map(ChatRunId::from),
            created_at: ids::rfc3339(row.created_at),
            attachments: Vec::new(),
        },
    })
}
