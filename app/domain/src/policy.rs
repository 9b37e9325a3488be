//! Policies: what a workspace lets people and its assistant do. Rules about tools are read from words and said in words,
//! the same on the page, in the assistant and in the database.

use crate::actor::{Permission, Role};
use crate::approval::Risk;
use serde::{Deserialize, Serialize};

/// A choice, the words it has in rules and in the API, and those on screen.
type Worded<T> = (T, &'static str, &'static str);

/// The words of `choice`: in rules and in the API, and on screen.
fn said<T: Copy + PartialEq>(all: &[Worded<T>], choice: T) -> (&'static str, &'static str) {
    all.iter().find(|it| it.0 == choice).map_or(("", ""), |it| (it.1, it.2))
}

/// The choice that `word` stands for in rules and in the API.
fn meant<T: Copy>(all: &[Worded<T>], word: &str) -> Option<T> {
    all.iter().find(|it| it.1 == word).map(|it| it.0)
}

/// What a rule about tools does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The call is refused, through every door.
    Refuse,
    /// Somebody is asked before it happens.
    Ask,
    /// The assistant does it without a question, where a yes may be remembered at all.
    Allow,
}

impl Verdict {
    /// All of them, with the words a rule begins with and those on screen.
    pub const ALL: [Worded<Self>; 3] = [
        (Self::Refuse, "refuse", "Refuse"),
        (Self::Ask, "ask before", "Ask first"),
        (Self::Allow, "allow", "Allow without a question"),
    ];

    /// The words a rule begins with.
    pub fn as_str(self) -> &'static str {
        said(&Self::ALL, self).0
    }
}

/// Which calls a rule is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Everything that changes something.
    Changes,
    /// What deletes, removes access or shows data to outsiders.
    Deleting,
    /// The tools of a group, such as `todos`; also those that only read.
    Group(String),
    /// One tool, such as `create_todo`.
    Tool(String),
}

const CHANGES: &str = "every change";
const DELETING: &str = "what deletes";
const GROUP: &str = "the tools of ";

impl Which {
    fn parse(text: &str) -> Option<Self> {
        let is_word = |it: &str| {
            !it.is_empty() && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
        };
        if let Some(group) = text.strip_prefix(GROUP).or_else(|| text.strip_prefix("tools of ")) {
            return is_word(group).then(|| Self::Group(group.to_owned()));
        }
        match text {
            CHANGES | "changes" => Some(Self::Changes),
            DELETING | "deleting" => Some(Self::Deleting),
            tool => is_word(tool).then(|| Self::Tool(tool.to_owned())),
        }
    }

    /// In the words of a rule.
    pub fn words(&self) -> String {
        match self {
            Self::Changes => CHANGES.to_owned(),
            Self::Deleting => DELETING.to_owned(),
            Self::Group(group) => format!("{GROUP}{group}"),
            Self::Tool(tool) => tool.clone(),
        }
    }
}

/// Whom a rule is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Every role.
    #[default]
    Everybody,
    /// Viewers.
    Viewers,
    /// Members.
    Members,
    /// Those who manage.
    Admins,
}

impl Who {
    /// All of them, with their word in a rule and on screen.
    pub const ALL: [Worded<Self>; 4] = [
        (Self::Everybody, "everybody", "Everybody"),
        (Self::Admins, "admins", "Admins"),
        (Self::Members, "members", "Members"),
        (Self::Viewers, "viewers", "Viewers"),
    ];

    /// The word in a rule.
    pub fn as_str(self) -> &'static str {
        said(&Self::ALL, self).0
    }

    fn parse(word: &str) -> Option<Self> {
        meant(&Self::ALL, word)
    }

    /// Whether a role is meant.
    pub fn covers(self, role: Role) -> bool {
        match self {
            Self::Everybody => true,
            Self::Viewers => role == Role::Viewer,
            Self::Members => role == Role::Member,
            Self::Admins => role.can(Permission::Manage),
        }
    }
}

/// A rule about tools: what happens when somebody calls one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolRule {
    /// What happens.
    pub effect: Verdict,
    /// With which calls.
    pub which: Which,
    /// By whom.
    pub who: Who,
}

/// A call, as rules about tools see it.
#[derive(Clone, Copy, Debug)]
pub struct Called<'a> {
    /// The tool.
    pub tool: &'a str,
    /// Its group.
    pub group: &'a str,
    /// What it does with its arguments.
    pub risk: Risk,
}

