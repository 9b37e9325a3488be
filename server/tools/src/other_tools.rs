//! Tools of other MCP servers. A call by their name is one of three tools of ours, by how it is asked about; so
//! approvals, operations and keys treat it as what it is.

use crate::error::ToolError;
use crate::preview::Preview;
use crate::tool::{Call, Done};
use crate::tools::Tools;
use domain::actor::{Actor, Permission};
use domain::approval::Risk;
use domain::problem::Problem;
use domain::tool_server::ToolRisk;
use peers::call::NotDone;
pub use peers::call::Pinned;
use peers::is_foreign;
use serde_json::{Value, json};

/// Asks an admin each time.
pub const ASK: &str = "other_tool_ask";
/// Asks each time.
pub const WRITE: &str = "other_tool_write";
/// Asks only after text from outside.
pub const READ: &str = "other_tool_read";
/// Their group in the catalogue.
pub(crate) const GROUP: &str = "servers";

/// Whether `name` is how a tool of another server is called, or one of ours that calls it.
pub fn is_other(name: &str) -> bool {
    is_foreign(name) || [ASK, WRITE, READ].contains(&name)
}

/// The name and arguments with which a call was made, for showing it to whoever made it.
pub fn as_called<'a>(name: &'a str, args: &'a Value) -> Option<(&'a str, Value)> {
    if ![ASK, WRITE, READ].contains(&name) {
        return None;
    }
    let tool = args.get("tool").and_then(Value::as_str)?;
    Some((tool, args.get("args").cloned().unwrap_or_else(|| json!({}))))
}

impl Tools {
    /// Tools of other servers that `actor` may call, each with what a person accepted of it; none for people without a
    /// workspace.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn others(&self, actor: &Actor) -> Result<Vec<Pinned>, Problem> {
        let Some(peers) = self.peers.as_ref().filter(|_| !actor.workspace.as_str().is_empty())
        else {
            return Ok(Vec::new());
        };
        let mut all = peers.offered(actor).await?;
        all.retain(|it| it.risk == ToolRisk::Read || actor.role.can(Permission::Write));
        Ok(all)
    }

    /// The tool of ours, with its arguments, that a call of another server's tool is; none when it is no such call.
    ///
    /// # Errors
    /// [`Problem::Conflict`] for a tool that may not be used.
    pub async fn resolved(
        &self,
        actor: &Actor,
        name: &str,
        args: &Value,
    ) -> Result<Option<(&'static str, Value)>, ToolError> {
        let Some(peers) = self.peers.as_ref().filter(|_| is_foreign(name)) else {
            return Ok(None);
        };
        let Some(pinned) = peers.pinned(actor, name).await? else { return Ok(None) };
        let args = if args.is_null() { &json!({}) } else { args };
        Ok(Some((wrapper(pinned.risk), json!({ "tool": name, "args": args }))))
    }
}

fn wrapper(risk: ToolRisk) -> &'static str {
    match risk {
        ToolRisk::Ask => ASK,
        ToolRisk::Write => WRITE,
        ToolRisk::Read => READ,
    }
}

/// The worst it can do, as far as anybody knows.
pub(crate) fn risk_of(tool: &Pinned) -> Risk {
    match tool.risk {
        ToolRisk::Ask => Risk::Destructive,
        ToolRisk::Write => Risk::Write,
        ToolRisk::Read => Risk::Read,
    }
}

/// Name, meaning and schema for a model or a chat client. The hints are ours: what the server claims is not passed on.
pub(crate) fn describe(tool: &Pinned) -> Value {
    let risk = risk_of(tool);
    json!({
        "name": tool.called,
        "title": format!("{} of {}", tool.tool, tool.server),
        "description": tool.description,
        "inputSchema": tool.arguments,
        "annotations": {
            "readOnlyHint": risk == Risk::Read,
            "destructiveHint": risk == Risk::Destructive,
            "idempotentHint": false,
            "openWorldHint": true,
        },
    })
}

pub(crate) async fn ask(call: Call<'_>) -> Result<Done, ToolError> {
    run(call, ToolRisk::Ask).await
}

pub(crate) async fn write(call: Call<'_>) -> Result<Done, ToolError> {
    run(call, ToolRisk::Write).await
}

pub(crate) async fn read(call: Call<'_>) -> Result<Done, ToolError> {
    run(call, ToolRisk::Read).await
}

async fn run(call: Call<'_>, asked: ToolRisk) -> Result<Done, ToolError> {
    let name = call.args.need("tool")?;
    let args: Value = call.args.read("args")?.unwrap_or_else(|| json!({}));
    let Some(peers) = &call.tools.peers else { return Err(unknown(name)) };
    match peers.call(call.actor, (name, &args), asked).await {
        Ok(value) => Ok(Done::new(value).on(name)),
        Err(NotDone::Refused(problem)) => Err(problem.into()),
        Err(NotDone::Failed(message)) => Err(ToolError::OtherServer { message }),
    }
}

fn unknown(name: &str) -> ToolError {
    ToolError::UnknownTool { name: name.to_owned(), similar: Vec::new() }
}

/// What a person is asked before it runs. What was pinned is part of it, so that a change of it asks anew.
pub(crate) async fn preview(call: Call<'_>) -> Result<Preview, ToolError> {
    let name = call.args.need("tool")?;
    let found = match &call.tools.peers {
        Some(peers) => peers.pinned(call.actor, name).await?,
        None => None,
    };
    let pinned = found.ok_or_else(|| unknown(name))?;
    let args: Value = call.args.read("args")?.unwrap_or_else(|| json!({}));
    let Pinned { tool, server, host, .. } = &pinned;
    let summary = format!(
        "The tool {tool} of {server} runs. This leaves PM OS and goes to {host}: {args}. What it does there, PM OS does not \
         know and cannot undo"
    );
    let guard = json!({ "hash": pinned.hash, "host": host });
    Ok(Preview::new(format!("Use {tool} of {server}"), summary, guard))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

    #[test]
    fn none_of_our_names_is_one_of_theirs() {
        assert!(catalog::all().iter().all(|it| !is_foreign(it.name)));
    }

    #[test]
    fn a_call_is_shown_as_it_was_made() {
        let args = json!({ "tool": "crm__find", "args": { "a": 1 } });
        assert_eq!(as_called(READ, &args), Some(("crm__find", json!({ "a": 1 }))));
        assert_eq!(as_called("create_todo", &args), None);
    }
}
