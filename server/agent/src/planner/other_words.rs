//! Requests to use a tool of another server: `use crm find_contact with name=Ada`.

use super::phrase::Phrase;
use serde_json::{Map, Value};

/// A tool that is meant, in words, and what it is given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OtherUse {
    /// Words for the server and its tool, as they were said.
    pub(crate) words: String,
    /// Its arguments as they were said, each a text unless they were written as JSON; none when they cannot be read.
    pub(crate) args: Option<Map<String, Value>>,
    /// Nothing else can be meant.
    pub(crate) is_sure: bool,
}

/// What can only mean a tool of another server: it says "server", or the whole name of a tool.
pub(crate) fn read(phrase: &Phrase) -> Option<OtherUse> {
    let (head, args) = parts(phrase);
    let named = head.fits_any(&[
        "ask [the] {server} server to|for [use|call|run] [the] [tool] {tool}",
        "use|call [the] [tool] {tool?} of|on|from|at [the] {server} server",
        "use|call [the] {server?} server|server's to|and [use|call|run] [the] [tool] {tool}",
        "use|call [the] {server?} server|server's [the] [tool] {tool}",
    ]);
    if let Some(captures) = named {
        let words = format!("{} {}", captures.get("server"), captures.get("tool"));
        return Some(OtherUse { words, args, is_sure: true });
    }
    let called = head.fits("use|call|run [the] [tool] {tool}")?;
    let is_whole = called.part("tool").len() == 1 && called.get("tool").contains("__");
    is_whole.then(|| OtherUse { words: called.get("tool"), args, is_sure: true })
}

/// What may mean one, when nothing else is understood: "use" with a server, a tool and arguments.
pub(crate) fn guess(phrase: &Phrase) -> Option<OtherUse> {
    let (head, args) = parts(phrase);
    let named = head.fits("use|call [the] {words}")?.part("words");
    let is_like_a_tool = named.span(named.len().saturating_sub(1), named.len()).contains('_');
    let is_given = args.as_ref().is_some_and(|it| !it.is_empty());
    let is_meant = named.len() > 1 && args.is_some() && (is_given || is_like_a_tool);
    is_meant.then(|| OtherUse { words: named.text(), args, is_sure: false })
}

/// What is used, and what it is given.
fn parts(phrase: &Phrase) -> (Phrase, Option<Map<String, Value>>) {
    match phrase.fits("{head?} with|where|using|: {args}") {
        Some(captures) => (captures.part("head"), arguments(&captures.part("args"))),
        None => (phrase.clone(), Some(Map::new())),
    }
}

/// `name=value` once or several times, values of several words as they are or in quotes; or an object of JSON.
fn arguments(said: &Phrase) -> Option<Map<String, Value>> {
    let written = said.written();
    if written.starts_with('{') {
        return serde_json::from_str(&written).ok();
    }
    let mut all: Vec<(String, String)> = Vec::new();
    let word = |at: usize| said.span(at, at + 1);
    for at in 0..said.len() {
        let this = word(at);
        match (argument(&this), all.last_mut()) {
            (Some(one), _) => all.push(one),
            (None, None) => return None,
            (None, Some(_)) if this == "and" && argument(&word(at + 1)).is_some() => {}
            (None, Some((_, value))) => {
                value.push(' ');
                value.push_str(&this);
            }
        }
    }
    Some(all.into_iter().map(|(name, value)| (name, value.into())).collect())
}

fn argument(word: &str) -> Option<(String, String)> {
    let (name, value) = word.split_once('=')?;
    let is_name = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-' | '.');
    let is_good = !name.is_empty() && name.chars().all(is_name) && !value.is_empty();
    is_good.then(|| (name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn heard(said: &str) -> Option<(String, Value)> {
        let phrase = Phrase::new(said);
        let found = read(&phrase).or_else(|| guess(&phrase))?;
        Some((found.words, json!(found.args)))
    }

    #[test]
    fn a_server_and_a_tool_are_named_in_several_ways() {
        let ada = json!({"name": "Ada Lovelace", "limit": "3"});
        for said in [
            "use crm find_contact with name=\"Ada Lovelace\", limit=3",
            "Use the CRM server to find_contact with name=Ada Lovelace and limit=3.",
            "ask the CRM server to call find_contact with name=\"Ada Lovelace\" limit=3",
            "call the tool find_contact of the CRM server with limit=3, name=\"Ada Lovelace\"",
            "use the CRM server's tool find_contact where name=Ada Lovelace, limit=3",
        ] {
            let (words, args) = heard(said).unwrap();
            assert_eq!(
                (words.to_lowercase().as_str(), args),
                ("crm find_contact", ada.clone()),
                "{said}"
            );
        }
        let whole = heard("use crm__find_contact with {\"name\": \"Ada\", \"deep\": true}");
        assert_eq!(whole, Some(("crm__find_contact".into(), json!({"name": "Ada", "deep": true}))));
        assert_eq!(heard("run crm__sync"), Some(("crm__sync".into(), json!({}))));
        assert_eq!(heard("use our files list_all"), Some(("our files list_all".into(), json!({}))));
    }

    #[test]
    fn other_sentences_are_left_alone() {
        for said in [
            "use the blue template",
            "use less paper",
            "use the new logo with the brand colours",
            "call Ana with the news",
            "restart the server",
            "ask Ana to send the brief",
        ] {
            assert_eq!(heard(said), None, "{said}");
        }
    }

    #[test]
    fn arguments_that_cannot_be_read_are_none() {
        let found = read(&Phrase::new("ask the CRM server for contacts with a beard")).unwrap();
        assert_eq!((found.words.as_str(), found.args), ("CRM contacts", None));
    }
}
