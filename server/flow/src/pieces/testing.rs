//! Calling actions that only compute.

use crate::pieces::input::Input;
use crate::pieces::{Done, Failed};
use serde_json::{Map, Value};

fn called(
    input: &Value,
    action: impl FnOnce(&Input<'_>) -> Result<Done, Failed>,
) -> Result<Done, Failed> {
    let fields: Map<String, Value> = input.as_object().cloned().unwrap_or_default();
    action(&Input::new(&fields))
}

/// What the action gives.
pub(crate) fn output(
    input: &Value,
    action: impl FnOnce(&Input<'_>) -> Result<Done, Failed>,
) -> Value {
    match called(input, action) {
        Ok(Done::Output(output)) => output,
        other => panic!("no output: {other:?}"),
    }
}

/// Why it refuses.
pub(crate) fn refused(
    input: &Value,
    action: impl FnOnce(&Input<'_>) -> Result<Done, Failed>,
) -> String {
    match called(input, action) {
        Err(failed) => failed.message,
        other => panic!("not refused: {other:?}"),
    }
}
