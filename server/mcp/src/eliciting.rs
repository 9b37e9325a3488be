//! Approvals through the chat client: it shows the question to its person and brings back the answer.
//!
//! In the stateless era the client repeats the call with the answer and the id of the question, which says nothing by
//! itself: the question is in the database, belongs to the person who asked and to this very call, and runs once.

use crate::asking::Question;
use crate::door::Caller;
use crate::handler::Handler;
use crate::running::{Ran, told};
use domain::ids::ApprovalId;
use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ElicitRequestParams, ElicitResult, ElicitationAction,
    ErrorData, InputRequest, InputRequests, InputRequiredResult, InputResponses, ProtocolVersion,
};
use rmcp::service::RequestContext;
use serde_json::{Value, json};
use std::time::Duration;

/// The question's name among what a client is asked.
const NAME: &str = "approval";
/// The field of the form.
const FIELD: &str = "approve";
/// How long a client of the handshake era may take before it gets the link in place of the question.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// How a client can ask its person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// It shows a form.
    Form,
    /// It opens the page of the approval, where the person decides signed in.
    Page,
}

fn mode(context: &RequestContext<RoleServer>) -> Option<Mode> {
    let elicitation = context.client_capabilities()?.elicitation?;
    match (elicitation.form.is_some(), elicitation.url.is_some()) {
        (false, true) => Some(Mode::Page),
        // Before there were two, a client that said nothing more showed forms.
        (true, _) | (false, false) => Some(Mode::Form),
    }
}

fn is_stateless(context: &RequestContext<RoleServer>) -> bool {
    let since = ProtocolVersion::V_2026_07_28;
    context.protocol_version().is_some_and(|it| it.as_str() >= since.as_str())
}

/// What the client shows.
fn asked(question: &Question, mode: Mode) -> Value {
    let message = format!("{}\n\n{}", question.title, question.summary);
    match mode {
        Mode::Page => json!({
            "mode": "url", "message": message.trim(), "url": question.page, "elicitationId": question.id.as_str(),
        }),
        Mode::Form => json!({
            "mode": "form",
            "message": message.trim(),
            "requestedSchema": {
                "type": "object",
                "properties": {
                    FIELD: {
                        "type": "boolean",
                        "title": "Approve",
                        "description": "Whether this may happen, once",
                        "default": false,
                    },
                },
                "required": [FIELD],
            },
        }),
    }
}

/// What an answer decides; nothing when the person looks at the page in place of the form, or closed the question.
fn decided(mode: Mode, answer: &ElicitResult) -> Option<bool> {
    let content = answer.content.as_ref();
    match (mode, &answer.action) {
        (_, ElicitationAction::Decline) => Some(false),
        (Mode::Form, ElicitationAction::Accept) => {
            content.and_then(|it| it.get(FIELD)).and_then(Value::as_bool)
        }
        _ => None,
    }
}

/// The arguments of the call that was agreed to.
fn with_approval(name: &str, args: &Value, id: &ApprovalId) -> Value {
    let mut args = args.clone();
    let inner = if name == crate::door::NESTED { args.get_mut("args") } else { Some(&mut args) };
    if let Some(fields) = inner.and_then(Value::as_object_mut) {
        fields.insert(crate::asking::FIELD.to_owned(), Value::from(id.as_str()));
    }
    args
}

