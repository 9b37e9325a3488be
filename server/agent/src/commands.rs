//! Commands: a short list of things that are asked for by name, by scripts and other systems (contract.md 5.1, 5.2).

use crate::agent::Agent;
use crate::command_list::Command;
use crate::deciding::Decided;
use domain::actor::{Actor, Permission};
use domain::approval::{ApprovalStatus, Risk};
use domain::event::{Event, EventKind, Outcome};
use domain::ids::{ApprovalId, OperationId};
use domain::problem::Problem;
use serde_json::{Map, Value, json};
use std::time::Instant;
use store::approvals::{self, NewApproval, StoredApproval};
use store::commands::{self, Ended};
use store::{events, ids, operations};
use tools::error::ToolError;
use tools::tool::{CallContext, ToolSpec};
use tools::tools::Tools;

/// The kind of an approval that a command waits for.
pub(crate) const KIND: &str = "operation";
const EXCERPT_CHARS: usize = 220;
/// A command that runs longer than this was lost with its server.
const LOST_AFTER_MS: i64 = 60 * 60 * 1000;

/// A command with what it needs.
#[derive(Clone, Debug, Default)]
pub struct CommandCall {
    /// Arguments of its tool.
    pub arguments: Map<String, Value>,
    /// The project, by id or name.
    pub project: Option<String>,
    /// Asks a person although it need not.
    pub requires_approval: bool,
}

/// What came of a command.
#[derive(Clone, Debug)]
pub enum Commanded {
    /// It ran.
    Done {
        /// The operation.
        operation: OperationId,
        /// The arguments of its tool.
        args: Value,
        /// What the tool answered.
        result: Value,
    },
    /// Nothing happened: a person decides first.
    Waits {
        /// The operation.
        operation: OperationId,
        /// The approval.
        approval: ApprovalId,
        /// The arguments of its tool.
        args: Value,
        /// What waits, in words.
        message: String,
    },
}

impl Agent {
    /// Runs a command, or asks about one that deletes.
    ///
    /// # Errors
    /// [`Problem::Invalid`] without the project it needs and for arguments that do not fit; [`Problem::Forbidden`]; what
    /// its tool refused.
    pub async fn command(
        &self,
        actor: &Actor,
        command: Command,
        call: CommandCall,
    ) -> Result<Commanded, Problem> {
        actor.require(Permission::Read)?;
        let missing = || Problem::not_found("Command");
        let spec = self.0.tools.find(command.tool).ok_or_else(missing)?;
        if spec.risk != Risk::Read {
            actor.require(Permission::Write)?;
        }
        let args = arguments(command, &call)?;
        let args = self.0.tools.check(command.tool, &args)?;
        let new = commands::NewCommand {
            id: OperationId::from(ids::fresh()),
            user: actor.user.clone(),
            actor: actor.name.clone(),
            source: "command_api",
            run: None,
            command: command.name,
            tool: command.tool,
            arguments: args.clone(),
            project_id: call.project,
            is_high_risk: command.is_high_risk,
            approval: None,
        };
        let asks = self.0.tools.asks_first(actor, spec, &args).await?;
        if command.is_high_risk || call.requires_approval || asks {
            return self.ask_about(actor, spec, new).await;
        }
        let (id, actor_of, row) = (new.id.clone(), actor.clone(), new);
        let stored = self.0.db.write(move |tx| {
            Box::pin(async move { commands::insert(tx, &actor_of.workspace, &row).await })
        });
        stored.await?;
        let context = CallContext {
            source: "command_api",
            operation: Some(id.clone()),
            ..CallContext::default()
        };
        let result = self.run_command(actor, spec, &args, context).await?;
        Ok(Commanded::Done { operation: id, args, result })
    }

