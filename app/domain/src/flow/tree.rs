//! Walking the steps of a flow in reading order.

use super::edit::Location;
use super::{Action, ActionKind, Trigger};

/// What people read for the steps that run when a step failed.
pub const ON_ERROR: &str = "On error";

/// A step with where it stands, for lists that read like the canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'a> {
    /// The step.
    pub action: &'a Action,
    /// How many loops, branches and error branches it is inside.
    pub depth: usize,
    /// The branch that it is the first step of.
    pub branch: Option<&'a str>,
}

/// What is inside a step, with how a step is put at its start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Body<'a> {
    /// Its first step.
    pub first: Option<&'a Action>,
    /// What people read for it; none for a loop's body.
    pub name: Option<&'a str>,
    /// Relative to the step it is inside.
    pub location: Location,
    /// For [`Location::InsideBranch`], from 0.
    pub branch: Option<usize>,
}

/// Every step after `trigger`, in reading order: a loop's body, a router's branches and an error branch before what
/// follows their step.
pub fn steps(trigger: &Trigger) -> Vec<&Action> {
    outline(trigger).into_iter().map(|it| it.action).collect()
}

/// Every step after `trigger` in reading order, with how deep it stands.
pub fn outline(trigger: &Trigger) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    add_rows(trigger.next_action.as_deref(), 0, None, &mut rows);
    rows
}

fn add_rows<'a>(
    first: Option<&'a Action>,
    depth: usize,
    branch: Option<&'a str>,
    rows: &mut Vec<Row<'a>>,
) {
    let mut branch = branch;
    for action in chain(first) {
        rows.push(Row { action, depth, branch: branch.take() });
        for body in bodies(action) {
            add_rows(body.first, depth + 1, body.name, rows);
        }
    }
}

/// `first` and the steps that follow it on the same level.
pub fn chain(first: Option<&Action>) -> impl Iterator<Item = &Action> {
    std::iter::successors(first, |it| it.next_action.as_deref())
}

/// The bodies inside a step: a loop's one, a router's branches, and the error branch of any other step when there is
/// something in it.
pub fn bodies(action: &Action) -> Vec<Body<'_>> {
    match &action.kind {
        ActionKind::Loop(_) => vec![Body {
            first: action.first_loop_action.as_deref(),
            name: None,
            location: Location::InsideLoop,
            branch: None,
        }],
        ActionKind::Router(settings) => {
            let child = |at: usize| action.children.as_ref()?.get(at)?.as_deref();
            let branches = settings.branches.iter().enumerate();
            let bodies = branches.map(|(at, it)| Body {
                first: child(at),
                name: Some(it.name()),
                location: Location::InsideBranch,
                branch: Some(at),
            });
            bodies.collect()
        }
        ActionKind::Piece(_) | ActionKind::Code(_) => {
            let body = |first| Body {
                first: Some(first),
                name: Some(ON_ERROR),
                location: Location::InsideErrorBranch,
                branch: None,
            };
            action.on_error_action.as_deref().map(body).into_iter().collect()
        }
    }
}

/// Whether a step of this kind can have an error branch.
pub fn can_have_error_branch(kind: &ActionKind) -> bool {
    matches!(kind, ActionKind::Piece(_) | ActionKind::Code(_))
}

/// The steps inside `action`, without itself and what follows it.
pub fn inside(action: &Action) -> Vec<&Action> {
    let mut rows = Vec::new();
    for body in bodies(action) {
        add_rows(body.first, 0, body.name, &mut rows);
    }
    rows.into_iter().map(|it| it.action).collect()
}

/// The step called `name`.
pub fn find<'a>(trigger: &'a Trigger, name: &str) -> Option<&'a Action> {
    steps(trigger).into_iter().find(|it| it.name == name)
}

/// The smallest unused `step_N`.
pub fn next_step_name(trigger: &Trigger) -> String {
    let steps = steps(trigger);
    let mut free = (1..=steps.len() + 1).map(|it| format!("step_{it}"));
    free.find(|name| steps.iter().all(|it| it.name != *name)).unwrap_or_else(|| "step_1".to_owned())
}

/// What can be referred to in the step called `name`: the trigger, every step before it on its way, and the
/// loops around it. Steps of a loop are not visible after the loop. Nothing for an unknown step.
pub fn visible(trigger: &Trigger, name: &str) -> Option<Vec<String>> {
    let mut found = (trigger.name == name).then(Vec::new);
    each_with_visible(trigger, |action, seen| {
        if action.name == name {
            found = Some(seen.iter().map(|it| (*it).to_owned()).collect());
        }
    });
    found
}

