//! From the pieces of an answer to the whole: nothing of an answer without its end may be acted on.

use crate::llm::failure::{ErrorClass, LlmError};
use crate::llm::{LlmEvent, Reply, StopReason, Wanted};
use futures::StreamExt;
use futures::stream::BoxStream;
use serde_json::Value;
use std::collections::BTreeMap;

/// An answer that is being read.
#[derive(Debug, Default)]
pub struct Reading {
    reply: Reply,
    calls: BTreeMap<usize, (String, String)>,
}

impl Reading {
    /// What was said so far.
    pub fn text(&self) -> &str {
        &self.reply.text
    }

    /// Takes the next event; gives the answer at its end. Nothing of an answer without its end may be acted on.
    ///
    /// # Errors
    /// What the provider reported, or that the answer cannot be acted on.
    pub fn take(&mut self, event: LlmEvent) -> Result<Option<Reply>, LlmError> {
        match event {
            LlmEvent::TextDelta { text } => self.reply.text.push_str(&text),
            LlmEvent::ReasoningOpaque { blob } => self.reply.note = Some(blob),
            LlmEvent::ToolCallStart { i, name } => self.calls.entry(i).or_default().0 = name,
            LlmEvent::ToolCallArgs { i, delta } => {
                self.calls.entry(i).or_default().1.push_str(&delta);
            }
            LlmEvent::Usage(usage) => self.reply.usage = Some(usage),
            LlmEvent::Error(error) => return Err(error),
            LlmEvent::Stop(reason) => return self.end(reason).map(Some),
            LlmEvent::Start | LlmEvent::ReasoningDelta { .. } | LlmEvent::ToolCallEnd { .. } => {}
        }
        Ok(None)
    }

    fn end(&mut self, reason: StopReason) -> Result<Reply, LlmError> {
        let mut reply = std::mem::take(&mut self.reply);
        let calls = std::mem::take(&mut self.calls);
        match reason {
            StopReason::Filtered => {
                let message = "The provider's filter stopped this answer. Ask in other words";
                return Err(LlmError::new(ErrorClass::ContentFilter, message));
            }
            StopReason::Length if !calls.is_empty() || reply.text.is_empty() => {
                return Err(LlmError::truncated());
            }
            StopReason::Length => {
                reply.text.push_str("\n\n(The model stopped here: its answer reached its limit.)")
            }
            StopReason::End => {}
        }
        reply.calls = calls.into_values().map(wanted).collect::<Result<_, _>>()?;
        if reply.calls.is_empty() && reply.text.trim().is_empty() {
            return Err(LlmError::new(ErrorClass::Protocol, "The model gave an empty answer"));
        }
        Ok(reply)
    }
}

/// Reads an answer to its end.
///
/// # Errors
/// What the provider reported, or that the answer was cut off or unreadable.
pub async fn read(mut events: BoxStream<'_, LlmEvent>) -> Result<Reply, LlmError> {
    let mut reading = Reading::default();
    while let Some(event) = events.next().await {
        if let Some(reply) = reading.take(event)? {
            return Ok(reply);
        }
    }
    Err(LlmError::truncated())
}

fn wanted((name, args): (String, String)) -> Result<Wanted, LlmError> {
    let text = if args.trim().is_empty() { "{}" } else { args.as_str() };
    let args: Value = serde_json::from_str(text)
        .map_err(|_| LlmError::protocol(&format!("the arguments for {name}")))?;
    if name.is_empty() || !args.is_object() {
        return Err(LlmError::protocol("a tool call without a name or an object"));
    }
    Ok(Wanted { name, args })
}

/// The events of a whole answer that is known at once.
pub(crate) fn events(reply: Reply) -> BoxStream<'static, LlmEvent> {
    let mut events = vec![LlmEvent::Start];
    if !reply.text.is_empty() {
        events.push(LlmEvent::TextDelta { text: reply.text });
    }
    events.extend(reply.note.map(|blob| LlmEvent::ReasoningOpaque { blob }));
    for (i, call) in reply.calls.into_iter().enumerate() {
        events.push(LlmEvent::ToolCallStart { i, name: call.name });
        events.push(LlmEvent::ToolCallArgs { i, delta: call.args.to_string() });
        events.push(LlmEvent::ToolCallEnd { i });
    }
    events.extend(reply.usage.map(LlmEvent::Usage));
    events.push(LlmEvent::Stop(StopReason::End));
    futures::stream::iter(events).boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::Usage;
    use serde_json::json;

    #[tokio::test]
    async fn an_answer_is_read_back_as_it_was_given() {
        let reply = Reply {
            text: "One moment".into(),
            calls: vec![Wanted::new("list_projects", json!({"archived": false}))],
            note: Some(json!({"a": 1})),
            usage: Some(Usage { input: 1, output: 2, ..Usage::default() }),
        };
        assert_eq!(read(events(reply.clone())).await, Ok(reply));
    }

    #[tokio::test]
    async fn an_answer_without_its_end_is_refused() {
        let cut = vec![
            LlmEvent::Start,
            LlmEvent::ToolCallStart { i: 0, name: "complete_todo".into() },
            LlmEvent::ToolCallEnd { i: 0 },
        ];
        let error = read(futures::stream::iter(cut).boxed()).await.unwrap_err();
        assert_eq!(error.class, ErrorClass::Truncated);
    }
}
