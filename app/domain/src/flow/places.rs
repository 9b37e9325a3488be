//! Every place where a step can stand, in reading order, and moving steps from one to another.
//!
//! The add buttons of the canvas and of the outline, dragging and the keys all mean these places.

use super::edit::{DeleteAction, FlowEdit, Location, MoveAction, apply};
use super::{Action, FlowVersion, Trigger, tree};
use crate::problem::Issue;
use std::collections::BTreeSet;

/// A place where a step can stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// `trigger` or a step.
    pub parent: String,
    /// Relative to it.
    pub location: Location,
    /// Which branch, for [`Location::InsideBranch`].
    pub branch: Option<usize>,
}

impl Spot {
    /// Right after a step.
    pub fn after(step: &str) -> Self {
        Self { parent: step.to_owned(), location: Location::After, branch: None }
    }
}

/// A place with the step that stands there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where.
    pub spot: Spot,
    /// The step that would follow one put there.
    pub next: Option<String>,
}

/// Every place of the flow in reading order, the same as the add buttons of the layout.
pub fn places(trigger: &Trigger) -> Vec<Place> {
    let mut found = Vec::new();
    line(Spot::after(&trigger.name), trigger.next_action.as_deref(), &mut found);
    found
}

fn line(start: Spot, first: Option<&Action>, found: &mut Vec<Place>) {
    let name = |it: &Action| it.name.clone();
    found.push(Place { spot: start, next: first.map(name) });
    for action in tree::chain(first) {
        for body in tree::bodies(action) {
            let (parent, location, branch) = (action.name.clone(), body.location, body.branch);
            line(Spot { parent, location, branch }, body.first, found);
        }
        let next = action.next_action.as_deref().map(name);
        found.push(Place { spot: Spot::after(&action.name), next });
    }
}

/// Those of `names` that are steps, in reading order, without those inside others of them.
pub fn outermost<'a>(trigger: &'a Trigger, names: &BTreeSet<String>) -> Vec<&'a Action> {
    let mut covered = BTreeSet::new();
    let mut found = Vec::new();
    for step in tree::steps(trigger) {
        if names.contains(&step.name) && !covered.contains(step.name.as_str()) {
            covered.extend(tree::inside(step).into_iter().map(|it| it.name.as_str()));
            found.push(step);
        }
    }
    found
}

/// The place one further up or down for `names` together: over the next step, into and out of loops and branches.
/// Nowhere at the ends of the flow.
pub fn further(version: &FlowVersion, names: &BTreeSet<String>, down: bool) -> Option<Spot> {
    let moved: Vec<_> =
        outermost(&version.trigger, names).iter().map(|it| it.name.clone()).collect();
    let first = moved.first()?;
    let all = places(&version.trigger);
    let here = all.iter().find(|it| it.next.as_ref() == Some(first))?.spot.clone();
    let without = apply(version, &FlowEdit::DeleteAction(DeleteAction { names: moved })).ok()?;
    let left = places(&without.trigger);
    let at = left.iter().position(|it| it.spot == here)?;
    let to = if down { at + 1 } else { at.checked_sub(1)? };
    left.get(to).map(|it| it.spot.clone())
}

/// The edits that move `names` together to `to`, keeping their order; none when they stand there already.
///
/// # Errors
/// One issue when the place is inside a step that moves.
pub fn relocation(
    trigger: &Trigger,
    names: &BTreeSet<String>,
    to: &Spot,
) -> Result<Vec<FlowEdit>, Vec<Issue>> {
    let moved = outermost(trigger, names);
    let all = places(trigger);
    let mut to = to.clone();
    while to.location == Location::After && moved.iter().any(|it| it.name == to.parent) {
        let before = all.iter().find(|it| it.next.as_deref() == Some(&to.parent));
        to = before.map_or_else(|| Spot::after(&trigger.name), |it| it.spot.clone());
    }
    let is_within = |it: &&&Action| {
        it.name == to.parent || tree::inside(it).iter().any(|inner| inner.name == to.parent)
    };
    if let Some(step) = moved.iter().find(is_within) {
        let message =
            format!("{} cannot move into itself. Choose another place", step.display_name);
        return Err(vec![Issue::new("newParentStep", message)]);
    }
    if stands(&all, &to, &moved) {
        return Ok(Vec::new());
    }
    let mut spot = to;
    let mut edits = Vec::new();
    for step in moved {
        let next = Spot::after(&step.name);
        let from = std::mem::replace(&mut spot, next);
        edits.push(FlowEdit::MoveAction(MoveAction {
            name: step.name.clone(),
            new_parent_step: from.parent,
            step_location_relative_to_new_parent: from.location,
            branch_index: from.branch,
        }));
    }
    Ok(edits)
}

/// Whether the steps stand at `to` already, one after the other.
fn stands(all: &[Place], to: &Spot, moved: &[&Action]) -> bool {
    let mut spot = to.clone();
    moved.iter().all(|step| {
        let next = all.iter().find(|it| it.spot == spot).and_then(|it| it.next.clone());
        spot = Spot::after(&step.name);
        next.as_deref() == Some(&step.name)
    })
}
