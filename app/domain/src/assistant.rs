//! Which model answers, whose key it uses and what it may cost (contract.md 4), as pages show and change it.

use serde::{Deserialize, Serialize};

/// Every provider: its name in the API and what people call it.
pub const PROVIDERS: [(&str, &str); 6] = [
    ("builtin", "Built-in assistant"),
    ("openai", "OpenAI"),
    ("openai_chat", "OpenAI, chat completions"),
    ("anthropic", "Anthropic"),
    ("gemini", "Gemini"),
    ("openai_compatible", "OpenAI-compatible"),
];

/// What people call a provider.
pub fn title_of(provider: &str) -> &str {
    PROVIDERS.iter().find(|it| it.0 == provider).map_or(provider, |it| it.1)
}

/// How people call who answered a run: `builtin`, or `provider/model`. Empty while nobody did.
pub fn model_title(called: &str) -> String {
    match called.split_once('/') {
        Some((_, model)) => model.to_owned(),
        None => title_of(called).to_owned(),
    }
}

/// Whose keys and choice are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyScope {
    /// The whole workspace's; only who manages sees and changes them.
    Workspace,
    /// One person's own.
    #[default]
    Personal,
}

/// Who will answer the next question of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answering {
    /// As in [`PROVIDERS`].
    pub provider: String,
    /// As its maker calls it; empty where none is chosen.
    pub model: String,
    /// `personal`, `workspace` or `builtin`.
    pub source: String,
    /// Why what was chosen cannot answer.
    pub missing: Option<Missing>,
    /// What asks first in the workspace: `risky`, `basecamp` or `all`.
    pub mode: String,
    /// Some of what asks first was allowed for good.
    #[serde(default)]
    pub remembers: bool,
    /// Who the person may let answer instead, and who answers now.
    #[serde(default)]
    pub choices: Vec<ModelChoice>,
}

/// One a person may let answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChoice {
    /// As in [`PROVIDERS`]; empty for whoever the workspace chose.
    pub provider: String,
    /// The model behind a key of theirs; empty for the others.
    pub model: String,
    /// It is what they chose.
    pub is_chosen: bool,
}

impl ModelChoice {
    /// "As the workspace", "Built-in assistant", or the model with whose it is.
    pub fn label(&self) -> String {
        match (self.provider.as_str(), self.model.as_str()) {
            ("", _) => "As the workspace".to_owned(),
            (provider, "") => title_of(provider).to_owned(),
            (provider, model) => format!("{model} ({})", title_of(provider)),
        }
    }
}

/// Why what was chosen cannot answer, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// What is missing.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Where to do it.
    pub fix_url: String,
}

impl Answering {
    /// "Built-in assistant", or the name of the model; with a word for what cannot answer yet.
    pub fn label(&self) -> String {
        let is_named = !self.model.is_empty() && self.provider != self.model;
        let name = if is_named { &self.model } else { title_of(&self.provider) };
        match self.missing {
            Some(_) => format!("{name} (not set up)"),
            None => name.to_owned(),
        }
    }

    /// What asks first, in words.
    pub fn asks_first(&self) -> &'static str {
        match self.mode.as_str() {
            "all" => "Every change asks first.",
            "risky" => "What deletes, publishes or reaches others asks first.",
            _ if self.remembers => "Changes to Basecamp ask first, except what was always allowed.",
            _ => "Changes to Basecamp always ask first.",
        }
    }
}

/// A stored key, without what is secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelKey {
    /// As in [`PROVIDERS`].
    pub provider: String,
    /// The model to use when none is chosen.
    pub model: Option<String>,
    /// Where the provider is, when it is not its maker's own service.
    pub base_url: Option<String>,
    /// There is a secret; an address may need none.
    pub has_secret: bool,
    /// The last letters of the key; empty when it is too short to spare them.
    pub last4: String,
    /// US dollars for a million tokens read.
    pub input_price: Option<f64>,
    /// US dollars for a million tokens written.
    pub output_price: Option<f64>,
    /// When it last passed a test; epoch milliseconds.
    pub tested_at_ms: Option<i64>,
    /// What PM OS found since, when it asked by itself; none before that.
    pub looked: Option<KeyLook>,
}

/// What PM OS found when it asked a provider with a stored key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyLook {
    /// When; epoch milliseconds.
    pub at_ms: i64,
    /// What is wrong, and the one thing to do about it; none when it works.
    pub trouble: Option<String>,
}

/// What a person, or a workspace, chose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// The provider; none when nothing was chosen.
    pub provider: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// Stored keys, by provider.
    pub keys: Vec<ModelKey>,
}

impl Choice {
    /// The stored key of a provider.
    pub fn key(&self, provider: &str) -> Option<&ModelKey> {
        self.keys.iter().find(|it| it.provider == provider)
    }
}

/// What holds for everybody in a workspace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    /// Providers with a key that are asked after the chosen one, in this order.
    pub order: Vec<String>,
    /// The built-in assistant answers when no model does.
    pub falls_back: bool,
    /// What the assistant asks about first: `risky`, `basecamp` or `all`.
    pub approvals_mode: String,
    /// What deletes is decided by somebody else than who asked.
    pub four_eyes: bool,
    /// US dollars a month.
    pub limit_usd: Option<f64>,
    /// Tokens a month.
    pub limit_tokens: Option<f64>,
    /// US dollars spent this month, as far as prices are known.
    pub spent_usd: f64,
    /// Tokens read and written this month.
    pub spent_tokens: i64,
    /// The month, `YYYY-MM`.
    pub month: String,
}

