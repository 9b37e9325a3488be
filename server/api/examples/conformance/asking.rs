//! Fixtures that ask the client: on the stream of a session, or by asking for the same call again.

use crate::answers::{made, said};
use mcp::handler::Handler;
use rmcp::RoleServer;
use rmcp::model::{
    CallToolResponse, CallToolResult, ErrorData, InputRequiredResult, InputResponses,
};
use rmcp::service::RequestContext;
use serde_json::{Map, Value, json};
use store::secrets::SecretKey;

type Context = RequestContext<RoleServer>;

fn form(message: &str, schema: &Value) -> Value {
    json!({"method": "elicitation/create", "params": {"mode": "form", "message": message, "requestedSchema": schema}})
}

pub(crate) fn question(message: &str, field: &str, kind: &str) -> Value {
    let schema =
        json!({"type": "object", "properties": {field: {"type": kind}}, "required": [field]});
    form(message, &schema)
}

fn sampling(text: &str, tokens: u32) -> Value {
    let message = json!({"role": "user", "content": {"type": "text", "text": text}});
    json!({"method": "sampling/createMessage", "params": {"messages": [message], "maxTokens": tokens}})
}

fn roots() -> Value {
    json!({"method": "roots/list", "params": {}})
}

/// Asks for the same call again, with answers.
pub(crate) fn again(
    requests: Value,
    state: Option<String>,
) -> Result<InputRequiredResult, ErrorData> {
    Ok(InputRequiredResult::new(Some(made(requests)?), state))
}

/// The field of an answer that was accepted.
pub(crate) fn field<'a>(
    answers: Option<&'a InputResponses>,
    name: &str,
    field: &str,
) -> Option<&'a Value> {
    let answer = answers?.get(name)?;
    let is_accepted = answer.get("action").and_then(Value::as_str) == Some("accept");
    answer.get("content").filter(|_| is_accepted)?.get(field)
}

fn sampled(answers: Option<&InputResponses>, name: &str) -> Option<String> {
    let content = answers?.get(name)?.get("content")?;
    let block = content.as_array().and_then(|it| it.first()).unwrap_or(content);
    Some(block.get("text")?.as_str()?.to_owned())
}

/// State that only this process can make.
pub(crate) struct States(SecretKey);

impl States {
    pub(crate) fn new() -> Self {
        Self(SecretKey::from_text(&store::ids::fresh()))
    }

    fn sealed(&self, tool: &str, text: &str) -> Option<String> {
        Some(self.0.seal(text, tool))
    }

    fn opened(&self, tool: &str, state: Option<&str>) -> Result<Option<String>, ErrorData> {
        let wrong = |_| ErrorData::invalid_params("This requestState is not ours", None);
        state.map(|it| self.0.open(it, tool).map_err(wrong)).transpose()
    }

    /// A tool of the stateless era that needs answers; none for another tool.
    pub(crate) fn call(
        &self,
        tool: &str,
        (answers, state): (Option<&InputResponses>, Option<&str>),
        context: &Context,
    ) -> Result<Option<CallToolResponse>, ErrorData> {
        let done = |text: &str| said(text).map(|it| Some(CallToolResponse::Complete(it)));
        let ask = |requests, state| {
            again(requests, state).map(|it| Some(CallToolResponse::InputRequired(it)))
        };
        let name = question("What is your name?", "name", "string");
        match tool {
            "test_input_required_result_elicitation" | "test_streaming_elicitation" => {
                match field(answers, "user_name", "name").and_then(Value::as_str) {
                    Some(name) => done(&format!("Hello, {name}!")),
                    None => ask(json!({"user_name": name}), None),
                }
            }
            "test_input_required_result_sampling" => match sampled(answers, "capital_question") {
                Some(text) => done(&text),
                None => {
                    let asked = sampling("What is the capital of France?", 100);
                    ask(json!({"capital_question": asked}), None)
                }
            },
            "test_input_required_result_list_roots" => {
                match answers.and_then(|it| it.get("client_roots")) {
                    Some(roots) => done(&format!("Roots: {roots}")),
                    None => ask(json!({"client_roots": roots()}), None),
                }
            }
            "test_input_required_result_request_state"
            | "test_input_required_result_tampered_state" => {
                let is_ours = self.opened(tool, state)?.is_some();
                match field(answers, "confirm", "ok").filter(|_| is_ours) {
                    Some(_) => done("state-ok"),
                    None => {
                        let asked = question("Please confirm", "ok", "boolean");
                        ask(json!({"confirm": asked}), self.sealed(tool, "asked"))
                    }
                }
            }
            "test_input_required_result_multiple_inputs" => {
                let is_ours = self.opened(tool, state)?.is_some();
                let user = field(answers, "user_name", "name");
                let greeting = sampled(answers, "greeting");
                let has_roots = answers.is_some_and(|it| it.contains_key("client_roots"));
                match (user, greeting) {
                    (Some(user), Some(greeting)) if is_ours && has_roots => {
                        done(&format!("{greeting} {user}"))
                    }
                    _ => {
                        let asked = json!({
                            "user_name": name, "greeting": sampling("Generate a greeting", 50),
                            "client_roots": roots(),
                        });
                        ask(asked, self.sealed(tool, "asked"))
                    }
                }
            }
            "test_input_required_result_multi_round" => self.rounds(tool, (answers, state)),
            "test_input_required_result_capabilities" => capable(answers.is_some(), context),
            _ => Ok(None),
        }
    }

