//! Taking a write back (contract.md 5.3): once, within a week, by its author or a manager, and only while the record
//! is still as the write left it.
//!
//! The reversal is an operation of its own, stored before it is sent like any other; where its answer is lost it is
//! looked for, and until that is over nobody else may try.

use crate::args::Args;
use crate::catalog;
use crate::error::ToolError;
use crate::lists;
use crate::planned;
use crate::preview::Preview;
use crate::record::{Undoing, Write};
use crate::tool::{Call, CallContext, Done, ToolSpec, content};
use crate::tools::{Tools, millis, needed};
use basecamp::classes::written;
use basecamp::outbox::Draft;
use basecamp::records::Request;
use domain::actor::{Actor, Permission};
use domain::ids::{FlowId, OperationId};
use domain::problem::Problem;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::time::{Duration, Instant};
use store::operations::{self, OperationFilter, OperationRow};
use store::{ids, undos};
use tokio::time::timeout;

/// How long one reversal may take, and how long its claim keeps others out: longer, so that nobody takes over what is
/// still under way.
const LIMIT: Duration = Duration::from_secs(120);
const CLAIMED_MS: i64 = 180_000;
const WEEK_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// How many writes one call takes back.
const MOST: i64 = 5;
/// How far back the last writes of a person are looked for.
const LOOKED_AT: i64 = 200;

/// The reverse call of a write, as it is stored with it.
#[derive(Deserialize)]
struct Reverse {
    tool: String,
    args: Map<String, Value>,
    guard: Option<Guard>,
    flow: Option<FlowGuard>,
}

/// The flow whose draft must still be as the write left it.
#[derive(Deserialize)]
struct FlowGuard {
    id: FlowId,
    left: String,
}

/// What must still be as the write left it.
#[derive(Deserialize)]
struct Guard {
    operation: String,
    params: Vec<String>,
    fields: Map<String, Value>,
}

impl Tools {
    /// Takes a write back and gives `{ok, operation_id, undo_operation_id, undone_at}`.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a write of another workspace, [`Problem::Conflict`] when it was taken back before or
    /// the record changed since, [`Problem::Unclear`] when Basecamp did not say whether it was done,
    /// [`ToolError::NotUndoable`] with the reason.
    pub async fn undo(
        &self,
        actor: &Actor,
        id: &OperationId,
        session: Option<String>,
    ) -> Result<Value, ToolError> {
        self.undo_for(actor, id, (session, None)).await
    }

    /// The same for a call of a tool with an idempotency key, which gets its answer also where that is found later.
    async fn undo_for(
        &self,
        actor: &Actor,
        id: &OperationId,
        (session, request): (Option<String>, Option<(String, String)>),
    ) -> Result<Value, ToolError> {
        actor.require(Permission::Write)?;
        let mut conn = self.db.read().await?;
        let row = operations::find(&mut conn, &actor.workspace, id).await?;
        drop(conn);
        let row = row.ok_or_else(|| Problem::not_found("Operation"))?;
        let reverse = allowed(actor, &row)?;
        let tries = self.claim_undo(actor, id).await?;
        let label = row.target.clone().unwrap_or_else(|| row.tool.clone());
        let undoing = Undoing { id: id.clone(), label, tries };
        let context = CallContext { source: "undo", session, ..CallContext::default() };
        let operation = self.reverse(actor, reverse, (&undoing, &context, request)).await?;
        Ok(json!({
            "ok": true, "operation_id": row.id, "undo_operation_id": operation,
            "undone_at": ids::rfc3339(ids::now_ms()), "message": format!("Undone: {}", undoing.label)
        }))
    }

    /// One of several who undo at once goes on, and the number of this try.
    async fn claim_undo(&self, actor: &Actor, id: &OperationId) -> Result<i64, ToolError> {
        let (workspace, id, now) = (actor.workspace.clone(), id.clone(), ids::now_ms());
        let claimed = self.db.write(move |tx| {
            let times = (now, now + CLAIMED_MS);
            Box::pin(async move { undos::claim(tx, &workspace, &id, times).await })
        });
        let busy = || Problem::conflict("This was undone before, or is being undone right now");
        claimed.await?.ok_or_else(|| busy().into())
    }

