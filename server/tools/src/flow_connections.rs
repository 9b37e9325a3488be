//! Connections of flows. Their secrets reach the store and nothing else: no answer, no operation, no log.

use crate::error::ToolError;
use crate::secret_args::OF_CONNECTIONS;
use crate::tool::{Call, Done};
use domain::flow::connection::{ConnectionChange, FlowConnection, NewConnection};
use domain::flow::listing::Page;
use domain::ids::ConnectionId;
use domain::problem::Problem;
use serde_json::{Map, Value, json};

type Outcome = Result<Done, ToolError>;

/// Rows of one answer, unless asked otherwise.
const ROWS: i64 = 50;
/// The `connection` object of contract.md 8.12 as the arguments it stands for.
///
/// # Errors
/// When a field is sent in both forms with different values.
pub(crate) fn unwrapped(
    tool: &str,
    mut fields: Map<String, Value>,
) -> Result<Map<String, Value>, ToolError> {
    if !OF_CONNECTIONS.contains(&tool) {
        return Ok(fields);
    }
    let Some(Value::Object(inner)) = fields.remove("connection") else { return Ok(fields) };
    for (name, value) in inner {
        let name = match name.as_str() {
            "displayName" => "name",
            "pieceName" => "piece_name",
            "projectId" => "project_id",
            "externalId" => "external_id",
            other => other,
        };
        if fields.get(name).is_some_and(|it| *it != value) {
            let message = format!("{name} and connection.{name} differ. Send one");
            return Err(Problem::invalid(name, message).into());
        }
        fields.insert(name.to_owned(), value);
    }
    // The published row has no argument for it, so it travels with the value.
    if tool == "flow_connection_create"
        && let Some(external) = fields.remove("external_id")
        && let Some(Value::Object(value)) = fields.get_mut("value")
    {
        value.insert("externalId".to_owned(), external);
    }
    Ok(fields)
}

pub(crate) async fn list(call: Call<'_>) -> Outcome {
    let all = call.tools.flows.connections();
    let all = all.list_all(call.actor, call.args.text("piece_name")).await?;
    let limit = call.args.number("limit").unwrap_or(ROWS).clamp(1, 200);
    let limit = usize::try_from(limit).unwrap_or(1);
    let begin = match call.args.text("cursor") {
        Some(cursor) => all
            .iter()
            .position(|it| it.id.as_str() == cursor)
            .map(|it| it + 1)
            .ok_or_else(|| {
                Problem::invalid("cursor", "This cursor is not one of ours. Leave it out to begin")
            })?,
        None => 0,
    };
    let is_own = call.args.text("project_id").is_none_or(|it| it == call.actor.workspace.as_str());
    let rest: Vec<FlowConnection> = all.into_iter().skip(begin).filter(|_| is_own).collect();
    let next = rest.get(limit..).filter(|it| !it.is_empty()).and_then(|_| rest.get(limit - 1));
    let next = next.map(|it| it.id.to_string());
    let data: Vec<_> = rest.into_iter().take(limit).collect();
    Ok(Done::new(json!(Page { data, next, previous: None })))
}

pub(crate) async fn create(call: Call<'_>) -> Outcome {
    let mut value: Map<String, Value> = call.args.read("value")?.unwrap_or_default();
    let external_id = value.remove("externalId").and_then(|it| it.as_str().map(str::to_owned));
    let external_id = call.args.text("external_id").map(str::to_owned).or(external_id);
    let new = NewConnection {
        name: call.args.need("name")?.to_owned(),
        piece_name: call.args.need("piece_name")?.to_owned(),
        r#type: call.args.read("type")?,
        value,
        scope: call.args.read("scope")?.unwrap_or_default(),
        external_id,
        metadata: Map::new(),
    };
    let made = call.tools.flows.connections().create(call.actor, new).await?;
    let message = match &made.problem {
        Some(problem) => format!("Stored the connection “{}”. {problem}", made.display_name),
        None => format!("Stored the connection “{}”", made.display_name),
    };
    Ok(changed(made, message))
}

/// Changes the connection of that external id where there is one, else makes it.
pub(crate) async fn upsert(call: Call<'_>) -> Outcome {
    let all = call.tools.flows.connections().list_all(call.actor, None).await?;
    let external = call.args.text("external_id").map(str::to_owned);
    let found = all.into_iter().find(|it| Some(&it.external_id) == external.as_ref());
    let Some(found) = found else { return create(call).await };
    let mut args = call.args.clone();
    args.insert("connection_id", found.id.as_str().into());
    update(Call { args, ..call }).await
}

pub(crate) async fn update(call: Call<'_>) -> Outcome {
    let change = ConnectionChange {
        name: call.args.text("name").map(str::to_owned),
        value: call.args.read("value")?,
        metadata: call.args.read("metadata")?,
    };
    let made = call.tools.flows.connections().change(call.actor, &id(&call)?, change).await?;
    let message = format!("Changed the connection “{}”", made.display_name);
    Ok(changed(made, message))
}

pub(crate) async fn delete(call: Call<'_>) -> Outcome {
    let id = id(&call)?;
    let connections = call.tools.flows.connections();
    let before = connections.get(call.actor, &id).await?;
    connections.delete(call.actor, &id, call.args.is_on("force")).await?;
    let name = before.display_name;
    let value = json!({ "success": true, "message": format!("Deleted the connection “{name}”") });
    Ok(Done::new(value).on(name))
}

pub(crate) async fn test(call: Call<'_>) -> Outcome {
    let id = id(&call)?;
    let found = call.tools.flows.connections().test(call.actor, &id).await?;
    Ok(Done::new(json!(found)))
}

fn id(call: &Call<'_>) -> Result<ConnectionId, ToolError> {
    Ok(ConnectionId::from(call.args.need("connection_id")?))
}

fn changed(connection: FlowConnection, message: String) -> Done {
    let name = connection.display_name.clone();
    let more = json!({ "message": message, "connection": connection });
    Done::new(crate::lists::with(json!(connection), more)).on(name)
}