    pub(crate) async fn ask_about(
        &self,
        actor: &Actor,
        spec: &'static ToolSpec,
        new: commands::NewCommand,
    ) -> Result<Commanded, Problem> {
        let preview = self.0.tools.preview(actor, spec.name, &new.arguments).await?;
        let wait = i64::try_from(self.0.config.approval_wait.as_millis()).unwrap_or(i64::MAX);
        let approval = NewApproval {
            id: ApprovalId::from(ids::fresh()),
            kind: KIND,
            title: preview.title,
            summary: preview.summary,
            effects: preview.effects,
            tool: spec.name.to_owned(),
            args: new.arguments.clone(),
            args_hash: Tools::hash(spec.name, &new.arguments),
            guard: preview.guard,
            risk: spec.risk,
            asked_by: actor.user.clone(),
            asked_by_name: actor.name.clone(),
            run_id: None,
            session_id: None,
            flow_id: new.arguments.get("flow_id").and_then(Value::as_str).map(str::to_owned),
            call_id: None,
            expires_at_ms: ids::now_ms().saturating_add(wait),
        };
        let waits = Commanded::Waits {
            operation: new.id.clone(),
            approval: approval.id.clone(),
            args: new.arguments.clone(),
            message: format!("{} waits for an approval. Nothing has happened", approval.title),
        };
        let new = commands::NewCommand { approval: Some(approval.id.clone()), ..new };
        let actor = actor.clone();
        let stored = self.0.db.write(move |tx| {
            Box::pin(async move {
                approvals::insert(tx, &actor.workspace, &approval).await?;
                commands::insert(tx, &actor.workspace, &new).await?;
                let detail =
                    json!({ "tool": approval.tool, "risk": approval.risk, "command": new.command });
                let event = Event::new(EventKind::ApprovalAsked, &approval.id, approval.title);
                events::record(tx, &actor, &event.with(detail)).await
            })
        });
        stored.await?;
        Ok(waits)
    }

    /// Runs the tool of a command and stores how it ended. A tool that changes something keeps its own record of it.
    async fn run_command(
        &self,
        actor: &Actor,
        spec: &'static ToolSpec,
        args: &Value,
        context: CallContext,
    ) -> Result<Value, Problem> {
        let started = Instant::now();
        let outcome = self.0.tools.call(actor, spec.name, args, &context).await;
        let duration_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let Some(id) = context.operation else { return Ok(outcome?) };
        if matches!(outcome, Err(ToolError::Problem(Problem::Unclear { .. }))) {
            // It ends when somebody knows what became of it.
            return Ok(outcome?);
        }
        let ended = ended(&outcome, duration_ms);
        let (actor, is_read) = (actor.clone(), spec.risk == Risk::Read);
        let stored = self.0.db.write(move |tx| {
            Box::pin(async move {
                commands::end(tx, &id, &ended).await?;
                if is_read {
                    let outcome = match ended.status {
                        "completed" => Outcome::Success,
                        _ => Outcome::Failed,
                    };
                    let detail =
                        json!({ "tool": spec.name, "title": spec.title, "source": context.source });
                    let event = Event::new(EventKind::ToolUsed, &id, spec.title).with(detail);
                    events::record(tx, &actor, &event.ended(outcome)).await?;
                }
                Ok::<_, Problem>(())
            })
        });
        stored.await?;
        Ok(outcome?)
    }

