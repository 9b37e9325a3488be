//! What the studio does with many steps at once: places, moving, the clipboard, notes, and taking it all back.

use crate::edits::{add, any_edit, edit, flow, names, notify};
use domain::flow::catalog::fields::fields;
use domain::flow::clip::{added, copied, doubled, pasted, read};
use domain::flow::edit::{FlowEdit, ImportFlow, apply, apply_all};
use domain::flow::layout::layout;
use domain::flow::places::{Spot, further, places, relocation};
use domain::flow::{ActionKind, FlowVersion, Note, PieceSettings, SCHEMA_VERSION, tree};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

/// The edit that puts `version` back.
fn back_to(version: &FlowVersion) -> FlowEdit {
    FlowEdit::ImportFlow(Box::new(ImportFlow {
        display_name: version.display_name.clone(),
        trigger: version.trigger.clone(),
        schema_version: Some(SCHEMA_VERSION.to_owned()),
        notes: Some(version.notes.clone()),
        keep_samples: true,
    }))
}

fn moved(version: &FlowVersion, steps: &[&str], down: bool) -> FlowVersion {
    let to = further(version, &set(steps), down).expect("a place");
    let edits = relocation(&version.trigger, &set(steps), &to).expect("it fits");
    apply_all(version, &edits).expect("moved")
}

#[test]
fn steps_move_over_into_and_out_of_others() {
    let version = flow();
    assert_eq!(names(&version), ["step_1", "step_2", "step_3", "step_4"]);
    let out = moved(&version, &["step_2"], true);
    assert_eq!(places(&out.trigger)[1].next, None, "the loop is empty");
    assert_eq!(names(&out), ["step_1", "step_2", "step_3", "step_4"]);
    assert_eq!(names(&moved(&out, &["step_2"], false)), names(&version));
    assert_eq!(moved(&out, &["step_2"], false).trigger, version.trigger);
    let inside = moved(&out, &["step_2"], true);
    let router = tree::find(&inside.trigger, "step_3").expect("the router");
    assert_eq!(tree::bodies(router)[0].first.map(|it| it.name.as_str()), Some("step_2"));
}

#[test]
fn at_the_ends_of_the_flow_steps_stay() {
    assert_eq!(further(&flow(), &set(&["step_1"]), false), None);
    assert_eq!(further(&flow(), &set(&["step_3"]), true), None);
    assert_eq!(further(&flow(), &set(&["trigger"]), true), None);
}

#[test]
fn many_steps_move_together_and_keep_their_order() {
    let extra = [
        add("step_3", "AFTER", None, &notify("step_5")),
        add("step_5", "AFTER", None, &notify("step_6")),
    ];
    let version = apply_all(&flow(), &extra).expect("added");
    let edits = relocation(&version.trigger, &set(&["step_5", "step_1"]), &Spot::after("step_6"))
        .expect("it fits");
    let version = apply_all(&version, &edits).expect("moved");
    assert_eq!(names(&version), ["step_3", "step_4", "step_6", "step_1", "step_2", "step_5"]);
    let stay = relocation(&version.trigger, &set(&["step_1", "step_5"]), &Spot::after("step_1"));
    assert_eq!(stay.expect("it fits"), []);
}

#[test]
fn a_step_does_not_move_into_itself() {
    let to = Spot::after("step_2");
    let issues = relocation(&flow().trigger, &set(&["step_1"]), &to).expect_err("refused");
    assert_eq!(issues[0].message, "For each item cannot move into itself. Choose another place");
}

#[test]
fn copied_steps_can_be_pasted_into_another_flow() {
    let mut inner = notify("step_2");
    if let ActionKind::Piece(it) = &mut inner.kind {
        let text = "{{step_1.item}} {{step_9.body}} {{trigger.body}} {{connections['main']}}";
        it.input.insert("message".to_owned(), json!(text));
        it.sample_data = Some(json!({ "lastTestDate": "2026-01-01" }));
    }
    let version = apply(&flow(), &edit("UPDATE_ACTION", json!(inner))).expect("changed");
    let text = copied("one", &version.trigger, &set(&["step_2", "step_1"])).expect("steps");
    let clip = read(&text).expect("a clip");
    let edits = pasted("two", &flow(), &clip, &Spot::after("step_4"));
    assert_eq!(added(&edits), set(&["step_5"]));
    let there = apply_all(&flow(), &edits).expect("pasted");
    let copy = tree::find(&there.trigger, "step_6").expect("the step inside");
    let ActionKind::Piece(settings) = &copy.kind else { panic!("a piece") };
    assert_eq!(
        settings.input["message"],
        "{{step_5.item}} {{missing_step_9.body}} {{trigger.body}} {{connections['main']}}"
    );
    assert_eq!(settings.sample_data, None);
    let same = pasted("one", &version, &clip, &Spot::after("step_4"));
    let same = json!(same).to_string();
    assert!(same.contains("{{step_9.body}}"), "a step of the same flow is still meant: {same}");
}

