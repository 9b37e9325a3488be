//! Samples: what steps gave when they were tried. They belong to a step of a flow and not to a version, so they stay
//! while the flow is edited; one that another kind of step made is not used.

use super::{ActionKind, Branch, PieceSettings, Trigger, TriggerKind, tree};
use crate::expr::names;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Where a sample comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The step was tested.
    Test,
    /// The flow ran.
    Run,
    /// The newest thing that would have started the flow.
    Newest,
    /// A request came while the flow listened.
    Request,
    /// Somebody wrote it.
    Given,
}

impl Origin {
    /// The word in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Run => "run",
            Self::Newest => "newest",
            Self::Request => "request",
            Self::Given => "given",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Self {
        let all = [Self::Test, Self::Run, Self::Newest, Self::Request];
        all.into_iter().find(|it| it.as_str() == word).unwrap_or(Self::Given)
    }
}

/// What a step gave when it was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// `step_3`, `trigger`.
    pub step: String,
    /// What made it, see [`maker`].
    pub maker: String,
    /// Where it comes from.
    pub origin: Origin,
    /// What the step was given, secrets masked.
    #[serde(default)]
    pub input: Value,
    /// What it gave; after a failed trial what it gave before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// Why the last trial failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// References that gave nothing, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What its code wrote with `console`, line by line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logged: Vec<String>,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// When, RFC 3339.
    pub at: String,
}

/// What makes the output of the step called `name`: a sample that something else made says nothing about it. None for
/// an unknown step and for a trigger that is not chosen.
pub fn maker(trigger: &Trigger, name: &str) -> Option<String> {
    if trigger.name == name {
        return match &trigger.kind {
            TriggerKind::Empty(_) => None,
            TriggerKind::Piece(it) => Some(of_piece(it)),
        };
    }
    Some(match &tree::find(trigger, name)?.kind {
        ActionKind::Piece(it) => of_piece(it),
        ActionKind::Code(_) => "code".to_owned(),
        ActionKind::Loop(_) => "loop".to_owned(),
        ActionKind::Router(_) => "router".to_owned(),
    })
}

fn of_piece(settings: &PieceSettings) -> String {
    let name = settings.action_name.as_deref().or(settings.trigger_name.as_deref());
    let operation = settings.input.get("operation").and_then(Value::as_str);
    [Some(settings.piece_name.as_str()), name, operation]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("/")
}

/// What a loop over `items` gives to the steps inside it in its first round.
pub fn of_loop(items: &[Value]) -> Value {
    let mut output = Map::new();
    output.extend(items.first().map(|it| ("item".to_owned(), it.clone())));
    output.insert("index".to_owned(), usize::from(!items.is_empty()).into());
    output.insert("iterations".to_owned(), json!([]));
    Value::Object(output)
}

/// The steps before it that the step called `name` reads, the trigger included, in reading order.
pub fn read_by(trigger: &Trigger, name: &str) -> Vec<String> {
    let Some(visible) = tree::visible(trigger, name) else { return Vec::new() };
    let mut read = Vec::new();
    if let Some(action) = tree::find(trigger, name) {
        match &action.kind {
            ActionKind::Piece(it) => it.input.values().for_each(|it| collect(it, &mut read)),
            ActionKind::Code(it) => it.input.values().for_each(|it| collect(it, &mut read)),
            ActionKind::Loop(it) => read.extend(names::references(&it.items)),
            ActionKind::Router(it) => {
                for branch in &it.branches {
                    let Branch::Condition { conditions, .. } = branch else { continue };
                    for it in conditions.iter().flatten() {
                        read.extend(names::references(&it.first_value));
                        read.extend(it.second_value.iter().flat_map(|it| names::references(it)));
                    }
                }
            }
        }
    }
    visible.into_iter().filter(|it| read.contains(it)).collect()
}

fn collect(value: &Value, read: &mut Vec<String>) {
    match value {
        Value::String(text) => read.extend(names::references(text)),
        Value::Array(items) => items.iter().for_each(|it| collect(it, read)),
        Value::Object(map) => map.values().for_each(|it| collect(it, read)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalog::step;
    use super::*;

    fn flow() -> Trigger {
        let mut each = step::loop_step("step_1");
        if let ActionKind::Loop(settings) = &mut each.kind {
            settings.items = "{{trigger.body.rows}}".to_owned();
        }
        let input =
            json!({ "operation": "create_todo", "inputs": { "content": "Call {{step_1.item}}" } });
        let input = input.as_object().cloned().unwrap_or_default();
        each.first_loop_action =
            step::piece_action_with("step_2", super::super::catalog::BASECAMP, "todos", input)
                .map(Box::new);
        Trigger { next_action: Some(Box::new(each)), ..step::empty_trigger() }
    }

    #[test]
    fn a_step_reads_what_its_texts_name() {
        assert_eq!(read_by(&flow(), "step_1"), ["trigger"]);
        assert_eq!(read_by(&flow(), "step_2"), ["step_1"]);
        assert!(read_by(&flow(), "step_9").is_empty());
    }

    #[test]
    fn another_operation_makes_another_sample() {
        let made = maker(&flow(), "step_2").expect("known");
        assert!(made.ends_with("/todos/create_todo"), "{made}");
        assert_eq!(maker(&flow(), "step_1").as_deref(), Some("loop"));
        assert_eq!(maker(&flow(), "trigger"), None);
    }

    #[test]
    fn a_loop_shows_its_first_item() {
        assert_eq!(
            of_loop(&[json!(7), json!(8)]),
            json!({ "item": 7, "index": 1, "iterations": [] })
        );
        assert_eq!(of_loop(&[]), json!({ "index": 0, "iterations": [] }));
    }
}