    /// Carries out a claimed reversal and gives its own operation. What ended an earlier try before it was stored is
    /// found out first: when the record is as the reversal would leave it, nothing is sent.
    async fn reverse(
        &self,
        actor: &Actor,
        reverse: Reverse,
        (undoing, context, request): (&Undoing, &CallContext, Option<(String, String)>),
    ) -> Result<OperationId, ToolError> {
        let started = Instant::now();
        let write = Write {
            id: OperationId::new(ids::fresh()),
            spec: self.known(&reverse.tool)?,
            actor,
            context,
            args: &Value::Object(reverse.args.clone()),
            duration_ms: 0,
            undoes: Some(undoing.clone()),
        };
        let draft = Draft { request, ..write.draft(None) };
        let tools = Self { basecamp: self.basecamp.on_behalf(draft), ..self.clone() };
        let work = tools.reversed(actor, &reverse, undoing.tries > 1);
        let Ok(outcome) = timeout(LIMIT, work).await else {
            // What was sent is stored and looked for; what was not is given up when the claim ends.
            let words = "Basecamp took too long. PM OS is finding out whether it was undone";
            return Err(Problem::Unclear { message: words.to_owned() }.into());
        };
        let write = Write { duration_ms: millis(started), ..write };
        let operation = self.record(write, outcome.as_ref()).await?;
        outcome.map(|_| operation)
    }

    async fn reversed(
        &self,
        actor: &Actor,
        reverse: &Reverse,
        is_again: bool,
    ) -> Result<Done, ToolError> {
        let spec = self.known(&reverse.tool)?;
        actor.require(needed(spec.risk))?;
        if let Some(guard) = &reverse.guard {
            let now = self.guarded(actor, guard).await?;
            if is_again && reverse.is_done(&now) {
                return Ok(Done::new(json!({ "message": "It was taken back before" })));
            }
            unchanged(guard, &now)?;
        }
        if let Some(guard) = &reverse.flow {
            self.unchanged_flow(actor, guard).await?;
        }
        let call = Call {
            tools: self,
            actor,
            args: Args::new(reverse.args.clone()),
            decider: None,
            hurries: false,
        };
        catalog::dispatch(spec.name, call).await
    }

    /// What somebody did by hand since is not thrown away.
    async fn unchanged_flow(&self, actor: &Actor, guard: &FlowGuard) -> Result<(), ToolError> {
        let flow = self.flows.get(actor, &guard.id).await?;
        if content(&flow) == guard.left {
            return Ok(());
        }
        let name = &flow.version.display_name;
        let message = format!(
            "“{name}” was changed since, so this was not undone. Undo on its canvas or its history brings back what was"
        );
        Err(Problem::conflict(message).into())
    }

    /// The record that a guard names, as it is now; nothing when that cannot be asked for.
    async fn guarded(&self, actor: &Actor, guard: &Guard) -> Result<Value, ToolError> {
        let Some(request) = Request::new(&guard.operation, &guard.params) else {
            return Ok(Value::Null);
        };
        let now = self.basecamp.fetch(actor, &request).await?;
        Ok(match now {
            Value::Array(items) => {
                let wanted = guard.fields.get("id");
                items.into_iter().find(|it| it.get("id") == wanted).unwrap_or_default()
            }
            record => record,
        })
    }
}

impl Reverse {
    /// Whether the record is already as this call would leave it.
    fn is_done(&self, now: &Value) -> bool {
        let body = self.args.get("body").and_then(Value::as_object);
        match self.tool.as_str() {
            "trash_recording" | "trash_card" => now["status"] == "trashed",
            "complete_todo" => now["completed"] == true,
            "uncomplete_todo" => now["completed"] == false,
            "unarchive_recording" | "unarchive_card" => now["status"] == "active",
            "archive_recording" | "archive_card" => now["status"] == "archived",
            "move_card" => now.pointer("/parent/id") == self.args.get("column_id"),
            _ => body.is_some_and(|it| it.iter().all(|(field, left)| is_same(now, field, left))),
        }
    }
}

