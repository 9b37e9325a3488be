//! Long rows of steps as text: nested where engines read them, a list where we do.

use domain::flow::catalog::step;
use domain::flow::exchange::{file, import};
use domain::flow::nested::{read, write};
use domain::flow::{FlowVersion, Trigger, tree};
use serde_json::{Value, json};

fn row(steps: usize) -> Trigger {
    let mut trigger = step::empty_trigger();
    for at in (1..=steps).rev() {
        let mut one = step::loop_step(&format!("step_{at}"));
        one.next_action = trigger.next_action.take();
        trigger.next_action = Some(Box::new(one));
    }
    trigger
}

/// How deep brackets nest.
fn depth(text: &str) -> usize {
    let mut now = 0_usize;
    let depths = text.bytes().map(|it| {
        match it {
            b'{' | b'[' => now += 1,
            b'}' | b']' => now -= 1,
            _ => {}
        }
        now
    });
    depths.max().unwrap_or_default()
}

#[test]
fn a_thousand_steps_hang_in_each_other_and_are_read_again() {
    let mut long = row(1_000);
    let mut router = step::router_step("step_2000");
    router.children = Some(vec![row(60).next_action, None]);
    router.on_error_action = row(150).next_action;
    router.next_action = long.next_action.take();
    long.next_action = Some(Box::new(router));
    let value = json!({ "flows": [{ "trigger": long }] });
    let text = write(&value);
    assert!(depth(&text) > 1_000 && !text.contains("nextAction\":["), "{}", depth(&text));
    let found = read(&text).expect("readable");
    let again: Trigger =
        serde_json::from_value(found["flows"][0]["trigger"].clone()).expect("a trigger");
    assert_eq!(again, long);
    assert_eq!(tree::steps(&again).len(), 1_061);
    assert_eq!(write(&found), text);
}

#[test]
fn what_a_step_says_stays_as_it_is() {
    let data = json!({ "nextAction": [{ "a": 1 }, { "b": "}{\\\"," }], "children": [[{}]] });
    let step = |at: usize| json!({ "name": format!("s{at}"), "settings": { "input": data, "n": -1.5e3 }, "skip": null });
    let rows: Vec<Value> = (0..200).map(step).collect();
    let value = json!({ "name": "ü \u{1F600}", "nextAction": rows });
    let found = read(&write(&value)).expect("readable");
    assert_eq!(found, value);
}

#[test]
fn what_is_not_deep_is_read_as_usual() {
    let text = r#"{"nextAction":{"name":"a","nextAction":{"name":"b"}},"n":12345678901234567890}"#;
    let usual: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(read(text).expect("JSON"), usual);
    for wrong in ["", "{", "[1,]", "{\"a\" 1}", "\u{0}"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn depth_that_is_no_row_of_steps_is_refused() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"firstLoopAction\":", "}")] {
        let text = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        assert!(read(&text).is_err(), "{open}");
    }
    let next = "{\"nextAction\":";
    let text = format!("{}[[[7]]]{}", next.repeat(100_000), "}".repeat(100_000));
    assert!(read(&text).is_ok());
    let inside = format!("{{\"settings\":{}1{}}}", next.repeat(300), "}".repeat(300));
    assert!(read(&inside).is_err());
}

#[test]
fn a_long_flow_is_a_file_that_every_engine_reads() {
    let plain = json!({ "displayName": "Long", "trigger": row(300) });
    let version: FlowVersion = serde_json::from_value(plain).expect("a version");
    let text = file(&version);
    assert!(text.contains("\"nextAction\":{") && !text.contains("\"nextAction\":["));
    let read = import(&text).expect("readable");
    assert_eq!(tree::steps(&read.trigger).len(), 300);
    let short: FlowVersion =
        serde_json::from_value(json!({ "displayName": "Short", "trigger": row(3) }))
            .expect("a version");
    assert!(file(&short).contains("\n  "), "a short one is for people too");
}
