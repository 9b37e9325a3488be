//! The pieces we run: their names on the wire are Activepieces', the words on screen are ours.
//!
//! Entry points: [`all`] and [`piece`] for metadata, [`choices::choices`] for the step picker,
//! [`fields::fields`] for the form of one step, [`step`] for new steps with defaults.

mod assistant;
mod basecamp;
mod basics;
pub mod choices;
mod control;
pub mod data;
pub mod fields;
mod forms;
mod groups;
mod http;
mod mail;
mod names;
pub mod replace;
mod schedule;
pub mod step;
mod tables;
mod waits;

pub use groups::Group;
pub use names::*;

use crate::approval::Risk;
use serde::Serialize;
use serde_json::Value;
use std::sync::LazyLock;

/// A connector: triggers and actions of one app.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PieceMeta {
    /// On the wire: `@activepieces/piece-http`.
    pub name: &'static str,
    /// On screen: "Basecamp".
    pub display_name: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// As written into new steps, for example `~0.11.5`.
    pub version: &'static str,
    /// Degrees, for the tile.
    pub hue: u16,
    /// What the tile shows.
    pub tile: Tile,
    /// Where the picker lists it.
    pub category: Category,
    /// What it can do.
    pub actions: Vec<ActionMeta>,
    /// What it can start a flow with.
    pub triggers: Vec<TriggerMeta>,
}

/// What the tile of a piece shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tile {
    /// An icon of ours, by name: `webhook` is `#i-webhook`.
    Icon(&'static str),
    /// Two letters.
    Monogram(&'static str),
}

/// Where the picker lists a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// What can start a flow.
    Start,
    /// Branches, loops, waiting.
    Control,
    /// Reshaping values.
    Data,
    /// Talking to people and sites.
    Send,
    /// Projects and to-dos.
    Basecamp,
}

impl Category {
    /// The heading in the picker.
    pub fn label(self) -> &'static str {
        match self {
            Self::Start => "Start",
            Self::Control => "Control",
            Self::Data => "Data",
            Self::Send => "Send",
            Self::Basecamp => "Basecamp",
        }
    }
}

/// Whether running an action twice would be noticed outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Safe to repeat.
    Pure,
    /// Changes something outside the run.
    Effect,
}

/// One thing a piece can do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActionMeta {
    /// On the wire: `send_request`.
    pub name: &'static str,
    /// On screen: "Send request".
    pub display_name: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// The inputs, in reading order.
    pub props: Vec<PropMeta>,
    /// The worst an operation of it can do.
    pub risk: Risk,
    /// The most an operation of it can do.
    pub effect: Effect,
    /// What its `operation` input chooses between; empty where there is no such input.
    pub operations: Vec<OperationMeta>,
}

/// What an action does for one value of its `operation` input.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OperationMeta {
    /// The value of `operation`: `create_todo`.
    pub value: &'static str,
    /// On screen: "Add a to-do".
    pub display_name: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// The worst it can do.
    pub risk: Risk,
    /// What repeating it would do.
    pub effect: Effect,
    /// Props of the action that it cannot do without.
    pub needs: &'static [&'static str],
    /// Props of the action that it takes as well.
    pub takes: &'static [&'static str],
    /// What its `inputs` input holds.
    pub inputs: Vec<PropMeta>,
    /// The heading of the picker.
    pub group: Group,
}

/// What starts flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TriggerStrategy {
    /// A request to the flow's address.
    Webhook,
    /// A clock.
    Polling,
    /// A person.
    Manual,
    /// Something that happens in an app.
    AppWebhook,
}

/// One thing that can start a flow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TriggerMeta {
    /// On the wire: `catch_webhook`.
    pub name: &'static str,
    /// On screen: "When a request arrives".
    pub display_name: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// The inputs, in reading order.
    pub props: Vec<PropMeta>,
    /// What fires it.
    pub strategy: TriggerStrategy,
    /// The heading of the picker.
    pub group: Group,
}

/// One input of an action or a trigger.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PropMeta {
    /// On the wire: `queryParams`.
    pub name: &'static str,
    /// How it is edited and what it holds.
    pub kind: PropKind,
    /// On screen: "Query parameters".
    pub display_name: &'static str,
    /// A step without it is not valid.
    pub required: bool,
    /// What new steps hold.
    pub default: Option<Value>,
    /// One sentence under the field; may be empty.
    pub description: &'static str,
}

/// How an input is edited and what it holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PropKind {
    /// One line.
    ShortText,
    /// Several lines.
    LongText,
    /// A number, or an expression that gives one.
    Number,
    /// Yes or no.
    Checkbox,
    /// ISO 8601.
    DateTime,
    /// Any JSON.
    Json,
    /// Keys and values.
    Object,
    /// One of these.
    StaticDropdown {
        /// What can be chosen.
        options: Vec<PropOption>,
    },
    /// One of what the server answers.
    Dropdown {
        /// Siblings whose change empties it and asks again.
        refreshers: &'static [&'static str],
        /// Ask again while typing.
        refresh_on_search: bool,
    },
    /// Several of what the server answers.
    MultiSelectDropdown {
        /// Siblings whose change empties it and asks again.
        refreshers: &'static [&'static str],
    },
    /// A list.
    Array,
    /// A group of inputs that depends on siblings; see [`fields::dynamic`].
    Dynamic {
        /// The siblings.
        refreshers: &'static [&'static str],
    },
    /// A note to the reader; holds nothing.
    Markdown,
}

