//! Edits of flows: what they refuse, what they keep.

use domain::flow::catalog::choices::{choice, step_choices, trigger_choices};
use domain::flow::catalog::{BASECAMP, WEBHOOK, step};
use domain::flow::edit::words::describe;
use domain::flow::edit::{FlowEdit, apply, apply_all};
use domain::flow::layout::layout;
use domain::flow::{Action, ActionKind, FlowVersion, Note, tree};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn empty() -> FlowVersion {
    serde_json::from_value(json!({ "displayName": "New flow", "trigger": step::empty_trigger() }))
        .expect("a flow")
}

pub(crate) fn edit(kind: &str, request: Value) -> FlowEdit {
    serde_json::from_value(json!({ "type": kind, "request": request })).expect("an edit")
}

pub(crate) fn add(
    parent: &str,
    location: &str,
    branch: Option<usize>,
    action: &Action,
) -> FlowEdit {
    edit(
        "ADD_ACTION",
        json!({ "parentStep": parent, "stepLocationRelativeToParent": location, "branchIndex": branch, "action": action }),
    )
}

pub(crate) fn notify(name: &str) -> Action {
    choice("@pmos/piece-notify/notify_person").and_then(|it| it.step(name)).expect("known")
}

/// Webhook, then a loop with a step inside, then a router.
pub(crate) fn flow() -> FlowVersion {
    let trigger = step::piece_trigger(WEBHOOK, "catch_webhook").expect("known");
    let edits = [
        edit("UPDATE_TRIGGER", json!(trigger)),
        add("trigger", "AFTER", None, &step::loop_step("")),
        add("step_1", "INSIDE_LOOP", None, &notify("")),
        add("step_1", "AFTER", None, &step::router_step("")),
        add("step_3", "INSIDE_BRANCH", Some(1), &notify("")),
    ];
    apply_all(&empty(), &edits).expect("a flow")
}

pub(crate) fn names(version: &FlowVersion) -> Vec<String> {
    tree::steps(&version.trigger).into_iter().map(|it| it.name.clone()).collect()
}

fn refused(edit: &FlowEdit) -> String {
    let issues = apply(&flow(), edit).expect_err("refused");
    format!("{}: {}", issues[0].field, issues[0].message)
}

#[test]
fn new_steps_take_the_smallest_free_name() {
    let version = flow();
    assert_eq!(names(&version), ["step_1", "step_2", "step_3", "step_4"]);
    let version =
        apply(&version, &edit("DELETE_ACTION", json!({ "names": ["step_2"] }))).expect("deleted");
    let version = apply(&version, &add("step_4", "AFTER", None, &notify(""))).expect("added");
    assert_eq!(names(&version), ["step_1", "step_3", "step_4", "step_2"]);
}

#[test]
fn what_another_engine_ignores_is_refused_with_a_reason() {
    let gone = notify("step_9");
    let cases = [
        (add("step_7", "AFTER", None, &gone), "parentStep: There is no step called step_7."),
        (
            add("trigger", "AFTER", None, &notify("step_1")),
            "action.name: There already is a step called step_1.",
        ),
        (add("trigger", "INSIDE_LOOP", None, &gone), "parentStep: Nothing goes inside a trigger."),
        (add("step_2", "INSIDE_LOOP", None, &gone), "parentStep: step_2 is not a loop"),
        (
            add("step_3", "INSIDE_BRANCH", Some(5), &gone),
            "branchIndex: step_3 has 2 branches, counted from 0.",
        ),
        (edit("UPDATE_ACTION", json!(gone)), "name: There is no step called step_9."),
        (edit("UPDATE_ACTION", json!(notify("step_1"))), "type: Tell someone has steps inside."),
        (
            edit("DELETE_ACTION", json!({ "names": ["step_9"] })),
            "names.0: There is no step called step_9.",
        ),
        (
            edit("DELETE_ACTION", json!({ "names": ["trigger"] })),
            "names.0: A flow keeps its trigger.",
        ),
        (
            edit("MOVE_ACTION", json!({ "name": "step_1", "newParentStep": "step_2" })),
            "newParentStep: A step cannot move into itself.",
        ),
        (
            edit("MOVE_ACTION", json!({ "name": "step_1", "newParentStep": "step_8" })),
            "parentStep: There is no step called step_8.",
        ),
        (
            edit("DUPLICATE_ACTION", json!({ "stepName": "step_9" })),
            "stepName: There is no step called step_9.",
        ),
        (
            edit("SET_SKIP_ACTION", json!({ "names": ["step_9"], "skip": true })),
            "names.0: There is no step called step_9.",
        ),
        (
            edit(
                "ADD_BRANCH",
                json!({ "stepName": "step_1", "branchIndex": 0, "branchName": "x" }),
            ),
            "stepName: step_1 is not a router",
        ),
        (
            edit("DELETE_BRANCH", json!({ "stepName": "step_3", "branchIndex": 1 })),
            "branchIndex: A router keeps its branch for everything else",
        ),
        (
            edit(
                "MOVE_BRANCH",
                json!({ "stepName": "step_3", "sourceBranchIndex": 0, "targetBranchIndex": 1 }),
            ),
            "targetBranchIndex: The branch for everything else stays last",
        ),
        (edit("CHANGE_NAME", json!({ "displayName": " " })), "displayName: Give the flow a name"),
        (edit("DELETE_NOTE", json!({ "id": "x" })), "id: There is no note with this id"),
    ];
    for (edit, expected) in cases {
        let refused = refused(&edit);
        assert!(refused.starts_with(expected), "{refused} should start with {expected}");
    }
}

