//! Calls that go on: waited for, taken back, or handed to the client as tasks.

use crate::door::{Caller, Failure};
use crate::handler::{Handler, knows_tasks, owner};
use crate::messages::cancelled;
use crate::tasks::{PATIENCE, until_stopped};
use domain::approval::Risk;
use rmcp::RoleServer;
use rmcp::model::{CallToolResponse, CallToolResult, ErrorData};
use rmcp::service::RequestContext;
use rmcp::task_manager::TaskExit;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// A call that became too long to wait for. One that only reads ends with whoever waits for it.
pub(crate) struct Running {
    job: JoinHandle<Result<Value, Failure>>,
    is_read: bool,
    /// `{name, args}`, where it may be begun again.
    call: Option<Value>,
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
        // The arguments as the tool sees them: no key is among them.
        let checked = if is_read { self.door.tools().check(&name, &args).ok() } else { None };
        let call = checked.map(|args| json!({ "name": name, "args": args }));
        let door = self.door.clone();
        let job = tokio::spawn(async move { door.call(&caller, &name, &args, "mcp").await });
        let mut running = Running { job, is_read, call };
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
        let call = running.call.take();
        let begun = self.tasks().begin_call(&owner, call, move |context| {
            Box::pin(async move {
                let work = async { told(running.ended().await?) };
                until_stopped(context, work).await
            })
        });
        begun.await
    }
}

impl Handler {
    /// Begins the call of a task again whose process died, with the rights that whoever asks for it has now.
    pub(crate) async fn take_up(&self, caller: &Caller, id: &str) -> Result<(), ErrorData> {
        let owner = owner(caller);
        let Some(it) = self.tasks().abandoned(&owner, id).await? else { return Ok(()) };
        let (door, caller, mut call) = (self.door.clone(), caller.clone(), it.call);
        let work = async move {
            let name = call["name"].as_str().unwrap_or_default().to_owned();
            let outcome = door.call(&caller, &name, &call["args"].take(), "mcp").await;
            told(outcome).map_err(TaskExit::Error)
        };
        self.tasks().go_on(&owner, (id, it.begun_at), Box::pin(work));
        Ok(())
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