/// Whether a field holds what a write sends; empty text and nothing are the same to Basecamp.
fn is_same(now: &Value, field: &str, left: &Value) -> bool {
    let now = written(now, field);
    now == *left || (now.is_null() && *left == "")
}

/// Compares the fields that the write set with the record as it is now.
fn unchanged(guard: &Guard, now: &Value) -> Result<(), ToolError> {
    let differs =
        |(field, left): &(&String, &Value)| now.is_object() && written(now, field) != **left;
    let changed: Vec<(&String, &Value)> = guard.fields.iter().filter(differs).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let told: Vec<String> = changed
        .iter()
        .map(|(field, left)| format!("{field} was {left} and is {}", written(now, field)))
        .collect();
    let message = format!("This changed since, so it was not undone: {}", told.join("; "));
    Err(Problem::conflict(message).into())
}

/// The reverse of a write, when this person may take it back now.
fn allowed(actor: &Actor, row: &OperationRow) -> Result<Reverse, ToolError> {
    let is_theirs = row.user_id == actor.user.as_str();
    if !is_theirs {
        actor.require(Permission::Manage)?;
    }
    if row.undone_at.is_some() {
        return Err(Problem::conflict("This was undone before").into());
    }
    let never = |reason: &str| ToolError::NotUndoable { reason: reason.to_owned() };
    if row.status != "completed" {
        return Err(never("it was not carried out"));
    }
    if row.created_at < ids::now_ms() - WEEK_MS {
        return Err(never("it is older than seven days"));
    }
    let stored = row.undo.as_deref().ok_or_else(|| {
        never(planned::why_never(&row.tool).unwrap_or("there was nothing to take back"))
    })?;
    serde_json::from_str(stored).map_err(|_| never("its earlier state was not kept"))
}

/// Whether this person may take a write back now, as far as is known without asking for the record.
pub(crate) fn may_undo(actor: &Actor, row: &OperationRow) -> bool {
    actor.require(Permission::Write).is_ok() && allowed(actor, row).is_ok()
}

/// Takes one write back, or the caller's last ones, the newest first.
pub(crate) async fn undo(call: Call<'_>) -> Result<Done, ToolError> {
    let request = call.tools.basecamp.request();
    if let Some(id) = call.args.text("operation_id") {
        let id = OperationId::from(id);
        let done = call.tools.undo_for(call.actor, &id, (None, request)).await?;
        return Ok(Done::new(done));
    }
    let count = call.args.number("count").unwrap_or(1).clamp(1, MOST);
    let rows = latest(&call, count).await?;
    if rows.is_empty() {
        return Err(ToolError::NotUndoable { reason: "there is nothing to undo".into() });
    }
    let mut undone = Vec::new();
    for row in rows {
        match call.tools.undo(call.actor, &OperationId::from(row.id.as_str()), None).await {
            Ok(done) => undone.push(done),
            Err(error) if undone.is_empty() => return Err(error),
            Err(error) => {
                let stopped = json!({ "stopped_at": row.id, "reason": error.to_string() });
                return Ok(Done::new(lists::with(lists::all("undone", &undone), stopped)));
            }
        }
    }
    Ok(Done::new(lists::all("undone", &undone)))
}

/// The caller's last writes that can be taken back.
async fn latest(call: &Call<'_>, count: i64) -> Result<Vec<OperationRow>, ToolError> {
    let count = usize::try_from(count).unwrap_or(1);
    call.tools.last_of(call.actor, call.tools.basecamp.conversation(), count).await
}

