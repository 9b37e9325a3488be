//! The publisher's block of an app: who may use it, and how it signs in to what it uses.

use crate::app::input::InputSchema;
use crate::problem::Issue;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who finds an app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Members of its workspace.
    #[default]
    Internal,
    /// Everybody.
    External,
}

/// How an app signs in to what it uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMode {
    /// With connections of the workspace.
    WorkspaceConnection,
    /// With secrets that are typed in for each run.
    UserSecret,
    /// With the person's own connections, else those of the workspace.
    UserOauth,
    /// It needs none.
    #[default]
    None,
}

/// Where an app can be run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunnerMode {
    /// Inside the workspace.
    #[default]
    WorkspaceOnly,
    /// On a page for everybody.
    PublicPage,
}

/// How far an app is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishStatus {
    /// Being made.
    Draft,
    /// Finished, not shown yet.
    Ready,
    /// Shown to its audience.
    #[default]
    Published,
}

impl Audience {
    /// The word in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
        }
    }
}

impl PublishStatus {
    /// The word in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Ready => "ready",
            Self::Published => "published",
        }
    }
}

/// The block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Publisher {
    /// Who finds the app.
    pub audience: Audience,
    /// How it signs in to what it uses.
    pub auth_mode: AuthMode,
    /// Where it can be run.
    pub runner_mode: RunnerMode,
    /// How far it is.
    pub publish_status: PublishStatus,
    /// The secrets it asks for, where they are typed in.
    pub secrets_schema: InputSchema,
    /// Names of the connections, or of the secrets, that it cannot do without.
    pub requirements: Vec<String>,
}

impl Publisher {
    /// Reads `outputSchema.publisher`; what is left out is internal, published and needs nothing.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(block: Option<&Value>) -> Result<Self, Vec<Issue>> {
        let at = "outputSchema.publisher";
        let block = match block {
            None | Some(Value::Null) => return Ok(Self::default()),
            Some(Value::Object(block)) => block,
            Some(_) => return Err(vec![Issue::new(at, "Give the publisher's block as an object")]),
        };
        let mut issues = Vec::new();
        let audience = word(block.get("audience"), "audience", &mut issues);
        let runner = match audience {
            Audience::Internal => RunnerMode::WorkspaceOnly,
            Audience::External => RunnerMode::PublicPage,
        };
        let runner_mode = match block.get("runnerMode") {
            None | Some(Value::Null) => runner,
            given => word(given, "runnerMode", &mut issues),
        };
        if runner_mode != runner && issues.is_empty() {
            let message = "External goes with public_page, internal with workspace_only";
            issues.push(Issue::new(format!("{at}.runnerMode"), message));
        }
        let auth_mode = word(block.get("authMode"), "authMode", &mut issues);
        let publish_status = word(block.get("publishStatus"), "publishStatus", &mut issues);
        let secrets = block.get("secretsSchema").unwrap_or(&Value::Null);
        let secrets_schema = InputSchema::read(secrets, &format!("{at}.secretsSchema"));
        let secrets_schema = secrets_schema.unwrap_or_else(|more| {
            issues.extend(more);
            InputSchema::default()
        });
        let requirements: Vec<String> = match block.get("requirements") {
            Some(Value::Array(list)) => list.iter().filter_map(requirement).collect(),
            _ => Vec::new(),
        };
        if auth_mode != AuthMode::None && requirements.is_empty() {
            let message = "Name at least one connection or secret that the app needs";
            issues.push(Issue::new(format!("{at}.requirements"), message));
        }
        if auth_mode == AuthMode::UserSecret && secrets_schema.fields.is_empty() {
            let message = "Say which secrets are asked for, as fields";
            issues.push(Issue::new(format!("{at}.secretsSchema"), message));
        }
        if !issues.is_empty() {
            return Err(issues);
        }
        Ok(Self { audience, auth_mode, runner_mode, publish_status, secrets_schema, requirements })
    }
}

/// A word of a list; the usual one when it is left out.
fn word<T: Default + serde::de::DeserializeOwned>(
    given: Option<&Value>,
    name: &str,
    issues: &mut Vec<Issue>,
) -> T {
    match given {
        None | Some(Value::Null) => T::default(),
        Some(value) => serde_json::from_value(value.clone()).unwrap_or_else(|_| {
            let message = format!("{name} is not one of the words it can be");
            issues.push(Issue::new(format!("outputSchema.publisher.{name}"), message));
            T::default()
        }),
    }
}

fn requirement(value: &Value) -> Option<String> {
    let name = value.as_str().or_else(|| {
        ["connection", "externalId", "name"].iter().find_map(|it| value.get(it)?.as_str())
    })?;
    Some(name.trim().to_owned()).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn places(block: Value) -> Vec<String> {
        let issues = Publisher::read(Some(&block)).unwrap_err();
        let short = |it: Issue| it.field.trim_start_matches("outputSchema.publisher.").to_owned();
        issues.into_iter().map(short).collect()
    }

    #[test]
    fn the_place_of_running_follows_the_audience() {
        let read = Publisher::read(Some(&json!({"audience": "external"}))).unwrap();
        assert_eq!(read.runner_mode, RunnerMode::PublicPage);
        assert_eq!(Publisher::read(None).unwrap(), Publisher::default());
        let crossed = json!({"audience": "external", "runnerMode": "workspace_only"});
        assert_eq!(places(crossed), ["runnerMode"]);
        assert_eq!(places(json!({"runnerMode": "public_page"})), ["runnerMode"]);
    }

    #[test]
    fn what_signs_in_names_what_it_needs() {
        assert_eq!(places(json!({"authMode": "workspace_connection"})), ["requirements"]);
        assert_eq!(places(json!({"authMode": "magic", "audience": 1})), ["audience", "authMode"]);
        let secret = json!({"authMode": "user_secret", "requirements": ["key"]});
        assert_eq!(places(secret), ["secretsSchema"]);
        let whole = json!({"authMode": "user_oauth", "requirements": [{"connection": "crm"}, " "]});
        assert_eq!(Publisher::read(Some(&whole)).unwrap().requirements, ["crm"]);
    }
}