/// Calls `see` for every step in reading order with the names that [`visible`] would give.
pub fn each_with_visible<'a>(trigger: &'a Trigger, mut see: impl FnMut(&'a Action, &[&'a str])) {
    let mut seen = vec![trigger.name.as_str()];
    walk(trigger.next_action.as_deref(), &mut seen, &mut see);
}

fn walk<'a>(
    first: Option<&'a Action>,
    seen: &mut Vec<&'a str>,
    see: &mut dyn FnMut(&'a Action, &[&'a str]),
) {
    for action in chain(first) {
        see(action, seen);
        seen.push(&action.name);
        let before = seen.len();
        let mut in_branches = Vec::new();
        for body in bodies(action) {
            walk(body.first, seen, see);
            if keeps_branches_apart(action) {
                in_branches.extend(seen.drain(before..));
            }
        }
        seen.extend(in_branches);
        if matches!(action.kind, ActionKind::Loop(_)) {
            seen.truncate(before);
        }
    }
}

fn keeps_branches_apart(action: &Action) -> bool {
    matches!(&action.kind, ActionKind::Router(it) if it.keeps_branches_apart())
}

#[cfg(test)]
mod tests {
    use super::super::catalog::{NOTIFY, step};
    use super::*;

    fn flow() -> Trigger {
        let leaf = |name: &str| step::loop_step(name);
        let mut each = step::loop_step("step_1");
        each.first_loop_action = Some(Box::new(leaf("step_2")));
        let mut router = step::router_step("step_3");
        router.children =
            Some(vec![Some(Box::new(leaf("step_4"))), Some(Box::new(leaf("step_5")))]);
        router.next_action = Some(Box::new(leaf("step_7")));
        each.next_action = Some(Box::new(router));
        Trigger { next_action: Some(Box::new(each)), ..step::empty_trigger() }
    }

    #[test]
    fn steps_are_listed_as_they_are_read() {
        let flow = flow();
        let rows: Vec<_> =
            outline(&flow).iter().map(|it| (it.action.name.clone(), it.depth, it.branch)).collect();
        let expected = [
            ("step_1", 0, None),
            ("step_2", 1, None),
            ("step_3", 0, None),
            ("step_4", 1, Some("Branch 1")),
            ("step_5", 1, Some("Otherwise")),
            ("step_7", 0, None),
        ];
        assert_eq!(rows, expected.map(|it| (it.0.to_owned(), it.1, it.2)));
        assert_eq!(next_step_name(&flow), "step_6");
    }

    #[test]
    fn an_error_branch_is_read_before_what_follows_and_sees_its_step() {
        let notify = |name: &str| step::piece_action(name, NOTIFY, "notify_person").expect("known");
        let mut first = notify("step_1");
        first.on_error_action = Some(Box::new(notify("step_2")));
        first.next_action = Some(Box::new(notify("step_3")));
        let flow = Trigger { next_action: Some(Box::new(first)), ..step::empty_trigger() };
        let rows: Vec<_> =
            outline(&flow).iter().map(|it| (it.action.name.clone(), it.depth, it.branch)).collect();
        let expected = [("step_1", 0, None), ("step_2", 1, Some(ON_ERROR)), ("step_3", 0, None)];
        assert_eq!(rows, expected.map(|it| (it.0.to_owned(), it.1, it.2)));
        let names = ["trigger", "step_1"].map(str::to_owned).to_vec();
        assert_eq!(visible(&flow, "step_2"), Some(names));
    }

    #[test]
    fn a_step_sees_what_ran_before_it() {
        let see = |name| visible(&flow(), name);
        let names = |it: &[&str]| Some(it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(see("step_2"), names(&["trigger", "step_1"]));
        assert_eq!(see("step_5"), names(&["trigger", "step_1", "step_3"]));
        assert_eq!(see("step_7"), names(&["trigger", "step_1", "step_3", "step_4", "step_5"]));
        assert_eq!(see("step_9"), None);
    }

    #[test]
    fn branches_that_run_at_once_do_not_see_each_other() {
        let mut flow = flow();
        let router = flow.next_action.as_mut().and_then(|it| it.next_action.as_mut()).unwrap();
        let ActionKind::Router(settings) = &mut router.kind else { panic!("a router") };
        settings.execution_type = super::super::ExecutionType::AllMatch;
        let names = |it: &[&str]| Some(it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        let before = ["trigger", "step_1", "step_3", "step_4"];
        assert_eq!(visible(&flow, "step_5"), names(&before));
        let router = flow.next_action.as_mut().and_then(|it| it.next_action.as_mut()).unwrap();
        let ActionKind::Router(settings) = &mut router.kind else { panic!("a router") };
        settings.parallel = true;
        assert_eq!(visible(&flow, "step_5"), names(&before[..3]));
        let after = ["trigger", "step_1", "step_3", "step_4", "step_5"];
        assert_eq!(visible(&flow, "step_7"), names(&after));
    }
}
