//! One flow with the changes of two: what each made of the same flow, put together step by step, or refused in words.
//!
//! Taking back a change of one's own while somebody else goes on is the same: the flow after the change is what both
//! began with, the flow before it is what one of them wants, the flow now is what the other made.

mod lines;

use super::edit::{FlowEdit, ImportFlow};
use super::rebase::{alone, alone_trigger, three};
use super::{Action, ActionKind, FlowVersion, Note, SCHEMA_VERSION, Trigger, tree};
use lines::{Lines, line};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::collections::BTreeMap;

/// What of a flow people change.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// The flow's name.
    pub display_name: String,
    /// The whole step tree.
    pub trigger: Trigger,
    /// The sticky notes.
    pub notes: Vec<Note>,
}

impl From<&FlowVersion> for Content {
    fn from(version: &FlowVersion) -> Self {
        let (display_name, trigger) = (version.display_name.clone(), version.trigger.clone());
        Self { display_name, trigger, notes: version.notes.clone() }
    }
}

impl Content {
    /// The edit that makes a flow say this. What tests of its steps gave still belongs to them.
    pub fn put_back(self) -> FlowEdit {
        FlowEdit::ImportFlow(Box::new(ImportFlow {
            display_name: self.display_name,
            trigger: self.trigger,
            schema_version: Some(SCHEMA_VERSION.to_owned()),
            notes: Some(self.notes),
            keep_samples: true,
        }))
    }
}

/// `theirs` with what `mine` made of `base`. Where only one of them changed anything, it is that one to the byte.
///
/// # Errors
/// In words, what both changed, or what of the one does not fit the other.
pub fn merge(base: &Content, mine: &Content, theirs: &Content) -> Result<Content, String> {
    if mine == base || mine == theirs {
        return Ok(theirs.clone());
    }
    if theirs == base {
        return Ok(mine.clone());
    }
    let sides = [base, mine, theirs];
    let name = |it: &Content| it.display_name.clone();
    let display_name = one(&sides.map(name), "The flow's name")?;
    let start = sides.map(|it| alone_trigger(&it.trigger));
    let mut trigger = one(&start, &quoted(&theirs.trigger.display_name))?;
    trigger.valid = theirs.trigger.valid;
    let steps = steps(sides)?;
    let lines = lines::merged(sides, &steps)?;
    let mut built = 0;
    trigger.next_action = chain(&trigger.name.clone(), 0, (&steps, &lines), &mut built);
    if built != steps.len() {
        return Err(stranded(&trigger, &steps));
    }
    Ok(Content { display_name, trigger, notes: notes(sides)? })
}

fn quoted(title: &str) -> String {
    format!("“{title}”")
}

fn changed(what: &str) -> String {
    format!("{what} was changed by somebody else since")
}

/// The three sides of one value in one.
fn one<T: Serialize + DeserializeOwned>(sides: &[T; 3], what: &str) -> Result<T, String> {
    let [base, mine, theirs] = sides.each_ref().map(|it| json!(it));
    let mut disputed = Vec::new();
    let whole = three(Some(&base), Some(&mine), Some(&theirs), ("", &mut disputed));
    if !disputed.is_empty() {
        return Err(changed(what));
    }
    serde_json::from_value(whole.unwrap_or_default()).map_err(|_| changed(what))
}

/// Things that have a name of their own, in all that both sides have: those kept, added and put back.
fn kept<T: Clone + PartialEq + Serialize + DeserializeOwned>(
    sides: [BTreeMap<String, T>; 3],
    words: impl Fn(&T) -> String,
) -> Result<BTreeMap<String, T>, String> {
    let [base, mine, theirs] = &sides;
    let mut found = BTreeMap::new();
    for name in base.keys().chain(mine.keys()).chain(theirs.keys()) {
        if found.contains_key(name) {
            continue;
        }
        let thing = match (base.get(name), mine.get(name), theirs.get(name)) {
            (Some(base), Some(mine), Some(theirs)) if base == mine => theirs.clone(),
            (Some(base), Some(mine), Some(theirs)) => {
                one(&[base.clone(), mine.clone(), theirs.clone()], &words(theirs))?
            }
            (None, Some(mine), Some(theirs)) if mine == theirs => mine.clone(),
            (None, Some(_), Some(theirs)) => {
                return Err(format!("{} took its place since", words(theirs)));
            }
            (None, Some(only), None) | (None, None, Some(only)) => only.clone(),
            (Some(base), None, Some(theirs)) if base != theirs => {
                return Err(changed(&words(theirs)));
            }
            (Some(base), Some(mine), None) if base != mine => {
                return Err(format!("{} was deleted by somebody else since", words(base)));
            }
            _ => continue,
        };
        found.insert(name.clone(), thing);
    }
    Ok(found)
}

type Steps = BTreeMap<String, Action>;

/// Every step of the merged flow by name, without what is inside and after it.
fn steps(sides: [&Content; 3]) -> Result<Steps, String> {
    let [_, _, theirs] = sides;
    let all = sides.map(|it| {
        let steps = tree::steps(&it.trigger).into_iter();
        steps.map(|it| (it.name.clone(), alone(it))).collect::<Steps>()
    });
    let mut found = kept(all, |it| quoted(&it.display_name))?;
    // The flags are worked out again when the flow is put back; until then they are the other's.
    for step in tree::steps(&theirs.trigger) {
        if let Some(it) = found.get_mut(&step.name) {
            it.valid = step.valid;
        }
    }
    Ok(found)
}

/// The notes of the merged flow, in the other's order, those put back last.
fn notes(sides: [&Content; 3]) -> Result<Vec<Note>, String> {
    let by_id = sides.map(|it| {
        it.notes.iter().map(|it| (it.id.clone(), it.clone())).collect::<BTreeMap<_, _>>()
    });
    let mut left = kept(by_id, |_| "A note".to_owned())?;
    let [_, mine, theirs] = sides;
    let order = theirs.notes.iter().chain(&mine.notes);
    Ok(order.filter_map(|it| left.remove(&it.id)).collect())
}

/// The steps of one line, each with what is inside it.
fn chain(
    owner: &str,
    body: usize,
    parts: (&Steps, &Lines),
    built: &mut usize,
) -> Option<Box<Action>> {
    let (steps, lines) = parts;
    let mut next = None;
    for name in line(lines, owner, body).iter().rev() {
        let Some(mut step) = steps.get(name).cloned() else { continue };
        *built += 1;
        let mut inside = |body| chain(name, body, parts, built);
        match &step.kind {
            ActionKind::Loop(_) => step.first_loop_action = inside(0),
            ActionKind::Router(it) => {
                step.children = Some((0..it.branches.len()).map(inside).collect());
            }
            ActionKind::Piece(_) | ActionKind::Code(_) => step.on_error_action = inside(0),
        }
        step.next_action = next;
        next = Some(Box::new(step));
    }
    next
}

/// Why not every step has a place: one stands inside what goes.
fn stranded(trigger: &Trigger, steps: &Steps) -> String {
    let lost = steps.values().find(|it| tree::find(trigger, &it.name).is_none());
    let title = lost.map_or_else(|| "A step".to_owned(), |it| quoted(&it.display_name));
    format!("{title} was put by somebody else where it would be lost")
}
