//! A change to a flow that somebody suggests: nothing happens before a person accepts it, as one step.

pub mod parts;

use super::edit::{AddAction, FlowEdit, apply};
use super::places::{Spot, places};
use super::{Action, ActionKind, FlowVersion, Trigger, tree};
use crate::ids::FlowId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A suggested change that waits for a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// The proposal.
    pub id: String,
    /// The flow.
    pub flow_id: FlowId,
    /// The revision of the draft that it was made on.
    pub base_revision: i64,
    /// What it does, in a few words.
    pub title: String,
    /// The change.
    pub edits: Vec<FlowEdit>,
    /// RFC 3339.
    pub created: String,
}

/// What a proposal does to one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepChange {
    /// It is new.
    Added,
    /// It says or does something else, or stands elsewhere.
    Changed,
    /// It goes.
    Removed,
}

/// Whether a change is so large that a person should see it before it is made: three edits or more, or any that
/// takes something away.
pub fn is_large(edits: &[FlowEdit]) -> bool {
    let removes = |it: &FlowEdit| match it {
        FlowEdit::DeleteAction(_) | FlowEdit::DeleteBranch(_) => true,
        // Putting a flow back as it was is what a person asked for.
        FlowEdit::ImportFlow(it) => !it.keep_samples,
        _ => false,
    };
    edits.len() >= 3 || edits.iter().any(removes)
}

/// Every step that is not the same before and after, by name; the trigger too.
pub fn difference(before: &FlowVersion, after: &FlowVersion) -> BTreeMap<String, StepChange> {
    let (old, new) = (contents(&before.trigger), contents(&after.trigger));
    let gone = old.keys().filter(|it| !new.contains_key(*it));
    let mut found: BTreeMap<_, _> = gone.map(|it| (it.clone(), StepChange::Removed)).collect();
    for (name, content) in &new {
        match old.get(name) {
            None => found.insert(name.clone(), StepChange::Added),
            Some(was) if was != content => found.insert(name.clone(), StepChange::Changed),
            Some(_) => None,
        };
    }
    for name in moved(&before.trigger, &after.trigger) {
        found.entry(name).or_insert(StepChange::Changed);
    }
    found
}

/// Each step's own content, without what is inside and after it.
fn contents(trigger: &Trigger) -> BTreeMap<String, String> {
    let text = |it: &Value| it.to_string();
    let own = |it: &Action| {
        let kind = serde_json::to_value(&it.kind).unwrap_or_default();
        (it.name.clone(), text(&serde_json::json!([it.display_name, kind, it.skip])))
    };
    let mut all: BTreeMap<_, _> = tree::steps(trigger).into_iter().map(own).collect();
    let kind = serde_json::to_value(&trigger.kind).unwrap_or_default();
    all.insert(trigger.name.clone(), text(&serde_json::json!([trigger.display_name, kind])));
    all
}

/// Steps that are in both and no longer stand in the same line, or in another order there.
fn moved(before: &Trigger, after: &Trigger) -> Vec<String> {
    let (old, new) = (lines(before), lines(after));
    let is_kept =
        |name: &str, in_all: &[Line]| in_all.iter().any(|it| it.steps.iter().any(|it| it == name));
    let mut found = Vec::new();
    for line in &new {
        let same = old.iter().find(|it| it.owner == line.owner && it.body == line.body);
        let known: Vec<_> = same
            .map(|it| it.steps.iter().filter(|it| is_kept(it, &new)).collect())
            .unwrap_or_default();
        let here: Vec<_> = line.steps.iter().filter(|it| is_kept(it, &old)).collect();
        let from_elsewhere = here.iter().filter(|it| !known.contains(*it));
        found.extend(from_elsewhere.map(|it| (**it).clone()));
        let (stayed, order): (Vec<_>, Vec<_>) = (
            here.iter().filter(|it| known.contains(*it)).collect(),
            known.iter().filter(|it| here.contains(*it)).collect(),
        );
        let differs = stayed.iter().zip(&order).filter(|(new, old)| new != old);
        found.extend(differs.map(|(new, _)| (**new).to_string()));
    }
    found
}

/// Steps one after the other.
struct Line {
    owner: String,
    body: usize,
    steps: Vec<String>,
}

