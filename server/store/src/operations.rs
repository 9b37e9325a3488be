//! Writes through any door, with what is needed to reverse them, and keys that make a write happen once.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use domain::ids::{OperationId, UserId, WorkspaceId};
use serde_json::Value;

record! {
    /// One write, as the API shows it (contract.md 5.2); JSON columns are still text.
    #[derive(Clone, Debug)]
    pub struct OperationRow {
        /// The operation.
        pub id: String,
        /// Who is behind it.
        pub user_id: String,
        /// `chat`, `ui`, `mcp`, ...
        pub source: String,
        /// Their name.
        pub actor: String,
        /// The conversation.
        pub session_id: Option<String>,
        /// The run of the assistant or of a flow.
        pub run_id: Option<String>,
        /// The command, when one was typed.
        pub command: Option<String>,
        /// The tool.
        pub tool: String,
        /// Its arguments, a JSON object.
        pub arguments: String,
        /// What it changed, in words.
        pub target: Option<String>,
        /// The Basecamp project.
        pub project_id: Option<String>,
        /// `low` or `high`.
        pub risk: String,
        /// 1 when a person had to agree.
        pub approval_required: i16,
        /// Their agreement.
        pub approval_id: Option<String>,
        /// `running`, `completed`, `failed`, ...
        pub status: String,
        /// How long it took.
        pub duration_ms: Option<i64>,
        /// At most 220 characters of the result.
        pub result_excerpt: Option<String>,
        /// Why it failed.
        pub error: Option<String>,
        /// The reverse call, a JSON object `{tool, args}`.
        pub undo: Option<String>,
        /// The operation that this one takes back.
        pub undoes: Option<String>,
        /// Epoch milliseconds.
        pub undone_at: Option<i64>,
        /// Epoch milliseconds.
        pub approved_at: Option<i64>,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub updated_at: i64,
    }
}

/// A write, while it is carried out or when it ended.
#[derive(Clone, Debug, Default)]
pub struct NewOperation {
    /// From [`ids::fresh`].
    pub id: OperationId,
    /// Who is behind it.
    pub user: UserId,
    /// Their name.
    pub actor: String,
    /// `chat`, `ui`, `mcp`, ...
    pub source: &'static str,
    /// The conversation.
    pub session_id: Option<String>,
    /// The run of the assistant or of a flow.
    pub run_id: Option<String>,
    /// The tool.
    pub tool: String,
    /// Its arguments.
    pub arguments: Value,
    /// What it changed, in words.
    pub target: Option<String>,
    /// The Basecamp project.
    pub project_id: Option<String>,
    /// Deletes or shows data to outsiders.
    pub is_high_risk: bool,
    /// The agreement it needed.
    pub approval_id: Option<String>,
    /// [`PENDING`], `running`, `completed` or `failed`.
    pub status: &'static str,
    /// How long it took.
    pub duration_ms: i64,
    /// At most 220 characters of the result.
    pub result_excerpt: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// The reverse call `{tool, args}`.
    pub undo: Option<Value>,
    /// The operation that this one takes back: of those that do, one is running or completed, never two.
    pub undoes: Option<OperationId>,
}

/// The state of one that waits for a person.
pub const PENDING: &str = "pending_approval";

/// An alert is sent by what an admin set on a page, so that is its door; it is told apart only where failures are counted.
const COLUMNS: &str = "id, user_id, CASE source WHEN 'alert' THEN 'ui' ELSE source END AS source, actor, session_id, run_id, command, tool, arguments, target, project_id, risk,
    approval_required, approval_id, status, duration_ms, result_excerpt, error, undo, undoes, undone_at, approved_at,
    created_at, updated_at";

