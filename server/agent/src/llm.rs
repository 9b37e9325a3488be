//! What answers: a model behind one trait, told the same things and giving the same events whoever made it.

pub mod failure;
pub(crate) mod http;
pub mod reading;
pub mod remote;
pub mod scripted;
pub mod wire;

mod chat;
mod gemini;
mod messages;
mod offering;
mod request;
mod responses;
mod sse;

use crate::llm::failure::LlmError;
use chrono::NaiveDate;
use domain::attachment::AttachmentKind;
use domain::ids::{FlowId, UserId};
use futures::stream::BoxStream;
use serde_json::Value;
use std::sync::Arc;
use tools::tool::ToolSpec;

/// A model: the built-in planner, a scripted one for tests, those of other makers over HTTP.
pub trait Provider: Send + Sync {
    /// `builtin`, `scripted`, `openai`, ...
    fn name(&self) -> &str;

    /// As its maker calls it.
    fn model(&self) -> &str;

    /// How many tokens it can read at once.
    fn window(&self) -> usize {
        128_000
    }

    /// Answers one prompt: text, or tools to call. A stream that ends without [`LlmEvent::Stop`] was cut off.
    fn respond<'a>(&'a self, prompt: &'a Prompt) -> BoxStream<'a, LlmEvent>;
}

/// Everything a model is told.
#[derive(Clone, Debug, Default)]
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
    /// What is kept of earlier conversations, one note each.
    pub memory: Vec<String>,
    /// What counts for this run besides the rules for all: how an agent works, how the person wants to be spoken to.
    pub rules: Vec<String>,
    /// What was said before the oldest of `history`, in short.
    pub summary: Option<String>,
    /// Text from outside is in `summary`.
    pub is_summary_tainted: bool,
    /// Earlier turns, oldest first.
    pub history: Vec<Turn>,
    /// What the person said in this run: the question, then what they added while it ran.
    pub said: Vec<String>,
    /// The files beside `said`: which of the messages, and the file.
    pub files: Vec<(usize, File)>,
    /// What was done in this run so far, in order.
    pub done: Vec<DoneCall>,
    /// The answers of this run so far that asked for tools; together they hold every call of `done`.
    pub rounds: Vec<Round>,
    /// The tools that are offered.
    pub tools: Vec<&'static ToolSpec>,
    /// Those of other servers.
    pub others: Vec<OtherTool>,
}

/// A tool of another server, as a person accepted it.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherTool {
    /// Its name here.
    pub name: String,
    /// What its server says of it, without letters that nobody sees.
    pub meaning: String,
    /// JSON Schema of its arguments.
    pub schema: Value,
}

impl Prompt {
    /// Whether a person put files beside what they said; what is in them comes from anywhere.
    pub(crate) fn has_files(&self) -> bool {
        !self.files.is_empty() || self.history.iter().any(|it| !it.files.is_empty())
    }
}

/// A file that a person put beside what they said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// As their computer calls it.
    pub name: String,
    /// What it is.
    pub kind: AttachmentKind,
    /// `text/csv`, `image/png`, ...
    pub media_type: String,
    /// Text, or a picture in base64.
    pub content: Arc<str>,
}

/// One answer of a model that asked for tools.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Round {
    /// How many messages of the run it had heard.
    pub heard: usize,
    /// What it said before asking.
    pub text: String,
    /// What it wants back unchanged.
    pub note: Option<Value>,
    /// Which of the calls of the run it asked for: from, and up to but without.
    pub calls: (usize, usize),
}

/// An earlier turn.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Its number in the conversation, from 1.
    pub seq: i64,
    /// `user` or `assistant`.
    pub role: String,
    /// Markdown.
    pub text: String,
    /// The files beside it.
    pub files: Vec<File>,
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
    /// Its place in the chain of runs.
    pub position: usize,
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
    /// A piece of reasoning; it is not part of the answer.
    ReasoningDelta {
        /// The piece.
        text: String,
    },
    /// What the model wants back unchanged next time: signatures, or the question it asked.
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
    Usage(Usage),
    /// The answer is complete.
    Stop(StopReason),
    /// The answer failed.
    Error(LlmError),
}

/// What an answer cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Tokens read.
    pub input: u64,
    /// Tokens written.
    pub output: u64,
    /// Tokens read from a cache.
    pub cached: u64,
    /// US dollars, when the provider says so or prices are known.
    pub cost_usd: Option<f64>,
}

/// Why a complete answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// Everything was said, or tools are asked for.
    End,
    /// The model's limit was reached.
    Length,
    /// The provider refused to let it go on.
    Filtered,
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
    /// What it cost, when the provider counts.
    pub usage: Option<Usage>,
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
