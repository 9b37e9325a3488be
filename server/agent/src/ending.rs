//! How a run ends: its answer, its last events and its state, in one transaction.

use crate::agent::{Agent, owner, place};
use crate::memory;
use crate::trace::{Line, run_line};
use crate::turn::Turn;
use domain::actor::{Actor, Via};
use domain::chat::ChatRunStatus;
use domain::event::{Event, EventKind, Outcome};
use domain::ids::{ApprovalId, ChatRunId, MessageId};
use domain::problem::Problem;
use domain::trace::TraceStatus;
use serde_json::{Value, json};
use store::chat::journal::{self, CallStatus, StoredCall};
use store::chat::leases;
use store::chat::runs::{self, Ending, StoredRun};
use store::chat::{self, NewMessage, Owner};
use store::db::Conn;
use store::events;

/// How a run ends.
#[derive(Debug)]
pub(crate) enum End {
    /// With an answer, after hearing this many messages.
    Answered { text: String, note: Option<Value>, heard: usize },
    /// With a reason.
    Failed {
        code: String,
        message: String,
        /// What the person saw before it failed.
        said: String,
    },
    /// It was ended before, or waits.
    Gone,
}

impl End {
    pub(crate) fn failed(code: &str, message: impl Into<String>) -> Self {
        Self::Failed { code: code.to_owned(), message: message.into(), said: String::new() }
    }

    /// Too many rounds.
    pub(crate) fn limit(iterations: u32) -> Self {
        let text = format!(
            "I stopped after {iterations} rounds without coming to an end. What was done so far is in the trace above. \
             Ask for a smaller part, or go on from here."
        );
        Self::Answered { text, note: None, heard: usize::MAX }
    }

    /// The same call again and again.
    pub(crate) fn repeated(tool: &str) -> Self {
        let text = format!(
            "I stopped because the same step ({tool}) came up three times with nothing new. What was done so far is in \
             the trace above."
        );
        Self::Answered { text, note: None, heard: usize::MAX }
    }

    pub(crate) fn into_option(self) -> Option<Self> {
        match self {
            Self::Gone => None,
            other => Some(other),
        }
    }
}

/// The last words of a run.
pub(crate) struct Last {
    pub(crate) ending: Ending,
    /// The id of the answer, when pieces of it were sent under one.
    pub(crate) message: Option<MessageId>,
    pub(crate) text: String,
    pub(crate) note: Option<Value>,
    /// What comes before the answer: an approval, an error.
    pub(crate) before: Vec<(&'static str, Value)>,
    pub(crate) trace: TraceStatus,
    pub(crate) duration_ms: Option<i64>,
}

impl Turn {
    /// Ends the run with an answer; false when the person said more meanwhile, which has to be heard first.
    pub(crate) async fn answer(&self, end: &End) -> Result<bool, Problem> {
        let End::Answered { text, note, heard } = end else { return Ok(false) };
        let last = Last {
            ending: Ending { status: ChatRunStatus::Succeeded, error: None, approval: None },
            message: Some(self.message.clone()),
            text: text.clone(),
            note: note.clone(),
            before: self.total_event().into_iter().collect(),
            trace: TraceStatus::Success,
            duration_ms: Some(self.elapsed_ms()),
        };
        let (run, actor, heard) = (self.run.clone(), self.actor.clone(), *heard);
        let node = self.agent.0.node.clone();
        let write = self.agent.0.db.write_talk(move |tx| {
            Box::pin(async move {
                if !leases::renew(tx, &run.run.id, &node).await? {
                    return Ok(true);
                }
                if runs::hold(tx, &run.run.session_id).await?.is_none() {
                    return Ok(true);
                }
                if chat::said_in(tx, &run.workspace, &run.root).await?.len() > heard {
                    return Ok::<_, Problem>(false);
                }
                close(tx, &actor, &run, last).await?;
                Ok(true)
            })
        });
        write.await
    }

    /// Ends the run.
    pub(crate) async fn end(&self, end: End) -> Result<(), Problem> {
        match end {
            End::Gone => Ok(()),
            End::Answered { .. } => self.answer(&end).await.map(drop),
            End::Failed { .. } => self.agent.end_without_turn(&self.run, end).await,
        }
    }
}

impl Agent {
    /// Ends a run that failed, with the reason as its answer.
    pub(crate) async fn end_without_turn(&self, run: &StoredRun, end: End) -> Result<(), Problem> {
        let End::Failed { code, message, said } = end else { return Ok(()) };
        let error = json!({ "message": message, "code": code, "retryable": code != "FORBIDDEN" });
        let last = Last {
            ending: Ending {
                status: ChatRunStatus::Failed,
                error: Some(message.clone()),
                approval: None,
            },
            message: None,
            text: if said.is_empty() { message } else { format!("{said}\n\n{message}") },
            note: None,
            before: vec![("error", error)],
            trace: TraceStatus::Error,
            duration_ms: None,
        };
        let (run, actor) = (run.clone(), system(run));
        let write = self.0.db.write_talk(move |tx| {
            Box::pin(async move { close(tx, &actor, &run, last).await.map(drop) })
        });
        write.await
    }

