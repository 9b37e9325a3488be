//! PM OS itself: state, approvals, the day.

use crate::error::ToolError;
use crate::lists;
use crate::secret_args;
use crate::tool::{Call, Done};
use domain::actor::Permission;
use domain::approval::{Approval, ApprovalStatus};
use domain::ids::ApprovalId;
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
