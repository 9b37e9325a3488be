//! Several changes that come late: each on top of the one before, none lost in silence, none against oneself.

use crate::edits::{add, any_edit, edit, flow, names, notify};
use domain::flow::edit::{FlowEdit, apply, apply_all};
use domain::flow::merge::Content;
use domain::flow::rebase::{OpenClash, Rebased, SWITCH, Stacked, rebase, stack};
use domain::flow::{ActionKind, FlowVersion, tree};
use proptest::prelude::*;
use serde_json::json;

/// The step called `name`, called `title`, with `field` set to `text`.
fn changed(of: &FlowVersion, name: &str, title: &str, text: &str) -> FlowEdit {
    let mut step = tree::find(&of.trigger, name).expect("known").clone();
    title.clone_into(&mut step.display_name);
    if let ActionKind::Piece(it) = &mut step.kind {
        it.input.insert("message".to_owned(), json!(text));
    }
    (step.next_action, step.first_loop_action) = (None, None);
    edit("UPDATE_ACTION", json!(step))
}

fn title(of: &FlowVersion, name: &str) -> String {
    tree::find(&of.trigger, name).expect("known").display_name.clone()
}

fn message(of: &FlowVersion, name: &str) -> String {
    let ActionKind::Piece(it) = &tree::find(&of.trigger, name).expect("known").kind else {
        panic!("a piece")
    };
    it.input.get("message").and_then(|it| it.as_str()).unwrap_or_default().to_owned()
}

/// `edits` made one after the other, each worked out on what the one before left.
fn made(base: &FlowVersion, make: &[&dyn Fn(&FlowVersion) -> FlowEdit]) -> Vec<FlowEdit> {
    let mut now = base.clone();
    let each = |make: &&dyn Fn(&FlowVersion) -> FlowEdit| {
        let edit = make(&now);
        now = apply(&now, &edit).expect("it fits");
        edit
    };
    make.iter().map(each).collect()
}

fn stacked(base: &FlowVersion, theirs: &FlowVersion, mine: &[FlowEdit]) -> Stacked {
    let done = stack((base, theirs), mine, Vec::new(), false);
    let sent = apply_all(theirs, &done.fits).expect("what fits can be made");
    assert_eq!(sent.trigger, done.version.trigger, "what is sent makes what is shown");
    done
}

fn skip(name: &str, skip: bool) -> FlowEdit {
    edit("SET_SKIP_ACTION", json!({ "names": [name], "skip": skip }))
}

#[test]
fn what_is_changed_twice_is_no_clash_with_oneself_and_what_is_put_back_is_put_back() {
    let base = flow();
    let theirs = apply(&base, &skip("step_4", true)).expect("skipped");
    let original = title(&base, "step_2");
    let mine = made(
        &base,
        &[
            &|it| changed(it, "step_2", "One", ""),
            &|it| changed(it, "step_2", "Two", "Hello"),
            &|_| skip("step_1", true),
        ],
    );
    let done = stacked(&base, &theirs, &mine);
    assert_eq!((done.clashes.len(), done.lost.len(), done.fits.len()), (0, 0, 3));
    assert_eq!(title(&done.version, "step_2"), "Two");
    assert!(tree::find(&done.version.trigger, "step_4").expect("known").skip, "theirs stays");
    let back = made(
        &base,
        &[&|it| changed(it, "step_2", "One", ""), &|_| changed(&base, "step_2", &original, "")],
    );
    assert_eq!(title(&stacked(&base, &theirs, &back).version, "step_2"), original);
}

#[test]
fn taking_back_what_was_not_saved_yet_takes_it_back() {
    let base = flow();
    let theirs = apply(&base, &changed(&base, "step_2", "Theirs", "")).expect("named");
    let mine = made(&base, &[&|_| skip("step_4", true), &|_| Content::from(&base).put_back()]);
    let done = stacked(&base, &theirs, &mine);
    assert!(!tree::find(&done.version.trigger, "step_4").expect("known").skip);
    assert_eq!(title(&done.version, "step_2"), "Theirs");
}

#[test]
fn the_last_change_of_what_both_changed_is_asked_about_with_all_that_came_before() {
    let base = flow();
    let theirs = apply(&base, &changed(&base, "step_2", "Theirs", "theirs")).expect("changed");
    let mine = made(
        &base,
        &[&|it| changed(it, "step_2", "Mine", "mine"), &|it| {
            changed(it, "step_2", "Mine", "mine at last")
        }],
    );
    let done = stacked(&base, &theirs, &mine);
    let [OpenClash { clash, late }] = done.clashes.as_slice() else { panic!("one question") };
    assert_eq!((clash.values.len(), late.base == base), (2, true));
    let after = apply(&done.version, &clash.mine).expect("mine");
    assert_eq!(
        (title(&after, "step_2"), message(&after, "step_2")),
        ("Mine".into(), "mine at last".into())
    );
    let as_it_was =
        || edit("UPDATE_ACTION", json!(tree::find(&base.trigger, "step_2").expect("known")));
    let more = made(&base, &[&|it| changed(it, "step_2", "Mine", "mine"), &|_| as_it_was()]);
    assert_eq!(stacked(&base, &theirs, &more).clashes, [], "taken back: nothing is disputed");
}

