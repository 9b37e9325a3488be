//! What a step gives, as a tree to choose from: every value with its kind.

use super::earlier::{day_in_words, member, named};
use super::fits::{Kind, Pick};
use crate::runs::readable::plain;
use serde_json::{Map, Value};

/// More values of one group than this are found by typing.
const MOST: usize = 60;
/// Deeper values are part of what they are in.
const DEEPEST: usize = 5;
/// Names under which records of people stand.
const PEOPLE: [&str; 14] = [
    "assignee",
    "assignees",
    "author",
    "by",
    "completer",
    "creator",
    "member",
    "members",
    "participants",
    "people",
    "person",
    "subscribers",
    "user",
    "users",
];
/// Names under which projects stand.
const PROJECTS: [&str; 3] = ["bucket", "project", "projects"];
/// What a record is called by, the best first.
const TITLES: [&str; 5] = ["name", "title", "content", "subject", "summary"];

/// Every value inside `sample`, the output of `step` when it last ran. What a loop gives begins with the item itself.
pub fn picks(step: &str, sample: &Value) -> Vec<Pick> {
    let top = Place { path: step, labels: &[], owner: "" };
    match sample {
        Value::Object(map) if map.contains_key("item") && map.contains_key("index") => {
            round(step, map)
        }
        Value::Object(map) => inside_map(map, &top),
        other => vec![one(other, ("Everything it gives", step), &[], (kind(other), ""))],
    }
}

/// What a loop gives in a round.
fn round(step: &str, map: &Map<String, Value>) -> Vec<Pick> {
    let path = format!("{step}.item");
    let item = map.get("item").unwrap_or(&Value::Null);
    let mut found = match item {
        Value::Object(item) => inside_map(item, &Place { path: &path, labels: &[], owner: "item" }),
        _ => Vec::new(),
    };
    let whole = if found.is_empty() { "This item" } else { "All of this item" };
    found.push(one(item, (whole, &path), &[], (kind(item), "")));
    let index = map.get("index").unwrap_or(&Value::Null);
    found.push(one(
        index,
        ("Number of the round", &format!("{step}.index")),
        &[],
        (Kind::Number, ""),
    ));
    found
}

/// Where in an output something stands.
struct Place<'a> {
    /// `step_1.todos[0]`.
    path: &'a str,
    /// The names on the way.
    labels: &'a [String],
    /// The name of the record that holds it.
    owner: &'a str,
}

fn inside_map(map: &Map<String, Value>, at: &Place<'_>) -> Vec<Pick> {
    let whose = TITLES.iter().find_map(|it| map.get(*it)?.as_str()).unwrap_or_default();
    let value = |(key, value): (&String, &Value)| {
        let kind = kind_of(key, value, at.owner, map);
        let (label, path) = (named(key), member(at.path, key));
        let mut it = one(value, (&label, &path), at.labels, (kind, whose));
        it.inside = inside(value, key, &it, &path);
        it
    };
    map.iter().take(MOST).map(value).collect()
}

