//! What the assistant keeps beyond one conversation: short notes of a person, a project or a workspace.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use domain::ids::{UserId, WorkspaceId};

record! {
    /// One note.
    #[derive(Clone, Debug)]
    pub struct Memory {
        /// The note.
        pub id: String,
        /// `user`, `project` or `workspace`.
        pub scope: String,
        /// Who wrote it; with the scope `user` nobody else sees it.
        pub owner_id: String,
        /// The project it is about.
        pub project_id: Option<String>,
        /// `fact`, `preference`, `decision`, ...
        pub kind: String,
        /// Plain text.
        pub content: String,
        /// A JSON list of words.
        pub tags: String,
        /// From 0 to 1.
        pub importance: f64,
        /// The door it came through: `chat`, `mcp`, ...
        pub source: String,
        /// `person` or `assistant`: who put it in words.
        pub trust: String,
        /// Name of who it was written for.
        pub author: String,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub updated_at: i64,
    }
}

/// What of a note can be changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// `user`, `project` or `workspace`.
    pub scope: String,
    /// The project it is about.
    pub project_id: Option<String>,
    /// Plain text.
    pub content: String,
    /// A JSON list of words.
    pub tags: String,
    /// From 0 to 1.
    pub importance: f64,
}

const COLUMNS: &str =
    "id, scope, owner_id, project_id, kind, content, tags, importance, source, trust, author,
    created_at, updated_at";

/// Stores a note.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, workspace: &WorkspaceId, new: &Memory) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO memories (id, workspace_id, scope, owner_id, project_id, kind, content, tags, importance, source,
             trust, author, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)",
        new.id.as_str(),
        workspace.as_str(),
        new.scope.as_str(),
        new.owner_id.as_str(),
        new.project_id.as_deref(),
        new.kind.as_str(),
        new.content.as_str(),
        new.tags.as_str(),
        new.importance,
        new.source.as_str(),
        new.trust.as_str(),
        new.author.as_str(),
        ids::now_ms()
    )?;
    Ok(())
}

/// How many notes a person may see: their own and those everybody shares.
///
/// # Errors
/// When the database refuses.
pub async fn count(conn: &mut Conn, (workspace, user): (&WorkspaceId, &UserId)) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM memories
               WHERE workspace_id = $1 AND deleted_at IS NULL AND (scope <> 'user' OR owner_id = $2)";
    let found = fetch_optional!(conn, (i64,), sql, workspace.as_str(), user.as_str())?;
    Ok(found.map_or(0, |it| it.0))
}

/// Notes a person may see, of at least some importance: their own and those everybody shares, most important first.
///
/// # Errors
/// When the database refuses.
pub async fn visible(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    min_importance: f64,
    limit: i64,
) -> Result<Vec<Memory>> {
    let which =
        [workspace.as_str(), user.as_str(), &min_importance.to_string(), &limit.to_string()];
    let place = conn.place("visible memories", &which);
    if let Some(kept) = place.answer() {
        return Ok(kept);
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM memories
         WHERE workspace_id = $1 AND deleted_at IS NULL AND (scope <> 'user' OR owner_id = $2) AND importance >= $3
         ORDER BY importance DESC, updated_at DESC, id LIMIT $4"
    );
    let found = fetch_all!(
        conn,
        Memory,
        sqlx::AssertSqlSafe(sql),
        workspace.as_str(),
        user.as_str(),
        min_importance,
        limit
    )?;
    Ok(place.keep(found))
}

/// A note a person may see, deleted or not as `is_deleted` says.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    (workspace, user): (&WorkspaceId, &UserId),
    id: &str,
    is_deleted: bool,
) -> Result<Option<Memory>> {
    let state = if is_deleted { "IS NOT NULL" } else { "IS NULL" };
    let sql = format!(
        "SELECT {COLUMNS} FROM memories
         WHERE workspace_id = $1 AND (scope <> 'user' OR owner_id = $2) AND id = $3 AND deleted_at {state}"
    );
    let sql = sqlx::AssertSqlSafe(sql);
    fetch_optional!(conn, Memory, sql, workspace.as_str(), user.as_str(), id)
}

/// Changes a note.
///
/// # Errors
/// When the database refuses.
pub async fn update(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &str,
    to: &Content,
) -> Result<()> {
    let sql =
        "UPDATE memories SET scope = $3, content = $4, tags = $5, importance = $6, updated_at = $7, project_id = $8
               WHERE workspace_id = $1 AND id = $2";
    execute!(
        conn,
        sql,
        workspace.as_str(),
        id,
        to.scope.as_str(),
        to.content.as_str(),
        to.tags.as_str(),
        to.importance,
        ids::now_ms(),
        to.project_id.as_deref()
    )?;
    Ok(())
}

/// Deletes a note, or brings it back.
///
/// # Errors
/// When the database refuses.
pub async fn set_deleted(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &str,
    is_deleted: bool,
) -> Result<()> {
    let sql = "UPDATE memories SET deleted_at = $3 WHERE workspace_id = $1 AND id = $2";
    execute!(conn, sql, workspace.as_str(), id, is_deleted.then(ids::now_ms))?;
    Ok(())
}
