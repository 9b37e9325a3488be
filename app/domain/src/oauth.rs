//! Chat clients that sign a person in with a browser, in place of a key (OAuth 2.1).

use crate::actor::Role;
use crate::ids::GrantId;
use serde::{Deserialize, Serialize};

/// What a person is asked when a chat client wants to act for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// What the client calls itself. Anybody may take any name, so it is shown beside [`Consent::vouched_by`].
    pub client_name: String,
    /// The host that vouches for the client; none for one that registered itself.
    pub vouched_by: Option<String>,
    /// Where the answer goes: a host, or the scheme of an app on this device.
    pub returns_to: String,
    /// The workspace it would act in.
    pub workspace_name: String,
    /// The roles that it may be given, least first.
    pub roles: Vec<Role>,
    /// The role that fits what it asks for.
    pub role: Role,
    /// What the client asked for, to be sent back with the answer.
    pub request: String,
}

/// What a person answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Whether the client may act for them.
    pub is_allowed: bool,
    /// The most it may do.
    pub role: String,
    /// Whether its deletions and its writes to Basecamp wait for an approval.
    pub ask_first: bool,
}

/// A chat client that a person let act for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectedClient {
    /// What they allowed.
    pub id: GrantId,
    /// What the client calls itself.
    pub name: String,
    /// The most it may do; never more than its person may.
    pub role: Role,
    /// Whether its deletions and its writes to Basecamp wait for an approval.
    pub ask_first: bool,
    /// Epoch milliseconds.
    pub created_at_ms: i64,
    /// Epoch milliseconds, to the minute; none before its first use.
    pub last_used_at_ms: Option<i64>,
}
