//! Connections to other platforms, each through the piece that is made for it.

use crate::error::ToolError;
use crate::lists;
use crate::tool::{Call, Done};
use domain::actor::Permission;
use domain::flow::connection::{
    ConnectionScope, ConnectionStatus, ConnectionType, FlowConnection, NewConnection,
};
use domain::problem::Problem;
use serde_json::{Map, Value, json};

type Outcome = Result<Done, ToolError>;

/// A platform that has a piece.
struct Platform {
    word: &'static str,
    name: &'static str,
    piece: &'static str,
    /// An address that answers well only to somebody who is let in.
    asked: Option<&'static str>,
}

const fn platform(
    word: &'static str,
    name: &'static str,
    piece: &'static str,
    asked: Option<&'static str>,
) -> Platform {
    Platform { word, name, piece, asked }
}

const PLATFORMS: [Platform; 7] = [
    platform("github", "GitHub", "@activepieces/piece-github", Some("https://api.github.com/user")),
    platform("jira", "Jira", "@activepieces/piece-jira-cloud", None),
    platform("slack", "Slack", "@activepieces/piece-slack", None),
    platform("linear", "Linear", "@activepieces/piece-linear", None),
    platform(
        "asana",
        "Asana",
        "@activepieces/piece-asana",
        Some("https://app.asana.com/api/1.0/users/me"),
    ),
    platform("trello", "Trello", "@activepieces/piece-trello", None),
    platform("notion", "Notion", "@activepieces/piece-notion", None),
];

/// Fields of `config` that are not part of the secret.
const SETTINGS: [&str; 8] =
    ["connection_id", "external_id", "force", "name", "piece_name", "scope", "test_url", "value"];

/// Which platform a call is about, by the name of its piece.
struct Meant {
    name: String,
    piece: String,
    asked: Option<&'static str>,
    config: Map<String, Value>,
}

impl Meant {
    fn of(call: &Call<'_>) -> Result<Self, ToolError> {
        let config: Map<String, Value> = call.args.read("config")?.unwrap_or_default();
        let word = call.args.need("platform")?;
        if let Some(it) = PLATFORMS.iter().find(|it| it.word == word) {
            let (name, piece) = (it.name.to_owned(), it.piece.to_owned());
            return Ok(Self { name, piece, asked: it.asked, config });
        }
        let piece = config.get("piece_name").and_then(Value::as_str).map(str::trim);
        let words = "Name the piece of the platform, for example @activepieces/piece-http";
        let missing = || Problem::invalid("config.piece_name", words);
        let piece = piece.filter(|it| !it.is_empty()).ok_or_else(missing)?.to_owned();
        let name = piece.rsplit("piece-").next().unwrap_or(&piece).to_owned();
        Ok(Self { name, piece, asked: None, config })
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.config.get(name).and_then(Value::as_str).filter(|it| !it.trim().is_empty())
    }

    /// What the connection is to hold: `value`, else every field that is no setting.
    fn secret(&self) -> Map<String, Value> {
        if let Some(Value::Object(value)) = self.config.get("value") {
            return value.clone();
        }
        let mut rest = self.config.clone();
        rest.retain(|name, _| !SETTINGS.contains(&name.as_str()));
        if let Some(token) = rest.shift_remove("token").or_else(|| rest.shift_remove("api_token")) {
            rest.insert("secret_text".to_owned(), token);
        }
        rest
    }

    /// What kind of connection such a secret makes.
    fn kind(secret: &Map<String, Value>) -> ConnectionType {
        let has = |name: &str| secret.contains_key(name);
        if has("client_id") {
            ConnectionType::OAuth2
        } else if has("username") {
            ConnectionType::BasicAuth
        } else if has("props") {
            ConnectionType::CustomAuth
        } else {
            ConnectionType::SecretText
        }
    }

    /// The connections to it that the caller can use.
    async fn connections(&self, call: &Call<'_>) -> Result<Vec<FlowConnection>, ToolError> {
        Ok(call.tools.flows.connections().list_all(call.actor, Some(&self.piece)).await?)
    }

    /// The connection that is meant: by its id or name, else the only one there is.
    async fn connection(&self, call: &Call<'_>) -> Result<FlowConnection, ToolError> {
        let mut all = self.connections(call).await?;
        let named = self.text("connection_id").or_else(|| self.text("external_id"));
        if let Some(named) = named {
            all.retain(|it| it.id.as_str() == named || it.external_id == named);
        }
        if let [_, _, ..] = all.as_slice() {
            let ids: Vec<&str> = all.iter().map(|it| it.id.as_str()).collect();
            let words = format!("There are several connections: say which of {}", ids.join(", "));
            return Err(Problem::invalid("config.connection_id", words).into());
        }
        Ok(all.pop().ok_or_else(|| Problem::not_found("Connection"))?)
    }
}