/// Everything on the page of the assistant's settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssistantSettings {
    /// Who answers the person who looks.
    pub answering: Answering,
    /// What they chose for themselves.
    pub own: Choice,
    /// What the workspace chose; only for those who manage.
    pub shared: Option<(Choice, Rules)>,
}

/// A provider to be used or tried. What is empty stays as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProviderChange {
    /// Whose.
    pub scope: KeyScope,
    /// As in [`PROVIDERS`]; empty for no choice of one's own.
    pub provider: String,
    /// The model.
    pub model: String,
    /// The key.
    pub api_key: String,
    /// The address, where the provider has none of its own.
    pub base_url: String,
    /// US dollars for a million tokens read.
    pub input_price: Option<f64>,
    /// US dollars for a million tokens written.
    pub output_price: Option<f64>,
}

/// One thing a test looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelCheck {
    /// `reached`, `key`, `answer`, `tool`.
    pub name: String,
    /// Passed or failed; none when it was not tried.
    pub ok: Option<bool>,
    /// What was looked at, in plain words.
    pub label: String,
    /// Why it failed.
    pub message: Option<String>,
    /// How long it took.
    pub took_ms: Option<u64>,
}

/// What came of one real question to a model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelTest {
    /// It answered.
    pub valid: bool,
    /// As in [`PROVIDERS`].
    pub provider: String,
    /// Which model was asked.
    pub model: String,
    /// The models this key may use, as far as the provider lists them.
    pub models: Vec<String>,
    /// What it said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// It used the tool it was offered.
    pub used_tool: bool,
    /// From the first question to the end of the answer.
    pub took_ms: u64,
    /// US dollars, when they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// Tokens read and written.
    pub tokens: u64,
    /// Why it did not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// In the order they were looked at.
    pub checks: Vec<ModelCheck>,
}

/// What came of saving a provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// It is stored and in use.
    pub is_saved: bool,
    /// The test before it; none when none was wanted.
    pub test: Option<ModelTest>,
}

/// A note that the assistant keeps beyond one conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// The note.
    pub id: String,
    /// `fact`, `preference`, `decision`, ...
    pub memory_type: String,
    /// Plain text.
    pub content: String,
    /// `user`, `project` or `workspace`.
    pub scope: String,
    /// The project it is about.
    #[serde(default)]
    pub project_id: Option<String>,
    /// The door it came through: `chat`, `mcp`, `ui`, ...
    pub source: String,
    /// `person` or `assistant`: who put it in words.
    pub trust: String,
    /// Name of who it was written for.
    pub author: String,
    /// RFC 3339.
    pub updated_at: String,
}

/// A note to be kept or changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteChange {
    /// Which; none for a new one.
    pub id: Option<String>,
    /// `fact`, `preference`, `decision`, ...; only for a new one.
    pub kind: String,
    /// `user`, `project` or `workspace`.
    pub scope: String,
    /// The project it is about, with the scope `project`.
    #[serde(default)]
    pub project_id: String,
    /// Plain text.
    pub content: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_called_by_its_name_and_the_built_in_one_by_its_title() {
        let answering = |provider: &str, model: &str| Answering {
            provider: provider.to_owned(),
            model: model.to_owned(),
            source: "workspace".to_owned(),
            missing: None,
            mode: "risky".to_owned(),
            remembers: false,
            choices: Vec::new(),
        };
        assert_eq!(answering("builtin", "builtin").label(), "Built-in assistant");
        assert_eq!(answering("openai", "large").label(), "large");
        let missing = Missing {
            message: "No API key configured".to_owned(),
            hint: "Add one".to_owned(),
            fix_url: "/settings/assistant".to_owned(),
        };
        let unready = Answering { missing: Some(missing), ..answering("openai", "") };
        assert_eq!(unready.label(), "OpenAI (not set up)");
        let basecamp = Answering { mode: "basecamp".to_owned(), ..answering("openai", "large") };
        assert_eq!(basecamp.asks_first(), "Changes to Basecamp always ask first.");
        let relaxed = Answering { remembers: true, ..basecamp };
        assert!(relaxed.asks_first().contains("except what was always allowed"));
        assert_eq!(model_title("builtin"), "Built-in assistant");
        assert_eq!(model_title("openai_compatible/acme/large"), "acme/large");
        assert_eq!(model_title(""), "");
    }

    #[test]
    fn a_choice_says_whose_model_it_is() {
        let label = |provider: &str, model: &str| {
            let (provider, model) = (provider.to_owned(), model.to_owned());
            ModelChoice { provider, model, is_chosen: false }.label()
        };
        assert_eq!(label("", ""), "As the workspace");
        assert_eq!(label("builtin", ""), "Built-in assistant");
        assert_eq!(label("anthropic", "large"), "large (Anthropic)");
    }
}
