//! Writes to Basecamp on their way: stored before they are sent, and kept until somebody knows what became of them.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use crate::operations::{self, NewOperation, OperationRow, ToolKey};
use domain::ids::{OperationId, WorkspaceId};
use serde_json::Value;

/// A write that is about to be sent.
#[derive(Clone, Debug)]
pub struct NewSent {
    /// From [`ids::fresh`].
    pub id: String,
    /// Through which connection.
    pub connection: String,
    /// The tool that was called with an idempotency key, and the key.
    pub request: Option<(String, String)>,
    /// `POST`, `PUT`, `DELETE`.
    pub method: String,
    /// The path inside the account.
    pub path: String,
    /// What is sent, JSON.
    pub body: String,
    /// What writes the earlier values back, JSON.
    pub before: Option<String>,
    /// One run of one process.
    pub owner: String,
    /// Epoch milliseconds.
    pub at: i64,
    /// Until then the process that sends it has it to itself.
    pub until: i64,
}

record! {
    /// A write whose end somebody must find out.
    #[derive(Clone, Debug)]
    pub struct SentRow {
        /// The row.
        pub id: String,
        /// The workspace.
        pub workspace_id: String,
        /// Through which connection.
        pub connection_id: String,
        /// The operation it belongs to.
        pub operation_id: String,
        /// The idempotency key of the call.
        pub request_key: Option<String>,
        /// The tool that was called with the key; none for the operation's.
        pub request_tool: Option<String>,
        /// `POST`, `PUT`, `DELETE`.
        pub method: String,
        /// The path inside the account.
        pub path: String,
        /// What was sent, JSON.
        pub body: String,
        /// What writes the earlier values back, JSON.
        pub before_body: Option<String>,
        /// `sending`, `unclear`, then `done`, `not_done` or `unknown`.
        pub state: String,
        /// The record that was found, JSON.
        pub found: Option<String>,
        /// How often it was looked for.
        pub tries: i64,
        /// Epoch milliseconds.
        pub sent_at: i64,
    }
}

const COLUMNS: &str =
    "id, workspace_id, connection_id, operation_id, request_key, request_tool, method, path, body,
    before_body, state, found, tries, sent_at";

/// Stores a write with its operation, which is `running` from now on.
///
/// # Errors
/// When the database refuses: then nothing may be sent.
pub async fn post(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    operation: &NewOperation,
    new: &NewSent,
) -> Result<()> {
    operations::insert(conn, workspace, operation).await?;
    execute!(
        conn,
        "INSERT INTO outbox (id, workspace_id, connection_id, operation_id, request_key, method, path, body,
                             before_body, state, owner, tries, next_at, sent_at, request_tool)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'sending', $10, 0, $11, $12, $13)",
        new.id.as_str(),
        workspace.as_str(),
        new.connection.as_str(),
        operation.id.as_str(),
        new.request.as_ref().map(|it| it.1.as_str()),
        new.method.as_str(),
        new.path.as_str(),
        new.body.as_str(),
        new.before.as_deref(),
        new.owner.as_str(),
        new.until,
        new.at,
        new.request.as_ref().map(|it| it.0.as_str())
    )?;
    Ok(())
}

/// Forgets the writes of an operation whose end is known.
///
/// # Errors
/// When the database refuses.
pub async fn clear(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    operation: &OperationId,
) -> Result<()> {
    let sql =
        "DELETE FROM outbox WHERE workspace_id = $1 AND operation_id = $2 AND state = 'sending'";
    execute!(conn, sql, workspace.as_str(), operation.as_str())?;
    Ok(())
}

/// Whether a write of an operation is still to be looked for.
///
/// # Errors
/// When the database refuses.
pub async fn is_open(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    operation: &OperationId,
) -> Result<bool> {
    let sql = "SELECT id FROM outbox WHERE workspace_id = $1 AND operation_id = $2
                 AND state IN ('sending', 'unclear') LIMIT 1";
    Ok(fetch_optional!(conn, (String,), sql, workspace.as_str(), operation.as_str())?.is_some())
}

/// Notes that nobody knows whether a write happened; it is looked for from `next_at` on.
///
/// # Errors
/// When the database refuses.
pub async fn doubt(conn: &mut Conn, workspace: &WorkspaceId, id: &str, next_at: i64) -> Result<()> {
    let sql =
        "UPDATE outbox SET state = 'unclear', next_at = $3 WHERE workspace_id = $1 AND id = $2";
    execute!(conn, sql, workspace.as_str(), id, next_at)?;
    Ok(())
}

/// Whether there is anything to look for: `owner` asks, alone on its file when `is_alone`.
///
/// # Errors
/// When the database refuses.
pub async fn is_due(conn: &mut Conn, owner: &str, is_alone: bool) -> Result<bool> {
    let sql = "SELECT id FROM outbox WHERE state IN ('sending', 'unclear')
                 AND (next_at <= $1 OR ($2 = 1 AND state = 'sending' AND owner <> $3)) LIMIT 1";
    let found = fetch_optional!(conn, (String,), sql, ids::now_ms(), i16::from(is_alone), owner)?;
    Ok(found.is_some())
}

