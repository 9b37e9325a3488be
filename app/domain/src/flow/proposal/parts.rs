//! The parts of a suggested change, each of which a person can leave out: what is done to one step. A part that builds
//! on another one goes with it.

use crate::expr::names;
use crate::flow::edit::words::describe;
use crate::flow::edit::{AddAction, FlowEdit, Location, apply, next_step_name};
use crate::flow::{Action, ActionKind, FlowVersion, TriggerKind, tree};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a suggested change does to one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The step, where it is about one.
    pub step: Option<String>,
    /// What it does, in words.
    pub title: String,
    /// Places in the list of edits.
    edits: Vec<usize>,
    /// Parts without which it cannot be: places in the list of parts.
    needs: BTreeSet<usize>,
}

/// A suggested change in parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// In the order in which they are made.
    pub all: Vec<Part>,
    /// With every new step named, so that it is called the same whatever is left out.
    edits: Vec<FlowEdit>,
}

impl Parts {
    /// The parts of `edits` on `now`; none when the edits do not fit.
    pub fn of(now: &FlowVersion, edits: &[FlowEdit]) -> Self {
        let Some(made) = made(now, edits) else { return Self::default() };
        if made.iter().any(|it| is_whole(&it.edit)) {
            return whole(now, made);
        }
        let mut all: Vec<Part> = Vec::new();
        for (at, it) in made.iter().enumerate() {
            let same = it.about.as_ref();
            match all.iter_mut().find(|part| same.is_some() && part.step.as_ref() == same) {
                Some(part) => part.edits.push(at),
                None => all.push(Part {
                    step: it.about.clone(),
                    title: describe(&it.edit, &it.before),
                    edits: vec![at],
                    needs: BTreeSet::new(),
                }),
            }
        }
        for at in 0..all.len() {
            let needs = needs(now, &made, &all, at);
            if let Some(part) = all.get_mut(at) {
                part.needs = needs;
            }
        }
        Self { all, edits: made.into_iter().map(|it| it.edit).collect() }
    }

    /// What is left out when `wanted` is: those too that build on it.
    pub fn without(&self, wanted: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut left: BTreeSet<_> =
            wanted.iter().copied().filter(|it| *it < self.all.len()).collect();
        loop {
            let parts = self.all.iter().enumerate();
            let more: Vec<_> = parts
                .filter(|(at, part)| !left.contains(at) && !part.needs.is_disjoint(&left))
                .map(|it| it.0)
                .collect();
            if more.is_empty() {
                return left;
            }
            left.extend(more);
        }
    }

    /// What is left out when the part at `at` is taken again: not those either that it builds on.
    pub fn with(&self, left: &BTreeSet<usize>, at: usize) -> BTreeSet<usize> {
        let mut left = left.clone();
        let mut wanted = vec![at];
        while let Some(at) = wanted.pop() {
            left.remove(&at);
            let needs = self.all.get(at).into_iter().flat_map(|it| &it.needs);
            wanted.extend(needs.filter(|it| left.contains(it)));
        }
        left
    }

    /// The edits without the parts that are left out, in their order.
    pub fn edits_without(&self, left: &BTreeSet<usize>) -> Vec<FlowEdit> {
        let parts = self.all.iter().enumerate().filter(|it| !left.contains(&it.0));
        let kept: BTreeSet<_> = parts.flat_map(|it| &it.1.edits).copied().collect();
        let edits = self.edits.iter().enumerate().filter(|it| kept.contains(&it.0));
        edits.map(|it| it.1.clone()).collect()
    }
}

/// One edit, on the flow that it is made on.
struct Made {
    edit: FlowEdit,
    before: FlowVersion,
    /// Steps that come with it.
    adds: BTreeSet<String>,
    /// Steps that go with it.
    removes: BTreeSet<String>,
    about: Option<String>,
}

fn made(now: &FlowVersion, edits: &[FlowEdit]) -> Option<Vec<Made>> {
    let mut before = now.clone();
    let mut all = Vec::new();
    for edit in edits {
        let edit = with_name(&before, edit);
        let after = apply(&before, &edit).ok()?;
        let (old, new) = (step_names(&before), step_names(&after));
        let about = about(&edit);
        let (adds, removes) = (&new - &old, &old - &new);
        let earlier = std::mem::replace(&mut before, after);
        all.push(Made { edit, before: earlier, adds, removes, about });
    }
    Some(all)
}