/// Starts, looks at, tries or ends a connection.
pub(crate) async fn connect(call: Call<'_>) -> Outcome {
    let meant = Meant::of(&call)?;
    match call.args.need("action")? {
        "status" => status(&call, &meant).await,
        "connect" => begin(&call, meant).await,
        "sync" => try_again(&call, &meant).await,
        _ => end(&call, &meant).await,
    }
}

async fn status(call: &Call<'_>, meant: &Meant) -> Outcome {
    call.actor.require(Permission::Read)?;
    let all = meant.connections(call).await?;
    let is_connected = all.iter().any(|it| it.status == ConnectionStatus::Active);
    let message = match (is_connected, all.is_empty()) {
        (true, _) => format!("{} is connected", meant.name),
        (false, false) => format!("{} needs attention: mend it under Integrations", meant.name),
        (false, true) => format!("{} is not connected", meant.name),
    };
    let more = json!({ "connected": is_connected, "piece_name": meant.piece, "message": message });
    Ok(Done::new(lists::with(lists::all("connections", &all), more)))
}

async fn begin(call: &Call<'_>, meant: Meant) -> Outcome {
    let secret = meant.secret();
    if secret.is_empty() {
        return Err(Problem::NeedsSetup {
            message: format!("Connecting {} needs a secret, and none was sent", meant.name),
            hint: "Send it in config as token, as username and password, as props, or as client_id with its addresses; \
                   or add the connection under Integrations"
                .to_owned(),
            fix_url: "/integrations".to_owned(),
        }
        .into());
    }
    let mut metadata = Map::new();
    if let Some(address) = meant.text("test_url").or(meant.asked) {
        metadata.insert("testUrl".to_owned(), address.into());
    }
    let scope = match meant.text("scope") {
        None | Some("personal") => ConnectionScope::Personal,
        Some("workspace") => ConnectionScope::Workspace,
        Some(_) => {
            let words = "scope is personal or workspace";
            return Err(Problem::invalid("config.scope", words).into());
        }
    };
    let new = NewConnection {
        name: meant.text("name").unwrap_or(&meant.name).to_owned(),
        piece_name: meant.piece.clone(),
        r#type: Some(Meant::kind(&secret)),
        value: secret,
        scope,
        external_id: meant.text("external_id").map(str::to_owned),
        metadata,
    };
    let connections = call.tools.flows.connections();
    let made = connections.create(call.actor, new).await?;
    if made.status == ConnectionStatus::Missing {
        let message = format!("Stored “{}”. Sign in for it under Integrations", made.display_name);
        return Ok(told(made, &json!({ "message": message, "connected": false })));
    }
    let test = match connections.test(call.actor, &made.id).await {
        // Another engine tries a connection only in a run.
        Err(Problem::Unsupported { message, .. }) => json!({ "called": false, "message": message }),
        found => json!(found?),
    };
    let is_refused = test["passed"] == false;
    let message = match is_refused {
        true => format!("Stored “{}”, which was refused", made.display_name),
        false => format!("Connected {}", meant.name),
    };
    let made = connections.get(call.actor, &made.id).await?;
    let more = json!({ "message": message, "connected": !is_refused, "test": test });
    Ok(told(made, &more))
}

async fn try_again(call: &Call<'_>, meant: &Meant) -> Outcome {
    let found = meant.connection(call).await?;
    let connections = call.tools.flows.connections();
    let test = connections.test(call.actor, &found.id).await?;
    let now = connections.get(call.actor, &found.id).await?;
    let message = test.message.clone();
    Ok(told(now, &json!({ "message": message, "connected": test.passed, "test": test })))
}

async fn end(call: &Call<'_>, meant: &Meant) -> Outcome {
    let found = meant.connection(call).await?;
    let is_forced = meant.config.get("force") == Some(&Value::Bool(true));
    call.tools.flows.connections().delete(call.actor, &found.id, is_forced).await?;
    let message = format!("Deleted the connection “{}” with its secret", found.display_name);
    Ok(told(found, &json!({ "message": message, "connected": false })))
}

fn told(connection: FlowConnection, more: &Value) -> Done {
    let name = connection.display_name.clone();
    Done::new(lists::with(json!({ "connection": connection }), more.clone())).on(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_what_is_no_setting_and_says_its_kind() {
        let meant = |config: Value| Meant {
            name: "X".to_owned(),
            piece: "x".to_owned(),
            asked: None,
            config: config.as_object().cloned().unwrap(),
        };
        let secret = meant(json!({ "token": "abcd", "name": "Ours" })).secret();
        assert_eq!(Value::Object(secret.clone()), json!({ "secret_text": "abcd" }));
        assert_eq!(Meant::kind(&secret), ConnectionType::SecretText);
        let pair = meant(json!({ "username": "a", "password": "b" })).secret();
        assert_eq!(Meant::kind(&pair), ConnectionType::BasicAuth);
        let whole = meant(json!({ "value": { "client_id": "a" }, "token": "x" })).secret();
        assert_eq!(Meant::kind(&whole), ConnectionType::OAuth2);
        assert!(meant(json!({ "scope": "personal" })).secret().is_empty());
    }
}
