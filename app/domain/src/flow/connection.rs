//! Connections of flows: stored access to an app, as people and pages see it, never with its secret.

use super::FlowStatus;
use crate::ids::{ConnectionId, FlowId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How a step names the connection with the external id `id`.
pub fn reference(id: &str) -> String {
    format!("{{{{connections['{id}']}}}}")
}

/// What a connection holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConnectionType {
    /// One secret: `{secret_text}`.
    #[default]
    SecretText,
    /// `{username, password}`.
    BasicAuth,
    /// `{props}`: texts by name.
    CustomAuth,
    /// A sign-in at the app: `{client_id, client_secret, auth_url, token_url, scope}`.
    #[serde(rename = "OAUTH2")]
    OAuth2,
    /// Nothing.
    NoAuth,
}

impl ConnectionType {
    const ALL: [Self; 5] =
        [Self::SecretText, Self::BasicAuth, Self::CustomAuth, Self::OAuth2, Self::NoAuth];

    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SecretText => "SECRET_TEXT",
            Self::BasicAuth => "BASIC_AUTH",
            Self::CustomAuth => "CUSTOM_AUTH",
            Self::OAuth2 => "OAUTH2",
            Self::NoAuth => "NO_AUTH",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }

    /// On screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::SecretText => "Secret",
            Self::BasicAuth => "Name and password",
            Self::CustomAuth => "Several fields",
            Self::OAuth2 => "Sign-in at the app",
            Self::NoAuth => "No secret",
        }
    }
}

/// Whose a connection is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConnectionScope {
    /// One person's: only flows that run with their rights use it.
    Personal,
    /// The workspace's.
    #[default]
    Workspace,
}

/// How a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ConnectionStatus {
    /// Flows can use it.
    Active,
    /// Nobody signed in at the app yet.
    Missing,
    /// The app refused it; `problem` says why.
    Error,
}

impl ConnectionStatus {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Missing => "MISSING",
            Self::Error => "ERROR",
        }
    }

    /// Reads the word; anything else counts as refused.
    pub fn parse(word: &str) -> Self {
        [Self::Active, Self::Missing]
            .into_iter()
            .find(|it| it.as_str() == word)
            .unwrap_or(Self::Error)
    }
}

/// A connection without its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowConnection {
    /// The connection.
    pub id: ConnectionId,
    /// Its name in expressions: `{{connections['crm']}}`.
    pub external_id: String,
    /// What people read.
    pub display_name: String,
    /// The piece it was made for.
    pub piece_name: String,
    /// What it holds.
    pub r#type: ConnectionType,
    /// How it stands.
    pub status: ConnectionStatus,
    /// Whose it is.
    pub scope: ConnectionScope,
    /// Why it cannot be used, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Open facts of clients, such as `testUrl`.
    #[serde(default)]
    pub metadata: Map<String, Value>,
    /// RFC 3339.
    pub created: String,
    /// RFC 3339.
    pub updated: String,
    /// When it was tried last; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested: Option<String>,
    /// When a run used it last; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<String>,
    /// When its access ends unless it is renewed, which happens by itself; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// A connection to be stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewConnection {
    /// What people read.
    #[serde(alias = "displayName")]
    pub name: String,
    /// `@activepieces/piece-http`.
    pub piece_name: String,
    /// What it holds; a `type` in the value counts when this is absent.
    pub r#type: Option<ConnectionType>,
    /// The secret, in the fields of its type.
    pub value: Map<String, Value>,
    /// Whose it will be.
    pub scope: ConnectionScope,
    /// Its name in expressions; made from the name when absent.
    pub external_id: Option<String>,
    /// Open facts: `testUrl` is an address that answers 2xx to whoever is signed in.
    pub metadata: Map<String, Value>,
}

/// What changes about a connection; absent stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnectionChange {
    /// What people read.
    #[serde(alias = "displayName")]
    pub name: Option<String>,
    /// Another secret of the same type, whole.
    pub value: Option<Map<String, Value>>,
    /// Open facts, in place of those before.
    pub metadata: Option<Map<String, Value>>,
}

/// A flow that uses a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dependent {
    /// The flow.
    pub id: FlowId,
    /// Its name.
    pub name: String,
    /// Whether events start runs.
    pub status: FlowStatus,
}

/// What a test of a connection found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionTest {
    /// The app took it.
    pub passed: bool,
    /// An answer of the app decided; without an address to try, only that the secret is readable is known.
    pub called: bool,
    /// What was found, and what to do.
    pub message: String,
}

/// A connection just made or changed, and where its owner has to sign in for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connected {
    /// The connection.
    pub connection: FlowConnection,
    /// The app's page to open in the browser; none when nobody has to sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorize_url: Option<String>,
}

/// A connection as the list of connections shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListedConnection {
    /// The connection.
    pub connection: FlowConnection,
    /// The flows that name it, published or as a draft.
    pub used_by: Vec<Dependent>,
    /// Whether the person who asks may change it.
    pub may_change: bool,
    /// Somebody has to sign in at the app for it; else its secret is typed.
    pub signs_in: bool,
}

/// The connections of flows that a person may use, and what they need to add one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionList {
    /// By name.
    pub connections: Vec<ListedConnection>,
    /// The address that an app must know as the one people come back to.
    pub redirect_uri: String,
}
