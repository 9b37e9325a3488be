//! Flow JSON as text where every step holds the next one, as all engines of it write it, however long the row is.
//!
//! Readers and writers of JSON go one level down for each such step and give up, or run out of stack, in a long row. In
//! here a row costs no depth: it is a list while it is a value, as [`super::Trigger`] writes and reads it.

use serde::de::IgnoredAny;
use serde_json::{Error, Map, Value};

/// Where a step holds the one after it.
const NEXT: &str = "nextAction";
/// Where a step holds the first of a row.
const ROWS: [&str; 3] = [NEXT, "firstLoopAction", "onErrorAction"];
/// Where a step holds the first steps of several rows.
const BRANCHES: &str = "children";
/// What is below is data of people, whatever it looks like.
const DATA: &str = "settings";
/// Levels of what is no row; the usual reader takes 127.
const DEEPEST: usize = 120;

/// Reads `text`. A row that is nested too deep for the usual reader becomes a list; everything else stays as it is.
///
/// # Errors
/// When it is no JSON, or nests too deep elsewhere than in a row of steps.
pub fn read(text: &str) -> Result<Value, Error> {
    let usual = serde_json::from_str(text);
    let Err(error) = usual else { return usual };
    // This reader goes through any depth and says whether it is JSON at all.
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        return Err(error);
    }
    Reader { text, at: 0, open: Vec::new() }.run().unwrap_or(Err(error))
}

/// Writes `value` with its lists of steps nested.
pub fn write(value: &Value) -> String {
    let mut text = String::new();
    put(value, &mut text);
    text
}

/// Whether `value` holds a row that is a list.
pub fn has_lists(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_lists),
        Value::Object(fields) => fields.iter().any(|(key, it)| match key.as_str() {
            DATA => false,
            key if ROWS.contains(&key) && it.is_array() => true,
            _ => has_lists(it),
        }),
        _ => false,
    }
}

fn put(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            text.push('{');
            put_fields(fields, text);
            text.push('}');
        }
        Value::Array(items) => put_all(items, put, text),
        _ => text.push_str(&value.to_string()),
    }
}

fn put_all(items: &[Value], one: fn(&Value, &mut String), text: &mut String) {
    text.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        one(item, text);
    }
    text.push(']');
}

fn put_fields(fields: &Map<String, Value>, text: &mut String) {
    for (at, (key, value)) in fields.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        put_key(key, text);
        match (key.as_str(), value) {
            (DATA, _) => text.push_str(&value.to_string()),
            (BRANCHES, Value::Array(rows)) => put_all(rows, put_row, text),
            (key, _) if ROWS.contains(&key) => put_row(value, text),
            _ => put(value, text),
        }
    }
}

fn put_key(key: &str, text: &mut String) {
    text.push_str(&Value::from(key).to_string());
    text.push(':');
}

/// A step, or a list of steps as one that holds the next one.
fn put_row(row: &Value, text: &mut String) {
    let Value::Array(steps) = row else { return put(row, text) };
    let all: Option<Vec<&Map<String, Value>>> = steps.iter().map(Value::as_object).collect();
    let Some(all) = all.filter(|it| it.iter().all(|step| !step.contains_key(NEXT))) else {
        return put_all(steps, put, text);
    };
    if all.is_empty() {
        return text.push_str("null");
    }
    for (at, step) in all.iter().enumerate() {
        text.push('{');
        put_fields(step, text);
        if at + 1 < all.len() {
            text.push_str(if step.is_empty() { "" } else { "," });
            put_key(NEXT, text);
        }
    }
    all.iter().for_each(|_| text.push('}'));
}

/// Reads text that is known to be JSON.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Open>,
}

/// A value whose end was not read yet.
struct Open {
    inside: Inside,
    /// Levels below, the row aside.
    height: usize,
    /// Levels of the steps in the row, which stands under [`NEXT`] from its last step to its first.
    row: usize,
    is_data: bool,
}

enum Inside {
    Object(Map<String, Value>, String),
    List(Vec<Value>),
}

