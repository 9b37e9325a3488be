//! Two people and the assistant in one flow: what fits is kept, what does not is said, proposals change nothing alone.

use crate::edits::{add, any_edit, edit, flow, names, notify};
use domain::flow::edit::{FlowEdit, apply, apply_all};
use domain::flow::proposal::{StepChange, difference, drawn, fields_changed, is_large};
use domain::flow::rebase::{Rebased, rebase};
use domain::flow::{ActionKind, FlowVersion, tree};
use proptest::prelude::*;
use serde_json::{Value, json};

/// `step_2` with `field` set to `text`.
fn typed(of: &FlowVersion, field: &str, text: &str) -> FlowEdit {
    let mut step = tree::find(&of.trigger, "step_2").expect("known").clone();
    if let ActionKind::Piece(it) = &mut step.kind {
        it.input.insert(field.to_owned(), json!(text));
    }
    edit("UPDATE_ACTION", json!(step))
}

fn input(of: &FlowVersion) -> Value {
    let step = tree::find(&of.trigger, "step_2").expect("known");
    let ActionKind::Piece(it) = &step.kind else { panic!("a piece") };
    json!(it.input)
}

#[test]
fn changes_to_different_fields_of_one_step_are_both_kept() {
    let base = flow();
    let theirs = apply(&base, &typed(&base, "message", "theirs")).expect("typed");
    let Rebased::Fits(edit) = rebase(&base, &theirs, &typed(&base, "person", "mine")) else {
        panic!("it fits")
    };
    let both = input(&apply(&theirs, &edit).expect("both"));
    assert_eq!((&both["message"], &both["person"]), (&json!("theirs"), &json!("mine")));
}

#[test]
fn the_same_field_is_never_overwritten_in_silence() {
    let base = flow();
    let theirs = apply(&base, &typed(&base, "message", "theirs")).expect("typed");
    let Rebased::Clash(clash) = rebase(&base, &theirs, &typed(&base, "message", "mine")) else {
        panic!("both changed it")
    };
    assert_eq!(clash.step.as_deref(), Some("step_2"));
    let value = &clash.values[0];
    assert_eq!((value.mine.as_str(), value.theirs.as_str()), ("mine", "theirs"));
    assert_eq!(input(&apply(&theirs, &clash.mine).expect("mine"))["message"], "mine");
    let same = rebase(&base, &theirs, &typed(&base, "message", "theirs"));
    assert_eq!(same, Rebased::Done);
}

#[test]
fn what_arrived_already_is_not_done_twice_and_a_taken_name_gives_way() {
    let base = flow();
    let mine = add("step_3", "AFTER", None, &notify("step_5"));
    let arrived = apply(&base, &mine).expect("added");
    assert_eq!(rebase(&base, &arrived, &mine), Rebased::Done);
    let mut other = notify("step_5");
    "Another".clone_into(&mut other.display_name);
    let theirs = apply(&base, &add("step_3", "AFTER", None, &other)).expect("added");
    let Rebased::Fits(edit) = rebase(&base, &theirs, &mine) else { panic!("it fits") };
    assert_eq!(names(&apply(&theirs, &edit).expect("both")).len(), 6);
    let gone = edit_delete(&["step_2"]);
    let without = apply(&base, &gone).expect("deleted");
    assert_eq!(rebase(&base, &without, &gone), Rebased::Done);
    assert!(matches!(rebase(&base, &without, &typed(&base, "message", "x")), Rebased::Lost(_)));
}

fn edit_delete(names: &[&str]) -> FlowEdit {
    edit("DELETE_ACTION", json!({ "names": names }))
}

#[test]
fn deleting_what_somebody_just_changed_is_asked_about() {
    let base = flow();
    let theirs = apply(&base, &typed(&base, "message", "theirs")).expect("typed");
    let asked = rebase(&base, &theirs, &edit_delete(&["step_1"]));
    assert!(matches!(asked, Rebased::Clash(it) if it.step.as_deref() == Some("step_1")));
    let free = rebase(&base, &theirs, &edit_delete(&["step_3"]));
    assert_eq!(free, Rebased::Fits(edit_delete(&["step_3"])));
}

#[test]
fn a_proposal_shows_what_is_new_changed_and_removed() {
    let before = flow();
    let edits = [
        add("step_3", "AFTER", None, &notify("step_5")),
        typed(&before, "message", "Hello"),
        edit_delete(&["step_4"]),
    ];
    assert!(is_large(&edits) && is_large(&edits[2..]) && !is_large(&edits[..2]));
    let after = apply_all(&before, &edits).expect("it fits");
    let changes: Vec<_> = difference(&before, &after).into_iter().collect();
    let expected = [
        ("step_2".to_owned(), StepChange::Changed),
        ("step_4".to_owned(), StepChange::Removed),
        ("step_5".to_owned(), StepChange::Added),
    ];
    assert_eq!(changes, expected);
    assert_eq!(names(&drawn(&before, &after)), ["step_1", "step_2", "step_3", "step_4", "step_5"]);
    let fields = fields_changed(&before, &after, "step_2");
    assert_eq!((fields.len(), fields[0].path.as_str()), (1, "input.message"));
    assert_eq!(fields[0].after, "Hello");
}

#[test]
fn a_step_that_only_moves_is_marked_and_the_others_are_not() {
    let before = flow();
    let edits = [edit("MOVE_ACTION", json!({ "name": "step_2", "newParentStep": "step_3" }))];
    let after = apply_all(&before, &edits).expect("moved");
    let changes: Vec<_> = difference(&before, &after).into_iter().collect();
    assert_eq!(changes, [("step_2".to_owned(), StepChange::Changed)]);
    assert!(fields_changed(&before, &after, "step_2").is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 10_000, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn the_drawn_difference_has_every_step_of_both_sides(edits in proptest::collection::vec(any_edit(), 1..15)) {
        let before = flow();
        let mut after = before.clone();
        for edit in &edits {
            if let Ok(next) = apply(&after, edit) {
                after = next;
            }
        }
        let shown = names(&drawn(&before, &after));
        for name in names(&after) {
            prop_assert!(shown.contains(&name), "{name} of after in {shown:?}");
        }
        for name in names(&before) {
            prop_assert!(shown.contains(&name), "{name} of before in {shown:?}");
        }
        prop_assert_eq!(difference(&before, &before).len(), 0);
    }

    #[test]
    fn a_late_change_fits_is_asked_about_or_is_said_to_be_lost(
        theirs in proptest::collection::vec(any_edit(), 1..8),
        mine in any_edit(),
    ) {
        let base = flow();
        prop_assume!(apply(&base, &mine).is_ok());
        let mut now = base.clone();
        for edit in &theirs {
            if let Ok(next) = apply(&now, edit) {
                now = next;
            }
        }
        if let Rebased::Clash(clash) = rebase(&base, &now, &mine) {
            prop_assert!(!clash.title.is_empty());
        }
        if now == base {
            // What is worked out, such as whether a step is valid, is not part of what somebody wants.
            let changes = match rebase(&base, &now, &mine) {
                Rebased::Fits(same) => apply(&now, &same).ok(),
                Rebased::Done => apply_all(&now, &[]).ok(),
                Rebased::Clash(_) | Rebased::Lost(_) => {
                    return Err(TestCaseError::fail("nothing stands against it"));
                }
            };
            prop_assert_eq!(changes, apply(&now, &mine).ok());
        }
    }
}
