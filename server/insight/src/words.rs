//! Decisions, action items and outcomes in what was written: sentences that use the words of one.

use basecamp::said::Said;
use serde_json::{Value, json};
use std::collections::HashMap;

/// What is looked for, and the words that tell it. The first that fits counts.
const KINDS: [(&str, &[&str]); 3] = [
    (
        "decision",
        &[
            "decided",
            "decision",
            "agreed",
            "agree on",
            "we will",
            "we go with",
            "go with",
            "we go live",
            "approved",
            "signed off",
            "chose",
            "chosen",
        ],
    ),
    (
        "outcome",
        &[
            "is done",
            "are done",
            "finished",
            "completed",
            "launched",
            "delivered",
            "shipped",
            "is live",
            "went live",
        ],
    ),
    (
        "action_item",
        &[
            "action:", "to do:", "todo:", "needs to", "need to", "needs", "must", "should",
            "please", "has to", "have to",
        ],
    ),
];

/// The sentences of a text.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '!', '?', '\n']).map(str::trim).filter(|it| it.len() > 3)
}

/// Whether a text holds these words, not as parts of others.
fn has(text: &str, words: &str) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let is_edge = |it: Option<char>| it.is_none_or(|it| !it.is_alphanumeric());
        let before = text.get(..at).and_then(|it| it.chars().next_back());
        let after = text.get(at + words.len()..).and_then(|it| it.chars().next());
        is_edge(before) && (words.ends_with(':') || is_edge(after))
    })
}

/// What a sentence is; none for most.
pub fn kind(sentence: &str) -> Option<&'static str> {
    let text = sentence.to_lowercase();
    KINDS.iter().find(|it| it.1.iter().any(|words| has(&text, words))).map(|it| it.0)
}

/// Everything found, in the order of `said`, each with its source.
pub fn found(said: &[Said], names: &HashMap<i64, String>) -> Vec<Value> {
    let of = |post: &Said| -> Vec<Value> {
        sentences(&post.words)
            .filter_map(|it| {
                Some(json!({
                    "type": kind(it)?, "text": it, "who": post.creator_id.and_then(|id| names.get(&id)),
                    "at": post.created_at, "in": if post.is_comment { &post.parent } else { &post.title },
                    "source_id": post.id, "source_type": if post.is_comment { "Comment" } else { "Message" },
                    "app_url": post.app_url
                }))
            })
            .collect()
    };
    let mut all: Vec<Value> = said.iter().flat_map(of).collect();
    for it in &mut all {
        let at = it["at"].as_i64().and_then(chrono::DateTime::from_timestamp_millis);
        it["at"] = json!(at.map(|it| it.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_told_apart_by_their_words() {
        assert_eq!(kind("They like route B"), None);
        assert_eq!(kind("Decision on Friday."), Some("decision"));
        assert_eq!(kind("The printer needs everything ten days before."), Some("action_item"));
        assert_eq!(kind("Draft is done, prices are missing."), Some("outcome"));
        assert_eq!(kind("The needless mustard"), None);
        let all: Vec<&str> = sentences("One more. Two more! ok").collect();
        assert_eq!(all, ["One more.", "Two more!"]);
    }
}
