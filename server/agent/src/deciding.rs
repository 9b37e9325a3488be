//! Approvals: listed, decided, expired. One decision wins, and what was approved happens once.

use crate::agent::Agent;
use crate::commands;
use crate::policy;
use crate::settings::Settings;
use crate::trace::masked;
use domain::actor::{Actor, Permission};
use domain::approval::{Approval, ApprovalStatus, Risk, RuleScope};
use domain::event::{Event, EventKind, Outcome};
use domain::ids::{ApprovalId, ChatRunId, SessionId};
use domain::problem::Problem;
use serde_json::{Value, json};
use store::approval_rules::{self, NewRule};
use store::approvals::{self, ApprovalFilter, Decision, StoredApproval};
use store::chat::journal::{self, CallStatus};
use store::db::Conn;
use store::{events, ids};
use tools::tools::Tools;

/// A call that a chat client or a script made and that nobody waits for: it happens when it is allowed, whether they
/// come back or not (contract.md 5.4). Who sends it again gets the same answer.
fn is_of_a_client(found: &StoredApproval) -> bool {
    found.approval.kind == "tool" && found.call.is_none() && found.approval.run_id.is_none()
}

/// A page of approvals.
#[derive(Clone, Debug)]
pub struct ApprovalPage {
    /// Newest first.
    pub approvals: Vec<Approval>,
    /// Send it back as `cursor` for those after these.
    pub next: Option<String>,
}

/// What a decision led to.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The approval now, with its result when there is one.
    pub approval: Approval,
    /// The run that carries on.
    pub run: Option<ChatRunId>,
    /// What was approved is still under way.
    pub is_running: bool,
}

impl Agent {
    /// Approvals of the workspace; people who may not decide see their own.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn approvals(
        &self,
        actor: &Actor,
        status: Option<ApprovalStatus>,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<ApprovalPage, Problem> {
        actor.require(Permission::Read)?;
        let asked_by = (!actor.role.can(Permission::ApproveWrites)).then(|| actor.user.clone());
        let limit = i64::from(limit.clamp(1, 200));
        let filter =
            ApprovalFilter { status, asked_by, before: cursor.map(ApprovalId::from), limit };
        let mut conn = self.0.db.read().await?;
        let found = approvals::list(&mut conn, &actor.workspace, &filter).await?;
        let is_full = i64::try_from(found.len()).unwrap_or(i64::MAX) == limit;
        let next = found.last().filter(|_| is_full).map(|it| it.approval.id.to_string());
        Ok(ApprovalPage { approvals: found.into_iter().map(|it| self.shown(it)).collect(), next })
    }

    /// One approval.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing one and for other people's without the permission to decide.
    pub async fn approval(&self, actor: &Actor, id: &ApprovalId) -> Result<Approval, Problem> {
        Ok(self.shown(self.visible(actor, id).await?))
    }

    /// As people see it: secrets masked, with what a yes may be remembered for.
    pub(crate) fn shown(&self, found: StoredApproval) -> Approval {
        let approval = found.approval;
        let (args, remember) = (masked(&approval.args), self.remembered_for(&approval));
        Approval { args, remember, ..approval }
    }

    /// For whom a yes may be remembered.
    pub(crate) fn remembered_for(&self, approval: &Approval) -> Vec<RuleScope> {
        if !self.0.tools.find(&approval.tool).is_some_and(policy::may_be_remembered) {
            return Vec::new();
        }
        let has_project = approval.args.get("project").is_some();
        let scopes = RuleScope::ALL.into_iter();
        scopes.filter(|it| *it != RuleScope::Project || has_project).collect()
    }

    pub(crate) async fn visible(
        &self,
        actor: &Actor,
        id: &ApprovalId,
    ) -> Result<StoredApproval, Problem> {
        actor.require(Permission::Read)?;
        let missing = || Problem::not_found("Approval");
        let mut conn = self.0.db.read().await?;
        let found = approvals::find(&mut conn, &actor.workspace, id).await?.ok_or_else(missing)?;
        let is_visible = actor.role.can(Permission::ApproveWrites) || found.asked_by == actor.user;
        if is_visible { Ok(found) } else { Err(missing()) }
    }

    /// Allows what waits, with edited arguments where given, and waits a little for what comes of it.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission for its risk; [`Problem::Conflict`] when it was decided before, has
    /// expired, or the record changed; [`Problem::Invalid`] for edited arguments that do not fit.
    pub async fn approve(
        &self,
        actor: &Actor,
        id: &ApprovalId,
        note: Option<String>,
        args: Option<Value>,
    ) -> Result<Decided, Problem> {
        self.approve_for(actor, id, (note, args), None).await
    }