/// A choice of a static dropdown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PropOption {
    /// On screen.
    pub label: String,
    /// On the wire.
    pub value: Value,
}

static CATALOG: LazyLock<Vec<PieceMeta>> = LazyLock::new(|| {
    vec![
        basics::webhook(),
        forms::forms(),
        schedule::schedule(),
        basics::manual(),
        http::http(),
        basics::delay(),
        waits::approval(),
        waits::subflows(),
        control::control(),
        basics::data_mapper(),
        data::text(),
        data::math(),
        data::dates(),
        data::lists(),
        data::json(),
        data::csv(),
        control::store(),
        tables::tables(),
        assistant::assistant(),
        basics::notify(),
        mail::smtp(),
        control::chat_webhook(),
        basecamp::basecamp(),
    ]
});

/// Every piece, in picker order.
pub fn all() -> &'static [PieceMeta] {
    &CATALOG
}

/// The piece named `name` on the wire.
pub fn piece(name: &str) -> Option<&'static PieceMeta> {
    all().iter().find(|it| it.name == name)
}

/// An action by its names on the wire.
pub fn action(piece_name: &str, name: &str) -> Option<&'static ActionMeta> {
    piece(piece_name)?.actions.iter().find(|it| it.name == name)
}

/// A trigger by its names on the wire.
pub fn trigger(piece_name: &str, name: &str) -> Option<&'static TriggerMeta> {
    piece(piece_name)?.triggers.iter().find(|it| it.name == name)
}

impl ActionMeta {
    /// The operation that `input` chooses.
    pub fn operation(&self, input: &serde_json::Map<String, Value>) -> Option<&OperationMeta> {
        let chosen = input.get("operation")?.as_str()?;
        self.operations.iter().find(|it| it.value == chosen)
    }

    /// The worst that can happen with `input`.
    pub fn risk_of(&self, input: &serde_json::Map<String, Value>) -> Risk {
        self.operation(input).map_or(self.risk, |it| it.risk)
    }

    /// What repeating it with `input` would do.
    pub fn effect_of(&self, input: &serde_json::Map<String, Value>) -> Effect {
        self.operation(input).map_or(self.effect, |it| it.effect)
    }
}

fn prop(name: &'static str, display_name: &'static str, kind: PropKind) -> PropMeta {
    PropMeta { name, kind, display_name, required: false, default: None, description: "" }
}

/// An action that only computes.
fn computes(
    name: &'static str,
    display_name: &'static str,
    description: &'static str,
    props: Vec<PropMeta>,
) -> ActionMeta {
    ActionMeta {
        name,
        display_name,
        description,
        props,
        risk: Risk::Read,
        effect: Effect::Pure,
        operations: Vec::new(),
    }
}

impl PropMeta {
    fn required(mut self) -> Self {
        self.required = true;
        self
    }

    fn default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }

    fn note(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }
}

fn one_of(options: &[(&str, &str)]) -> PropKind {
    let options = options
        .iter()
        .map(|(value, label)| PropOption { label: (*label).to_owned(), value: (*value).into() })
        .collect();
    PropKind::StaticDropdown { options }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_within_their_owner() {
        for piece in all() {
            let mut actions: Vec<_> = piece.actions.iter().map(|it| it.name).collect();
            let mut triggers: Vec<_> = piece.triggers.iter().map(|it| it.name).collect();
            let (many, more) = (actions.len(), triggers.len());
            actions.sort_unstable();
            actions.dedup();
            triggers.sort_unstable();
            triggers.dedup();
            assert_eq!((actions.len(), triggers.len()), (many, more), "{}", piece.name);
        }
    }

    #[test]
    fn an_operation_names_only_props_of_its_action() {
        for action in all().iter().flat_map(|it| &it.actions) {
            for operation in &action.operations {
                for name in operation.needs.iter().chain(operation.takes) {
                    assert!(action.props.iter().any(|it| it.name == *name), "{name}");
                }
            }
        }
    }

    #[test]
    fn names_on_the_wire_are_those_of_the_engines() {
        assert!(trigger(WEBHOOK, "catch_webhook").is_some());
        assert!(action(WEBHOOK, "return_response").is_some());
        assert!(action(DELAY, "delayFor").is_some());
        assert!(action(DATA_MAPPER, "advanced_mapping").is_some());
        assert!(action(BASECAMP, "todos").is_some());
        assert!(action(HTTP, "nothing").is_none());
    }
}