#[test]
fn branches_and_children_always_match() {
    let mut router = step::router_step("step_9");
    router.children = Some(vec![None]);
    assert!(refused(&add("trigger", "AFTER", None, &router)).contains("2 branches and 1 children"));
    let import = json!({ "displayName": "x", "trigger": { "name": "trigger", "displayName": "t", "type": "EMPTY",
        "settings": {}, "nextAction": router } });
    assert!(refused(&edit("IMPORT_FLOW", import)).contains("2 branches and 1 children"));
}

#[test]
fn a_flow_too_long_to_be_read_again_is_refused() {
    let mut version = flow();
    let refused = loop {
        match apply(&version, &add("trigger", "AFTER", None, &notify(""))) {
            Ok(it) => version = it,
            Err(it) => break it,
        }
    };
    assert_eq!(refused[0].field, "steps");
    assert!(names(&version).len() > 90, "{}", names(&version).len());
    let text = json!({ "data": [{ "version": version }] }).to_string();
    assert!(serde_json::from_str::<Value>(&text).is_ok());
}

#[test]
fn a_change_that_is_refused_changes_nothing() {
    let version = flow();
    let edits = [
        edit("CHANGE_NAME", json!({ "displayName": "Renamed" })),
        edit("DELETE_NOTE", json!({ "id": "x" })),
    ];
    assert!(apply_all(&version, &edits).is_err());
    assert_eq!(version, flow());
}

#[test]
fn steps_go_into_an_error_branch_and_stay_there() {
    let edits = [
        add("step_2", "INSIDE_ERROR_BRANCH", None, &notify("")),
        add("step_5", "AFTER", None, &step::loop_step("")),
        edit("UPDATE_ACTION", json!(notify("step_2"))),
    ];
    let version = apply_all(&flow(), &edits).expect("added");
    assert_eq!(names(&version), ["step_1", "step_2", "step_5", "step_6", "step_3", "step_4"]);
    let owner = tree::find(&version.trigger, "step_2").expect("there");
    let chain: Vec<_> = tree::chain(owner.on_error_action.as_deref()).map(|it| &it.name).collect();
    assert_eq!(chain, ["step_5", "step_6"]);
    let json = json!(version.trigger);
    assert_eq!(
        json.pointer("/nextAction/firstLoopAction/onErrorAction/name"),
        Some(&json!("step_5"))
    );
    let refused = apply(&version, &edit("UPDATE_ACTION", json!(step::loop_step("step_2"))));
    let refused = refused.expect_err("it has an error branch");
    assert!(refused[0].message.contains("has steps inside"), "{refused:?}");
    let moved = edit("MOVE_ACTION", json!({ "name": "step_5", "newParentStep": "step_1" }));
    let version = apply(&version, &moved).expect("moved out");
    assert_eq!(names(&version), ["step_1", "step_2", "step_6", "step_5", "step_3", "step_4"]);
    let version =
        apply(&version, &edit("DELETE_ACTION", json!({ "names": ["step_2"] }))).expect("deleted");
    assert_eq!(names(&version), ["step_1", "step_5", "step_3", "step_4"]);
}

