//! Where flows run: in this program, or on an Activepieces server that a workspace is connected to.

use crate::integration::Checked;
use serde::{Deserialize, Serialize};

/// Where a flow runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FlowEngine {
    /// In this program.
    #[default]
    Builtin,
    /// On the Activepieces server of the workspace.
    Activepieces,
}

impl FlowEngine {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Builtin => "builtin",
            Self::Activepieces => "activepieces",
        }
    }

    /// Reads the word; anything else is the built-in one.
    pub fn parse(word: &str) -> Self {
        if word == "activepieces" { Self::Activepieces } else { Self::Builtin }
    }

    /// On screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Builtin => "Built-in",
            Self::Activepieces => "Activepieces",
        }
    }

    /// Where the flow with this id runs: theirs have 21 letters and digits, ours are longer.
    pub fn of_id(id: &str) -> Self {
        if id.len() == 21 && id.bytes().all(|it| it.is_ascii_alphanumeric()) {
            Self::Activepieces
        } else {
            Self::Builtin
        }
    }
}

/// How PM OS signs in at an Activepieces server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineSignIn {
    /// As a person, by e-mail and password.
    #[default]
    Password,
    /// With an API key, which may do less.
    ApiKey,
}

/// An Activepieces server as a workspace is connected to it, without the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EngineServer {
    /// Its address.
    pub url: String,
    /// How PM OS signs in.
    pub sign_in: EngineSignIn,
    /// Who signs in; none with a key.
    pub email: Option<String>,
    /// The project that holds the workspace's flows.
    pub project_id: String,
    /// What the server calls it; none where a key may not ask.
    pub project_name: Option<String>,
    /// `0.77.6`.
    pub version: String,
}

/// Which engine a workspace chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EngineSettings {
    /// Where new flows are made.
    pub engine: FlowEngine,
    /// The server it is connected to; its flows are listed whatever is chosen.
    pub server: Option<EngineServer>,
    /// What the last test found.
    pub checked: Option<Checked>,
}

/// The server to connect to. What is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EngineChange {
    /// Where new flows are made from now on.
    pub engine: FlowEngine,
    /// The address people use for it: `https://flows.example.com`.
    pub url: Option<String>,
    /// Who signs in.
    pub email: Option<String>,
    /// Their password.
    pub password: Option<String>,
    /// A key instead of a person.
    pub api_key: Option<String>,
    /// The project that holds the workspace's flows; with a key it must be given.
    pub project_id: Option<String>,
}

/// A flow that was copied to the other engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CopiedFlow {
    /// The new flow, a draft.
    pub flow: super::Flow,
    /// What did not come along, one sentence each.
    pub left_out: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_where_its_flow_runs() {
        assert_eq!(FlowEngine::of_id("QlDGzydPovl4U1MbfR4rK"), FlowEngine::Activepieces);
        for ours in ["0199f8f2-6d3a-7c31-9a77-0d2f5d0c1a2b", "f1", "QlDGzydPovl4U1MbfR4r-"] {
            assert_eq!(FlowEngine::of_id(ours), FlowEngine::Builtin, "{ours}");
        }
    }
}
