//! One flow changed in any of the accepted forms (contract.md 8.12): fields, or one operation of the engines.

use crate::error::ToolError;
use crate::flow_edits::{back_to, beginning, changed, edit};
use crate::tool::{Call, Done};
use domain::flow::edit::operation::{FlowOperation, ServerOperation};
use domain::flow::edit::{ChangeName, FlowEdit, ImportFlow};
use domain::flow::{Action, Flow, FlowStatus, Trigger};
use domain::problem::{Issue, Problem};
use flow::updating::FlowChange;
use serde_json::{Map, Value, json};

type Outcome = Result<Done, ToolError>;

/// What of a flow can be changed, in every spelling.
const FIELDS: [&str; 12] = [
    "displayName",
    "display_name",
    "name",
    "status",
    "folderId",
    "folder_id",
    "metadata",
    "runsAtOnce",
    "runs_at_once",
    "trigger",
    "actions",
    "steps",
];

/// Fields at the top level as the `data` they stand for.
///
/// # Errors
/// When a field is sent in both places with different values.
pub(crate) fn gathered(
    tool: &str,
    mut fields: Map<String, Value>,
) -> Result<Map<String, Value>, ToolError> {
    if !matches!(tool, "flow_update" | "flow_flow_operation") {
        return Ok(fields);
    }
    let given: Vec<&str> = FIELDS.into_iter().filter(|it| fields.contains_key(*it)).collect();
    if given.is_empty() {
        return Ok(fields);
    }
    let mut data = match fields.remove("data") {
        Some(Value::Object(data)) => data,
        None | Some(Value::Null) => Map::new(),
        Some(_) => return Err(Problem::invalid("data", "data must be an object").into()),
    };
    for name in given {
        let value = fields.remove(name).unwrap_or_default();
        if data.get(name).is_some_and(|it| *it != value) {
            let message = format!("{name} and data.{name} differ. Send one");
            return Err(Problem::invalid(name, message).into());
        }
        data.insert(name.to_owned(), value);
    }
    fields.insert("data".to_owned(), data.into());
    Ok(fields)
}

/// The name of the tool that a call amounts to: a change can publish a flow, or switch it on.
pub(crate) fn name_of<'a>(name: &'a str, args: &Value) -> &'a str {
    let is_change = matches!(name, "flow_update" | "flow_flow_operation");
    is_change.then(|| amounts_to(args)).flatten().unwrap_or(name)
}

/// The tool that a change amounts to, where it makes something run or stop: what is asked about is that.
fn amounts_to(args: &Value) -> Option<&'static str> {
    let switched = |status: FlowStatus| match status {
        FlowStatus::Enabled => "flow_enable",
        FlowStatus::Disabled => "flow_disable",
    };
    if args["operation"].is_object() {
        return match FlowOperation::parse(&args["operation"]) {
            Ok(FlowOperation::Server(ServerOperation::LockAndPublish { .. })) => {
                Some("flow_publish")
            }
            Ok(FlowOperation::Server(ServerOperation::ChangeStatus { status })) => {
                Some(switched(status))
            }
            _ => None,
        };
    }
    let given = [&args["data"]["status"], &args["status"]];
    let mut given = given.into_iter().filter_map(|it| serde_json::from_value(it.clone()).ok());
    given.next().map(switched)
}

pub(crate) async fn update(call: Call<'_>) -> Outcome {
    let data: Option<Map<String, Value>> = call.args.read("data")?;
    match (call.args.get("operation").cloned(), data) {
        (Some(_), Some(_)) => {
            Err(Problem::invalid("data", "Send operation or data, not both").into())
        }
        (Some(operation), None) => {
            match FlowOperation::parse(&operation).map_err(|issues| Problem::Invalid { issues })? {
                FlowOperation::Edit(one) => edit(&call, vec![one]).await,
                FlowOperation::Server(operation) => operate(&call, operation).await,
            }
        }
        (None, data) => fields(&call, data.unwrap_or_default()).await,
    }
}

async fn operate(call: &Call<'_>, operation: ServerOperation) -> Outcome {
    let before = call.flow().await?;
    let what =
        json!(operation)["type"].as_str().unwrap_or_default().to_lowercase().replace('_', " ");
    let flow = call.tools.flows.operate(call.actor, &before.id, operation.clone()).await?;
    let summary = format!("“{}”: {what}", flow.version.display_name);
    let done = changed(&flow, &summary, &[]);
    Ok(match operation {
        ServerOperation::ChangeFolder { .. } => {
            let undo = json!({ "flow_id": flow.id, "data": { "folderId": before.folder_id } });
            done.undone_by("flow_update", &undo)
        }
        ServerOperation::ChangeStatus { .. } if before.status != flow.status => {
            done.undone_by(other(before.status), &json!({ "flow_id": flow.id }))
        }
        ServerOperation::LockAndPublish { .. } if before.status != flow.status => {
            done.undone_by("flow_disable", &json!({ "flow_id": flow.id }))
        }
        _ => done,
    })
}

/// Copies a flow to the other engine.
pub(crate) async fn copy(call: Call<'_>) -> Outcome {
    let copied = call.tools.flows.copy_to_other_engine(call.actor, &call.flow_id()?).await?;
    let flow = &copied.flow;
    let name = flow.version.display_name.clone();
    let value = json!({
        "message": format!("Copied “{name}” to {}", flow.engine.label()),
        "flow": crate::flow_tools::outline(flow), "leftOut": copied.left_out,
    });
    let undo = json!({ "flow_id": flow.id });
    Ok(Done::new(value).on(name).undone_by("flow_delete", &undo))
}

