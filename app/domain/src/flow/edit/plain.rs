//! Secrets written plainly into steps. A flow is read, exported and copied, so they belong into connections.

use crate::flow::catalog::HTTP;
use crate::flow::{Action, ActionKind, FlowVersion, PieceSettings, tree};
use crate::problem::Issue;
use serde_json::Value;

/// Headers that say who is asking.
const HEADERS: [&str; 8] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "api-key",
    "apikey",
    "x-auth-token",
    "x-access-token",
];

/// One secret in one step.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Plain {
    step: String,
    path: String,
    text: String,
}

/// What `after` holds plainly that `before` did not.
pub(super) fn added(before: &FlowVersion, after: &FlowVersion) -> Vec<Issue> {
    let known = of(before);
    let new = of(after).into_iter().filter(|it| !known.contains(it));
    new.map(|it| {
        let message = "A secret does not belong into a step, where everybody can read it. Make a connection of it under \
                       Integrations and choose A connection as the authentication, or write {{connections['name'].secret_text}}";
        Issue::new(format!("steps.{}.{}", it.step, it.path), message)
    })
    .collect()
}

fn of(version: &FlowVersion) -> Vec<Plain> {
    tree::steps(&version.trigger).into_iter().flat_map(of_step).collect()
}

fn of_step(action: &Action) -> Vec<Plain> {
    let ActionKind::Piece(settings) = &action.kind else { return Vec::new() };
    if settings.piece_name != HTTP {
        return Vec::new();
    }
    let plain = |(path, text): (String, &str)| Plain {
        step: action.name.clone(),
        path,
        text: text.to_owned(),
    };
    texts(settings).into_iter().filter(|(_, it)| is_plain(it)).map(plain).collect()
}

fn is_plain(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains("{{")
}

/// Inputs that hold credentials, where they are texts.
fn texts(settings: &PieceSettings) -> Vec<(String, &str)> {
    let fields = |group: &'static str, fits: fn(&str) -> bool| {
        let fields = settings.input.get(group).and_then(Value::as_object).into_iter().flatten();
        fields.filter_map(move |(name, it)| {
            Some((format!("input.{group}.{name}"), it.as_str()?)).filter(|_| fits(name))
        })
    };
    let is_header = |name: &str| HEADERS.contains(&name.trim().to_ascii_lowercase().as_str());
    let is_credential = |name: &str| matches!(name, "password" | "token" | "connection");
    fields("headers", is_header).chain(fields("authFields", is_credential)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn version(input: Value) -> FlowVersion {
        serde_json::from_value(json!({
            "displayName": "F", "trigger": {
                "name": "trigger", "displayName": "T", "type": "EMPTY", "settings": {}, "nextAction": {
                    "name": "step_1", "displayName": "S", "type": "PIECE", "settings": {
                        "pieceName": HTTP, "pieceVersion": "0.1.0", "actionName": "send_request", "input": input,
                    },
                },
            },
        }))
        .unwrap()
    }

    #[test]
    fn a_new_secret_is_refused_where_it_stands_and_an_old_one_can_stay() {
        let none =
            version(json!({ "headers": { "Accept": "x" }, "authFields": { "username": "ann" } }));
        let some =
            version(json!({ "headers": { "X-Api-Key": "k" }, "authFields": { "token": "t" } }));
        let fields: Vec<_> = added(&none, &some).into_iter().map(|it| it.field).collect();
        assert_eq!(
            fields,
            ["steps.step_1.input.headers.X-Api-Key", "steps.step_1.input.authFields.token"]
        );
        assert_eq!(added(&some, &some), []);
        assert_eq!(added(&some, &none), []);
    }

    #[test]
    fn an_expression_is_no_secret() {
        let named = version(json!({
            "headers": { "authorization": "Bearer {{connections.a.secret_text}}" },
            "authFields": { "connection": "{{connections['a']}}" },
        }));
        assert_eq!(added(&version(json!({})), &named), []);
    }
}
