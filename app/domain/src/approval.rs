//! Questions that must be answered before something happens (contract.md 5.4).

use crate::ids::ApprovalId;
use crate::undo::Reversible;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How bad the worst outcome of a tool is (contract.md 8.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Changes nothing.
    Read,
    /// Changes data; can be reversed or repaired.
    Write,
    /// Deletes, removes access or shows data to outsiders.
    Destructive,
}

impl Risk {
    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Destructive => "destructive",
        }
    }
}

/// For whom an answer is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleScope {
    /// For the person whose question it was.
    #[serde(rename = "me")]
    Asker,
    /// For everybody in the same project.
    #[serde(rename = "project")]
    Project,
    /// For everybody in the workspace.
    #[serde(rename = "workspace")]
    Workspace,
}

impl RuleScope {
    /// Every scope, the narrowest first.
    pub const ALL: [Self; 3] = [Self::Asker, Self::Project, Self::Workspace];

    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asker => "me",
            Self::Project => "project",
            Self::Workspace => "workspace",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

/// A remembered answer: what is done without asking again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalRule {
    /// The rule.
    pub id: String,
    /// The tool that asks no more.
    pub tool: String,
    /// For whom.
    pub scope: RuleScope,
    /// Whose question it was.
    pub asked_by: String,
    /// What was approved then, in one line.
    pub label: String,
    /// Who wanted it remembered.
    pub created_by: String,
    /// RFC 3339.
    pub created_at: String,
}

/// State of an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalStatus {
    /// Waits.
    Pending,
    /// Will be, or was, done.
    Approved,
    /// Will not be done.
    Rejected,
    /// Nobody answered in time, or the record changed; counts as rejected.
    Expired,
}

impl ApprovalStatus {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Approved, Self::Rejected, Self::Expired]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

/// One thing that would be different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// "Due", "Assigned to", "Comment".
    pub label: String,
    /// What it is now, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it becomes.
    pub to: String,
}

impl Change {
    /// What `label` becomes, and what it was where that is known.
    pub fn new(label: impl Into<String>, from: Option<String>, to: impl Into<String>) -> Self {
        Self { label: label.into(), from, to: to.into() }
    }
}

/// What would be different, piece by piece.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Effects {
    /// What it is about: the name of a record, a flow, a person.
    #[serde(default)]
    pub subject: String,
    /// What becomes of it.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// Who will see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_by: Option<String>,
}

impl Effects {
    /// Nothing is known piece by piece.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.seen_by.is_none()
    }
}

/// A question that must be answered before something happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// The approval.
    pub id: ApprovalId,
    /// How it stands.
    pub status: ApprovalStatus,
    /// `tool`, `operation`, `flow_step`, `agent_action` or `plan_step`.
    pub kind: String,
    /// What will happen, in one line: "Complete a to-do in Website relaunch".
    pub title: String,
    /// Where, to what, who sees it, in plain words.
    pub summary: String,
    /// The tool that will run.
    pub tool: String,
    /// Its exact arguments, secrets masked.
    pub args: Value,
    /// SHA-256 of the canonical arguments, hex.
    pub args_hash: String,
    /// Of the tool.
    pub risk: Risk,
    /// Name of the person asked for.
    pub requested_by: String,
    /// The run that waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// The conversation that waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The flow that waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_id: Option<String>,
    /// The operation written when it ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<String>,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub expires_at: String,
    /// Name of who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<String>,
    /// What they wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// What would be different, piece by piece, where that is known.
    #[serde(default, skip_serializing_if = "Effects::is_empty")]
    pub effects: Effects,
    /// For whom a yes may be remembered; nobody where each time must be asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remember: Vec<RuleScope>,
}

/// An approval as its page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalDetail {
    /// The approval.
    pub approval: Approval,
    /// Names of those who can decide it.
    pub deciders: Vec<String>,
    /// The person who looks is one of them.
    pub is_mine_to_decide: bool,
    /// Why it can never be taken back; none where it can, or where nobody knows before it is done.
    pub never_undone: Option<String>,
    /// What was done, where the person who looks may take it back, or somebody did.
    pub undo: Option<Reversible>,
}

/// Arguments that hold words of people, with what they are called in a form.
const TEXTS: [(&str, &str); 11] = [
    ("task", "To-do"),
    ("content", "Text"),
    ("title", "Title"),
    ("name", "Name"),
    ("subject", "Subject"),
    ("description", "Notes"),
    ("comment", "Comment"),
    ("message", "Message"),
    ("body", "Text"),
    ("due_on", "Due day"),
    ("starts_on", "First day"),
];
/// What an answer ends with that asks for an approval.
pub const ASKS: &str = "Nothing happens before you approve.";
/// What stands in place of a secret.
const MASK: &str = "***";

impl Approval {
    /// What may be put in other words before it is approved: the argument, its label and its text. Nothing where a
    /// secret is among the arguments, which would be lost.
    pub fn texts(&self) -> Vec<(&'static str, &'static str, &str)> {
        if has_mask(&self.args) {
            return Vec::new();
        }
        let text = |(name, label)| Some((name, label, self.args.get(name)?.as_str()?));
        TEXTS.into_iter().filter_map(text).collect()
    }
}

fn has_mask(value: &Value) -> bool {
    match value {
        Value::String(text) => text == MASK,
        Value::Array(items) => items.iter().any(has_mask),
        Value::Object(fields) => fields.values().any(has_mask),
        _ => false,
    }
}
