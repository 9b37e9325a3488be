//! What is found by words: names and records that a person may open.

use crate::flow::run::RunStatus;
use serde::{Deserialize, Serialize};

/// What was found, in groups; those without anything are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// In the order they are shown.
    pub groups: Vec<Group>,
}

/// What a group holds, in the order groups are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Projects by name.
    Project,
    /// Flows by name.
    Flow,
    /// To-dos, cards, messages, documents, files and dates by what they say.
    Record,
    /// People in Basecamp by name.
    Person,
    /// The last runs of the flow that fits best.
    Run,
    /// Templates of flows by name.
    Template,
}

impl Kind {
    /// The heading above the group.
    pub fn label(self) -> &'static str {
        match self {
            Self::Project => "Projects",
            Self::Flow => "Flows",
            Self::Record => "In Basecamp",
            Self::Person => "People",
            Self::Run => "Runs",
            Self::Template => "Templates",
        }
    }
}

/// What was found of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Of which kind.
    pub kind: Kind,
    /// The best first.
    pub hits: Vec<Hit>,
    /// There are more than these.
    pub more: bool,
}

/// One thing that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// What it is called.
    pub title: String,
    /// What and where it is; may be empty.
    pub sub: String,
    /// Where it is opened, a path of ours.
    pub href: String,
    /// How a run stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<RunStatus>,
    /// When a run began, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// Whether every word of `wanted` begins a word of `text` or stands inside one. Both are given in lower case.
pub fn holds(text: &str, wanted: &str) -> bool {
    wanted.split_whitespace().all(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn every_word_has_to_be_there_in_any_order() {
        assert!(holds("website relaunch", "rela web"));
        assert!(holds("anything", ""));
        assert!(!holds("website relaunch", "web board"));
    }
}
