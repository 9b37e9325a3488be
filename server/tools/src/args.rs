//! Checked arguments, read by name.

use crate::error::ToolError;
use domain::problem::Problem;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Arguments that passed the schema.
#[derive(Clone, Debug)]
pub(crate) struct Args(pub(crate) Map<String, Value>);

impl Args {
    /// Text; none when absent or blank.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|it| !it.trim().is_empty())
    }

    /// Text that must be there.
    pub(crate) fn need(&self, name: &str) -> Result<&str, ToolError> {
        self.text(name).ok_or_else(|| Problem::invalid(name, format!("{name} is missing")).into())
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Value::as_i64)
    }

    /// A whole number that must be there.
    pub(crate) fn need_number(&self, name: &str) -> Result<i64, ToolError> {
        self.number(name).ok_or_else(|| Problem::invalid(name, format!("{name} is missing")).into())
    }

    /// Whether a switch is on.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Anything else, in its own type.
    pub(crate) fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ToolError> {
        let Some(value) = self.0.get(name).filter(|it| !it.is_null()) else { return Ok(None) };
        serde_json::from_value(value.clone()).map(Some).map_err(|error| {
            Problem::invalid(name, format!("{name} cannot be read: {error}")).into()
        })
    }
}

/// Whole numbers and texts as text, for names and ids alike.
pub(crate) fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