fn with_name(before: &FlowVersion, edit: &FlowEdit) -> FlowEdit {
    match edit {
        FlowEdit::AddAction(it) if it.action.name.is_empty() => {
            let action = Action { name: next_step_name(before), ..it.action.clone() };
            FlowEdit::AddAction(Box::new(AddAction { action, ..(**it).clone() }))
        }
        other => other.clone(),
    }
}

fn step_names(version: &FlowVersion) -> BTreeSet<String> {
    tree::steps(&version.trigger).into_iter().map(|it| it.name.clone()).collect()
}

/// Whether an edit leaves nothing to choose: what is called what depends on everything before it.
fn is_whole(edit: &FlowEdit) -> bool {
    matches!(
        edit,
        FlowEdit::ImportFlow(_) | FlowEdit::DuplicateAction(_) | FlowEdit::DuplicateBranch(_)
    )
}

fn whole(now: &FlowVersion, made: Vec<Made>) -> Parts {
    let edits: Vec<_> = made.into_iter().map(|it| it.edit).collect();
    let title = edits.first().map(|it| describe(it, now)).unwrap_or_default();
    let part =
        Part { step: None, title, edits: (0..edits.len()).collect(), needs: BTreeSet::new() };
    Parts { all: vec![part], edits }
}

/// The one step, or the note, that an edit is about.
fn about(edit: &FlowEdit) -> Option<String> {
    let only = |names: &[String]| match names {
        [name] => Some(name.clone()),
        _ => None,
    };
    match edit {
        FlowEdit::UpdateTrigger(it) => Some(it.name.clone()),
        FlowEdit::AddAction(it) => Some(it.action.name.clone()),
        FlowEdit::UpdateAction(it) => Some(it.name.clone()),
        FlowEdit::DeleteAction(it) => only(&it.names),
        FlowEdit::SetSkipAction(it) => only(&it.names),
        FlowEdit::MoveAction(it) => Some(it.name.clone()),
        FlowEdit::AddBranch(it) => Some(it.step_name.clone()),
        FlowEdit::DeleteBranch(it) => Some(it.step_name.clone()),
        FlowEdit::MoveBranch(it) => Some(it.step_name.clone()),
        FlowEdit::AddNote(it) | FlowEdit::UpdateNote(it) => Some(format!("note {}", it.id)),
        FlowEdit::DeleteNote(it) => Some(format!("note {}", it.id)),
        FlowEdit::DuplicateAction(_)
        | FlowEdit::DuplicateBranch(_)
        | FlowEdit::ChangeName(_)
        | FlowEdit::ImportFlow(_) => None,
    }
}

/// The parts that the part at `at` builds on.
fn needs(now: &FlowVersion, made: &[Made], all: &[Part], at: usize) -> BTreeSet<usize> {
    let of_edit: BTreeMap<usize, usize> = all
        .iter()
        .enumerate()
        .flat_map(|(part, it)| it.edits.iter().map(move |edit| (*edit, part)))
        .collect();
    let mut found = BTreeSet::new();
    for index in all.get(at).into_iter().flat_map(|it| &it.edits) {
        let Some(it) = made.get(*index) else { continue };
        let earlier = made.iter().take(*index).enumerate();
        found.extend(earlier.filter(|other| builds_on(it, other.1)).map(|other| other.0));
        let cleaners = made.iter().enumerate();
        found.extend(cleaners.filter(|other| lets_go(now, other.1, it)).map(|other| other.0));
    }
    let mut parts: BTreeSet<_> =
        found.into_iter().filter_map(|it| of_edit.get(&it)).copied().collect();
    parts.remove(&at);
    parts
}

/// Whether `later` cannot be made, or would read nothing, without `earlier`.
fn builds_on(later: &Made, earlier: &Made) -> bool {
    let named = named(&later.edit);
    let reads = read_by(&later.edit);
    let moved = match &earlier.edit {
        FlowEdit::MoveAction(it) => Some(&it.name),
        _ => None,
    };
    let is_known = named.iter().chain(&reads).any(|it| earlier.adds.contains(it));
    let is_in_reach = moved.is_some_and(|it| reads.contains(it) || named.contains(it));
    let is_free = later.adds.iter().any(|it| earlier.removes.contains(it));
    // Which branch is meant is counted among those that there are.
    let same_router = router_of(&later.edit).is_some_and(|it| reshaped(earlier) == Some(it));
    // Whether a step fits into another one depends on what was moved before.
    let both_move = moved.is_some() && matches!(later.edit, FlowEdit::MoveAction(_));
    // What was moved out of a step first is not removed with it.
    let is_saved = moved.is_some_and(|it| {
        later
            .removes
            .iter()
            .filter_map(|it| tree::find(&earlier.before.trigger, it))
            .any(|removed| tree::inside(removed).iter().any(|inner| inner.name == *it))
    });
    is_known || is_in_reach || is_free || same_router || both_move || is_saved
}

