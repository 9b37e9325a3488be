//! Tool calls of a run: each is stored before it begins and when it ends, so that no effect happens twice.

use crate::agent::Agent;
use crate::call_lines::{asked, flow_change, line, shortened};
use crate::command_list::Command;
use crate::command_reads;
use crate::ending::End;
use crate::policy::{self, Mode};
use crate::runtime::Runtime;
use crate::standing;
use crate::turn::Turn;
use crate::untrusted;
use domain::actor::{Actor, Permission};
use domain::approval::Risk;
use domain::ids::OperationId;
use domain::policy::Verdict;
use domain::problem::Problem;
use domain::trace::TraceStatus;
use futures::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use std::time::Instant;
use store::approval_rules::{self, StoredRule};
use store::approvals::{self, StoredApproval};
use store::chat::journal::{self, CallStatus, Place, StoredCall};
use store::chat::{leases, runs};
use store::commands;
use store::db::Conn;
use tools::error::ToolError;
use tools::other_tools::READ;
use tools::tool::{CallContext, ToolSpec};
use tools::tool_rules::ToolRules;

/// Reading tools of one round that run side by side.
const AT_ONCE: usize = 4;

/// What the workspace decided before: answers that are remembered, and policies about tools.
struct Decided {
    answers: Vec<StoredRule>,
    policies: ToolRules,
}

/// A call that is about to run.
struct Ready {
    agent: Agent,
    place: Place,
    actor: Actor,
    call: StoredCall,
    source: &'static str,
    args: Value,
    approval: Option<StoredApproval>,
    /// The command by whose name it was asked for.
    command: Option<Command>,
    /// Why it may run.
    why: String,
}

impl Turn {
    /// Brings every call that was asked for to its end, in order, or stops at one that waits for a person.
    pub(crate) async fn settle_calls(&mut self) -> Result<Option<End>, Problem> {
        let calls = self.calls().await?;
        self.is_tainted |=
            calls.iter().any(|it| it.status == CallStatus::Ok && untrusted::is_outside(&it.name));
        let mut writes =
            calls.iter().filter(|it| it.status == CallStatus::Ok && self.changes(&it.name)).count();
        self.read_ahead(&calls).await?;
        let calls = self.calls().await?;
        let decided = self.decided_before().await?;
        for call in calls {
            if self.stop.is_cancelled() {
                return Ok(Some(End::Gone));
            }
            match call.status {
                CallStatus::Ok | CallStatus::Error => continue,
                CallStatus::Waiting => return Ok(Some(End::Gone)),
                CallStatus::Executing => self.recover(&call).await?,
                CallStatus::Approved => self.execute(call.clone(), "A person allowed it").await?,
                CallStatus::Proposed => match self.agent.0.tools.find(&call.name) {
                    Some(spec) if self.is_withheld(spec, &call) => {
                        self.withhold(&call, spec).await?;
                    }
                    Some(spec) => {
                        let amounts_to = self.amounts_to(spec, &call).await?;
                        match self.judge((spec, amounts_to, &call), writes, &decided) {
                            Some(why) => self.execute(call.clone(), &why).await?,
                            None if self.ask(&call, spec).await? => return Ok(Some(End::Gone)),
                            None => {}
                        }
                    }
                    None => self.fail_unusable(&call).await?,
                },
            }
            writes += usize::from(self.changes(&call.name));
            self.is_tainted |= untrusted::is_outside(&call.name);
        }
        Ok(None)
    }

    fn changes(&self, tool: &str) -> bool {
        self.agent.0.tools.find(tool).is_some_and(|it| it.risk != Risk::Read)
    }