/// The tool that switches a flow back to how it was.
fn other(before: FlowStatus) -> &'static str {
    match before {
        FlowStatus::Enabled => "flow_enable",
        FlowStatus::Disabled => "flow_disable",
    }
}

async fn fields(call: &Call<'_>, data: Map<String, Value>) -> Outcome {
    if let Some(unknown) = data.keys().find(|it| !FIELDS.contains(&it.as_str())) {
        let message = format!(
            "{unknown} cannot be changed here: displayName, status, folderId, metadata, runsAtOnce, trigger and actions can"
        );
        return Err(Problem::invalid("data", message).into());
    }
    if data.is_empty() {
        let message = "Send operation, or data with what is to change";
        return Err(Problem::invalid("data", message).into());
    }
    let before = call.flow().await?;
    let change = read(&before, &data)?;
    let (switches, is_edited) = (change.status, !change.edits.is_empty());
    let is_plain = !is_edited && switches.is_none() && change.metadata.is_none();
    let only_moved = is_plain && change.runs_at_once.is_none();
    let only_limited = is_plain && change.folder_id.is_none();
    let flow = call.tools.flows.update(call.actor, &before.id, change).await?;
    let summary = format!("Changed “{}”", flow.version.display_name);
    let done = changed(&flow, &summary, &[]);
    let others = data.len() > 1;
    Ok(if only_moved {
        let undo = json!({ "flow_id": flow.id, "data": { "folderId": before.folder_id } });
        done.undone_by("flow_update", &undo)
    } else if only_limited {
        let undo = json!({ "flow_id": flow.id, "data": { "runsAtOnce": before.runs_at_once } });
        done.undone_by("flow_update", &undo)
    } else if is_edited && !others {
        let undo = json!({ "flow_id": flow.id, "operation": back_to(before.version) });
        done.undone_by("flow_update", &undo).while_it_is(&flow)
    } else if !others && switches.is_some_and(|it| it != before.status) {
        done.undone_by(other(before.status), &json!({ "flow_id": flow.id }))
    } else {
        // Several changes would be several steps to take back.
        done
    })
}

fn read(flow: &Flow, data: &Map<String, Value>) -> Result<FlowChange, ToolError> {
    let field = |names: &[&'static str]| -> Result<Option<Value>, ToolError> {
        let mut given = names.iter().filter_map(|it| Some((*it, data.get(*it)?)));
        let first = given.next();
        match (first, given.next()) {
            (Some((name, one)), Some((_, other))) if one != other => {
                let message = format!("{name} is given twice with different values. Send one");
                Err(Problem::invalid(format!("data.{name}"), message).into())
            }
            _ => Ok(first.map(|it| it.1.clone())),
        }
    };
    let mut change = FlowChange::default();
    if let Some(folder) = field(&["folderId", "folder_id"])? {
        change.folder_id = Some(folder.as_str().map(str::to_owned));
    }
    if let Some(metadata) = data.get("metadata") {
        change.metadata = Some(Some(metadata.clone()).filter(|it| !it.is_null()));
    }
    if let Some(most) = field(&["runsAtOnce", "runs_at_once"])? {
        change.runs_at_once = Some(typed("runsAtOnce", most)?);
    }
    if let Some(status) = data.get("status") {
        change.status = Some(typed("status", status.clone())?);
    }
    let name = field(&["displayName", "display_name", "name"])?;
    let name = name.map(|it| typed::<String>("displayName", it)).transpose()?;
    let trigger =
        data.get("trigger").map(|it| typed::<Trigger>("trigger", it.clone())).transpose()?;
    let actions = field(&["actions", "steps"])?;
    let actions = actions.map(|it| typed::<Vec<Action>>("actions", it)).transpose()?;
    let named = name.clone().unwrap_or_else(|| flow.version.display_name.clone());
    if let Some(name) = name {
        change.edits.push(FlowEdit::ChangeName(ChangeName { display_name: name }));
    }
    change.edits.extend(steps(flow, &named, (trigger, actions))?);
    Ok(change)
}

/// A trigger alone keeps the steps below it; steps take the place of those there are.
fn steps(
    flow: &Flow,
    name: &str,
    (trigger, actions): (Option<Trigger>, Option<Vec<Action>>),
) -> Result<Option<FlowEdit>, ToolError> {
    let Some(actions) = actions else { return Ok(trigger.map(|it| beginning(name, it))) };
    if trigger.as_ref().is_some_and(|it| it.next_action.is_some()) {
        let message = "Give the steps below the trigger or in actions, not in both";
        return Err(Problem::invalid("data.actions", message).into());
    }
    let mut trigger = trigger.unwrap_or_else(|| flow.version.trigger.clone());
    let mut next = None;
    for (at, action) in actions.into_iter().enumerate().rev() {
        let name = format!("step_{}", at + 1);
        next = Some(Box::new(Action { name, next_action: next, ..action }));
    }
    trigger.next_action = next;
    let import = ImportFlow {
        display_name: name.to_owned(),
        trigger,
        schema_version: None,
        notes: Some(flow.version.notes.clone()),
        keep_samples: false,
    };
    Ok(Some(FlowEdit::ImportFlow(Box::new(import))))
}

fn typed<T: serde::de::DeserializeOwned>(field: &str, value: Value) -> Result<T, ToolError> {
    serde_json::from_value(value).map_err(|error| {
        let issue = Issue::new(format!("data.{field}"), format!("{field} cannot be read: {error}"));
        Problem::Invalid { issues: vec![issue] }.into()
    })
}
