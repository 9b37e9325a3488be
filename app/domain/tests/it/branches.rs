//! Branches of routers that run at the same time.

use crate::edits::{add, edit, flow, notify};
use domain::flow::edit::apply;
use domain::flow::exchange::{file, import};
use domain::flow::validate::{self, ProblemCode};
use domain::flow::{ActionKind, FlowVersion, tree};
use serde_json::{Value, json};

/// The flow of the edits with its router so set.
fn routed(execution: &str, parallel: Value) -> FlowVersion {
    let version = flow();
    let mut router = serde_json::to_value(tree::find(&version.trigger, "step_3")).expect("json");
    router["settings"]["executionType"] = execution.into();
    router["settings"]["parallel"] = parallel;
    apply(&version, &edit("UPDATE_ACTION", router)).expect("changed")
}

fn is_parallel(version: &FlowVersion) -> bool {
    let router = tree::find(&version.trigger, "step_3").expect("there");
    matches!(&router.kind, ActionKind::Router(it) if it.parallel)
}

#[test]
fn an_edit_lets_branches_run_at_once_and_files_keep_it() {
    let version = routed("EXECUTE_ALL_MATCH", json!(true));
    assert!(is_parallel(&version));
    let read = import(&file(&version)).expect("a flow");
    assert_eq!(read.trigger, version.trigger);
    let plain = routed("EXECUTE_ALL_MATCH", json!(false));
    assert!(!file(&plain).contains("parallel"), "other engines get what they know");
}

#[test]
fn only_branches_that_all_run_can_run_at_once() {
    let problems = |execution: &str| {
        let found = validate::problems(&routed(execution, json!(true)), None);
        found.into_iter().filter(|it| it.path == "parallel").collect::<Vec<_>>()
    };
    assert_eq!(problems("EXECUTE_ALL_MATCH"), []);
    let found = problems("EXECUTE_FIRST_MATCH");
    assert_eq!((found.len(), found[0].code), (1, ProblemCode::WrongKind));
    assert_eq!(found[0].issue().field, "steps.step_3.parallel");
}

#[test]
fn a_branch_that_runs_beside_another_cannot_refer_to_its_steps() {
    let tells = |version: &FlowVersion| {
        let mut second = notify("step_5");
        if let ActionKind::Piece(it) = &mut second.kind {
            it.input.insert("message".to_owned(), json!("{{step_6.id}}"));
        }
        let version = apply(version, &add("step_3", "INSIDE_BRANCH", Some(0), &notify("step_6")));
        let version =
            apply(&version.expect("added"), &add("step_3", "INSIDE_BRANCH", Some(1), &second));
        let found = validate::problems(&version.expect("added"), None);
        found.into_iter().any(|it| it.step_name == "step_5" && it.code == ProblemCode::NotBefore)
    };
    assert!(!tells(&routed("EXECUTE_ALL_MATCH", json!(false))));
    assert!(tells(&routed("EXECUTE_ALL_MATCH", json!(true))));
}
