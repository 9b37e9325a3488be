//! Arguments that hold a secret, while a call waits for a person or is kept with a conversation: sealed where they lie,
//! opened where the tool runs, never shown.

use crate::error::ToolError;
use crate::sending_tools::host;
use crate::tools::Tools;
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use serde_json::{Value, json};
use store::waiting_secrets::{self, Place, Readable};

/// What stands for a secret wherever arguments are shown.
pub const MASK: &str = "***";
/// Tools of connections, whose arguments hold secrets.
pub(crate) const OF_CONNECTIONS: [&str; 3] =
    ["flow_connection_create", "flow_connection_update", "flow_connection_upsert"];
/// Other tools whose arguments hold a secret, and where.
const OTHERS: [(&str, &[&str]); 3] = [
    ("connect_platform", &["/config"]),
    ("manage_plugin", &["/config"]),
    ("post_chatbot_line", &["/integration_key"]),
];
/// Sends a message. The whole address of a webhook is its secret, and the only one it has.
const MESSAGE: &str = "send_notification";
/// Letters at the end of such an address that are shown, so that two of one host can be told apart.
const LAST: usize = 4;
/// Runs any other tool, whose arguments lie inside its own.
const NESTED: &str = "mcp_call";
/// Where the secret of a connection is, in the two forms that are accepted.
const PLACES: [&str; 2] = ["/value", "/connection/value"];
/// The only field of a sealed secret.
const SEALED: &str = "sealed";
/// How a sealed secret begins that was a text, and stays one.
const SEALED_TEXT: &str = "sealed:";

impl Tools {
    /// The arguments with their secrets sealed for this workspace; those of most tools are as they were. What is sealed
    /// already stays so.
    pub fn sealed(&self, workspace: &WorkspaceId, tool: &str, args: &Value) -> Value {
        let mut args = args.clone();
        let connections = self.flows.connections();
        each_secret(tool, &mut args, &mut |_, value| {
            if sealed_text(value).is_none() {
                let sealed = connections.seal_waiting(workspace, value);
                *value = match value.is_string() {
                    true => format!("{SEALED_TEXT}{sealed}").into(),
                    false => json!({ SEALED: sealed }),
                };
            }
        });
        args
    }

    /// The arguments as whoever asked sent them.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for a secret that was sealed by another installation or for another workspace.
    pub(crate) fn opened(
        &self,
        workspace: &WorkspaceId,
        tool: &str,
        args: &Value,
    ) -> Result<Value, ToolError> {
        let (mut args, mut is_foreign) = (args.clone(), false);
        let connections = self.flows.connections();
        each_secret(tool, &mut args, &mut |_, value| {
            let Some(text) = sealed_text(value) else { return };
            match connections.open_waiting(workspace, text) {
                Some(secret) => *value = secret,
                None => is_foreign = true,
            }
        });
        match is_foreign {
            true => {
                Err(Problem::invalid("value", "This secret cannot be opened. Send it again").into())
            }
            false => Ok(args),
        }
    }

    /// Whether two calls of a tool are the same, however their secrets are kept.
    pub fn is_same_call(
        &self,
        workspace: &WorkspaceId,
        tool: &str,
        (kept, given): (&Value, &Value),
    ) -> bool {
        let hash = |args| Some(Self::hash(tool, &self.opened(workspace, tool, args).ok()?));
        hash(kept).is_some_and(|it| hash(given) == Some(it))
    }

    /// Edited arguments in which what was shown masked is what is kept, and what is new is sealed.
    pub fn edited_secrets(
        &self,
        workspace: &WorkspaceId,
        tool: &str,
        (kept, edited): (&Value, &Value),
    ) -> Value {
        let (mut kept, mut edited) = (kept.clone(), edited.clone());
        let mut before = Vec::new();
        each_secret(tool, &mut kept, &mut |_, value| before.push(value.clone()));
        each_secret(tool, &mut edited, &mut |_, value| {
            if value == MASK
                && let Some(it) = before.first()
            {
                *value = it.clone();
            }
        });
        self.sealed(workspace, tool, &edited)
    }

    /// Seals what an earlier version kept readable: approvals, calls of the assistant, and turns of conversations.
    ///
    /// # Errors
    /// When the database refuses; then nothing has changed.
    pub async fn seal_what_waits(&self) -> Result<(), Problem> {
        let found = waiting_secrets::readable(&mut self.db.read().await?).await?;
        if found.is_empty() {
            return Ok(());
        }
        let sealed: Vec<_> = found
            .into_iter()
            .filter_map(|it| {
                let args = match it.place {
                    Place::Turn => masked_turn(&it.args),
                    Place::Approval | Place::Call => self.sealed(&it.workspace, &it.tool, &it.args),
                };
                let hash = Self::hash(&it.tool, &args);
                (args != it.args).then_some((Readable { args, ..it }, hash))
            })
            .collect();
        let write = self
            .db
            .write(move |tx| Box::pin(async move { waiting_secrets::replace(tx, &sealed).await }));
        Ok(write.await?)
    }
}