#[test]
fn an_error_branch_where_none_can_be_is_refused() {
    let inside = |parent: &str| add(parent, "INSIDE_ERROR_BRANCH", None, &notify("step_9"));
    assert!(refused(&inside("step_1")).contains("step_1 has no error branch"));
    assert!(refused(&inside("trigger")).contains("Nothing goes inside a trigger"));
    let mut each = step::loop_step("step_9");
    each.on_error_action = Some(Box::new(notify("step_10")));
    assert!(
        refused(&add("trigger", "AFTER", None, &each)).starts_with("steps.step_9.onErrorAction")
    );
}

#[test]
fn a_copy_refers_to_itself_and_has_its_own_names() {
    let mut each = step::loop_step("step_5");
    if let ActionKind::Loop(it) = &mut each.kind {
        "{{trigger.body.rows}}".clone_into(&mut it.items);
    }
    let mut inner = notify("step_6");
    if let ActionKind::Piece(it) = &mut inner.kind {
        it.input.insert("message".to_owned(), json!("{{step_5.item}} of {{step_2}}"));
    }
    let edits = [add("trigger", "AFTER", None, &each), add("step_5", "INSIDE_LOOP", None, &inner)];
    let version = apply_all(&flow(), &edits).expect("added");
    let version = apply(&version, &edit("DUPLICATE_ACTION", json!({ "stepName": "step_5" })))
        .expect("copied");
    let copy = tree::find(&version.trigger, "step_8").expect("the inner copy");
    let ActionKind::Piece(settings) = &copy.kind else { panic!("a piece") };
    assert_eq!(settings.input["message"], "{{step_7.item}} of {{step_2}}");
    assert_eq!(copy.display_name, "Tell someone Copy");
}

#[test]
fn flags_and_connections_are_worked_out_again() {
    let mut todo =
        choice(&format!("{BASECAMP}/todos/create_todo")).and_then(|it| it.step("")).expect("known");
    let version = apply(&flow(), &add("trigger", "AFTER", None, &todo)).expect("added");
    assert!(!tree::find(&version.trigger, "step_5").expect("added").valid);
    "step_5".clone_into(&mut todo.name);
    if let ActionKind::Piece(it) = &mut todo.kind {
        it.input.extend([
            ("project".to_owned(), json!(1)),
            ("todolist".to_owned(), json!(2)),
            ("inputs".to_owned(), json!({ "content": "{{trigger.body.name}}" })),
            ("auth".to_owned(), json!("{{connections['main']}}")),
        ]);
    }
    let version = apply(&version, &edit("UPDATE_ACTION", json!(todo))).expect("updated");
    assert!(tree::find(&version.trigger, "step_5").expect("there").valid);
    assert_eq!(version.connection_ids, ["main"]);
    assert!(!version.valid, "the loop has no list yet");
}

#[test]
fn every_change_has_plain_words() {
    let version = flow();
    let say = |kind: &str, request: Value| describe(&edit(kind, request), &version);
    assert_eq!(
        describe(&add("trigger", "AFTER", None, &notify("")), &version),
        "Added Tell someone after When a request arrives"
    );
    assert_eq!(
        describe(&add("step_3", "INSIDE_BRANCH", Some(1), &notify("")), &version),
        "Added Tell someone to the start of Otherwise"
    );
    assert_eq!(
        describe(&add("step_2", "INSIDE_ERROR_BRANCH", None, &notify("")), &version),
        "Added Tell someone to what happens when Tell someone fails"
    );
    assert_eq!(say("DELETE_ACTION", json!({ "names": ["step_1"] })), "Deleted For each item");
    assert_eq!(
        say("MOVE_ACTION", json!({ "name": "step_2", "newParentStep": "step_3" })),
        "Moved Tell someone after Choose a branch"
    );
    assert_eq!(
        say("CHANGE_NAME", json!({ "displayName": "Signups" })),
        "Renamed the flow to Signups"
    );
}

