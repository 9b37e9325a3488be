//! Who makes models, under the names people use.

use crate::llm::wire::Wire;

/// How the built-in assistant is called, which understands only what it was built for.
pub(crate) const BUILT_IN: &str = "builtin";
/// What is said about a name nobody knows.
pub(crate) const ACCEPTED: &str =
    "Give builtin, openai, openai_chat, anthropic, gemini or openai_compatible";

/// Parts of the names of models that cannot look at pictures.
const BLIND: [&str; 5] = ["gpt-3.5", "gpt-oss", "o1-mini", "o1-preview", "o3-mini"];
/// Parts of the names of models that can, wherever they run.
const SEEING: [&str; 14] = [
    "vision",
    "-vl",
    "llava",
    "gpt-4",
    "gpt-5",
    "claude",
    "gemini",
    "gemma-3",
    "gemma3",
    "pixtral",
    "qwen2.5vl",
    "llama-4",
    "llama4",
    "moondream",
];

/// Who makes a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Maker {
    /// PM OS itself.
    Builtin,
    OpenAi,
    /// OpenAI by its older way of speaking, which some accounts and proxies still need.
    OpenAiChat,
    Anthropic,
    Gemini,
    /// Whoever speaks as OpenAI did first.
    Compatible,
}

impl Maker {
    const ALL: [Self; 6] = [
        Self::Builtin,
        Self::OpenAi,
        Self::OpenAiChat,
        Self::Anthropic,
        Self::Gemini,
        Self::Compatible,
    ];

    /// The name in the API and the database.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Builtin => BUILT_IN,
            Self::OpenAi => "openai",
            Self::OpenAiChat => "openai_chat",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Compatible => "openai_compatible",
        }
    }

    /// Reads a name, in other spellings too.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name.trim().to_lowercase().as_str() {
            "claude" => Some(Self::Anthropic),
            "gpt" => Some(Self::OpenAi),
            "google" => Some(Self::Gemini),
            name => Self::ALL.into_iter().find(|it| it.name() == name),
        }
    }

    /// How it is spoken to; none for the built-in assistant.
    pub(crate) fn wire(self) -> Option<Wire> {
        match self {
            Self::Builtin => None,
            Self::OpenAi => Some(Wire::Responses),
            Self::Anthropic => Some(Wire::Messages),
            Self::Gemini => Some(Wire::Gemini),
            Self::OpenAiChat | Self::Compatible => Some(Wire::Chat),
        }
    }

    /// Where its own service is; none when every address has to be given.
    pub(crate) fn home(self) -> Option<&'static str> {
        match self {
            Self::Builtin | Self::Compatible => None,
            Self::OpenAi | Self::OpenAiChat => Some("https://api.openai.com/v1"),
            Self::Anthropic => Some("https://api.anthropic.com/v1"),
            Self::Gemini => Some("https://generativelanguage.googleapis.com/v1beta"),
        }
    }

    /// Whether it answers nobody without a key.
    pub(crate) fn needs_key(self) -> bool {
        !matches!(self, Self::Builtin | Self::Compatible)
    }

    /// Whether a model of it can look at pictures, as far as its name tells.
    pub(crate) fn sees(self, model: &str) -> bool {
        let model = model.to_lowercase();
        let is_one_of = |all: &[&str]| all.iter().any(|it| model.contains(it));
        match self {
            Self::Builtin => false,
            Self::OpenAi | Self::OpenAiChat => !is_one_of(&BLIND),
            Self::Anthropic | Self::Gemini => true,
            Self::Compatible => is_one_of(&SEEING) && !is_one_of(&BLIND),
        }
    }

    /// How many tokens its models read, when nobody said.
    pub(crate) fn window(self) -> usize {
        match self {
            Self::Compatible => 32_000,
            _ => 128_000,
        }
    }
}
