//! Checked arguments, read by name.

use crate::error::ToolError;
use crate::schema;
use crate::tool::ToolSpec;
use chrono::NaiveDate;
use domain::problem::Problem;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Arguments that passed the schema. They remember which of them were looked at, so that an answer can say what had no
/// effect instead of passing over it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Args {
    fields: Map<String, Value>,
    seen: Arc<Mutex<BTreeSet<String>>>,
}

impl Args {
    /// The arguments of a tool; what only says the default needs nobody to look at it.
    pub(crate) fn of(spec: &ToolSpec, fields: Map<String, Value>) -> Self {
        let args = Self::new(fields);
        for param in schema::params(spec).iter() {
            if param.default.is_some() && args.fields.get(&param.name) == param.default.as_ref() {
                args.get(&param.name);
            }
        }
        args
    }

    /// These arguments, none of them looked at.
    pub(crate) fn new(fields: Map<String, Value>) -> Self {
        Self { fields, seen: Arc::default() }
    }

    /// An argument as it was sent.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        self.fields.get(name)
    }

    /// Adds an argument for another tool's handler.
    pub(crate) fn insert(&mut self, name: &str, value: Value) {
        self.fields.insert(name.to_owned(), value);
    }

    /// Arguments that nobody looked at.
    fn unseen(&self) -> Vec<&str> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let given = self.fields.iter().filter(|(_, value)| !value.is_null());
        given.map(|(name, _)| name.as_str()).filter(|it| !seen.contains(*it)).collect()
    }

    /// `value` with the names of the arguments that had no effect on it.
    pub(crate) fn confess(&self, value: Value) -> Value {
        match self.unseen().as_slice() {
            [] => value,
            names => crate::lists::with(value, json!({ "ignored": names })),
        }
    }

    /// Text; none when absent or blank.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str).filter(|it| !it.trim().is_empty())
    }

    /// A day written as YYYY-MM-DD; none when it is left out.
    pub(crate) fn day(&self, name: &str) -> Result<Option<NaiveDate>, ToolError> {
        self.text(name).map(|it| day_of(name, it)).transpose()
    }

    /// Text that must be there.
    pub(crate) fn need(&self, name: &str) -> Result<&str, ToolError> {
        self.text(name).ok_or_else(|| Problem::invalid(name, format!("{name} is missing")).into())
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::as_i64)
    }

    /// A whole number that must be there.
    pub(crate) fn need_number(&self, name: &str) -> Result<i64, ToolError> {
        self.number(name).ok_or_else(|| Problem::invalid(name, format!("{name} is missing")).into())
    }

    /// Whether a switch is on.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Whether a switch is not off.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or(true)
    }

    /// A number of items.
    pub(crate) fn size(&self, name: &str) -> Option<usize> {
        self.number(name).and_then(|it| usize::try_from(it).ok())
    }

    /// Anything else, in its own type.
    pub(crate) fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ToolError> {
        let Some(value) = self.get(name).filter(|it| !it.is_null()) else { return Ok(None) };
        serde_json::from_value(value.clone()).map(Some).map_err(|error| {
            Problem::invalid(name, format!("{name} cannot be read: {error}")).into()
        })
    }
}

/// The day that the argument `name` writes as `text`.
pub(crate) fn day_of(name: &str, text: &str) -> Result<NaiveDate, ToolError> {
    text.trim().parse().map_err(|_| Problem::invalid(name, "Write the day as YYYY-MM-DD").into())
}

/// Whole numbers and texts as text, for names and ids alike.
pub(crate) fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