/// Any edit, often one that fits.
pub(crate) fn any_edit() -> impl Strategy<Value = FlowEdit> {
    let name =
        || prop_oneof![Just("trigger".to_owned()), (1..10_u8).prop_map(|it| format!("step_{it}"))];
    let place = || {
        prop_oneof![
            Just("AFTER"),
            Just("INSIDE_LOOP"),
            Just("INSIDE_BRANCH"),
            Just("INSIDE_ERROR_BRANCH")
        ]
    };
    let steps: Vec<_> = step_choices().filter_map(|it| it.step("")).collect();
    let triggers: Vec<_> = trigger_choices().filter_map(|it| it.trigger()).collect();
    let adds = (name(), place(), 0..3_usize, proptest::sample::select(steps.clone()));
    let others = (name(), proptest::sample::select(steps));
    let note = || (0..3_u8, -50..50_i32).prop_map(|(id, at)| Note::new(id.to_string(), (at, 0)));
    prop_oneof![
        6 => adds.prop_map(|(parent, place, branch, step)| add(&parent, place, Some(branch), &step)),
        2 => (name(), name(), place(), 0..3_usize).prop_map(|(name, parent, place, branch)| edit("MOVE_ACTION",
            json!({ "name": name, "newParentStep": parent, "stepLocationRelativeToNewParent": place, "branchIndex": branch }))),
        1 => name().prop_map(|it| edit("DELETE_ACTION", json!({ "names": [it] }))),
        2 => name().prop_map(|it| edit("DUPLICATE_ACTION", json!({ "stepName": it }))),
        1 => (name(), any::<bool>()).prop_map(|(it, skip)| edit("SET_SKIP_ACTION", json!({ "names": [it], "skip": skip }))),
        1 => (name(), 0..3_usize).prop_map(|(it, at)| edit("ADD_BRANCH",
            json!({ "stepName": it, "branchIndex": at, "branchName": "More" }))),
        1 => (name(), 0..3_usize).prop_map(|(it, at)| edit("DELETE_BRANCH", json!({ "stepName": it, "branchIndex": at }))),
        1 => (name(), 0..3_usize).prop_map(|(it, at)| edit("DUPLICATE_BRANCH", json!({ "stepName": it, "branchIndex": at }))),
        1 => (name(), 0..3_usize, 0..3_usize).prop_map(|(it, from, to)| edit("MOVE_BRANCH",
            json!({ "stepName": it, "sourceBranchIndex": from, "targetBranchIndex": to }))),
        1 => proptest::sample::select(triggers).prop_map(|it| FlowEdit::UpdateTrigger(Box::new(it))),
        2 => others.prop_map(|(name, step)| FlowEdit::UpdateAction(Box::new(Action { name, ..step }))),
        1 => "[A-Za-zé ]{1,12}".prop_map(|it| edit("CHANGE_NAME", json!({ "displayName": it }))),
        1 => note().prop_map(FlowEdit::AddNote),
        1 => note().prop_map(FlowEdit::UpdateNote),
        1 => (0..3_u8).prop_map(|it| edit("DELETE_NOTE", json!({ "id": it.to_string() }))),
    ]
}

/// The steps that `edit` means to remove.
fn removed(before: &FlowVersion, edit: &FlowEdit) -> BTreeSet<String> {
    let whole = |it: &Action| {
        std::iter::once(it).chain(tree::inside(it)).map(|it| it.name.clone()).collect::<Vec<_>>()
    };
    match edit {
        FlowEdit::DeleteAction(it) => it
            .names
            .iter()
            .filter_map(|it| tree::find(&before.trigger, it))
            .flat_map(whole)
            .collect(),
        FlowEdit::DeleteBranch(it) => {
            let router = tree::find(&before.trigger, &it.step_name).expect("known");
            let branch = tree::bodies(router)[it.branch_index].first;
            tree::chain(branch).flat_map(whole).collect()
        }
        _ => BTreeSet::new(),
    }
}

proptest! {
    #[test]
    fn no_sequence_of_edits_loses_a_step_it_did_not_delete(edits in proptest::collection::vec(any_edit(), 1..30)) {
        let mut version = flow();
        for edit in edits {
            let Ok(after) = apply(&version, &edit) else { continue };
            let (old, new) = (names(&version), names(&after));
            let unique: BTreeSet<_> = new.iter().cloned().collect();
            prop_assert_eq!(unique.len(), new.len(), "names stay unique");
            let removed = removed(&version, &edit);
            for name in old {
                prop_assert_eq!(!unique.contains(&name), removed.contains(&name), "{}", name);
            }
            for step in tree::steps(&after.trigger) {
                if let ActionKind::Router(it) = &step.kind {
                    prop_assert_eq!(step.children.as_ref().map(Vec::len), Some(it.branches.len()));
                }
            }
            let drawn = layout(&after);
            let on_canvas: Vec<_> = drawn.nodes.into_iter().skip(1).map(|it| it.name).collect();
            prop_assert_eq!(on_canvas, names(&after), "every step is drawn, in reading order");
            let text = serde_json::to_string(&after).expect("json");
            prop_assert_eq!(&serde_json::from_str::<FlowVersion>(&text).expect("a flow"), &after);
            version = after;
        }
    }
}
