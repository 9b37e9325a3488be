//! What is different between two versions of a flow, step by step and field by field.

use super::catalog::fields::fields;
use super::{Action, ActionKind, FlowVersion, PieceSettings, Trigger, TriggerKind, tree};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What is different.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The flow's name before and after, where it changed.
    pub renamed: Option<(String, String)>,
    /// The steps that are not the same: those there are now in reading order, then those that are gone.
    pub steps: Vec<StepChange>,
    /// Sticky notes are not the same.
    pub notes: bool,
}

impl Comparison {
    /// Nothing is different.
    pub fn is_empty(&self) -> bool {
        self.renamed.is_none() && self.steps.is_empty() && !self.notes
    }
}

/// A step that is not the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepChange {
    /// `step_3`.
    pub name: String,
    /// What people read: as it is now, or as it was.
    pub title: String,
    /// What became of it.
    pub kind: ChangeKind,
    /// It stands elsewhere.
    pub moved: bool,
    /// The fields that are not the same, of a step that is in both.
    pub fields: Vec<FieldChange>,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is in both and not the same.
    Changed,
    /// It is gone.
    Removed,
}

/// A field that is not the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// What people read: "Title".
    pub label: String,
    /// What it held; nothing when it was empty.
    pub before: Option<Value>,
    /// What it holds.
    pub after: Option<Value>,
}

/// What changed from `before` to `after`.
pub fn compare(before: &FlowVersion, after: &FlowVersion) -> Comparison {
    let renamed = (before.display_name != after.display_name)
        .then(|| (before.display_name.clone(), after.display_name.clone()));
    let mut steps: Vec<StepChange> = trigger_change(before, after).into_iter().collect();
    let (old, new) = (places(&before.trigger), places(&after.trigger));
    for (action, place) in &new {
        match old.iter().find(|it| it.0.name == action.name) {
            None => steps.push(change(action, ChangeKind::Added)),
            Some((was, stood)) => {
                let fields = fields_changed(&of_action(was), &of_action(action));
                let moved = is_moved(stood, place, (&old, &new));
                if moved || !fields.is_empty() {
                    let changed = change(action, ChangeKind::Changed);
                    steps.push(StepChange { moved, fields, ..changed });
                }
            }
        }
    }
    let is_gone = |it: &&(&Action, Place)| new.iter().all(|now| now.0.name != it.0.name);
    steps.extend(old.iter().filter(is_gone).map(|it| change(it.0, ChangeKind::Removed)));
    Comparison { renamed, steps, notes: before.notes != after.notes }
}

fn change(action: &Action, kind: ChangeKind) -> StepChange {
    StepChange {
        name: action.name.clone(),
        title: action.display_name.clone(),
        kind,
        moved: false,
        fields: Vec::new(),
    }
}

fn trigger_change(before: &FlowVersion, after: &FlowVersion) -> Option<StepChange> {
    let fields = fields_changed(&of_trigger(&before.trigger), &of_trigger(&after.trigger));
    (!fields.is_empty()).then(|| StepChange {
        name: after.trigger.name.clone(),
        title: after.trigger.display_name.clone(),
        kind: ChangeKind::Changed,
        moved: false,
        fields,
    })
}

/// Where a step stands: the loop or branch it is in, and the steps before it there.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    inside: String,
    before: Vec<String>,
}

fn places(trigger: &Trigger) -> Places<'_> {
    let mut found = Vec::new();
    add_places(trigger.next_action.as_deref(), &trigger.name, &mut found);
    found
}

fn add_places<'a>(first: Option<&'a Action>, inside: &str, found: &mut Places<'a>) {
    let mut before = Vec::new();
    for action in tree::chain(first) {
        found.push((action, Place { inside: inside.to_owned(), before: before.clone() }));
        for (at, body) in tree::bodies(action).into_iter().enumerate() {
            add_places(body.first, &format!("{}/{at}", action.name), found);
        }
        before.push(action.name.clone());
    }
}

/// The steps of a version with where they stand.
type Places<'a> = Vec<(&'a Action, Place)>;

/// Steps that came or went do not move those that stay.
fn is_moved(was: &Place, is: &Place, (old, new): (&Places<'_>, &Places<'_>)) -> bool {
    let stays = |name: &&String| {
        let inside =
            |all: &Places<'_>| all.iter().any(|it| it.0.name == **name && it.1.inside == is.inside);
        inside(old) && inside(new)
    };
    was.inside != is.inside || was.before.iter().filter(stays).ne(is.before.iter().filter(stays))
}

/// A field by its label: what it holds.
type Held = BTreeMap<String, Value>;

fn of_trigger(trigger: &Trigger) -> Held {
    let mut held = Held::new();
    held.insert("Name".to_owned(), Value::from(trigger.display_name.clone()));
    match &trigger.kind {
        TriggerKind::Empty(_) => {}
        TriggerKind::Piece(settings) => add_piece(&mut held, settings),
    }
    held
}

fn of_action(action: &Action) -> Held {
    let mut held = Held::new();
    held.insert("Name".to_owned(), Value::from(action.display_name.clone()));
    if action.skip {
        held.insert("Passed over".to_owned(), Value::Bool(true));
    }
    match &action.kind {
        ActionKind::Piece(settings) => add_piece(&mut held, settings),
        ActionKind::Code(settings) => {
            held.insert("Code".to_owned(), settings.source_code.clone());
            add_input(&mut held, &settings.input, &[]);
            add_rest(&mut held, "If it fails", settings.error_handling_options.as_ref());
        }
        ActionKind::Loop(settings) => {
            held.insert("Repeat for each of".to_owned(), Value::from(settings.items.clone()));
        }
        ActionKind::Router(settings) => {
            add_rest(&mut held, "Which branches run", Some(&settings.execution_type));
            if settings.parallel {
                held.insert("Branches run at the same time".to_owned(), Value::Bool(true));
            }
            for branch in &settings.branches {
                add_rest(&mut held, &format!("Branch {}", branch.name()), Some(branch));
            }
        }
    }
    held
}

