//! What a member may ask for and somebody with the permission to manage decides: publishing a flow, switching it on. And
//! what a policy wants somebody asked about, done by hand.

use crate::agent::Agent;
use crate::commands::Commanded;
use crate::policy;
use domain::actor::{Actor, Permission};
use domain::approval::ApprovalStatus;
use domain::ids::{ApprovalId, FlowId, OperationId};
use domain::problem::Problem;
use serde_json::{Value, json};
use store::approvals::{self, ApprovalFilter, StoredApproval};
use store::commands::NewCommand;
use store::ids;
use tools::tool::ToolSpec;
use tools::tools::Tools;

/// How many open questions of one person are looked through for the same one.
const LOOKED_THROUGH: i64 = 200;

impl Agent {
    /// Nothing for those who may publish; a member asks them instead, once for the same draft.
    ///
    /// # Errors
    /// [`Problem::NeedsApproval`] when they were asked, [`Problem::Forbidden`] without the permission to write,
    /// [`Problem::NotFound`].
    pub async fn may_publish(&self, actor: &Actor, flow: &FlowId) -> Result<(), Problem> {
        self.may_or_asks(actor, flow, ("publish", "flow_publish")).await
    }

    /// Nothing for those who may switch a flow on; a member asks them instead.
    ///
    /// # Errors
    /// As [`Self::may_publish`].
    pub async fn may_switch_on(&self, actor: &Actor, flow: &FlowId) -> Result<(), Problem> {
        self.may_or_asks(actor, flow, ("switch_on", "flow_enable")).await
    }

    async fn may_or_asks(
        &self,
        actor: &Actor,
        flow: &FlowId,
        (command, tool): (&'static str, &'static str),
    ) -> Result<(), Problem> {
        actor.require(Permission::Write)?;
        if actor.role.can(Permission::Manage) {
            return Ok(());
        }
        let spec = self.0.tools.find(tool).ok_or_else(|| Problem::not_found("Tool"))?;
        self.ask_once(actor, (command, spec), &json!({ "flow_id": flow })).await
    }

    /// Nothing where no policy wants somebody asked before this call of the actor, who may still be refused; else
    /// somebody is asked, once for the same call.
    ///
    /// # Errors
    /// [`Problem::NeedsApproval`] when somebody was asked, [`Problem::NotFound`], [`Problem::Invalid`].
    pub async fn may_or_waits(
        &self,
        actor: &Actor,
        tool: &str,
        args: &Value,
    ) -> Result<(), Problem> {
        let spec = self.0.tools.find(tool).ok_or_else(|| Problem::not_found("Tool"))?;
        if !self.0.tools.asks_first(actor, spec, args).await? {
            return Ok(());
        }
        self.ask_once(actor, (spec.name, spec), args).await
    }

    async fn ask_once(
        &self,
        actor: &Actor,
        (command, spec): (&'static str, &'static ToolSpec),
        args: &Value,
    ) -> Result<(), Problem> {
        let tool = spec.name;
        let args = self.0.tools.check(tool, args)?;
        if let Some(id) = self.asked_before(actor, tool, &args).await? {
            return Err(Problem::NeedsApproval { id });
        }
        let new = NewCommand {
            id: OperationId::from(ids::fresh()),
            user: actor.user.clone(),
            actor: actor.name.clone(),
            source: "command_api",
            run: None,
            command,
            tool,
            arguments: args,
            project_id: None,
            is_high_risk: false,
            approval: None,
        };
        match self.ask_about(actor, spec, new).await? {
            Commanded::Waits { approval, .. } => Err(Problem::NeedsApproval { id: approval }),
            Commanded::Done { .. } => Ok(()),
        }
    }

    /// The same question about the same state, which waits already.
    async fn asked_before(
        &self,
        actor: &Actor,
        tool: &str,
        args: &Value,
    ) -> Result<Option<ApprovalId>, Problem> {
        let (hash, guard) =
            (Tools::hash(tool, args), self.0.tools.preview(actor, tool, args).await?.guard);
        let filter = ApprovalFilter {
            status: Some(ApprovalStatus::Pending),
            asked_by: Some(actor.user.clone()),
            before: None,
            limit: LOOKED_THROUGH,
        };
        let mut conn = self.0.db.read().await?;
        let open = approvals::list(&mut conn, &actor.workspace, &filter).await?;
        let is_same = |it: &StoredApproval| {
            it.call.is_none()
                && it.approval.args_hash == hash
                && it.guard == guard
                && it.expires_at_ms > ids::now_ms()
        };
        Ok(open.into_iter().find(is_same).map(|it| it.approval.id))
    }

    /// Who does what was allowed: who asked, except for what only those who manage may do, which is done by whoever
    /// allowed it. None when one of them is gone.
    pub(crate) async fn doer(&self, found: &StoredApproval) -> Result<Option<Actor>, Problem> {
        let Some(asker) = self.person(&found.workspace, &found.asked_by, "").await? else {
            return Ok(None);
        };
        if asker.role.can(Permission::Manage) || !policy::needs_manage(&found.approval.tool) {
            return Ok(Some(asker));
        }
        match &found.decided_by {
            Some(decided_by) => self.person(&found.workspace, decided_by, "").await,
            None => Ok(None),
        }
    }
}
