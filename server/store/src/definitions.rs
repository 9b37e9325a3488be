//! What people define and keep: recipes, policies, budgets and what was spent. One table, a kind and a JSON body.

use crate::db::{Conn, Result, execute, fetch_all, fetch_optional, record};
use crate::ids;
use domain::actor::Actor;
use domain::ids::WorkspaceId;

record! {
    /// One definition.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Definition {
        /// The definition.
        pub id: String,
        /// `recipe`, `policy`, `budget`, `expense`.
        pub kind: String,
        /// What people call it.
        pub name: String,
        /// What it says, a JSON object; its fields depend on the kind.
        pub body: String,
        /// Who made it.
        pub owner_id: String,
        /// Their name.
        pub owner: String,
        /// Epoch milliseconds.
        pub created_at: i64,
        /// Epoch milliseconds.
        pub updated_at: i64,
    }
}

const COLUMNS: &str = "id, kind, name, body, owner_id, owner, created_at, updated_at";

/// A definition of `actor`, made now, to be stored with [`insert`].
pub fn made(actor: &Actor, kind: &str, name: &str, body: &serde_json::Value) -> Definition {
    let now = ids::now_ms();
    Definition {
        id: ids::fresh(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        body: body.to_string(),
        owner_id: actor.user.to_string(),
        owner: actor.name.clone(),
        created_at: now,
        updated_at: now,
    }
}

/// Stores a definition.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, workspace: &WorkspaceId, new: &Definition) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO definitions (id, workspace_id, kind, name, body, owner_id, owner, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new.id.as_str(),
        workspace.as_str(),
        new.kind.as_str(),
        new.name.as_str(),
        new.body.as_str(),
        new.owner_id.as_str(),
        new.owner.as_str(),
        new.created_at,
        new.updated_at
    )?;
    Ok(())
}

/// The definitions of a kind, the newest first.
///
/// # Errors
/// When the database refuses.
pub async fn list(conn: &mut Conn, workspace: &WorkspaceId, kind: &str) -> Result<Vec<Definition>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM definitions WHERE workspace_id = $1 AND kind = $2 ORDER BY created_at DESC, id DESC"
    );
    let place = conn.place("definitions", &[workspace.as_str(), kind]);
    if let Some(kept) = place.answer() {
        return Ok(kept);
    }
    let sql = sqlx::AssertSqlSafe(sql);
    Ok(place.keep(fetch_all!(conn, Definition, sql, workspace.as_str(), kind)?))
}

/// One definition of a kind.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (kind, id): (&str, &str),
) -> Result<Option<Definition>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM definitions WHERE workspace_id = $1 AND kind = $2 AND id = $3"
    );
    fetch_optional!(conn, Definition, sqlx::AssertSqlSafe(sql), workspace.as_str(), kind, id)
}

/// Gives a definition another name and body; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn update(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (kind, id): (&str, &str),
    (name, body): (&str, &serde_json::Value),
) -> Result<bool> {
    let sql = "UPDATE definitions SET name = $4, body = $5, updated_at = $6
               WHERE workspace_id = $1 AND kind = $2 AND id = $3";
    let (text, now) = (body.to_string(), ids::now_ms());
    Ok(execute!(conn, sql, workspace.as_str(), kind, id, name, text, now)? > 0)
}

/// Deletes a definition; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (kind, id): (&str, &str),
) -> Result<bool> {
    let sql = "DELETE FROM definitions WHERE workspace_id = $1 AND kind = $2 AND id = $3";
    Ok(execute!(conn, sql, workspace.as_str(), kind, id)? > 0)
}
