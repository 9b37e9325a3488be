//! What answers: a model behind one trait, told the same things and giving the same events whoever made it.

pub mod scripted;

use chrono::NaiveDate;
use domain::ids::{FlowId, UserId};
use futures::StreamExt;
use futures::stream::BoxStream;
use serde_json::Value;
use std::collections::BTreeMap;

/// A model: the built-in planner, a scripted one for tests, later those of other makers.
pub trait Provider: Send + Sync {
    /// `builtin`, `scripted`, ...
    fn name(&self) -> &str;

    /// As shown to people: `builtin`, or `provider/model`.
    fn model(&self) -> &str;

    /// Answers one prompt: text, or tools to call. A stream that ends without [`LlmEvent::Stop`] was cut off.
    fn respond<'a>(&'a self, prompt: &'a Prompt) -> BoxStream<'a, LlmEvent>;
}

/// Everything a model is told.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// Name of the person.
    pub asker: String,
    /// The person.
    pub asker_id: UserId,
    /// Their day.
    pub today: NaiveDate,
    /// IANA name of the workspace's time zone.
    pub timezone: String,
    /// The flow their page shows.
    pub flow: Option<FlowId>,
    /// The project their page shows.
    pub project: Option<String>,
    /// Earlier turns, oldest first.
    pub history: Vec<Turn>,
    /// What the person said in this run: the question, then what they added while it ran.
    pub said: Vec<String>,
    /// What was done in this run so far, in order.
    pub done: Vec<DoneCall>,
}

/// An earlier turn.
#[derive(Clone, Debug)]
pub struct Turn {
    /// `user` or `assistant`.
    pub role: String,
    /// Markdown.
    pub text: String,
    /// The tools it called, with what came back.
    pub calls: Vec<DoneCall>,
    /// What the model left for itself.
    pub note: Option<Value>,
}

/// A tool call that ended.
#[derive(Clone, Debug, PartialEq)]
pub struct DoneCall {
    /// The call.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments.
    pub args: Value,
    /// What came back.
    pub outcome: Result<Value, Value>,
}

/// One piece of a model's answer.
#[derive(Clone, Debug, PartialEq)]
pub enum LlmEvent {
    /// The answer begins.
    Start,
    /// A piece of text.
    TextDelta {
        /// The piece.
        text: String,
    },
    /// A piece of reasoning, shown in the trace only.
    ReasoningDelta {
        /// The piece.
        text: String,
    },
    /// What the model wants back unchanged next time: a signature, or the question it asked.
    ReasoningOpaque {
        /// As it came.
        blob: Value,
    },
    /// A tool is asked for.
    ToolCallStart {
        /// Which of the calls of this answer.
        i: usize,
        /// The tool.
        name: String,
    },
    /// A piece of its arguments, as JSON text.
    ToolCallArgs {
        /// Which of the calls.
        i: usize,
        /// The piece.
        delta: String,
    },
    /// Its arguments are complete.
    ToolCallEnd {
        /// Which of the calls.
        i: usize,
    },
    /// What it cost.
    Usage {
        /// Tokens read.
        input: u64,
        /// Tokens written.
        output: u64,
        /// Tokens read from a cache.
        cached: u64,
    },
    /// The answer is complete.
    Stop,
    /// The answer failed.
    Error(LlmError),
}

/// Why an answer failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LlmError {
    /// `auth`, `rate_limit`, `overloaded`, `truncated`, `protocol`, `network`, ...
    pub class: &'static str,
    /// For people.
    pub message: String,
    /// The same request may succeed later.
    pub is_retryable: bool,
}

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// Markdown; may be empty when tools are asked for.
    pub text: String,
    /// Tools asked for, in order.
    pub calls: Vec<Wanted>,
    /// What the model wants back next time.
    pub note: Option<Value>,
    /// Tokens read, written and taken from a cache, when the provider counts.
    pub usage: Option<[u64; 3]>,
}

/// A tool asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The tool.
    pub name: String,
    /// Its arguments.
    pub args: Value,
}

impl Wanted {
    /// `name` with `args`.
    pub fn new(name: impl Into<String>, args: Value) -> Self {
        Self { name: name.into(), args }
    }
}

/// Reads an answer to its end. Nothing of an answer without its end may be acted on.
///
/// # Errors
/// What the provider reported, or that the answer was cut off or unreadable.
pub async fn read(mut events: BoxStream<'_, LlmEvent>) -> Result<Reply, LlmError> {
    let mut reply = Reply::default();
    let mut calls: BTreeMap<usize, (String, String)> = BTreeMap::new();
    while let Some(event) = events.next().await {
        match event {
            LlmEvent::TextDelta { text } => reply.text.push_str(&text),
            LlmEvent::ReasoningOpaque { blob } => reply.note = Some(blob),
            LlmEvent::ToolCallStart { i, name } => calls.entry(i).or_default().0 = name,
            LlmEvent::ToolCallArgs { i, delta } => calls.entry(i).or_default().1.push_str(&delta),
            LlmEvent::Usage { input, output, cached } => {
                reply.usage = Some([input, output, cached])
            }
            LlmEvent::Error(error) => return Err(error),
            LlmEvent::Stop => {
                reply.calls = calls.into_values().map(wanted).collect::<Result<_, _>>()?;
                return Ok(reply);
            }
            LlmEvent::Start | LlmEvent::ReasoningDelta { .. } | LlmEvent::ToolCallEnd { .. } => {}
        }
    }
    Err(LlmError {
        class: "truncated",
        message: "The model's answer was cut off, so nothing of it was done".to_owned(),
        is_retryable: true,
    })
}

fn wanted((name, args): (String, String)) -> Result<Wanted, LlmError> {
    let text = if args.trim().is_empty() { "{}" } else { args.as_str() };
    let args = serde_json::from_str(text).map_err(|_| LlmError {
        class: "protocol",
        message: format!("The model asked for {name} with arguments that cannot be read"),
        is_retryable: true,
    })?;
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
    events.extend(reply.usage.map(|[input, output, cached]| LlmEvent::Usage {
        input,
        output,
        cached,
    }));
    events.push(LlmEvent::Stop);
    futures::stream::iter(events).boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[tokio::test]
    async fn an_answer_is_read_back_as_it_was_given() {
        let reply = Reply {
            text: "One moment".into(),
            calls: vec![Wanted::new("list_projects", json!({"archived": false}))],
            note: Some(json!({"a": 1})),
            usage: Some([1, 2, 0]),
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
        assert_eq!(error.class, "truncated");
    }
}