/// Takes up to `limit` writes to look for until `until`: those whose time has come, and on a file of its own also
/// those of a process that is gone. No other node has them meanwhile.
///
/// # Errors
/// When the database refuses.
pub async fn take(
    conn: &mut Conn,
    (owner, is_alone): (&str, bool),
    until: i64,
    limit: i64,
) -> Result<Vec<SentRow>> {
    let sql = format!(
        "UPDATE outbox SET owner = $3, next_at = $4, tries = tries + 1, state = 'unclear'
         WHERE state IN ('sending', 'unclear')
           AND (next_at <= $1 OR ($2 = 1 AND state = 'sending' AND owner <> $3))
           AND id IN (SELECT id FROM outbox WHERE state IN ('sending', 'unclear')
                        AND (next_at <= $1 OR ($2 = 1 AND state = 'sending' AND owner <> $3))
                      ORDER BY sent_at LIMIT $5)
         RETURNING {COLUMNS}"
    );
    fetch_all!(
        conn,
        SentRow,
        sqlx::AssertSqlSafe(sql),
        ids::now_ms(),
        i16::from(is_alone),
        owner,
        until,
        limit
    )
}

/// How one write of an operation ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// `done`, `not_done` or `unknown`.
    pub state: &'static str,
    /// The record that was found, JSON.
    pub found: Option<String>,
    /// The reverse call `{tool, args, guard}`.
    pub undo: Option<Value>,
    /// What it changed, in words.
    pub target: Option<String>,
    /// In which project.
    pub project: Option<String>,
}

/// Notes how a write ended. When it was the last open one of its operation, the operation ends too and is given back:
/// it is `completed` when every write of it was done, else `failed` with `words`.
///
/// # Errors
/// When the database refuses.
pub async fn end(
    conn: &mut Conn,
    row: &SentRow,
    ended: &Ended,
    words: &str,
) -> Result<Option<OperationRow>> {
    let workspace = WorkspaceId::new(row.workspace_id.clone());
    let sql = "UPDATE outbox SET state = $3, found = $4
               WHERE workspace_id = $1 AND id = $2 AND state IN ('sending', 'unclear')";
    let place = (workspace.as_str(), row.id.as_str());
    if execute!(conn, sql, place.0, place.1, ended.state, ended.found.as_deref())? == 0 {
        return Ok(None);
    }
    let sql = "SELECT state FROM outbox WHERE workspace_id = $1 AND operation_id = $2";
    let states = fetch_all!(conn, (String,), sql, workspace.as_str(), row.operation_id.as_str())?;
    if states.iter().any(|(it,)| it == "sending" || it == "unclear") {
        return Ok(None);
    }
    let is_done = states.iter().all(|(it,)| it == "done");
    // What takes several writes back was never made.
    let undo = ended.undo.as_ref().filter(|_| is_done && states.len() == 1).map(Value::to_string);
    let sql =
        "UPDATE operations SET status = $3, error = $4, undo = $5, target = COALESCE(target, $6),
                   project_id = COALESCE(project_id, $7), updated_at = $8
               WHERE workspace_id = $1 AND id = $2 AND status = 'running'";
    let changed = execute!(
        conn,
        sql,
        workspace.as_str(),
        row.operation_id.as_str(),
        if is_done { "completed" } else { "failed" },
        (!is_done).then_some(words),
        undo,
        ended.target.as_deref(),
        ended.project.as_deref(),
        ids::now_ms()
    )?;
    let sql = "DELETE FROM outbox WHERE workspace_id = $1 AND operation_id = $2";
    execute!(conn, sql, workspace.as_str(), row.operation_id.as_str())?;
    if changed == 0 {
        return Ok(None);
    }
    let id = OperationId::new(row.operation_id.clone());
    operations::find(conn, &workspace, &id).await
}

/// Gives an idempotency key its answer, or back when nothing was done.
///
/// # Errors
/// When the database refuses.
pub async fn settle_key(
    conn: &mut Conn,
    operation: &OperationRow,
    row: &SentRow,
    answer: Option<&Value>,
) -> Result<()> {
    let Some(key) = &row.request_key else { return Ok(()) };
    let key = ToolKey {
        workspace: WorkspaceId::new(row.workspace_id.clone()),
        user: operation.user_id.as_str().into(),
        tool: row.request_tool.as_ref().unwrap_or(&operation.tool).clone(),
        key: key.clone(),
    };
    match answer {
        Some(answer) => operations::keep_answer(conn, &key, answer).await,
        None => operations::release(conn, &key).await,
    }
}
