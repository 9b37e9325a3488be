//! What a connection holds: its fields by type, what expressions see of it, and what must never be seen.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::flow::connection::ConnectionType;
use domain::problem::{Issue, Problem};
use serde_json::{Map, Value, json};
use store::flow_connections::ConnectionRow;
use store::ids;
use store::secrets::{CannotOpen, SecretKey};

/// Shorter secrets cannot be told from other texts, so they could not be masked in runs.
pub(crate) const SHORTEST: usize = 4;
/// Fields of a connection with several that are no secrets.
const OPEN: [&str; 13] = [
    "base_url", "baseUrl", "host", "port", "region", "domain", "username", "user", "email", "from",
    "account", "TLS", "tls",
];
const DATA_KEY_BYTES: usize = 32;

/// A secret as it is stored: sealed with a key of its own, which is sealed with the installation's.
pub(crate) struct Sealed {
    pub(crate) data_key: String,
    pub(crate) secret: String,
}

/// Seals `value` for one connection of one workspace.
pub(crate) fn seal(key: &SecretKey, (workspace, id): (&str, &str), value: &Value) -> Sealed {
    let data_key = ids::random_hex(DATA_KEY_BYTES);
    let secret = SecretKey::from_text(&data_key).seal(&value.to_string(), &bound(workspace, id));
    Sealed { secret, data_key: key.seal(&data_key, &bound(workspace, id)) }
}

/// Opens what a row holds.
///
/// # Errors
/// [`CannotOpen`] for another key or changed bytes.
pub(crate) fn open(key: &SecretKey, row: &ConnectionRow) -> Result<Value, CannotOpen> {
    let bound = bound(&row.workspace_id, &row.id);
    let data_key = key.open(&row.data_key, &bound)?;
    let text = SecretKey::from_text(&data_key).open(&row.secret, &bound)?;
    serde_json::from_str(&text).map_err(|_| CannotOpen)
}

fn bound(workspace: &str, id: &str) -> String {
    format!("{workspace}|{id}")
}

/// The value as it is stored, with its type.
///
/// # Errors
/// [`Problem::Invalid`] with every field that is missing or wrong.
pub(crate) fn checked(kind: ConnectionType, given: &Map<String, Value>) -> Result<Value, Problem> {
    let mut form = Form { given, kept: Map::new(), issues: Vec::new() };
    form.kept.insert("type".to_owned(), kind.as_str().into());
    match kind {
        ConnectionType::SecretText => form.secret("secret_text", true),
        ConnectionType::BasicAuth => {
            form.text("username", true);
            form.secret("password", false);
        }
        ConnectionType::CustomAuth => form.props(),
        ConnectionType::OAuth2 => form.oauth(),
        ConnectionType::NoAuth => {}
    }
    if form.issues.is_empty() {
        Ok(Value::Object(form.kept))
    } else {
        Err(Problem::Invalid { issues: form.issues })
    }
}

/// Reading the fields of one value.
struct Form<'a> {
    given: &'a Map<String, Value>,
    kept: Map<String, Value>,
    issues: Vec<Issue>,
}

impl Form<'_> {
    fn refuse(&mut self, name: &str, message: String) {
        self.issues.push(Issue::new(format!("value.{name}"), message));
    }

    fn text(&mut self, name: &str, is_required: bool) {
        match self.given.get(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => {
                drop(self.kept.insert(name.to_owned(), text.trim().into()));
            }
            None | Some(Value::Null | Value::String(_)) if !is_required => {}
            None | Some(Value::Null | Value::String(_)) => {
                self.refuse(name, "It is missing. Fill it in".to_owned());
            }
            Some(_) => self.refuse(name, format!("{name} must be a text")),
        }
    }

    fn secret(&mut self, name: &str, is_required: bool) {
        self.text(name, is_required);
        let kept = self.kept.get(name).and_then(Value::as_str);
        if kept.is_some_and(|it| it.chars().count() < SHORTEST) {
            let message = format!(
                "It has fewer than {SHORTEST} characters, so it could not be masked in runs"
            );
            self.refuse(name, message);
        }
    }

    fn props(&mut self) {
        let props = self.given.get("props").and_then(Value::as_object).cloned().unwrap_or_default();
        if props.is_empty() {
            self.refuse("props", "Give at least one field, with its name".to_owned());
        }
        for (name, value) in &props {
            let is_secret = !OPEN.contains(&name.as_str());
            match value {
                Value::String(text) if is_secret && text.trim().chars().count() < SHORTEST => {
                    let message = format!(
                        "{name} has fewer than {SHORTEST} characters, so it could not be masked in runs"
                    );
                    self.refuse(&format!("props.{name}"), message);
                }
                Value::String(_) | Value::Number(_) | Value::Bool(_) => {}
                _ => self.refuse(&format!("props.{name}"), format!("{name} must be a text")),
            }
        }
        self.kept.insert("props".to_owned(), Value::Object(props));
    }

    fn oauth(&mut self) {
        let is_machine =
            self.given.get("grant_type").and_then(Value::as_str) == Some("client_credentials");
        self.text("client_id", true);
        self.secret("client_secret", is_machine);
        self.address("token_url", true);
        self.address("auth_url", !is_machine);
        // A server that takes a sign-in is named with it, and so is the place that gives the access.
        for name in ["scope", "token_type", "refresh_token", "access_token", "resource", "issuer"] {
            self.text(name, false);
        }
        let words = [
            ("grant_type", ["authorization_code", "client_credentials"]),
            ("authorization_method", ["BODY", "HEADER"]),
        ];
        for (name, allowed) in words {
            let given = self.given.get(name).filter(|it| !it.is_null());
            let word = given.map_or(Some(allowed[0]), Value::as_str);
            match word.filter(|it| allowed.contains(it)) {
                Some(word) => drop(self.kept.insert(name.to_owned(), word.into())),
                None => {
                    self.refuse(name, format!("{name} must be {} or {}", allowed[0], allowed[1]))
                }
            }
        }
    }

    fn address(&mut self, name: &str, is_required: bool) {
        self.text(name, is_required);
        let Some(text) = self.kept.get(name).and_then(Value::as_str) else { return };
        let is_address =
            url::Url::parse(text).is_ok_and(|it| matches!(it.scheme(), "https" | "http"));
        if !is_address {
            self.refuse(name, format!("{name} must be an address that begins with https://"));
        }
    }
}