/// What is inside the value called `key`, that of `it`; nothing for one that is inserted as it is.
fn inside(value: &Value, key: &str, it: &Pick, path: &str) -> Vec<Pick> {
    if it.place.len() >= DEEPEST {
        return Vec::new();
    }
    let labels = [it.place.as_slice(), std::slice::from_ref(&it.label)].concat();
    match value {
        Value::Object(map) if !map.is_empty() => whole_last(map, path, &labels, key),
        Value::Array(items) => match items.first() {
            Some(Value::Object(first)) if !first.is_empty() => {
                in_list(value, first, path, &labels, key)
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn whole_last(map: &Map<String, Value>, path: &str, labels: &[String], owner: &str) -> Vec<Pick> {
    let mut all = inside_map(map, &Place { path, labels, owner });
    let value = Value::Object(map.clone());
    all.push(one(&value, ("All of it", path), labels, (Kind::Group, "")));
    all
}

/// The list itself, how long it is, and its first item.
fn in_list(
    list: &Value,
    first: &Map<String, Value>,
    path: &str,
    labels: &[String],
    owner: &str,
) -> Vec<Pick> {
    let long = Value::from(list.as_array().map_or(0, Vec::len));
    let count = one(&long, ("How many", &format!("{path}.length")), labels, (Kind::Number, ""));
    let path_of_first = format!("{path}[0]");
    let value = Value::Object(first.clone());
    let mut item = one(&value, ("First", &path_of_first), labels, (Kind::Group, ""));
    let labels_of_first = [labels, &["First".to_owned()]].concat();
    item.inside = whole_last(first, &path_of_first, &labels_of_first, owner);
    vec![one(list, ("The whole list", path), labels, (Kind::List, "")), count, item]
}

fn one(
    value: &Value,
    (label, path): (&str, &str),
    place: &[String],
    (kind, whose): (Kind, &str),
) -> Pick {
    let day = value.as_str().filter(|_| kind == Kind::Day).and_then(day_in_words);
    Pick {
        expression: format!("{{{{{path}}}}}"),
        label: label.to_owned(),
        place: place.to_vec(),
        sample: if value.is_null() { String::new() } else { day.unwrap_or_else(|| plain(value)) },
        whose: whose.to_owned(),
        kind,
        inside: Vec::new(),
    }
}

/// The kind of the value `key` of the record `map` that stands under `owner`.
fn kind_of(key: &str, value: &Value, owner: &str, map: &Map<String, Value>) -> Kind {
    let plain_value = value.is_number() || value.is_string();
    if key == "id" && plain_value {
        return if is_person(owner, map) { Kind::Person } else { of_stem(owner) };
    }
    if let Some(stem) = key.strip_suffix("_id").or_else(|| key.strip_suffix("Id"))
        && plain_value
    {
        return of_stem(stem);
    }
    let is_address = key == "url" || key.ends_with("_url") || key.ends_with("Url");
    if is_address && value.is_string() { Kind::Address } else { kind(value) }
}

fn of_stem(stem: &str) -> Kind {
    let stem = stem.to_ascii_lowercase();
    match () {
        () if PEOPLE.contains(&stem.as_str()) => Kind::Person,
        () if PROJECTS.contains(&stem.as_str()) => Kind::Project,
        () => Kind::Record,
    }
}

fn is_person(owner: &str, map: &Map<String, Value>) -> bool {
    ["email_address", "personable_type", "avatar_url"].iter().any(|it| map.contains_key(*it))
        || of_stem(owner) == Kind::Person
}

fn kind(value: &Value) -> Kind {
    match value {
        Value::Null => Kind::Unknown,
        Value::Bool(_) => Kind::Flag,
        Value::Number(_) => Kind::Number,
        Value::String(text) if day_in_words(text).is_some() => Kind::Day,
        Value::String(text) if text.trim().parse::<f64>().is_ok() => Kind::Number,
        Value::String(_) => Kind::Text,
        Value::Array(_) => Kind::List,
        Value::Object(_) => Kind::Group,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fits::leaves;
    use super::*;
    use serde_json::json;

    #[test]
    fn every_value_has_an_expression_that_reads_it() {
        let sample = json!({"body": {"name": "Call Ben", "due on": "Friday"}, "list": [{"id": 7}]});
        let all = picks("trigger", &sample);
        let found: Vec<_> =
            leaves(&all).iter().map(|it| (it.expression.as_str(), it.sample.as_str())).collect();
        assert_eq!(
            found,
            [
                ("{{trigger.body.name}}", "Call Ben"),
                ("{{trigger.body['due on']}}", "Friday"),
                ("{{trigger.body}}", "2 values"),
                ("{{trigger.list}}", "1 item"),
                ("{{trigger.list.length}}", "1"),
                ("{{trigger.list[0].id}}", "7"),
                ("{{trigger.list[0]}}", "1 value"),
            ]
        );
    }

    #[test]
    fn a_loop_gives_its_item_at_once() {
        let sample = json!({"item": {"title": "Call Ben"}, "index": 1});
        let labels: Vec<_> =
            picks("step_2", &sample).into_iter().map(|it| (it.label, it.expression)).collect();
        assert_eq!(
            labels,
            [
                ("Title".to_owned(), "{{step_2.item.title}}".to_owned()),
                ("All of this item".to_owned(), "{{step_2.item}}".to_owned()),
                ("Number of the round".to_owned(), "{{step_2.index}}".to_owned()),
            ]
        );
    }
}
