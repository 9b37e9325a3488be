//! Flows: found, read, published, switched, deleted.

use crate::error::ToolError;
use crate::lists;
use crate::tool::{Call, Done};
use domain::flow::engine::FlowEngine;
use domain::flow::listing::{FlowFilter, FlowSummary, OptionsRequest};
use domain::flow::{Flow, FlowStatus, TriggerKind, catalog, tree};
use domain::ids::{FlowId, FlowVersionId};
use domain::problem::Problem;
use serde_json::{Map, Value, json};

type Outcome = Result<Done, ToolError>;

impl Call<'_> {
    /// The flow that the argument `flow_id` names.
    pub(crate) async fn flow(&self) -> Result<Flow, ToolError> {
        Ok(self.tools.flows.get(self.actor, &self.flow_id()?).await?)
    }

    pub(crate) fn flow_id(&self) -> Result<FlowId, ToolError> {
        Ok(FlowId::from(self.args.need("flow_id")?))
    }
}

pub(crate) async fn list(call: Call<'_>) -> Outcome {
    if crate::flow_edits::own_workspace(&call).is_err() {
        let notice =
            "This workspace has no project of that id, so nothing is listed. Leave project_id out";
        let none = json!({ "data": [], "next": null, "previous": null, "notice": notice });
        return Ok(Done::new(none));
    }
    let filter = FlowFilter {
        status: call.args.read("status")?,
        folder_id: call.args.text("folder_id").map(str::to_owned),
        name: call.args.text("name").map(str::to_owned),
        engine: None,
        limit: call.args.read("limit")?,
        cursor: call.args.text("cursor").map(str::to_owned),
    };
    let page = call.tools.flows.list(call.actor, &filter).await?;
    let mut rows = Vec::with_capacity(page.data.len());
    for it in &page.data {
        rows.push(row(&call, it).await?);
    }
    Ok(Done::new(json!({ "data": rows, "next": page.next, "previous": page.previous })))
}

/// A flow of a list: what the list knows, with the fields of every flow (contract.md 8.11). The steps below the trigger
/// are left out.
async fn row(call: &Call<'_>, summary: &FlowSummary) -> Result<Value, ToolError> {
    let known = json!(summary);
    if summary.engine == FlowEngine::Activepieces {
        // Each would be a call of its own; the list of that server says no more.
        return Ok(known);
    }
    let flow = match call.tools.flows.get(call.actor, &summary.id).await {
        Ok(flow) => json!(flow),
        // It was deleted since the list was read.
        Err(Problem::NotFound { .. }) => return Ok(known),
        Err(problem) => return Err(problem.into()),
    };
    let of = |from: &Value, names: &[&str]| -> Map<String, Value> {
        names.iter().map(|it| ((*it).to_owned(), from[*it].clone())).collect()
    };
    let mut version = of(&flow["version"], &["id", "displayName", "state", "valid", "updated"]);
    let trigger = of(&flow["version"]["trigger"], &["name", "displayName", "type", "settings"]);
    version.insert("trigger".to_owned(), trigger.into());
    let mut more = of(&flow, &["projectId", "created"]);
    more.insert("version".to_owned(), version.into());
    Ok(lists::with(known, more.into()))
}

pub(crate) async fn get(call: Call<'_>) -> Outcome {
    let flow = match call.args.text("version_id") {
        Some(version) => {
            let version = FlowVersionId::from(version);
            call.tools.flows.at_version(call.actor, &call.flow_id()?, &version).await?
        }
        None => call.flow().await?,
    };
    let address = address(&call, &flow).await?;
    Ok(Done::new(lists::with(json!(flow), json!({ "webhookUrl": address }))))
}

/// Where requests start it, when requests do.
pub(crate) async fn address(call: &Call<'_>, flow: &Flow) -> Result<Option<String>, ToolError> {
    let starts = |it: &TriggerKind| matches!(it, TriggerKind::Piece(it) if it.piece_name == catalog::WEBHOOK);
    if !starts(&flow.version.trigger.kind) {
        return Ok(None);
    }
    Ok(Some(call.tools.flows.webhook_url(call.actor, &flow.id).await?))
}

pub(crate) async fn delete(call: Call<'_>) -> Outcome {
    let flow = call.flow().await?;
    call.tools.flows.delete(call.actor, &flow.id).await?;
    let name = flow.version.display_name;
    let value = json!({ "success": true, "message": format!("Deleted the flow “{name}”") });
    Ok(Done::new(value).on(name))
}

