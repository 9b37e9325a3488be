//! Anthropic Messages.

use crate::files::Picture;
use crate::llm::failure::LlmError;
use crate::llm::offering::Offer;
use crate::llm::request::{Item, Request};
use crate::llm::sse::Frame;
use crate::llm::wire::{Decoder, count, json as parsed, place, text};
use crate::llm::{LlmEvent, StopReason, Usage, http};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How long an answer may be; this wire wants it said.
const MAX_TOKENS: u32 = 8_192;

pub(crate) fn body(model: &str, request: &Request) -> Value {
    let messages: Vec<Value> = request.items.iter().filter_map(message).collect();
    json!({
        "model": model, "max_tokens": MAX_TOKENS, "stream": true, "system": request.system, "messages": messages,
    })
}

pub(crate) fn tool(it: Offer<'_>) -> Value {
    json!({ "name": it.name, "description": it.meaning, "input_schema": it.schema })
}

fn message(item: &Item) -> Option<Value> {
    let (role, content): (&str, Vec<Value>) = match item {
        Item::User { text, pictures } => {
            let source = |it: &Picture| json!({ "type": "base64", "media_type": it.media_type, "data": it.base64 });
            let mut blocks: Vec<Value> = pictures
                .iter()
                .map(|it| json!({ "type": "image", "source": source(it) }))
                .collect();
            blocks.push(json!({ "type": "text", "text": text }));
            ("user", blocks)
        }
        Item::Results(all) => {
            let results = all.iter().map(|it| {
                json!({
                    "type": "tool_result", "tool_use_id": it.id, "content": it.text, "is_error": it.is_error,
                })
            });
            ("user", results.collect())
        }
        Item::Assistant { text, note, calls } => {
            let mut blocks: Vec<Value> =
                note.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
            if !text.trim().is_empty() {
                blocks.push(json!({ "type": "text", "text": text }));
            }
            blocks.extend(calls.iter().map(
                |it| json!({ "type": "tool_use", "id": it.id, "name": it.name, "input": it.args }),
            ));
            ("assistant", blocks)
        }
    };
    (!content.is_empty()).then(|| json!({ "role": role, "content": content }))
}

/// One answer.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    /// Which call a block is, by its place on the wire.
    calls: BTreeMap<usize, usize>,
    /// Blocks of reasoning, to be sent back as they came.
    thinking: BTreeMap<usize, Value>,
    usage: Option<Usage>,
    stop: Option<StopReason>,
    is_done: bool,
}

impl Decoder for Messages {
    fn frame(&mut self, frame: &Frame) -> Result<Vec<LlmEvent>, LlmError> {
        let value = parsed(frame)?;
        let kind = text(&value, "/type").unwrap_or(frame.event.as_str()).to_owned();
        let block = place(&value, "/index").unwrap_or_default();
        match kind.as_str() {
            "message_start" => self.count(value.pointer("/message/usage")),
            "content_block_start" => return Ok(self.begin(block, &value)),
            "content_block_delta" => return Ok(self.delta(block, &value)),
            "content_block_stop" => {
                return Ok(self
                    .calls
                    .get(&block)
                    .map(|i| LlmEvent::ToolCallEnd { i: *i })
                    .into_iter()
                    .collect());
            }
            "message_delta" => {
                self.count(value.get("usage"));
                if let Some(reason) = text(&value, "/delta/stop_reason") {
                    self.stop = Some(match reason {
                        "max_tokens" | "model_context_window_exceeded" => StopReason::Length,
                        "refusal" => StopReason::Filtered,
                        _ => StopReason::End,
                    });
                }
            }
            "message_stop" => self.is_done = true,
            "error" => return Err(http::reported(value.get("error").unwrap_or(&value))),
            _ => {}
        }
        Ok(Vec::new())
    }

    fn end(&mut self) -> Result<Vec<LlmEvent>, LlmError> {
        let (true, Some(stop)) = (self.is_done, self.stop) else {
            return Err(LlmError::truncated());
        };
        let mut events = Vec::new();
        if !self.thinking.is_empty() {
            let blob = std::mem::take(&mut self.thinking).into_values().collect();
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

impl Messages {
    fn begin(&mut self, block: usize, value: &Value) -> Vec<LlmEvent> {
        match text(value, "/content_block/type") {
            Some("tool_use") => {
                let i = self.calls.len();
                self.calls.insert(block, i);
                let name = text(value, "/content_block/name").unwrap_or_default().to_owned();
                let mut events = vec![LlmEvent::ToolCallStart { i, name }];
                let whole = value.pointer("/content_block/input").and_then(Value::as_object);
                if let Some(input) = whole.filter(|it| !it.is_empty()) {
                    events.push(LlmEvent::ToolCallArgs { i, delta: json!(input).to_string() });
                }
                events
            }
            Some("thinking" | "redacted_thinking") => {
                let content = value.get("content_block").cloned().unwrap_or_default();
                self.thinking.insert(block, content);
                Vec::new()
            }
            _ => text(value, "/content_block/text").map(said).into_iter().collect(),
        }
    }

    fn delta(&mut self, block: usize, value: &Value) -> Vec<LlmEvent> {
        let piece = |path: &str| text(value, path).unwrap_or_default().to_owned();
        match text(value, "/delta/type") {
            Some("text_delta") => vec![said(&piece("/delta/text"))],
            Some("input_json_delta") => match self.calls.get(&block) {
                Some(i) => {
                    vec![LlmEvent::ToolCallArgs { i: *i, delta: piece("/delta/partial_json") }]
                }
                None => Vec::new(),
            },
            Some("thinking_delta") => {
                self.grow(block, "thinking", &piece("/delta/thinking"));
                vec![LlmEvent::ReasoningDelta { text: piece("/delta/thinking") }]
            }
            Some("signature_delta") => {
                self.grow(block, "signature", &piece("/delta/signature"));
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Adds to a text of a block of reasoning.
    fn grow(&mut self, block: usize, field: &str, piece: &str) {
        let content = self.thinking.entry(block).or_insert_with(|| json!({ "type": "thinking" }));
        let before = content.get(field).and_then(Value::as_str).unwrap_or_default();
        content[field] = format!("{before}{piece}").into();
    }

    /// Input is counted at the beginning, output at the end.
    fn count(&mut self, usage: Option<&Value>) {
        let Some(usage) = usage.filter(|it| it.is_object()) else { return };
        let known = self.usage.get_or_insert_default();
        let cached = count(usage, "/cache_read_input_tokens");
        let read =
            count(usage, "/input_tokens") + cached + count(usage, "/cache_creation_input_tokens");
        known.input = known.input.max(read);
        known.cached = known.cached.max(cached);
        known.output = known.output.max(count(usage, "/output_tokens"));
    }
}

fn said(piece: &str) -> LlmEvent {
    LlmEvent::TextDelta { text: piece.to_owned() }
}