fn add_piece(held: &mut Held, settings: &PieceSettings) {
    let does = settings.action_name.as_ref().or(settings.trigger_name.as_ref());
    let does = format!("{}/{}", settings.piece_name, does.map_or("", String::as_str));
    held.insert("What it does".to_owned(), Value::from(does));
    let labels: Vec<_> = fields(settings)
        .into_iter()
        .map(|it| (it.dotted(), it.prop.display_name.to_owned()))
        .collect();
    add_input(held, &settings.input, &labels);
    add_rest(held, "If it fails", settings.error_handling_options.as_ref());
}

/// Inputs under the names people know; groups are opened, other values are compared whole.
fn add_input(held: &mut Held, input: &Map<String, Value>, labels: &[(String, String)]) {
    let label = |path: &str| labels.iter().find(|it| it.0 == path).map(|it| it.1.clone());
    for (key, value) in input {
        match value {
            Value::Object(group) if label(key).is_none() => {
                for (name, value) in group {
                    let label = label(&format!("{key}.{name}")).unwrap_or_else(|| name.clone());
                    add(held, label, value);
                }
            }
            value => add(held, label(key).unwrap_or_else(|| key.clone()), value),
        }
    }
}

fn add(held: &mut Held, label: String, value: &Value) {
    let is_empty = matches!(value, Value::Null) || value.as_str().is_some_and(str::is_empty);
    if !is_empty {
        held.insert(label, value.clone());
    }
}

fn add_rest<T: Serialize>(held: &mut Held, label: &str, value: Option<&T>) {
    if let Some(Ok(value)) = value.map(serde_json::to_value) {
        held.insert(label.to_owned(), value);
    }
}

fn fields_changed(before: &Held, after: &Held) -> Vec<FieldChange> {
    let gone = before.keys().filter(|it| !after.contains_key(*it));
    after
        .keys()
        .chain(gone)
        .filter(|it| before.get(*it) != after.get(*it))
        .map(|it| FieldChange {
            label: it.clone(),
            before: before.get(it).cloned(),
            after: after.get(it).cloned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::catalog::{BASECAMP, step};
    use super::*;
    use crate::flow::edit::{
        ChangeName, DeleteAction, FlowEdit, Location, MoveAction, OneStep, apply_all,
    };
    use serde_json::json;

    fn todo(name: &str, title: &str) -> Action {
        let input = json!({ "operation": "create_todo", "project": 1, "todolist": 2, "inputs": { "content": title } });
        let input = input.as_object().cloned().unwrap_or_default();
        step::piece_action_with(name, BASECAMP, "todos", input).expect("known")
    }

    fn version() -> FlowVersion {
        let mut first = todo("step_1", "Call");
        first.next_action = Some(Box::new(todo("step_2", "Write")));
        let mut trigger = step::empty_trigger();
        trigger.next_action = Some(Box::new(first));
        serde_json::from_value(json!({ "displayName": "F", "trigger": trigger }))
            .expect("a version")
    }

    #[test]
    fn the_same_is_no_difference() {
        assert!(compare(&version(), &version()).is_empty());
    }

    #[test]
    fn what_came_went_and_changed_is_told_by_its_label() {
        let before = version();
        let mut after = before.clone();
        crate::flow::edit::with_step(&mut after, "step_1", |it| {
            *it = Action { next_action: it.next_action.take(), ..todo("step_1", "Ring") };
        });
        let edits = [
            FlowEdit::ChangeName(ChangeName { display_name: "G".to_owned() }),
            FlowEdit::DuplicateAction(OneStep { step_name: "step_1".to_owned() }),
            FlowEdit::DeleteAction(DeleteAction { names: vec!["step_2".to_owned()] }),
        ];
        let after = apply_all(&after, &edits).expect("fits");
        let found = compare(&before, &after);
        assert_eq!(found.renamed, Some(("F".to_owned(), "G".to_owned())));
        let kinds: Vec<_> = found.steps.iter().map(|it| (it.name.as_str(), it.kind)).collect();
        let expected = [
            ("step_1", ChangeKind::Changed),
            ("step_3", ChangeKind::Added),
            ("step_2", ChangeKind::Removed),
        ];
        assert_eq!(kinds, expected);
        let field = &found.steps[0].fields;
        assert_eq!((field.len(), field[0].before.clone()), (1, Some(json!("Call"))));
        assert_eq!(field[0].after, Some(json!("Ring")));
        assert!(!found.steps[0].moved);
    }

    #[test]
    fn a_step_that_stands_elsewhere_is_told() {
        let before = version();
        let step = MoveAction {
            name: "step_2".to_owned(),
            new_parent_step: "trigger".to_owned(),
            step_location_relative_to_new_parent: Location::After,
            branch_index: None,
        };
        let after = apply_all(&before, &[FlowEdit::MoveAction(step)]).expect("fits");
        let found = compare(&before, &after);
        assert!(found.steps.iter().all(|it| it.moved && it.fields.is_empty()), "{found:?}");
        assert!(!found.steps.is_empty());
    }
}
