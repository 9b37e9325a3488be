//! Replacing tokens in an input (flow.md 3.1).

use super::eval::Machine;
use super::lex::{continues_name, starts_name};
use super::limit::{Budget, LENGTH, Limit, Stop};
use super::parse::parse;
use super::text::json_text;
use super::token::{Part, parts};
use super::value::Val;
use super::{ExprError, REDACTED, Resolved, Scope, names};
use serde_json::{Map, Value};

/// Warnings that are kept.
const WARNINGS: usize = 20;
/// Characters of an expression that a warning quotes.
const QUOTED: usize = 80;
/// A text with this inside becomes a list of texts.
const FLATTEN: &str = "flattenNestedKeys";

/// Resolves one input.
pub(super) struct Resolver<'s, 'a> {
    machine: Machine<'s, 'a>,
    censored: bool,
    warnings: Vec<String>,
}

impl<'s, 'a> Resolver<'s, 'a> {
    pub(super) fn new(scope: &'s Scope<'a>, censored: bool) -> Self {
        Self { machine: Machine { scope, budget: Budget::new() }, censored, warnings: Vec::new() }
    }

    pub(super) fn resolve(mut self, input: &Value) -> Result<Resolved, ExprError> {
        let value = self.value(input).map_err(stopped)?;
        Ok(Resolved { value, warnings: self.warnings })
    }

    pub(super) fn evaluate(mut self, expression: &str) -> Result<Resolved, ExprError> {
        let value = self.token(expression).map_err(stopped)?;
        Ok(Resolved { value, warnings: self.warnings })
    }

    fn value(&mut self, input: &Value) -> Result<Value, Stop> {
        match input {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter().map(|it| self.value(it)).collect(),
            Value::Object(map) => {
                let mut resolved = Map::new();
                for (key, it) in map {
                    resolved.insert(key.clone(), self.value(it)?);
                }
                Ok(Value::Object(resolved))
            }
            other => Ok(other.clone()),
        }
    }

    fn text(&mut self, text: &str) -> Result<Value, Stop> {
        match parts(text).as_slice() {
            [] | [Part::Text(_)] => Ok(Value::from(text)),
            [Part::Token(token)] => self.token(token),
            many => {
                let spreads =
                    many.iter().any(|it| matches!(it, Part::Token(it) if it.contains(FLATTEN)));
                if spreads { self.spread(many) } else { Ok(Value::String(self.joined(many)?)) }
            }
        }
    }

