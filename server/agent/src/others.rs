//! Calls of tools of other servers, which are calls of tools of ours by how they are asked about.

use crate::agent::Agent;
use crate::llm::Wanted;
use crate::turn::Turn;
use domain::actor::Actor;
use domain::problem::Problem;
use store::chat::journal::StoredCall;
use tools::error::ToolError;

impl Agent {
    /// A call of another server's tool as the tool of ours that it is, by how it is asked about. One that cannot be used
    /// stays as it is, and fails with the reason.
    pub(crate) async fn as_ours(&self, actor: &Actor, call: Wanted) -> Wanted {
        match self.0.tools.resolved(actor, &call.name, &call.args).await {
            Ok(Some((name, args))) => Wanted::new(name, args),
            _ => call,
        }
    }
}

impl Turn {
    /// Ends a call of no tool of ours with the reason. It never runs: a tool of another server that may be used since it
    /// was asked for passed no question.
    pub(crate) async fn fail_unusable(&self, call: &StoredCall) -> Result<(), Problem> {
        let tools = &self.agent.0.tools;
        let unknown = || ToolError::UnknownTool { name: call.name.clone(), similar: Vec::new() };
        let error = match tools.resolved(&self.actor, &call.name, &call.args).await {
            Err(error) => error,
            Ok(Some(_)) => {
                Problem::conflict("This tool may be used since a moment ago. Ask for it again")
                    .into()
            }
            Ok(None) => tools.check(&call.name, &call.args).err().unwrap_or_else(unknown),
        };
        self.refuse(call, &error.to_value("system")).await
    }
}