/// The steps that an edit names as places or as what it is about.
fn named(edit: &FlowEdit) -> BTreeSet<String> {
    let one = |it: &String| BTreeSet::from([it.clone()]);
    match edit {
        FlowEdit::AddAction(it) => one(&it.parent_step),
        FlowEdit::UpdateAction(it) => one(&it.name),
        FlowEdit::DeleteAction(it) => it.names.iter().cloned().collect(),
        FlowEdit::SetSkipAction(it) => it.names.iter().cloned().collect(),
        FlowEdit::MoveAction(it) => BTreeSet::from([it.name.clone(), it.new_parent_step.clone()]),
        FlowEdit::AddBranch(it) => one(&it.step_name),
        FlowEdit::DeleteBranch(it) | FlowEdit::DuplicateBranch(it) => one(&it.step_name),
        FlowEdit::MoveBranch(it) => one(&it.step_name),
        FlowEdit::DuplicateAction(it) => one(&it.step_name),
        _ => BTreeSet::new(),
    }
}

/// The steps whose values an edit writes into a step.
fn read_by(edit: &FlowEdit) -> BTreeSet<String> {
    match edit {
        FlowEdit::AddAction(it) => reads(&it.action.kind),
        FlowEdit::UpdateAction(it) => reads(&it.kind),
        FlowEdit::UpdateTrigger(it) => match &it.kind {
            TriggerKind::Piece(settings) => reads(settings),
            TriggerKind::Empty(_) => BTreeSet::new(),
        },
        FlowEdit::AddBranch(it) => reads(&it.conditions),
        _ => BTreeSet::new(),
    }
}

/// The names in the texts of a value.
fn reads(of: &impl Serialize) -> BTreeSet<String> {
    fn collect(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => found.extend(names::references(text)),
            Value::Array(items) => items.iter().for_each(|it| collect(it, found)),
            Value::Object(map) => map.values().for_each(|it| collect(it, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    collect(&serde_json::to_value(of).unwrap_or_default(), &mut found);
    found
}

/// The router one of whose branches an edit means by its number.
fn router_of(edit: &FlowEdit) -> Option<&str> {
    match edit {
        FlowEdit::AddAction(it)
            if it.step_location_relative_to_parent == Location::InsideBranch =>
        {
            Some(&it.parent_step)
        }
        FlowEdit::MoveAction(it)
            if it.step_location_relative_to_new_parent == Location::InsideBranch =>
        {
            Some(&it.new_parent_step)
        }
        FlowEdit::AddBranch(it) => Some(&it.step_name),
        FlowEdit::DeleteBranch(it) => Some(&it.step_name),
        FlowEdit::MoveBranch(it) => Some(&it.step_name),
        _ => None,
    }
}

/// The router whose branches an edit adds, removes or puts in another order.
fn reshaped(made: &Made) -> Option<&str> {
    match &made.edit {
        FlowEdit::AddBranch(it) => Some(&it.step_name),
        FlowEdit::DeleteBranch(it) => Some(&it.step_name),
        FlowEdit::MoveBranch(it) => Some(&it.step_name),
        FlowEdit::UpdateAction(it) if matches!(it.kind, ActionKind::Router(_)) => Some(&it.name),
        _ => None,
    }
}

/// Whether `other` makes a step stop reading what `removing` takes away.
fn lets_go(now: &FlowVersion, other: &Made, removing: &Made) -> bool {
    let FlowEdit::UpdateAction(step) = &other.edit else { return false };
    let Some(was) = tree::find(&now.trigger, &step.name) else { return false };
    let (was, is) = (reads(&was.kind), reads(&step.kind));
    removing.removes.iter().any(|it| was.contains(it) && !is.contains(it))
}
