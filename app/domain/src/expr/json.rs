//! `JSON.stringify` and `JSON.parse`.

use super::eval::{Evaluated, Machine};
use super::limit::{Stop, nonsense};
use super::value::{Fields, Val};
use super::{number, operators};
use serde_json::Value;

/// `JSON.stringify(value, ignored, indent)`.
pub(super) fn stringify<'a>(machine: &mut Machine<'_, 'a>, arguments: &[Val<'a>]) -> Evaluated<'a> {
    let indent = match arguments.get(2) {
        Some(Val::Number(it)) => {
            " ".repeat(usize::try_from(operators::bits(*it).clamp(0, 10)).unwrap_or(0))
        }
        Some(Val::Text(it)) => it.chars().take(10).collect(),
        _ => String::new(),
    };
    let mut writer = Writer { machine, text: String::new(), indent, level: 0 };
    let value = arguments.first().unwrap_or(&Val::Undefined);
    if !writer.write(value)? {
        return Ok(Val::Undefined);
    }
    Ok(Val::text(writer.text))
}

struct Writer<'m, 's, 'a> {
    machine: &'m mut Machine<'s, 'a>,
    text: String,
    indent: String,
    level: usize,
}

impl<'a> Writer<'_, '_, 'a> {
    /// Whether there is anything to write.
    fn write(&mut self, value: &Val<'a>) -> Result<bool, Stop> {
        self.machine.budget.work(1)?;
        let before = self.text.len();
        match value {
            Val::Undefined | Val::Function(_) | Val::Native(_) => return Ok(false),
            Val::Number(it) if it.is_finite() => self.text.push_str(&number::text(*it)),
            Val::Number(_) | Val::Null => self.text.push_str("null"),
            Val::Text(it) => {
                self.machine.budget.make(it.len())?;
                self.text.push_str(&Value::from(&**it).to_string());
            }
            Val::Bool(_) | Val::Exact(_) | Val::Date(_) => {
                self.text.push_str(&value.to_json().unwrap_or(Value::Null).to_string());
            }
            Val::Data(_) | Val::List(_) | Val::Object(_) => {
                self.machine.enter()?;
                self.level += 1;
                if value.is_object() {
                    self.write_object(value)?
                } else {
                    self.write_list(value)?
                }
                self.level -= 1;
                self.machine.budget.leave();
                return Ok(true);
            }
        }
        self.machine.budget.make(self.text.len() - before)?;
        Ok(true)
    }

    fn write_list(&mut self, value: &Val<'a>) -> Result<(), Stop> {
        let len = value.list_len().unwrap_or(0);
        self.text.push('[');
        for at in 0..len {
            self.separate(at)?;
            if !self.write(&value.item(at).unwrap_or(Val::Null))? {
                self.text.push_str("null");
            }
        }
        self.close(']', len)
    }

    fn write_object(&mut self, value: &Val<'a>) -> Result<(), Stop> {
        let mut written = 0;
        self.text.push('{');
        for (key, value) in self.machine.fields(value)? {
            let before = self.text.len();
            self.separate(written)?;
            self.text.push_str(&Value::from(&*key).to_string());
            self.text.push_str(if self.indent.is_empty() { ":" } else { ": " });
            if self.write(&value)? {
                written += 1;
            } else {
                self.text.truncate(before);
            }
        }
        self.close('}', written)
    }

    fn separate(&mut self, before: usize) -> Result<(), Stop> {
        if before > 0 {
            self.text.push(',');
        }
        self.line()
    }

    fn close(&mut self, mark: char, written: usize) -> Result<(), Stop> {
        if written > 0 {
            self.level -= 1;
            self.line()?;
            self.level += 1;
        }
        self.text.push(mark);
        Ok(())
    }

    fn line(&mut self) -> Result<(), Stop> {
        let width = self.indent.len() * self.level;
        self.machine.budget.make(width + 4)?;
        if !self.indent.is_empty() {
            self.text.push('\n');
            self.text.push_str(&self.indent.repeat(self.level));
        }
        Ok(())
    }
}

/// `JSON.parse(text)`.
pub(super) fn parse<'a>(machine: &mut Machine<'_, 'a>, value: &Val<'a>) -> Evaluated<'a> {
    let text = machine.text_of(value)?;
    machine.budget.make(text.len())?;
    let Ok(parsed) = serde_json::from_str::<Value>(&text) else {
        return nonsense("it reads a text as JSON that is none");
    };
    owned(machine, &parsed)
}

/// A copy of JSON that does not come from the data.
fn owned<'a>(machine: &mut Machine<'_, 'a>, value: &Value) -> Evaluated<'a> {
    machine.budget.work(1)?;
    match value {
        Value::Null => Ok(Val::Null),
        Value::Bool(it) => Ok(Val::Bool(*it)),
        Value::Number(it) => Ok(Val::Number(it.as_f64().unwrap_or(f64::NAN))),
        Value::String(it) => machine.text(it.clone()),
        Value::Array(items) => {
            let mut owned_items = Vec::with_capacity(items.len());
            for it in items {
                owned_items.push(owned(machine, it)?);
            }
            machine.list(owned_items)
        }
        Value::Object(map) => {
            let mut fields = Fields::default();
            for (key, it) in map {
                machine.budget.make(key.len() + 64)?;
                let it = owned(machine, it)?;
                fields.set(key.as_str().into(), it);
            }
            Ok(Val::object(fields)?)
        }
    }
}
