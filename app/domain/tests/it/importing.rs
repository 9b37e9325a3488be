//! Files of flows, as anybody may send them. `PROPTEST_CASES=100000` looks longer than the 256 files of every day.

use domain::flow::exchange::{export, file, import};
use domain::flow::nested;
use domain::flow::{FlowVersion, tree};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Keys that mean something in a file, and some that do not.
const KEYS: [&str; 24] = [
    "name",
    "displayName",
    "type",
    "valid",
    "skip",
    "settings",
    "nextAction",
    "firstLoopAction",
    "onErrorAction",
    "children",
    "trigger",
    "flows",
    "version",
    "schemaVersion",
    "notes",
    "items",
    "branches",
    "executionType",
    "pieceName",
    "pieceVersion",
    "input",
    "sourceCode",
    "conditions",
    "é\"\\",
];

const WORDS: [&str; 14] = [
    "PIECE",
    "CODE",
    "LOOP_ON_ITEMS",
    "ROUTER",
    "BRANCH",
    "EMPTY",
    "PIECE_TRIGGER",
    "CONDITION",
    "FALLBACK",
    "EXECUTE_FIRST_MATCH",
    "step_1",
    "trigger",
    "{{trigger.body}}",
    "16",
];

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // Fractions that every reader reads the same.
        (-80_000_i32..80_000).prop_map(|it| f64::from(it) / 8.0).prop_map(Value::from),
        select(WORDS.to_vec()).prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((select(KEYS.to_vec()), inner), 0..7).prop_map(|pairs| {
                Value::Object(pairs.into_iter().map(|(key, it)| (key.to_owned(), it)).collect())
            }),
        ]
    })
}

/// A step that can be read, with whatever hangs on it.
fn any_step() -> impl Strategy<Value = Value> {
    let settings = prop_oneof![
        any_value().prop_map(|input| json!({
            "pieceName": "@activepieces/piece-http", "pieceVersion": "~0.1.0", "actionName": "send_request",
            "input": { "body": input }, "propertySettings": {},
        })),
        Just(json!({ "items": "{{trigger.body}}" })),
    ];
    let leaf = (settings, 1..9_u8).prop_map(|(settings, at)| {
        let kind = if settings["items"].is_string() { "LOOP_ON_ITEMS" } else { "PIECE" };
        json!({ "name": format!("step_{at}"), "displayName": "S", "type": kind, "valid": true, "settings": settings })
    });
    leaf.prop_recursive(8, 40, 4, |inner| {
        (inner.clone(), inner, select(vec!["nextAction", "firstLoopAction", "onErrorAction"]))
            .prop_map(|(mut step, other, place)| {
                step[place] = other;
                step
            })
    })
}

fn in_a_file(step: &Value) -> Value {
    json!({ "flows": [{ "displayName": "F", "trigger": {
        "name": "trigger", "displayName": "T", "type": "EMPTY", "settings": {}, "nextAction": step } }] })
}

fn version(name: &str, trigger: &domain::flow::Trigger) -> FlowVersion {
    let plain = json!({ "displayName": name, "trigger": trigger });
    serde_json::from_value(plain).expect("a version")
}

/// What was read is written so that it is read again, and then nothing changes any more.
fn settles(text: &str) {
    let Ok(first) = import(text) else { return };
    let written = file(&version(&first.name, &first.trigger));
    let second = import(&written).expect("what was written is readable");
    assert_eq!(tree::steps(&first.trigger).len(), tree::steps(&second.trigger).len());
    let once = version(&second.name, &second.trigger);
    let third = import(&file(&once)).expect("readable");
    assert_eq!(export(&once), export(&version(&third.name, &third.trigger)));
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,300}") {
        settles(&text);
        prop_assert_eq!(nested::read(&text).is_ok(), serde_json::from_str::<Value>(&text).is_ok());
    }

    #[test]
    fn no_value_breaks_the_reader(file in any_value()) {
        settles(&file.to_string());
        settles(&json!({ "trigger": file }).to_string());
    }

    #[test]
    fn steps_that_are_read_stay_what_they_are(step in any_step()) {
        let text = in_a_file(&step).to_string();
        prop_assert!(import(&text).is_ok(), "{text}");
        settles(&text);
    }

    #[test]
    fn a_file_that_was_cut_or_spoilt_is_refused_or_read(step in any_step(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}\",:0a\\\\]{0,3}") {
        let text = in_a_file(&step).to_string();
        let at = at.index(text.len());
        if let (Some(before), Some(after)) = (text.get(..at), text.get(at..)) {
            settles(before);
            settles(&format!("{before}{with}{after}"));
        }
    }

    /// Written nested or as a list, a row is the same row.
    #[test]
    fn nesting_changes_nothing_but_the_shape(data in any_value(), count in 49..200_usize) {
        let row: Vec<Value> = (0..count).map(|at| {
            json!({ "name": format!("step_{at}"), "settings": { "data": data } })
        }).collect();
        let listed = json!({ "name": "trigger", "nextAction": row });
        let text = nested::write(&listed);
        let mut at = &listed["nextAction"][0];
        let found = nested::read(&text).expect("readable");
        let mut row = found.get("nextAction");
        let mut count = 0;
        while let Some(step) = row.filter(|it| !it.is_null()) {
            if let Some(steps) = step.as_array() {
                prop_assert_eq!(&listed["nextAction"], step);
                count = steps.len();
                break;
            }
            prop_assert_eq!(&at["name"], &step["name"]);
            prop_assert_eq!(&at["settings"], &step["settings"]);
            count += 1;
            at = listed["nextAction"].get(count).unwrap_or(&Value::Null);
            row = step.get("nextAction");
        }
        prop_assert_eq!(Some(count), listed["nextAction"].as_array().map(Vec::len));
    }
}