    /// The same, and remembers the yes for as long as nobody takes it back.
    ///
    /// # Errors
    /// As [`Self::approve`]; [`Problem::Invalid`] where each time must be asked.
    pub async fn approve_for(
        &self,
        actor: &Actor,
        id: &ApprovalId,
        (note, args): (Option<String>, Option<Value>),
        remember: Option<RuleScope>,
    ) -> Result<Decided, Problem> {
        let found = self.decidable(actor, id).await?;
        self.check_four_eyes(actor, &found).await?;
        let rule = remember.map(|it| self.rule_of(actor, &found, it)).transpose()?;
        if let Some(reason) = self.drifted(&found).await? {
            self.expire(&found, reason.clone(), Next::AskAgain).await?;
            self.carry_on().await?;
            return Err(Problem::Conflict { message: reason, status: Some("expired".to_owned()) });
        }
        let (found, edited) = self.edited(found, args).await?;
        let by = Some((actor.user.clone(), actor.name.clone()));
        let decision = Decision { status: ApprovalStatus::Approved, by, note };
        self.decide(actor, &found, decision, (edited, rule)).await?;
        if found.approval.kind == commands::KIND || is_of_a_client(&found) {
            return self.run_allowed(actor, &found).await;
        }
        self.settled(actor, id).await
    }

    /// Refuses what waits: it never happens.
    ///
    /// # Errors
    /// As [`Self::approve`].
    pub async fn reject(
        &self,
        actor: &Actor,
        id: &ApprovalId,
        reason: Option<String>,
    ) -> Result<Approval, Problem> {
        let found = self.decidable(actor, id).await?;
        let by = Some((actor.user.clone(), actor.name.clone()));
        let decision = Decision { status: ApprovalStatus::Rejected, by, note: reason };
        self.decide(actor, &found, decision, (None, None)).await?;
        self.carry_on().await?;
        self.approval(actor, id).await
    }

    async fn decidable(&self, actor: &Actor, id: &ApprovalId) -> Result<StoredApproval, Problem> {
        let found = self.visible(actor, id).await?;
        actor.require(needed(&found.approval))?;
        if found.approval.status != ApprovalStatus::Pending {
            return Err(decided_before(found.approval.status));
        }
        if found.expires_at_ms <= ids::now_ms() {
            self.expire(&found, "Nobody answered in time".to_owned(), Next::GoOn).await?;
            self.carry_on().await?;
            return Err(decided_before(ApprovalStatus::Expired));
        }
        Ok(found)
    }

    /// Why what was asked about is not what would happen now.
    async fn drifted(&self, found: &StoredApproval) -> Result<Option<String>, Problem> {
        let approval = &found.approval;
        if Tools::hash(&approval.tool, &approval.args) != approval.args_hash {
            return Ok(Some("What was asked for has changed, so nothing was done".to_owned()));
        }
        let asker = self.person(&found.workspace, &found.asked_by, "").await?;
        let Some(asker) = asker.filter(|it| it.role.can(Permission::Write)) else {
            return Ok(Some(
                "The person who asked may not do this any more, so nothing was done".to_owned(),
            ));
        };
        match self.0.tools.preview(&asker, &approval.tool, &approval.args).await {
            Ok(now) if now.guard == found.guard => Ok(None),
            Ok(_) => Ok(Some(
                "The record has changed since this was asked, so nothing was done".to_owned(),
            )),
            Err(error) => Ok(Some(format!("Nothing was done: {error}"))),
        }
    }

    async fn decide(
        &self,
        actor: &Actor,
        found: &StoredApproval,
        decision: Decision,
        (edited, rule): (Option<String>, Option<NewRule>),
    ) -> Result<(), Problem> {
        let (actor, found) = (actor.clone(), found.clone());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                if let Some(hash) = edited {
                    approvals::set_args(tx, &found.approval.id, &found.approval.args, &hash)
                        .await?;
                }
                if let Some(rule) = &rule {
                    approval_rules::insert(tx, &actor, rule).await?;
                }
                settle(tx, &actor, &found, &decision, Next::GoOn).await
            })
        });
        write.await
    }

    /// Where a workspace wants four eyes, nobody allows what deletes for themselves.
    async fn check_four_eyes(&self, actor: &Actor, found: &StoredApproval) -> Result<(), Problem> {
        if found.approval.risk != Risk::Destructive || found.asked_by != actor.user {
            return Ok(());
        }
        let settings = Settings::of(&mut self.0.db.read().await?, &actor.workspace).await?;
        if !settings.wants_four_eyes() {
            return Ok(());
        }
        let message = "Somebody else has to allow this: in this workspace nobody allows for themselves what deletes";
        Err(Problem::Forbidden { message: message.to_owned() })
    }

    async fn expire(
        &self,
        found: &StoredApproval,
        reason: String,
        next: Next,
    ) -> Result<(), Problem> {
        let decision = Decision { status: ApprovalStatus::Expired, by: None, note: Some(reason) };
        let found = found.clone();
        let nobody = crate::recovery::nobody(&found.workspace);
        let write = self.0.db.write(move |tx| {
            Box::pin(async move { settle(tx, &nobody, &found, &decision, next).await })
        });
        match write.await {
            Err(Problem::Conflict { .. }) => Ok(()),
            other => other,
        }
    }

    /// Expires what nobody answered in time, in every workspace.
    pub(crate) async fn expire_overdue(&self) -> Result<(), Problem> {
        let mut conn = self.0.db.read().await?;
        let overdue = approvals::overdue(&mut conn, ids::now_ms()).await?;
        drop(conn);
        let is_any = !overdue.is_empty();
        for found in overdue {
            self.expire(&found, "Nobody answered in time".to_owned(), Next::GoOn).await?;
        }
        if is_any { self.carry_on().await } else { Ok(()) }
    }

    /// Starts the run that carries on, and waits a little for it.
    async fn settled(&self, actor: &Actor, id: &ApprovalId) -> Result<Decided, Problem> {
        self.carry_on().await?;
        let run = self.continuation(actor, id).await?;
        let is_running = match &run {
            Some(run) => {
                tokio::time::timeout(self.0.config.decision_wait, self.ended(run)).await.is_err()
            }
            None => false,
        };
        Ok(Decided { approval: self.approval(actor, id).await?, is_running, run })
    }
}

