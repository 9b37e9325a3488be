//! What a step would change, as a sentence: for dry runs, which change nothing.

mod sentences;

use super::PieceSettings;
use super::catalog::{self, HTTP};
use crate::words::day;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Characters of a text that a sentence shows.
const SHOWN: usize = 80;

/// What the step would change with `input`, in which expressions are resolved and secrets masked.
///
/// `names` holds what ids of the input stand for, by the input they are in (`inputs.assignee_ids`). Where a name is not
/// known, the sentence says "a project".
pub fn sentence(
    settings: &PieceSettings,
    input: &Map<String, Value>,
    names: &BTreeMap<String, String>,
) -> String {
    let action = settings.action_name.as_deref().unwrap_or_default();
    let operation = input.get("operation").and_then(Value::as_str).unwrap_or_default();
    if settings.piece_name == HTTP {
        return request(input);
    }
    match sentences::of(&settings.piece_name, action, operation) {
        Some(pattern) => filled(pattern, &Known { input, names }),
        None => otherwise(settings, action, input),
    }
}

/// What a piece says that has no sentence of its own.
fn otherwise(settings: &PieceSettings, action: &str, input: &Map<String, Value>) -> String {
    let Some(meta) = catalog::action(&settings.piece_name, action) else {
        return "Do a step that PM OS does not know".to_owned();
    };
    meta.operation(input).map_or(meta.display_name, |it| it.display_name).to_owned()
}

/// A request without what its address may hold in secret.
fn request(input: &Map<String, Value>) -> String {
    let text = |name: &str| input.get(name).and_then(Value::as_str).unwrap_or_default();
    let method = text("method").to_uppercase();
    let place = text("url").split(['?', '#']).next().unwrap_or_default();
    let place = place.split_once("://").map_or(place, |it| it.1);
    let place = place.rsplit_once('@').map_or(place, |it| it.1).trim_end_matches('/');
    let place = if place.is_empty() { "an address" } else { place };
    let method = if method.is_empty() { "POST".to_owned() } else { method };
    format!("Send a {method} request to {}", short(place))
}

/// What is known of the inputs.
struct Known<'a> {
    input: &'a Map<String, Value>,
    names: &'a BTreeMap<String, String>,
}

impl Known<'_> {
    /// What an input says; none when it is empty.
    fn text(&self, path: &str) -> Option<String> {
        self.names.get(path).cloned().or_else(|| words(self.value(path)?))
    }

    /// The same; an id without a name counts as empty.
    fn name(&self, path: &str) -> Option<String> {
        self.names.get(path).cloned().or_else(|| {
            let said = words(self.value(path)?)?;
            let is_id = |it: &str| it.bytes().all(|it| it.is_ascii_digit() || b", ".contains(&it));
            (!is_id(&said)).then_some(said)
        })
    }

    fn value(&self, path: &str) -> Option<&Value> {
        let mut keys = path.split('.');
        let first = self.input.get(keys.next()?)?;
        keys.try_fold(first, |value, key| value.get(key))
    }
}

/// A value in words; none for what is empty.
fn words(value: &Value) -> Option<String> {
    let said = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => items.iter().filter_map(words).collect::<Vec<_>>().join(", "),
        Value::Null | Value::Bool(_) | Value::Object(_) => return None,
    };
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    (!said.is_empty()).then(|| day(&said).unwrap_or_else(|| short(&said)))
}

fn short(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let cut: String = text.chars().take(SHOWN - 1).collect();
    // Not in the middle of a word, where there are words.
    let cut = match cut.rsplit_once(' ') {
        Some((before, rest)) if rest.chars().count() < 20 => before,
        _ => cut.as_str(),
    };
    format!("{}…", cut.trim_end_matches([',', ';', '.', ':', ' ']))
}

/// `pattern` with its inputs filled in: `{content}` is one as it is, `{project|a project}` one with what is said where
/// it has no name, and what stands in brackets is left out where an input of it is empty.
fn filled(pattern: &str, known: &Known<'_>) -> String {
    let mut sentence = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('[') {
        let (part, left) = after.split_once(']').unwrap_or((after, ""));
        sentence.push_str(&whole(before, known));
        sentence.push_str(&only_if_known(part, known).unwrap_or_default());
        rest = left;
    }
    sentence.push_str(&whole(rest, known));
    sentence
}

/// Every input of `part`, or nothing of it.
fn only_if_known(part: &str, known: &Known<'_>) -> Option<String> {
    let mut text = String::new();
    for piece in pieces(part) {
        match piece {
            Piece::Words(words) => text.push_str(words),
            Piece::Input { path, .. } => text.push_str(&known.name(path)?),
        }
    }
    Some(text)
}

fn whole(part: &str, known: &Known<'_>) -> String {
    pieces(part)
        .into_iter()
        .map(|piece| match piece {
            Piece::Words(words) => words.to_owned(),
            Piece::Input { path, unnamed: Some(unnamed) } => {
                known.name(path).unwrap_or_else(|| unnamed.to_owned())
            }
            Piece::Input { path, unnamed: None } => {
                known.text(path).unwrap_or_else(|| "…".to_owned())
            }
        })
        .collect()
}

