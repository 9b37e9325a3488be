//! Calls that take long, as tasks: a client that knows of tasks gets a handle to ask with, in place of a long wait.
//!
//! Tasks are in the database: what became of one is known after a restart and on every node. One whose process died is
//! begun again for whoever asks for it where its call only reads. Else it is told as failed; what the call changed is in
//! the operations, and a repeat with its idempotency key gets the first answer.

use crate::messages::error;
use domain::ids::{UserId, WorkspaceId};
use rmcp::model::{
    CallToolResponse, CallToolResult, CreateTaskResult, DetailedTask, ErrorCode, ErrorData,
    InputResponses,
};
use rmcp::task_manager::{
    TaskContext, TaskExit, TaskFuture, TaskManager, TaskOptions, current_timestamp,
};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::db::Db;
use store::ids;
use store::mcp_tasks::{self, McpTask};

/// How long a call may take before it becomes a task.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// How long a task may take, and how long after its end it is known.
const KEPT_MS: u64 = 60 * 60 * 1000;
const ASK_EVERY_MS: u64 = 1_000;

/// Whose a task is.
pub type Owner = (WorkspaceId, UserId);

/// How often the node that runs a task says so, and after how long without a word it is taken for dead.
const SEEN_EVERY: Duration = Duration::from_secs(5);
const SILENT_MS: i64 = 30_000;

/// The tasks of everybody. Cheap to clone.
#[derive(Clone)]
pub struct Tasks {
    db: Db,
    /// Those of this process.
    manager: TaskManager,
    owners: Arc<Mutex<HashMap<String, Owner>>>,
}

/// A task whose process died.
pub(crate) struct Abandoned {
    /// `{name, args}`.
    pub(crate) call: Value,
    /// When it began, as the protocol says it.
    pub(crate) begun_at: String,
}

/// One task in the database.
struct Stored {
    db: Db,
    owner: Owner,
    id: String,
    begun_at: String,
}

impl Tasks {
    /// Tasks kept in `db`.
    pub fn new(db: Db) -> Self {
        Self { db, manager: TaskManager::default(), owners: Arc::default() }
    }

    /// Begins a task of `owner`; it is stored before this returns.
    ///
    /// # Errors
    /// When it cannot be stored; the work goes on all the same.
    pub async fn begin(
        &self,
        owner: &Owner,
        work: impl FnOnce(TaskContext) -> TaskFuture,
    ) -> Result<CallToolResponse, ErrorData> {
        self.begin_call(owner, None, work).await
    }

    /// The same for a `call` that may be begun again.
    pub(crate) async fn begin_call(
        &self,
        owner: &Owner,
        call: Option<Value>,
        work: impl FnOnce(TaskContext) -> TaskFuture,
    ) -> Result<CallToolResponse, ErrorData> {
        let options = TaskOptions::new().with_ttl_ms(KEPT_MS).with_poll_interval_ms(ASK_EVERY_MS);
        let (db, of) = (self.db.clone(), owner.clone());
        let task = self.manager.spawn(options, move |context| {
            let id = context.task_id().to_owned();
            let stored = Stored { db, owner: of, id, begun_at: current_timestamp() };
            let work = work(context);
            Box::pin(stored.follow(work))
        });
        self.remember(&task.task_id, owner);
        let (id, of, now_ms) = (task.task_id.clone(), owner.clone(), ids::now_ms());
        let call = call.map(|it| it.to_string());
        let stored = self.db.write(move |tx| {
            Box::pin(async move {
                let times = (now_ms, now_ms - kept_ms());
                mcp_tasks::insert(tx, &id, (&of.0, &of.1), call.as_deref(), times).await
            })
        });
        stored.await.map_err(|error| failed(&error))?;
        Ok(CallToolResponse::Task(CreateTaskResult::new(task)))
    }

    fn remember(&self, id: &str, owner: &Owner) {
        let mut owners = self.owners();
        owners.retain(|id, _| self.manager.get_task(id).is_ok());
        owners.insert(id.to_owned(), owner.clone());
    }

    /// How a task stands.
    ///
    /// # Errors
    /// Invalid parameters for one that is not there, or not theirs.
    pub async fn get(&self, owner: &Owner, id: &str) -> Result<DetailedTask, ErrorData> {
        if self.is_here(owner, id)
            && let Ok(task) = self.manager.get_task(id)
        {
            return Ok(task);
        }
        let row = self.stored(owner, id).await?;
        let state = match row.state {
            Some(state) => serde_json::from_str(&state),
            None => serde_json::from_value(running(id, &row)),
        };
        state.map_err(|error| failed(&error))
    }

    /// The call of a task whose process died, where it may be begun again: it is the caller's to run now.
    ///
    /// # Errors
    /// When the database does not answer. A task that is not there is none.
    pub(crate) async fn abandoned(
        &self,
        owner: &Owner,
        id: &str,
    ) -> Result<Option<Abandoned>, ErrorData> {
        if self.is_here(owner, id) {
            return Ok(None);
        }
        let Ok(row) = self.stored(owner, id).await else { return Ok(None) };
        let call = row.call.as_deref().filter(|_| is_dead(&row));
        let call = call.and_then(|it| serde_json::from_str(it).ok());
        let Some(call) = call else { return Ok(None) };
        let (task, of, times) = (id.to_owned(), owner.clone(), (row.seen_at, ids::now_ms()));
        let taken = self.db.write(move |tx| {
            Box::pin(async move { mcp_tasks::take_over(tx, &task, (&of.0, &of.1), times).await })
        });
        let is_ours = taken.await.map_err(|error| failed(&error))?;
        Ok(is_ours.then(|| Abandoned { call, begun_at: ids::rfc3339(row.created_at) }))
    }

