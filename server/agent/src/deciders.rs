//! Who can decide an approval.

use crate::agent::Agent;
use crate::deciding::needed;
use crate::settings::Settings;
use domain::actor::{Actor, Role};
use domain::approval::{ApprovalDetail, Risk};
use domain::ids::{ApprovalId, OperationId};
use domain::problem::Problem;
use store::workspaces;
use tools::reversible;

impl Agent {
    /// One approval with who can decide it.
    ///
    /// # Errors
    /// As [`Self::approval`].
    pub async fn approval_shown(
        &self,
        actor: &Actor,
        id: &ApprovalId,
    ) -> Result<ApprovalDetail, Problem> {
        let found = self.visible(actor, id).await?;
        let mut conn = self.0.db.read().await?;
        let settings = Settings::of(&mut conn, &actor.workspace).await?;
        let all = workspaces::members(&mut conn, &actor.workspace).await?;
        let done = found.approval.operation_id.as_deref().map(OperationId::from);
        let undo = reversible::of(&mut conn, actor, done).await?.pop();
        drop(conn);
        let needs_other = settings.wants_four_eyes() && found.approval.risk == Risk::Destructive;
        let permission = needed(&found.approval);
        let may = |user: &str, role: Role| {
            role.can(permission) && !(needs_other && user == found.asked_by.as_str())
        };
        let deciders = all
            .into_iter()
            .filter(|it| it.status == "active")
            .filter(|it| Role::parse(&it.role).is_some_and(|role| may(&it.user_id, role)))
            .map(|it| it.name)
            .collect();
        let is_mine_to_decide = may(actor.user.as_str(), actor.role);
        let never_undone = reversible::why_never(&found.approval.tool).map(str::to_owned);
        let approval = self.shown(found);
        Ok(ApprovalDetail { approval, deciders, is_mine_to_decide, never_undone, undo })
    }
}
