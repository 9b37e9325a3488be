//! Secrets in what a run was started with, typed into an app or handed over by another flow: sealed wherever the run is
//! kept, hidden wherever it is shown.

use domain::expr::REDACTED;
use domain::ids::WorkspaceId;
use serde_json::{Value, json};
use store::secrets::SecretKey;

/// The only key of an object that stands for a secret.
const SEALED: &str = "$sealed";
/// The only key of an object that stands for a value with secrets in it.
const SEALED_VALUE: &str = "$sealedValue";

fn bound_to(workspace: &WorkspaceId) -> String {
    format!("{workspace}|runs|payload")
}

/// What is kept of a secret.
pub(crate) fn seal(key: &SecretKey, workspace: &WorkspaceId, secret: &str) -> Value {
    json!({ SEALED: key.seal(secret, &bound_to(workspace)) })
}

/// Seals each part of `value` in which `secrets_in` finds any, with what it finds.
pub(crate) fn seal_found(
    key: &SecretKey,
    workspace: &WorkspaceId,
    value: &mut Value,
    secrets_in: &impl Fn(&Value) -> Vec<String>,
) {
    let is_open = match value {
        Value::Object(map) => map.keys().all(|it| secrets_in(&it.as_str().into()).is_empty()),
        Value::Array(_) => true,
        _ => false,
    };
    match value {
        Value::Object(map) if is_open => {
            map.values_mut().for_each(|it| seal_found(key, workspace, it, secrets_in));
        }
        Value::Array(items) if is_open => {
            items.iter_mut().for_each(|it| seal_found(key, workspace, it, secrets_in));
        }
        _ => {
            let secrets = secrets_in(value);
            if !secrets.is_empty() {
                let whole = json!([value, secrets]).to_string();
                *value = json!({ SEALED_VALUE: key.seal(&whole, &bound_to(workspace)) });
            }
        }
    }
}

/// Whether a payload as text may hold secrets.
pub(crate) fn has_any(payload: &str) -> bool {
    payload.contains(SEALED)
}

/// Opens every secret in `value` and gives them.
pub(crate) fn open(key: &SecretKey, workspace: &WorkspaceId, value: &mut Value) -> Vec<String> {
    let mut opened = Vec::new();
    each(value, &mut |name, sealed| {
        let text = key.open(sealed, &bound_to(workspace)).ok()?;
        if name == SEALED {
            opened.push(text.clone());
            return Some(Value::String(text));
        }
        let (value, secrets): (Value, Vec<String>) = serde_json::from_str(&text).ok()?;
        opened.extend(secrets);
        Some(value)
    });
    opened
}

/// Hides every secret in `value`.
pub(crate) fn hide(value: &mut Value) {
    each(value, &mut |_, _| Some(REDACTED.into()));
}

fn each(value: &mut Value, change: &mut impl FnMut(&str, &str) -> Option<Value>) {
    match value {
        Value::Object(map) => {
            let only = map.iter().next().filter(|_| map.len() == 1);
            let sealed = only.and_then(|(name, it)| Some((name.as_str(), it.as_str()?)));
            let sealed = sealed.filter(|(name, _)| [SEALED, SEALED_VALUE].contains(name));
            match sealed.and_then(|(name, it)| change(name, it)) {
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

    #[test]
    fn what_holds_a_secret_is_sealed_with_it() {
        let (key, here) = (SecretKey::from_text("k"), WorkspaceId::from("w1"));
        let secrets_in = |it: &Value| {
            let is_there = it.to_string().contains("1234");
            Vec::from_iter(is_there.then(|| "1234".to_owned()))
        };
        let whole = json!({"a": ["Bearer 1234", 1234, 7], "b": {"x1234": true}, "c": "open"});
        let mut value = whole.clone();
        seal_found(&key, &here, &mut value, &secrets_in);
        let kept = value.to_string();
        assert!(has_any(&kept) && !kept.contains("1234"), "{kept}");
        assert_eq!((&value["c"], &value["a"][2]), (&json!("open"), &json!(7)));
        let mut shown = value.clone();
        hide(&mut shown);
        assert_eq!(shown, json!({"a": [REDACTED, REDACTED, 7], "b": REDACTED, "c": "open"}));
        assert_eq!(open(&key, &here, &mut value), ["1234", "1234", "1234"]);
        assert_eq!(value, whole);
    }
}
