//! The recorded operations of another engine, made by ours.

use domain::flow::edit::operation::FlowOperation;
use domain::flow::edit::{self, FlowEdit};
use domain::flow::{FlowVersion, tree};
use serde_json::Value;

const OPERATIONS: &str = include_str!("../vectors/operations.json");

/// The parts of a version that an operation is about: flags differ, because we work them out.
fn comparable(version: &FlowVersion) -> Value {
    let mut version = serde_json::to_value(version).expect("json");
    forget(&mut version);
    version
}

fn forget(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for key in ["valid", "skip", "schemaVersion", "createdAt", "updatedAt", "ownerId"] {
                map.remove(key);
            }
            map.values_mut().for_each(forget);
        }
        Value::Array(items) => items.iter_mut().for_each(forget),
        _ => {}
    }
}

#[test]
fn every_recorded_edit_gives_the_recorded_flow() {
    let steps: Vec<Value> = serde_json::from_str(OPERATIONS).expect("vectors");
    let mut before: Option<FlowVersion> = None;
    for step in steps {
        let recorded: FlowVersion =
            serde_json::from_value(step["version"].clone()).expect("a version");
        if let (Some(before), Some(body)) = (&before, step.get("edit")) {
            let FlowOperation::Edit(edit) = FlowOperation::parse(body).expect("an operation")
            else {
                panic!("{body}")
            };
            let after = edit::apply(before, &edit).expect("can be made");
            assert_eq!(comparable(&after), comparable(&recorded), "{}", body["type"]);
            assert!(!edit::words::describe(&edit, before).is_empty());
            let written = serde_json::to_value(&edit).expect("json");
            assert_eq!(serde_json::from_value::<FlowEdit>(written).expect("an edit"), edit);
        }
        before = Some(recorded);
    }
    assert!(tree::steps(&before.expect("a flow").trigger).len() > 4);
}
