//! Connections to Basecamp as Integrations shows them, and what a test of one found.

use crate::ids::ConnectionId;
use serde::{Deserialize, Serialize};

/// Who may use a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// Everybody in the workspace.
    Workspace,
    /// Its owner alone.
    Personal,
}

impl Sharing {
    /// The word in addresses and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Personal => "personal",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Workspace, Self::Personal].into_iter().find(|it| it.as_str() == word)
    }
}

/// How a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It works, as far as is known.
    Working,
    /// Somebody must say which account is meant.
    Choosing,
    /// Access was taken back: somebody must connect again.
    NeedsAttention,
}

/// An account that a sign-in opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountChoice {
    /// Basecamp's id.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// One step of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was tried.
    pub name: String,
    /// Whether it passed; none when an earlier one failed.
    pub ok: Option<bool>,
    /// How long it took, milliseconds; none when it was not tried.
    pub ms: Option<u64>,
    /// What was found, or what is wrong.
    pub detail: String,
}

/// What a test of a connection found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// When, epoch milliseconds.
    pub at_ms: i64,
    /// Whether the service answered at all.
    pub reachable: bool,
    /// Whether an authenticated call succeeded.
    pub auth_ok: bool,
    /// In their order.
    pub checks: Vec<Check>,
    /// What the first failed one says; none when all passed.
    pub error: Option<String>,
    /// The one thing to do about it.
    pub hint: Option<String>,
    /// Where to do it.
    pub fix_url: Option<String>,
}

/// A connection to Basecamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasecampAccess {
    /// The connection.
    pub id: ConnectionId,
    /// What people read.
    pub name: String,
    /// The sample Basecamp of this installation.
    pub is_sample: bool,
    /// Who may use it.
    pub sharing: Sharing,
    /// Whose it is, for a personal one.
    pub owner: Option<String>,
    /// How it stands.
    pub health: Health,
    /// Whose sign-in it is: their e-mail, or their name.
    pub signed_in_as: String,
    /// The account in use; none until one is chosen.
    pub account: Option<AccountChoice>,
    /// Those to choose from.
    pub accounts: Vec<AccountChoice>,
    /// Whether the person who asks works with this one.
    pub is_in_use: bool,
    /// Whether the person who asks may change it.
    pub may_change: bool,
    /// What the last test found; none before the first.
    pub checked: Option<Checked>,
    /// Epoch milliseconds.
    pub connected_at_ms: i64,
}

/// The app at Basecamp that people of this installation sign in through, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasecampApp {
    /// Its id there; empty before one is known.
    pub client_id: String,
    /// Whether its secret is known.
    pub has_secret: bool,
    /// Whoever runs the server set it, so it cannot be changed here.
    pub is_fixed: bool,
    /// The address it must name as its own.
    pub redirect_uri: String,
    /// Where it is registered.
    pub register_url: String,
}

/// Another app at Basecamp.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasecampAppChange {
    /// Its id there.
    pub client_id: String,
    /// Its secret; empty keeps the one that is stored.
    pub client_secret: String,
}

/// Without the secret.
impl std::fmt::Debug for BasecampAppChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BasecampAppChange")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// Whether Basecamp knows an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppTest {
    /// It does.
    pub passed: bool,
    /// What was found, and what to do.
    pub message: String,
}

/// What testing every connection found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllChecked {
    /// How many work.
    pub works: u32,
    /// Names of those that do not.
    pub failed: Vec<String>,
}

impl AllChecked {
    /// One more was tested.
    pub fn add(&mut self, name: String, works: bool) {
        if works {
            self.works += 1;
        } else {
            self.failed.push(name);
        }
    }
}

/// Every connection to Basecamp that a person sees, and what they may add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasecampAccesses {
    /// Those of the workspace, then their own.
    pub connections: Vec<BasecampAccess>,
    /// Whether this installation knows an app at Basecamp to sign in with.
    pub can_sign_in: bool,
}
