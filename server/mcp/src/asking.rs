//! Calls of a key that asks first: they wait for a person, who decides signed in, never the key (contract.md 5.5).

use crate::door::{Caller, Door, Failure, target};
use domain::actor::{Actor, Permission};
use domain::approval::{Approval, ApprovalStatus, Risk};
use domain::event::{Event, EventKind, Outcome};
use domain::ids::ApprovalId;
use domain::keys::KeyGrant;
use domain::problem::Problem;
use serde_json::{Value, json};
use store::approvals::{self, ApprovalFilter, Decision, NewApproval, StoredApproval};
use store::{events, ids};
use tools::tool::{CallContext, ToolSpec};
use tools::tools::Tools;

const WAIT_MS: i64 = 24 * 60 * 60 * 1000;
pub(crate) const FIELD: &str = "approval_id";
/// How many open questions of one person are looked through for the same one.
const LOOKED_THROUGH: i64 = 200;

/// The arguments, and the approval that a repeated call names beside them.
pub(crate) fn apart(spec: &ToolSpec, mut args: Value) -> (Value, Option<ApprovalId>) {
    // Where a tool itself is about approvals, the field is its own.
    if spec.params.contains(FIELD) {
        return (args, None);
    }
    let approval = args.as_object_mut().and_then(|it| it.remove(FIELD));
    let approval = approval.as_ref().and_then(Value::as_str).map(ApprovalId::from);
    (args, approval)
}

/// What it takes to decide about such a call.
fn needed(risk: Risk) -> Permission {
    match risk {
        Risk::Destructive => Permission::ApproveDestructive,
        Risk::Read | Risk::Write => Permission::ApproveWrites,
    }
}

/// Whether a call of `spec` with this key waits for a person: what deletes, and every write to Basecamp.
pub(crate) fn needs_question(grant: Option<&KeyGrant>, spec: &ToolSpec, args: &Value) -> bool {
    grant.is_some_and(|it| it.ask_first)
        && !spec.only_tells(args)
        && match spec.risk {
            Risk::Read => false,
            Risk::Write => spec.writes_to_basecamp(),
            Risk::Destructive => true,
        }
}

/// What a person is asked, wherever they are asked.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// The approval.
    pub(crate) id: ApprovalId,
    /// What would happen, in one line.
    pub(crate) title: String,
    /// What exactly.
    pub(crate) summary: String,
    /// Where it is decided with a browser.
    pub(crate) page: String,
}

impl Door {
    /// The question of an approval that `caller` may decide by themselves; none when somebody else must.
    pub(crate) async fn question(&self, caller: &Caller, id: &ApprovalId) -> Option<Question> {
        let actor = caller.actor.as_ref()?;
        let mut conn = self.db.read().await.ok()?;
        let found = approvals::find(&mut conn, &actor.workspace, id).await.ok()??;
        if found.asked_by != actor.user || !actor.role.can(needed(found.approval.risk)) {
            return None;
        }
        let page = format!("{}/approvals/{id}", self.base_url);
        let Approval { title, summary, .. } = found.approval;
        Some(Question { id: id.clone(), title, summary, page })
    }

    /// Decides an approval with the answer that a chat client brought from its person. One that is not about this
    /// very call, is not theirs or was decided before stays as it is.
    pub(crate) async fn decide(
        &self,
        caller: &Caller,
        (name, args): (&str, &Value),
        id: &ApprovalId,
        yes: bool,
    ) {
        let Some(actor) = caller.actor.clone() else { return };
        let Ok(target) = target(name, args) else { return };
        let (name, args) = target.unwrap_or_else(|| (name, args.clone()));
        let Ok((name, args)) = self.resolved(caller, name, args).await else { return };
        let Some(spec) = self.tools.find(name) else { return };
        let (args, _) = apart(spec, args);
        let (id, tools) = (id.clone(), self.tools.clone());
        let decided = self.db.write(move |tx| {
            Box::pin(async move {
                let found = approvals::find(tx, &actor.workspace, &id).await?;
                let is_theirs = |it: &StoredApproval| {
                    it.asked_by == actor.user
                        && it.call.is_none()
                        && it.approval.tool == spec.name
                        && tools.is_same_call(
                            &actor.workspace,
                            spec.name,
                            (&it.approval.args, &args),
                        )
                        && it.expires_at_ms > ids::now_ms()
                        && actor.role.can(needed(it.approval.risk))
                };
                let Some(found) = found.filter(is_theirs) else { return Ok(()) };
                let (status, outcome) = match yes {
                    true => (ApprovalStatus::Approved, Outcome::Success),
                    false => (ApprovalStatus::Rejected, Outcome::Denied),
                };
                let by = Some((actor.user.clone(), actor.name.clone()));
                let note = Some("Answered in the chat client".to_owned());
                if !approvals::decide(tx, &id, &Decision { status, by, note }).await? {
                    return Ok(());
                }
                let detail = json!({"decision": status, "tool": spec.name, "askedBy": actor.name});
                let event = Event::new(EventKind::ApprovalDecided, &id, found.approval.title);
                events::record(tx, &actor, &event.with(detail).ended(outcome)).await?;
                Ok::<_, Problem>(())
            })
        });
        if let Err(problem) = decided.await {
            tracing::warn!(%problem, "an answer of a chat client was not stored");
        }
    }