/// What expressions see: everything but what only renews the access.
pub(crate) fn visible(value: &Value) -> Value {
    if value["type"] != ConnectionType::OAuth2.as_str() {
        return value.clone();
    }
    json!({
        "type": value["type"],
        "access_token": value["access_token"],
        "token_type": value["token_type"].as_str().unwrap_or("Bearer"),
        "scope": value["scope"],
    })
}

/// The texts that must never be seen, in every form in which they travel.
pub(crate) fn secrets(value: &Value) -> Vec<String> {
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    match value["type"].as_str().and_then(ConnectionType::parse) {
        Some(ConnectionType::BasicAuth) => {
            let (name, password) = (text("username"), text("password"));
            found.push(STANDARD.encode(format!("{name}:{password}")));
            // Some apps take a key as the name, without a password.
            found.push(if password.is_empty() { name } else { password });
        }
        Some(ConnectionType::CustomAuth) => {
            let props = value["props"].as_object().into_iter().flatten();
            let closed = props.filter(|(name, _)| !OPEN.contains(&name.as_str()));
            found.extend(closed.filter_map(|(_, it)| match it {
                Value::String(text) => Some(text.trim().to_owned()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            }));
        }
        _ => {
            let names = ["secret_text", "client_secret", "access_token", "refresh_token"];
            found.extend(names.into_iter().map(text));
        }
    }
    found.retain(|it| it.chars().count() >= SHORTEST);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    fn fields(kind: ConnectionType, value: Value) -> Vec<String> {
        match checked(kind, &object(value)) {
            Err(Problem::Invalid { issues }) => issues.into_iter().map(|it| it.field).collect(),
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn every_missing_field_is_named() {
        assert_eq!(fields(ConnectionType::SecretText, json!({})), ["value.secret_text"]);
        assert_eq!(
            fields(ConnectionType::BasicAuth, json!({"password": "abc"})),
            ["value.username", "value.password"]
        );
        assert_eq!(
            fields(ConnectionType::CustomAuth, json!({"props": {"key": []}})),
            ["value.props.key"]
        );
        let oauth = json!({"client_id": "a", "token_url": "ftp://x", "grant_type": "password"});
        assert_eq!(
            fields(ConnectionType::OAuth2, oauth),
            ["value.token_url", "value.auth_url", "value.grant_type"]
        );
    }

    #[test]
    fn a_secret_opens_only_for_its_connection() {
        let key = SecretKey::from_text("k");
        let sealed = seal(&key, ("w1", "c1"), &json!({"secret_text": "hunter22"}));
        assert!(!sealed.secret.contains("hunter22") && !sealed.data_key.contains("hunter22"));
        let row = |id: &str| ConnectionRow {
            id: id.to_owned(),
            workspace_id: "w1".to_owned(),
            owner_id: String::new(),
            external_id: "x".to_owned(),
            name: "X".to_owned(),
            piece: "p".to_owned(),
            kind: "SECRET_TEXT".to_owned(),
            status: "ACTIVE".to_owned(),
            problem: None,
            data_key: sealed.data_key.clone(),
            secret: sealed.secret.clone(),
            meta: "{}".to_owned(),
            created_by: "u".to_owned(),
            created_at: 0,
            updated_at: 0,
            tested_at: None,
            used_at: None,
            expires_at: None,
            renewing_until: 0,
        };
        assert_eq!(open(&key, &row("c1")).unwrap()["secret_text"], "hunter22");
        assert!(open(&key, &row("c2")).is_err());
        assert!(open(&SecretKey::from_text("other"), &row("c1")).is_err());
    }

    #[test]
    fn what_only_renews_is_not_visible_and_everything_secret_is_masked() {
        let value = json!({"type": "OAUTH2", "access_token": "aaaa1", "refresh_token": "bbbb2", "client_secret": "cccc3"});
        let seen = visible(&value).to_string();
        assert!(seen.contains("aaaa1") && !seen.contains("bbbb2") && !seen.contains("cccc3"));
        assert_eq!(secrets(&value), ["cccc3", "aaaa1", "bbbb2"]);
        let basic = json!({"type": "BASIC_AUTH", "username": "ann", "password": "pass"});
        assert_eq!(secrets(&basic), ["YW5uOnBhc3M=", "pass"]);
        let custom =
            json!({"type": "CUSTOM_AUTH", "props": {"base_url": "https://x", "key": "k123"}});
        assert_eq!(secrets(&custom), ["k123"]);
    }
}
