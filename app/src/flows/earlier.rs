//! What a step can use: the values that earlier steps are known to give, and how they are written.

use crate::runs::facts::{plain, words};
use serde_json::{Map, Value};

/// More values of one step than this are found by typing.
const MOST: usize = 60;
/// Deeper values are found by typing.
const DEEPEST: usize = 5;

/// A value that can be inserted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// `{{trigger.body.name}}`.
    pub expression: String,
    /// "Body, name".
    pub label: String,
    /// What it was last time.
    pub sample: String,
}

/// Every value inside `sample`, the output of `step` when it last ran.
pub fn picks(step: &str, sample: &Value) -> Vec<Pick> {
    let mut found = Vec::new();
    collect(sample, step, &[], &mut found);
    found.truncate(MOST);
    found
}

fn collect(value: &Value, path: &str, labels: &[String], found: &mut Vec<Pick>) {
    if let (Value::Object(map), true) = (value, labels.len() < DEEPEST) {
        return children(map, path, labels, found);
    }
    let label =
        if labels.is_empty() { "Everything it gives".to_owned() } else { labels.join(", ") };
    found.push(Pick { expression: format!("{{{{{path}}}}}"), label, sample: plain(value) });
    if let (Value::Array(items), true) = (value, labels.len() < DEEPEST) {
        let Some(first) = items.first().filter(|it| it.is_object()) else { return };
        let labels = [labels, &["first".to_owned()]].concat();
        collect(first, &format!("{path}[0]"), &labels, found);
    }
}

fn children(map: &Map<String, Value>, path: &str, labels: &[String], found: &mut Vec<Pick>) {
    for (key, value) in map {
        let labels = [labels, &[words(key)]].concat();
        collect(value, &member(path, key), &labels, found);
    }
}

/// `path.key`, or `path['my key']` where the key is no plain word.
fn member(path: &str, key: &str) -> String {
    let starts = key.chars().next().is_some_and(|it| it.is_ascii_alphabetic() || it == '_');
    if starts && key.chars().all(|it| it.is_ascii_alphanumeric() || it == '_') {
        return format!("{path}.{key}");
    }
    format!("{path}['{}']", key.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A piece of a text that may hold expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As typed.
    Text(String),
    /// The inside of `{{ }}`.
    Value(String),
}

/// Splits a text at its expressions.
pub fn parts(text: &str) -> Vec<Part> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once("{{") {
        let Some((inside, left)) = after.split_once("}}") else { break };
        if !plain.is_empty() {
            found.push(Part::Text(plain.to_owned()));
        }
        found.push(Part::Value(inside.trim().to_owned()));
        rest = left;
    }
    if !rest.is_empty() {
        found.push(Part::Text(rest.to_owned()));
    }
    found
}

/// The step an expression reads, and the words for the rest: `trigger.body.name` is ("trigger", "Name").
pub fn reading(expression: &str) -> (String, String) {
    let (step, path) = match expression.find(['.', '[']) {
        Some(at) => expression.split_at(at),
        None => (expression, ""),
    };
    let last = path
        .split(['.', '[', ']', '\'', '"'])
        .rfind(|it| !it.is_empty() && it.parse::<u32>().is_err());
    (step.trim().to_owned(), last.map_or_else(|| "Everything".to_owned(), words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_value_has_an_expression_that_reads_it() {
        let sample = json!({"body": {"name": "Call Ben", "due on": "Friday"}, "list": [{"id": 7}]});
        let found: Vec<_> =
            picks("trigger", &sample).into_iter().map(|it| (it.expression, it.sample)).collect();
        assert_eq!(
            found,
            [
                ("{{trigger.body.name}}".to_owned(), "Call Ben".to_owned()),
                ("{{trigger.body['due on']}}".to_owned(), "Friday".to_owned()),
                ("{{trigger.list}}".to_owned(), "1 item".to_owned()),
                ("{{trigger.list[0].id}}".to_owned(), "7".to_owned()),
            ]
        );
    }

    #[test]
    fn a_text_splits_at_its_expressions() {
        assert_eq!(
            parts("Hi {{trigger.body.name}}!"),
            [
                Part::Text("Hi ".to_owned()),
                Part::Value("trigger.body.name".to_owned()),
                Part::Text("!".to_owned())
            ]
        );
        assert_eq!(parts("{{open"), [Part::Text("{{open".to_owned())]);
        assert_eq!(parts(""), []);
    }

    #[test]
    fn an_expression_is_named_after_its_last_word() {
        assert_eq!(
            reading("trigger.body.first_name"),
            ("trigger".to_owned(), "First name".to_owned())
        );
        assert_eq!(reading("step_1['output'][0]"), ("step_1".to_owned(), "Output".to_owned()));
        assert_eq!(reading("step_1"), ("step_1".to_owned(), "Everything".to_owned()));
    }
}