#[test]
fn copies_of_many_steps_follow_the_last_and_refer_to_each_other() {
    let edits = doubled("one", &flow(), &set(&["step_1", "step_3"]));
    let version = apply_all(&flow(), &edits).expect("copied");
    let all = ["step_1", "step_2", "step_3", "step_4", "step_5", "step_6", "step_7", "step_8"];
    assert_eq!(names(&version), all);
}

#[test]
fn pasted_nonsense_says_why_and_other_shapes_are_read() {
    for text in [
        "",
        "hello",
        "{}",
        "[]",
        "3",
        r#"{"actions":[]}"#,
        r#"{"trigger":{}}"#,
        r#"{"actions":[{"type":"PIECE"}]}"#,
    ] {
        let why = read(text).expect_err("refused");
        assert!(why.starts_with("The clipboard holds no steps."), "{text}: {why}");
    }
    let step = r#"{"actions":[{"displayName":"One","type":"NONE","settings":{}}]}"#;
    let wrong = read(step).expect_err("refused");
    assert!(wrong.starts_with("What was copied is no step of PM OS"), "{wrong}");
    assert!(read(&"x".repeat(2_000_001)).is_err());
    let version = flow();
    let step = tree::find(&version.trigger, "step_2").expect("known");
    let whole = json!({ "flows": [{ "displayName": "F", "trigger": version.trigger }] });
    let shapes = [json!(step), json!([step]), json!({ "version": version }), whole];
    for shape in shapes {
        let clip = read(&shape.to_string()).expect("steps");
        let edits = pasted("two", &version, &clip, &Spot::after("trigger"));
        assert!(apply_all(&version, &edits).is_ok(), "{shape}");
    }
}

#[test]
fn a_pasted_secret_is_refused_and_nothing_changes() {
    let step = json!({ "name": "step_1", "displayName": "Ask", "type": "PIECE", "settings": {
        "pieceName": "@activepieces/piece-http", "pieceVersion": "0.1.0", "actionName": "send_request",
        "input": { "headers": { "authorization": "hunter2" } } } });
    let clip = read(&json!([step]).to_string()).expect("a clip");
    let edits = pasted("two", &flow(), &clip, &Spot::after("trigger"));
    let issues = apply_all(&flow(), &edits).expect_err("refused");
    assert!(issues[0].message.contains("A secret does not belong into a step"));
}

#[test]
fn notes_of_other_editors_have_a_place_and_a_size() {
    let note = Note::new("n".to_owned(), (10, -20));
    assert_eq!((note.corner(), note.extent()), ((10, -20), (200, 120)));
    let other = Note {
        position: json!({ "x": 1.5e9, "y": 7.4 }),
        size: json!({ "width": "wide" }),
        ..note
    };
    assert_eq!((other.corner(), other.extent()), ((100_000, 7), (200, 120)));
    let long = Note { content: "x".repeat(10_001), ..other };
    let refused = apply(&flow(), &FlowEdit::AddNote(long)).expect_err("too long");
    assert_eq!(refused[0].field, "content");
}

/// Any change the studio can make: typed edits, and what it makes of several steps.
#[derive(Clone, Debug)]
enum Change {
    Edit(Box<FlowEdit>),
    Further(BTreeSet<String>, bool),
    Double(BTreeSet<String>),
    /// Every field of the settings panel, with these words.
    Fill(String, String),
    Import(Vec<FlowEdit>),
}

fn piece_of<'v>(version: &'v FlowVersion, step: &str) -> Option<&'v PieceSettings> {
    match &tree::find(&version.trigger, step)?.kind {
        ActionKind::Piece(settings) => Some(settings),
        _ => None,
    }
}

/// What the settings panel sends when all fields of a step that stand alone are filled in.
fn filled(version: &FlowVersion, step: &str, words: &str) -> Vec<FlowEdit> {
    let all = piece_of(version, step).map(fields).unwrap_or_default();
    let Some(mut action) = tree::find(&version.trigger, step).cloned() else { return Vec::new() };
    let ActionKind::Piece(settings) = &mut action.kind else { return Vec::new() };
    for field in all.iter().filter(|it| it.path.len() == 1) {
        settings.input.insert(field.path[0].clone(), json!(words));
    }
    let is_whole = fields(settings).iter().all(|it| it.path.len() == 1);
    if is_whole { vec![FlowEdit::UpdateAction(Box::new(action))] } else { Vec::new() }
}

fn any_change() -> impl Strategy<Value = Change> {
    let some = || {
        let name = (1..8_u8).prop_map(|it| format!("step_{it}"));
        proptest::collection::btree_set(name, 1..4)
    };
    prop_oneof![
        6 => any_edit().prop_map(|it| Change::Edit(Box::new(it))),
        3 => (some(), any::<bool>()).prop_map(|(names, down)| Change::Further(names, down)),
        2 => some().prop_map(Change::Double),
        2 => ((1..8_u8).prop_map(|it| format!("step_{it}")), "[a-zé]{1,8}")
            .prop_map(|(name, words)| Change::Fill(name, words)),
        1 => proptest::collection::vec(any_edit(), 0..4).prop_map(Change::Import),
    ]
}