/// What becomes of the call that waited.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// The run goes on with it, or without it.
    GoOn,
    /// It is asked about anew.
    AskAgain,
}

/// The permission that deciding an approval takes.
pub(crate) fn needed(approval: &Approval) -> Permission {
    if policy::needs_manage(&approval.tool) {
        return Permission::Manage;
    }
    match approval.risk {
        Risk::Destructive => Permission::ApproveDestructive,
        Risk::Read | Risk::Write => Permission::ApproveWrites,
    }
}

fn decided_before(status: ApprovalStatus) -> Problem {
    let message = format!("This approval was decided before: it is {}", status.as_str());
    Problem::Conflict { message, status: Some(status.as_str().to_owned()) }
}

/// Ends what waits for a decision in a conversation that is deleted.
pub(crate) async fn withdraw(
    tx: &mut Conn,
    actor: &Actor,
    session: &SessionId,
) -> Result<(), Problem> {
    for found in approvals::waiting_in(tx, &actor.workspace, session).await? {
        let note = Some("Its conversation was deleted".to_owned());
        let decision = Decision { status: ApprovalStatus::Expired, by: None, note };
        settle(tx, actor, &found, &decision, Next::GoOn).await?;
    }
    Ok(())
}

/// The decision, the call that waited and the event, in one transaction.
async fn settle(
    tx: &mut Conn,
    actor: &Actor,
    found: &StoredApproval,
    decision: &Decision,
    next: Next,
) -> Result<(), Problem> {
    let approval = &found.approval;
    if !approvals::decide(tx, &approval.id, decision).await? {
        let now = approvals::find(tx, &found.workspace, &approval.id).await?;
        return Err(decided_before(now.map_or(ApprovalStatus::Expired, |it| it.approval.status)));
    }
    let word = match decision.status {
        ApprovalStatus::Approved => "running",
        other => other.as_str(),
    };
    store::commands::decided(tx, &approval.id, word).await?;
    if let Some(call) = &found.call {
        match (decision.status, next) {
            (ApprovalStatus::Approved, _) => {
                journal::set_approval(tx, call, &approval.id, CallStatus::Approved).await?;
            }
            (_, Next::AskAgain) => journal::reset(tx, call).await?,
            _ => journal::end(tx, call, CallStatus::Error, &refusal(decision)).await?,
        }
    }
    let outcome = if decision.status == ApprovalStatus::Approved {
        Outcome::Success
    } else {
        Outcome::Denied
    };
    let detail = json!({ "decision": decision.status, "tool": approval.tool, "askedBy": approval.requested_by });
    let event = Event::new(EventKind::ApprovalDecided, &approval.id, &approval.title)
        .with(detail)
        .ended(outcome);
    events::record(tx, actor, &event).await?;
    Ok(())
}

/// What the model is told about a call that will not happen.
fn refusal(decision: &Decision) -> Value {
    let reason = decision.note.as_deref().filter(|it| !it.trim().is_empty());
    let (code, what) = match (&decision.by, decision.status) {
        (Some((_, name)), ApprovalStatus::Rejected) => {
            ("REJECTED", format!("{name} rejected this"))
        }
        _ => ("EXPIRED", "The approval expired".to_owned()),
    };
    let message = reason.map_or_else(|| what.clone(), |it| format!("{what}: {it}"));
    json!({ "ok": false, "code": code, "message": message, "error": message, "retryable": false, "reason": reason })
}
