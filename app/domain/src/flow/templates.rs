//! Templates: flows for the chores of an agency, as data (`templates/all.json`).
//!
//! A template names its steps by what the picker calls them and holds `<<key>>` where it needs an answer. [`Template::build`]
//! makes the trigger with its steps from the answers, through the same catalogue as a person's hands.

use super::catalog::{choices, fields, step};
use super::condition::Condition;
use super::{Action, ActionKind, Branch, PieceSettings, Trigger, TriggerKind};
use crate::problem::Issue;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// A flow that can be started from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// `overdue-nudge`.
    pub id: String,
    /// "Overdue nudge": the name of the flow.
    pub name: String,
    /// "Deadlines": where the gallery shows it.
    pub category: String,
    /// One sentence.
    pub summary: String,
    /// What it needs to know, in the order it is asked; a later answer may depend on an earlier one.
    pub asks: Vec<Ask>,
    /// Runs of it wait for a person.
    #[serde(default)]
    pub waits: bool,
    /// What a test of it can be given, where the trigger does not tell by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<Value>,
    trigger: Part,
    steps: Vec<Part>,
}

/// Something a template needs to know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// `project`: what stands as `<<project>>` in the steps, and the field whose choices fit.
    pub key: String,
    /// On screen.
    pub label: String,
    /// What kind of answer.
    pub kind: AskKind,
    /// Without it the template cannot be used.
    #[serde(default = "yes")]
    pub required: bool,
    /// Taken when nothing is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
}

/// What kind of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskKind {
    /// A project of Basecamp.
    Project,
    /// A to-do list of the project.
    Todolist,
    /// A board of the project.
    Board,
    /// A column of the board.
    Column,
    /// A person in Basecamp.
    Person,
    /// An hour of the day, 0 to 23.
    Hour,
    /// A number.
    Number,
}

fn yes() -> bool {
    true
}

/// A step of a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Part {
    /// One thing the picker offers.
    Do {
        /// `basecamp/todos/create_todo`.
        #[serde(rename = "do")]
        choice: String,
        /// What the step is called here, where the picker's words say too little.
        #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        #[serde(default)]
        input: Map<String, Value>,
    },
    /// Steps for each item of a list.
    Each {
        each: String,
        #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        steps: Vec<Part>,
    },
    /// Steps when a condition holds: first value, operator, second value.
    When { when: (String, String, String), name: String, steps: Vec<Part> },
}

static ALL: LazyLock<Vec<Template>> =
    LazyLock::new(|| serde_json::from_str(include_str!("templates/all.json")).unwrap_or_default());

/// Every template, in the order of the gallery.
pub fn all() -> &'static [Template] {
    &ALL
}

/// The template with this id.
pub fn find(id: &str) -> Option<&'static Template> {
    all().iter().find(|it| it.id == id)
}

/// Lets the clock of a trigger made of a template go by `zone`, an IANA name; a trigger without a clock stays.
pub fn go_by(trigger: &mut Trigger, zone: &str) {
    if let TriggerKind::Piece(settings) = &mut trigger.kind
        && let Some(held) = settings.input.get_mut("timezone")
    {
        *held = zone.into();
    }
}

impl Template {
    /// Names of the pieces it uses, in reading order.
    pub fn pieces(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        let mut todo = vec![&self.trigger];
        todo.extend(&self.steps);
        for part in todo {
            part.pieces(&mut names);
        }
        names.dedup();
        names
    }

    /// Its steps in reading order, the trigger first: how deep each stands, and what people read.
    pub fn outline(&self) -> Vec<(usize, String)> {
        let mut rows = Vec::new();
        self.trigger.outline(0, &mut rows);
        self.steps.iter().for_each(|it| it.outline(0, &mut rows));
        rows
    }

    /// The trigger with all steps, answers filled in.
    ///
    /// # Errors
    /// What is not answered, as `answers.project`.
    pub fn build(&self, answers: &Map<String, Value>) -> Result<Trigger, Vec<Issue>> {
        let answers = self.answered(answers)?;
        let unknown = || vec![Issue::new("template", "It names a step that PM OS does not have")];
        let Part::Do { choice, title, input } = &self.trigger else { return Err(unknown()) };
        let mut trigger = known(choice).and_then(|it| it.trigger()).ok_or_else(unknown)?;
        if let Some(title) = title {
            trigger.display_name = worded(title, &answers);
        }
        if let TriggerKind::Piece(settings) = &mut trigger.kind {
            fill(settings, input, &answers);
            trigger.valid = fields::missing(settings).is_empty();
        }
        let mut next = 1;
        trigger.next_action = chain(&self.steps, &answers, &mut next).ok_or_else(unknown)?;
        Ok(trigger)
    }