fn edits_of(version: &FlowVersion, change: &Change) -> Vec<FlowEdit> {
    match change {
        Change::Edit(edit) => vec![(**edit).clone()],
        Change::Further(names, down) => further(version, names, *down)
            .and_then(|to| relocation(&version.trigger, names, &to).ok())
            .unwrap_or_default(),
        Change::Double(names) => doubled("f", version, names),
        Change::Fill(name, words) => filled(version, name, words),
        // What a file, a template or an old version brings is another flow.
        Change::Import(edits) => {
            let other = edits.iter().fold(flow(), |it, edit| apply(&it, edit).unwrap_or(it));
            vec![back_to(&other)]
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn canvas_outline_and_server_agree_and_undo_returns_to_the_byte(
        changes in proptest::collection::vec(any_change(), 1..25)
    ) {
        let mut version = flow();
        let mut past = Vec::new();
        for change in &changes {
            let edits = edits_of(&version, change);
            if edits.is_empty() {
                continue;
            }
            let Ok(after) = apply_all(&version, &edits) else { continue };
            let sent: Vec<FlowEdit> = serde_json::from_value(json!(edits)).expect("edits");
            prop_assert_eq!(&apply_all(&version, &sent).expect("on the server"), &after);
            past.push(version);
            version = after;
            let drawn = layout(&version);
            let on_canvas: Vec<_> = drawn.nodes.iter().skip(1).map(|it| it.name.clone()).collect();
            let in_outline: Vec<_> =
                tree::outline(&version.trigger).iter().map(|it| it.action.name.clone()).collect();
            prop_assert_eq!(on_canvas, in_outline);
            if let Change::Fill(name, words) = change {
                let settings = piece_of(&version, name).expect("the step");
                for field in fields(settings) {
                    prop_assert_eq!(field.value(&settings.input), Some(&json!(words)), "{}", field.dotted());
                }
            }
            let buttons: Vec<_> = drawn
                .adds
                .into_iter()
                .map(|it| Spot { parent: it.parent, location: it.location, branch: it.branch_index })
                .collect();
            let all: Vec<_> = places(&version.trigger).into_iter().map(|it| it.spot).collect();
            prop_assert_eq!(buttons, all);
        }
        let text = |it: &FlowVersion| serde_json::to_string(&(&it.display_name, &it.trigger, &it.notes)).expect("json");
        while let Some(before) = past.pop() {
            let back = apply(&version, &back_to(&before)).expect("undone");
            prop_assert_eq!(text(&back), text(&before));
            version = back;
        }
        prop_assert_eq!(text(&version), text(&flow()));
    }

    #[test]
    fn steps_moved_together_are_all_still_there(
        changes in proptest::collection::vec(any_change(), 1..12),
        picked in proptest::collection::btree_set((1..9_u8).prop_map(|it| format!("step_{it}")), 1..4),
        at in 0..40_usize,
    ) {
        let mut version = flow();
        for change in &changes {
            if let Ok(after) = apply_all(&version, &edits_of(&version, change)) {
                version = after;
            }
        }
        let all = places(&version.trigger);
        let to = &all[at % all.len()].spot;
        let Ok(edits) = relocation(&version.trigger, &picked, to) else { return Ok(()) };
        let after = apply_all(&version, &edits);
        prop_assert!(after.is_ok(), "{:?}", after);
        let sorted = |it: &FlowVersion| names(it).into_iter().collect::<BTreeSet<_>>();
        prop_assert_eq!(sorted(&after.expect("checked")), sorted(&version));
    }

    #[test]
    fn no_text_on_the_clipboard_breaks_anything(text in ".{0,200}", value in any_json()) {
        let _ = read(&text);
        if let Ok(clip) = read(&value.to_string()) {
            let edits = pasted("f", &flow(), &clip, &Spot::after("trigger"));
            if let Ok(after) = apply_all(&flow(), &edits) {
                prop_assert!(names(&after).len() > names(&flow()).len());
            }
        }
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        Just("actions"),
        Just("name"),
        Just("displayName"),
        Just("type"),
        Just("settings"),
        Just("items"),
        Just("nextAction"),
        Just("children"),
        Just("branches"),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        Just(json!("LOOP_ON_ITEMS")),
        Just(json!("ROUTER")),
        Just(json!({ "items": "{{trigger.x}}" })),
        "[a-z]{0,4}".prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((key.clone(), inner), 0..5).prop_map(|pairs| {
                Value::Object(pairs.into_iter().map(|(key, it)| (key.to_owned(), it)).collect())
            }),
        ]
    })
}
