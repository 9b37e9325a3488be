//! Calls that go on: waited for, taken back, or handed to the client as tasks.

use crate::door::{Caller, Failure};
use crate::handler::{Handler, knows_tasks, owner};
use crate::messages::cancelled;
use crate::tasks::{PATIENCE, until_stopped};
use domain::approval::Risk;
use rmcp::RoleServer;
use rmcp::model::{CallToolResponse, CallToolResult, ErrorData};
use rmcp::service::RequestContext;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// A call that became too long to wait for. One that only reads ends with whoever waits for it.
pub(crate) struct Running {
    job: JoinHandle<Result<Value, Failure>>,
    is_read: bool,
}

impl Running {
    async fn ended(&mut self) -> Result<Result<Value, Failure>, ErrorData> {
        (&mut self.job).await.map_err(|error| {
            let reference = store::ids::short();
            tracing::error!(reference, %error, "a tool ended early");
            ErrorData::internal_error(format!("Our fault. Reference {reference}"), None)
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.is_read {
            self.job.abort();
        }
    }
}

/// What came of waiting for a call.
pub(crate) enum Ran {
    /// It ended.
    Ended(Result<Value, Failure>),
    /// It goes on, and the client knows of tasks.
    Long(Running),
}

impl Handler {
    /// Runs the tool. A read ends with its request; a write that began is finished and recorded.
    pub(crate) async fn run(
        &self,
        caller: Caller,
        name: String,
        args: Value,
        context: &RequestContext<RoleServer>,
    ) -> Result<Ran, ErrorData> {
        let is_read = self.door.tools().find(&name).is_some_and(|it| it.risk == Risk::Read);
        let door = self.door.clone();
        let job = tokio::spawn(async move { door.call(&caller, &name, &args, "mcp").await });
        let mut running = Running { job, is_read };
        tokio::select! {
            outcome = running.ended() => return Ok(Ran::Ended(outcome?)),
            () = tokio::time::sleep(PATIENCE), if knows_tasks(context) => {}
            () = context.ct.cancelled() => return Err(cancelled()),
        }
        Ok(Ran::Long(running))
    }

    /// Gives the client a handle to a call that goes on.
    pub(crate) async fn as_task(
        &self,
        caller: &Caller,
        mut running: Running,
    ) -> Result<CallToolResponse, ErrorData> {
        let owner = owner(caller);
        let begun = self.tasks().begin(&owner, move |context| {
            Box::pin(async move {
                let work = async { told(running.ended().await?) };
                until_stopped(context, work).await
            })
        });
        begun.await
    }
}

/// What came of a call, as the protocol tells it.
pub(crate) fn told(outcome: Result<Value, Failure>) -> Result<CallToolResult, ErrorData> {
    match outcome {
        Ok(value) if value.is_object() => Ok(CallToolResult::structured(value)),
        Ok(value) => Ok(CallToolResult::structured(json!({ "result": value }))),
        Err(failure) if failure.code() == "UNKNOWN_TOOL" => Err(ErrorData::invalid_params(
            failure.message().to_owned(),
            Some(failure.value().clone()),
        )),
        Err(failure) => Ok(CallToolResult::structured_error(failure.value().clone())),
    }
}
