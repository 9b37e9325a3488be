//! Values of a step as lines a person can read: "Title: Read the brief".

use domain::words::count;
use serde_json::Value;

/// More than this is behind the JSON switch.
const MOST: usize = 40;
/// Longer texts are cut; the JSON has all of it.
const LONGEST: usize = 400;
/// Deeper values are summed up.
const DEEPEST: usize = 3;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// "Assignee, name".
    pub label: String,
    /// The value as text.
    pub text: String,
}

/// The lines of `value`, in its own order.
pub fn facts(value: &Value) -> Vec<Fact> {
    let mut lines = Vec::new();
    collect(value, String::new(), 0, &mut lines);
    lines.truncate(MOST);
    lines
}

fn collect(value: &Value, label: String, depth: usize, lines: &mut Vec<Fact>) {
    match value {
        Value::Object(map) if !map.is_empty() && depth < DEEPEST => {
            for (key, value) in map {
                let name = words(key);
                let label = if label.is_empty() {
                    name
                } else {
                    format!("{label}, {}", lower_first(&name))
                };
                collect(value, label, depth + 1, lines);
            }
        }
        other => {
            let label = if label.is_empty() { "Value".to_owned() } else { label };
            lines.push(Fact { label, text: plain(other) });
        }
    }
}

/// `due_on` and `dueOn` read "Due on".
pub fn words(key: &str) -> String {
    let mut text = String::new();
    let mut before = ' ';
    for letter in key.chars() {
        if matches!(letter, '_' | '-') {
            text.push(' ');
        } else if text.is_empty() {
            text.extend(letter.to_uppercase());
        } else if letter.is_uppercase() && before.is_lowercase() {
            text.push(' ');
            text.extend(letter.to_lowercase());
        } else {
            text.push(letter);
        }
        before = letter;
    }
    text
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// One value as a short text.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => "Nothing".to_owned(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => "Empty".to_owned(),
        Value::String(text) => cut(text),
        Value::Array(items) if items.is_empty() => "None".to_owned(),
        Value::Array(items) if items.iter().all(is_short) => {
            cut(&items.iter().map(plain).collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => count(items.len(), "item", "items"),
        Value::Object(map) if map.is_empty() => "Empty".to_owned(),
        Value::Object(map) => count(map.len(), "value", "values"),
    }
}

fn is_short(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(LONGEST).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lines(value: &Value) -> Vec<String> {
        facts(value).into_iter().map(|it| format!("{}: {}", it.label, it.text)).collect()
    }

    #[test]
    fn keys_become_words_and_nested_values_one_line_each() {
        let value = json!({"title": "Read the brief", "due_on": "2026-02-23", "assignee": {"fullName": "Ben"}});
        assert_eq!(
            lines(&value),
            ["Title: Read the brief", "Due on: 2026-02-23", "Assignee, full name: Ben"]
        );
    }

    #[test]
    fn abbreviations_stay_together() {
        assert_eq!(words("app_url"), "App url");
        assert_eq!(words("URL"), "URL");
    }

    #[test]
    fn a_value_without_a_name_is_one_line() {
        assert_eq!(lines(&json!("hello")), ["Value: hello"]);
        assert_eq!(lines(&json!([1, 2])), ["Value: 1, 2"]);
    }

    #[test]
    fn lists_of_things_are_counted() {
        assert_eq!(
            lines(&json!({"todos": [{"id": 1}, {"id": 2}], "none": [], "done": true})),
            ["Todos: 2 items", "None: None", "Done: Yes"]
        );
    }

    #[test]
    fn long_values_are_cut() {
        let long = "x".repeat(1000);
        assert_eq!(plain(&json!(long)).chars().count(), LONGEST + 1);
    }
}
