//! Secrets that a person typed into an app: sealed wherever the run is kept, hidden wherever it is shown.

use domain::expr::REDACTED;
use domain::ids::WorkspaceId;
use serde_json::{Value, json};
use store::secrets::SecretKey;

/// The only key of an object that stands for a secret.
const SEALED: &str = "$sealed";

fn bound_to(workspace: &WorkspaceId) -> String {
    format!("{workspace}|runs|payload")
}

/// What is kept of a secret.
pub(crate) fn seal(key: &SecretKey, workspace: &WorkspaceId, secret: &str) -> Value {
    json!({ SEALED: key.seal(secret, &bound_to(workspace)) })
}

/// Whether a payload as text may hold secrets.
pub(crate) fn has_any(payload: &str) -> bool {
    payload.contains(SEALED)
}

/// Opens every secret in `value` and gives them.
pub(crate) fn open(key: &SecretKey, workspace: &WorkspaceId, value: &mut Value) -> Vec<String> {
    let mut opened = Vec::new();
    each(value, &mut |sealed| {
        let secret = key.open(sealed, &bound_to(workspace)).ok()?;
        opened.push(secret.clone());
        Some(Value::String(secret))
    });
    opened
}

/// Hides every secret in `value`.
pub(crate) fn hide(value: &mut Value) {
    each(value, &mut |_| Some(REDACTED.into()));
}

fn each(value: &mut Value, change: &mut impl FnMut(&str) -> Option<Value>) {
    match value {
        Value::Object(map) => {
            let sealed = map.get(SEALED).and_then(Value::as_str).filter(|_| map.len() == 1);
            match sealed.and_then(&mut *change) {
                Some(other) => *value = other,
                None => map.values_mut().for_each(|it| each(it, change)),
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|it| each(it, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_opened_for_its_workspace_alone() {
        let (key, here) = (SecretKey::from_text("k"), WorkspaceId::from("w1"));
        let kept = json!({"body": {"pin": seal(&key, &here, "1234"), "name": "Mira"}});
        assert!(has_any(&kept.to_string()) && !kept.to_string().contains("1234"));
        let mut value = kept.clone();
        assert!(open(&key, &WorkspaceId::from("w2"), &mut value).is_empty());
        assert_eq!(value, kept);
        assert_eq!(open(&key, &here, &mut value), ["1234"]);
        assert_eq!(value, json!({"body": {"pin": "1234", "name": "Mira"}}));
        let mut shown = kept;
        hide(&mut shown);
        assert_eq!(shown["body"]["pin"], REDACTED);
    }
}
