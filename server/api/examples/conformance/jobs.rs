//! Fixtures that become tasks, over the tasks of the product.

use crate::answers::{made, said};
use crate::asking::{again, field, owner, question};
use mcp::tasks::Tasks;
use rmcp::RoleServer;
use rmcp::model::{CallToolResponse, ClientCapabilities, ErrorData, InputRequest, InputResponses};
use rmcp::service::RequestContext;
use rmcp::task_manager::{TaskContext, TaskExit};
use serde_json::{Value, json};
use std::time::Duration;

fn asked(message: &str) -> Result<InputRequest, TaskExit> {
    made(question(message, "confirm", "boolean")).map_err(TaskExit::Error)
}

async fn slow(seconds: f64, context: Option<&TaskContext>) -> Result<(), TaskExit> {
    let wait = tokio::time::sleep(Duration::from_secs_f64(seconds.clamp(0.0, 600.0)));
    match context {
        None => wait.await,
        Some(context) => tokio::select! {
            () = wait => {}
            () = context.cancelled() => return Err(TaskExit::Cancelled),
        },
    }
    Ok(())
}

fn seconds_of(args: &Value) -> f64 {
    args.get("seconds").and_then(Value::as_f64).unwrap_or_default()
}

/// What a client hears that knows no tasks.
async fn without_tasks(tool: &str, seconds: f64) -> Result<Option<CallToolResponse>, ErrorData> {
    match tool {
        "slow_compute" => {
            let _ = slow(seconds, None).await;
            said("Computed").map(|it| Some(it.into()))
        }
        "failing_job"
        | "protocol_error_job"
        | "confirm_delete"
        | "multi_input"
        | "test_tool_with_task" => {
            let needed = ClientCapabilities::builder().enable_tasks().build();
            Err(ErrorData::missing_required_client_capability(needed))
        }
        _ => Ok(None),
    }
}

/// A tool that becomes a task where the client knows of them; none for another tool.
pub(crate) async fn call(
    tasks: &Tasks,
    (tool, args): (&str, &Value),
    answers: Option<&InputResponses>,
    context: &RequestContext<RoleServer>,
) -> Result<Option<CallToolResponse>, ErrorData> {
    let knows_tasks = context.client_capabilities().is_some_and(|it| it.supports_tasks());
    if !knows_tasks {
        return without_tasks(tool, seconds_of(args)).await;
    }
    let owner = owner(context);
    let seconds = seconds_of(args);
    let begun = match tool {
        "slow_compute" => tasks.begin(&owner, move |context| {
            Box::pin(async move {
                slow(seconds, Some(&context)).await?;
                said("Computed").map_err(TaskExit::Error)
            })
        }).await?,
        "failing_job" => tasks.begin(&owner, |context| {
            Box::pin(async move {
                slow(0.5, Some(&context)).await?;
                made(json!({"content": [{"type": "text", "text": "It failed"}], "isError": true, "resultType": "complete"}))
                    .map_err(TaskExit::Error)
            })
        }).await?,
        "protocol_error_job" => tasks.begin(&owner, |_| {
            Box::pin(async { Err(TaskExit::Error(ErrorData::internal_error("It broke", None))) })
        }).await?,
        "confirm_delete" => tasks.begin(&owner, |context| {
            Box::pin(async move {
                let answer = context.request_input("confirm", asked("Delete it?")?).await?;
                said(&format!("Answered: {answer}")).map_err(TaskExit::Error)
            })
        }).await?,
        "multi_input" => tasks.begin(&owner, |context| {
            Box::pin(async move {
                let (first, second) = (asked("First?")?, asked("Second?")?);
                let both = tokio::try_join!(
                    context.request_input("first", first),
                    context.request_input("second", second),
                )?;
                said(&format!("Answered: {} {}", both.0, both.1)).map_err(TaskExit::Error)
            })
        }).await?,
        "test_tool_with_task" => {
            match field(answers, "user_name", "name").and_then(Value::as_str) {
                None => {
                    let name = question("What is your name?", "name", "string");
                    return again(json!({"user_name": name}), None).map(|it| Some(it.into()));
                }
                Some(name) => {
                    let text = format!("Hello, {name}!");
                    tasks.begin(&owner, move |_| {
                        Box::pin(async move { said(&text).map_err(TaskExit::Error) })
                    }).await?
                }
            }
        }
        _ => return Ok(None),
    };
    Ok(Some(begun))
}