/// A turn needs no secret any more: what it asked for is done or refused.
fn masked_turn(calls: &Value) -> Value {
    let mut calls = calls.clone();
    for call in calls.as_array_mut().into_iter().flatten() {
        let tool = call.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(args) = call.get_mut("arguments") {
            each_secret(&tool, args, &mut |tool, value| *value = shown(tool, value));
        }
    }
    calls
}

/// Arguments as they may be written down for people.
pub(crate) fn without_secrets(tool: &str, args: &Value) -> Value {
    let mut args = args.clone();
    each_secret(tool, &mut args, &mut |tool, value| *value = shown(tool, value));
    args
}

/// What is shown of a secret: where a webhook is and how its address ends, of anything else nothing.
fn shown(tool: &str, value: &Value) -> Value {
    match value.as_str() {
        Some(address) if tool == MESSAGE && !is_sealed(value) => short_address(address).into(),
        _ => MASK.into(),
    }
}

/// The host of an address and its last letters.
pub(crate) fn short_address(address: &str) -> String {
    let start = address.char_indices().rev().nth(LAST - 1).map_or(0, |it| it.0);
    format!("{}/…{}", host(address), address.get(start..).unwrap_or_default())
}

/// A value in which every sealed secret, wherever it is, becomes a mask.
pub fn hidden(value: &Value) -> Value {
    match value {
        _ if is_sealed(value) => MASK.into(),
        Value::Object(fields) => fields.iter().map(|(key, it)| (key.clone(), hidden(it))).collect(),
        Value::Array(items) => items.iter().map(hidden).collect(),
        other => other.clone(),
    }
}

/// Whether a value stands for a sealed secret.
pub fn is_sealed(value: &Value) -> bool {
    sealed_text(value).is_some()
}

fn sealed_text(value: &Value) -> Option<&str> {
    if let Value::String(text) = value {
        return text.strip_prefix(SEALED_TEXT);
    }
    let fields = value.as_object().filter(|it| it.len() == 1)?;
    fields.get(SEALED)?.as_str()
}

/// Changes every secret among the arguments, told of which tool it is.
fn each_secret(tool: &str, args: &mut Value, change: &mut dyn FnMut(&str, &mut Value)) {
    if tool == NESTED {
        let inner = args.get("tool").and_then(Value::as_str).unwrap_or_default().to_owned();
        if inner != NESTED
            && let Some(args) = args.get_mut("args")
        {
            each_secret(&inner, args, change);
        }
        return;
    }
    for place in places(tool, args) {
        if let Some(value) = args.pointer_mut(place).filter(|it| !it.is_null()) {
            change(tool, value);
        }
    }
}

/// Where the secrets of a call are.
fn places(tool: &str, args: &Value) -> &'static [&'static str] {
    if OF_CONNECTIONS.contains(&tool) {
        return &PLACES;
    }
    if tool == MESSAGE {
        return if args["platform"] == "webhook" { &["/target"] } else { &[] };
    }
    OTHERS.iter().find(|it| it.0 == tool).map(|it| it.1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_in_every_form_of_a_call() {
        let masked = |tool: &str, args: Value| without_secrets(tool, &args);
        let create = "flow_connection_create";
        assert_eq!(masked(create, json!({"value": {"a": 1}})), json!({"value": "***"}));
        let object = json!({"connection": {"value": {"a": 1}, "type": "X"}});
        assert_eq!(masked(create, object), json!({"connection": {"value": "***", "type": "X"}}));
        let nested = json!({"tool": create, "args": {"value": {"a": 1}}});
        assert_eq!(masked(NESTED, nested), json!({"tool": create, "args": {"value": "***"}}));
        let key = json!({"integration_key": "k1", "content": "Hi"});
        assert_eq!(
            masked("post_chatbot_line", key),
            json!({"integration_key": "***", "content": "Hi"})
        );
        let target = |it: &str| json!({"platform": "webhook", "target": it, "message": "Hi"});
        assert_eq!(
            masked(MESSAGE, target("https://me:pw@hooks.example.com:8443/T1/s3cret?key=abcd")),
            target("hooks.example.com:8443/…abcd")
        );
        assert_eq!(masked(MESSAGE, target("äb")), target("äb/…äb"));
        let mail = json!({"platform": "email", "target": "ana@example.com", "message": "Hi"});
        assert_eq!(masked(MESSAGE, mail.clone()), mail);
        let config = json!({"action": "connect", "config": {"token": "x"}});
        let shown = json!({"action": "connect", "config": "***"});
        assert_eq!(masked("connect_platform", config), shown);
        let other = json!({"value": {"a": 1}});
        assert_eq!(masked("flow_set_value", other.clone()), other);
    }

    #[test]
    fn a_sealed_secret_is_hidden_wherever_it_is() {
        let value = json!({"a": [{"value": {"sealed": "v1.00"}}], "sealed": "v1.00", "b": 2});
        assert_eq!(hidden(&value), json!({"a": [{"value": "***"}], "sealed": "v1.00", "b": 2}));
        assert_eq!(
            hidden(&json!({"integration_key": "sealed:v1.00"})),
            json!({"integration_key": "***"})
        );
    }
}
