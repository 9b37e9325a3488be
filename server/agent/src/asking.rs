//! A write waits for a person: the approval is stored, the run ends, nothing has happened.

use crate::ending::{Last, close};
use crate::trace::{Line, masked};
use crate::turn::Turn;
use domain::approval::{ASKS, Approval, Risk};
use domain::chat::ChatRunStatus;
use domain::event::{Event, EventKind};
use domain::ids::{ApprovalId, ChatRunId, OperationId};
use domain::problem::Problem;
use domain::trace::TraceStatus;
use serde_json::{Value, json};
use store::approvals::{self, NewApproval, StoredApproval};
use store::chat::journal::{self, CallStatus, StoredCall};
use store::chat::runs::{self, Ending};
use store::operations::{self, NewOperation};
use store::{events, ids};
use tools::preview::Preview;
use tools::tool::ToolSpec;
use tools::tools::Tools;

impl Turn {
    /// Asks for an approval and ends the run; false when the call cannot work anyway, which the model is told.
    pub(crate) async fn ask(&self, call: &StoredCall, spec: &ToolSpec) -> Result<bool, Problem> {
        let preview = match self.agent.0.tools.preview(&self.actor, &call.name, &call.args).await {
            Ok(preview) => preview,
            Err(error) => {
                self.refuse(call, &error.to_value(spec.family())).await?;
                return Ok(false);
            }
        };
        let new = self.approval(call, spec, preview);
        let waiting = self.waiting(&new);
        let last = self.last_words(&new);
        let (run, actor, call_id) = (self.run.clone(), self.actor.clone(), call.id.clone());
        let write = self.agent.0.db.write(move |tx| {
            Box::pin(async move {
                if !close(tx, &actor, &run, last).await? {
                    return Ok::<_, Problem>(());
                }
                approvals::insert(tx, &actor.workspace, &new).await?;
                operations::insert_waiting(tx, &actor.workspace, &waiting).await?;
                journal::set_approval(tx, &call_id, &new.id, CallStatus::Waiting).await?;
                let detail = json!({ "tool": new.tool, "risk": new.risk });
                let event = Event::new(EventKind::ApprovalAsked, &new.id, new.title).with(detail);
                events::record(tx, &actor, &event).await?;
                Ok(())
            })
        });
        write.await?;
        Ok(true)
    }

    pub(crate) async fn refuse(&self, call: &StoredCall, error: &Value) -> Result<(), Problem> {
        let (id, error, place) = (call.id.clone(), error.clone(), self.place.clone());
        let message = error.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
        let trace =
            crate::ending::tool_line(&self.place, call).event(TraceStatus::Error, &message, None);
        let tool = json!({ "name": call.name, "success": false, "callId": call.id, "durationMs": 0, "error": message });
        let write = self.agent.0.db.write(move |tx| {
            Box::pin(async move {
                journal::end(tx, &id, CallStatus::Error, &error).await?;
                journal::append(tx, &place, "tool", tool).await?;
                journal::append(tx, &place, trace.0, trace.1).await?;
                Ok::<_, Problem>(())
            })
        });
        write.await
    }

    fn approval(&self, call: &StoredCall, spec: &ToolSpec, preview: Preview) -> NewApproval {
        let wait = i64::try_from(self.approval_wait.as_millis()).unwrap_or(i64::MAX);
        let flow = call.args.get("flow_id").and_then(Value::as_str).map(str::to_owned);
        NewApproval {
            id: ApprovalId::from(ids::fresh()),
            kind: if self.task.is_some() { "agent_action" } else { "tool" },
            title: preview.title,
            summary: preview.summary,
            effects: preview.effects,
            tool: call.name.clone(),
            args: call.args.clone(),
            args_hash: Tools::hash(&call.name, &call.args),
            guard: preview.guard,
            risk: spec.risk,
            asked_by: self.actor.user.clone(),
            asked_by_name: self.actor.name.clone(),
            run_id: Some(self.run.run.id.to_string()),
            session_id: Some(self.run.run.session_id.to_string()),
            flow_id: flow,
            call_id: Some(call.id.clone()),
            expires_at_ms: ids::now_ms().saturating_add(wait),
        }
    }

    /// The write as it waits.
    fn waiting(&self, new: &NewApproval) -> NewOperation {
        NewOperation {
            id: OperationId::from(ids::fresh()),
            user: new.asked_by.clone(),
            actor: new.asked_by_name.clone(),
            source: self.source(),
            session_id: new.session_id.clone(),
            run_id: new.run_id.clone(),
            tool: new.tool.clone(),
            arguments: tools::secret_args::hidden(&new.args),
            is_high_risk: new.risk == Risk::Destructive,
            approval_id: Some(new.id.to_string()),
            ..NewOperation::default()
        }
    }

    fn last_words(&self, new: &NewApproval) -> Last {
        let line = Line {
            place: &self.place,
            id: format!("approval:{}", new.id),
            source: "system",
            kind: "approval",
            title: new.title.clone(),
            operation: None,
        };
        let first_words = self.first_words.as_deref().unwrap_or_default();
        let text = format!(
            "{first_words}**{}** waits for your approval.\n\n{}. {ASKS}",
            new.title, new.summary
        );
        Last {
            ending: Ending {
                status: ChatRunStatus::WaitingApproval,
                error: None,
                approval: Some(new.id.clone()),
            },
            message: None,
            text,
            note: None,
            before: vec![
                line.event(TraceStatus::Waiting, &new.summary, None),
                ("approval", asked(new)),
            ],
            trace: TraceStatus::Waiting,
            duration_ms: Some(self.elapsed_ms()),
        }
    }

    /// The approval that the run before this one waited for.
    pub(crate) async fn decided_approval(
        &self,
        parent: &ChatRunId,
    ) -> Result<Option<StoredApproval>, Problem> {
        let mut conn = self.agent.0.db.read().await?;
        let approval = runs::get(&mut conn, parent).await?.and_then(|it| it.run.approval_id);
        let Some(id) = approval else { return Ok(None) };
        Ok(approvals::find(&mut conn, &self.run.workspace, &id).await?)
    }
}

fn asked(new: &NewApproval) -> Value {
    json!({
        "approvalId": new.id, "status": "pending", "tool": new.tool, "title": new.title, "summary": new.summary,
        "risk": new.risk, "args": masked(&new.args), "expiresAt": ids::rfc3339(new.expires_at_ms),
    })
}

/// An approval as an event of a run.
pub(crate) fn shown(approval: &Approval) -> Value {
    json!({
        "approvalId": approval.id, "status": approval.status, "tool": approval.tool, "title": approval.title,
        "summary": approval.summary, "risk": approval.risk, "args": masked(&approval.args),
        "expiresAt": approval.expires_at, "decidedBy": approval.decided_by,
    })
}
