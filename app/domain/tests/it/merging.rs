//! Taking back one's own change while others go on: theirs stays, or it is refused in words.

use crate::edits::{add, any_edit, edit, flow, names, notify};
use domain::flow::catalog::step;
use domain::flow::edit::{FlowEdit, apply, apply_all};
use domain::flow::merge::{Content, merge};
use domain::flow::rebase::{Rebased, rebase};
use domain::flow::{ActionKind, FlowVersion, Note, tree};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;

/// `after` with what made it of `before` taken back, when it is `now` by now.
fn taken_back(
    before: &FlowVersion,
    after: &FlowVersion,
    now: &FlowVersion,
) -> Result<FlowVersion, String> {
    let [before, after, content] = [before, after, now].map(Content::from);
    let merged = merge(&after, &before, &content)?;
    Ok(apply(now, &merged.put_back()).expect("what was merged can be put back"))
}

fn made(of: &FlowVersion, edits: &[FlowEdit]) -> FlowVersion {
    apply_all(of, edits).expect("it fits")
}

fn said(of: &FlowVersion, name: &str, text: &str) -> FlowEdit {
    let mut step = tree::find(&of.trigger, name).expect("known").clone();
    if let ActionKind::Piece(it) = &mut step.kind {
        it.input.insert("message".to_owned(), json!(text));
    }
    edit("UPDATE_ACTION", json!(step))
}

fn deleted(name: &str) -> FlowEdit {
    edit("DELETE_ACTION", json!({ "names": [name] }))
}

#[test]
fn what_another_did_to_another_step_stays() {
    let before = flow();
    let mine = made(&before, &[said(&before, "step_2", "mine")]);
    let now = made(&mine, &[said(&mine, "step_4", "theirs"), deleted("step_1")]);
    let theirs_only = made(&before, &[said(&before, "step_4", "theirs")]);
    let also = made(&mine, &[said(&mine, "step_4", "theirs")]);
    assert_eq!(taken_back(&before, &mine, &also), Ok(theirs_only));
    let why = taken_back(&before, &mine, &now).expect_err("the step is gone");
    assert_eq!(why, "“Tell someone” was deleted by somebody else since");
}

#[test]
fn a_deleted_step_comes_back_to_its_place_between_what_was_added_since() {
    let start = made(&flow(), &[add("step_3", "AFTER", None, &notify("step_5"))]);
    let mine = made(&start, &[deleted("step_3")]);
    let theirs = [
        add("step_1", "AFTER", None, &notify("step_7")),
        add("step_5", "AFTER", None, &notify("step_8")),
    ];
    let back = taken_back(&start, &mine, &made(&mine, &theirs)).expect("it fits");
    assert_eq!(
        names(&back),
        ["step_1", "step_2", "step_3", "step_4", "step_7", "step_5", "step_8"]
    );
}

#[test]
fn what_another_built_on_ones_own_change_is_never_lost() {
    let before = flow();
    let mine = made(&before, &[add("step_1", "AFTER", None, &step::loop_step("step_5"))]);
    let inside = made(&mine, &[add("step_5", "INSIDE_LOOP", None, &notify("step_6"))]);
    let why = taken_back(&before, &mine, &inside).expect_err("a step stands inside it");
    assert_eq!(why, "“Tell someone” was put by somebody else where it would be lost");
    let added = made(&before, &[add("step_1", "AFTER", None, &notify("step_5"))]);
    let typed = made(&added, &[said(&added, "step_5", "theirs")]);
    let why = taken_back(&before, &added, &typed).expect_err("they wrote into it");
    assert_eq!(why, "“Tell someone” was changed by somebody else since");
    let gone = made(&before, &[deleted("step_2")]);
    let reused = made(&gone, &[add("step_3", "AFTER", None, &step::loop_step("step_2"))]);
    let why = taken_back(&before, &gone, &reused).expect_err("the name is taken");
    assert_eq!(why, "“For each item” took its place since");
}

