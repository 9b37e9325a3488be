//! Problems of routers.

use super::{FlowProblem, ProblemCode, UsedConnection, input};
use crate::expr::names;
use crate::flow::condition::{Condition, Operator};
use crate::flow::{Action, Branch, ExecutionType, RouterSettings};

/// Everything wrong with a router.
pub(super) fn problems(
    action: &Action,
    settings: &RouterSettings,
    visible: &[&str],
) -> Vec<FlowProblem> {
    let mut found = shape_problems(action, settings);
    if settings.parallel && settings.execution_type != ExecutionType::AllMatch {
        let words = (
            "Only the first branch that fits runs, so none can run at the same time".to_owned(),
            "Run all branches that fit, or one at a time",
        );
        found.push(FlowProblem::new(&action.name, "parallel", ProblemCode::WrongKind, words));
    }
    for (at, branch) in settings.branches.iter().enumerate() {
        let Branch::Condition { conditions, branch_name } = branch else { continue };
        if conditions.iter().all(Vec::is_empty) {
            let words = (
                format!("{branch_name}: say when it is taken"),
                "Add a condition, or delete the branch",
            );
            found.push(FlowProblem::new(
                &action.name,
                format!("branches.{at}"),
                ProblemCode::Condition,
                words,
            ));
        }
        for (group, conditions) in conditions.iter().enumerate() {
            for (index, condition) in conditions.iter().enumerate() {
                let path = format!("branches.{at}.conditions.{group}.{index}");
                found.extend(condition_problems(action, branch_name, &path, condition));
                found.extend(input::text_problems(
                    &action.name,
                    &path,
                    &condition.first_value,
                    visible,
                ));
                let second = condition.second_value.as_deref().unwrap_or_default();
                found.extend(input::text_problems(&action.name, &path, second, visible));
            }
        }
    }
    found
}

/// The connections that conditions name.
pub(super) fn connections(step: &str, settings: &RouterSettings) -> Vec<UsedConnection> {
    let mut found = Vec::new();
    for (at, branch) in settings.branches.iter().enumerate() {
        let Branch::Condition { conditions, .. } = branch else { continue };
        for it in conditions.iter().flatten() {
            let second = it.second_value.as_deref().unwrap_or_default();
            let named = [it.first_value.as_str(), second].into_iter().flat_map(names::connections);
            found.extend(named.map(|id| UsedConnection::new(step, format!("branches.{at}"), id)));
        }
    }
    found
}

fn shape_problems(action: &Action, settings: &RouterSettings) -> Vec<FlowProblem> {
    let branches = settings.branches.len();
    let children = action.children.as_ref().map_or(0, Vec::len);
    let fallbacks: Vec<_> = (0..branches)
        .filter(|it| matches!(settings.branches.get(*it), Some(Branch::Fallback { .. })))
        .collect();
    let words = if children != branches {
        (
            format!("The router has {branches} branches, but room for {children}"),
            "Delete the router and add it again",
        )
    } else if fallbacks.is_empty() {
        (
            "The router has no branch for everything else".to_owned(),
            "Add a branch called Otherwise at the end",
        )
    } else if fallbacks != [branches - 1] {
        (
            "The branch for everything else is not the only one at the end".to_owned(),
            "Move it to the end",
        )
    } else {
        return Vec::new();
    };
    vec![FlowProblem::new(&action.name, "branches", ProblemCode::Branches, words)]
}

fn condition_problems(
    action: &Action,
    branch: &str,
    path: &str,
    condition: &Condition,
) -> Option<FlowProblem> {
    let word = condition.operator.as_deref();
    let Some(operator) = word.and_then(Operator::parse) else {
        let words = (format!("{branch}: choose how to compare"), "Choose it in its condition");
        return Some(FlowProblem::new(&action.name, path, ProblemCode::Condition, words));
    };
    let empty = |it: Option<&str>| it.is_none_or(|it| it.trim().is_empty());
    let words = if empty(Some(&condition.first_value)) {
        (format!("{branch}: choose what to look at"), "Insert a value of an earlier step")
    } else if !operator.is_unary() && empty(condition.second_value.as_deref()) {
        (format!("{branch}: say what to compare with"), "Type it, or insert a value")
    } else {
        return None;
    };
    Some(FlowProblem::new(&action.name, path, ProblemCode::Condition, words))
}
