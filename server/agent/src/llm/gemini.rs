//! Google Gemini, `generateContent`.

use crate::llm::failure::{ErrorClass, LlmError};
use crate::llm::offering::Offer;
use crate::llm::request::{Item, Request};
use crate::llm::sse::Frame;
use crate::llm::wire::{Decoder, count, json as parsed, text};
use crate::llm::{LlmEvent, StopReason, Usage, http};
use serde_json::{Map, Value, json};

pub(crate) fn body(request: &Request) -> Value {
    let contents: Vec<Value> = request.items.iter().filter_map(content).collect();
    json!({
        "systemInstruction": { "parts": [{ "text": request.system }] },
        "contents": contents,
    })
}

pub(crate) fn tool(it: Offer<'_>) -> Value {
    json!({ "name": it.name, "description": it.meaning, "parametersJsonSchema": it.schema })
}

fn content(item: &Item) -> Option<Value> {
    let (role, parts): (&str, Vec<Value>) = match item {
        Item::User { text, pictures } => {
            let mut parts = vec![json!({ "text": text })];
            parts.extend(pictures.iter().map(
                |it| json!({ "inlineData": { "mimeType": it.media_type, "data": it.base64 } }),
            ));
            ("user", parts)
        }
        Item::Results(all) => {
            let parts = all.iter().map(|it| {
                let response = serde_json::from_str(&it.text).unwrap_or(Value::Null);
                json!({ "functionResponse": { "name": it.name, "response": { "result": response } } })
            });
            ("user", parts.collect())
        }
        Item::Assistant { text, note, calls } => {
            let mut parts = Vec::new();
            if !text.is_empty() {
                parts.push(json!({ "text": text }));
            }
            for (i, call) in calls.iter().enumerate() {
                let mut part = json!({ "functionCall": { "name": call.name, "args": call.args } });
                // A signature goes back on the very part it came with.
                if let Some(signature) = note.as_ref().and_then(|it| it.get(i.to_string())) {
                    part["thoughtSignature"] = signature.clone();
                }
                parts.push(part);
            }
            ("model", parts)
        }
    };
    (!parts.is_empty()).then(|| json!({ "role": role, "parts": parts }))
}

/// One answer.
#[derive(Debug, Default)]
pub(crate) struct Gemini {
    calls: usize,
    /// Signatures by the place of their call.
    signatures: Map<String, Value>,
    usage: Option<Usage>,
    stop: Option<StopReason>,
}

impl Decoder for Gemini {
    fn frame(&mut self, frame: &Frame) -> Result<Vec<LlmEvent>, LlmError> {
        let value = parsed(frame)?;
        if let Some(error) = value.get("error") {
            return Err(http::reported(error));
        }
        if let Some(reason) = text(&value, "/promptFeedback/blockReason") {
            let message = format!("The provider's filter refused the question ({reason})");
            return Err(LlmError::new(ErrorClass::ContentFilter, message));
        }
        if let Some(usage) = value.get("usageMetadata").filter(|it| it.is_object()) {
            self.usage = Some(Usage {
                input: count(usage, "/promptTokenCount"),
                output: count(usage, "/candidatesTokenCount") + count(usage, "/thoughtsTokenCount"),
                cached: count(usage, "/cachedContentTokenCount"),
                cost_usd: None,
            });
        }
        let mut events = Vec::new();
        let parts = value.pointer("/candidates/0/content/parts").and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            events.extend(self.part(part));
        }
        if let Some(reason) = text(&value, "/candidates/0/finishReason") {
            self.stop = Some(stop(reason)?);
        }
        Ok(events)
    }

    /// There is no marker: the end of the stream counts once a reason was given.
    fn end(&mut self) -> Result<Vec<LlmEvent>, LlmError> {
        let Some(stop) = self.stop else { return Err(LlmError::truncated()) };
        let mut events: Vec<LlmEvent> =
            (0..self.calls).map(|i| LlmEvent::ToolCallEnd { i }).collect();
        if !self.signatures.is_empty() {
            let blob = Value::Object(std::mem::take(&mut self.signatures));
            events.push(LlmEvent::ReasoningOpaque { blob });
        }
        events.extend(self.usage.map(LlmEvent::Usage));
        events.push(LlmEvent::Stop(stop));
        Ok(events)
    }

    fn is_over(&self) -> bool {
        false
    }
}

impl Gemini {
    fn part(&mut self, part: &Value) -> Vec<LlmEvent> {
        if let Some(call) = part.get("functionCall") {
            let i = self.calls;
            self.calls += 1;
            if let Some(signature) = part.get("thoughtSignature") {
                self.signatures.insert(i.to_string(), signature.clone());
            }
            let name = text(call, "/name").unwrap_or_default().to_owned();
            let args = call.get("args").cloned().unwrap_or_else(|| json!({}));
            let delta = args.to_string();
            return vec![LlmEvent::ToolCallStart { i, name }, LlmEvent::ToolCallArgs { i, delta }];
        }
        let Some(piece) = text(part, "/text") else { return Vec::new() };
        let is_thought = part.get("thought").and_then(Value::as_bool).unwrap_or(false);
        let text = piece.to_owned();
        vec![if is_thought {
            LlmEvent::ReasoningDelta { text }
        } else {
            LlmEvent::TextDelta { text }
        }]
    }
}

fn stop(reason: &str) -> Result<StopReason, LlmError> {
    match reason {
        "STOP" => Ok(StopReason::End),
        "MAX_TOKENS" => Ok(StopReason::Length),
        "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE" => {
            Ok(StopReason::Filtered)
        }
        other => Err(LlmError::protocol(other)),
    }
}
