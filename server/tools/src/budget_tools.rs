//! What a project may cost, what was spent, and what it will come to.

use crate::error::ToolError;
use crate::kept::body;
use crate::lists;
use crate::planned::short;
use crate::tool::{Call, Done};
use crate::tools::Tools;
use basecamp::names::Purpose;
use domain::actor::{Actor, Permission};
use domain::budget::{Expense, ProjectBudget};
use domain::problem::Problem;
use domain::project::Project;
use insight::formulas::DAY_MS;
use insight::measure;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::definitions::{self, Definition};
use store::ids;

type Outcome = Result<Done, ToolError>;

const BUDGET: &str = "budget";
const EXPENSE: &str = "expense";

pub(crate) async fn track(call: Call<'_>) -> Outcome {
    match call.args.text("action").unwrap_or("get_summary") {
        "set_budget" => set(call).await,
        "log_expense" => spend(call).await,
        "forecast" => Box::pin(forecast(call)).await,
        _ => summary(call).await,
    }
}

fn amount(call: &Call<'_>, least: f64) -> Result<f64, ToolError> {
    let amount: Option<f64> = call.args.read("amount")?;
    let amount = amount.filter(|it| it.is_finite() && *it >= least && *it <= 1e12);
    amount.ok_or_else(|| Problem::invalid("amount", "Give an amount above 0").into())
}

/// What is kept of a kind for a project, the newest first.
async fn of(call: &Call<'_>, kind: &str, project: &Project) -> Result<Vec<Definition>, ToolError> {
    let id = project.id.to_string();
    Ok(call.kept(kind).await?.into_iter().filter(|it| it.name == id).collect())
}

fn spent_by(expenses: &[Definition]) -> (f64, BTreeMap<String, f64>) {
    let mut by: BTreeMap<String, f64> = BTreeMap::new();
    for it in expenses {
        let body = body(it);
        let category = body["category"].as_str().unwrap_or("other").to_owned();
        *by.entry(category).or_default() += body["amount"].as_f64().unwrap_or_default();
    }
    // The sum of nothing is -0.
    (by.values().fold(0.0, |all, it| all + it), by)
}

async fn set(call: Call<'_>) -> Outcome {
    call.actor.require(Permission::Manage)?;
    let project = call.project(Purpose::Write).await?;
    let amount = amount(&call, 0.01)?;
    let category = call.args.text("category").unwrap_or("all");
    let words = call.args.text("description").unwrap_or_default();
    let body = json!({ "amount": amount, "category": category, "description": words });
    let kept = call.keep((BUDGET, &project.id.to_string()), &body).await?;
    let message = format!("The budget of {} is {amount}", project.name);
    let value =
        json!({ "message": message, "project": short(&project), "budget": body, "id": kept.id });
    let undo = json!({ "definition_id": kept.id, "kind": BUDGET });
    Ok(Done::new(value)
        .on(project.name.clone())
        .within(project.id)
        .undone_by("untrack_budget", &undo))
}

async fn spend(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Write).await?;
    let amount = amount(&call, 0.01)?;
    let category = call.args.text("category").unwrap_or("other");
    let words = call.args.text("description").unwrap_or_default();
    let body = json!({ "amount": amount, "category": category, "description": words });
    let kept = call.keep((EXPENSE, &project.id.to_string()), &body).await?;
    let message = format!("Spent {amount} on {category} for {}", project.name);
    let value =
        json!({ "message": message, "project": short(&project), "expense": body, "id": kept.id });
    let undo = json!({ "definition_id": kept.id, "kind": EXPENSE });
    Ok(Done::new(value)
        .on(project.name.clone())
        .within(project.id)
        .undone_by("untrack_budget", &undo))
}

/// Takes a budget or an expense away: its author, or who manages.
pub(crate) async fn untrack(call: Call<'_>) -> Outcome {
    let kind = call.args.need("kind")?.to_owned();
    let found = call.kept_one((&kind, call.args.need("definition_id")?), "Entry").await?;
    if found.owner_id != call.actor.user.as_str() {
        call.actor.require(Permission::Manage)?;
    }
    call.drop_kept(&found).await?;
    Ok(Done::new(json!({ "message": "Took it away", "definition_id": found.id })).on(kind))
}