fn lines(trigger: &Trigger) -> Vec<Line> {
    let names = |first| tree::chain(first).map(|it| it.name.clone()).collect();
    let main = trigger.next_action.as_deref();
    let mut all = vec![Line { owner: trigger.name.clone(), body: 0, steps: names(main) }];
    for step in tree::steps(trigger) {
        for (body, it) in tree::bodies(step).into_iter().enumerate() {
            all.push(Line { owner: step.name.clone(), body, steps: names(it.first) });
        }
    }
    all
}

/// `after` with the steps that are gone still standing where they stood, for drawing the difference.
pub fn drawn(before: &FlowVersion, after: &FlowVersion) -> FlowVersion {
    let mut shown = after.clone();
    let old = places(&before.trigger);
    for step in tree::steps(&before.trigger) {
        if tree::find(&after.trigger, &step.name).is_some() {
            continue;
        }
        let Some(place) = old.iter().find(|it| it.next.as_deref() == Some(&step.name)) else {
            continue;
        };
        // A place that is gone as well, such as a branch, gives way to the one after what it was in.
        let after = Spot::after(&place.spot.parent);
        let stands = [&place.spot, &after].into_iter().find_map(|spot| {
            let edit = FlowEdit::AddAction(Box::new(AddAction {
                parent_step: spot.parent.clone(),
                step_location_relative_to_parent: spot.location,
                branch_index: spot.branch,
                action: alone(step),
            }));
            apply(&shown, &edit).ok()
        });
        shown = stands.unwrap_or(shown);
    }
    shown
}

/// The step without what is inside and after it.
fn alone(step: &Action) -> Action {
    let children = match &step.kind {
        ActionKind::Router(it) => Some(it.branches.iter().map(|_| None).collect()),
        _ => None,
    };
    let (next_action, first_loop_action, on_error_action) = (None, None, None);
    Action { next_action, first_loop_action, children, on_error_action, ..step.clone() }
}

/// One value that a change makes different, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// Where: `displayName`, `input.content`, `items`.
    pub path: String,
    /// What it was; empty when there was nothing.
    pub before: String,
    /// What it becomes; empty when it goes.
    pub after: String,
}

/// What is different in the step called `name`, field by field; nothing for one that is only in one of them.
pub fn fields_changed(before: &FlowVersion, after: &FlowVersion, name: &str) -> Vec<FieldChange> {
    let (Some(old), Some(new)) = (leaves_of(before, name), leaves_of(after, name)) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = old.keys().chain(new.keys()).cloned().collect();
    paths.sort();
    paths.dedup();
    let text =
        |of: &BTreeMap<String, String>, path: &str| of.get(path).cloned().unwrap_or_default();
    paths
        .into_iter()
        .map(|path| FieldChange { before: text(&old, &path), after: text(&new, &path), path })
        .filter(|it| it.before != it.after)
        .collect()
}

/// Every value of a step as text, by where it is.
fn leaves_of(version: &FlowVersion, name: &str) -> Option<BTreeMap<String, String>> {
    let whole = if version.trigger.name == name {
        serde_json::to_value(Trigger { next_action: None, ..version.trigger.clone() }).ok()?
    } else {
        serde_json::to_value(alone(tree::find(&version.trigger, name)?)).ok()?
    };
    let mut found = BTreeMap::new();
    let Value::Object(fields) = whole else { return None };
    for (key, value) in &fields {
        match key.as_str() {
            "displayName" | "skip" => leaves(key, value, &mut found),
            "settings" => {
                let Value::Object(settings) = value else { continue };
                let shown = settings.iter().filter(|it| {
                    !matches!(it.0.as_str(), "propertySettings" | "sampleData" | "pieceVersion")
                });
                shown.for_each(|(key, value)| leaves(key, value, &mut found));
            }
            _ => {}
        }
    }
    Some(found)
}

fn leaves(path: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::Object(map) => {
            map.iter().for_each(|(key, it)| leaves(&format!("{path}.{key}"), it, found));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, it)| leaves(&format!("{path}.{at}"), it, found));
        }
        Value::String(text) => {
            found.insert(path.to_owned(), text.clone());
        }
        other => {
            found.insert(path.to_owned(), other.to_string());
        }
    }
}