    fn joined(&mut self, parts: &[Part<'_>]) -> Result<String, Stop> {
        let mut text = String::new();
        for part in parts {
            let piece = match part {
                Part::Text(it) => (*it).to_owned(),
                Part::Token(token) => plain(&self.token(token)?),
            };
            self.machine.budget.make(piece.len())?;
            text.push_str(&piece);
        }
        Ok(text)
    }

    /// One text for each item of the longest list that a `flattenNestedKeys` gives.
    fn spread(&mut self, parts: &[Part<'_>]) -> Result<Value, Stop> {
        let mut columns = Vec::with_capacity(parts.len());
        for part in parts {
            columns.push(match part {
                Part::Text(it) => Column::Same((*it).to_owned()),
                Part::Token(token) => match (token.contains(FLATTEN), self.token(token)?) {
                    (true, Value::Array(items)) => Column::Each(items),
                    (_, one) => Column::Same(plain(&one)),
                },
            });
        }
        let rows = columns
            .iter()
            .map(|it| if let Column::Each(items) = it { items.len() } else { 0 })
            .max();
        let mut texts = Vec::new();
        for row in 0..rows.unwrap_or(0) {
            let mut text = String::new();
            for column in &columns {
                let piece = match column {
                    Column::Same(it) => it.clone(),
                    Column::Each(items) => items.get(row).map_or_else(String::new, plain),
                };
                self.machine.budget.make(piece.len() + 16)?;
                text.push_str(&piece);
            }
            texts.push(Value::String(text));
        }
        Ok(Value::Array(texts))
    }

    /// The value of a token; an empty text where it gives nothing.
    fn token(&mut self, token: &str) -> Result<Value, Stop> {
        if token.len() > LENGTH {
            return Err(Limit::Length.into());
        }
        let text = connection_path(token, self.machine.scope).unwrap_or_else(|| token.to_owned());
        if self.censored && mentions_connection(&text) {
            return Ok(Value::from(REDACTED));
        }
        let evaluated = parse(&text).and_then(|it| self.machine.eval(&it, &None));
        let reason = match evaluated {
            Ok(Val::Null) => return Ok(Value::from("")),
            Ok(value) => {
                self.machine.pay_for(&value)?;
                match value.to_json() {
                    Some(it) => return Ok(it),
                    None if matches!(value, Val::Undefined) => "there is no such value".to_owned(),
                    None => "it is a function".to_owned(),
                }
            }
            Err(Stop::Nonsense(reason)) => reason,
            Err(Stop::Nothing) => "there is no such value".to_owned(),
            Err(stop) => return Err(stop),
        };
        self.warn(token, &reason);
        Ok(Value::from(""))
    }

    fn warn(&mut self, token: &str, reason: &str) {
        if self.warnings.len() >= WARNINGS {
            return;
        }
        let quoted: String = token.trim().chars().take(QUOTED).collect();
        let rest = if token.trim().chars().count() > QUOTED { "…" } else { "" };
        let warning = format!("{{{{{quoted}{rest}}}}} gave nothing: {reason}");
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

/// A part of a text that becomes a list.
enum Column {
    Same(String),
    Each(Vec<Value>),
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| json_text(value), str::to_owned)
}

fn stopped(stop: Stop) -> ExprError {
    match stop {
        Stop::Limit(limit) => ExprError::Limit(limit),
        Stop::Connection(external_id) => ExprError::NoConnection { external_id },
        // Never leaves `token`.
        Stop::Nonsense(_) | Stop::Nothing => ExprError::Limit(Limit::Depth),
    }
}

fn mentions_connection(expression: &str) -> bool {
    expression.contains("connections")
        && names::references(&format!("{{{{{expression}}}}}")).iter().any(|it| it == "connections")
        || expression.trim_start().starts_with("connections")
}

/// `connections.my-app.x` as `connections['my-app'].x`, because external ids need not be names.
fn connection_path(token: &str, scope: &Scope<'_>) -> Option<String> {
    let rest = token.trim_start().strip_prefix("connections.")?;
    let end = rest.find(['.', '[', ' ', '?']).unwrap_or(rest.len());
    let (id, rest) = rest.split_at_checked(end)?;
    let is_name = id.starts_with(starts_name) && id.chars().all(continues_name);
    if is_name || scope.connection_value(id).is_none() {
        return None;
    }
    Some(format!("connections[{}]{rest}", Value::from(id)))
}

impl<'a> Machine<'_, 'a> {
    /// Pays for writing `value` as JSON, so that many mentions of one large value are not free.
    fn pay_for(&mut self, value: &Val<'a>) -> Result<(), Stop> {
        match value {
            Val::Data(it) => self.pay_for_data(it),
            Val::Text(it) => Ok(self.budget.make(it.len() + 8)?),
            Val::List(_) => {
                for at in 0..value.list_len().unwrap_or(0) {
                    self.pay_for(&value.item(at).unwrap_or(Val::Null))?;
                }
                Ok(())
            }
            Val::Object(fields) => {
                for (key, it) in fields.iter() {
                    self.budget.make(key.len() + 8)?;
                    self.pay_for(it)?;
                }
                Ok(())
            }
            _ => Ok(self.budget.make(8)?),
        }
    }

    fn pay_for_data(&mut self, value: &Value) -> Result<(), Stop> {
        self.budget.make(8)?;
        match value {
            Value::String(it) => Ok(self.budget.make(it.len())?),
            Value::Array(items) => items.iter().try_for_each(|it| self.pay_for_data(it)),
            Value::Object(map) => map.iter().try_for_each(|(key, it)| {
                self.budget.make(key.len())?;
                self.pay_for_data(it)
            }),
            _ => Ok(()),
        }
    }
}
