//! Other MCP servers, whose tools people and the assistant may use once somebody read and accepted what they say.

use crate::ids::ToolServerId;
use crate::integration::Checked;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// How a tool of another server is asked about. What the server itself claims counts for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolRisk {
    /// Without a question, until the run has read text from outside.
    Read,
    /// Each time; everybody who may write can allow it.
    Write,
    /// Each time, and an admin allows it: nobody knows what it does.
    #[default]
    Ask,
}

impl ToolRisk {
    /// Every one, the most careful first.
    pub const ALL: [Self; 3] = [Self::Ask, Self::Write, Self::Read];

    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Ask => "ask",
        }
    }

    /// Reads the word; anything else is the most careful one.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|it| it.as_str() == word).unwrap_or_default()
    }

    /// On screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Read => "Runs without a question",
            Self::Write => "Asks each time",
            Self::Ask => "Asks an admin each time",
        }
    }
}

/// Whether a tool of another server may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolState {
    /// Somebody accepted what the server says of it, and it still says the same.
    Accepted,
    /// Nobody accepted it yet.
    New,
    /// The server says something else now.
    Changed,
    /// The server no longer has it.
    Gone,
}

/// One tool of another server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerTool {
    /// Its name there.
    pub name: String,
    /// Its name here: `crm__find_contact`.
    pub called: String,
    /// What the server says of it now; of one that is gone, what it said.
    pub description: String,
    /// Its arguments, JSON Schema as text.
    pub arguments: String,
    /// What was accepted before, when the server says something else now.
    pub before: Option<String>,
    /// SHA-256 of what the server says now; who accepts it sends this back. Empty for one that is gone.
    pub hash: String,
    /// Whether it may be used.
    pub state: ToolState,
    /// How it is asked about.
    pub risk: ToolRisk,
}

/// A program on the machine of PM OS that is an MCP server over its standard input and output.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Program {
    /// A name that is looked for in the folders of programs, or a whole path.
    pub command: String,
    /// Names of the environment variables it is given. Their values are never shown, nor are its arguments, which may
    /// hold a password too.
    pub variables: Vec<String>,
}

/// A program to be added, with everything it is started with. All of it is stored encrypted.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewProgram {
    /// A name that is looked for in the folders of programs, or a whole path.
    pub command: String,
    /// What it is started with.
    pub arguments: Vec<String>,
    /// Its environment, besides the folders of programs.
    pub variables: BTreeMap<String, String>,
}

impl NewProgram {
    /// What may be shown of it.
    pub fn shown(&self) -> Program {
        Program {
            command: self.command.clone(),
            variables: self.variables.keys().cloned().collect(),
        }
    }
}

/// Whether somebody may add programs as servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgramUse {
    /// They may.
    Allowed,
    /// Whoever runs PM OS does not let it start programs.
    SwitchedOff,
    /// Only super admins may.
    NotYours,
}

/// Another MCP server, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolServer {
    /// The server.
    pub id: ToolServerId,
    /// What people read.
    pub name: String,
    /// How the names of its tools begin.
    pub slug: String,
    /// Its address; empty for a program.
    pub url: String,
    /// The program that it is; none for one with an address.
    pub program: Option<Program>,
    /// The header that carries its secret; none without one.
    pub header: Option<String>,
    /// Whether a person signs in to it with the browser.
    pub signs_in: bool,
    /// Whether anything of it is used.
    pub is_enabled: bool,
    /// Name of who added it.
    pub added_by: String,
    /// What the last test found.
    pub checked: Option<Checked>,
    /// Its tools, by name.
    pub tools: Vec<ServerTool>,
}

/// A server to be added.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewToolServer {
    /// What people read.
    pub name: String,
    /// Its address; empty for a program.
    pub url: String,
    /// The header that carries the secret; `Authorization` when left out.
    pub header: Option<String>,
    /// The value of that header: `Bearer ...`. None sends no such header.
    pub secret: Option<String>,
    /// The program that it is, in place of an address.
    pub program: Option<NewProgram>,
    /// Whether a person signs in to it with the browser, in place of a secret.
    pub sign_in: bool,
}

/// A server that was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AddedServer {
    /// The server.
    pub server: ToolServer,
    /// The page to open in the browser to sign in to it; none for one without a sign-in.
    pub authorize_url: Option<String>,
}

/// What changes about a server; what is left out stays.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ToolServerChange {
    /// What people read.
    pub name: Option<String>,
    /// Its address. Another one needs the secret again, and its tools have to be accepted anew.
    pub url: Option<String>,
    /// The header that carries the secret.
    pub header: Option<String>,
    /// The value of that header; empty takes it away.
    pub secret: Option<String>,
    /// Whether anything of it is used.
    pub is_enabled: Option<bool>,
    /// What it is started as, with all its variables. Another command or other arguments are another server, whose
    /// tools have to be accepted anew.
    pub program: Option<NewProgram>,
}

/// What somebody decides about a tool; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerToolChange {
    /// Its name there.
    pub name: String,
    /// Accepts what the server says of it, when that is still what this hash stands for.
    pub accept: Option<String>,
    /// How it is asked about.
    pub risk: Option<ToolRisk>,
}

/// Without its arguments and the values of its variables.
impl fmt::Debug for NewProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.shown(), f)
    }
}

/// Without the secret.
impl fmt::Debug for NewToolServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, url, header, secret: _, program, sign_in } = self;
        let mut all = f.debug_struct("NewToolServer");
        all.field("sign_in", sign_in);
        all.field("name", name).field("url", url).field("header", header);
        all.field("program", program).finish_non_exhaustive()
    }
}

/// Without the secret.
impl fmt::Debug for ToolServerChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, url, header, secret: _, is_enabled, program } = self;
        let mut all = f.debug_struct("ToolServerChange");
        all.field("name", name).field("url", url).field("header", header);
        all.field("is_enabled", is_enabled).field("program", program).finish_non_exhaustive()
    }
}
