//! PM OS itself: state, approvals, the day.

use crate::deciding::Decision;
use crate::error::ToolError;
use crate::lists;
use crate::secret_args;
use crate::tool::{Call, Done};
use domain::actor::Permission;
use domain::approval::{Approval, ApprovalStatus};
use domain::ids::ApprovalId;
use domain::problem::Problem;
use serde_json::json;
use store::approvals::{self, ApprovalFilter};
use store::ids;

const MOST: i64 = 200;

pub(crate) async fn status(call: Call<'_>) -> Result<Done, ToolError> {
    let connection = call.tools.basecamp.connection(call.actor).await?;
    let basecamp = connection.map(|it| {
        json!({ "account": it.account_name, "sample": it.is_sample, "needs_attention": it.needs_attention, "person": it.person.name })
    });
    let pending = pending(&call, Some(ApprovalStatus::Pending), MOST, None).await?;
    Ok(Done::new(json!({
        "status": "operational",
        "tools": call.tools.list().count(),
        "basecamp": basecamp,
        "approvals_pending": pending.len(),
        "timestamp": ids::now_ms(),
    })))
}

pub(crate) async fn approvals_list(call: Call<'_>) -> Result<Done, ToolError> {
    let status = call.args.text("status").and_then(ApprovalStatus::parse);
    let limit = call.args.number("limit").unwrap_or(50).clamp(1, MOST);
    let before = call.args.text("cursor").map(ApprovalId::from);
    let found = pending(&call, status, limit, before).await?;
    Ok(Done::new(lists::all("approvals", &found)))
}

/// Approves or rejects, for a person whose key may. Nothing else is ever handed what decides: not the assistant, an
/// agent, a recipe or a nested call.
pub(crate) async fn approvals_decide(call: Call<'_>) -> Result<Done, ToolError> {
    let decision = Decision {
        id: ApprovalId::from(call.args.need("approval_id")?),
        yes: call.args.need("decision")? == "approve",
        note: call.args.text("note").map(str::to_owned),
    };
    let Some(decider) = &call.decider else {
        let message = "A person decides this: under Approvals, or with an API key that may approve";
        return Err(Problem::Forbidden { message: message.to_owned() }.into());
    };
    let word = if decision.yes { "Approved" } else { "Rejected" };
    let decided = decider.decide(call.actor, decision).await?;
    let title = decided["approval"]["title"].as_str().unwrap_or_default().to_owned();
    let message = format!("{word}: {title}");
    Ok(Done::new(lists::with(decided, json!({ "message": message }))).on(title))
}

/// People who may not decide see their own.
async fn pending(
    call: &Call<'_>,
    status: Option<ApprovalStatus>,
    limit: i64,
    before: Option<ApprovalId>,
) -> Result<Vec<Approval>, ToolError> {
    let sees_all = call.actor.role.can(Permission::ApproveWrites);
    let asked_by = (!sees_all).then(|| call.actor.user.clone());
    let filter = ApprovalFilter { status, asked_by, before, limit };
    let mut conn = call.tools.db.read().await?;
    let found = approvals::list(&mut conn, &call.actor.workspace, &filter).await?;
    let hidden = |it: Approval| Approval { args: secret_args::hidden(&it.args), ..it };
    Ok(found.into_iter().map(|it| hidden(it.approval)).collect())
}
