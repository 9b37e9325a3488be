//! Several changes, each made on top of the one before, put onto what somebody else made of the flow meanwhile.
//!
//! Each is compared with the flow that it was made on, which has the changes before it: a value that one person changes
//! twice is no clash with oneself, and one that is put back is put back.

use super::{Clash, Rebased, alone, rebase, same};
use crate::expr::names;
use crate::flow::edit::{AddAction, FlowEdit, apply, copy};
use crate::flow::{Action, FlowVersion, tree};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A change that came late, with the flow that it was made on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Late {
    /// Without the change.
    pub base: FlowVersion,
    /// The change.
    pub edit: FlowEdit,
}

/// A late change that somebody has to decide about.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenClash {
    /// What both changed.
    pub clash: Clash,
    /// What it was made of: kept over a reload, and looked at again when it is decided.
    pub late: Late,
}

/// What becomes of several changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Stacked {
    /// The flow with those that fit.
    pub version: FlowVersion,
    /// Those that fit, in order, as they are made on what the other left.
    pub fits: Vec<FlowEdit>,
    /// What both changed, one entry for each thing: the last change of it is what the person means.
    pub clashes: Vec<OpenClash>,
    /// Why others cannot be made.
    pub lost: Vec<String>,
    /// New names of added steps whose own was taken meanwhile.
    pub renamed: BTreeMap<String, String>,
}

/// Puts `mine`, made one after the other on `base`, onto `theirs`. `open` are the clashes that wait already.
///
/// `is_sent` says that the server may have got them before: then a step that is there already is the one of `mine`.
pub fn stack(
    (base, theirs): (&FlowVersion, &FlowVersion),
    mine: &[FlowEdit],
    open: Vec<OpenClash>,
    is_sent: bool,
) -> Stacked {
    let added = mine.iter().flat_map(|it| match it {
        FlowEdit::AddAction(it) => step_names(&it.action),
        _ => Vec::new(),
    });
    let mut stack =
        Stack { began: base, theirs, before: base.clone(), added: added.collect(), is_sent };
    let mut done = Stacked {
        version: theirs.clone(),
        fits: Vec::new(),
        clashes: open,
        lost: Vec::new(),
        renamed: BTreeMap::new(),
    };
    for edit in mine {
        stack.put(edit, &mut done);
    }
    done
}

struct Stack<'a> {
    /// What the first change was made on.
    began: &'a FlowVersion,
    /// What the other made of it.
    theirs: &'a FlowVersion,
    /// What the next change was made on.
    before: FlowVersion,
    /// Names of every step that is added.
    added: BTreeSet<String>,
    is_sent: bool,
}

impl Stack<'_> {
    fn put(&mut self, edit: &FlowEdit, done: &mut Stacked) {
        if let FlowEdit::AddAction(it) = edit {
            self.give_way(it, done);
        }
        let edit = renamed(edit, &done.renamed);
        let outcome = rebase(self.base_of(&edit), &done.version, &edit);
        match outcome {
            Rebased::Clash(_) => self.dispute(&edit, done),
            // What the person means by now is what the other did: there is nothing left to ask.
            Rebased::Done => done.clashes.retain(|it| subject(&it.late.edit) != subject(&edit)),
            other => make(other, done),
        }
        // What comes next was made on top of it, whether it fits or not.
        if let Ok(next) = apply(&self.before, &edit) {
            self.before = next;
        }
    }

    /// What `edit` is compared with: what it was made on. A step that the other switched too is compared with what both
    /// began with, however often it was switched since: off and on again is no agreement. One of these changes that
    /// arrived though nobody heard of it looks like the other's; then a question too many is the lesser fault.
    fn base_of(&self, edit: &FlowEdit) -> &FlowVersion {
        let is_off = |of: &FlowVersion, name: &str| tree::find(&of.trigger, name).map(|it| it.skip);
        match edit {
            FlowEdit::SetSkipAction(it)
                if it.names.iter().any(|it| is_off(self.began, it) != is_off(self.theirs, it)) =>
            {
                self.began
            }
            _ => &self.before,
        }
    }

    /// Finds other names for the steps that `it` adds where theirs were taken by others.
    fn give_way(&self, it: &AddAction, done: &mut Stacked) {
        let there = tree::find(&done.version.trigger, &it.action.name);
        let is_there = there.is_some_and(|there| same(&alone(there), &alone(&it.action)));
        if self.is_sent && is_there {
            return;
        }
        let mut taken: BTreeSet<String> = step_names_of(&done.version).collect();
        taken.extend(done.renamed.values().cloned());
        let wanted = step_names(&it.action);
        let in_the_way: Vec<_> = wanted.into_iter().filter(|it| taken.contains(it)).collect();
        taken.extend(step_names_of(&self.before));
        taken.extend(self.added.iter().cloned());
        for name in in_the_way {
            let free = (1..).map(|it| format!("step_{it}")).find(|it| !taken.contains(it));
            let free = free.unwrap_or_else(|| name.clone());
            taken.insert(free.clone());
            done.renamed.insert(name, free);
        }
    }

    /// Both changed the same. An earlier change of it that waits already is the one to compare with: what the person
    /// began with is what both began with.
    fn dispute(&self, edit: &FlowEdit, done: &mut Stacked) {
        let is_same = |it: &OpenClash| subject(&it.late.edit) == subject(edit);
        let earlier = done.clashes.iter().position(is_same).map(|at| done.clashes.remove(at));
        let base = earlier.map_or_else(|| self.base_of(edit).clone(), |it| it.late.base);
        match rebase(&base, &done.version, edit) {
            Rebased::Clash(clash) => {
                let late = Late { base, edit: edit.clone() };
                done.clashes.push(OpenClash { clash, late });
            }
            // Taken back to what it was: nothing is disputed any more.
            other => make(other, done),
        }
    }
}