#[test]
fn two_who_add_the_same_at_once_both_keep_theirs_and_later_changes_go_to_ones_own() {
    let base = flow();
    let theirs = apply(&base, &add("step_3", "AFTER", None, &notify("step_5"))).expect("added");
    let mine = made(
        &base,
        &[
            &|_| add("step_3", "AFTER", None, &notify("step_5")),
            &|_| add("step_5", "AFTER", None, &notify("step_6")),
            &|it| changed(it, "step_5", "Mine", "{{step_6.id}} {{step_1.item}}"),
        ],
    );
    let done = stacked(&base, &theirs, &mine);
    assert_eq!(done.renamed.get("step_5").map(String::as_str), Some("step_7"));
    assert_eq!(names(&done.version).len(), 7);
    assert_eq!(title(&done.version, "step_7"), "Mine");
    assert_eq!(message(&done.version, "step_7"), "{{step_6.id}} {{step_1.item}}");
    assert_eq!(title(&done.version, "step_5"), title(&theirs, "step_5"));
    let again = stack((&base, &theirs), &mine[..1], Vec::new(), true);
    assert_eq!((again.fits.len(), again.version == theirs), (0, true), "it had arrived already");
}

#[test]
fn branches_are_counted_anew() {
    let base = flow();
    let other =
        edit("ADD_BRANCH", json!({ "stepName": "step_3", "branchIndex": 0, "branchName": "New" }));
    let theirs = apply(&base, &other).expect("added");
    let into = add("step_3", "INSIDE_BRANCH", Some(0), &notify("step_5"));
    let done = stacked(&base, &theirs, &[into]);
    let router = tree::find(&done.version.trigger, "step_3").expect("known");
    let first = |at: usize| tree::bodies(router)[at].first.map(|it| it.name.clone());
    assert_eq!((first(0), first(1).as_deref()), (None, Some("step_5")));
    let gone = edit("DELETE_BRANCH", json!({ "stepName": "step_3", "branchIndex": 0 }));
    let done = stacked(&base, &theirs, std::slice::from_ref(&gone));
    let left: Vec<_> = tree::bodies(tree::find(&done.version.trigger, "step_3").expect("known"))
        .into_iter()
        .filter_map(|it| it.name.map(str::to_owned))
        .collect();
    assert_eq!(left, ["New", "Otherwise"], "the one that was meant");
    let filled =
        apply(&base, &add("step_3", "INSIDE_BRANCH", Some(0), &notify("step_5"))).expect("added");
    let asked = stack((&base, &filled), &[gone], Vec::new(), false);
    assert_eq!(asked.clashes.len(), 1, "it has steps by now");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn ones_own_changes_are_never_in_each_others_way(all in proptest::collection::vec(any_edit(), 1..12)) {
        let base = flow();
        let (mut now, mut mine) = (base.clone(), Vec::new());
        for edit in all {
            if let Ok(next) = apply(&now, &edit) {
                now = next;
                mine.push(edit);
            }
        }
        let done = stack((&base, &base), &mine, Vec::new(), false);
        prop_assert_eq!(&done.lost, &Vec::<String>::new());
        prop_assert_eq!(done.clashes.len(), 0);
        prop_assert_eq!(&done.version.trigger, &now.trigger);
        prop_assert_eq!(&done.version.notes, &now.notes);
    }

    #[test]
    fn what_fits_beside_changes_of_others_can_be_sent_as_it_is(
        theirs in proptest::collection::vec(any_edit(), 1..8),
        mine in proptest::collection::vec(any_edit(), 1..8),
    ) {
        let base = flow();
        let follow = |edits: Vec<FlowEdit>| {
            let (mut now, mut made) = (base.clone(), Vec::new());
            for edit in edits {
                if let Ok(next) = apply(&now, &edit) {
                    now = next;
                    made.push(edit);
                }
            }
            (now, made)
        };
        let ((now, _), (_, made)) = (follow(theirs), follow(mine));
        let done = stack((&base, &now), &made, Vec::new(), false);
        let sent = apply_all(&now, &done.fits).expect("what fits can be made");
        prop_assert_eq!(&sent.trigger, &done.version.trigger);
        prop_assert_eq!(&sent.notes, &done.version.notes);
    }
}

#[test]
fn a_step_that_somebody_else_switched_is_not_switched_back_in_silence() {
    let base = flow();
    let theirs = apply(&base, &skip("step_4", true)).expect("skipped");
    let off = made(&base, &[&|_| skip("step_4", true)]);
    let same = stacked(&base, &theirs, &off);
    assert_eq!((same.fits.len(), same.clashes.len()), (0, 0), "both mean the same");

    let back = made(&base, &[&|_| skip("step_4", true), &|_| skip("step_4", false)]);
    let asked = stacked(&base, &theirs, &back);
    let [OpenClash { clash, late }] = asked.clashes.as_slice() else { panic!("one question") };
    assert_eq!((clash.step.as_deref(), clash.values[0].path.as_str()), (Some("step_4"), SWITCH));
    assert_eq!((clash.values[0].mine.as_str(), clash.values[0].theirs.as_str()), ("on", "off"));
    assert!(tree::find(&asked.version.trigger, "step_4").expect("known").skip, "theirs stays");
    let again = rebase(&late.base, &asked.version, &late.edit);
    assert!(matches!(again, Rebased::Clash(it) if it.mine == skip("step_4", false)));

    let off_after_all = made(
        &base,
        &[&|_| skip("step_4", true), &|_| skip("step_4", false), &|_| skip("step_4", true)],
    );
    assert_eq!(stacked(&base, &theirs, &off_after_all).clashes, [], "nothing is left to ask");

    let untouched = apply(&base, &changed(&base, "step_2", "Theirs", "")).expect("named");
    let done = stacked(&base, &untouched, &back);
    assert_eq!((done.fits.len(), done.clashes.len()), (2, 0), "nobody else switched it");
}
