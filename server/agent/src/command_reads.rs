//! Commands that a message names and that only read: what changes something keeps its own record.

use crate::command_list::Command;
use crate::commands::ended;
use domain::actor::Actor;
use domain::ids::OperationId;
use domain::problem::Problem;
use serde_json::Value;
use store::chat::journal::Place;
use store::commands::{self, NewCommand};
use store::db::Conn;
use store::ids;
use tools::error::ToolError;

/// Stores that a command ran in a conversation, and what came of it (contract.md 3.2, `operation_id`).
///
/// # Errors
/// When the database refuses.
pub(crate) async fn keep(
    tx: &mut Conn,
    (actor, place): (&Actor, &Place),
    (command, args): (Command, &Value),
    (outcome, duration_ms): (&Result<Value, ToolError>, i64),
) -> Result<OperationId, Problem> {
    let new = NewCommand {
        id: OperationId::from(ids::fresh()),
        user: actor.user.clone(),
        actor: actor.name.clone(),
        source: "chat",
        run: Some((place.session.clone(), place.run.clone())),
        command: command.name,
        tool: command.tool,
        arguments: args.clone(),
        project_id: args.get("project_id").and_then(Value::as_str).map(str::to_owned),
        is_high_risk: command.is_high_risk,
        approval: None,
    };
    commands::insert(tx, &actor.workspace, &new).await?;
    commands::end(tx, &new.id, &ended(outcome, duration_ms)).await?;
    Ok(new.id)
}
