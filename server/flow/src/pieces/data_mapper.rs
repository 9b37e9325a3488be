//! The piece that sets fields.

use crate::pieces::input::Input;
use crate::pieces::{Done, Failed};
use serde_json::{Value, json};

/// Gives the object that was built.
pub(crate) fn advanced_mapping(input: &Input<'_>) -> Result<Done, Failed> {
    match input.json("mapping") {
        None => Ok(Done::Output(json!({}))),
        Some(value @ (Value::Object(_) | Value::Array(_))) => Ok(Done::Output(value)),
        Some(_) => {
            Err(Failed::new("The fields must be an object, for example { \"name\": \"...\" }"))
        }
    }
}
