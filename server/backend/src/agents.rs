//! Agents, through the same tools as the assistant and chat clients: each change leaves an operation that says how to
//! reverse it.

use crate::Backend;
use domain::actor::Actor;
use domain::agent::AgentChange;
use domain::problem::{Issue, Problem};
use serde_json::{Value, json};
use tools::tool::CallContext;

impl Backend {
    /// Makes an agent, or changes one; gives its id.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with every field that is wrong, [`Problem::NotFound`], [`Problem::Forbidden`] for viewers,
    /// and for somebody else's without the permission to manage, [`Problem::RateLimited`].
    pub async fn save_agent(&self, actor: &Actor, change: &AgentChange) -> Result<String, Problem> {
        let issues = wrong(change);
        if !issues.is_empty() {
            return Err(Problem::Invalid { issues });
        }
        let mut args = json!({
            "name": change.name, "goal": change.goal, "strategy": change.strategy,
            "type": change.kind.as_str(), "schedule": change.schedule.as_str(),
            "auto_execute": change.auto_execute,
        });
        let tool = match &change.id {
            Some(id) => {
                args["agent_id"] = json!(id);
                "update_agent"
            }
            None => "create_agent",
        };
        let answer = self.by_tool(actor, tool, &args).await?;
        Ok(answer["agent"]["id"].as_str().unwrap_or_default().to_owned())
    }

    /// Pauses an agent, or lets it go on.
    ///
    /// # Errors
    /// As [`Self::save_agent`].
    pub async fn pause_agent(&self, actor: &Actor, id: &str, pauses: bool) -> Result<(), Problem> {
        let action = if pauses { "pause" } else { "resume" };
        let args = json!({ "agent_id": id, "action": action });
        self.by_tool(actor, "pause_agent", &args).await.map(drop)
    }

    /// Deletes an agent; its runs stay in the audit log.
    ///
    /// # Errors
    /// As [`Self::save_agent`].
    pub async fn delete_agent(&self, actor: &Actor, id: &str) -> Result<(), Problem> {
        self.by_tool(actor, "delete_agent", &json!({ "agent_id": id })).await.map(drop)
    }

    /// Asks an agent to run at once; dry, it only tells what it would do. It begins in its own time.
    ///
    /// # Errors
    /// As [`Self::save_agent`]; [`Problem::Conflict`] while it is paused, or when it was asked already;
    /// [`Problem::NeedsApproval`] where a policy wants somebody asked.
    pub async fn run_agent(&self, actor: &Actor, id: &str, is_dry: bool) -> Result<(), Problem> {
        let args = json!({ "agent_id": id, "dry_run": is_dry });
        self.by_tool(actor, "run_agent", &args).await.map(drop)
    }

    /// What a tool answers to somebody on a page, who does not wait for what comes of it. Where a policy wants somebody
    /// asked, that happens instead.
    pub(crate) async fn by_tool(
        &self,
        actor: &Actor,
        tool: &str,
        args: &Value,
    ) -> Result<Value, Problem> {
        self.agent.may_or_waits(actor, tool, args).await?;
        let context = CallContext { source: "ui", hurries: true, ..CallContext::default() };
        Ok(Box::pin(self.tools.call(actor, tool, args, &context)).await?)
    }
}

/// Every field that is empty and must not be.
fn wrong(change: &AgentChange) -> Vec<Issue> {
    let mut issues = Vec::new();
    if change.name.trim().is_empty() {
        issues.push(Issue::new("name", "Give it a name"));
    }
    if change.goal.trim().is_empty() {
        issues.push(Issue::new("goal", "Say what it should do each time"));
    }
    issues
}
