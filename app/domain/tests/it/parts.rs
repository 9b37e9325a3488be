//! Suggested changes taken in parts: what builds on something left out is left out too.

use crate::edits::{add, any_edit, edit, flow, names, notify};
use domain::flow::catalog::step;
use domain::flow::edit::{FlowEdit, apply, apply_all};
use domain::flow::proposal::parts::Parts;
use domain::flow::validate::{ProblemCode, problems};
use domain::flow::{Action, ActionKind, FlowVersion};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;

fn saying(name: &str, text: &str) -> Action {
    let mut step = notify(name);
    if let ActionKind::Piece(it) = &mut step.kind {
        it.input.insert("message".to_owned(), json!(text));
    }
    step
}

fn left(all: &[usize]) -> BTreeSet<usize> {
    all.iter().copied().collect()
}

fn steps(parts: &Parts) -> Vec<&str> {
    parts.all.iter().map(|it| it.step.as_deref().unwrap_or_default()).collect()
}

#[test]
fn a_step_is_one_part_and_keeps_its_name_whatever_is_left_out() {
    let edits = [
        add("step_4", "AFTER", None, &notify("")),
        add("step_3", "AFTER", None, &notify("")),
        edit("UPDATE_ACTION", json!(saying("step_5", "Hello"))),
    ];
    let parts = Parts::of(&flow(), &edits);
    assert_eq!(steps(&parts), ["step_5", "step_6"]);
    let second = apply_all(&flow(), &parts.edits_without(&left(&[0]))).expect("it fits");
    assert_eq!(names(&second), ["step_1", "step_2", "step_3", "step_4", "step_6"]);
    assert_eq!(parts.edits_without(&left(&[0, 1])), []);
    assert_eq!(parts.all[1].title, "Added Tell someone after Choose a branch");
}

#[test]
fn what_stands_after_a_new_step_or_reads_it_goes_with_it() {
    let edits = [
        add("step_3", "AFTER", None, &step::loop_step("step_5")),
        add("step_5", "INSIDE_LOOP", None, &notify("step_6")),
        edit("UPDATE_ACTION", json!(saying("step_4", "Hello"))),
        add("step_5", "AFTER", None, &saying("step_7", "{{step_5.index}}")),
    ];
    let parts = Parts::of(&flow(), &edits);
    assert_eq!(parts.without(&left(&[0])), left(&[0, 1, 3]));
    assert_eq!(parts.without(&left(&[3])), left(&[3]));
    assert_eq!(parts.with(&left(&[0, 1, 3]), 3), left(&[1]), "with it comes what it builds on");
    assert_eq!(parts.with(&left(&[0, 1, 3]), 0), left(&[1, 3]));
}

#[test]
fn a_step_is_removed_only_with_what_stops_reading_it() {
    let reading = edit("UPDATE_ACTION", json!(saying("step_4", "{{step_1.index}}")));
    let now = apply(&flow(), &reading).expect("it fits");
    let edits = [
        edit("UPDATE_ACTION", json!(saying("step_4", "Done"))),
        edit("DELETE_ACTION", json!({ "names": ["step_1"] })),
    ];
    let parts = Parts::of(&now, &edits);
    assert_eq!(parts.without(&left(&[0])), left(&[0, 1]));
    assert_eq!(parts.without(&left(&[1])), left(&[1]));
}

#[test]
fn branches_are_counted_so_what_goes_into_them_needs_the_ones_before() {
    let edits = [
        edit("ADD_BRANCH", json!({ "stepName": "step_3", "branchIndex": 0, "branchName": "New" })),
        add("step_3", "INSIDE_BRANCH", Some(0), &notify("step_5")),
    ];
    let parts = Parts::of(&flow(), &edits);
    assert_eq!(parts.without(&left(&[0])), left(&[0, 1]));
}

#[test]
fn what_cannot_be_told_apart_is_taken_whole_or_not_at_all() {
    let edits = [
        edit("DUPLICATE_ACTION", json!({ "stepName": "step_1" })),
        edit("DELETE_ACTION", json!({ "names": ["step_4"] })),
    ];
    assert_eq!(Parts::of(&flow(), &edits).all.len(), 1);
    let wrong = [edit("DELETE_ACTION", json!({ "names": ["step_9"] }))];
    assert_eq!(Parts::of(&flow(), &wrong).all, []);
}

/// As many of `edits` as fit, one after the other.
fn fitting(edits: Vec<FlowEdit>) -> (Vec<FlowEdit>, FlowVersion) {
    let mut now = flow();
    let mut fit = Vec::new();
    for edit in edits {
        if let Ok(after) = apply(&now, &edit) {
            now = after;
            fit.push(edit);
        }
    }
    (fit, now)
}

fn reads_nothing(version: &FlowVersion) -> usize {
    problems(version, None).iter().filter(|it| it.code == ProblemCode::NotBefore).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_is_left_out_the_rest_can_be_made(
        edits in proptest::collection::vec(any_edit(), 1..12),
        out in proptest::collection::btree_set(0..12_usize, 0..4),
    ) {
        let (edits, after) = fitting(edits);
        let parts = Parts::of(&flow(), &edits);
        prop_assert_eq!(apply_all(&flow(), &parts.edits_without(&BTreeSet::new())), Ok(after));
        let left = parts.without(&out);
        prop_assert!(out.iter().all(|it| *it >= parts.all.len() || left.contains(it)));
        let rest = apply_all(&flow(), &parts.edits_without(&left));
        prop_assert!(rest.is_ok(), "{:?} without {:?} of {:#?}", rest, left, parts);
        prop_assert_eq!(reads_nothing(&rest.expect("checked")), 0);
        for at in &left {
            let again = parts.with(&left, *at);
            prop_assert!(!again.contains(at));
            prop_assert_eq!(parts.without(&again), again);
        }
    }
}