impl Handler {
    /// Runs the call, or asks about it in the way the client can.
    pub(crate) async fn call_asking(
        &self,
        caller: &Caller,
        request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let name = request.name.into_owned();
        let mut args = Value::Object(request.arguments.unwrap_or_default());
        let mode = mode(context).filter(|_| caller.actor.is_some());
        let is_repeated = request.request_state.is_some();
        if let (Some(state), Some(mode)) = (&request.request_state, mode) {
            let id = ApprovalId::from(state.as_str());
            let answer = answer_of(request.input_responses.as_ref());
            if let Some(yes) = answer.and_then(|it| decided(mode, &it)) {
                // A decision that came too late changes nothing; the call then says what the approval is.
                self.door.decide(caller, (&name, &args), &id, yes).await;
            }
            args = with_approval(&name, &args, &id);
        }
        let ran = self.run(caller.clone(), name.clone(), args.clone(), context).await?;
        let outcome = match ran {
            Ran::Ended(outcome) => outcome,
            Ran::Long(running) => return self.as_task(caller, running).await,
        };
        let waiting = outcome.as_ref().err().filter(|it| it.code() == "CONFIRM_REQUIRED");
        let id = waiting.and_then(|it| it.value().get("approval_id")).and_then(Value::as_str);
        // Asked once: who did not answer gets the link.
        let mode = mode.filter(|_| !is_repeated);
        let (Some(id), Some(mode)) = (id.map(ApprovalId::from), mode) else {
            return told(outcome).map(Into::into);
        };
        let Some(question) = self.door.question(caller, &id).await else {
            return told(outcome).map(Into::into);
        };
        if is_stateless(context) {
            return asks(&question, mode).map(Into::into);
        }
        let Some(yes) = self.ask_on_stream(&question, mode, context).await else {
            return told(outcome).map(Into::into);
        };
        self.door.decide(caller, (&name, &args), &id, yes).await;
        let args = with_approval(&name, &args, &id);
        match self.run(caller.clone(), name, args, context).await? {
            Ran::Ended(outcome) => told(outcome).map(Into::into),
            Ran::Long(running) => self.as_task(caller, running).await,
        }
    }

    /// Asks on the stream of the request; nothing when the person did not answer there.
    async fn ask_on_stream(
        &self,
        question: &Question,
        mode: Mode,
        context: &RequestContext<RoleServer>,
    ) -> Option<bool> {
        let params: ElicitRequestParams = serde_json::from_value(asked(question, mode)).ok()?;
        let asking = context.peer.create_elicitation_with_timeout(params, Some(PATIENCE));
        let answer = tokio::select! {
            answer = asking => answer.ok()?,
            () = context.ct.cancelled() => return None,
        };
        decided(mode, &answer)
    }
}

fn answer_of(answers: Option<&InputResponses>) -> Option<ElicitResult> {
    serde_json::from_value(answers?.get(NAME)?.clone()).ok()
}

fn asks(question: &Question, mode: Mode) -> Result<InputRequiredResult, ErrorData> {
    let request = json!({"method": "elicitation/create", "params": asked(question, mode)});
    let request: InputRequest = serde_json::from_value(request).map_err(|error| {
        tracing::error!(%error, "a question cannot be put");
        ErrorData::internal_error("The question cannot be put", None)
    })?;
    let requests = InputRequests::from([(NAME.to_owned(), request)]);
    Ok(InputRequiredResult::new(Some(requests), Some(question.id.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_answer_decides() {
        let answer = |action, content: Value| {
            serde_json::from_value::<ElicitResult>(json!({"action": action, "content": content}))
                .unwrap()
        };
        let yes = answer("accept", json!({"approve": true}));
        assert_eq!(decided(Mode::Form, &yes), Some(true));
        assert_eq!(decided(Mode::Form, &answer("accept", json!({"approve": false}))), Some(false));
        assert_eq!(decided(Mode::Form, &answer("decline", json!({}))), Some(false));
        for unclear in [answer("accept", json!({})), answer("cancel", json!({"approve": true}))] {
            assert_eq!(decided(Mode::Form, &unclear), None);
        }
        // Opening the page is no decision: it is taken there, signed in.
        assert_eq!(decided(Mode::Page, &yes), None);
    }

    #[test]
    fn the_approval_goes_to_the_call_it_is_about() {
        let id = ApprovalId::from("a1");
        let direct = with_approval("flow_delete", &json!({"flow_id": "f"}), &id);
        assert_eq!(direct, json!({"flow_id": "f", "approval_id": "a1"}));
        let nested = with_approval("mcp_call", &json!({"tool": "flow_delete", "args": {}}), &id);
        assert_eq!(nested, json!({"tool": "flow_delete", "args": {"approval_id": "a1"}}));
    }
}