    /// The context of a call that a person agreed to. It runs once: a repeat gets the first answer.
    pub(crate) async fn agreed(
        &self,
        actor: &Actor,
        spec: &'static ToolSpec,
        args: &Value,
        (approval, context): (Option<ApprovalId>, CallContext),
    ) -> Result<CallContext, Failure> {
        let fail = |problem: Problem| self.failure(&problem.into(), spec);
        let Some(id) = approval else { return Err(self.ask(actor, spec, args).await) };
        let mut conn = self.db.read().await.map_err(|it| fail(it.into()))?;
        let found = approvals::find(&mut conn, &actor.workspace, &id).await;
        drop(conn);
        let found = found.map_err(|it| fail(it.into()))?;
        let is_theirs = |it: &StoredApproval| it.asked_by == actor.user && it.call.is_none();
        let Some(found) = found.filter(is_theirs) else {
            return Err(fail(Problem::not_found("Approval")));
        };
        let asked = &found.approval;
        let is_same = self.tools.is_same_call(&actor.workspace, spec.name, (&asked.args, args));
        if asked.tool != spec.name || !is_same {
            return Err(fail(Problem::conflict("This approval is for another call")));
        }
        match asked.status {
            ApprovalStatus::Pending => {
                Err(self.waits(spec, &found.approval.id, found.expires_at_ms))
            }
            ApprovalStatus::Rejected | ApprovalStatus::Expired => {
                let message =
                    format!("This call was not approved: it is {}", asked.status.as_str());
                Err(fail(Problem::Conflict {
                    message,
                    status: Some(asked.status.as_str().to_owned()),
                }))
            }
            ApprovalStatus::Approved => {
                self.unchanged(actor, spec, args, &found).await.map(|()| CallContext {
                    approval: Some(id.to_string()),
                    idempotency_key: Some(format!("approval:{id}")),
                    ..context
                })
            }
        }
    }

    /// Refuses when the record is no longer the one that the person saw.
    async fn unchanged(
        &self,
        actor: &Actor,
        spec: &'static ToolSpec,
        args: &Value,
        found: &StoredApproval,
    ) -> Result<(), Failure> {
        // A call that ran already changed the record itself; its answer is given again.
        let key = format!("approval:{}", found.approval.id);
        let answered = self.tools.answered(actor, spec.name, &key).await;
        if answered.map_err(|it| self.failure(&it.into(), spec))?.is_some() {
            return Ok(());
        }
        let now = self.tools.preview(actor, spec.name, args).await;
        let now = now.map_err(|error| self.failure(&error, spec))?;
        if now.guard == found.guard {
            return Ok(());
        }
        let message = "The record has changed since this was asked, so nothing was done";
        Err(self.failure(&Problem::conflict(message).into(), spec))
    }

    /// Puts the question, or points at the same one that waits already.
    async fn ask(&self, actor: &Actor, spec: &'static ToolSpec, args: &Value) -> Failure {
        let preview = match self.tools.preview(actor, spec.name, args).await {
            Ok(preview) => preview,
            Err(error) => return self.failure(&error, spec),
        };
        let kept = self.tools.sealed(&actor.workspace, spec.name, args);
        let new = NewApproval {
            id: ApprovalId::from(ids::fresh()),
            kind: "tool",
            title: preview.title,
            summary: preview.summary,
            effects: preview.effects,
            tool: spec.name.to_owned(),
            args_hash: Tools::hash(spec.name, &kept),
            args: kept,
            guard: preview.guard,
            risk: spec.risk,
            asked_by: actor.user.clone(),
            asked_by_name: actor.name.clone(),
            run_id: None,
            session_id: None,
            flow_id: args.get("flow_id").and_then(Value::as_str).map(str::to_owned),
            call_id: None,
            expires_at_ms: ids::now_ms().saturating_add(WAIT_MS),
        };
        let (actor, args, tools) = (actor.clone(), args.clone(), self.tools.clone());
        let asked = self.db.write(move |tx| {
            Box::pin(async move {
                let filter = ApprovalFilter {
                    status: Some(ApprovalStatus::Pending),
                    asked_by: Some(actor.user.clone()),
                    before: None,
                    limit: LOOKED_THROUGH,
                };
                let open = approvals::list(tx, &actor.workspace, &filter).await?;
                let is_same = |it: &&StoredApproval| {
                    it.call.is_none()
                        && it.approval.tool == new.tool
                        && tools.is_same_call(
                            &actor.workspace,
                            spec.name,
                            (&it.approval.args, &args),
                        )
                        && it.expires_at_ms > ids::now_ms()
                };
                if let Some(same) = open.iter().find(is_same) {
                    return Ok((same.approval.id.clone(), same.expires_at_ms));
                }
                approvals::insert(tx, &actor.workspace, &new).await?;
                let detail = json!({ "tool": new.tool, "risk": new.risk });
                let event = Event::new(EventKind::ApprovalAsked, &new.id, new.title).with(detail);
                events::record(tx, &actor, &event).await?;
                Ok::<_, Problem>((new.id, new.expires_at_ms))
            })
        });
        match asked.await {
            Ok((id, expires_at_ms)) => self.waits(spec, &id, expires_at_ms),
            Err(problem) => self.failure(&problem.into(), spec),
        }
    }

    fn waits(&self, spec: &ToolSpec, id: &ApprovalId, expires_at_ms: i64) -> Failure {
        let problem = Problem::NeedsApproval { id: id.clone() };
        let hint = "A person opens approve_url and decides. Then send the same call again with approval_id.";
        self.failure(&problem.into(), spec)
            .with(json!({ "expires_at": ids::rfc3339(expires_at_ms), "hint": hint }))
    }
}
