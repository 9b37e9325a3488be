//! One operation row and one event for every write, in one transaction (contract.md 5.2, 5.3).

use crate::error::ToolError;
use crate::secret_args;
use crate::tool::{CallContext, Done, ToolSpec};
use crate::tools::Tools;
use basecamp::outbox::Draft;
use domain::actor::Actor;
use domain::approval::Risk;
use domain::event::{Event, EventKind, Outcome};
use domain::ids::OperationId;
use domain::problem::Problem;
use serde_json::{Value, json};
use store::operations::{self, NewOperation};
use store::{events, outbox, undos};

const EXCERPT_CHARS: usize = 220;

/// One write, before it is sent and when it ended, well or not.
pub(crate) struct Write<'a> {
    pub(crate) id: OperationId,
    pub(crate) spec: &'static ToolSpec,
    pub(crate) actor: &'a Actor,
    pub(crate) context: &'a CallContext,
    pub(crate) args: &'a Value,
    pub(crate) duration_ms: i64,
    /// The write that this one takes back.
    pub(crate) undoes: Option<Undoing>,
}

/// The reversal of a write, once it is claimed.
#[derive(Clone, Debug)]
pub(crate) struct Undoing {
    /// The write.
    pub(crate) id: OperationId,
    /// What it changed, in words.
    pub(crate) label: String,
    /// The number of the claim.
    pub(crate) tries: i64,
}

impl Tools {
    /// Records a write and gives its operation. The one that takes another back settles the claim on it in the same
    /// transaction, and its event is the one of the other.
    pub(crate) async fn record(
        &self,
        write: Write<'_>,
        outcome: Result<&Done, &ToolError>,
    ) -> Result<OperationId, ToolError> {
        let mut new = write.operation(Some(outcome));
        let event = write.event(&new);
        let (id, actor, undoes) = (new.id.clone(), write.actor.clone(), write.undoes.clone());
        let is_done = new.status == "completed";
        let stored = self.db.write(move |tx| {
            Box::pin(async move {
                let workspace = &actor.workspace;
                if new.status == "running" && !outbox::is_open(tx, workspace, &new.id).await? {
                    // Nothing of it is looked for, so nobody would ever end it.
                    new.status = "failed";
                }
                operations::insert(tx, workspace, &new).await?;
                outbox::clear(tx, workspace, &new.id).await?;
                match &undoes {
                    Some(it) if is_done => {
                        undos::mark(tx, workspace, &it.id).await?;
                    }
                    Some(it) if new.status == "failed" => {
                        undos::release(tx, workspace, (&it.id, it.tries)).await?;
                    }
                    // The claim stays until somebody knows what became of it.
                    _ => {}
                }
                events::record(tx, &actor, &event).await
            })
        });
        stored.await?;
        Ok(id)
    }
}

impl Write<'_> {
    /// The operation as it is stored before anything is sent.
    pub(crate) fn draft(&self, request_key: Option<&str>) -> Draft {
        let request = request_key.map(|it| (self.spec.name.to_owned(), it.to_owned()));
        Draft { operation: self.operation(None), request }
    }

    fn operation(&self, outcome: Option<Result<&Done, &ToolError>>) -> NewOperation {
        let done = outcome.and_then(Result::ok);
        let error = outcome.and_then(Result::err);
        let status = match (done, error) {
            (Some(_), _) => "completed",
            // What became of it is found out later.
            (_, None | Some(ToolError::Problem(Problem::Unclear { .. }))) => "running",
            _ => "failed",
        };
        NewOperation {
            id: self.id.clone(),
            user: self.actor.user.clone(),
            actor: self.actor.name.clone(),
            source: self.context.source,
            session_id: self.context.session.clone(),
            run_id: self.context.run.clone(),
            tool: self.spec.name.to_owned(),
            arguments: secret_args::without_secrets(self.spec.name, self.args),
            target: done.and_then(|it| it.target.clone()),
            project_id: done.and_then(|it| it.project.clone()),
            is_high_risk: self.spec.risk == Risk::Destructive,
            approval_id: self.context.approval.clone(),
            status,
            duration_ms: self.duration_ms,
            result_excerpt: done.map(|it| excerpt(&it.value)),
            error: error.map(ToString::to_string),
            undo: done.and_then(|it| it.undo.clone()),
            undoes: self.undoes.as_ref().map(|it| it.id.clone()),
        }
    }

    /// Names what was changed, never the values.
    fn event(&self, operation: &NewOperation) -> Event {
        let label = operation.target.clone().unwrap_or_else(|| self.spec.title.to_owned());
        let is_done = operation.status == "completed";
        if let Some(it) = self.undoes.as_ref().filter(|_| is_done) {
            let detail = json!({ "tool": self.spec.name, "undoOperationId": operation.id });
            return Event::new(EventKind::OperationUndone, &it.id, &it.label).with(detail);
        }
        let outcome = if is_done { Outcome::Success } else { Outcome::Failed };
        let detail = json!({ "tool": self.spec.name, "title": self.spec.title, "source": self.context.source, "approvalId": self.context.approval });
        Event::new(EventKind::ToolUsed, &operation.id, label).with(detail).ended(outcome)
    }
}

fn excerpt(value: &Value) -> String {
    let text = value
        .get("message")
        .and_then(Value::as_str)
        .map_or_else(|| value.to_string(), str::to_owned);
    text.chars().take(EXCERPT_CHARS).collect()
}