/// What a change is about: two of the same subject are one question.
fn subject(edit: &FlowEdit) -> (&'static str, String) {
    match edit {
        FlowEdit::UpdateAction(it) => ("step", it.name.clone()),
        FlowEdit::UpdateTrigger(_) => ("trigger", String::new()),
        FlowEdit::UpdateNote(it) => ("note", it.id.clone()),
        FlowEdit::ChangeName(_) => ("name", String::new()),
        FlowEdit::DeleteAction(it) => ("gone", it.names.join(" ")),
        FlowEdit::SetSkipAction(it) => ("switch", it.names.join(" ")),
        FlowEdit::DeleteBranch(it) => ("branch", format!("{} {}", it.step_name, it.branch_index)),
        other => ("other", serde_json::to_string(other).unwrap_or_default()),
    }
}

fn make(outcome: Rebased, done: &mut Stacked) {
    match outcome {
        Rebased::Fits(edit) => match apply(&done.version, &edit) {
            Ok(version) => {
                done.version = version;
                done.fits.push(edit);
            }
            Err(issues) => done.lost.extend(issues.into_iter().next().map(|it| it.message)),
        },
        Rebased::Lost(why) => done.lost.push(why),
        Rebased::Done | Rebased::Clash(_) => {}
    }
}

fn step_names(action: &Action) -> Vec<String> {
    let inner = tree::inside(action).into_iter().map(|it| it.name.clone());
    std::iter::once(action.name.clone()).chain(inner).collect()
}

fn step_names_of(version: &FlowVersion) -> impl Iterator<Item = String> {
    tree::steps(&version.trigger).into_iter().map(|it| it.name.clone())
}

/// `edit` about the steps by the names they have now.
fn renamed(edit: &FlowEdit, renames: &BTreeMap<String, String>) -> FlowEdit {
    let mut edit = edit.clone();
    if renames.is_empty() {
        return edit;
    }
    let name = |it: &mut String| {
        if let Some(now) = renames.get(it) {
            it.clone_from(now);
        }
    };
    match &mut edit {
        FlowEdit::AddAction(it) => {
            name(&mut it.parent_step);
            copy::rename_only(&mut it.action, renames);
        }
        FlowEdit::UpdateAction(it) => copy::rename_only(it, renames),
        FlowEdit::DeleteAction(it) => it.names.iter_mut().for_each(name),
        FlowEdit::MoveAction(it) => {
            name(&mut it.name);
            name(&mut it.new_parent_step);
        }
        FlowEdit::DuplicateAction(it) => name(&mut it.step_name),
        FlowEdit::SetSkipAction(it) => it.names.iter_mut().for_each(name),
        FlowEdit::AddBranch(it) => {
            name(&mut it.step_name);
            for it in it.conditions.iter_mut().flatten().flatten() {
                it.first_value = names::rename(&it.first_value, renames);
                let second = it.second_value.as_ref().map(|it| names::rename(it, renames));
                it.second_value = second;
            }
        }
        FlowEdit::DeleteBranch(it) | FlowEdit::DuplicateBranch(it) => name(&mut it.step_name),
        FlowEdit::MoveBranch(it) => name(&mut it.step_name),
        FlowEdit::ImportFlow(it) => {
            if let Some(first) = it.trigger.next_action.as_deref_mut() {
                copy::rename_only(first, renames);
            }
        }
        FlowEdit::UpdateTrigger(_)
        | FlowEdit::ChangeName(_)
        | FlowEdit::AddNote(_)
        | FlowEdit::UpdateNote(_)
        | FlowEdit::DeleteNote(_) => {}
    }
    edit
}
