//! Values of a step as lines a person can read: "Title: Read the brief".

use crate::ui::time::written_day;
use domain::flow::cron;
use domain::words::count;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

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

/// What inputs hold beside what a person chose: how the step is called inside, and its connection.
const INSIDE: [&str; 2] = ["operation", "auth"];
/// The part of an input whose fields stand for themselves.
const FIELDS: &str = "inputs";

/// The lines of `value`, in its own order.
pub fn facts(value: &Value) -> Vec<Fact> {
    lines_of(value, &BTreeMap::new())
}

/// The lines of what a step was given; `names` says what its ids stand for, by the dotted path of the input.
pub fn given(value: &Value, names: &BTreeMap<String, String>) -> Vec<Fact> {
    let shown = |it: &(&String, &Value)| !INSIDE.contains(&it.0.as_str());
    match value {
        Value::Object(map) => {
            let map: Map<String, Value> =
                map.iter().filter(shown).map(|(key, it)| (key.clone(), it.clone())).collect();
            if map.is_empty() { Vec::new() } else { lines_of(&Value::Object(map), names) }
        }
        other => lines_of(other, names),
    }
}

fn lines_of(value: &Value, names: &BTreeMap<String, String>) -> Vec<Fact> {
    let mut reader = Reader { names, lines: Vec::new() };
    reader.collect(value, (String::new(), String::new()), 0);
    reader.lines.truncate(MOST);
    reader.lines
}

struct Reader<'a> {
    names: &'a BTreeMap<String, String>,
    lines: Vec<Fact>,
}

impl Reader<'_> {
    fn collect(&mut self, value: &Value, (label, path): (String, String), depth: usize) {
        if let Some(name) = self.names.get(&path) {
            // What stands there is a name now, not an id.
            let label = match (label.strip_suffix(" ids"), label.strip_suffix(" id")) {
                (Some(one), _) => format!("{one}s"),
                (None, Some(one)) => one.to_owned(),
                (None, None) => label,
            };
            return self.lines.push(Fact { label, text: cut(name) });
        }
        match value {
            Value::Object(map) if !map.is_empty() && depth < DEEPEST => {
                for (key, value) in map.iter().filter(|it| !is_only_machine(it.0, map)) {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    if path == FIELDS && value.is_object() {
                        self.collect(value, (String::new(), path), depth);
                        continue;
                    }
                    if let Some(when) = clock(key, value) {
                        self.lines.push(Fact { label: "When".to_owned(), text: when });
                        continue;
                    }
                    let name = words(key);
                    let label = if label.is_empty() {
                        name
                    } else {
                        format!("{label}, {}", lower_first(&name))
                    };
                    self.collect(value, (label, path), depth + 1);
                }
            }
            other => {
                let label = if label.is_empty() { "Value".to_owned() } else { label };
                self.lines.push(Fact { label, text: plain(other) });
            }
        }
    }
}

/// Ids and addresses of what has a name are for machines; the JSON has them.
fn is_only_machine(key: &str, of: &Map<String, Value>) -> bool {
    let is_named =
        ["title", "name", "subject"].iter().any(|it| of.get(*it).is_some_and(Value::is_string));
    is_named && (key == "id" || key == "url" || key.ends_with("_url"))
}

/// When a schedule fires, in words.
fn clock(key: &str, value: &Value) -> Option<String> {
    let is_clock = matches!(key, "cron_expression" | "cronExpression");
    value.as_str().filter(|_| is_clock).and_then(cron::words)
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
        Value::String(text) => written_day(text).unwrap_or_else(|| cut(text)),
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
            ["Title: Read the brief", "Due on: 23 Feb 2026", "Assignee, full name: Ben"]
        );
    }

    #[test]
    fn what_a_step_was_given_reads_without_what_is_inside() {
        let names =
            [("project", "Website relaunch"), ("inputs.assignee_ids", "Amara Osei, Ben Carter")];
        let names = names.map(|(path, name)| (path.to_owned(), name.to_owned())).into();
        let value = json!({"operation": "create_todo", "auth": "x", "project": 7_666_022_008_u64,
            "inputs": {"content": "Call the printer", "assignee_ids": [1, 2]}});
        let lines: Vec<_> = given(&value, &names)
            .into_iter()
            .map(|it| format!("{}: {}", it.label, it.text))
            .collect();
        assert_eq!(
            lines,
            [
                "Project: Website relaunch",
                "Content: Call the printer",
                "Assignees: Amara Osei, Ben Carter"
            ]
        );
        assert_eq!(given(&json!({"operation": "x"}), &BTreeMap::new()), []);
    }

    #[test]
    fn ids_of_what_has_a_name_are_left_to_the_json() {
        let todo = json!({"id": 7, "app_url": "https://example.com/7", "title": "Call", "list": {"id": 8}});
        assert_eq!(lines(&todo), ["Title: Call", "List, id: 8"]);
    }

    #[test]
    fn schedules_are_words() {
        let value = json!({"cron_expression": "0 10 * * 1-5", "timezone": "Europe/London"});
        assert_eq!(lines(&value), ["When: Weekdays at 10:00", "Timezone: Europe/London"]);
        let odd = json!({"cron_expression": "0 9-17 * * *"});
        assert_eq!(lines(&odd), ["Cron expression: 0 9-17 * * *"]);
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