#[test]
fn branches_come_back_with_their_steps_unless_the_other_changed_them_too() {
    let more = json!({ "stepName": "step_3", "branchIndex": 0, "branchName": "More" });
    let inside = add("step_3", "INSIDE_BRANCH", Some(0), &notify("step_6"));
    let before = made(&flow(), &[edit("ADD_BRANCH", more), inside]);
    let branch = json!({ "stepName": "step_3", "branchIndex": 0 });
    let mine = made(&before, &[edit("DELETE_BRANCH", branch)]);
    let beside = made(&mine, &[add("step_3", "AFTER", None, &notify("step_9"))]);
    let back = taken_back(&before, &mine, &beside).expect("it fits");
    assert_eq!(back, made(&before, &[add("step_3", "AFTER", None, &notify("step_9"))]));
    let within = made(&mine, &[add("step_4", "AFTER", None, &notify("step_9"))]);
    let why = taken_back(&before, &mine, &within).expect_err("both changed what is in it");
    assert_eq!(why, "The branches of “Choose a branch” were changed by somebody else since");
}

#[test]
fn a_flow_put_back_late_keeps_what_came_between() {
    let before = flow();
    let mine = made(&before, &[said(&before, "step_2", "mine")]);
    let note = FlowEdit::AddNote(Note::new("n".to_owned(), (0, 0)));
    let now = made(&mine, std::slice::from_ref(&note));
    let back = Content::from(&before).put_back();
    let Rebased::Fits(edit) = rebase(&mine, &now, &back) else { panic!("it fits") };
    assert_eq!(made(&now, &[edit]), made(&before, &[note]));
    assert_eq!(
        rebase(&mine, &made(&mine, &[Content::from(&before).put_back()]), &back),
        Rebased::Done
    );
}

fn any_edits() -> impl Strategy<Value = Vec<FlowEdit>> {
    proptest::collection::vec(any_edit(), 1..8)
}

/// As many of `edits` as fit, one after the other.
fn fitting(version: &FlowVersion, edits: &[FlowEdit]) -> FlowVersion {
    edits.iter().fold(version.clone(), |it, edit| apply(&it, edit).unwrap_or(it))
}

fn set(version: &FlowVersion) -> BTreeSet<String> {
    names(version).into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn where_one_side_changed_nothing_it_is_the_other_to_the_byte(edits in any_edits()) {
        let base = flow();
        let changed = fitting(&base, &edits);
        let [base, changed] = [&base, &changed].map(Content::from);
        prop_assert_eq!(merge(&base, &changed, &base), Ok(changed.clone()));
        prop_assert_eq!(merge(&base, &base, &changed), Ok(changed.clone()));
        prop_assert_eq!(merge(&base, &changed, &changed), Ok(changed));
    }

    #[test]
    fn nothing_that_either_added_is_lost_and_nothing_deleted_comes_back(mine in any_edits(), theirs in any_edits()) {
        let base = flow();
        let (mine, theirs) = (fitting(&base, &mine), fitting(&base, &theirs));
        let sides = [&base, &mine, &theirs].map(Content::from);
        match merge(&sides[0], &sides[1], &sides[2]) {
            Err(why) => prop_assert!(why.contains("since") || why.contains("lost"), "{}", why),
            Ok(merged) => {
                let whole = apply(&theirs, &merged.put_back());
                prop_assert!(whole.is_ok(), "{:?}", whole);
                let whole = whole.expect("checked");
                prop_assert_eq!(names(&whole).len(), set(&whole).len(), "names stay unique");
                for name in set(&mine).union(&set(&theirs)) {
                    let was_there = set(&base).contains(name);
                    let is_in_both = set(&mine).contains(name) && set(&theirs).contains(name);
                    prop_assert_eq!(set(&whole).contains(name), !was_there || is_in_both, "{}", name);
                }
            }
        }
    }

    #[test]
    fn taken_back_at_once_it_is_the_flow_from_before(mine in any_edits()) {
        let before = flow();
        let after = fitting(&before, &mine);
        let back = taken_back(&before, &after, &after).expect("nobody came between");
        prop_assert_eq!(Content::from(&back), Content::from(&before));
    }
}
