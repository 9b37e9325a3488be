//! Copies of steps: new names, references to each other rewritten, tests forgotten.

use super::reach::{each_mut, put, step_mut};
use super::{FlowVersion, OneStep, Outcome};
use crate::expr::names;
use crate::flow::{Action, ActionKind, Branch, Trigger, tree};
use serde_json::{Map, Value};
use std::borrow::Borrow;
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
    let renames = new_names(trigger, std::slice::from_ref(&first));
    rename(&mut first, &renames);
    each_mut(Some(&mut first), &mut |it| it.display_name.push_str(" Copy"));
    first
}

/// A name that `trigger`'s flow does not use for every step of `chains`, by the name it has.
pub(crate) fn new_names(
    trigger: &Trigger,
    chains: &[impl Borrow<Action>],
) -> BTreeMap<String, String> {
    let mut taken: BTreeSet<_> =
        tree::steps(trigger).into_iter().map(|it| it.name.clone()).collect();
    let mut renames = BTreeMap::new();
    let mut number = 1;
    let each = |it| std::iter::once(it).chain(tree::inside(it));
    let firsts = chains.iter().map(|it| -> &Action { it.borrow() });
    for step in firsts.flat_map(|it| tree::chain(Some(it))).flat_map(each) {
        while taken.contains(&format!("step_{number}")) {
            number += 1;
        }
        let name = format!("step_{number}");
        taken.insert(name.clone());
        renames.insert(step.name.clone(), name);
    }
    renames
}

/// Gives `first` and what is inside and after it other names, in what they read as well; tests are forgotten.
pub(crate) fn rename(first: &mut Action, renames: &BTreeMap<String, String>) {
    rename_only(first, renames);
    each_mut(Some(first), &mut forget_samples);
}

/// The same for steps that stay what they are: what their tests gave is kept.
pub(crate) fn rename_only(first: &mut Action, renames: &BTreeMap<String, String>) {
    each_mut(Some(first), &mut |it| {
        if let Some(name) = renames.get(&it.name) {
            it.name.clone_from(name);
        }
        own_texts(it, &mut |text| *text = names::rename(text, renames));
    });
}

/// Calls `see` for every text that may hold expressions, in `first` and what is inside and after it.
pub(crate) fn each_text(first: &mut Action, see: &mut dyn FnMut(&mut String)) {
    each_mut(Some(first), &mut |it| own_texts(it, see));
}

fn own_texts(action: &mut Action, see: &mut dyn FnMut(&mut String)) {
    match &mut action.kind {
        ActionKind::Piece(settings) => settings.input.values_mut().for_each(|it| texts(it, see)),
        ActionKind::Code(settings) => settings.input.values_mut().for_each(|it| texts(it, see)),
        ActionKind::Loop(settings) => see(&mut settings.items),
        ActionKind::Router(settings) => {
            for branch in &mut settings.branches {
                let Branch::Condition { conditions, .. } = branch else { continue };
                for it in conditions.iter_mut().flatten() {
                    see(&mut it.first_value);
                    it.second_value.iter_mut().for_each(&mut *see);
                }
            }
        }
    }
}

fn texts(value: &mut Value, see: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter_mut().for_each(|it| texts(it, see)),
        Value::Object(map) => map.values_mut().for_each(|it| texts(it, see)),
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
