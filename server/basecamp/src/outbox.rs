//! Writes of operations: stored before they are sent.
//!
//! One whose end is not known, because its answer was lost or the process died, is looked for in Basecamp until somebody
//! knows; it is never sent again by itself.

use crate::reading_back::Verdict;
use crate::records::Request;
use crate::scheduler::Lane;
use crate::sync::sync_actor;
use crate::walk::millis;
use crate::witness::Sent;
use crate::{Basecamp, Inner};
use domain::actor::{Actor, Role, Via};
use domain::event::{Event, EventKind, Outcome};
use domain::problem::Problem;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use store::connections::{self, Connection};
use store::db::Conn;
use store::error::StoreError;
use store::mirror::Key;
use store::operations::{NewOperation, OperationRow};
use store::outbox::{self, Ended, NewSent, SentRow};
use store::step_writes::StepKey;
use store::{events, ids, undos};

/// How long one look may take before another node may look too.
const LOOKING_MS: i64 = 120_000;
/// Looks come less and less often, up to this many doublings.
const MOST_DOUBLINGS: i64 = 6;
/// After this a person must look.
const GIVEN_UP_MS: i64 = 24 * 3_600_000;
const AT_ONCE: i64 = 20;

/// An operation that is about to write.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The operation, `running`.
    pub operation: NewOperation,
    /// The tool that was called with an idempotency key, and the key.
    pub request: Option<(String, String)>,
}

/// For whom writes are stored.
#[derive(Debug)]
pub(crate) enum Author {
    /// An operation.
    Operation(Box<Draft>),
    /// A step of a run.
    Step(StepKey),
}

/// What a session needs to store its writes.
pub(crate) struct Posting {
    pub(crate) inner: Arc<Inner>,
    pub(crate) key: Key,
    author: Arc<Author>,
}

/// What became of storing a write.
pub(crate) enum Kept {
    /// It is stored, in this row, and may be sent.
    Row(String),
    /// An earlier try of the step wrote the same, and this is what it gave.
    Before(Value),
    /// An earlier try of the step wrote the same, and nobody knows yet what became of it.
    Open,
}

impl Posting {
    pub(crate) fn new(inner: Arc<Inner>, key: &Key, author: &Arc<Author>) -> Self {
        Self { inner, key: key.clone(), author: author.clone() }
    }

    /// Stores a write before it is sent, unless it was sent before.
    pub(crate) async fn keep(&self, sent: &Sent) -> Result<Kept, StoreError> {
        match &*self.author {
            Author::Operation(draft) => self.keep_operation(draft, sent).await.map(Kept::Row),
            Author::Step(step) => self.keep_step(step, sent).await,
        }
    }

    /// The step that writes; none for an operation.
    pub(crate) fn step(&self) -> Option<&StepKey> {
        match &*self.author {
            Author::Operation(_) => None,
            Author::Step(step) => Some(step),
        }
    }

    /// Stores a write and its operation; gives its row.
    async fn keep_operation(&self, draft: &Draft, sent: &Sent) -> Result<String, StoreError> {
        let new = NewSent {
            id: ids::fresh(),
            connection: self.key.connection.as_str().to_owned(),
            request: draft.request.clone(),
            method: sent.method.clone(),
            path: sent.path.clone(),
            body: sent.body.to_string(),
            before: sent.before.as_ref().map(Value::to_string),
            owner: self.inner.owner.clone(),
            at: sent.at,
            until: sent.at + millis(self.inner.config.pace.sending),
        };
        let (id, draft, workspace) = (new.id.clone(), draft.clone(), self.key.workspace.clone());
        let write = self.inner.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { outbox::post(conn, &workspace, &draft.operation, &new).await })
        });
        write.await?;
        Ok(id)
    }
}

impl Basecamp {
    /// The same Basecamp for one operation: each of its writes is stored with it before it is sent.
    #[must_use]
    pub fn on_behalf(&self, draft: Draft) -> Self {
        Self(self.0.clone(), Some(Arc::new(Author::Operation(Box::new(draft)))), self.2.clone())
    }

    /// The tool and the idempotency key of the call it works for; none outside operations and without a key.
    pub fn request(&self) -> Option<(String, String)> {
        match self.1.as_deref()? {
            Author::Operation(draft) => draft.request.clone(),
            Author::Step(_) => None,
        }
    }

    /// The conversation that it works for; none for everything else.
    pub fn conversation(&self) -> Option<&str> {
        match self.1.as_deref()? {
            Author::Operation(draft) => draft.operation.session_id.as_deref(),
            Author::Step(_) => None,
        }
    }

