//! Flows of another engine survive reading and writing.

use domain::flow::FlowVersion;
use serde_json::Value;

const FLOWS: &str = include_str!("../vectors/flows.json");

/// Keys that only make sense in the engine that wrote them.
const THEIRS: [&str; 2] = ["agentIds", "backupFiles"];

/// Where `written` lacks or changes something that `read` says.
fn losses(read: &Value, written: &Value, path: &str, found: &mut Vec<String>) {
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => {
            for (key, value) in
                read.iter().filter(|it| !THEIRS.contains(&it.0.as_str()) && !it.1.is_null())
            {
                match written.get(key) {
                    Some(other) => losses(value, other, &format!("{path}.{key}"), found),
                    None => found.push(format!("{path}.{key} is gone")),
                }
            }
        }
        (Value::Array(read), Value::Array(written)) if read.len() == written.len() => {
            for (at, (value, other)) in read.iter().zip(written).enumerate() {
                losses(value, other, &format!("{path}.{at}"), found);
            }
        }
        _ if read == written => {}
        _ => found.push(format!("{path}: {read} became {written}")),
    }
}

#[test]
fn a_recorded_flow_loses_nothing() {
    let flows: Vec<Value> = serde_json::from_str(FLOWS).expect("vectors");
    for flow in flows {
        let mut read = flow;
        if read["notes"].is_null() {
            read["notes"] = Value::Array(Vec::new());
        }
        let version: FlowVersion = serde_json::from_value(read.clone()).expect("a flow");
        let written = serde_json::to_value(&version).expect("json");
        let mut found = Vec::new();
        losses(&read, &written, &version.display_name, &mut found);
        assert_eq!(found, Vec::<String>::new());
        let again: FlowVersion = serde_json::from_value(written).expect("a flow");
        assert_eq!(again, version);
    }
}
