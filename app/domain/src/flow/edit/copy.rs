//! Copies of steps: new names, references to each other rewritten, tests forgotten.

use super::reach::{each_mut, put, step_mut};
use super::{FlowVersion, OneStep, Outcome};
use crate::expr::names;
use crate::flow::{Action, ActionKind, Branch, Trigger, tree};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn duplicate_action(version: &mut FlowVersion, it: &OneStep) -> Outcome {
    let mut original = step_mut(version, "stepName", &it.step_name)?.clone();
    original.next_action = None;
    let copied = renamed(&version.trigger, Box::new(original));
    put(&mut step_mut(version, "stepName", &it.step_name)?.next_action, copied);
    Ok(())
}

/// `first` and what is inside and after it, with names that `trigger`'s flow does not use.
pub(super) fn renamed(trigger: &Trigger, mut first: Box<Action>) -> Box<Action> {
    let taken = tree::steps(trigger).into_iter().map(|it| it.name.clone()).collect();
    let renames = new_names(taken, &first);
    each_mut(Some(&mut first), &mut |it| {
        if let Some(name) = renames.get(&it.name) {
            it.name.clone_from(name);
        }
        it.display_name.push_str(" Copy");
        rewrite(it, &renames);
        forget_samples(it);
    });
    first
}

fn new_names(mut taken: BTreeSet<String>, first: &Action) -> BTreeMap<String, String> {
    let mut renames = BTreeMap::new();
    let mut number = 1;
    for step in tree::chain(Some(first)).flat_map(|it| std::iter::once(it).chain(tree::inside(it)))
    {
        while taken.contains(&format!("step_{number}")) {
            number += 1;
        }
        let name = format!("step_{number}");
        taken.insert(name.clone());
        renames.insert(step.name.clone(), name);
    }
    renames
}

fn rewrite(action: &mut Action, renames: &BTreeMap<String, String>) {
    match &mut action.kind {
        ActionKind::Piece(settings) => rewrite_map(&mut settings.input, renames),
        ActionKind::Code(settings) => rewrite_map(&mut settings.input, renames),
        ActionKind::Loop(settings) => settings.items = names::rename(&settings.items, renames),
        ActionKind::Router(settings) => {
            for branch in &mut settings.branches {
                let Branch::Condition { conditions, .. } = branch else { continue };
                for it in conditions.iter_mut().flatten() {
                    it.first_value = names::rename(&it.first_value, renames);
                    it.second_value = it.second_value.as_ref().map(|it| names::rename(it, renames));
                }
            }
        }
    }
}

fn rewrite_map(map: &mut Map<String, Value>, renames: &BTreeMap<String, String>) {
    for value in map.values_mut() {
        rewrite_value(value, renames);
    }
}

fn rewrite_value(value: &mut Value, renames: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => *text = names::rename(text, renames),
        Value::Array(items) => items.iter_mut().for_each(|it| rewrite_value(it, renames)),
        Value::Object(map) => rewrite_map(map, renames),
        _ => {}
    }
}

/// Drops what a test of the original step left behind.
pub(super) fn forget_samples(action: &mut Action) {
    match &mut action.kind {
        ActionKind::Piece(settings) => settings.sample_data = None,
        ActionKind::Code(settings) => forget(&mut settings.other),
        ActionKind::Loop(settings) => forget(&mut settings.other),
        ActionKind::Router(settings) => forget(&mut settings.other),
    }
}

fn forget(other: &mut Map<String, Value>) {
    other.remove("sampleData");
}
