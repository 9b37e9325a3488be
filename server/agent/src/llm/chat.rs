//! OpenAI Chat Completions, and every address that speaks it: Ollama, llama.cpp, vLLM, `OpenRouter`, LM Studio.

use crate::files::Picture;
use crate::llm::failure::LlmError;
use crate::llm::offering::Offer;
use crate::llm::request::{Item, Outcome, Request};
use crate::llm::sse::Frame;
use crate::llm::wire::{Decoder, count, json as parsed, place, text};
use crate::llm::{LlmEvent, StopReason, Usage, http};
use serde_json::{Value, json};

/// The end marker.
const DONE: &str = "[DONE]";

fn user(text: &str, pictures: &[Picture]) -> Value {
    if pictures.is_empty() {
        return json!({ "role": "user", "content": text });
    }
    let pictures =
        pictures.iter().map(|it| json!({ "type": "image_url", "image_url": { "url": it.url() } }));
    let parts: Vec<Value> =
        std::iter::once(json!({ "type": "text", "text": text })).chain(pictures).collect();
    json!({ "role": "user", "content": parts })
}

pub(crate) fn body(model: &str, request: &Request) -> Value {
    let mut messages = vec![json!({ "role": "system", "content": request.system })];
    for item in &request.items {
        match item {
            Item::User { text, pictures } => messages.push(user(text, pictures)),
            Item::Results(all) => messages.extend(all.iter().map(result)),
            Item::Assistant { text, note, calls } => {
                let mut message = json!({ "role": "assistant", "content": text });
                if !calls.is_empty() {
                    message["tool_calls"] = calls
                        .iter()
                        .map(|it| {
                            let function =
                                json!({ "name": it.name, "arguments": it.args.to_string() });
                            json!({ "id": it.id, "type": "function", "function": function })
                        })
                        .collect();
                }
                if let Some(reasoning) = note {
                    message["reasoning_content"] = reasoning.clone();
                }
                messages.push(message);
            }
        }
    }
    json!({
        "model": model, "messages": messages, "stream": true, "stream_options": { "include_usage": true },
    })
}

pub(crate) fn tool(offer: Offer<'_>) -> Value {
    let function =
        json!({ "name": offer.name, "description": offer.meaning, "parameters": offer.schema });
    json!({ "type": "function", "function": function })
}

fn result(outcome: &Outcome) -> Value {
    json!({ "role": "tool", "tool_call_id": outcome.id, "content": outcome.text })
}

/// One answer.
#[derive(Debug, Default)]
pub(crate) struct Chat {
    /// The ids of the calls so far, by their place.
    calls: Vec<Option<String>>,
    reasoning: String,
    usage: Option<Usage>,
    stop: Option<StopReason>,
    is_done: bool,
}

impl Decoder for Chat {
    fn frame(&mut self, frame: &Frame) -> Result<Vec<LlmEvent>, LlmError> {
        if frame.data.trim() == DONE {
            self.is_done = true;
            return Ok(Vec::new());
        }
        let value = parsed(frame)?;
        if let Some(error) = value.get("error").filter(|it| !it.is_null()) {
            return Err(http::reported(error));
        }
        if let Some(usage) = value.get("usage").filter(|it| it.is_object()) {
            self.usage = Some(usage_of(usage));
        }
        let mut events = Vec::new();
        if let Some(piece) = text(&value, "/choices/0/delta/content") {
            events.push(LlmEvent::TextDelta { text: piece.to_owned() });
        }
        let reasoning = text(&value, "/choices/0/delta/reasoning_content");
        if let Some(piece) = reasoning {
            self.reasoning.push_str(piece);
        }
        if let Some(piece) = reasoning.or_else(|| text(&value, "/choices/0/delta/reasoning")) {
            events.push(LlmEvent::ReasoningDelta { text: piece.to_owned() });
        }
        let calls = value.pointer("/choices/0/delta/tool_calls").and_then(Value::as_array);
        for (position, call) in calls.into_iter().flatten().enumerate() {
            self.call(position, call, &mut events);
        }
        if let Some(reason) = text(&value, "/choices/0/finish_reason") {
            self.stop = Some(match reason {
                "length" => StopReason::Length,
                "content_filter" => StopReason::Filtered,
                _ => StopReason::End,
            });
        }
        Ok(events)
    }

    fn end(&mut self) -> Result<Vec<LlmEvent>, LlmError> {
        let (true, Some(stop)) = (self.is_done, self.stop) else {
            return Err(LlmError::truncated());
        };
        let mut events: Vec<LlmEvent> =
            (0..self.calls.len()).map(|i| LlmEvent::ToolCallEnd { i }).collect();
        if !self.reasoning.is_empty() {
            let blob = std::mem::take(&mut self.reasoning).into();
            events.push(LlmEvent::ReasoningOpaque { blob });
        }
        events.extend(self.usage.map(LlmEvent::Usage));
        events.push(LlmEvent::Stop(stop));
        Ok(events)
    }

    fn is_over(&self) -> bool {
        self.is_done
    }
}

impl Chat {
    /// A piece of a call. Without an index, a new id begins a new call and everything else belongs to the last one.
    fn call(&mut self, position: usize, call: &Value, events: &mut Vec<LlmEvent>) {
        let id = text(call, "/id").map(str::to_owned);
        let known =
            id.as_ref().and_then(|id| self.calls.iter().position(|it| it.as_ref() == Some(id)));
        let i = place(call, "/index").or(known).unwrap_or_else(|| match id {
            Some(_) => self.calls.len(),
            None => position.max(self.calls.len().saturating_sub(1)),
        });
        if let Some(name) = text(call, "/function/name")
            && self.calls.len() <= i
        {
            self.calls.resize(i + 1, None);
            if let Some(slot) = self.calls.get_mut(i) {
                *slot = Some(id.unwrap_or_default());
            }
            events.push(LlmEvent::ToolCallStart { i, name: name.to_owned() });
        }
        let delta = match call.pointer("/function/arguments") {
            Some(Value::String(piece)) => piece.clone(),
            Some(whole @ Value::Object(_)) => whole.to_string(),
            _ => String::new(),
        };
        if !delta.is_empty() {
            events.push(LlmEvent::ToolCallArgs { i, delta });
        }
    }
}

fn usage_of(usage: &Value) -> Usage {
    Usage {
        input: count(usage, "/prompt_tokens"),
        output: count(usage, "/completion_tokens"),
        cached: count(usage, "/prompt_tokens_details/cached_tokens"),
        cost_usd: usage.get("cost").and_then(Value::as_f64),
    }
}
