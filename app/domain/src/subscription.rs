//! What a person wants to be told of in the app.

use crate::event::{EventKind, Topic};
use crate::words::capitalised;
use serde::{Deserialize, Serialize};

/// One subscription of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscribed {
    /// The subscription.
    pub id: String,
    /// The word of an event, or the part before its dot for all of them.
    pub event: String,
    /// The Basecamp project it is about; none for all.
    pub project_id: Option<String>,
    /// How many were told of.
    pub delivered: i64,
    /// When the last was, RFC 3339.
    pub last_at: Option<String>,
    /// RFC 3339.
    pub created_at: String,
}

/// What happened to people, conversations and notifications, and in the shell, is nobody's to subscribe to.
pub fn is_told(kind: EventKind) -> bool {
    !matches!(kind.topic(), Topic::Account | Topic::Chat | Topic::Notification)
        && !kind.is_for_super_admins()
}

/// Writes, with their names, are told to those who manage; only they are about a project.
pub fn is_managed(kind: EventKind) -> bool {
    kind.topic() == Topic::Operation
}

/// The event kinds that `word` means: one, or all whose word begins so.
pub fn kinds(word: &str) -> Vec<EventKind> {
    let begins = format!("{}.", word.trim_end_matches(".*").trim_end_matches('.'));
    let all = EventKind::ALL.iter().copied().filter(|it| is_told(*it));
    all.filter(|it| it.as_str() == word || it.as_str().starts_with(&begins)).collect()
}

/// A word of an event as people read it: "Flow published"; of several: "Flow: everything".
pub fn title(word: &str) -> String {
    let text = match word.split_once('.') {
        Some((subject, what)) => format!("{subject} {what}").replace('_', " "),
        None => format!("{word}: everything"),
    };
    capitalised(&text)
}

/// What may be subscribed to: each subject with everything about it, then its events.
pub fn choices(manages: bool) -> Vec<&'static str> {
    let may = |it: &EventKind| is_told(*it) && (manages || !is_managed(*it));
    let words = || EventKind::ALL.iter().copied().filter(may).map(EventKind::as_str);
    let mut subjects: Vec<&str> =
        words().filter_map(|it| it.split_once('.')).map(|it| it.0).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let mut all = Vec::new();
    for subject in subjects {
        let own = words().filter(|it| it.split_once('.').is_some_and(|it| it.0 == subject));
        let own: Vec<&str> = own.collect();
        // Everything about a subject takes the right to be told of each part of it.
        if own.len() > 1 && kinds(subject).len() == own.len() {
            all.push(subject);
        }
        all.extend(own);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_chosen_is_what_is_told() {
        for manages in [true, false] {
            for word in choices(manages) {
                let found = kinds(word);
                assert!(!found.is_empty(), "{word}");
                assert!(manages || !found.iter().any(|it| is_managed(*it)), "{word}");
            }
        }
        assert!(choices(true).contains(&"tool.used") && !choices(false).contains(&"tool.used"));
        let hidden = |it: &&str| it.starts_with("auth.") || it.starts_with("shell.");
        assert!(!choices(true).iter().any(hidden));
    }

    #[test]
    fn events_have_words_for_people() {
        assert_eq!(title("flow.published"), "Flow published");
        assert_eq!(title("flow.folder_changed"), "Flow folder changed");
        assert_eq!(title("flow"), "Flow: everything");
    }
}