impl Tools {
    /// The last writes of `actor` that can be taken back; in a conversation those of it, since "that" means nothing
    /// that was done elsewhere.
    async fn last_of(
        &self,
        actor: &Actor,
        conversation: Option<&str>,
        count: usize,
    ) -> Result<Vec<OperationRow>, ToolError> {
        let filter = OperationFilter { limit: LOOKED_AT, ..OperationFilter::default() };
        let mut conn = self.db.read().await?;
        let rows = operations::list(&mut conn, &actor.workspace, &filter).await?;
        let can = |it: &OperationRow| {
            let is_theirs = it.user_id == actor.user.as_str();
            let is_of_it = conversation.is_none() || it.session_id.as_deref() == conversation;
            let is_open = it.undo.is_some() && it.undone_at.is_none();
            is_theirs && is_of_it && is_open && it.source != "undo"
        };
        Ok(rows.into_iter().filter(can).take(count).collect())
    }

    /// The tool that an undo in a conversation comes to, which is asked about as that tool is; none where there is
    /// nothing to take back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn undo_amounts_to(
        &self,
        actor: &Actor,
        args: &Value,
        conversation: &str,
    ) -> Result<Option<&'static ToolSpec>, ToolError> {
        let row = match args.get("operation_id").and_then(Value::as_str) {
            Some(id) => {
                let mut conn = self.db.read().await?;
                operations::find(&mut conn, &actor.workspace, &OperationId::from(id)).await?
            }
            None => self.last_of(actor, Some(conversation), 1).await?.pop(),
        };
        let stored = row.and_then(|it| it.undo);
        let reverse = stored.and_then(|it| serde_json::from_str::<Reverse>(&it).ok());
        Ok(reverse.and_then(|it| catalog::named(&it.tool)))
    }
}

/// What a person is asked before a write is taken back. One that never can be is refused here already.
pub(crate) async fn preview(call: Call<'_>) -> Result<Preview, ToolError> {
    let Some(id) = call.args.text("operation_id") else {
        let words = "What was changed last in this conversation is taken back";
        return Ok(Preview::new("Undo the last change".to_owned(), words.to_owned(), Value::Null));
    };
    let mut conn = call.tools.db.read().await?;
    let id = OperationId::from(id);
    let row = operations::find(&mut conn, &call.actor.workspace, &id).await?;
    drop(conn);
    let row = row.ok_or_else(|| Problem::not_found("Operation"))?;
    allowed(call.actor, &row)?;
    let did = catalog::named(&row.tool).map_or(row.tool.as_str(), |it| it.title);
    let summary = match &row.target {
        Some(target) => format!("What “{did}” did to “{target}” is taken back"),
        None => format!("What “{did}” did is taken back"),
    };
    let guard = json!({ "operation": row.id, "undone_at": row.undone_at });
    Ok(Preview::new(format!("Undo: {did}"), summary, guard))
}

/// Logged writes with target, time and whether each can be undone.
pub(crate) async fn recent(call: Call<'_>) -> Result<Done, ToolError> {
    let limit = call.args.number("limit").unwrap_or(20).clamp(1, LOOKED_AT);
    let filter = OperationFilter { limit: LOOKED_AT, ..OperationFilter::default() };
    let mut conn = call.tools.db.read().await?;
    let rows = operations::list(&mut conn, &call.actor.workspace, &filter).await?;
    let wanted = call.args.text("type");
    let since = call.args.text("since").unwrap_or_default();
    let found: Vec<Value> = rows
        .into_iter()
        .filter(|it| wanted.is_none_or(|word| it.tool.contains(word)))
        .filter(|it| ids::rfc3339(it.created_at).as_str() >= since)
        .take(usize::try_from(limit).unwrap_or(20))
        .map(|it| {
            json!({
                "id": it.id, "tool": it.tool, "target": it.target, "actor": it.actor, "source": it.source,
                "status": it.status, "created_at": ids::rfc3339(it.created_at),
                "undoable": it.undo.is_some() && it.undone_at.is_none(), "undone_at": it.undone_at.map(ids::rfc3339)
            })
        })
        .collect();
    Ok(Done::new(lists::all("operations", &found)))
}
