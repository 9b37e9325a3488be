//! Policies and subscriptions, through the same tools as the assistant and chat clients: each change leaves an operation
//! that says how to reverse it.

use crate::Backend;
use domain::actor::Actor;
use domain::policy::PolicyChange;
use domain::problem::{Issue, Problem};
use serde_json::json;

impl Backend {
    /// Makes a policy, or changes one.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with every field that is wrong, [`Problem::NotUnderstood`] for a rule in other words,
    /// [`Problem::NotFound`], [`Problem::Forbidden`] without the permission to manage.
    pub async fn save_policy(&self, actor: &Actor, change: &PolicyChange) -> Result<(), Problem> {
        let issues = wrong(change);
        if !issues.is_empty() {
            return Err(Problem::Invalid { issues });
        }
        let mut args = json!({
            "name": change.name, "rule": change.rule, "severity": change.severity.as_str(),
            "active": change.active,
        });
        let tool = match &change.id {
            Some(id) => {
                args["policy_id"] = json!(id);
                "update_policy"
            }
            None => "create_policy",
        };
        self.by_tool(actor, tool, &args).await.map(drop)
    }

    /// Puts a rule about tools at a place among the others, from 1.
    ///
    /// # Errors
    /// As [`Self::save_policy`].
    pub async fn place_policy(&self, actor: &Actor, id: &str, place: usize) -> Result<(), Problem> {
        let args = json!({ "policy_id": id, "place": place });
        self.by_tool(actor, "update_policy", &args).await.map(drop)
    }

    /// Deletes a policy.
    ///
    /// # Errors
    /// As [`Self::save_policy`].
    pub async fn remove_policy(&self, actor: &Actor, id: &str) -> Result<(), Problem> {
        self.by_tool(actor, "delete_policy", &json!({ "policy_id": id })).await.map(drop)
    }

    /// Tells the actor of an event from now on, or no more; in one project where one is named.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for an event or a project that is not there, [`Problem::Forbidden`] without the right to it,
    /// [`Problem::Conflict`] for one they have already, [`Problem::NotFound`] for one they have not.
    pub async fn subscribe(
        &self,
        actor: &Actor,
        (event, project): (&str, Option<&str>),
        ends: bool,
    ) -> Result<(), Problem> {
        let action = if ends { "unsubscribe" } else { "subscribe" };
        let mut args = json!({ "event": event, "action": action });
        if let Some(project) = project.filter(|it| !it.is_empty()) {
            args["project"] = json!(project);
        }
        self.by_tool(actor, "subscribe_event", &args).await.map(drop)
    }
}

/// Every field that is empty and must not be.
fn wrong(change: &PolicyChange) -> Vec<Issue> {
    let mut issues = Vec::new();
    if change.name.trim().is_empty() {
        issues.push(Issue::new("name", "Give it a name"));
    }
    if change.rule.trim().is_empty() {
        issues.push(Issue::new("rule", "Say what holds"));
    }
    issues
}