    /// Runs a task that was abandoned to its end.
    pub(crate) fn go_on(&self, owner: &Owner, (id, begun_at): (&str, String), work: TaskFuture) {
        let (id, owner) = (id.to_owned(), owner.clone());
        let stored = Stored { db: self.db.clone(), owner, id, begun_at };
        // What becomes of it is stored.
        drop(tokio::spawn(stored.follow(work)));
    }

    /// Hands a task the answers it waits for. One that runs elsewhere waits for none.
    ///
    /// # Errors
    /// As [`Tasks::get`].
    pub async fn update(
        &self,
        owner: &Owner,
        id: &str,
        answers: InputResponses,
    ) -> Result<(), ErrorData> {
        if self.is_here(owner, id) {
            return self.manager.update_task(id, answers);
        }
        self.stored(owner, id).await.map(drop)
    }

    /// Asks a task to stop, wherever it runs.
    ///
    /// # Errors
    /// As [`Tasks::get`].
    pub async fn cancel(&self, owner: &Owner, id: &str) -> Result<(), ErrorData> {
        if self.is_here(owner, id) {
            return self.manager.cancel_task(id);
        }
        self.stored(owner, id).await?;
        let id = id.to_owned();
        let asked =
            self.db.write(move |tx| Box::pin(async move { mcp_tasks::stop(tx, &id).await }));
        asked.await.map_err(|error| failed(&error))
    }

    fn owners(&self) -> MutexGuard<'_, HashMap<String, Owner>> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_here(&self, owner: &Owner, id: &str) -> bool {
        self.owners().get(id) == Some(owner)
    }

    async fn stored(&self, owner: &Owner, id: &str) -> Result<McpTask, ErrorData> {
        let mut conn = self.db.read().await.map_err(|error| failed(&error))?;
        let since_ms = ids::now_ms() - kept_ms();
        let found = mcp_tasks::find(&mut conn, id, (&owner.0, &owner.1), since_ms).await;
        let missing =
            || error(ErrorCode::INVALID_PARAMS, "RESOURCE_NOT_FOUND", "There is no such task");
        found.map_err(|error| failed(&error))?.ok_or_else(missing)
    }
}

impl Stored {
    /// Waits for the work, says from time to time that it goes on, and keeps what became of it.
    async fn follow(self, mut work: TaskFuture) -> Result<CallToolResult, TaskExit> {
        let outcome = loop {
            tokio::select! {
                outcome = &mut work => break outcome,
                () = tokio::time::sleep(SEEN_EVERY) => {}
            }
            if self.is_to_stop().await {
                break Err(TaskExit::Cancelled);
            }
        };
        let state = self.state(&outcome).to_string();
        let (id, of, now_ms) = (self.id.clone(), self.owner.clone(), ids::now_ms());
        let kept = self.db.write(move |tx| {
            Box::pin(async move { mcp_tasks::end(tx, &id, (&of.0, &of.1), (&state, now_ms)).await })
        });
        if let Err(error) = kept.await {
            tracing::warn!(error = &error as &dyn Error, "the end of a task was not stored");
        }
        outcome
    }

    async fn is_to_stop(&self) -> bool {
        let (id, now_ms) = (self.id.clone(), ids::now_ms());
        let seen = self
            .db
            .write(move |tx| Box::pin(async move { mcp_tasks::seen(tx, &id, now_ms).await }));
        seen.await.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn Error, "a task could not say that it goes on");
            false
        })
    }

    /// The task as the protocol tells it.
    fn state(&self, outcome: &Result<CallToolResult, TaskExit>) -> Value {
        let mut state = task(&self.id, (&self.begun_at, &current_timestamp()));
        let (status, field, value) = match outcome {
            Ok(result) => ("completed", "result", json!(result)),
            Err(TaskExit::Cancelled) => ("cancelled", "statusMessage", "It was cancelled".into()),
            Err(TaskExit::Error(error)) => ("failed", "error", json!(error)),
        };
        state["status"] = status.into();
        state[field] = value;
        state
    }
}

/// Whether nobody runs the task any more, although it did not end.
fn is_dead(row: &McpTask) -> bool {
    row.state.is_none() && ids::now_ms() - row.seen_at > SILENT_MS
}

fn kept_ms() -> i64 {
    i64::try_from(KEPT_MS).unwrap_or(i64::MAX)
}

fn task(id: &str, (begun_at, seen_at): (&str, &str)) -> Value {
    json!({
        "taskId": id, "createdAt": begun_at, "lastUpdatedAt": seen_at, "ttlMs": KEPT_MS,
        "pollIntervalMs": ASK_EVERY_MS
    })
}

/// A task that did not end, as the protocol tells it: another node runs it, or the one that did is dead.
fn running(id: &str, row: &McpTask) -> Value {
    let times = (ids::rfc3339(row.created_at), ids::rfc3339(row.seen_at));
    let mut state = task(id, (&times.0, &times.1));
    if !is_dead(row) {
        state["status"] = "working".into();
        return state;
    }
    let words = "PM OS stopped while it ran. What it changed is under Activity; a repeat with its idempotency key \
                 gives the first answer and does nothing twice";
    state["status"] = "failed".into();
    state["error"] = json!(error(ErrorCode::INTERNAL_ERROR, "INTERRUPTED", words));
    state
}

fn failed(error: &(dyn Error + 'static)) -> ErrorData {
    let reference = ids::short();
    tracing::error!(reference, error, "a task cannot be kept");
    ErrorData::internal_error(format!("Our fault. Reference {reference}"), None)
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
