//! Getting at steps to change them.

use super::{FlowVersion, Location};
use crate::flow::{Action, ActionKind, tree};
use crate::problem::Issue;

/// A place that holds the first step of a chain, or nothing.
pub(super) type Slot = Option<Box<Action>>;

/// Calls `change` for `first`, everything inside it and everything after it, in reading order.
pub(super) fn each_mut(first: Option<&mut Action>, change: &mut dyn FnMut(&mut Action)) {
    let mut next = first;
    while let Some(action) = next {
        change(action);
        each_mut(action.first_loop_action.as_deref_mut(), change);
        for child in action.children.iter_mut().flatten() {
            each_mut(child.as_deref_mut(), change);
        }
        each_mut(action.on_error_action.as_deref_mut(), change);
        next = action.next_action.as_deref_mut();
    }
}

/// The slot that holds the step called `name`.
fn slot<'a>(first: &'a mut Slot, name: &str) -> Option<&'a mut Slot> {
    let holds = |it: &Slot| it.as_ref().is_some_and(|it| it.name == name);
    if holds(first) {
        return Some(first);
    }
    let action = first.as_deref_mut()?;
    if contains_inside(action, name) {
        let mut bodies = std::iter::once(&mut action.first_loop_action)
            .chain(action.children.iter_mut().flatten())
            .chain(std::iter::once(&mut action.on_error_action));
        return bodies.find_map(|it| slot(it, name));
    }
    slot(&mut action.next_action, name)
}

fn contains_inside(action: &Action, name: &str) -> bool {
    tree::inside(action).iter().any(|it| it.name == name)
}

/// The slot that holds the step called `name`, anywhere in the flow.
pub(super) fn slot_of<'a>(version: &'a mut FlowVersion, name: &str) -> Option<&'a mut Slot> {
    slot(&mut version.trigger.next_action, name)
}

/// The step called `name`.
///
/// # Errors
/// One issue on `field` when there is none.
pub(super) fn step_mut<'a>(
    version: &'a mut FlowVersion,
    field: &str,
    name: &str,
) -> Result<&'a mut Action, Vec<Issue>> {
    let unknown = || vec![unknown(field, name)];
    slot_of(version, name).and_then(Option::as_deref_mut).ok_or_else(unknown)
}

/// There is no step called `name`.
pub(super) fn unknown(field: &str, name: &str) -> Issue {
    Issue::new(field, format!("There is no step called {name}. Choose one of the flow's steps"))
}

/// The slot that a step put at a place would take.
///
/// # Errors
/// One issue when the parent is missing or is not what the place says.
pub(super) fn place<'a>(
    version: &'a mut FlowVersion,
    parent: &str,
    location: Location,
    branch: Option<usize>,
) -> Result<&'a mut Slot, Vec<Issue>> {
    if parent == version.trigger.name {
        return match location {
            Location::After => Ok(&mut version.trigger.next_action),
            Location::InsideLoop | Location::InsideBranch | Location::InsideErrorBranch => {
                Err(vec![Issue::new(
                    "parentStep",
                    "Nothing goes inside a trigger. Put the step after it",
                )])
            }
        };
    }
    let step = step_mut(version, "parentStep", parent)?;
    let wrong = |message: String| vec![Issue::new("parentStep", message)];
    match (location, &step.kind) {
        (Location::After, _) => Ok(&mut step.next_action),
        (Location::InsideLoop, ActionKind::Loop(_)) => Ok(&mut step.first_loop_action),
        (Location::InsideBranch, ActionKind::Router(_)) => {
            let count = step.children.as_ref().map_or(0, Vec::len);
            let child = branch.and_then(|at| step.children.as_mut()?.get_mut(at));
            child.ok_or_else(|| {
                vec![Issue::new(
                    "branchIndex",
                    format!("{parent} has {count} branches, counted from 0. Choose one"),
                )]
            })
        }
        (Location::InsideErrorBranch, kind) if tree::can_have_error_branch(kind) => {
            Ok(&mut step.on_error_action)
        }
        (Location::InsideErrorBranch, _) => Err(wrong(format!(
            "{parent} has no error branch: a step of a piece and a code step have one"
        ))),
        (Location::InsideLoop, _) => {
            Err(wrong(format!("{parent} is not a loop, so nothing goes inside it")))
        }
        (Location::InsideBranch, _) => {
            Err(wrong(format!("{parent} is not a router, so it has no branches")))
        }
    }
}

/// Puts `action` into `slot`; what was there follows it.
pub(super) fn put(slot: &mut Slot, mut action: Box<Action>) {
    action.next_action = slot.take();
    *slot = Some(action);
}

/// Takes the step out of `slot`, with what is inside it; what followed it moves up.
pub(super) fn take(slot: &mut Slot) -> Option<Box<Action>> {
    let mut action = slot.take()?;
    *slot = action.next_action.take();
    Some(action)
}