/// A part of a pattern.
enum Piece<'a> {
    Words(&'a str),
    Input { path: &'a str, unnamed: Option<&'a str> },
}

fn pieces(part: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = part;
    while let Some((before, after)) = rest.split_once('{') {
        let (input, left) = after.split_once('}').unwrap_or((after, ""));
        found.push(Piece::Words(before));
        found.push(match input.split_once('|') {
            Some((path, unnamed)) => Piece::Input { path, unnamed: Some(unnamed) },
            None => Piece::Input { path: input, unnamed: None },
        });
        rest = left;
    }
    found.push(Piece::Words(rest));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::catalog::{BASECAMP, Effect, NOTIFY, WEBHOOK, all};
    use serde_json::json;

    fn said(piece: &str, action: &str, input: Value, names: &[(&str, &str)]) -> String {
        let settings = PieceSettings {
            piece_name: piece.to_owned(),
            action_name: Some(action.to_owned()),
            ..PieceSettings::default()
        };
        let names = names.iter().map(|(path, name)| ((*path).to_owned(), (*name).to_owned()));
        let input = input.as_object().cloned().unwrap_or_default();
        sentence(&settings, &input, &names.collect())
    }

    #[test]
    fn a_change_is_told_with_names() {
        let post = json!({ "operation": "create_message", "project": 7, "inputs": { "subject": "Overdue today" } });
        let named = [("project", "Website relaunch")];
        assert_eq!(
            said(BASECAMP, "messages", post.clone(), &named),
            "Post “Overdue today” to Website relaunch"
        );
        assert_eq!(said(BASECAMP, "messages", post, &[]), "Post “Overdue today” to a project");
        let tell = json!({ "person": "u1", "message": "Three are late" });
        assert_eq!(
            said(NOTIFY, "notify_person", tell, &[("person", "Amara Osei")]),
            "Tell Amara Osei: “Three are late”"
        );
    }

    #[test]
    fn what_is_left_empty_is_left_out() {
        let todo = |inputs: Value| json!({ "operation": "create_todo", "inputs": inputs });
        assert_eq!(
            said(BASECAMP, "todos", todo(json!({ "content": "Call" })), &[]),
            "Add the to-do “Call” to a list"
        );
        let full = todo(json!({ "content": "Call", "due_on": "2026-11-23", "assignee_ids": [1] }));
        let named = [("todolist", "Launch"), ("inputs.assignee_ids", "Ben Carter")];
        assert_eq!(
            said(BASECAMP, "todos", full, &named),
            "Add the to-do “Call” to Launch, due Mon 23 Nov 2026, for Ben Carter"
        );
    }

    #[test]
    fn long_texts_are_cut_between_words_and_addresses_keep_their_secrets() {
        let long = json!({ "message": "word ".repeat(60) });
        let told = said(NOTIFY, "notify_person", long, &[]);
        assert!(told.ends_with("word…”") && told.chars().count() < 130, "{told}");
        let url = "https://ann:secret@example.com/hook?token=secret#secret";
        let sent = json!({ "method": "post", "url": url });
        assert_eq!(
            said(HTTP, "send_request", sent, &[]),
            "Send a POST request to example.com/hook"
        );
    }

    #[test]
    fn everything_that_changes_something_has_a_sentence_of_its_own() {
        for piece in all().iter().filter(|it| it.name != HTTP) {
            for action in &piece.actions {
                let changes =
                    |effect, risk| effect == Effect::Effect && risk != crate::approval::Risk::Read;
                let is_answer = piece.name == WEBHOOK && action.name == "return_response";
                if action.operations.is_empty() && changes(action.effect, action.risk) {
                    let has = sentences::of(piece.name, action.name, "").is_some();
                    assert!(has || is_answer, "{} {}", piece.name, action.name);
                }
                for it in action.operations.iter().filter(|it| changes(it.effect, it.risk)) {
                    let has = sentences::of(piece.name, action.name, it.value).is_some();
                    assert!(has, "{} {}", piece.name, it.value);
                }
            }
        }
    }

    #[test]
    fn sentences_name_only_inputs_that_the_step_has() {
        for piece in all() {
            for action in &piece.actions {
                let group = |name: &str| action.props.iter().any(|it| it.name == name);
                for it in &action.operations {
                    let Some(pattern) = sentences::of(piece.name, action.name, it.value) else {
                        continue;
                    };
                    let plain = pattern.replace(['[', ']'], "");
                    for piece in pieces(&plain) {
                        let Piece::Input { path, .. } = piece else { continue };
                        let is_detail = path
                            .strip_prefix("inputs.")
                            .is_some_and(|name| it.inputs.iter().any(|it| it.name == name));
                        assert!(is_detail || group(path), "{}: {path}", it.value);
                    }
                }
            }
        }
    }
}
