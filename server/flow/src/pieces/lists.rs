//! The piece for lists.

use crate::pieces::input::{Input, as_text};
use crate::pieces::{Done, Failed, math};
use domain::flow::condition::Operator;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;
use std::collections::HashSet;

/// Does what `action` says.
pub(crate) fn run(action: &str, input: &Input<'_>) -> Result<Done, Failed> {
    let list = input.list("list", "The list")?;
    let field = input.text("field").unwrap_or_default();
    let output = match action {
        "filter_list" => matching(input, list, &field)?.collect(),
        "find_item" => matching(input, list, &field)?.next().unwrap_or_default(),
        "sort_list" => sorted(list, &field, input.text("order").as_deref() == Some("desc")),
        "unique_items" => unique(list, &field),
        "group_items" => grouped(list, &field),
        "take_items" => taken(input, list)?,
        "summarize_list" => summary(&list, &field),
        other => return Err(Failed::unknown("Lists", other)),
    };
    Ok(Done::Output(output))
}

/// What `path` leads to in `item`: keys and positions with points between them.
fn at<'a>(item: &'a Value, path: &str) -> &'a Value {
    let path = path.trim();
    if path.is_empty() {
        return item;
    }
    path.split('.').fold(item, |value, key| {
        match value {
            Value::Array(items) => key.parse().ok().and_then(|it: usize| items.get(it)),
            other => other.get(key),
        }
        .unwrap_or(&Value::Null)
    })
}

fn matching<'a>(
    input: &Input<'_>,
    list: Vec<Value>,
    field: &'a str,
) -> Result<impl Iterator<Item = Value> + use<'a>, Failed> {
    let word = input.required_text("operator", "The comparison")?;
    let operator = Operator::parse(&word).ok_or_else(|| {
        Failed::new(format!("{word} is not a comparison. Choose one from the list"))
    })?;
    let wanted = input.value("value").cloned().unwrap_or_default();
    Ok(list.into_iter().filter(move |it| operator.compare(at(it, field), &wanted, false)))
}

fn sorted(mut list: Vec<Value>, field: &str, is_descending: bool) -> Value {
    list.sort_by(|a, b| {
        let order = compared(at(a, field), at(b, field));
        if is_descending { order.reverse() } else { order }
    });
    Value::Array(list)
}

/// Numbers by size, everything else by its text without letter case; what is missing comes last.
fn compared(a: &Value, b: &Value) -> Ordering {
    let number = |it: &Value| it.as_f64().or_else(|| it.as_str()?.trim().parse().ok());
    match (a.is_null(), b.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => match (number(a), number(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => as_text(a).to_lowercase().cmp(&as_text(b).to_lowercase()),
        },
    }
}

fn unique(list: Vec<Value>, field: &str) -> Value {
    let mut seen = HashSet::new();
    list.into_iter().filter(|it| seen.insert(at(it, field).to_string())).collect()
}

fn grouped(list: Vec<Value>, field: &str) -> Value {
    let mut groups: Map<String, Value> = Map::new();
    for item in list {
        let key = match at(&item, field) {
            Value::Null => String::new(),
            other => as_text(other),
        };
        let group = groups.entry(key).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(items) = group {
            items.push(item);
        }
    }
    groups
        .into_iter()
        .map(|(key, items)| {
            let count = items.as_array().map_or(0, Vec::len);
            json!({ "key": key, "count": count, "items": items })
        })
        .collect()
}

fn taken(input: &Input<'_>, list: Vec<Value>) -> Result<Value, Failed> {
    let place = |name: &str, label: &str| {
        let number = input.required_integer(name, label)?;
        usize::try_from(number).map_err(|_| Failed::new(format!("{label} must not be negative")))
    };
    let from = place("from", "The first item")?.max(1);
    let count = place("count", "How many")?;
    Ok(list.into_iter().skip(from - 1).take(count).collect())
}

fn summary(list: &[Value], field: &str) -> Value {
    let number = |it: &Value| it.as_f64().or_else(|| it.as_str()?.trim().parse().ok());
    let numbers: Vec<f64> = list.iter().filter_map(|it| number(at(it, field))).collect();
    let value = |it: f64| math::number(it).unwrap_or_default();
    let sum: f64 = numbers.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "no list has that many items")]
    let mean = (!numbers.is_empty()).then(|| value(sum / numbers.len() as f64));
    json!({
        "count": list.len(),
        "numbers": numbers.len(),
        "sum": value(sum),
        "average": mean,
        "smallest": numbers.iter().copied().reduce(f64::min).map(value),
        "largest": numbers.iter().copied().reduce(f64::max).map(value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pieces::testing::{output, refused};

    fn people() -> Value {
        json!([
            { "name": "Ann", "age": 31, "at": { "city": "Bonn" } },
            { "name": "bob", "age": "9", "at": { "city": "Kiel" } },
            { "name": "Cem", "at": { "city": "Bonn" } },
        ])
    }

    fn gave(action: &str, more: Value) -> Value {
        let mut input = more;
        input["list"] = people();
        output(&input, |it| run(action, it))
    }

    fn names(list: &Value) -> Vec<&str> {
        list.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
    }

    #[test]
    fn items_are_kept_found_and_sorted() {
        let bonn =
            json!({ "field": "at.city", "operator": "TEXT_EXACTLY_MATCHES", "value": "bonn" });
        assert_eq!(names(&gave("filter_list", bonn.clone())), ["Ann", "Cem"]);
        assert_eq!(gave("find_item", bonn)["name"], "Ann");
        let by_age = gave("sort_list", json!({ "field": "age", "order": "asc" }));
        assert_eq!(names(&by_age), ["bob", "Ann", "Cem"]);
        let by_name = gave("sort_list", json!({ "field": "name", "order": "desc" }));
        assert_eq!(names(&by_name), ["Cem", "bob", "Ann"]);
        assert_eq!(names(&gave("take_items", json!({ "from": 2, "count": 1 }))), ["bob"]);
    }

    #[test]
    fn items_are_grouped_and_counted() {
        let groups = gave("group_items", json!({ "field": "at.city" }));
        assert_eq!((&groups[0]["key"], &groups[0]["count"]), (&json!("Bonn"), &json!(2)));
        assert_eq!(names(&gave("unique_items", json!({ "field": "at.city" }))), ["Ann", "bob"]);
        assert_eq!(
            gave("summarize_list", json!({ "field": "age" })),
            json!({ "count": 3, "numbers": 2, "sum": 40, "average": 20, "smallest": 9, "largest": 31 })
        );
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let said = refused(&json!({ "list": { "a": 1 } }), |it| run("unique_items", it));
        assert!(said.contains("must be a list"), "{said}");
    }
}
