//! Reading a step's inputs, which people and expressions fill with texts where numbers are meant and the other way
//! round.

use crate::pieces::Failed;
use serde_json::{Map, Value};

/// The inputs of one step.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    fields: &'a Map<String, Value>,
}

impl<'a> Input<'a> {
    pub(crate) fn new(fields: &'a Map<String, Value>) -> Self {
        Self { fields }
    }

    /// The value as it is; none when absent, null or an empty text.
    pub(crate) fn value(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name).filter(|it| !it.is_null() && it.as_str() != Some(""))
    }

    /// A text; objects and lists become their JSON.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.value(name).map(as_text)
    }

    /// A text that must be there, where spaces alone are one.
    pub(crate) fn required_as_is(&self, name: &str, label: &str) -> Result<String, Failed> {
        self.text(name).ok_or_else(|| missing(label))
    }

    /// A list, from JSON text too.
    pub(crate) fn list(&self, name: &str, label: &str) -> Result<Vec<Value>, Failed> {
        match self.value(name).map(parsed) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(Failed::new(format!(
                "{label} must be a list. Check the value it is taken from"
            ))),
        }
    }

    /// A number that must be there.
    pub(crate) fn required_number(&self, name: &str, label: &str) -> Result<f64, Failed> {
        let number = self.number(name).filter(|it| it.is_finite());
        number.ok_or_else(|| {
            let given = self.text(name).map_or_else(|| "empty".to_owned(), |it| format!("{it:?}"));
            Failed::new(format!(
                "{label} is {given}, not a number. Check the value it is taken from"
            ))
        })
    }

    /// A text that must be there, called `label` on screen.
    pub(crate) fn required_text(&self, name: &str, label: &str) -> Result<String, Failed> {
        self.text(name).filter(|it| !it.trim().is_empty()).ok_or_else(|| missing(label))
    }

    /// A whole number, from digits too.
    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_i64(),
        }
    }

    /// A whole number that must be there.
    pub(crate) fn required_integer(&self, name: &str, label: &str) -> Result<i64, Failed> {
        self.integer(name).ok_or_else(|| missing(label))
    }

    /// A number, from digits too.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        match self.value(name)? {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_f64(),
        }
    }

    /// Yes or no; anything but true is no.
    pub(crate) fn flag(&self, name: &str) -> bool {
        match self.value(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text == "true",
            _ => false,
        }
    }

    /// Keys and values, from JSON text too; empty when absent.
    pub(crate) fn object(&self, name: &str) -> Map<String, Value> {
        match self.value(name).map(parsed) {
            Some(Value::Object(map)) => map,
            _ => Map::new(),
        }
    }

    /// Any JSON; a text that is JSON is read.
    pub(crate) fn json(&self, name: &str) -> Option<Value> {
        self.value(name).map(parsed)
    }
}

/// A value as text: texts as they are, everything else as JSON.
pub(crate) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A text that holds an object or a list is read; everything else is kept.
fn parsed(value: &Value) -> Value {
    let Value::String(text) = value else { return value.clone() };
    if !text.trim_start().starts_with(['{', '[']) {
        return value.clone();
    }
    serde_json::from_str(text).unwrap_or_else(|_| value.clone())
}

fn missing(label: &str) -> Failed {
    Failed::new(format!("{label} is empty. Fill it in, or check the value it is taken from"))
}