/// Stores a write: one that is about to be sent, then the same one with how it ended.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, workspace: &WorkspaceId, new: &NewOperation) -> Result<()> {
    let now = ids::now_ms();
    execute!(
        conn,
        "INSERT INTO operations (id, workspace_id, user_id, source, actor, session_id, run_id, tool, arguments, target,
             project_id, risk, approval_required, approval_id, status, duration_ms, result_excerpt, error, undo,
             approved_at, created_at, updated_at, undoes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $21,
                 $22)
         ON CONFLICT (id) DO UPDATE SET arguments = excluded.arguments, target = excluded.target,
             project_id = excluded.project_id, status = excluded.status, duration_ms = excluded.duration_ms,
             result_excerpt = excluded.result_excerpt, error = excluded.error, undo = excluded.undo,
             updated_at = excluded.updated_at
         WHERE operations.workspace_id = excluded.workspace_id
           AND operations.status IN ('queued', 'pending_approval', 'running')",
        new.id.as_str(),
        workspace.as_str(),
        new.user.as_str(),
        new.source,
        new.actor.as_str(),
        new.session_id.as_deref(),
        new.run_id.as_deref(),
        new.tool.as_str(),
        new.arguments.to_string(),
        new.target.as_deref(),
        new.project_id.as_deref(),
        if new.is_high_risk { "high" } else { "low" },
        i16::from(new.approval_id.is_some()),
        new.approval_id.as_deref(),
        new.status,
        new.duration_ms,
        new.result_excerpt.as_deref(),
        new.error.as_deref(),
        new.undo.as_ref().map(Value::to_string),
        new.approval_id.as_ref().filter(|_| new.status != PENDING).map(|_| now),
        now,
        new.undoes.as_ref().map(OperationId::as_str)
    )?;
    Ok(())
}

/// Stores a write that waits for the approval it names, and tells the approval of it.
///
/// # Errors
/// When the database refuses.
pub async fn insert_waiting(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    new: &NewOperation,
) -> Result<()> {
    insert(conn, workspace, &NewOperation { status: PENDING, ..new.clone() }).await?;
    let sql = "UPDATE approvals SET operation_id = $3 WHERE workspace_id = $1 AND id = $2";
    execute!(conn, sql, workspace.as_str(), new.approval_id.as_deref(), new.id.as_str())?;
    Ok(())
}

/// An operation of the workspace.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &OperationId,
) -> Result<Option<OperationRow>> {
    let sql = format!("SELECT {COLUMNS} FROM operations WHERE workspace_id = $1 AND id = $2");
    fetch_optional!(conn, OperationRow, sqlx::AssertSqlSafe(sql), workspace.as_str(), id.as_str())
}

/// The newest writes since `since_ms` that can be taken back, newest first, `limit` at most.
///
/// # Errors
/// When the database refuses.
pub async fn reversible(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (since_ms, limit): (i64, i64),
) -> Result<Vec<OperationRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM operations
         WHERE workspace_id = $1 AND created_at >= $2 AND status = 'completed' AND undo IS NOT NULL
           AND undone_at IS NULL AND undoes IS NULL
         ORDER BY created_at DESC, id DESC LIMIT $3"
    );
    let bound = (workspace.as_str(), since_ms, limit);
    fetch_all!(conn, OperationRow, sqlx::AssertSqlSafe(sql), bound.0, bound.1, bound.2)
}

/// Which operations are asked for.
#[derive(Clone, Debug, Default)]
pub struct OperationFilter {
    /// One state.
    pub status: Option<String>,
    /// One door.
    pub source: Option<String>,
    /// Only older than this one: the cursor.
    pub before: Option<OperationId>,
    /// At most this many.
    pub limit: i64,
}

/// Operations of the workspace, newest first. Ids are ordered by time.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    filter: &OperationFilter,
) -> Result<Vec<OperationRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM operations
         WHERE workspace_id = $1 AND ($2 = '' OR status = $2) AND ($3 = '' OR CASE source WHEN 'alert' THEN 'ui' ELSE source END = $3) AND ($4 = '' OR id < $4)
         ORDER BY id DESC LIMIT $5"
    );
    fetch_all!(
        conn,
        OperationRow,
        sqlx::AssertSqlSafe(sql),
        workspace.as_str(),
        filter.status.as_deref().unwrap_or_default(),
        filter.source.as_deref().unwrap_or_default(),
        filter.before.as_ref().map(OperationId::as_str).unwrap_or_default(),
        filter.limit
    )
}

/// A key that makes a write happen once.
#[derive(Clone, Debug)]
pub struct ToolKey {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The caller.
    pub user: UserId,
    /// The tool.
    pub tool: String,
    /// What the caller sent.
    pub key: String,
}

/// How many writes a workspace has.
///
/// # Errors
/// When the database refuses.
pub async fn count(conn: &mut Conn, workspace: &WorkspaceId) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM operations WHERE workspace_id = $1";
    Ok(fetch_optional!(conn, (i64,), sql, workspace.as_str())?.map_or(0, |(count,)| count))
}

