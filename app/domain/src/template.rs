//! Templates of a workspace: what somebody kept to start from, or to publish as an app.

use crate::ids::UserId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a template holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateKind {
    /// A flow, which can be published as an app.
    Flow,
    /// A recipe.
    Recipe,
    /// An agent.
    Agent,
    /// A policy.
    Policy,
    /// A project.
    Project,
}

impl TemplateKind {
    /// The word in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flow => "flow",
            Self::Recipe => "recipe",
            Self::Agent => "agent",
            Self::Policy => "policy",
            Self::Project => "project",
        }
    }

    /// Reads that word; none of others.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Flow, Self::Recipe, Self::Agent, Self::Policy, Self::Project]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

/// Who of the workspace finds a template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Its owner alone.
    #[default]
    Private,
    /// Every member.
    Shared,
}

impl Visibility {
    /// The word in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Shared => "shared",
        }
    }

    /// Reads that word; none of others.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Private, Self::Shared].into_iter().find(|it| it.as_str() == word)
    }
}

/// A template as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptTemplate {
    /// Opaque.
    pub id: String,
    /// Who made it.
    pub owner: UserId,
    /// What it holds.
    pub kind: TemplateKind,
    /// What people call it.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// Who finds it.
    pub visibility: Visibility,
    /// The flow it was made of, for templates of flows.
    pub flow_id: Option<String>,
    /// Everything needed to make it again, as an object; empty where `flow_id` says all.
    pub content: Value,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The name of the default it was made as; none of what a person made.
    pub seed: Option<String>,
    /// RFC 3339; empty until it is stored.
    pub created: String,
    /// RFC 3339; empty until it is stored.
    pub updated: String,
}

impl KeptTemplate {
    /// A template that is not stored yet: empty, and for its owner alone.
    pub fn new(id: String, owner: UserId, kind: TemplateKind, name: String) -> Self {
        Self {
            id,
            owner,
            kind,
            name,
            description: String::new(),
            visibility: Visibility::default(),
            flow_id: None,
            content: json!({}),
            tags: Vec::new(),
            seed: None,
            created: String::new(),
            updated: String::new(),
        }
    }
}