    /// The approval that an operation of the workspace waits for.
    ///
    /// # Errors
    /// [`Problem::NotFound`]; [`Problem::Conflict`] with its state when it does not wait.
    pub async fn approval_of_operation(
        &self,
        actor: &Actor,
        id: &OperationId,
    ) -> Result<ApprovalId, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.0.db.read().await?;
        let found = operations::find(&mut conn, &actor.workspace, id).await?;
        let found = found.ok_or_else(|| Problem::not_found("Operation"))?;
        match found.approval_id.filter(|_| found.status == "pending_approval") {
            Some(approval) => Ok(approval.into()),
            None => Err(Problem::Conflict {
                message: format!("This does not wait for anybody: it is {}", found.status),
                status: Some(found.status),
            }),
        }
    }

    /// Runs the command, or the call of a client, that was allowed, and waits a little for what comes of it.
    pub(crate) async fn run_allowed(
        &self,
        actor: &Actor,
        found: &StoredApproval,
    ) -> Result<Decided, Problem> {
        let (agent, id) = (self.clone(), found.approval.id.clone());
        let workspace = found.workspace.clone();
        // A person who goes away does not stop what they allowed.
        let job = tokio::spawn(async move { agent.carry_out(&workspace, &id).await });
        let is_running = match tokio::time::timeout(self.0.config.decision_wait, job).await {
            Ok(ended) => {
                let reference = actor.request_id.clone();
                ended.unwrap_or(Err(Problem::Internal { reference }))?;
                false
            }
            Err(_) => true,
        };
        let approval = self.approval(actor, &found.approval.id).await?;
        Ok(Decided { approval, is_running, run: None })
    }

    async fn carry_out(
        &self,
        workspace: &domain::ids::WorkspaceId,
        id: &ApprovalId,
    ) -> Result<(), Problem> {
        let mut conn = self.0.db.read().await?;
        let found = approvals::find(&mut conn, workspace, id).await?;
        drop(conn);
        let Some(found) = found.filter(|it| it.approval.status == ApprovalStatus::Approved) else {
            return Ok(());
        };
        let operation = found.approval.operation_id.clone().map(OperationId::from);
        let is_command = found.approval.kind == KIND;
        let context = CallContext {
            source: if is_command { "command_api" } else { "mcp" },
            approval: Some(id.to_string()),
            idempotency_key: Some(format!("approval:{id}")),
            operation: operation.clone(),
            ..CallContext::default()
        };
        let doer = self.doer(&found).await?;
        let spec = self.0.tools.find(&found.approval.tool);
        let (Some(doer), Some(spec)) = (doer, spec) else { return self.lose(operation).await };
        let outcome = self.run_command(&doer, spec, &found.approval.args, context).await;
        let result = match &outcome {
            Ok(result) => result.clone(),
            Err(problem) => ToolError::from(problem.clone()).to_value(spec.family()),
        };
        let (id, operation) = (id.clone(), operation.map(|it| it.to_string()));
        let stored = self.0.db.write(move |tx| {
            Box::pin(
                async move { approvals::set_result(tx, &id, operation.as_deref(), &result).await },
            )
        });
        Ok(stored.await?)
    }

    /// A command whose asker or tool is gone fails.
    async fn lose(&self, operation: Option<OperationId>) -> Result<(), Problem> {
        let Some(id) = operation else { return Ok(()) };
        let error = Some("The person who asked may not do this any more".to_owned());
        let ended = Ended { status: "failed", duration_ms: 0, excerpt: None, error };
        let stored = self
            .0
            .db
            .write(move |tx| Box::pin(async move { commands::end(tx, &id, &ended).await }));
        Ok(stored.await?)
    }

    /// After a start: commands that were allowed and had not ended run, others that were lost say so.
    pub(crate) async fn finish_commands(&self) -> Result<(), Problem> {
        let before = match self.0.db.is_shared() {
            true => ids::now_ms() - LOST_AFTER_MS,
            false => ids::now_ms(),
        };
        let allowed = self.0.db.write(move |tx| {
            Box::pin(async move {
                commands::give_up(tx, before).await?;
                commands::allowed(tx).await
            })
        });
        for (workspace, approval) in allowed.await.map_err(Problem::from)? {
            if let Err(problem) = self.carry_out(&workspace, &approval).await {
                tracing::warn!(%approval, %problem, "an allowed command could not run");
            }
        }
        Ok(())
    }
}

pub(crate) fn arguments(command: Command, call: &CommandCall) -> Result<Value, Problem> {
    let mut args = call.arguments.clone();
    if command.needs_project {
        let given = call.project.clone().map(Value::from);
        let Some(project) = given.or_else(|| args.get("project_id").cloned()) else {
            let message = format!("{} needs a project: name it in project_id", command.name);
            return Err(Problem::invalid("project_id", message));
        };
        args.insert("project_id".to_owned(), project);
    }
    if command.name == "insights" {
        args.entry("limit").or_insert(25.into());
        args.entry("acknowledged").or_insert(false.into());
    }
    Ok(Value::Object(args))
}

/// How a call of a tool ended, as its operation keeps it.
pub(crate) fn ended(outcome: &Result<Value, ToolError>, duration_ms: i64) -> Ended {
    let excerpt = |value: &Value| {
        let said = value.get("message").and_then(Value::as_str).map(str::to_owned);
        said.unwrap_or_else(|| value.to_string()).chars().take(EXCERPT_CHARS).collect()
    };
    Ended {
        status: if outcome.is_ok() { "completed" } else { "failed" },
        duration_ms,
        excerpt: outcome.as_ref().ok().map(excerpt),
        error: outcome.as_ref().err().map(ToString::to_string),
    }
}
