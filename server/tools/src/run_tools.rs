//! Runs of flows: started, listed, read.

use crate::error::ToolError;
use crate::tool::{Call, Done};
use domain::flow::listing::{FlowFilter, RunFilter};
use domain::flow::run::Which;
use domain::ids::RunId;
use serde_json::{Value, json};
use store::connections;

type Outcome = Result<Done, ToolError>;

pub(crate) async fn trigger(call: Call<'_>) -> Outcome {
    let flow = call.flow().await?;
    let payload = call.args.read("payload")?.unwrap_or_else(|| json!({}));
    let which = if call.args.is_on("draft") { Which::Draft } else { Which::Published };
    let run = call.tools.runs.start(call.actor, &flow.id, payload, which).await?;
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
    };
    Ok(Done::new(json!(call.tools.runs.list(call.actor, &filter).await?)))
}

pub(crate) async fn get(call: Call<'_>) -> Outcome {
    let run = call.tools.runs.get(call.actor, &RunId::from(call.args.need("run_id")?)).await?;
    Ok(Done::new(json!(run)))
}

pub(crate) async fn status(call: Call<'_>) -> Outcome {
    let filter = FlowFilter { limit: Some(200), ..FlowFilter::default() };
    let flows = call.tools.flows.list(call.actor, &filter).await?.data.len();
    let mut conn = call.tools.db.read().await?;
    let mine =
        connections::usable_by(&mut conn, &call.actor.workspace, call.actor.user.as_str()).await?;
    let engine: Value = json!({
        "url": null, "connected": true, "projectId": call.actor.workspace, "projects": 1, "flows": flows,
        "connections": mine.len(),
    });
    Ok(Done::new(json!({ "status": "operational", "engine": "builtin", "activepieces": engine })))
}
