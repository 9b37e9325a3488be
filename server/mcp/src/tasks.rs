//! Calls that take long, as tasks: a client that knows of tasks gets a handle to ask with, in place of a long wait.
//!
//! Tasks are kept by this process. After a restart a client asks for one that is unknown; what the call changed is in
//! the operations, and a repeat with its idempotency key gets the first answer.

use crate::messages::error;
use domain::ids::{UserId, WorkspaceId};
use rmcp::model::{
    CallToolResponse, CallToolResult, CreateTaskResult, DetailedTask, ErrorCode, ErrorData,
    InputResponses,
};
use rmcp::task_manager::{TaskContext, TaskExit, TaskFuture, TaskManager, TaskOptions};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a call may take before it becomes a task.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// How long a task may take, and how long after its end it is known.
const KEPT_MS: u64 = 60 * 60 * 1000;
const ASK_EVERY_MS: u64 = 1_000;

/// Whose a task is.
pub type Owner = (WorkspaceId, UserId);

/// The tasks of this process. Cheap to clone.
#[derive(Clone, Default)]
pub struct Tasks {
    manager: TaskManager,
    owners: Arc<Mutex<HashMap<String, Owner>>>,
}

impl Tasks {
    /// Begins a task of `owner`; it is known before this returns.
    pub fn begin(
        &self,
        owner: &Owner,
        work: impl FnOnce(TaskContext) -> TaskFuture,
    ) -> CallToolResponse {
        let options = TaskOptions::new().with_ttl_ms(KEPT_MS).with_poll_interval_ms(ASK_EVERY_MS);
        let task = self.manager.spawn(options, work);
        let mut owners = self.owners();
        owners.retain(|id, _| self.manager.get_task(id).is_ok());
        owners.insert(task.task_id.clone(), owner.clone());
        drop(owners);
        CallToolResponse::Task(CreateTaskResult::new(task))
    }

    /// How a task stands.
    ///
    /// # Errors
    /// Invalid parameters for one that is not there, or not theirs.
    pub fn get(&self, owner: &Owner, id: &str) -> Result<DetailedTask, ErrorData> {
        self.check(owner, id)?;
        self.manager.get_task(id)
    }

    /// Hands a task the answers it waits for.
    ///
    /// # Errors
    /// As [`Tasks::get`].
    pub fn update(
        &self,
        owner: &Owner,
        id: &str,
        answers: InputResponses,
    ) -> Result<(), ErrorData> {
        self.check(owner, id)?;
        self.manager.update_task(id, answers)
    }

    /// Asks a task to stop.
    ///
    /// # Errors
    /// As [`Tasks::get`].
    pub fn cancel(&self, owner: &Owner, id: &str) -> Result<(), ErrorData> {
        self.check(owner, id)?;
        self.manager.cancel_task(id)
    }

    fn owners(&self) -> MutexGuard<'_, HashMap<String, Owner>> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self, owner: &Owner, id: &str) -> Result<(), ErrorData> {
        if self.owners().get(id) == Some(owner) {
            return Ok(());
        }
        Err(error(ErrorCode::INVALID_PARAMS, "RESOURCE_NOT_FOUND", "There is no such task"))
    }
}

/// Waits for work that goes on elsewhere, until the task is to stop.
pub(crate) async fn until_stopped<F>(
    context: TaskContext,
    work: F,
) -> Result<CallToolResult, TaskExit>
where
    F: Future<Output = Result<CallToolResult, ErrorData>>,
{
    tokio::select! {
        done = work => done.map_err(TaskExit::Error),
        () = context.cancelled() => Err(TaskExit::Cancelled),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rmcp::model::TaskStatus;
    use serde_json::json;

    fn owner(user: &str) -> Owner {
        ("w1".into(), user.into())
    }

    fn id_of(begun: CallToolResponse) -> String {
        match begun {
            CallToolResponse::Task(it) => it.task.task_id,
            other => panic!("no task: {other:?}"),
        }
    }

    async fn settled(tasks: &Tasks, id: &str) -> TaskStatus {
        loop {
            let status = tasks.get(&owner("amara"), id).unwrap().status();
            if status.is_terminal() {
                return status;
            }
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_task_is_found_by_whoever_began_it_only() {
        let tasks = Tasks::default();
        let begun = tasks.begin(&owner("amara"), |context| {
            Box::pin(async move {
                let work = async { Ok(CallToolResult::structured(json!({"done": true}))) };
                until_stopped(context, work).await
            })
        });
        let id = id_of(begun);
        for stranger in [owner("mika"), ("w2".into(), "amara".into()), Owner::default()] {
            assert_eq!(tasks.get(&stranger, &id).unwrap_err().code, ErrorCode::INVALID_PARAMS);
            assert!(tasks.cancel(&stranger, &id).is_err());
            assert!(tasks.update(&stranger, &id, InputResponses::new()).is_err());
        }
        assert_eq!(settled(&tasks, &id).await, TaskStatus::Completed);
    }

    #[tokio::test]
    async fn a_task_that_is_stopped_says_so() {
        let tasks = Tasks::default();
        let begun = tasks.begin(&owner("amara"), |context| {
            Box::pin(until_stopped(context, std::future::pending()))
        });
        let id = id_of(begun);
        assert_eq!(tasks.get(&owner("amara"), &id).unwrap().status(), TaskStatus::Working);
        tasks.cancel(&owner("amara"), &id).unwrap();
        assert_eq!(settled(&tasks, &id).await, TaskStatus::Cancelled);
    }
}
