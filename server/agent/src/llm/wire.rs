//! The four ways providers are spoken to: how a request is written and an answer read.

use crate::llm::failure::LlmError;
use crate::llm::offering::Offer;
use crate::llm::request::Request;
use crate::llm::sse::Frame;
use crate::llm::{LlmEvent, chat, gemini, messages, responses};
use serde_json::Value;

/// How a provider is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wire {
    /// OpenAI Chat Completions, and every compatible address.
    Chat,
    /// OpenAI Responses.
    Responses,
    /// Anthropic Messages.
    Messages,
    /// Google Gemini.
    Gemini,
}

/// Reads the frames of one answer. It is lenient about what is missing and strict about the end.
pub(crate) trait Decoder: Send {
    /// The events of one frame.
    fn frame(&mut self, frame: &Frame) -> Result<Vec<LlmEvent>, LlmError>;

    /// The stream ended: the last events, or that it was cut off.
    fn end(&mut self) -> Result<Vec<LlmEvent>, LlmError>;

    /// Nothing more needs to be read.
    fn is_over(&self) -> bool;
}

impl Wire {
    /// The path of a request, after the base address.
    pub(crate) fn path(self, model: &str) -> String {
        match self {
            Self::Chat => "/chat/completions".to_owned(),
            Self::Responses => "/responses".to_owned(),
            Self::Messages => "/messages".to_owned(),
            Self::Gemini => format!("/models/{model}:streamGenerateContent?alt=sse"),
        }
    }

    /// Headers that carry the key, and the version where there is one.
    pub(crate) fn headers(self, key: &str) -> Vec<(&'static str, String)> {
        let mut headers = Vec::new();
        if !key.is_empty() {
            headers.push(match self {
                Self::Chat | Self::Responses => ("authorization", format!("Bearer {key}")),
                Self::Messages => ("x-api-key", key.to_owned()),
                Self::Gemini => ("x-goog-api-key", key.to_owned()),
            });
        }
        if self == Self::Messages {
            headers.push(("anthropic-version", "2023-06-01".to_owned()));
        }
        headers
    }

    /// The body of a request, a JSON object; `tools` is the list of what may be called, without its brackets.
    pub(crate) fn body(self, model: &str, request: &Request, tools: &str) -> String {
        let rest = match self {
            Self::Chat => chat::body(model, request),
            Self::Responses => responses::body(model, request),
            Self::Messages => messages::body(model, request),
            Self::Gemini => gemini::body(request),
        };
        let mut body = rest.to_string();
        if !tools.is_empty() && body.pop().is_some() {
            let (open, close) = match self {
                Self::Gemini => ("[{\"functionDeclarations\":[", "]}]"),
                _ => ("[", "]"),
            };
            for part in [",\"tools\":", open, tools, close, "}"] {
                body.push_str(part);
            }
        }
        body
    }

    /// A tool as it stands in a request.
    pub(crate) fn tool(self, offer: Offer<'_>) -> Value {
        match self {
            Self::Chat => chat::tool(offer),
            Self::Responses => responses::tool(offer),
            Self::Messages => messages::tool(offer),
            Self::Gemini => gemini::tool(offer),
        }
    }

    /// Reads one answer.
    pub(crate) fn decoder(self) -> Box<dyn Decoder> {
        match self {
            Self::Chat => Box::new(chat::Chat::default()),
            Self::Responses => Box::new(responses::Responses::default()),
            Self::Messages => Box::new(messages::Messages::default()),
            Self::Gemini => Box::new(gemini::Gemini::default()),
        }
    }
}

/// The JSON of a frame.
pub(crate) fn json(frame: &Frame) -> Result<Value, LlmError> {
    serde_json::from_str(&frame.data).map_err(|_| LlmError::protocol("a piece is broken"))
}

/// Text at `path`; empty text counts as none.
pub(crate) fn text<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    value.pointer(path).and_then(Value::as_str).filter(|it| !it.is_empty())
}

/// A count at `path`, 0 when it is missing.
pub(crate) fn count(value: &Value, path: &str) -> u64 {
    value.pointer(path).and_then(Value::as_u64).unwrap_or(0)
}

/// A place in a list, as the wire counts them.
pub(crate) fn place(value: &Value, path: &str) -> Option<usize> {
    value.pointer(path).and_then(Value::as_u64).and_then(|it| usize::try_from(it).ok())
}
