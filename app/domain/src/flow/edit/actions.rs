//! Adding, changing, removing and moving steps.

use super::reach::{self, each_mut, place, put, slot_of, step_mut, take};
use super::{
    AddAction, DeleteAction, FlowVersion, MoveAction, Outcome, SetSkip, is_router, name_issues,
    refuse,
};
use crate::flow::{Action, ActionKind, Trigger, tree};
use crate::problem::Issue;

pub(super) fn update_trigger(version: &mut FlowVersion, new: &Trigger) -> Outcome {
    let next_action = version.trigger.next_action.take();
    let name = version.trigger.name.clone();
    version.trigger = Trigger { name, next_action, ..new.clone() };
    Ok(())
}

pub(super) fn add(version: &mut FlowVersion, add: &AddAction) -> Outcome {
    let mut action = add.action.clone();
    if action.next_action.is_some() {
        return refuse("action.nextAction", "Add one step at a time");
    }
    if action.name.is_empty() {
        action.name = tree::next_step_name(&version.trigger);
    }
    if is_name_taken(version, &action) {
        let message =
            format!("There already is a step called {}. Choose another name", action.name);
        return refuse("action.name", message);
    }
    fit_children(&mut action);
    let inside = tree::inside(&action);
    let issues: Vec<_> = std::iter::once(&action).chain(inside).filter_map(shape_issue).collect();
    if !issues.is_empty() {
        return Err(issues);
    }
    let slot =
        place(version, &add.parent_step, add.step_location_relative_to_parent, add.branch_index)?;
    put(slot, Box::new(action));
    let issues = name_issues(&version.trigger);
    if issues.is_empty() { Ok(()) } else { Err(issues) }
}

fn is_name_taken(version: &FlowVersion, action: &Action) -> bool {
    action.name == version.trigger.name || tree::find(&version.trigger, &action.name).is_some()
}

pub(super) fn update(version: &mut FlowVersion, new: &Action) -> Outcome {
    let step = step_mut(version, "name", &new.name)?;
    let (was_router, was_loop) = (is_router(step), matches!(step.kind, ActionKind::Loop(_)));
    let mut updated = Action {
        next_action: step.next_action.take(),
        first_loop_action: step.first_loop_action.take(),
        children: step.children.take(),
        on_error_action: step.on_error_action.take(),
        ..new.clone()
    };
    let loses_loop = was_loop && !matches!(updated.kind, ActionKind::Loop(_));
    let loses_router = was_router && !is_router(&updated);
    let loses_branch =
        updated.on_error_action.is_some() && !tree::can_have_error_branch(&updated.kind);
    let holds_steps = updated.first_loop_action.is_some()
        || updated.children.iter().flatten().any(Option::is_some);
    if ((loses_loop || loses_router) && holds_steps) || loses_branch {
        return refuse(
            "type",
            format!("{} has steps inside. Move or delete them first", new.display_name),
        );
    }
    if loses_router {
        updated.children = None;
    }
    if !was_router {
        fit_children(&mut updated);
    }
    if let Some(issue) = shape_issue(&updated) {
        return Err(vec![issue]);
    }
    *step = updated;
    Ok(())
}

pub(super) fn delete(version: &mut FlowVersion, delete: &DeleteAction) -> Outcome {
    known(version, &delete.names)?;
    for name in &delete.names {
        // A step inside one that was just removed is gone already.
        if let Some(slot) = slot_of(version, name) {
            take(slot);
        }
    }
    Ok(())
}

fn known(version: &FlowVersion, names: &[String]) -> Outcome {
    let mut issues = Vec::new();
    for (at, name) in names.iter().enumerate() {
        if *name == version.trigger.name {
            let message = "A flow keeps its trigger. Choose another trigger instead";
            issues.push(Issue::new(format!("names.{at}"), message));
        } else if tree::find(&version.trigger, name).is_none() {
            issues.push(reach::unknown(&format!("names.{at}"), name));
        }
    }
    if issues.is_empty() { Ok(()) } else { Err(issues) }
}

pub(super) fn relocate(version: &mut FlowVersion, it: &MoveAction) -> Outcome {
    let step = step_mut(version, "name", &it.name)?;
    let own = it.new_parent_step == it.name;
    if own || tree::inside(step).iter().any(|inner| inner.name == it.new_parent_step) {
        return refuse("newParentStep", "A step cannot move into itself. Choose another place");
    }
    // Looked up before the step is taken out, so that nothing is lost when the place is wrong.
    place(version, &it.new_parent_step, it.step_location_relative_to_new_parent, it.branch_index)?;
    let Some(action) = slot_of(version, &it.name).and_then(take) else { return Ok(()) };
    let slot = place(
        version,
        &it.new_parent_step,
        it.step_location_relative_to_new_parent,
        it.branch_index,
    )?;
    put(slot, action);
    Ok(())
}

pub(super) fn set_skip(version: &mut FlowVersion, set: &SetSkip) -> Outcome {
    known(version, &set.names)?;
    each_mut(version.trigger.next_action.as_deref_mut(), &mut |it| {
        if set.names.contains(&it.name) {
            it.skip = set.skip;
        }
    });
    Ok(())
}

/// Gives a router without children one empty place for each branch.
pub(super) fn fit_children(action: &mut Action) {
    if let (ActionKind::Router(settings), None) = (&action.kind, &action.children) {
        action.children = Some(settings.branches.iter().map(|_| None).collect());
    }
}

/// Where what is inside a step does not fit its kind.
pub(super) fn shape_issue(action: &Action) -> Option<Issue> {
    let children = action.children.as_ref().map(Vec::len);
    let field = |name: &str| format!("steps.{}.{name}", action.name);
    if action.on_error_action.is_some() && !tree::can_have_error_branch(&action.kind) {
        let message = "Only a step of a piece and a code step have an error branch. Remove it";
        return Some(Issue::new(field("onErrorAction"), message));
    }
    match &action.kind {
        ActionKind::Router(settings) if children != Some(settings.branches.len()) => {
            let (branches, children) = (settings.branches.len(), children.unwrap_or(0));
            let message = format!(
                "A router has one child for each branch, but this one has {branches} branches and {children} children. \
                 Add or delete a branch"
            );
            Some(Issue::new(field("children"), message))
        }
        ActionKind::Router(_) => None,
        _ if children.is_some_and(|it| it > 0) => {
            Some(Issue::new(field("children"), "Only a router has branches. Remove the children"))
        }
        ActionKind::Loop(_) => None,
        _ if action.first_loop_action.is_some() => {
            Some(Issue::new(field("firstLoopAction"), "Only a loop has a body. Remove it"))
        }
        _ => None,
    }
}
