//! Named settings, of a workspace or of the installation.

use crate::db::{Conn, Result, execute, fetch_optional};
use crate::ids;
use serde_json::Value;

/// The workspace of settings that belong to the installation.
pub const INSTALLATION: &str = "";

/// The setting called `name`, if it was ever set.
///
/// # Errors
/// When the database refuses.
pub async fn find(conn: &mut Conn, workspace: &str, name: &str) -> Result<Option<Value>> {
    let place = conn.place("setting", &[workspace, name]);
    if let Some(kept) = place.answer() {
        return Ok(kept);
    }
    let sql = "SELECT value FROM settings WHERE workspace_id = $1 AND name = $2";
    let row = fetch_optional!(conn, (String,), sql, workspace, name)?;
    Ok(place.keep(row.map(|(value,)| serde_json::from_str(&value)).transpose()?))
}

/// Sets it.
///
/// # Errors
/// When the database refuses.
pub async fn set(conn: &mut Conn, workspace: &str, name: &str, value: &Value) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO settings (workspace_id, name, value, updated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
        workspace,
        name,
        value.to_string(),
        ids::now_ms()
    )?;
    Ok(())
}

/// Sets it unless it is set; whether this call did. Of several at once exactly one gets true.
///
/// # Errors
/// When the database refuses.
pub async fn claim(conn: &mut Conn, workspace: &str, name: &str, value: &Value) -> Result<bool> {
    let set = execute!(
        conn,
        "INSERT INTO settings (workspace_id, name, value, updated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, name) DO NOTHING",
        workspace,
        name,
        value.to_string(),
        ids::now_ms()
    )?;
    Ok(set > 0)
}
