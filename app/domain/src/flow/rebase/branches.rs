//! Changes that count the branches of a router: the other may have added, removed or moved some meanwhile.

use super::{Clash, Rebased, alone, same};
use crate::flow::edit::{
    AddAction, AddBranch, AtBranch, FlowEdit, Location, MoveAction, MoveBranch,
};
use crate::flow::{Action, ActionKind, Branch, FlowVersion, tree};

/// `mine`, whose branches were counted in `base`, with those of `theirs` counted; anything else as it is.
pub(super) fn rebase(base: &FlowVersion, theirs: &FlowVersion, mine: &FlowEdit) -> Rebased {
    let count = |step: &str, at: usize| recounted(base, theirs, step, at);
    let place = |(step, at): (&str, Option<usize>)| at.map(|at| count(step, at)).transpose();
    let recounted = match mine {
        FlowEdit::AddAction(it)
            if it.step_location_relative_to_parent == Location::InsideBranch =>
        {
            place((&it.parent_step, it.branch_index)).map(|branch_index| {
                FlowEdit::AddAction(Box::new(AddAction { branch_index, ..(**it).clone() }))
            })
        }
        FlowEdit::MoveAction(it)
            if it.step_location_relative_to_new_parent == Location::InsideBranch =>
        {
            place((&it.new_parent_step, it.branch_index))
                .map(|branch_index| FlowEdit::MoveAction(MoveAction { branch_index, ..it.clone() }))
        }
        FlowEdit::AddBranch(it) => {
            let most = branches(theirs, &it.step_name).map_or(it.branch_index, <[_]>::len);
            let branch_index = it.branch_index.min(most);
            Ok(FlowEdit::AddBranch(AddBranch { branch_index, ..it.clone() }))
        }
        FlowEdit::DeleteBranch(it) => return deleted(base, theirs, it),
        FlowEdit::DuplicateBranch(it) => count(&it.step_name, it.branch_index)
            .map(|branch_index| FlowEdit::DuplicateBranch(AtBranch { branch_index, ..it.clone() })),
        FlowEdit::MoveBranch(it) => moved(it, &count),
        _ => Ok(mine.clone()),
    };
    recounted.map_or_else(Rebased::Lost, Rebased::Fits)
}

fn moved(
    it: &MoveBranch,
    count: &impl Fn(&str, usize) -> Result<usize, String>,
) -> Result<FlowEdit, String> {
    Ok(FlowEdit::MoveBranch(MoveBranch {
        source_branch_index: count(&it.step_name, it.source_branch_index)?,
        target_branch_index: count(&it.step_name, it.target_branch_index)?,
        ..it.clone()
    }))
}

/// A branch goes with the steps in it, so one that the other has just worked in is asked about.
fn deleted(base: &FlowVersion, theirs: &FlowVersion, mine: &AtBranch) -> Rebased {
    let router = &mine.step_name;
    let Ok(at) = recounted(base, theirs, router, mine.branch_index) else {
        // Somebody else deleted it too.
        return Rebased::Done;
    };
    let inside = |of: &FlowVersion, at: usize| {
        let step = tree::find(&of.trigger, router)?;
        let body = tree::bodies(step).into_iter().find(|it| it.branch == Some(at))?;
        let steps = tree::chain(body.first).flat_map(|it| {
            let inner = tree::inside(it).into_iter().map(alone).collect::<Vec<_>>();
            std::iter::once(alone(it)).chain(inner)
        });
        let settings = branches(of, router)?.get(at)?.clone();
        Some((settings, steps.collect::<Vec<Action>>()))
    };
    let edit = FlowEdit::DeleteBranch(AtBranch { branch_index: at, ..mine.clone() });
    let (before, now) = (inside(base, mine.branch_index), inside(theirs, at));
    let is_untouched = same(&before, &now);
    match now {
        Some((branch, _)) if !is_untouched => Rebased::Clash(Clash {
            step: Some(router.clone()),
            title: branch.name().to_owned(),
            values: Vec::new(),
            mine: edit,
        }),
        _ => Rebased::Fits(edit),
    }
}

/// The place in `theirs` of the branch that was at `at` in `base`; in words, that it is gone.
fn recounted(
    base: &FlowVersion,
    theirs: &FlowVersion,
    router: &str,
    at: usize,
) -> Result<usize, String> {
    let (Some(before), Some(now)) = (branches(base, router), branches(theirs, router)) else {
        return Ok(at);
    };
    let Some(name) = before.get(at).map(Branch::name) else { return Ok(at) };
    if before.len() == now.len() && now.get(at).is_some_and(|it| it.name() == name) {
        return Ok(at);
    }
    // Of several of one name the first stays the first.
    let nth = before.iter().take(at).filter(|it| it.name() == name).count();
    let mut named = now.iter().enumerate().filter(|it| it.1.name() == name).map(|it| it.0);
    match named.nth(nth) {
        Some(at) => Ok(at),
        None if before.len() == now.len() => Ok(at),
        None => Err(format!("The branch {name} was changed or deleted meanwhile")),
    }
}

fn branches<'a>(version: &'a FlowVersion, router: &str) -> Option<&'a [Branch]> {
    match &tree::find(&version.trigger, router)?.kind {
        ActionKind::Router(it) => Some(&it.branches),
        _ => None,
    }
}
