//! Runs of flows: started, listed, read.

use crate::error::ToolError;
use crate::preview::Preview;
use crate::tool::{Call, Done};
use domain::flow::listing::{FlowFilter, RunFilter};
use domain::flow::run::{Retry, RunStatus, Which};
use domain::ids::RunId;
use serde_json::{Value, json};
use std::time::Duration;
use store::workspaces;

type Outcome = Result<Done, ToolError>;

/// How often, and how many times, a caller who waits for a run looks whether it has ended: 25 seconds in all.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOKS: u32 = 250;

pub(crate) async fn trigger(call: Call<'_>) -> Outcome {
    let flow = call.flow().await?;
    let payload = call.args.read("payload")?.unwrap_or_else(|| json!({}));
    let which = if call.args.is_on("draft") { Which::Draft } else { Which::Published };
    let mut run = call.tools.runs.start(call.actor, &flow.id, payload, which).await?;
    if call.args.is_on("sync") {
        for _ in 0..LOOKS {
            if run.status.is_terminal() || run.status == RunStatus::Paused {
                break;
            }
            tokio::time::sleep(LOOK_EVERY).await;
            run = call.tools.runs.get(call.actor, &run.id).await?;
        }
    }
    let address = crate::flow_tools::address(&call, &flow).await?;
    let value = json!({
        "triggered": true,
        "message": format!("Started “{}”", flow.version.display_name),
        "webhookUrl": address,
        "status": run.status,
        "runId": run.id,
        "run": run,
    });
    Ok(Done::new(value).on(flow.version.display_name))
}

pub(crate) async fn list(call: Call<'_>) -> Outcome {
    let filter = RunFilter {
        flow_id: call.args.text("flow_id").map(Into::into),
        status: call.args.read("status")?.unwrap_or_default(),
        limit: call.args.read("limit")?,
        cursor: call.args.text("cursor").map(str::to_owned),
        ..RunFilter::default()
    };
    let page = call.tools.runs.list(call.actor, &filter).await?;
    if page.data.is_empty() && filter.flow_id.is_some() {
        // Runs outlive their flow; where there are none, there must be a flow.
        call.flow().await?;
    }
    Ok(Done::new(json!(page)))
}

pub(crate) async fn get(call: Call<'_>) -> Outcome {
    let run = call.tools.runs.get(call.actor, &RunId::from(call.args.need("run_id")?)).await?;
    Ok(Done::new(json!(run)))
}

pub(crate) async fn retry(call: Call<'_>) -> Outcome {
    let how = call.args.read("strategy")?.unwrap_or(Retry::FromFailedStep);
    let run = call.tools.runs.retry(call.actor, &run_id(&call)?, how).await?;
    let message = match how {
        Retry::FromFailedStep => format!("“{}” goes on from the step that failed", run.flow_name),
        Retry::OnLatestVersion => format!("“{}” runs again as it is published now", run.flow_name),
    };
    let name = run.flow_name.clone();
    Ok(Done::new(json!({ "message": message, "run": run })).on(name))
}

pub(crate) async fn cancel(call: Call<'_>) -> Outcome {
    let run = call.tools.runs.cancel(call.actor, &run_id(&call)?).await?;
    let (message, name) = (format!("Stopped a run of “{}”", run.flow_name), run.flow_name.clone());
    Ok(Done::new(json!({ "message": message, "run": run })).on(name))
}

/// What a person is asked before a run is stopped.
pub(crate) async fn stopping(call: Call<'_>) -> Result<Preview, ToolError> {
    let run = call.tools.runs.get(call.actor, &run_id(&call)?).await?;
    let title = format!("Stop a run of “{}”", run.flow_name);
    let words = "It ends where it is. What its steps did stays done";
    Ok(Preview::new(title, words.to_owned(), Value::Null))
}

/// What a person is asked before a failed run is tried again.
pub(crate) async fn retrying(call: Call<'_>) -> Result<Preview, ToolError> {
    let how = call.args.read("strategy")?.unwrap_or(Retry::FromFailedStep);
    let run = call.tools.runs.get(call.actor, &run_id(&call)?).await?;
    let words = match how {
        Retry::FromFailedStep => {
            "It goes on from the step that failed. What was done is not done again"
        }
        Retry::OnLatestVersion => "It begins anew, with the flow as it is published now",
    };
    let title = format!("Run “{}” again", run.flow_name);
    Ok(Preview::new(title, words.to_owned(), Value::Null))
}

/// What the steps of a run tell, oldest first: that they began, what gave nothing, and how they ended.
pub(crate) async fn logs(call: Call<'_>) -> Outcome {
    let run = call.tools.runs.get(call.actor, &run_id(&call)?).await?;
    let only = call.args.text("step_name");
    let mut lines = Vec::new();
    for (name, step) in run.steps.iter().filter(|(name, _)| only.is_none_or(|it| it == *name)) {
        let at = &step["startedAt"];
        let mut add = |level: &str, message: Value| {
            lines.push(json!({ "seq": lines.len() + 1, "at": at, "step": name, "level": level, "message": message }));
        };
        add("info", format!("{} began", step["type"].as_str().unwrap_or("The step")).into());
        for warning in step["warnings"].as_array().into_iter().flatten() {
            add("warn", warning.clone());
        }
        match &step["errorMessage"] {
            Value::Null => add("info", step["status"].clone()),
            error => add("error", error.clone()),
        }
    }
    let after = call.args.number("after").unwrap_or_default();
    let limit =
        usize::try_from(call.args.number("limit").unwrap_or(200).clamp(1, 1_000)).unwrap_or(1);
    lines.retain(|it| it["seq"].as_i64().is_some_and(|it| it > after));
    lines.truncate(limit);
    Ok(Done::new(crate::lists::all("lines", &lines)))
}

fn run_id(call: &Call<'_>) -> Result<RunId, ToolError> {
    Ok(RunId::from(call.args.need("run_id")?))
}

pub(crate) async fn status(call: Call<'_>) -> Outcome {
    if let Some(there) = call.tools.flows.engine_state(call.actor).await? {
        let chosen = call.tools.flows.engine_settings(call.actor).await?.engine;
        let server = there.server;
        let (flows, connections, problem) = match there.counts {
            Ok((flows, connections)) => (json!(flows), json!(connections), None),
            Err(problem) => (Value::Null, Value::Null, Some(problem.to_string())),
        };
        let engine: Value = json!({
            "url": server.url, "connected": problem.is_none(), "projectId": server.project_id,
            "projectName": server.project_name, "projects": 1, "flows": flows, "connections": connections,
        });
        let word = if problem.is_none() { "operational" } else { "error" };
        return Ok(Done::new(json!({
            "status": word, "engine": chosen.as_str(), "activepieces": engine, "error": problem,
        })));
    }
    let filter = FlowFilter { limit: Some(200), ..FlowFilter::default() };
    let flows = call.tools.flows.list(call.actor, &filter).await?.data.len();
    let mine = call.tools.flows.connections().list(call.actor, None).await?;
    let mut conn = call.tools.db.read().await?;
    let workspace = workspaces::find(&mut conn, &call.actor.workspace).await?;
    drop(conn);
    let engine: Value = json!({
        "url": null, "connected": true, "projectId": call.actor.workspace,
        "projectName": workspace.map(|it| it.name), "projects": 1, "flows": flows, "connections": mine.len(),
    });
    Ok(Done::new(json!({ "status": "operational", "engine": "builtin", "activepieces": engine })))
}
