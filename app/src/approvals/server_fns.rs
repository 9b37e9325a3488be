//! What the approvals' pages ask of the server.

use crate::error::AppError;
use crate::wire::Json;
#[cfg(feature = "ssr")]
use domain::approval::ApprovalStatus;
use domain::approval::{Approval, ApprovalDetail, ApprovalRule, RuleScope};
use domain::ids::ApprovalId;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// How many approvals a list shows.
#[cfg(feature = "ssr")]
const SHOWN: u32 = 100;

/// Approvals of the workspace that the person may see: those that wait, or those decided, newest first.
#[server(prefix = "/fn", endpoint = "list_approvals", output = Json)]
pub async fn list_approvals(waiting: bool) -> Result<Vec<Approval>, AppError> {
    let actor = crate::session::actor()?;
    let status = waiting.then_some(ApprovalStatus::Pending);
    let mut page = crate::session::backend().agent.approvals(&actor, status, SHOWN, None).await?;
    page.approvals.retain(|it| waiting || it.status != ApprovalStatus::Pending);
    Ok(page.approvals)
}

/// The approval beside the list: the one called `id`, else the first of those that wait, or of those decided; none where
/// there is no list.
#[server(prefix = "/fn", endpoint = "shown_approval", input = Json, output = Json)]
pub async fn shown_approval(
    id: Option<ApprovalId>,
    waiting: Option<bool>,
) -> Result<Option<ApprovalDetail>, AppError> {
    let first = match (&id, waiting) {
        (None, Some(waiting)) => list_approvals(waiting).await?.into_iter().next(),
        _ => None,
    };
    let Some(id) = id.or(first.map(|it| it.id)) else { return Ok(None) };
    let actor = crate::session::actor()?;
    Ok(Some(crate::session::backend().agent.approval_shown(&actor, &id).await?))
}

/// How many approvals wait that the person may see.
#[server(prefix = "/fn", endpoint = "load_waiting", output = Json)]
pub async fn load_waiting() -> Result<usize, AppError> {
    Ok(list_approvals(true).await?.len())
}

/// Does what was asked, once; `changes` are other words for arguments that people write, and the yes is remembered for
/// `remember`.
#[server(prefix = "/fn", endpoint = "approve_approval", input = Json, output = Json)]
pub async fn approve_approval(
    id: ApprovalId,
    changes: BTreeMap<String, String>,
    remember: Option<RuleScope>,
) -> Result<Approval, AppError> {
    let actor = crate::session::actor()?;
    Ok(crate::session::backend().approve(&actor, &id, changes, remember).await?)
}

/// Remembered answers that the person may see, newest first.
#[server(prefix = "/fn", endpoint = "load_rules", output = Json)]
pub async fn load_rules() -> Result<Vec<ApprovalRule>, AppError> {
    let actor = crate::session::actor()?;
    Ok(crate::session::backend().agent.approval_rules(&actor).await?)
}

/// Takes a remembered answer back.
#[server(prefix = "/fn", endpoint = "forget_rule", output = Json)]
pub async fn forget_rule(id: String) -> Result<(), AppError> {
    let actor = crate::session::actor()?;
    Ok(crate::session::backend().agent.forget_rule(&actor, &id).await?)
}

/// Does nothing, and says why.
#[server(prefix = "/fn", endpoint = "reject_approval", output = Json)]
pub async fn reject_approval(
    id: ApprovalId,
    #[server(default)] reason: String,
) -> Result<Approval, AppError> {
    let actor = crate::session::actor()?;
    let reason = Some(reason).filter(|it| !it.trim().is_empty());
    Ok(crate::session::backend().agent.reject(&actor, &id, reason).await?)
}
