//! Branches of routers.

use super::reach::step_mut;
use super::{AddBranch, AtBranch, FlowVersion, MoveBranch, Outcome, copy, is_fallback, refuse};
use crate::flow::catalog::step;
use crate::flow::{Action, ActionKind, Branch, RouterSettings};
use crate::problem::Issue;

type Children = Vec<Option<Box<Action>>>;

/// A router's settings and children, which have the same length.
fn router<'a>(
    version: &'a mut FlowVersion,
    name: &str,
) -> Result<(&'a mut RouterSettings, &'a mut Children), Vec<Issue>> {
    let step = step_mut(version, "stepName", name)?;
    match (&mut step.kind, &mut step.children) {
        (ActionKind::Router(settings), Some(children))
            if settings.branches.len() == children.len() =>
        {
            Ok((settings, children))
        }
        _ => Err(vec![Issue::new(
            "stepName",
            format!("{name} is not a router, so it has no branches"),
        )]),
    }
}

fn no_branch(field: &str, count: usize) -> Outcome {
    refuse(field, format!("The router has {count} branches, counted from 0. Choose one of them"))
}

pub(super) fn add(version: &mut FlowVersion, add: &AddBranch) -> Outcome {
    let (settings, children) = router(version, &add.step_name)?;
    let ends_with_fallback = settings.branches.last().is_some_and(is_fallback);
    let last = settings.branches.len() - usize::from(ends_with_fallback);
    if add.branch_index > settings.branches.len() {
        return no_branch("branchIndex", settings.branches.len());
    }
    let at = add.branch_index.min(last);
    let name = add.branch_name.trim();
    if name.is_empty() {
        return refuse("branchName", "Give the branch a name");
    }
    let branch = match &add.conditions {
        Some(conditions) => {
            Branch::Condition { branch_name: name.to_owned(), conditions: conditions.clone() }
        }
        None => step::condition_branch(name),
    };
    settings.branches.insert(at, branch);
    children.insert(at, None);
    Ok(())
}

pub(super) fn delete(version: &mut FlowVersion, at: &AtBranch) -> Outcome {
    let (settings, children) = router(version, &at.step_name)?;
    let count = settings.branches.len();
    match settings.branches.get(at.branch_index) {
        None => no_branch("branchIndex", count),
        Some(it) if is_fallback(it) => {
            refuse("branchIndex", "A router keeps its branch for everything else")
        }
        Some(_) if count <= 2 => refuse(
            "branchIndex",
            "A router keeps one branch with conditions. Delete the router instead",
        ),
        Some(_) => {
            settings.branches.remove(at.branch_index);
            children.remove(at.branch_index);
            Ok(())
        }
    }
}

pub(super) fn duplicate(version: &mut FlowVersion, at: &AtBranch) -> Outcome {
    let (settings, children) = router(version, &at.step_name)?;
    let branch = match settings.branches.get(at.branch_index) {
        None => return no_branch("branchIndex", settings.branches.len()),
        Some(Branch::Fallback { .. }) => {
            return refuse("branchIndex", "A router has one branch for everything else");
        }
        Some(Branch::Condition { branch_name, conditions }) => Branch::Condition {
            branch_name: format!("{branch_name} Copy"),
            conditions: conditions.clone(),
        },
    };
    let child = children.get(at.branch_index).cloned().flatten();
    let copied = child.map(|it| copy::renamed(&version.trigger, it));
    let (settings, children) = router(version, &at.step_name)?;
    settings.branches.insert(at.branch_index + 1, branch);
    children.insert(at.branch_index + 1, copied);
    Ok(())
}

pub(super) fn relocate(version: &mut FlowVersion, it: &MoveBranch) -> Outcome {
    let (settings, children) = router(version, &it.step_name)?;
    let count = settings.branches.len();
    for (field, at) in [
        ("sourceBranchIndex", it.source_branch_index),
        ("targetBranchIndex", it.target_branch_index),
    ] {
        match settings.branches.get(at) {
            None => return no_branch(field, count),
            Some(branch) if is_fallback(branch) => {
                return refuse(field, "The branch for everything else stays last");
            }
            Some(_) => {}
        }
    }
    let branch = settings.branches.remove(it.source_branch_index);
    settings.branches.insert(it.target_branch_index, branch);
    let child = children.remove(it.source_branch_index);
    children.insert(it.target_branch_index, child);
    Ok(())
}