    fn rounds(
        &self,
        tool: &str,
        (answers, state): (Option<&InputResponses>, Option<&str>),
    ) -> Result<Option<CallToolResponse>, ErrorData> {
        let state = self.opened(tool, state)?;
        let first = field(answers, "step1", "name");
        let second = field(answers, "step2", "color");
        let (asked, next) = match (state.as_deref(), first, second) {
            (Some("two"), _, Some(color)) => {
                return said(&format!("Done: {color}")).map(|it| Some(it.into()));
            }
            (Some("two"), _, None) | (Some("one"), Some(_), _) => {
                let asked = question("Step 2: What is your favorite color?", "color", "string");
                (json!({"step2": asked}), "two")
            }
            _ => {
                let asked = question("Step 1: What is your name?", "name", "string");
                (json!({"step1": asked}), "one")
            }
        };
        again(asked, self.sealed(tool, next)).map(|it| Some(it.into()))
    }
}

/// Asks for no more than the client can do.
fn capable(is_answered: bool, context: &Context) -> Result<Option<CallToolResponse>, ErrorData> {
    let can = context.client_capabilities().unwrap_or_default();
    let mut asked = Map::new();
    if can.elicitation.is_some() {
        let name = question("What is your name?", "name", "string");
        asked.insert("user_name".to_owned(), name);
    }
    if can.sampling.is_some() {
        asked.insert("greeting".to_owned(), sampling("Generate a greeting", 50));
    }
    if asked.is_empty() || is_answered {
        return said("Asked for what the client can do").map(|it| Some(it.into()));
    }
    again(Value::Object(asked), None).map(|it| Some(it.into()))
}

/// A tool of the handshake era that asks on its stream; none for another tool.
#[expect(deprecated, reason = "the handshake era has sampling")]
pub(crate) async fn on_stream(
    tool: &str,
    args: &Value,
    context: &Context,
) -> Result<Option<CallToolResult>, ErrorData> {
    let failed =
        |error| ErrorData::invalid_request(format!("The client was not asked: {error}"), None);
    let given = |name: &str| args.get(name).and_then(Value::as_str).unwrap_or_default();
    let (message, properties, begin) = match tool {
        "test_sampling" => {
            let params = made(sampling(given("prompt"), 100)["params"].clone())?;
            let answer = context.peer.create_message(params).await.map_err(failed)?;
            let answer = serde_json::to_value(answer).unwrap_or_default();
            let answers = InputResponses::from([("it".to_owned(), answer)]);
            let text = sampled(Some(&answers), "it").unwrap_or_default();
            return said(&format!("LLM response: {text}")).map(Some);
        }
        "test_elicitation" => {
            let field = |words: &str| json!({"type": "string", "description": words});
            let fields = json!({"username": field("User's response"), "email": field("User's email address")});
            (given("message"), fields, "User response:")
        }
        "test_elicitation_sep1034_defaults" => {
            ("Please look over the defaults", defaults(), "Elicitation completed:")
        }
        "test_elicitation_sep1330_enums" => ("Please choose", enums(), "Elicitation completed:"),
        _ => return Ok(None),
    };
    let is_plain = tool == "test_elicitation";
    let needed: &[&str] = if is_plain { &["username", "email"] } else { &[] };
    let schema = json!({"type": "object", "properties": properties, "required": needed});
    let params = made(form(message, &schema)["params"].clone())?;
    let answer = context.peer.create_elicitation(params).await.map_err(failed)?;
    let answer = serde_json::to_value(answer).unwrap_or_default();
    let (action, content) = (&answer["action"], &answer["content"]);
    let action = action.as_str().unwrap_or_default();
    said(&format!("{begin} action={action}, content={content}")).map(Some)
}

fn defaults() -> Value {
    json!({
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": true},
    })
}

fn enums() -> Value {
    let titled = |what: &str| {
        json!([
            {"const": "value1", "title": format!("First {what}")},
            {"const": "value2", "title": format!("Second {what}")},
            {"const": "value3", "title": format!("Third {what}")},
        ])
    };
    let plain = json!({"type": "string", "enum": ["option1", "option2", "option3"]});
    json!({
        "untitledSingle": plain,
        "titledSingle": {"type": "string", "oneOf": titled("Option")},
        "legacyEnum": {
            "type": "string", "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": {"type": "array", "items": plain},
        "titledMulti": {"type": "array", "items": {"anyOf": titled("Choice")}},
    })
}

/// Whose tasks the fixtures begin: those of whoever calls.
pub(crate) fn owner(context: &Context) -> mcp::tasks::Owner {
    Handler::owner_of(context)
}