impl ToolRule {
    /// Reads a rule such as `refuse what deletes for members` or `ask before the tools of files`; none for other words.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('.').to_lowercase();
        let found = Verdict::ALL.into_iter().find_map(|(effect, begin, _)| {
            let rest = text.strip_prefix(begin)?.strip_prefix(' ')?;
            Some((effect, rest))
        });
        let (effect, rest) = match found {
            Some(found) => found,
            None => (Verdict::Ask, text.strip_prefix("ask ")?),
        };
        let (which, who) = match rest.rsplit_once(" for ") {
            Some((which, who)) => (which, Who::parse(who.trim())?),
            None => (rest, Who::Everybody),
        };
        Some(Self { effect, which: Which::parse(which.trim())?, who })
    }

    /// Whether words are meant as a rule about tools, also where they are not understood as one: to allow late work is
    /// not to forbid it.
    pub fn is_meant_by(text: &str) -> bool {
        let text = text.trim().to_lowercase();
        ["refuse ", "ask ", "allow "].iter().any(|it| text.starts_with(it))
    }

    /// The rule in words that [`Self::parse`] reads.
    pub fn words(&self) -> String {
        format!("{} {} for {}", self.effect.as_str(), self.which.words(), self.who.as_str())
    }

    /// Whether a call of somebody with this role is meant.
    pub fn covers(&self, role: Role, call: Called<'_>) -> bool {
        self.who.covers(role)
            && match &self.which {
                Which::Changes => call.risk != Risk::Read,
                Which::Deleting => call.risk == Risk::Destructive,
                Which::Group(group) => call.group == group,
                Which::Tool(tool) => call.tool == tool,
            }
    }
}

/// How hard a rule about work holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Writes that break it are stopped.
    Block,
    /// They happen, with a note.
    #[default]
    Warn,
    /// They are only counted.
    Info,
}

impl Severity {
    /// All of them, with the word of the API and those on screen.
    pub const ALL: [Worded<Self>; 3] = [
        (Self::Block, "block", "Stops what breaks it"),
        (Self::Warn, "warn", "Warns"),
        (Self::Info, "info", "Only counts"),
    ];

    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        said(&Self::ALL, self).0
    }

    /// On screen.
    pub fn label(self) -> &'static str {
        said(&Self::ALL, self).1
    }

    /// Reads the word of the API; anything else warns.
    pub fn parse(word: &str) -> Self {
        meant(&Self::ALL, word).unwrap_or_default()
    }
}

/// A policy as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The policy.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it says, in words.
    pub rule: String,
    /// The same, where it is about tools; none for a rule about work.
    pub about_tools: Option<ToolRule>,
    /// How hard it holds.
    pub severity: Severity,
    /// Whether it is in force.
    pub active: bool,
    /// Name of who made it.
    pub owner: String,
    /// RFC 3339.
    pub created_at: String,
}

/// A tool that a rule may name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolName {
    /// `create_todo`.
    pub name: String,
    /// "Add a to-do".
    pub title: String,
}

/// The policies of a workspace, and what new ones may be about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyBook {
    /// Rules about tools in the order in which they are looked at, then rules about work, the oldest first.
    pub policies: Vec<Policy>,
    /// Tools by name, without those of single addresses of Basecamp.
    pub tools: Vec<ToolName>,
    /// The groups that tools are in, by name.
    pub groups: Vec<String>,
    /// Rules about work that are understood.
    pub examples: Vec<String>,
}

/// What a person writes about a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyChange {
    /// The policy; a new one when none.
    pub id: Option<String>,
    /// What people call it.
    pub name: String,
    /// What it says, in words.
    pub rule: String,
    /// How hard it holds; a rule about tools always holds.
    pub severity: Severity,
    /// Whether it is in force.
    pub active: bool,
}

/// What would happen if somebody called a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyTrial {
    /// Who, and what: "A member, Add a to-do".
    pub asked: String,
    /// The door in words, and what happens there, as a sentence.
    pub doors: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> ToolRule {
        ToolRule::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn a_rule_about_tools_is_read_and_said_in_the_same_words() {
        for words in [
            "refuse what deletes for members",
            "ask before every change for everybody",
            "allow create_todo for admins",
            "refuse the tools of files for viewers",
        ] {
            assert_eq!(rule(words).words(), words);
        }
        assert_eq!(rule("Ask create_todo."), rule("ask before create_todo for everybody"));
        for words in
            ["nothing is deleted", "allow late work", "refuse create_todo for guests", "ask "]
        {
            assert_eq!(ToolRule::parse(words), None, "{words}");
        }
        assert!(ToolRule::is_meant_by("Allow late work") && !ToolRule::is_meant_by("no late work"));
    }

    #[test]
    fn a_rule_covers_its_calls_and_its_people_only() {
        let call = |tool, group, risk| Called { tool, group, risk };
        let add = call("create_todo", "todos", Risk::Write);
        let delete = call("trash_recording", "recordings", Risk::Destructive);
        let read = call("get_todo", "todos", Risk::Read);
        let covers = |text: &str, role, call| rule(text).covers(role, call);
        assert!(covers("refuse every change for members", Role::Member, add));
        assert!(!covers("refuse every change for members", Role::WorkspaceAdmin, add));
        assert!(!covers("refuse every change", Role::Member, read));
        assert!(covers("refuse what deletes", Role::Viewer, delete));
        assert!(!covers("refuse what deletes", Role::Viewer, add));
        assert!(covers("refuse the tools of todos for viewers", Role::Viewer, read));
        assert!(covers("ask create_todo for admins", Role::SuperAdmin, add));
        assert!(!covers("ask create_todo", Role::Member, delete));
    }

    #[test]
    fn words_of_severities_are_read_back() {
        assert!(Severity::ALL.iter().all(|it| Severity::parse(it.0.as_str()) == it.0));
        assert_eq!(Severity::parse("never"), Severity::Warn);
    }
}