    /// Finds out what became of writes whose end is not known, and ends their operations. The sync does this again and
    /// again; after a start the writes of the process before come first.
    ///
    /// # Errors
    /// When the database does not answer. While Basecamp does not, the writes wait.
    pub async fn settle_writes(&self) -> Result<(), Problem> {
        let (owner, is_alone) = (self.0.owner.clone(), !self.0.db.is_shared());
        let mut conn = self.0.db.read().await?;
        let is_due = outbox::is_due(&mut conn, &owner, is_alone).await?;
        drop(conn);
        if !is_due {
            return Ok(());
        }
        let until = ids::now_ms() + LOOKING_MS;
        let taken = self.0.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { outbox::take(conn, (&owner, is_alone), until, AT_ONCE).await })
        });
        for row in taken.await? {
            self.settle(row).await?;
        }
        Ok(())
    }

    async fn settle(&self, row: SentRow) -> Result<(), Problem> {
        let (age, pace) = (ids::now_ms() - row.sent_at, self.0.config.pace);
        let settles = millis(pace.settles);
        let mut conn = self.0.db.read().await?;
        let workspace = row.workspace_id.as_str().into();
        let id = row.connection_id.as_str().into();
        let connection = connections::find(&mut conn, &workspace, &id).await?;
        drop(conn);
        let verdict = match connection {
            None => Verdict::Unknown,
            Some(connection) => match self.look(&connection, &row).await {
                Ok(Verdict::NotDone) if age < settles => {
                    return self.wait(&row, settles - age).await;
                }
                Ok(verdict) => verdict,
                Err(_) if age >= GIVEN_UP_MS => Verdict::Unknown,
                Err(problem) => {
                    tracing::info!(%problem, "what became of a write is not known yet");
                    let pause = millis(pace.retry) << (row.tries - 1).clamp(0, MOST_DOUBLINGS);
                    return self.wait(&row, pause).await;
                }
            },
        };
        self.end(row, verdict).await
    }

    async fn look(&self, connection: &Connection, row: &SentRow) -> Result<Verdict, Problem> {
        let session = self.session(&sync_actor(connection), connection, Lane::Sync)?;
        let sent = Sent {
            row: Some(row.id.clone()),
            method: row.method.clone(),
            path: row.path.clone(),
            body: serde_json::from_str(&row.body).unwrap_or_default(),
            before: None,
            at: row.sent_at,
        };
        let verdict = session.verify(&sent).await?;
        if let Verdict::Done(found) = &verdict {
            session.keep_found(found).await;
        }
        Ok(verdict)
    }

    async fn wait(&self, row: &SentRow, pause: i64) -> Result<(), Problem> {
        let (workspace, id) = (row.workspace_id.as_str().into(), row.id.clone());
        let next_at = ids::now_ms() + pause;
        let noted = self.0.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move { outbox::doubt(conn, &workspace, &id, next_at).await })
        });
        Ok(noted.await?)
    }

    async fn end(&self, row: SentRow, verdict: Verdict) -> Result<(), Problem> {
        let (ended, words) = ended(&row, &verdict);
        let write = self.0.db.write::<_, StoreError, _>(move |conn| {
            Box::pin(async move {
                let Some(operation) = outbox::end(conn, &row, &ended, words).await? else {
                    return Ok(());
                };
                let is_done = operation.status == "completed";
                let answer = is_done.then(|| answer(&operation, &ended));
                // Where a person must look, the key stays taken: a repeat would write blindly.
                if is_done || ended.state == "not_done" {
                    outbox::settle_key(conn, &operation, &row, answer.as_ref()).await?;
                }
                let undone = undone(conn, &row, &operation).await?;
                let event = event(&operation, undone.as_ref());
                events::record(conn, &asker(&row, &operation), &event).await?;
                Ok(())
            })
        });
        Ok(write.await?)
    }
}

/// The operation that `operation` has taken back; where it failed to, that one may be taken back again.
async fn undone(
    conn: &mut Conn,
    row: &SentRow,
    operation: &OperationRow,
) -> Result<Option<OperationRow>, StoreError> {
    let Some(id) = &operation.undoes else { return Ok(None) };
    let (workspace, is_done) = (row.workspace_id.as_str().into(), operation.status == "completed");
    let other = undos::end(conn, &workspace, &id.as_str().into(), is_done).await?;
    Ok(other.filter(|_| is_done))
}

