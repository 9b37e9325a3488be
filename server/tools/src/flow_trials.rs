//! Trying a draft: one step for real, and samples of what starts it.

use crate::error::ToolError;
use crate::flow_tools::address;
use crate::tool::{Call, Done};
use domain::flow::tree;
use serde_json::{Map, Value, json};

type Outcome = Result<Done, ToolError>;

/// Runs one step of the draft for real and keeps what it gave.
pub(crate) async fn step_test(call: Call<'_>) -> Outcome {
    let flow = call.flow().await?;
    let step = call.args.need("step_name")?;
    let input: Map<String, Value> = call.args.read("input")?.unwrap_or_default();
    let test = call.tools.runs.test_step(call.actor, &flow.id, step, input).await?;
    let title = tree::find(&flow.version.trigger, step).map(|it| it.display_name.clone());
    let title = title.unwrap_or_else(|| step.to_owned());
    let message = match &test.sample {
        Some(it) if it.error.is_some() => format!("“{title}” failed"),
        Some(_) => format!("“{title}” worked. What it gave is kept as its sample"),
        None => format!("“{title}” still goes on. Its result is kept when it ends"),
    };
    let value = json!({
        "message": message,
        "success": test.sample.as_ref().is_some_and(|it| it.error.is_none()),
        "status": test.run.status,
        "runId": test.run.id,
        "sample": test.sample,
    });
    Ok(Done::new(value).on(flow.version.display_name))
}

/// A sample of what starts the flow: the given one, else the newest there is.
pub(crate) async fn trigger_test(call: Call<'_>) -> Outcome {
    let flow = call.flow().await?;
    let payload: Option<Value> = call.args.read("payload")?;
    let sample = call.tools.flows.test_trigger(call.actor, &flow.id, payload).await?;
    let value = json!({
        "message": format!("“{}” has a sample to test with", flow.version.display_name),
        "sample": sample,
        "webhookUrl": address(&call, &flow).await?,
    });
    Ok(Done::new(value).on(flow.version.display_name))
}
