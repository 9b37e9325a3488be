//! Remembered answers: what the assistant may do without asking again.

use crate::db::{Conn, Result, execute, fetch_all, record};
use crate::error::StoreError;
use crate::ids;
use domain::actor::Actor;
use domain::approval::{ApprovalRule, RuleScope};
use domain::ids::{UserId, WorkspaceId};

record! {
    struct RuleRow {
        id: String, tool: String, scope: String, user_id: String, user_name: String, project: String, label: String,
        created_by_name: String, created_at: i64,
    }
}

/// A rule with what it is compared with.
#[derive(Clone, Debug)]
pub struct StoredRule {
    /// What people see.
    pub rule: ApprovalRule,
    /// Whose questions it is about.
    pub user: UserId,
    /// The project it is about, as the argument names it; empty for all.
    pub project: String,
}

/// A rule to be stored.
#[derive(Clone, Debug)]
pub struct NewRule {
    /// The tool that asks no more.
    pub tool: String,
    /// For whom.
    pub scope: RuleScope,
    /// Whose questions, with their name.
    pub user: (UserId, String),
    /// The project as the argument names it; empty for all.
    pub project: String,
    /// What was approved, in one line.
    pub label: String,
}

/// Stores a rule.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &mut Conn, actor: &Actor, new: &NewRule) -> Result<()> {
    execute!(
        conn,
        "INSERT INTO approval_rules (id, workspace_id, tool, scope, user_id, user_name, project, label, created_by,
                                     created_by_name, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        ids::fresh(),
        actor.workspace.as_str(),
        new.tool.as_str(),
        new.scope.as_str(),
        new.user.0.as_str(),
        new.user.1.as_str(),
        new.project.as_str(),
        new.label.as_str(),
        actor.user.as_str(),
        actor.name.as_str(),
        ids::now_ms()
    )?;
    Ok(())
}

/// The rules of a workspace, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn list(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Vec<StoredRule>> {
    let sql =
        "SELECT id, tool, scope, user_id, user_name, project, label, created_by_name, created_at
               FROM approval_rules WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC";
    let rows = fetch_all!(conn, RuleRow, sql, workspace.as_str())?;
    rows.into_iter().map(read).collect()
}

/// Deletes a rule; false when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(conn: &mut Conn, workspace: &WorkspaceId, id: &str) -> Result<bool> {
    let sql = "DELETE FROM approval_rules WHERE workspace_id = $1 AND id = $2";
    Ok(execute!(conn, sql, workspace.as_str(), id)? > 0)
}

fn read(row: RuleRow) -> Result<StoredRule> {
    let unreadable = || StoreError::Unreadable("scope of a remembered answer".to_owned());
    Ok(StoredRule {
        user: row.user_id.into(),
        project: row.project,
        rule: ApprovalRule {
            id: row.id,
            tool: row.tool,
            scope: RuleScope::parse(&row.scope).ok_or_else(unreadable)?,
            asked_by: row.user_name,
            label: row.label,
            created_by: row.created_by_name,
            created_at: ids::rfc3339(row.created_at),
        },
    })
}
