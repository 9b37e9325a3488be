//! Budgets of projects, through the same tools as the assistant and chat clients.

use crate::Backend;
use domain::actor::Actor;
use domain::budget::BudgetChange;
use domain::problem::Problem;
use serde_json::{Value, json};

impl Backend {
    /// Sets or clears the budget of a project, writes an expense down or takes one away.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for an amount that is not above 0, [`Problem::NotFound`], [`Problem::Forbidden`] for viewers,
    /// for members who set a budget, and for somebody else's expense without the permission to manage.
    pub async fn change_budget(
        &self,
        actor: &Actor,
        project: i64,
        change: &BudgetChange,
    ) -> Result<(), Problem> {
        let budget = self.tools.project_budget(actor, project).await?;
        let track = |action: &str, amount: f64| json!({ "action": action, "project": project.to_string(), "amount": amount });
        let untrack = |kind: &str, id: &str| json!({ "kind": kind, "definition_id": id });
        let calls: Vec<(&str, Value)> = match change {
            BudgetChange::Set { amount } => vec![("track_budget", track("set_budget", *amount))],
            BudgetChange::Spend { amount, category, description } => {
                let mut args = track("log_expense", *amount);
                args["category"] = category.trim().into();
                args["description"] = description.trim().into();
                vec![("track_budget", args)]
            }
            BudgetChange::Clear => {
                let all = budget.entries.iter();
                all.map(|id| ("untrack_budget", untrack("budget", id))).collect()
            }
            BudgetChange::Remove { id } => vec![("untrack_budget", untrack("expense", id))],
        };
        for (tool, args) in calls {
            self.by_tool(actor, tool, &args).await?;
        }
        Ok(())
    }
}
