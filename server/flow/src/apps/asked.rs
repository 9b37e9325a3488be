//! What somebody asks an app to run with, checked before anything happens.

use domain::app::input::InputSchema;
use domain::app::publisher::{AuthMode, Publisher};
use domain::app::{MOST_INPUT_BYTES, MOST_ISSUES, Mode};
use domain::flow::{FlowVersion, TriggerKind, catalog};
use domain::ids::WorkspaceId;
use domain::problem::{Issue, Problem};
use serde_json::{Map, Value, json};
use store::apps::AppRow;
use store::secrets::SecretKey;

/// A run that is asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// An object: answers by field.
    pub inputs: Value,
    /// Secrets by field, where the app asks for some.
    pub credentials: Option<Value>,
    /// Whether the caller waits.
    pub mode: Mode,
}

/// Answers that fit the app.
pub(super) struct Fitting {
    inputs: Map<String, Value>,
    credentials: Map<String, Value>,
}

impl Asked {
    /// How many answers there are.
    pub(super) fn keys(&self) -> u32 {
        let many = self.inputs.as_object().map_or(0, Map::len);
        u32::try_from(many).unwrap_or(u32::MAX)
    }

    /// The answers, where they fit what `app` asks.
    ///
    /// # Errors
    /// [`Problem::TooLarge`]; [`Problem::Invalid`] with the first six reasons.
    pub(super) fn checked(&self, app: &AppRow) -> Result<Fitting, Problem> {
        if self.inputs.to_string().len() > MOST_INPUT_BYTES {
            return Err(Problem::TooLarge { limit_bytes: MOST_INPUT_BYTES as u64 });
        }
        let mut issues = Vec::new();
        let inputs = answers(Some(&self.inputs), &app.input_schema, "inputs", &mut issues);
        let publisher = Publisher::read(app.output_schema.get("publisher")).unwrap_or_default();
        let given = self.credentials.as_ref().filter(|it| !it.is_null());
        let credentials = match (publisher.auth_mode, given) {
            (AuthMode::UserSecret, given) => {
                answers(given, &publisher.secrets_schema, "credentials", &mut issues)
            }
            (_, None) => Map::new(),
            (_, Some(_)) => {
                issues.push(Issue::new("credentials", "This app asks for none. Leave them out"));
                Map::new()
            }
        };
        if issues.is_empty() {
            return Ok(Fitting { inputs, credentials });
        }
        issues.truncate(MOST_ISSUES);
        Err(Problem::Invalid { issues })
    }
}

fn answers(
    given: Option<&Value>,
    schema: &InputSchema,
    name: &str,
    issues: &mut Vec<Issue>,
) -> Map<String, Value> {
    let empty = Map::new();
    let given = match given {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(given)) => given,
        Some(_) => {
            issues.push(Issue::new(name, format!("Give {name} as an object")));
            return empty;
        }
    };
    schema.check(given).unwrap_or_else(|more| {
        issues.extend(more);
        Map::new()
    })
}

impl Fitting {
    /// What the trigger of the flow gives: the answers as they are, or as the body of a request where the flow starts
    /// by one. Secrets are sealed.
    pub(super) fn payload(
        mut self,
        app: &AppRow,
        version: &FlowVersion,
        (key, workspace): (&SecretKey, &WorkspaceId),
    ) -> Value {
        let sealed = |it: &mut Value| {
            if let Some(secret) = it.as_str().map(str::to_owned) {
                *it = super::sealing::seal(key, workspace, &secret);
            }
        };
        for name in app.input_schema.secrets() {
            self.inputs.get_mut(name).into_iter().for_each(sealed);
        }
        self.credentials.values_mut().for_each(sealed);
        let has_body = matches!(&version.trigger.kind,
            TriggerKind::Piece(it) if it.piece_name == catalog::WEBHOOK);
        let mut payload = match has_body {
            true => {
                json!({ "body": self.inputs, "headers": {}, "queryParams": {}, "method": "POST" })
            }
            false => Value::Object(self.inputs),
        };
        if let Some(map) = payload.as_object_mut().filter(|_| !self.credentials.is_empty()) {
            map.insert("credentials".to_owned(), Value::Object(self.credentials));
        }
        payload
    }
}
