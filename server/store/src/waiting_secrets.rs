//! Arguments that an earlier version kept readable although they hold secrets: found once after a start, and replaced.

use crate::db::{Conn, Result, execute, fetch_all, record};
use domain::ids::WorkspaceId;
use serde_json::Value;

record! {
    struct ArgsRow { id: String, workspace_id: String, tool: String, args: String }
}

/// Where such arguments lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An approval.
    Approval,
    /// A tool call of the assistant.
    Call,
    /// The calls of a turn of a conversation.
    Turn,
}

/// Arguments with a readable secret.
#[derive(Clone, Debug)]
pub struct Readable {
    /// The table.
    pub place: Place,
    /// The row.
    pub id: String,
    /// Whose.
    pub workspace: WorkspaceId,
    /// The tool; empty for a turn, which has several.
    pub tool: String,
    /// The arguments; for a turn its list of calls.
    pub args: Value,
}

/// Every row whose arguments hold a connection's secret that is not sealed.
///
/// # Errors
/// When the database refuses.
pub async fn readable(conn: &mut Conn) -> Result<Vec<Readable>> {
    let mut found = Vec::new();
    for (place, sql) in [
        (
            Place::Approval,
            "SELECT id, workspace_id, tool, args FROM approvals
             WHERE (tool LIKE 'flow_connection_%' OR args LIKE '%flow_connection_%')
               AND args LIKE '%\"value\"%' AND args NOT LIKE '%\"sealed\"%'",
        ),
        (
            Place::Call,
            "SELECT id, workspace_id, name AS tool, args FROM chat_calls
             WHERE (name LIKE 'flow_connection_%' OR args LIKE '%flow_connection_%')
               AND args LIKE '%\"value\"%' AND args NOT LIKE '%\"sealed\"%'",
        ),
        (
            Place::Turn,
            "SELECT id, workspace_id, '' AS tool, tool_results AS args FROM chat_messages
             WHERE tool_results LIKE '%flow_connection_%' AND tool_results LIKE '%\"value\":{%'
               AND tool_results NOT LIKE '%\"sealed\"%'",
        ),
    ] {
        for row in fetch_all!(conn, ArgsRow, sql)? {
            found.push(Readable {
                place,
                id: row.id,
                workspace: row.workspace_id.into(),
                tool: row.tool,
                args: serde_json::from_str(&row.args)?,
            });
        }
    }
    Ok(found)
}

/// Puts the arguments back as they are now, each with the hash of its call.
///
/// # Errors
/// When the database refuses.
pub async fn replace(conn: &mut Conn, all: &[(Readable, String)]) -> Result<()> {
    for (it, hash) in all {
        let args = it.args.to_string();
        match it.place {
            // The summary said the arguments too.
            Place::Approval => execute!(
                conn,
                "UPDATE approvals SET args = $2, args_hash = $3, summary = title WHERE id = $1",
                it.id.as_str(),
                args,
                hash.as_str()
            )?,
            Place::Call => execute!(
                conn,
                "UPDATE chat_calls SET args = $2 WHERE id = $1",
                it.id.as_str(),
                args
            )?,
            Place::Turn => execute!(
                conn,
                "UPDATE chat_messages SET tool_calls = $2, tool_results = $2 WHERE id = $1",
                it.id.as_str(),
                args
            )?,
        };
    }
    Ok(())
}
