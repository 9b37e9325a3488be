//! Expressions in `{{…}}`: our own total language, a documented part of JavaScript (flow.md 3).
//!
//! Supported: values of earlier steps by name and path, numbers, texts, templates, lists, objects, spread, `?.`,
//! arithmetic, comparison, logic, `??`, `? :`, `in`, `typeof`, arrow functions (with `const`, `if` and `return` in
//! braces), the methods of texts, lists, numbers and dates that change nothing, `Math`, `JSON`, `Object`, `Array`,
//! `Number`, `String`, `Boolean`, `Date` in UTC, `parseInt`, `encodeURIComponent` and their like, and
//! `flattenNestedKeys`. Not supported: assignment, statements, classes, regular expressions, `new` of anything but a
//! date, chance. There are no host objects: a value is JSON, a date or a function of the expression itself.
//!
//! Whatever makes no sense gives an empty text and a warning. Only a limit or a missing connection stops a step.

pub mod date;
mod eval;
mod global;
mod json;
mod lex;
pub mod limit;
mod methods;
pub mod names;
pub mod number;
mod operators;
mod parse;
mod resolve;
pub mod text;
mod token;
mod tree;
mod value;

use self::limit::Limit;
use serde_json::Value;
use std::collections::BTreeMap;

/// What stands for the value of a connection where people or logs can see it.
pub const REDACTED: &str = "**REDACTED**";

/// What expressions can see.
#[derive(Clone, Debug, Default)]
pub struct Scope<'a> {
    values: BTreeMap<&'a str, &'a Value>,
    connections: BTreeMap<&'a str, &'a Value>,
    now_ms: Option<f64>,
}

impl<'a> Scope<'a> {
    /// Sees nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Also sees what a step gave; a step set later hides one of the same name, as inner loops do.
    #[must_use]
    pub fn step(mut self, name: &'a str, output: &'a Value) -> Self {
        self.values.insert(name, output);
        self
    }

    /// Also sees the value of a connection, by its external id.
    #[must_use]
    pub fn connection(mut self, external_id: &'a str, value: &'a Value) -> Self {
        self.connections.insert(external_id, value);
        self
    }

    /// Knows the time, in milliseconds since 1970, for `new Date()`.
    #[must_use]
    pub fn at(mut self, now_ms: i64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a JavaScript date has 53 bits")]
        let now_ms = now_ms as f64;
        self.now_ms = Some(now_ms);
        self
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        self.values.get(name).copied()
    }

    fn connection_value(&self, external_id: &str) -> Option<&'a Value> {
        self.connections.get(external_id).copied()
    }
}

/// An input with its expressions replaced by their values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolved {
    /// The same shape; a text that is exactly one expression became its value.
    pub value: Value,
    /// What gave nothing although it looks as if it should, one sentence each.
    pub warnings: Vec<String>,
}

/// What stops the step.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExprError {
    /// An expression took too much.
    #[error(transparent)]
    Limit(#[from] Limit),
    /// An expression names a connection that does not exist.
    #[error("The connection “{external_id}” does not exist. Choose another one in this step")]
    NoConnection {
        /// The connection's external id.
        external_id: String,
    },
}

/// Replaces the expressions in the texts of `input`; keys, numbers and the like pass through.
///
/// Values are never read as expressions themselves.
///
/// # Errors
/// When an expression passes a limit, or names a connection that does not exist.
pub fn resolve(input: &Value, scope: &Scope<'_>) -> Result<Resolved, ExprError> {
    resolve::Resolver::new(scope, false).resolve(input)
}

/// The value of one expression, without its braces, for showing it while it is written; connections are masked.
///
/// # Errors
/// When the expression passes a limit.
pub fn evaluate(expression: &str, scope: &Scope<'_>) -> Result<Resolved, ExprError> {
    resolve::Resolver::new(scope, true).evaluate(expression)
}
