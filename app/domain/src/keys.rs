//! API keys: what a script or chat client shows to act as a person in one workspace (contract.md 1.7).

use crate::actor::Role;
use crate::ids::KeyId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How many tools a chat client is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyProfile {
    /// The tools of every day.
    #[default]
    Focused,
    /// All of them.
    Full,
}

impl KeyProfile {
    /// The word in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Focused => "focused",
            Self::Full => "full",
        }
    }

    /// Reads the word; none of the others.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Focused, Self::Full].into_iter().find(|it| it.as_str() == word)
    }
}

/// A key as its owner sees it: never its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// The key.
    pub id: KeyId,
    /// What it is for, in its owner's words.
    pub label: String,
    /// Its first 9 characters.
    pub prefix: String,
    /// Its last 4 characters.
    pub last4: String,
    /// The most it may do; never more than its owner may.
    pub role: Role,
    /// How many tools its chat client is shown.
    pub profile: KeyProfile,
    /// Whether its destructive calls wait for an approval.
    pub ask_first: bool,
    /// Whether it may decide approvals that it did not ask for.
    pub can_approve: bool,
    /// Tool groups and names it may call; all when empty.
    pub tools: Vec<String>,
    /// Epoch milliseconds.
    pub created_at_ms: i64,
    /// Epoch milliseconds, to the minute; none before its first use.
    pub last_used_at_ms: Option<i64>,
    /// Epoch milliseconds; none when it does not end.
    pub expires_at_ms: Option<i64>,
    /// Name of the person it stands for.
    pub owner: String,
}

/// A key to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewKey {
    /// What it is for.
    pub label: String,
    /// `viewer`, `member`, `workspace_admin` or `super_admin`; the owner's own, up to `workspace_admin`, when absent.
    pub role: Option<String>,
    /// `focused` or `full`; `focused` when absent.
    pub profile: Option<String>,
    /// Whether its destructive calls wait for an approval.
    pub ask_first: bool,
    /// Whether it may decide approvals.
    pub can_approve: bool,
    /// Tool groups and names it may call; all when empty. A key with a list opens nothing but tools.
    pub tools: Vec<String>,
    /// In how many days it ends; never when absent.
    pub expires_in_days: Option<i64>,
}

/// What may be changed about a key; absent fields stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct KeyChange {
    /// What it is for.
    pub label: Option<String>,
    /// `focused` or `full`.
    pub profile: Option<String>,
    /// Whether its destructive calls wait for an approval.
    pub ask_first: Option<bool>,
}

/// A fresh key with its text, which is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeKey {
    /// The text; a secret.
    pub key: String,
    /// The key.
    pub meta: ApiKey,
}

/// Without the text, which is a secret.
impl fmt::Debug for MadeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MadeKey").field("meta", &self.meta).finish_non_exhaustive()
    }
}

/// What the key of a request allows besides the role of its actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyGrant {
    /// The key.
    pub id: KeyId,
    /// Its beginning and its end, for its owner to know it by; empty for a chat client that signed its person in.
    pub masked: String,
    /// How many tools its chat client is shown.
    pub profile: KeyProfile,
    /// Whether its destructive calls wait for an approval.
    pub ask_first: bool,
    /// Whether it may decide approvals.
    pub can_approve: bool,
    /// Tool groups and names it may call; all when empty.
    pub tools: Vec<String>,
}

impl KeyGrant {
    /// Whether it is for some tools only; then it opens nothing else.
    pub fn is_for_tools_only(&self) -> bool {
        !self.tools.is_empty()
    }

    /// Whether it may call the tool `name` of `group`.
    pub fn allows(&self, name: &str, group: &str) -> bool {
        self.tools.is_empty() || self.tools.iter().any(|it| it == name || it == group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_tools_names_groups_and_tools() {
        let grant = |tools: &[&str]| KeyGrant {
            id: KeyId::default(),
            masked: String::new(),
            profile: KeyProfile::Focused,
            ask_first: false,
            can_approve: false,
            tools: tools.iter().map(|it| (*it).to_owned()).collect(),
        };
        assert!(grant(&[]).allows("create_todo", "todos") && !grant(&[]).is_for_tools_only());
        let todos = grant(&["todos", "flow_list"]);
        assert!(todos.allows("create_todo", "todos") && todos.allows("flow_list", "flow"));
        assert!(!todos.allows("flow_create", "flow") && todos.is_for_tools_only());
    }
}
