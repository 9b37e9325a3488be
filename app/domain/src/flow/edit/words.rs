//! What a change did, in plain words.

use super::{AddAction, AtBranch, FlowEdit, Location, MoveAction};
use crate::flow::{ActionKind, FlowVersion, TriggerKind, tree};

/// What `edit` does to `before`, for a toast or a trace: "Added Send request after Catch webhook".
pub fn describe(edit: &FlowEdit, before: &FlowVersion) -> String {
    match edit {
        FlowEdit::UpdateTrigger(it) => {
            match (&before.trigger.kind, it.display_name == before.trigger.display_name) {
                (TriggerKind::Piece(_), true) => format!("Changed the trigger {}", it.display_name),
                (TriggerKind::Piece(_), false) => {
                    format!("Changed the trigger to {}", it.display_name)
                }
                (TriggerKind::Empty(_), _) => format!("Chose the trigger {}", it.display_name),
            }
        }
        FlowEdit::AddAction(it) => added(it, before),
        FlowEdit::UpdateAction(it) => {
            let old = step(before, &it.name);
            if old == it.display_name {
                format!("Changed {old}")
            } else {
                format!("Renamed {old} to {}", it.display_name)
            }
        }
        FlowEdit::DeleteAction(it) => format!("Deleted {}", listed(before, &it.names)),
        FlowEdit::MoveAction(it) => moved(it, before),
        FlowEdit::DuplicateAction(it) => format!("Duplicated {}", step(before, &it.step_name)),
        FlowEdit::SetSkipAction(it) if it.skip => {
            format!("Set {} to be skipped", listed(before, &it.names))
        }
        FlowEdit::SetSkipAction(it) => format!("Set {} to run again", listed(before, &it.names)),
        FlowEdit::AddBranch(it) => {
            format!("Added the branch {} to {}", it.branch_name, step(before, &it.step_name))
        }
        FlowEdit::DeleteBranch(it) => format!("Deleted the branch {}", branch(before, it)),
        FlowEdit::DuplicateBranch(it) => format!("Duplicated the branch {}", branch(before, it)),
        FlowEdit::MoveBranch(it) => {
            format!("Changed the order of branches in {}", step(before, &it.step_name))
        }
        FlowEdit::ChangeName(it) => format!("Renamed the flow to {}", it.display_name.trim()),
        FlowEdit::ImportFlow(it) => format!("Replaced the flow with {}", it.display_name.trim()),
        FlowEdit::AddNote(_) => "Added a note".to_owned(),
        FlowEdit::UpdateNote(_) => "Changed a note".to_owned(),
        FlowEdit::DeleteNote(_) => "Deleted a note".to_owned(),
    }
}

fn added(it: &AddAction, before: &FlowVersion) -> String {
    let place =
        place(before, &it.parent_step, it.step_location_relative_to_parent, it.branch_index);
    format!("Added {} {place}", it.action.display_name)
}

fn moved(it: &MoveAction, before: &FlowVersion) -> String {
    let place = place(
        before,
        &it.new_parent_step,
        it.step_location_relative_to_new_parent,
        it.branch_index,
    );
    format!("Moved {} {place}", step(before, &it.name))
}

fn place(before: &FlowVersion, parent: &str, location: Location, index: Option<usize>) -> String {
    match (location, index) {
        (Location::InsideLoop, _) => format!("to the start of {}", step(before, parent)),
        (Location::InsideErrorBranch, _) => {
            format!("to what happens when {} fails", step(before, parent))
        }
        (Location::InsideBranch, Some(branch_index)) => {
            let at = AtBranch { step_name: parent.to_owned(), branch_index };
            format!("to the start of {}", branch(before, &at))
        }
        _ => format!("after {}", step(before, parent)),
    }
}

fn listed(before: &FlowVersion, names: &[String]) -> String {
    match names {
        [one] => step(before, one),
        [one, two] => format!("{} and {}", step(before, one), step(before, two)),
        many => format!("{} steps", many.len()),
    }
}

/// What people read for a step's name.
fn step(before: &FlowVersion, name: &str) -> String {
    if name == before.trigger.name {
        return before.trigger.display_name.clone();
    }
    tree::find(&before.trigger, name).map_or_else(|| name.to_owned(), |it| it.display_name.clone())
}

fn branch(before: &FlowVersion, at: &AtBranch) -> String {
    let name = tree::find(&before.trigger, &at.step_name).and_then(|it| match &it.kind {
        ActionKind::Router(settings) => {
            settings.branches.get(at.branch_index).map(|it| it.name().to_owned())
        }
        _ => None,
    });
    name.unwrap_or_else(|| format!("{} of {}", at.branch_index + 1, at.step_name))
}