    /// Ends a run that the person stopped.
    pub(crate) async fn end_cancelled(&self, actor: &Actor, id: &ChatRunId) -> Result<(), Problem> {
        let (actor, mine, id) = (actor.through(Via::Chat), owner(actor), id.clone());
        let write = self.0.db.write(move |tx| {
            Box::pin(async move {
                let run =
                    runs::find(tx, &mine, &id).await?.ok_or_else(|| Problem::not_found("Run"))?;
                let at = place(&run);
                let calls = journal::calls(tx, &run.root).await?;
                let open = calls.iter().filter(|it| it.status == CallStatus::Executing);
                let before = open
                    .map(|it| tool_line(&at, it).event(TraceStatus::Cancelled, "", None))
                    .collect();
                let last = Last {
                    ending: Ending {
                        status: ChatRunStatus::Cancelled,
                        error: None,
                        approval: None,
                    },
                    message: None,
                    text: "Stopped. What was done before is in the trace above.".to_owned(),
                    note: None,
                    before,
                    trace: TraceStatus::Cancelled,
                    duration_ms: None,
                };
                close(tx, &actor, &run, last).await.map(drop)
            })
        });
        write.await
    }
}

/// The line of a tool call.
pub(crate) fn tool_line<'a>(place: &'a journal::Place, call: &StoredCall) -> Line<'a> {
    Line {
        place,
        id: format!("tool:{}:{}", place.run, call.id),
        source: "tool",
        kind: "tool.call",
        title: call.name.replace('_', " "),
        operation: None,
    }
}

/// Our own background work in the name of nobody.
fn system(run: &StoredRun) -> Actor {
    Actor {
        user: run.user.clone(),
        name: run.user_name.clone(),
        workspace: run.workspace.clone(),
        role: domain::actor::Role::Viewer,
        via: Via::System,
        request_id: run.request_id.clone(),
        ip: None,
    }
}

/// Stores the answer, the last events and the state; false when the run had ended before.
pub(crate) async fn close(
    tx: &mut Conn,
    actor: &Actor,
    run: &StoredRun,
    last: Last,
) -> Result<bool, Problem> {
    if !runs::finish(tx, &run.run.id, &last.ending).await? {
        return Ok(false);
    }
    let now = runs::get(tx, &run.run.id).await?.unwrap_or_else(|| run.clone());
    let at = place(run);
    let message = insert_answer(tx, run, &last).await?;
    let mut events = last.before;
    let detail = last.ending.error.clone().unwrap_or_default();
    events.push(run_line(&at).event(last.trace, &detail, last.duration_ms));
    let choices = last.note.as_ref().and_then(|it| it.get("choices")).cloned();
    let mut response =
        json!({ "content": last.text, "messageId": message, "model": now.run.model });
    if let (Some(choices), Value::Object(fields)) = (choices, &mut response) {
        fields.insert("choices".into(), choices);
    }
    events.push(("response", response));
    events.push((
        "done",
        json!({
            "iterations": now.run.iterations,
            "status": last.ending.status,
            "sessionId": run.run.session_id,
            "toolsUsed": now.run.tools_used,
        }),
    ));
    journal::append_all(tx, &at, events).await?;
    let status = last.ending.status;
    let outcome = if status == ChatRunStatus::Failed { Outcome::Failed } else { Outcome::Success };
    let event = Event::new(EventKind::ChatRunChanged, &run.run.id, status.as_str()).ended(outcome);
    events::record(tx, actor, &event).await?;
    Ok(true)
}

async fn insert_answer(tx: &mut Conn, run: &StoredRun, last: &Last) -> Result<String, Problem> {
    let carried = carried_approval(tx, run).await?;
    let mut calls = journal::calls(tx, &run.root).await?;
    calls.retain(|it| it.run == run.run.id || (carried.is_some() && it.approval == carried));
    let (tool_calls, tool_results) = memory::keep(calls);
    let message = NewMessage {
        id: last.message.clone(),
        role: "assistant",
        content: last.text.clone(),
        tool_calls,
        tool_results,
        note: last.note.clone(),
        run: Some(run.run.id.clone()),
        root: Some(run.root.clone()),
    };
    let mine = Owner { workspace: run.workspace.clone(), user: run.user.clone() };
    let id = chat::insert_message(tx, &mine, &run.run.session_id, &message).await?;
    Ok(id.to_string())
}

/// The approval that the run before this one waited for.
async fn carried_approval(tx: &mut Conn, run: &StoredRun) -> Result<Option<ApprovalId>, Problem> {
    let Some(parent) = &run.run.parent_run_id else { return Ok(None) };
    Ok(runs::get(tx, parent).await?.and_then(|it| it.run.approval_id))
}