    /// The tool that a call comes to, where that is another one: what is asked about is that.
    async fn amounts_to(
        &self,
        spec: &'static ToolSpec,
        call: &StoredCall,
    ) -> Result<&'static ToolSpec, Problem> {
        let tools = &self.agent.0.tools;
        if call.name != "pmos_undo" {
            return Ok(tools.amounts_to(&call.name, &call.args).unwrap_or(spec));
        }
        let session = self.run.run.session_id.as_str();
        let found = tools.undo_amounts_to(&self.actor, &call.args, session).await;
        // Where that cannot be found out, the tool itself says why.
        Ok(found.ok().flatten().unwrap_or(spec))
    }

    /// Why a call needs no question; none when it does. A person who may not write at all is refused by the tool
    /// itself, not asked. A remembered answer never covers what text from outside led to, or a flood of writes.
    fn judge(
        &self,
        (called, spec, call): (&ToolSpec, &ToolSpec, &StoredCall),
        writes: usize,
        decided: &Decided,
    ) -> Option<String> {
        let rule = decided.policies.first(self.actor.role, called, &call.args);
        if spec.name == READ && self.is_tainted {
            // What it is asked leaves PM OS, and text from outside may have chosen it.
            return None;
        }
        if let Some((Verdict::Refuse, policy, _)) = rule {
            return Some(format!("The policy “{policy}” refuses it"));
        }
        if spec.risk == Risk::Read || spec.only_tells(&call.args) {
            return Some("It only reads".to_owned());
        }
        if !self.actor.role.can(Permission::Write) {
            return Some("The tool itself refuses people who may not write".to_owned());
        }
        if matches!(rule, Some((Verdict::Ask, ..))) {
            return None;
        }
        let is_led = (self.is_tainted || !self.others.is_empty())
            && (!policy::is_draft(spec)
                || !untrusted::foreign_addresses(&call.args, &self.said).is_empty());
        if is_led {
            return None;
        }
        if !policy::asks(self.mode, spec, writes) {
            return Some("This workspace lets it happen without a question".to_owned());
        }
        if self.mode == Mode::All
            || writes >= policy::FREE_WRITES
            || !policy::may_be_remembered(spec)
        {
            return None;
        }
        if let Some((Verdict::Allow, policy, _)) = rule {
            return Some(format!("The policy “{policy}” allows it"));
        }
        let called = (call.name.as_str(), &call.args);
        let answer = standing::covering(&decided.answers, &self.actor.user, called)?;
        Some(format!("{} allowed it for good", answer.created_by))
    }

    async fn decided_before(&self) -> Result<Decided, Problem> {
        let policies = self.agent.0.tools.tool_rules(&self.run.workspace).await?;
        let mut conn = self.agent.0.db.read().await?;
        let answers = approval_rules::list(&mut conn, &self.run.workspace).await?;
        Ok(Decided { answers, policies })
    }

    /// Runs the reading tools of a round side by side, up to the first that changes something: what it changes, a
    /// later read must see.
    async fn read_ahead(&self, calls: &[StoredCall]) -> Result<(), Problem> {
        if self.runtime() == Runtime::V1 {
            return Ok(());
        }
        let is_read = |it: &&StoredCall| {
            it.status == CallStatus::Proposed
                && it.name != READ
                && self.agent.0.tools.find(&it.name).is_some_and(|it| it.risk == Risk::Read)
        };
        let open =
            calls.iter().skip_while(|it| matches!(it.status, CallStatus::Ok | CallStatus::Error));
        let reads: Vec<StoredCall> = open.take_while(is_read).cloned().collect();
        if reads.len() < 2 {
            return Ok(());
        }
        futures::stream::iter(reads.into_iter().map(|it| self.execute(it, "It only reads")))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    async fn execute(&self, call: StoredCall, why: &str) -> Result<(), Problem> {
        let approval = self.approval_of(&call).await?;
        let actor = self.acting(&call, approval.as_ref()).await?;
        let (place, id, node) = (self.place.clone(), call.id.clone(), self.agent.0.node.clone());
        let (event, data) = line(&self.agent, &place, &call, None).event(
            TraceStatus::Running,
            &asked(&call.args),
            None,
        );
        let write = self.agent.0.db.write(move |tx| {
            Box::pin(async move {
                let has_begun =
                    leases::renew(tx, &place.run, &node).await? && journal::begin(tx, &id).await?;
                if has_begun {
                    journal::append(tx, &place, event, data).await?;
                }
                Ok::<_, Problem>(has_begun)
            })
        });
        if !write.await? {
            return Ok(());
        }
        let args =
            approval.as_ref().map_or_else(|| call.args.clone(), |it| it.approval.args.clone());
        let ready = Ready {
            agent: self.agent.clone(),
            place: self.place.clone(),
            actor,
            call,
            source: self.source(),
            args,
            approval,
            command: self.command,
            why: why.to_owned(),
        };
        // Stopping the run must not cut a write in half: it ends on its own and its end is stored.
        let job = tokio::spawn(ready.run());
        tokio::select! {
            () = self.stop.cancelled() => Ok(()),
            ended = job => ended.unwrap_or_else(|_| Err(Problem::Internal { reference: self.actor.request_id.clone() })),
        }
    }

    /// The person a call acts for: who asked, or who allowed it where only they may.
    async fn acting(
        &self,
        call: &StoredCall,
        approval: Option<&StoredApproval>,
    ) -> Result<Actor, Problem> {
        let decided_by = approval.and_then(|it| it.decided_by.as_ref());
        let (true, false, Some(user)) =
            (policy::needs_manage(&call.name), self.actor.role.can(Permission::Manage), decided_by)
        else {
            return Ok(self.actor.clone());
        };
        let person = self.agent.person(&self.run.workspace, user, &self.actor.request_id).await?;
        Ok(person.unwrap_or_else(|| self.actor.clone()))
    }

    async fn approval_of(&self, call: &StoredCall) -> Result<Option<StoredApproval>, Problem> {
        let Some(id) = &call.approval else { return Ok(None) };
        let mut conn = self.agent.0.db.read().await?;
        Ok(approvals::find(&mut conn, &self.run.workspace, id).await?)
    }

    /// A call that had begun when the server stopped: repeated where that is safe, else its fate is looked up.
    async fn recover(&self, call: &StoredCall) -> Result<(), Problem> {
        let is_repeatable = self.agent.0.tools.find(&call.name).is_none_or(ToolSpec::is_repeatable);
        let answered = self.agent.0.tools.answered(&self.actor, &call.name, &call.id).await?;
        let known = match answered {
            Some(Some(answer)) => Some((CallStatus::Ok, answer)),
            Some(None) if !is_repeatable => Some((CallStatus::Error, unknown())),
            _ => None,
        };
        let (id, approval) = (call.id.clone(), call.approval.clone());
        let write = self.agent.0.db.write(move |tx| {
            Box::pin(async move {
                match known {
                    Some((status, result)) => {
                        if let Some(approval) = approval.filter(|_| status == CallStatus::Error) {
                            let why = "It is not known whether it happened";
                            commands::end_allowed(tx, &approval, why).await?;
                        }
                        journal::end(tx, &id, status, &result).await.map(|()| true)
                    }
                    None => journal::reset(tx, &id).await.map(|()| false),
                }
            })
        });
        if write.await.map_err(Problem::from)? {
            Ok(())
        } else {
            self.execute(call.clone(), "It goes on after a restart").await
        }
    }
}