    /// The same with something in place of every answer, for drawing it.
    pub fn preview(&self) -> Option<Trigger> {
        let filled = |ask: &Ask| match (&ask.default, ask.kind) {
            (Some(value), _) => value.clone(),
            (None, AskKind::Hour | AskKind::Number) => 9.into(),
            (None, _) => Value::from(ask.label.as_str()),
        };
        let answers = self.asks.iter().map(|it| (it.key.clone(), filled(it))).collect();
        self.build(&answers).ok()
    }

    /// Answers with the defaults of what was left out.
    fn answered(&self, given: &Map<String, Value>) -> Result<Map<String, Value>, Vec<Issue>> {
        let mut answers = Map::new();
        let mut issues = Vec::new();
        for ask in &self.asks {
            let given = given.get(&ask.key).filter(|it| !fields::is_empty(Some(it)));
            match given.or(ask.default.as_ref()) {
                Some(value) => {
                    answers.insert(ask.key.clone(), value.clone());
                }
                None if ask.required => {
                    let message = format!("{} is missing. Fill it in", ask.label);
                    issues.push(Issue::new(format!("answers.{}", ask.key), message));
                }
                None => {}
            }
        }
        if issues.is_empty() { Ok(answers) } else { Err(issues) }
    }
}

impl Part {
    fn outline(&self, depth: usize, rows: &mut Vec<(usize, String)>) {
        let (words, steps): (&str, &[Self]) = match self {
            Self::Do { title: Some(title), .. } => (title, &[]),
            Self::Do { choice, .. } => {
                (known(choice).map_or(choice.as_str(), |it| it.display_name), &[])
            }
            Self::Each { title, steps, .. } => (title.as_deref().unwrap_or("For each"), steps),
            Self::When { name, steps, .. } => (name, steps),
        };
        rows.push((depth, words.to_owned()));
        steps.iter().for_each(|it| it.outline(depth + 1, rows));
    }

    fn pieces(&self, names: &mut Vec<&'static str>) {
        let steps = match self {
            Self::Do { choice, .. } => {
                names.extend(known(choice).and_then(|it| match it.makes {
                    choices::Makes::Trigger { piece, .. }
                    | choices::Makes::Action { piece, .. } => Some(piece),
                    choices::Makes::Router | choices::Makes::Loop | choices::Makes::Code => None,
                }));
                return;
            }
            Self::Each { steps, .. } | Self::When { steps, .. } => steps,
        };
        steps.iter().for_each(|it| it.pieces(names));
    }
}

/// The entry of the picker that a short name means: `basecamp/todos/create_todo`.
fn known(short: &str) -> Option<&'static choices::Choice> {
    let long = |owner: &str| choices::choice(&format!("@{owner}/piece-{short}"));
    long("activepieces").or_else(|| long("pmos"))
}

/// The steps in order, numbered as they are read; none inside when one is not known.
#[expect(clippy::option_option, reason = "no step at all is not a step that is unknown")]
fn chain(
    parts: &[Part],
    answers: &Map<String, Value>,
    next: &mut u32,
) -> Option<Option<Box<Action>>> {
    let mut steps = Vec::with_capacity(parts.len());
    for part in parts {
        let name = format!("step_{next}");
        *next += 1;
        steps.push(made(part, &name, answers, next)?);
    }
    let linked = steps.into_iter().rev().fold(None, |after, mut step| {
        step.next_action = after;
        Some(Box::new(step))
    });
    Some(linked)
}

fn made(part: &Part, name: &str, answers: &Map<String, Value>, next: &mut u32) -> Option<Action> {
    match part {
        Part::Do { choice, title, input } => {
            let mut action = known(choice)?.step(name)?;
            if let Some(title) = title {
                action.display_name = worded(title, answers);
            }
            if let ActionKind::Piece(settings) = &mut action.kind {
                fill(settings, input, answers);
                action.valid = fields::missing(settings).is_empty();
            }
            Some(action)
        }
        Part::Each { each, title, steps } => {
            let mut action = step::loop_step(name);
            if let Some(title) = title {
                action.display_name.clone_from(title);
            }
            if let ActionKind::Loop(settings) = &mut action.kind {
                settings.items.clone_from(each);
            }
            action.valid = true;
            action.first_loop_action = chain(steps, answers, next)?;
            Some(action)
        }
        Part::When { when, name: branch, steps } => {
            let mut action = step::router_step(name);
            action.display_name = format!("{branch}?");
            if let ActionKind::Router(settings) = &mut action.kind
                && let Some(first) = settings.branches.first_mut()
            {
                *first = condition(branch, when);
            }
            action.valid = true;
            action.children = Some(vec![chain(steps, answers, next)?, None]);
            Some(action)
        }
    }
}

