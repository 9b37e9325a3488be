//! Writes of the workspace, as the API shows them (contract.md 5.2).

use crate::agent::Agent;
use domain::actor::{Actor, Permission};
use domain::ids::OperationId;
use domain::problem::Problem;
use serde_json::{Value, json};
use store::ids;
use store::operations::{self, OperationFilter, OperationRow};

impl Agent {
    /// Writes of the workspace, newest first, with the cursor for those after these.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn operations(
        &self,
        actor: &Actor,
        filter: OperationFilter,
    ) -> Result<(Vec<Value>, Option<String>), Problem> {
        actor.require(Permission::Read)?;
        let filter = OperationFilter { limit: filter.limit.clamp(1, 200), ..filter };
        let mut conn = self.0.db.read().await?;
        let rows = operations::list(&mut conn, &actor.workspace, &filter).await?;
        let is_full = i64::try_from(rows.len()).unwrap_or(i64::MAX) == filter.limit;
        let next = rows.last().filter(|_| is_full).map(|it| it.id.clone());
        Ok((rows.into_iter().map(|it| row(it, actor)).collect(), next))
    }

    /// How many writes the workspace has.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn operation_count(&self, actor: &Actor) -> Result<i64, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.0.db.read().await?;
        Ok(operations::count(&mut conn, &actor.workspace).await?)
    }

    /// One write.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing one.
    pub async fn operation(&self, actor: &Actor, id: &OperationId) -> Result<Value, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.0.db.read().await?;
        let found = operations::find(&mut conn, &actor.workspace, id).await?;
        found.map(|it| row(it, actor)).ok_or_else(|| Problem::not_found("Operation"))
    }
}

/// What was done is for everybody in the workspace; with which values is for whoever did it and for those who manage,
/// and in which conversation for its owner alone (contract.md 0.3).
fn row(mut row: OperationRow, actor: &Actor) -> Value {
    let is_own = row.user_id == actor.user.as_str();
    let mut arguments = serde_json::from_str(&row.arguments).unwrap_or(Value::Null);
    if !is_own {
        row.session_id = None;
        row.run_id = None;
    }
    if !is_own && !actor.role.can(Permission::Manage) {
        arguments = json!({});
        row.result_excerpt = None;
        row.error = row.error.map(|_| "It failed".to_owned());
    }
    json!({
        "id": row.id,
        "source": row.source,
        "actor": row.actor,
        "session_id": row.session_id,
        "run_id": row.run_id,
        "command": row.command,
        "tool": row.tool,
        "arguments": crate::trace::masked(&arguments),
        "target": row.target,
        "project_id": row.project_id,
        "risk": row.risk,
        "approval_required": row.approval_required != 0,
        "approval_id": row.approval_id,
        "status": row.status,
        "duration_ms": row.duration_ms,
        "result_excerpt": row.result_excerpt,
        "error": row.error,
        "undoable": row.undo.is_some() && row.undone_at.is_none(),
        "undone_at": row.undone_at.map(ids::rfc3339),
        "approved_at": row.approved_at.map(ids::rfc3339),
        "created_at": ids::rfc3339(row.created_at),
        "updated_at": ids::rfc3339(row.updated_at),
    })
}