pub(crate) async fn publish(call: Call<'_>) -> Outcome {
    let before = call.flow().await?;
    let flow = call.tools.flows.publish(call.actor, &before.id).await?;
    let address = address(&call, &flow).await?;
    let message = format!("Published “{}”. It is on", flow.version.display_name);
    let undo = json!({ "flow_id": flow.id });
    let done = stated(&flow, message, address);
    Ok(if before.status == FlowStatus::Disabled {
        done.undone_by("flow_disable", &undo)
    } else {
        done
    })
}

pub(crate) async fn enable(call: Call<'_>) -> Outcome {
    switch(call, FlowStatus::Enabled, ("is on", "flow_disable")).await
}

pub(crate) async fn disable(call: Call<'_>) -> Outcome {
    switch(call, FlowStatus::Disabled, ("is off", "flow_enable")).await
}

async fn switch(call: Call<'_>, to: FlowStatus, (words, undo): (&str, &str)) -> Outcome {
    let before = call.flow().await?;
    let flow = call.tools.flows.set_status(call.actor, &before.id, to).await?;
    let address = address(&call, &flow).await?;
    let done = stated(&flow, format!("“{}” {words}", flow.version.display_name), address);
    let reverse = json!({ "flow_id": flow.id });
    Ok(if before.status == to { done } else { done.undone_by(undo, &reverse) })
}

fn stated(flow: &Flow, message: String, address: Option<String>) -> Done {
    let value = json!({
        "message": message,
        "flow": outline(flow),
        "webhookUrl": address,
        "change": change(flow, &message, &[]),
    });
    Done::new(value).on(flow.version.display_name.clone())
}

/// A flow after a change: its fields, and of its steps the names and kinds.
pub(crate) fn outline(flow: &Flow) -> Value {
    let mut whole = json!(flow);
    let steps: Vec<Value> = tree::steps(&flow.version.trigger)
        .iter()
        .map(|it| {
            let kind = json!(it.kind).get("type").cloned().unwrap_or_default();
            json!({ "name": it.name, "displayName": it.display_name, "type": kind, "valid": it.valid })
        })
        .collect();
    if let Some(trigger) = whole.pointer_mut("/version/trigger") {
        forget(trigger);
    }
    whole["steps"] = steps.into();
    whole
}

/// Takes what was sent out of the settings of every step.
fn forget(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(forget),
        Value::Object(fields) => {
            for sent in ["input", "sourceCode", "conditions", "sampleData", "propertySettings"] {
                fields.remove(sent);
            }
            fields.values_mut().for_each(forget);
        }
        _ => {}
    }
}

/// A saved change, for the canvas (contract.md 3.3, `flow`).
pub(crate) fn change(flow: &Flow, summary: &str, operations: &[Value]) -> Value {
    json!({
        "flowId": flow.id,
        "versionId": flow.version.id,
        "revision": flow.revision,
        "operations": operations,
        "summary": summary,
    })
}

pub(crate) async fn validate(call: Call<'_>) -> Outcome {
    let problems = call.tools.flows.problems(call.actor, &call.flow_id()?).await?;
    let rows: Vec<Value> = problems
        .iter()
        .map(|it| json!({ "step_name": it.step_name, "path": it.path, "code": it.code, "message": it.message, "fix": it.fix }))
        .collect();
    Ok(Done::new(json!({ "valid": rows.is_empty(), "problems": rows })))
}

pub(crate) async fn piece_options(call: Call<'_>) -> Outcome {
    let request = OptionsRequest {
        piece: call.args.need("piece_name")?.to_owned(),
        action: call.args.need("action")?.to_owned(),
        prop: call.args.need("field")?.to_owned(),
        input: call.args.read("input")?.unwrap_or_default(),
        search: call.args.text("search").map(str::to_owned),
    };
    if let Some(id) = call.args.text("connection_id") {
        call.tools.flows.connections().get(call.actor, &id.into()).await?;
    }
    if let Some(choices) = call.tools.flows.choices_there(call.actor, &request).await? {
        return Ok(Done::new(lists::all("options", &choices)));
    }
    let is_known = catalog::piece(&request.piece).is_some();
    if !is_known {
        return Err(Problem::not_found("Piece").into());
    }
    let choices = call.tools.flows.options(call.actor, &request).await?;
    Ok(Done::new(lists::all("options", &choices)))
}