/// The figures of a project: the newest budget counts.
async fn figures(
    call: &Call<'_>,
    project: &Project,
) -> Result<(Value, f64, Vec<Definition>), ToolError> {
    let budget = of(call, BUDGET, project).await?.first().map(body);
    let expenses = of(call, EXPENSE, project).await?;
    let (spent, by) = spent_by(&expenses);
    let limit = budget.as_ref().and_then(|it| it["amount"].as_f64());
    let rows: Vec<Value> = expenses
        .iter()
        .map(|it| {
            lists::with(
                body(it),
                json!({ "id": it.id, "who": it.owner, "at": ids::rfc3339(it.created_at) }),
            )
        })
        .collect();
    let value = json!({
        "project": short(project), "budget": limit, "spent": spent, "remaining": limit.map(|it| it - spent),
        "is_over": limit.map(|it| spent > it), "by_category": by, "expenses": rows, "expenses_count": rows.len()
    });
    Ok((value, spent, expenses))
}

impl Tools {
    /// The budget of a project, as its page shows it.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a project the actor does not see; when Basecamp or the database does not answer.
    pub async fn project_budget(
        &self,
        actor: &Actor,
        project: i64,
    ) -> Result<ProjectBudget, Problem> {
        actor.require(Permission::Read)?;
        let name = self.basecamp.project(actor, project).await?.id.to_string();
        let mut conn = self.db.read().await?;
        let mut budgets = definitions::list(&mut conn, &actor.workspace, BUDGET).await?;
        let mut expenses = definitions::list(&mut conn, &actor.workspace, EXPENSE).await?;
        budgets.retain(|it| it.name == name);
        expenses.retain(|it| it.name == name);
        Ok(ProjectBudget {
            amount: budgets.first().and_then(|it| body(it)["amount"].as_f64()),
            entries: budgets.into_iter().map(|it| it.id).collect(),
            spent: spent_by(&expenses).0,
            expenses: expenses.into_iter().map(|it| shown(it, actor)).collect(),
        })
    }
}

fn shown(it: Definition, actor: &Actor) -> Expense {
    let body = body(&it);
    let word = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let is_own = it.owner_id == actor.user.as_str();
    Expense {
        amount: body["amount"].as_f64().unwrap_or_default(),
        category: word("category"),
        description: word("description"),
        may_remove: actor.role.can(if is_own { Permission::Write } else { Permission::Manage }),
        id: it.id,
        who: it.owner,
        at: ids::rfc3339(it.created_at),
    }
}

async fn summary(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Read).await?;
    Ok(Done::new(figures(&call, &project).await?.0))
}

/// What it comes to when the pace of spending stays and the project ends when its pace of work says.
async fn forecast(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Read).await?;
    let (mut value, spent, expenses) = figures(&call, &project).await?;
    let facts = Box::pin(call.tools.basecamp.facts(call.actor, Some(project.id))).await?;
    let at = call.tools.moment(call.actor).await?;
    let end = measure::completion(&facts, &project, at);
    let first = expenses.iter().map(|it| it.created_at).min();
    let (Some(first), Some(days)) = (first, end["days_remaining"].as_i64()) else {
        value["forecast"] = Value::Null;
        value["reason"] = "It takes an expense and a pace of work to tell".into();
        return crate::insight_tools::told(value, &facts, at);
    };
    let real = |it: i64| f64::from(i32::try_from(it).unwrap_or(i32::MAX));
    let pace = spent / real(((at.now - first) / DAY_MS).max(1));
    let total = spent + pace * real(days);
    value["forecast"] = json!({
        "total": (total * 100.0).round() / 100.0, "per_day": (pace * 100.0).round() / 100.0, "days_remaining": days,
        "estimated_date": end["estimated_date"], "is_over": value["budget"].as_f64().map(|it| total > it)
    });
    crate::insight_tools::told(value, &facts, at)
}