/// The event about an operation that has ended: of one that took another back, the other's.
fn event(operation: &OperationRow, undone: Option<&OperationRow>) -> Event {
    let label = |it: &OperationRow| it.target.clone().unwrap_or_else(|| it.tool.clone());
    if let Some(it) = undone {
        let detail = json!({
            "tool": operation.tool, "undoOperationId": operation.id, "foundLater": true
        });
        return Event::new(EventKind::OperationUndone, &it.id, label(it)).with(detail);
    }
    let is_done = operation.status == "completed";
    let outcome = if is_done { Outcome::Success } else { Outcome::Failed };
    let detail = json!({
        "tool": operation.tool, "source": operation.source, "approvalId": operation.approval_id,
        "foundLater": true, "error": operation.error
    });
    Event::new(EventKind::ToolUsed, &operation.id, label(operation)).with(detail).ended(outcome)
}

/// How the write ended, and what to tell when it was not done.
fn ended(row: &SentRow, verdict: &Verdict) -> (Ended, &'static str) {
    let (state, words) = match verdict {
        Verdict::Done(_) => ("done", ""),
        Verdict::NotDone => {
            ("not_done", "Basecamp's answer was lost, and it was not done. Try again")
        }
        Verdict::Unknown => (
            "unknown",
            "Basecamp's answer was lost, and it cannot be seen whether this was done. Look there before trying again",
        ),
    };
    let none = Value::Null;
    let found = if let Verdict::Done(found) = verdict { found } else { &none };
    let names = ["title", "content", "subject", "summary", "name"];
    let name = names.iter().find_map(|it| found.get(*it).and_then(Value::as_str));
    let plain = name.map(|it| Basecamp::words(it).chars().take(80).collect());
    let project = found.pointer("/bucket/id").and_then(Value::as_i64);
    let ended = Ended {
        state,
        found: found.is_object().then(|| found.to_string()),
        undo: (state == "done").then(|| reverse(row, found)).flatten(),
        target: plain,
        project: project.map(|it| it.to_string()),
    };
    (ended, words)
}

/// The call that takes a write back which was found later.
fn reverse(row: &SentRow, found: &Value) -> Option<Value> {
    let request = Request::recognise(&row.method, &row.path)?;
    let path = row.path.trim_end_matches(".json");
    let raw = |method: &str, body: Option<Value>| {
        let mut args = json!({ "method": method, "path": row.path });
        if let Some(body) = body {
            args["body"] = body;
        }
        json!({ "tool": "basecamp_request", "args": args })
    };
    if crate::classes::LISTINGS.iter().any(|it| it.0 == request.name()) {
        let (id, project) = (found.get("id")?.as_i64()?, found.pointer("/bucket/id")?.as_i64()?);
        let args = json!({ "project": project.to_string(), "recording_id": id });
        return Some(json!({ "tool": "trash_recording", "args": args }));
    }
    if path.ends_with("/completion") {
        return Some(raw(if row.method == "POST" { "DELETE" } else { "POST" }, None));
    }
    if let Some((place, status)) = path.split_once("/status/") {
        let back = if status == "active" { "trashed" } else { "active" };
        let path = format!("{place}/status/{back}.json");
        return Some(
            json!({ "tool": "basecamp_request", "args": { "method": "PUT", "path": path } }),
        );
    }
    let before: Value = serde_json::from_str(row.before_body.as_deref()?).ok()?;
    let read = Request::recognise("GET", path)?;
    let sent: Map<String, Value> = serde_json::from_str(&row.body).ok()?;
    let now = |field: &String| (field.clone(), crate::classes::written(found, field));
    let fields: Map<String, Value> = sent.keys().filter(|it| *it != "notify").map(now).collect();
    let mut reverse = raw("PUT", Some(before));
    reverse["guard"] =
        json!({ "operation": read.name(), "params": read.params(), "fields": fields });
    Some(reverse)
}

/// What a repeat with the same key is told.
fn answer(operation: &OperationRow, ended: &Ended) -> Value {
    let found: Value =
        ended.found.as_deref().and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
    let name = operation.target.as_deref().unwrap_or(&operation.tool);
    json!({
        "message": format!("“{name}” was done: its answer was lost and found again"),
        "record": found, "operation_id": operation.id, "undoable": operation.undo.is_some()
    })
}

/// Who asked for the operation, as its event names them.
fn asker(row: &SentRow, operation: &OperationRow) -> Actor {
    Actor {
        user: operation.user_id.as_str().into(),
        name: operation.actor.clone(),
        workspace: row.workspace_id.as_str().into(),
        role: Role::Viewer,
        via: Via::System,
        request_id: ids::fresh(),
        ip: None,
    }
}
