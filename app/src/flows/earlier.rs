//! How values of earlier steps are written and read.

use crate::runs::readable::words;
use crate::ui::time::parse_day;

/// Short names of the months.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// What people call the value `key`: `due_on` is "Due day".
pub(super) fn named(key: &str) -> String {
    let ours = match key {
        "todo" => "To-do",
        "todos" => "To-dos",
        "todolist" => "To-do list",
        "todolists" => "To-do lists",
        "bucket" => "Project",
        "due_on" => "Due day",
        "starts_on" => "First day",
        "url" => "Address",
        "app_url" => "Address in Basecamp",
        "queryParams" => "Query",
        _ => return words(key),
    };
    ours.to_owned()
}

/// `2026-11-16` and `2026-11-16T09:00:00Z` as "16 Nov 2026" and "16 Nov 2026, 09:00"; nothing for other texts.
pub(super) fn day_in_words(text: &str) -> Option<String> {
    let day = text.get(..10)?;
    parse_day(day)?;
    let month: usize = day.get(5..7)?.parse().ok()?;
    let of_month = day.get(8..10)?.trim_start_matches('0');
    let words = format!("{of_month} {} {}", MONTHS.get(month.checked_sub(1)?)?, day.get(..4)?);
    match text.get(10..)? {
        "" => Some(words),
        time => {
            let time = time
                .strip_prefix('T')?
                .get(..5)
                .filter(|it| it.as_bytes().get(2) == Some(&b':'))?;
            Some(format!("{words}, {time}"))
        }
    }
}

/// `path.key`, or `path['my key']` where the key is no plain word.
pub(super) fn member(path: &str, key: &str) -> String {
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
    let mut names = path
        .split(['.', '[', ']', '\'', '"'])
        .filter(|it| !it.is_empty() && it.parse::<u32>().is_err())
        .rev();
    let label = match (names.next(), names.next()) {
        (None, _) => "Everything".to_owned(),
        (Some("length"), Some(list)) => format!("How many {}", named(list).to_lowercase()),
        (Some(last), _) => named(last),
    };
    (step.trim().to_owned(), label)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(reading("step_1.todos.length").1, "How many to-dos");
    }

    #[test]
    fn days_and_moments_read_as_days() {
        assert_eq!(day_in_words("2026-11-06").as_deref(), Some("6 Nov 2026"));
        assert_eq!(day_in_words("2026-11-16T09:05:00Z").as_deref(), Some("16 Nov 2026, 09:05"));
        assert_eq!(day_in_words("2026-11-16 and later"), None);
        assert_eq!(day_in_words("Friday"), None);
    }
}
