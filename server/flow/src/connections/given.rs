//! What a person may write about a new connection, and what becomes of it.

use domain::actor::{Actor, Permission};
use domain::flow::connection::{ConnectionScope, ConnectionStatus, ConnectionType, NewConnection};
use domain::problem::{Issue, Problem};
use serde_json::Value;
use store::flow_connections as rows;

/// Characters of a name.
const NAME_LIMIT: usize = 100;
/// Characters of a name in expressions.
const EXTERNAL_LIMIT: usize = 64;

/// Whose a new connection will be; who may make it.
pub(super) fn owner(actor: &Actor, scope: ConnectionScope) -> Result<String, Problem> {
    actor.require(Permission::Write)?;
    match scope {
        ConnectionScope::Personal => Ok(actor.user.to_string()),
        ConnectionScope::Workspace => {
            actor.require(Permission::Manage)?;
            Ok(rows::WORKSPACE.to_owned())
        }
    }
}

pub(super) fn kind_of(new: &NewConnection) -> Result<ConnectionType, Problem> {
    let Some(word) = new.value.get("type").filter(|it| !it.is_null()) else {
        return Ok(new.r#type.unwrap_or_default());
    };
    let kind = word.as_str().and_then(ConnectionType::parse);
    kind.ok_or_else(|| {
        let message = "The type must be SECRET_TEXT, BASIC_AUTH, CUSTOM_AUTH, OAUTH2 or NO_AUTH";
        Problem::invalid("value.type", message)
    })
}

pub(super) fn status_of(value: &Value) -> ConnectionStatus {
    let needs_person = value["type"] == ConnectionType::OAuth2.as_str()
        && value["grant_type"] != "client_credentials"
        && value["access_token"].is_null()
        && value["refresh_token"].is_null();
    if needs_person { ConnectionStatus::Missing } else { ConnectionStatus::Active }
}

pub(super) fn name(given: &str) -> Result<String, Problem> {
    let name = given.trim();
    if name.is_empty() {
        return Err(Problem::invalid("name", "Give the connection a name"));
    }
    if name.chars().count() > NAME_LIMIT {
        let message = format!("The name is longer than {NAME_LIMIT} characters. Shorten it");
        return Err(Problem::invalid("name", message));
    }
    Ok(name.to_owned())
}

pub(super) fn external(given: &str) -> Result<String, Problem> {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
    if given.is_empty() || given.len() > EXTERNAL_LIMIT || !given.chars().all(is_plain) {
        let issue = Issue::new(
            "external_id",
            format!(
                "Use up to {EXTERNAL_LIMIT} letters, digits, _ and - for the name in expressions"
            ),
        );
        return Err(Problem::Invalid { issues: vec![issue] });
    }
    Ok(given.to_owned())
}

/// "Our CRM" as `our_crm`, which is also a name of the language.
pub(super) fn slug(name: &str) -> String {
    let plain: String = name
        .to_lowercase()
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() { it } else { '_' })
        .take(EXTERNAL_LIMIT - 8)
        .collect();
    let words: Vec<&str> = plain.split('_').filter(|it| !it.is_empty()).collect();
    let joined = words.join("_");
    if joined.starts_with(|it: char| it.is_ascii_alphabetic()) {
        joined
    } else {
        format!("connection_{joined}").trim_end_matches('_').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_one_that_expressions_can_use() {
        assert_eq!(slug("Our CRM (prod)"), "our_crm_prod");
        assert_eq!(slug("1Password"), "connection_1password");
        assert_eq!(slug("…"), "connection");
    }
}
