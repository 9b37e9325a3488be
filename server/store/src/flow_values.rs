//! Values that flows keep between runs, and what steps have done to them: each effect once, in one transaction.

use crate::db::{Conn, Inner, Result, execute, fetch_optional};
use crate::ids;
use domain::ids::{RunId, WorkspaceId};
use serde_json::Value;

/// Where a value is.
#[derive(Clone, Debug)]
pub struct Place {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Empty for all flows of the workspace, else the flow or the run that it is kept for.
    pub kept_for: String,
    /// What the flow calls it.
    pub name: String,
}

/// Nobody else changes the value at `place` before this transaction ends.
///
/// # Errors
/// When the database refuses.
pub async fn lock(conn: &mut Conn, place: &Place) -> Result<()> {
    // SQLite has one writer.
    if matches!(conn.inner, Inner::Postgres(_)) {
        let Place { workspace, kept_for, name } = place;
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        execute!(conn, sql, format!("value {workspace} {kept_for} {name}"))?;
    }
    Ok(())
}

/// The value at `place`.
///
/// # Errors
/// When the database refuses or the stored value is not JSON.
pub async fn get(conn: &mut Conn, place: &Place) -> Result<Option<Value>> {
    let sql =
        "SELECT value FROM flow_values WHERE workspace_id = $1 AND kept_for = $2 AND name = $3";
    let (workspace, kept_for) = (place.workspace.as_str(), place.kept_for.as_str());
    let row = fetch_optional!(conn, (String,), sql, workspace, kept_for, place.name.as_str())?;
    Ok(row.map(|(it,)| serde_json::from_str(&it)).transpose()?)
}

/// Puts `value` at `place`; nothing takes away what is there.
///
/// # Errors
/// When the database refuses.
pub async fn set(conn: &mut Conn, place: &Place, value: Option<&Value>) -> Result<()> {
    let (workspace, kept_for) = (place.workspace.as_str(), place.kept_for.as_str());
    match value {
        Some(value) => execute!(
            conn,
            "INSERT INTO flow_values (workspace_id, kept_for, name, value, updated_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (workspace_id, kept_for, name)
             DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
            workspace,
            kept_for,
            place.name.as_str(),
            value.to_string(),
            ids::now_ms()
        )?,
        None => execute!(
            conn,
            "DELETE FROM flow_values WHERE workspace_id = $1 AND kept_for = $2 AND name = $3",
            workspace,
            kept_for,
            place.name.as_str()
        )?,
    };
    Ok(())
}

/// What the step with this key gave when it was done before.
///
/// # Errors
/// When the database refuses or the stored output is not JSON.
pub async fn done_before(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    key: &str,
) -> Result<Option<Value>> {
    let sql = "SELECT output FROM run_effects WHERE workspace_id = $1 AND effect_key = $2";
    let row = fetch_optional!(conn, (String,), sql, workspace.as_str(), key)?;
    Ok(row.map(|(it,)| serde_json::from_str(&it)).transpose()?)
}

/// Remembers that the step with this key was done, in the transaction that did it.
///
/// # Errors
/// When the database refuses.
pub async fn mark_done(
    conn: &mut Conn,
    (workspace, run): (&WorkspaceId, &RunId),
    key: &str,
    output: &Value,
) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO run_effects (workspace_id, effect_key, run_id, output) VALUES ($1, $2, $3, $4)",
        workspace.as_str(),
        key,
        run.as_str(),
        output.to_string()
    )?;
    Ok(())
}
