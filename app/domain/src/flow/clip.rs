//! Steps on the clipboard: JSON in the shape that the engines' editors use, so that it can be pasted there too.
//!
//! Connections are named, not copied, so they keep working where one of that name exists.

use super::edit::{AddAction, FlowEdit, copy};
use super::places::{Spot, outermost};
use super::{Action, FlowVersion, Trigger, tree};
use crate::expr::names;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The `type` of what is copied.
const KIND: &str = "COPY_ACTIONS";
/// What is said of a text that is something else.
const NO_STEPS: &str = "The clipboard holds no steps. Nothing was changed: copy steps of a flow of PM OS first, then paste them here";
/// What is said of a step of an unknown kind, or one whose settings are broken.
const UNREADABLE: &str = "What was copied is no step of PM OS. Nothing was changed: copy steps of a flow of PM OS first, then paste them here";
/// Longer texts than this are no steps.
const LONGEST: usize = 2_000_000;

/// Steps that were copied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clip {
    /// [`KIND`].
    #[serde(rename = "type", default)]
    kind: String,
    /// The steps, in order, with what is inside them.
    actions: Vec<Action>,
    /// The flow they come from, where it is known.
    #[serde(rename = "flowId", default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
}

/// The steps `names` of the flow `flow` as text for the clipboard; nothing when they are no steps.
pub fn copied(flow: &str, trigger: &Trigger, names: &BTreeSet<String>) -> Option<String> {
    let alone = |it: &Action| Action { next_action: None, ..it.clone() };
    let actions: Vec<_> = outermost(trigger, names).into_iter().map(alone).collect();
    if actions.is_empty() {
        return None;
    }
    let clip = Clip { kind: KIND.to_owned(), actions, from: Some(flow.to_owned()) };
    serde_json::to_string_pretty(&clip).ok()
}

/// Reads what was copied here or in another editor: steps, one step, or a whole flow.
///
/// # Errors
/// What is wrong with the text, and what to do, in one sentence each.
pub fn read(text: &str) -> Result<Clip, String> {
    if text.len() > LONGEST {
        return Err("What was copied is too large to be steps of a flow".to_owned());
    }
    let value: Value = serde_json::from_str(text).map_err(|_| NO_STEPS.to_owned())?;
    let from = value.get("flowId").and_then(Value::as_str).map(str::to_owned);
    let found = steps_in(value).ok_or(NO_STEPS)?;
    let wrong = if looks_like_steps(&found) { UNREADABLE } else { NO_STEPS };
    // What the reader of JSON says of it names parts of the program, which help nobody.
    let firsts: Vec<Action> = serde_json::from_value(found).map_err(|_| wrong.to_owned())?;
    let alone = |it: &Action| Action { next_action: None, ..it.clone() };
    let actions: Vec<_> =
        firsts.iter().flat_map(|it| tree::chain(Some(it)).map(alone).collect::<Vec<_>>()).collect();
    if actions.is_empty() {
        return Err(NO_STEPS.to_owned());
    }
    Ok(Clip { kind: KIND.to_owned(), actions, from })
}

/// The list of steps in a clip, in a list, in one step or in a flow.
fn steps_in(mut value: Value) -> Option<Value> {
    if value.is_array() {
        return Some(value);
    }
    if let Some(actions) = value.get_mut("actions").filter(|it| it.is_array()) {
        return Some(actions.take());
    }
    for path in ["/trigger", "/version/trigger", "/flows/0/trigger", "/template/trigger"] {
        if let Some(first) = value.pointer_mut(path).and_then(|it| it.get_mut("nextAction")) {
            return Some(Value::Array(vec![first.take()]));
        }
    }
    is_step(&value).then(|| Value::Array(vec![value]))
}

/// Whether `value` has the parts that every step has.
fn is_step(value: &Value) -> bool {
    value.get("settings").is_some() && value.get("displayName").is_some()
}

/// Whether everything in the list has those parts.
fn looks_like_steps(list: &Value) -> bool {
    list.as_array().is_some_and(|it| !it.is_empty() && it.iter().all(is_step))
}

/// The edits that put the steps of `clip` into the flow `flow` at `to`.
///
/// The steps get free names and refer to each other by those. What they read from steps of another flow is marked as missing instead of meaning a step that happens to
/// have that name.
pub fn pasted(flow: &str, version: &FlowVersion, clip: &Clip, to: &Spot) -> Vec<FlowEdit> {
    let is_foreign = clip.from.as_deref() != Some(flow);
    let mut renames = copy::new_names(&version.trigger, &clip.actions);
    if is_foreign {
        let missing: BTreeMap<_, _> =
            foreign(clip, &renames).map(|it| (it.clone(), format!("missing_{it}"))).collect();
        renames.extend(missing);
    }
    let mut spot = to.clone();
    let mut edits = Vec::new();
    for action in &clip.actions {
        let mut action = Box::new(action.clone());
        copy::rename(&mut action, &renames);
        let at = std::mem::replace(&mut spot, Spot::after(&action.name));
        edits.push(FlowEdit::AddAction(Box::new(AddAction {
            parent_step: at.parent,
            step_location_relative_to_parent: at.location,
            branch_index: at.branch,
            action: *action,
        })));
    }
    edits
}

/// Names that the steps refer to and that are neither among them nor everywhere; the trigger is everywhere.
fn foreign(clip: &Clip, known: &BTreeMap<String, String>) -> impl Iterator<Item = String> {
    let mut found = BTreeSet::new();
    for action in &clip.actions {
        let mut action = action.clone();
        copy::each_text(&mut action, &mut |text| found.extend(names::references(text)));
    }
    let is_ours =
        |it: &String| !known.contains_key(it) && !names::is_built_in(it) && it != "trigger";
    found.into_iter().filter(is_ours).collect::<Vec<_>>().into_iter()
}

/// The steps that `edits` add, without those inside them.
pub fn added(edits: &[FlowEdit]) -> BTreeSet<String> {
    let name = |it: &FlowEdit| match it {
        FlowEdit::AddAction(it) => Some(it.action.name.clone()),
        _ => None,
    };
    edits.iter().filter_map(name).collect()
}

/// The edits that put one copy of `names` after the last of them.
pub fn doubled(flow: &str, version: &FlowVersion, names: &BTreeSet<String>) -> Vec<FlowEdit> {
    let text = copied(flow, &version.trigger, names);
    let last = outermost(&version.trigger, names).last().map(|it| Spot::after(&it.name));
    match (text.and_then(|it| read(&it).ok()), last) {
        (Some(clip), Some(to)) => pasted(flow, version, &clip, &to),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_no_step_is_said_in_plain_words() {
        for text in ["Hello", "[1,2,3]", "[]", "{}", r#"{"actions":[{"name":"x"}]}"#] {
            assert_eq!(read(text), Err(NO_STEPS.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_step_of_an_unknown_kind_is_told_from_nonsense() {
        let step = json!({
            "name": "step_1", "displayName": "Jump", "type": "WORMHOLE", "valid": true, "settings": {},
        });
        assert_eq!(read(&step.to_string()), Err(UNREADABLE.to_owned()));
        assert_eq!(read(&json!([step]).to_string()), Err(UNREADABLE.to_owned()));
    }
}