impl<'a> Reader<'a> {
    /// None when it nests too deep.
    fn run(mut self) -> Option<Result<Value, Error>> {
        loop {
            let rest = self.rest().trim_start_matches([' ', '\t', '\r', '\n', ',', ':']);
            self.at = self.text.len() - rest.len();
            let done = match rest.as_bytes().first()? {
                b'{' | b'[' => {
                    self.begin(rest.starts_with('{'));
                    continue;
                }
                b'}' | b']' => {
                    self.at += 1;
                    self.end()?
                }
                _ => match self.scalar(rest) {
                    Err(error) => return Some(Err(error)),
                    Ok(None) => continue,
                    Ok(Some(value)) => (value, 0),
                },
            };
            if let Some(whole) = self.keep(done)? {
                return Some(Ok(whole));
            }
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn begin(&mut self, is_object: bool) {
        self.at += 1;
        let is_data = self.open.last().is_some_and(|it| {
            it.is_data || matches!(&it.inside, Inside::Object(_, key) if key == DATA)
        });
        let inside = match is_object {
            true => Inside::Object(Map::new(), String::new()),
            false => Inside::List(Vec::new()),
        };
        self.open.push(Open { inside, height: 0, row: 0, is_data });
    }

    /// Reads a text, a number or a word; none for the name of a field.
    fn scalar(&mut self, rest: &str) -> Result<Option<Value>, Error> {
        let length = if rest.starts_with('"') {
            let mut is_escaped = false;
            let ends = |(_, byte): &(usize, u8)| {
                let ends = *byte == b'"' && !is_escaped;
                is_escaped = *byte == b'\\' && !is_escaped;
                ends
            };
            rest.bytes().enumerate().skip(1).find(ends).map_or(rest.len(), |(at, _)| at + 1)
        } else {
            rest.find([',', '}', ']', ' ', '\t', '\r', '\n']).unwrap_or(rest.len())
        };
        self.at += length;
        let value: Value = serde_json::from_str(rest.get(..length).unwrap_or(rest))?;
        let is_name = self.rest().trim_start().starts_with(':');
        match (self.open.last_mut().map(|it| &mut it.inside), value) {
            (Some(Inside::Object(_, key)), Value::String(name)) if is_name => {
                *key = name;
                Ok(None)
            }
            (_, value) => Ok(Some(value)),
        }
    }

    /// The value that ended, with its levels.
    fn end(&mut self) -> Option<(Value, usize)> {
        let Open { inside, height, row, is_data } = self.open.pop()?;
        let is_next = self.is_next();
        match inside {
            Inside::List(mut items) if is_next => {
                items.reverse();
                Some((Value::Array(items), height))
            }
            Inside::List(items) => Some((Value::Array(items), height + 1)),
            Inside::Object(mut fields, _) if is_next => {
                let mut steps = match fields.remove(NEXT) {
                    Some(Value::Array(steps)) => steps,
                    Some(Value::Null) | None => Vec::new(),
                    Some(_) => return None,
                };
                steps.push(Value::Object(fields));
                Some((Value::Array(steps), row.max(height + 1)))
            }
            Inside::Object(mut fields, _) => {
                if let Some(Value::Array(steps)) = fields.get_mut(NEXT).filter(|_| !is_data) {
                    steps.reverse();
                }
                let below = if row > 0 { row + 1 } else { 0 };
                Some((Value::Object(fields), height.max(below) + 1))
            }
        }
    }

    /// Whether what stands now is the row after a step.
    fn is_next(&self) -> bool {
        self.open.last().is_some_and(|it| {
            !it.is_data && matches!(&it.inside, Inside::Object(_, key) if key == NEXT)
        })
    }

    /// Puts a value where it belongs; gives it back when it is the whole.
    fn keep(&mut self, (value, height): (Value, usize)) -> Option<Option<Value>> {
        if height > DEEPEST {
            return None;
        }
        let is_next = self.is_next() && value.is_array();
        let Some(open) = self.open.last_mut() else { return Some(Some(value)) };
        if is_next {
            open.row = height.max(1);
        } else {
            open.height = open.height.max(height);
        }
        match &mut open.inside {
            Inside::Object(fields, key) => drop(fields.insert(std::mem::take(key), value)),
            Inside::List(items) => items.push(value),
        }
        Some(None)
    }
}