/// How often a tool was used with success since a moment, and when first.
///
/// # Errors
/// When the database refuses.
pub async fn used_since(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (tool, since_ms): (&str, i64),
) -> Result<(i64, Option<i64>)> {
    let sql = "SELECT COUNT(*), MIN(created_at) FROM operations
               WHERE workspace_id = $1 AND tool = $2 AND status = 'completed' AND created_at >= $3";
    let row = fetch_optional!(conn, (i64, Option<i64>), sql, workspace.as_str(), tool, since_ms)?;
    Ok(row.unwrap_or_default())
}

/// What is known about a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// It is new: the caller does the work.
    Mine,
    /// Somebody is at it.
    Running,
    /// It was done, with this answer.
    Done(Value),
    /// It was used with other arguments.
    OtherArguments,
}

/// Claims a key, or says what became of it. Keys older than `since_ms` are forgotten.
///
/// # Errors
/// When the database refuses.
pub async fn claim(
    conn: &mut Conn,
    key: &ToolKey,
    args_hash: &str,
    since_ms: i64,
) -> Result<Claim> {
    let place = (key.workspace.as_str(), key.user.as_str(), key.tool.as_str(), key.key.as_str());
    let sql = "DELETE FROM tool_keys
               WHERE workspace_id = $1 AND user_id = $2 AND tool = $3 AND request_key = $4 AND created_at < $5";
    execute!(conn, sql, place.0, place.1, place.2, place.3, since_ms)?;
    let sql =
        "INSERT INTO tool_keys (workspace_id, user_id, tool, request_key, args_hash, created_at)
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    if execute!(conn, sql, place.0, place.1, place.2, place.3, args_hash, ids::now_ms())? > 0 {
        return Ok(Claim::Mine);
    }
    let sql = "SELECT args_hash, answer FROM tool_keys
               WHERE workspace_id = $1 AND user_id = $2 AND tool = $3 AND request_key = $4";
    let row =
        fetch_optional!(conn, (String, Option<String>), sql, place.0, place.1, place.2, place.3)?;
    Ok(match row {
        Some((hash, _)) if hash != args_hash => Claim::OtherArguments,
        Some((_, Some(answer))) => Claim::Done(serde_json::from_str(&answer)?),
        _ => Claim::Running,
    })
}

/// What is kept under a key: nothing when it was never claimed, no answer while or if the work did not end.
///
/// # Errors
/// When the database refuses.
pub async fn kept(conn: &mut Conn, key: &ToolKey) -> Result<Option<Option<Value>>> {
    let sql = "SELECT answer FROM tool_keys
               WHERE workspace_id = $1 AND user_id = $2 AND tool = $3 AND request_key = $4";
    let row = fetch_optional!(
        conn,
        (Option<String>,),
        sql,
        key.workspace.as_str(),
        key.user.as_str(),
        key.tool.as_str(),
        key.key.as_str()
    )?;
    Ok(row.map(|(answer,)| answer.map(|it| serde_json::from_str(&it)).transpose()).transpose()?)
}

/// Keeps the answer under a claimed key.
///
/// # Errors
/// When the database refuses.
pub async fn keep_answer(conn: &mut Conn, key: &ToolKey, answer: &Value) -> Result<()> {
    let sql = "UPDATE tool_keys SET answer = $5
               WHERE workspace_id = $1 AND user_id = $2 AND tool = $3 AND request_key = $4";
    execute!(
        conn,
        sql,
        key.workspace.as_str(),
        key.user.as_str(),
        key.tool.as_str(),
        key.key.as_str(),
        answer.to_string()
    )?;
    Ok(())
}

/// Gives a claimed key back when nothing happened.
///
/// # Errors
/// When the database refuses.
pub async fn release(conn: &mut Conn, key: &ToolKey) -> Result<()> {
    let sql = "DELETE FROM tool_keys WHERE workspace_id = $1 AND user_id = $2 AND tool = $3 AND request_key = $4
                 AND answer IS NULL";
    execute!(
        conn,
        sql,
        key.workspace.as_str(),
        key.user.as_str(),
        key.tool.as_str(),
        key.key.as_str()
    )?;
    Ok(())
}
