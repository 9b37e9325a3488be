//! OpenAI Responses.

use crate::llm::failure::LlmError;
use crate::llm::offering::Offer;
use crate::llm::request::{Item, Request};
use crate::llm::sse::Frame;
use crate::llm::wire::{Decoder, count, json as parsed, place, text};
use crate::llm::{LlmEvent, StopReason, Usage, http};
use serde_json::{Value, json};

pub(crate) fn body(model: &str, request: &Request) -> Value {
    let mut input: Vec<Value> = Vec::new();
    for item in &request.items {
        match item {
            Item::User { text, pictures } => {
                let mut said = message("user", "input_text", text);
                if let Some(Value::Array(parts)) = said.get_mut("content") {
                    parts.extend(pictures.iter().map(
                        |it| json!({ "type": "input_image", "image_url": it.url(), "detail": "auto" }),
                    ));
                }
                input.push(said);
            }
            Item::Results(all) => input.extend(all.iter().map(
                |it| json!({ "type": "function_call_output", "call_id": it.id, "output": it.text }),
            )),
            Item::Assistant { text, note, calls } => {
                input
                    .extend(note.as_ref().and_then(Value::as_array).into_iter().flatten().cloned());
                if !text.is_empty() {
                    input.push(message("assistant", "output_text", text));
                }
                input.extend(calls.iter().map(|it| {
                    json!({
                        "type": "function_call", "call_id": it.id, "name": it.name,
                        "arguments": it.args.to_string(),
                    })
                }));
            }
        }
    }
    json!({
        "model": model,
        "instructions": request.system,
        "input": input,
        "stream": true,
        // Nothing is kept at the provider; what the model wants back is sent along each time.
        "store": false,
        "include": ["reasoning.encrypted_content"],
    })
}

pub(crate) fn tool(it: Offer<'_>) -> Value {
    json!({
        "type": "function", "name": it.name, "description": it.meaning, "parameters": it.schema, "strict": false,
    })
}

fn message(role: &str, kind: &str, text: &str) -> Value {
    json!({ "type": "message", "role": role, "content": [{ "type": kind, "text": text }] })
}

/// One answer.
#[derive(Debug, Default)]
pub(crate) struct Responses {
    /// The calls so far: id of the item, place on the wire, whether arguments came in pieces.
    calls: Vec<Started>,
    opaque: Vec<Value>,
    usage: Option<Usage>,
    stop: Option<StopReason>,
}

#[derive(Debug)]
struct Started {
    item: String,
    output: Option<usize>,
    has_args: bool,
}

impl Decoder for Responses {
    fn frame(&mut self, frame: &Frame) -> Result<Vec<LlmEvent>, LlmError> {
        let value = parsed(frame)?;
        let kind = text(&value, "/type").unwrap_or(frame.event.as_str()).to_owned();
        let delta = || text(&value, "/delta").unwrap_or_default().to_owned();
        Ok(match kind.as_str() {
            "response.output_text.delta" | "response.refusal.delta" => {
                vec![LlmEvent::TextDelta { text: delta() }]
            }
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => {
                vec![LlmEvent::ReasoningDelta { text: delta() }]
            }
            "response.output_item.added" => self.added(&value),
            "response.function_call_arguments.delta" => self.args(&value, delta()),
            "response.output_item.done" => self.item_done(&value),
            "response.completed" => self.over(&value, StopReason::End),
            "response.incomplete" => {
                let reason = text(&value, "/response/incomplete_details/reason");
                let is_filtered = reason == Some("content_filter");
                self.over(
                    &value,
                    if is_filtered { StopReason::Filtered } else { StopReason::Length },
                )
            }
            "response.failed" => {
                return Err(http::reported(value.pointer("/response/error").unwrap_or(&value)));
            }
            "error" => return Err(http::reported(value.get("error").unwrap_or(&value))),
            _ => Vec::new(),
        })
    }

    fn end(&mut self) -> Result<Vec<LlmEvent>, LlmError> {
        let Some(stop) = self.stop else { return Err(LlmError::truncated()) };
        let mut events: Vec<LlmEvent> =
            (0..self.calls.len()).map(|i| LlmEvent::ToolCallEnd { i }).collect();
        if !self.opaque.is_empty() {
            let blob = std::mem::take(&mut self.opaque).into();
            events.push(LlmEvent::ReasoningOpaque { blob });
        }
        events.extend(self.usage.map(LlmEvent::Usage));
        events.push(LlmEvent::Stop(stop));
        Ok(events)
    }

    fn is_over(&self) -> bool {
        self.stop.is_some()
    }
}

impl Responses {
    fn added(&mut self, value: &Value) -> Vec<LlmEvent> {
        if text(value, "/item/type") != Some("function_call") {
            return Vec::new();
        }
        let i = self.calls.len();
        self.calls.push(Started {
            item: text(value, "/item/id").unwrap_or_default().to_owned(),
            output: place(value, "/output_index"),
            has_args: false,
        });
        let name = text(value, "/item/name").unwrap_or_default().to_owned();
        vec![LlmEvent::ToolCallStart { i, name }]
    }

    /// Which call a piece belongs to: by its place, else by its item, else the last one.
    fn which(&self, value: &Value, item: &str) -> Option<usize> {
        let output = place(value, "/output_index");
        let by_place = self.calls.iter().position(|it| it.output.is_some() && it.output == output);
        let item = text(value, item).unwrap_or_default();
        let by_item = self.calls.iter().position(|it| !item.is_empty() && it.item == item);
        by_place.or(by_item).or_else(|| self.calls.len().checked_sub(1))
    }

    fn args(&mut self, value: &Value, delta: String) -> Vec<LlmEvent> {
        let Some(i) = self.which(value, "/item_id") else { return Vec::new() };
        if let Some(call) = self.calls.get_mut(i) {
            call.has_args = true;
        }
        vec![LlmEvent::ToolCallArgs { i, delta }]
    }

    fn item_done(&mut self, value: &Value) -> Vec<LlmEvent> {
        match text(value, "/item/type") {
            Some("reasoning") => {
                self.opaque.extend(value.get("item").cloned());
                Vec::new()
            }
            Some("function_call") => {
                let mut events = Vec::new();
                let known = self.which(value, "/item/id").filter(|_| !self.calls.is_empty());
                if known.is_none() {
                    events = self.added(value);
                }
                let whole = text(value, "/item/arguments").unwrap_or_default().to_owned();
                let i = self.which(value, "/item/id").unwrap_or_default();
                if self.calls.get(i).is_some_and(|it| !it.has_args) && !whole.is_empty() {
                    events.extend(self.args(value, whole));
                }
                events
            }
            _ => Vec::new(),
        }
    }

    fn over(&mut self, value: &Value, stop: StopReason) -> Vec<LlmEvent> {
        self.stop = Some(stop);
        self.usage = value.pointer("/response/usage").filter(|it| it.is_object()).map(|it| Usage {
            input: count(it, "/input_tokens"),
            output: count(it, "/output_tokens"),
            cached: count(it, "/input_tokens_details/cached_tokens"),
            cost_usd: it.get("cost").and_then(Value::as_f64),
        });
        Vec::new()
    }
}