fn unknown() -> Value {
    let message = "PM OS was restarted while this was under way, so it is not known whether it happened. Look before \
                   asking for it again";
    json!({ "ok": false, "code": "UNKNOWN", "message": message, "error": message, "retryable": false })
}

impl Ready {
    async fn run(self) -> Result<(), Problem> {
        let started = Instant::now();
        let context = CallContext {
            source: self.source,
            session: Some(self.place.session.to_string()),
            run: Some(self.place.run.to_string()),
            approval: self.approval.as_ref().map(|it| it.approval.id.to_string()),
            operation: self.operation(),
            idempotency_key: Some(self.call.id.clone()),
            decider: None,
            hurries: false,
        };
        let outcome =
            self.agent.0.tools.call(&self.actor, &self.call.name, &self.args, &context).await;
        let duration_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let db = self.agent.0.db.clone();
        db.write(move |tx| Box::pin(async move { self.store(tx, outcome, duration_ms).await }))
            .await
    }

    /// The operation that waited for the approval.
    fn operation(&self) -> Option<OperationId> {
        self.approval.as_ref()?.approval.operation_id.clone().map(OperationId::from)
    }

    /// The command that this call is, where its tool keeps no operation itself.
    fn command_read(&self) -> Option<Command> {
        let spec = self.agent.0.tools.find(&self.call.name)?;
        self.command.filter(|it| it.tool == spec.name && spec.risk == Risk::Read)
    }

    async fn store(
        self,
        tx: &mut Conn,
        outcome: Result<Value, ToolError>,
        duration_ms: i64,
    ) -> Result<(), Problem> {
        let family = self.agent.0.tools.find(&self.call.name).map_or("system", ToolSpec::family);
        let outcome = crate::helping::named(tx, &self.actor, outcome).await?;
        let (status, mut result) = match &outcome {
            Ok(value) => (CallStatus::Ok, value.clone()),
            Err(error) => (CallStatus::Error, error.to_value(family)),
        };
        if let (Some(command), Value::Object(fields)) = (self.command_read(), &mut result) {
            let asked = (&self.actor, &self.place);
            let operation =
                command_reads::keep(tx, asked, (command, &self.args), (&outcome, duration_ms))
                    .await?;
            fields.insert("operation_id".to_owned(), operation.as_str().into());
        }
        journal::end(tx, &self.call.id, status, &result).await?;
        if let Some(approval) = &self.approval {
            let operation = result.get("operation_id").and_then(Value::as_str);
            approvals::set_result(tx, &approval.approval.id, operation, &result).await?;
            if let Some(error) = outcome.as_ref().err().filter(|it| !it.may_be_done()) {
                commands::end_allowed(tx, &approval.approval.id, &error.to_string()).await?;
            }
        }
        if !runs::used(tx, &self.place.run, &self.call.name).await? {
            return Ok(());
        }
        let events = self.events(&outcome, &result, duration_ms);
        Ok(journal::append_all(tx, &self.place, events).await?)
    }

    fn events(
        &self,
        outcome: &Result<Value, ToolError>,
        result: &Value,
        duration_ms: i64,
    ) -> Vec<(&'static str, Value)> {
        let error = outcome.as_ref().err().map(ToString::to_string);
        let mut tool = json!({
            "name": self.call.name, "success": error.is_none(), "callId": self.call.id, "durationMs": duration_ms,
        });
        if let (Some(error), Value::Object(fields)) = (&error, &mut tool) {
            fields.insert("error".into(), error.as_str().into());
        }
        let status = if error.is_none() { TraceStatus::Success } else { TraceStatus::Error };
        let detail = error
            .unwrap_or_else(|| format!("{}\nGot back {}", asked(&self.args), shortened(result)));
        let detail = format!("{detail}\nPolicy: {}", self.why);
        let line = line(&self.agent, &self.place, &self.call, Some(result));
        let mut events = vec![("tool", tool), line.event(status, &detail, Some(duration_ms))];
        events
            .extend(result.get("change").map(|change| ("flow", flow_change(change, &self.actor))));
        events
    }
}