fn condition(name: &str, (first, operator, second): &(String, String, String)) -> Branch {
    let condition = Condition {
        first_value: first.clone(),
        second_value: Some(second.clone()),
        operator: Some(operator.clone()),
        case_sensitive: Some(false),
    };
    Branch::Condition { branch_name: name.to_owned(), conditions: vec![vec![condition]] }
}

/// Lays `input` with its answers over what the step holds.
fn fill(settings: &mut PieceSettings, input: &Map<String, Value>, answers: &Map<String, Value>) {
    for (key, value) in input {
        let Some(value) = with_answers(value, answers) else { continue };
        match (settings.input.get_mut(key), value) {
            (Some(Value::Object(held)), Value::Object(new)) => held.extend(new),
            (_, value) => {
                settings.input.insert(key.clone(), value);
            }
        }
    }
}

/// A title with its answers.
fn worded(title: &str, answers: &Map<String, Value>) -> String {
    let words = with_answers(&title.into(), answers);
    words.and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_else(|| title.to_owned())
}

/// `value` with every `<<key>>` answered; none for one that is nothing but a question without an answer.
fn with_answers(value: &Value, answers: &Map<String, Value>) -> Option<Value> {
    match value {
        Value::String(text) => {
            let whole = text.strip_prefix("<<").and_then(|it| it.strip_suffix(">>"));
            if let Some(key) = whole {
                return answers.get(key).cloned();
            }
            let mut text = text.clone();
            for (key, answer) in answers {
                let words = answer.as_str().map_or_else(|| answer.to_string(), str::to_owned);
                text = text.replace(&format!("<<{key}>>"), &words);
            }
            Some(Value::String(text))
        }
        Value::Array(items) => {
            Some(items.iter().filter_map(|it| with_answers(it, answers)).collect())
        }
        Value::Object(map) => {
            let pairs =
                map.iter().filter_map(|(key, it)| Some((key.clone(), with_answers(it, answers)?)));
            Some(Value::Object(pairs.collect()))
        }
        other => Some(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::tree;
    use std::collections::BTreeSet;

    fn answers(template: &Template) -> Map<String, Value> {
        template.asks.iter().map(|it| (it.key.clone(), 7.into())).collect()
    }

    #[test]
    fn there_are_enough_and_each_has_a_name_of_its_own() {
        assert!(all().len() >= 24, "{}", all().len());
        let ids: BTreeSet<&str> = all().iter().map(|it| it.id.as_str()).collect();
        let names: BTreeSet<&str> = all().iter().map(|it| it.name.as_str()).collect();
        assert_eq!((ids.len(), names.len()), (all().len(), all().len()));
    }

    #[test]
    fn every_template_is_built_whole_and_leaves_no_question() {
        for template in all() {
            let trigger = template.build(&answers(template));
            let trigger = trigger.unwrap_or_else(|issues| panic!("{}: {issues:?}", template.id));
            assert!(trigger.valid, "{}", template.id);
            let text = serde_json::to_string(&trigger).expect("a flow is JSON");
            assert!(!text.contains("<<"), "{}: {text}", template.id);
            assert!(!text.contains(r#""valid":false"#), "{}: {text}", template.id);
            assert!(!template.pieces().is_empty());
            assert!(template.outline().len() > 1, "{}", template.id);
            let drawn =
                template.preview().unwrap_or_else(|| panic!("{} is not drawn", template.id));
            let steps = tree::steps(&drawn).len();
            assert_eq!(steps + 1, template.outline().len(), "{}", template.id);
        }
    }

    #[test]
    fn what_is_not_answered_is_named() {
        let template = find("request-to-todo").expect("known");
        let issues = template.build(&Map::new()).expect_err("it asks");
        let fields: Vec<&str> = issues.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["answers.project", "answers.todolist"]);
        let digest = find("daily-digest").expect("known");
        assert!(digest.build(&Map::new()).is_ok());
    }
}
