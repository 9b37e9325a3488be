//! Connections of a run: looked up when a step names them, with the rights of whoever the run works for.

use crate::connections::renewing::Unusable;
use crate::connections::{on_behalf, value};
use crate::engine::Engine;
use crate::engine::journal::Halt;
use crate::engine::walk::Walk;
use domain::event::{Event, EventKind};
use domain::expr::names;
use domain::flow::catalog;
use domain::flow::connection::ConnectionStatus;
use domain::ids::{FlowId, UserId, WorkspaceId};
use serde_json::{Value, json};
use std::collections::HashMap;
use store::error::StoreError;
use store::events;
use store::flow_connections as rows;

/// Access that ends within this is looked up again before it is used, milliseconds.
const GOOD_FOR_MS: i64 = 60_000;

/// For whom and for what a connection is used.
pub(crate) struct Use<'a> {
    pub(crate) workspace: &'a WorkspaceId,
    pub(crate) user: &'a UserId,
    /// What the audit log finds the use by: the id of the run, or of the request where there is no run.
    pub(crate) reference: &'a str,
    /// The flow whose run it is; none outside of runs.
    pub(crate) flow: Option<&'a FlowId>,
}

/// What a step can use of a connection.
pub(crate) struct Usable {
    /// What expressions see.
    pub(crate) value: Value,
    /// What must not be seen of it.
    pub(crate) secrets: Vec<String>,
    /// When it ends, epoch milliseconds.
    pub(crate) until_ms: Option<i64>,
}

/// The connections a walk has looked up, with when they end.
pub(crate) type Held = HashMap<String, Option<i64>>;

impl Engine {
    /// The connection that `external_id` means to whoever a run works for.
    pub(crate) async fn connection(
        &self,
        uses: &Use<'_>,
        external_id: &str,
    ) -> Result<Usable, Unusable> {
        let mut conn = self.db.read().await?;
        let found = rows::named(&mut conn, uses.workspace, uses.user, external_id).await?;
        drop(conn);
        let row = found.ok_or_else(|| {
            Unusable::Refused(format!(
                "The connection “{external_id}” does not exist for this flow. Connect it under Integrations with that name, or choose another one in this step"
            ))
        })?;
        if row.status != ConnectionStatus::Active.as_str() {
            let why = row.problem.clone().unwrap_or_default();
            return Err(Unusable::Refused(format!(
                "The connection “{}” cannot be used: {why}. Mend it under Integrations, then retry the run",
                row.name
            )));
        }
        let name = row.name.clone();
        let (row, stored) = self.fresh(row, uses.user).await.map_err(|it| match it {
            Unusable::Refused(why) => {
                Unusable::Refused(format!("The connection “{name}” cannot be used: {why}"))
            }
            other => other,
        })?;
        self.note_use(&row, uses).await?;
        let visible = value::visible(&stored);
        Ok(Usable { secrets: value::secrets(&stored), value: visible, until_ms: row.expires_at })
    }

    /// The use of a person's own connection is in the audit log.
    async fn note_use(&self, row: &rows::ConnectionRow, uses: &Use<'_>) -> Result<(), Unusable> {
        let is_personal = row.owner_id != rows::WORKSPACE;
        let now_ms = self.now_ms();
        let is_recent = row.used_at.is_some_and(|it| now_ms - it < GOOD_FOR_MS);
        if is_recent && !is_personal {
            return Ok(());
        }
        let (workspace, id) = (uses.workspace.clone(), row.id.clone());
        let by = on_behalf(row, uses.user, uses.reference);
        let mut event = Event::new(EventKind::ConnectionUsed, &row.id, row.name.as_str());
        if let Some(flow) = uses.flow {
            event = event.with(json!({ "runId": uses.reference, "flowId": flow }));
        }
        let write = self.db.write(move |conn| {
            Box::pin(async move {
                rows::used(conn, &workspace, &id, now_ms).await?;
                if is_personal {
                    events::record(conn, &by, &event).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        Ok(write.await?)
    }
}

impl Walk<'_> {
    /// Makes the connections called `names` visible to expressions, and their secrets invisible to everybody else;
    /// gives why the step cannot run when one cannot be used.
    pub(crate) async fn connect(&mut self, names: Vec<String>) -> Result<Option<String>, Halt> {
        for name in names {
            let now_ms = self.engine.now_ms();
            let is_good = |until: &Option<i64>| until.is_none_or(|it| it - GOOD_FOR_MS > now_ms);
            if self.held.get(&name).is_some_and(is_good) {
                continue;
            }
            let run = self.journal.run();
            // Strangers who run an app never use what one person connected for themselves.
            let nobody = UserId::default();
            let is_stranger = run.app.as_ref().is_some_and(|it| it.user.is_empty());
            let uses = Use {
                workspace: &run.workspace,
                user: if is_stranger { &nobody } else { &run.acting_user },
                reference: run.id.as_str(),
                flow: Some(&run.flow),
            };
            match self.engine.connection(&uses, &name).await {
                Ok(found) => {
                    found.secrets.iter().for_each(|it| self.journal.hide(it));
                    self.scope.connect(&name, found.value);
                    self.held.insert(name, found.until_ms);
                }
                Err(Unusable::Refused(message)) => return Ok(Some(message)),
                Err(Unusable::Problem(problem)) => return Err(Halt::Storage(problem)),
            }
        }
        Ok(None)
    }
}

/// The connections that the texts in `input` name.
pub(crate) fn named<'v>(input: impl IntoIterator<Item = &'v Value>) -> Vec<String> {
    let mut found = Vec::new();
    input.into_iter().for_each(|it| collect(it, &mut found));
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains("connections") => {
            for name in names::connections(text) {
                if !found.contains(&name) {
                    found.push(name);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|it| collect(it, found)),
        Value::Object(map) => map.values().for_each(|it| collect(it, found)),
        _ => {}
    }
}

/// Whether a step of `piece` takes its connection from the workspace, whatever the engine it came from had.
pub(crate) fn is_connected_by_us(piece: &str) -> bool {
    piece == catalog::BASECAMP
}
