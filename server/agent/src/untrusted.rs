//! Text from outside: which tools bring it in, and what is taken out of it before a model reads it.

use serde_json::Value;
use std::collections::BTreeSet;
use tools::other_tools::is_other;

/// Tools whose results people write, or computers that are not ours: anybody may have put words there.
const OUTSIDE: [&str; 10] = [
    "comment",
    "message",
    "document",
    "upload",
    "webhook",
    "inbox",
    "forward",
    "run_get",
    "runs_list",
    "what_changed",
];

/// Whether the result of `tool` holds text that others wrote.
pub(crate) fn is_outside(tool: &str) -> bool {
    OUTSIDE.iter().any(|it| tool.contains(it))
        || tool.starts_with("api_")
        || tool.contains("fetch")
        || tool == "mcp_call"
        || is_other(tool)
}

/// The value with letters that nobody sees taken out of every text: they hide instructions.
pub(crate) fn clean(value: &Value) -> Value {
    match value {
        Value::String(text) if text.chars().any(is_hidden) => {
            text.chars().filter(|it| !is_hidden(*it)).collect::<String>().into()
        }
        Value::Array(items) => items.iter().map(clean).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| (key.clone(), clean(value))).collect()
        }
        other => other.clone(),
    }
}

/// Control letters, letters without width, marks of direction and tags.
fn is_hidden(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\n' | '\t'))
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        || matches!(letter, '\u{e0000}'..='\u{e007f}')
}

/// Addresses in the arguments of a write that the person did not say, once text from outside was read. Nobody may
/// choose a recipient by writing it into a comment.
pub(crate) fn foreign_addresses(args: &Value, said: &[String]) -> Vec<String> {
    let mut found = BTreeSet::new();
    collect(args, &mut found);
    let said = said.join("\n").to_lowercase();
    found.into_iter().filter(|it| !said.contains(&it.to_lowercase())).collect()
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => found.extend(text.split_whitespace().filter_map(address)),
        Value::Array(items) => items.iter().for_each(|it| collect(it, found)),
        Value::Object(fields) => fields.values().for_each(|it| collect(it, found)),
        _ => {}
    }
}

/// A web or mail address, without what stands around it.
fn address(word: &str) -> Option<String> {
    let word = word.trim_matches(|it: char| "<>()[]\"',;.!?".contains(it));
    let is_mail =
        word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    (word.contains("://") || is_mail).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn hidden_letters_are_taken_out_everywhere() {
        let value = json!({"a": ["x\u{200b}y\u{202e}z\u{e0041}", 1], "b": "line\nnext\u{7}"});
        assert_eq!(clean(&value), json!({"a": ["xyz", 1], "b": "line\nnext"}));
    }

    #[test]
    fn addresses_nobody_said_are_found() {
        let args =
            json!({"to": "Eve <eve@evil.example>", "steps": [{"url": "https://ok.example/a"}]});
        let said = ["post it to https://ok.example/a".to_owned()];
        assert_eq!(foreign_addresses(&args, &said), ["eve@evil.example"]);
    }

    #[test]
    fn comments_and_runs_come_from_outside_and_projects_do_not() {
        assert!(is_outside("list_comments") && is_outside("flow_run_get"));
        assert!(is_outside("other_tool_read") && is_outside("crm__find_contact"));
        assert!(!is_outside("list_projects") && !is_outside("report_todos_overdue"));
    }
}
