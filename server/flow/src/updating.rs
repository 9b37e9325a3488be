//! Several things about a flow changed at once, and operations of the engines that are no edits.

use crate::activepieces::{NAME, Remote};
use crate::flows::{Flows, changed_meanwhile, draft_of, event, found, touch};
use crate::folders;
use crate::publishing::switch;
use domain::actor::{Actor, Permission};
use domain::event::EventKind;
use domain::flow::edit::operation::ServerOperation;
use domain::flow::edit::{self, FlowEdit, words};
use domain::flow::{Flow, FlowStatus, RUNS_AT_ONCE};
use domain::ids::{FlowId, FlowVersionId};
use domain::problem::Problem;
use serde_json::{Value, json};
use store::{events, flows};

/// What changes about a flow; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlowChange {
    /// Changes to the draft.
    pub edits: Vec<FlowEdit>,
    /// Its folder; nothing takes it out of all.
    pub folder_id: Option<Option<String>>,
    /// Free data of clients; nothing clears it.
    pub metadata: Option<Option<Value>>,
    /// On or off.
    pub status: Option<FlowStatus>,
    /// How many of its runs may be under way at once; nothing takes the limit away.
    pub runs_at_once: Option<Option<u32>>,
}

impl Flows {
    /// Makes all changes, or none.
    ///
    /// # Errors
    /// As [`Flows::edit`] and [`Flows::set_status`].
    pub async fn update(
        &self,
        actor: &Actor,
        id: &FlowId,
        change: FlowChange,
    ) -> Result<Flow, Problem> {
        actor.require(Permission::Write)?;
        if change.status == Some(FlowStatus::Enabled) {
            actor.require(Permission::Manage)?;
        }
        check_limit(change.runs_at_once)?;
        if let Some(remote) = self.remote(actor, id).await? {
            if change.runs_at_once.is_some() {
                return Err(Problem::Unsupported {
                    message: format!("{NAME} has no limit of runs for one flow"),
                    hint: "There the whole project has one. Copy the flow to the built-in engine"
                        .to_owned(),
                });
            }
            return Box::pin(there(&remote, actor, id, change)).await;
        }
        if let Some(Some(folder)) = &change.folder_id {
            let mut conn = self.engine.db.read().await?;
            folders::found(&mut conn, &actor.workspace, folder).await?;
        }
        let (by, id, now_ms) = (actor.clone(), id.clone(), self.engine.now_ms());
        let off = self.engine.switched_off(&actor.workspace).await?;
        let write = self.write(move |conn| {
            Box::pin(async move {
                let mut flow = found(conn, &by, &id).await?.flow;
                if change.runs_at_once.is_some() && flow.published_version_id.is_some() {
                    by.require(Permission::Manage)?;
                }
                let (base, before) = (flow.revision, flow.version.clone());
                let kind = kind_of(&change);
                let detail = applied(&mut flow, &by, change.clone())?;
                touch(&mut flow, &by);
                if !flows::save(conn, &flow, base).await? {
                    return Err(changed_meanwhile(flow.revision));
                }
                flow.revision += 1;
                if let Some(status) = change.status {
                    switch(conn, &mut flow, (status, &off), now_ms).await?;
                }
                let mut detail = detail;
                detail["version"] =
                    json!((flow.version.id != before.id).then_some(&flow.version.id));
                events::record(conn, &by, &event(kind, &flow).with(detail)).await?;
                Ok(flow)
            })
        });
        write.await.inspect(|_| self.engine.wake.notify_one())
    }

    /// Limits how many runs of a flow are under way at once, [`RUNS_AT_ONCE`]; nothing takes the limit away. More wait.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], for members when it was published; [`Problem::NotFound`]; [`Problem::Invalid`] for another
    /// number; [`Problem::Unsupported`] for a flow of another engine.
    pub async fn set_runs_at_once(
        &self,
        actor: &Actor,
        id: &FlowId,
        most: Option<u32>,
    ) -> Result<Flow, Problem> {
        let change = FlowChange { runs_at_once: Some(most), ..FlowChange::default() };
        self.update(actor, id, change).await
    }

    /// One operation that is no edit.
    ///
    /// # Errors
    /// As the operations themselves; [`Problem::Unsupported`] for what the flow's engine does not have.
    pub async fn operate(
        &self,
        actor: &Actor,
        id: &FlowId,
        operation: ServerOperation,
    ) -> Result<Flow, Problem> {
        actor.require(Permission::Write)?;
        let change = FlowChange::default();
        match operation {
            ServerOperation::ChangeFolder { folder_id } => {
                self.update(actor, id, FlowChange { folder_id: Some(folder_id), ..change }).await
            }
            ServerOperation::UpdateMetadata { metadata } => {
                self.update(actor, id, FlowChange { metadata: Some(metadata), ..change }).await
            }
            ServerOperation::ChangeStatus { status } => self.set_status(actor, id, status).await,
            ServerOperation::LockAndPublish { status } => {
                let flow = self.publish(actor, id).await?;
                match status {
                    Some(FlowStatus::Disabled) => self.set_status(actor, id, FlowStatus::Disabled).await,
                    _ => Ok(flow),
                }
            }
            ServerOperation::UseAsDraft { version_id } => {
                self.use_as_draft(actor, id, &FlowVersionId::from(version_id)).await
            }
            other => match self.remote(actor, id).await? {
                Some(remote) => remote.manage(actor, id, json!(other), |_| true).await,
                None => Err(Problem::Unsupported {
                    message: "The built-in engine does not have this operation".to_owned(),
                    hint: "Its flows are locked by publishing, belong to who made them, and keep samples of tests by themselves".to_owned(),
                }),
            },
        }
    }
}

fn check_limit(most: Option<Option<u32>>) -> Result<(), Problem> {
    match most.flatten() {
        Some(most) if !RUNS_AT_ONCE.contains(&most) => {
            let (least, largest) = (RUNS_AT_ONCE.start(), RUNS_AT_ONCE.end());
            let message = format!("Between {least} and {largest}, or null for no limit of its own");
            Err(Problem::invalid("runsAtOnce", message))
        }
        _ => Ok(()),
    }
}

fn kind_of(change: &FlowChange) -> EventKind {
    match change.status {
        Some(FlowStatus::Enabled) => EventKind::FlowEnabled,
        Some(FlowStatus::Disabled) => EventKind::FlowDisabled,
        None => EventKind::FlowEdited,
    }
}

/// The flow with the changes that need nothing but the flow; gives what the event says.
fn applied(flow: &mut Flow, actor: &Actor, change: FlowChange) -> Result<Value, Problem> {
    let before = flow.version.clone();
    if !change.edits.is_empty() {
        let draft = draft_of(&before, actor);
        flow.version =
            edit::apply_all(&draft, &change.edits).map_err(|issues| Problem::Invalid { issues })?;
    }
    if let Some(folder) = change.folder_id {
        flow.folder_id = folder;
    }
    if let Some(metadata) = change.metadata {
        flow.metadata = metadata;
    }
    let mut summary = change.edits.first().map(|it| words::describe(it, &before));
    if let Some(most) = change.runs_at_once {
        flow.runs_at_once = most;
        summary = summary.or_else(|| {
            Some(match most {
                Some(most) => format!("Limited it to {most} at once"),
                None => "Took away the limit of runs at once".to_owned(),
            })
        });
    }
    Ok(json!({
        "revision": flow.revision + 1,
        "operations": change.edits.iter().map(edit::outline).collect::<Vec<_>>(),
        "summary": summary.unwrap_or_default(),
        "via": actor.via.as_str(),
    }))
}

/// The same on another engine, one after the other; what was done is taken back when something fails.
async fn there(
    remote: &Remote,
    actor: &Actor,
    id: &FlowId,
    change: FlowChange,
) -> Result<Flow, Problem> {
    let before = remote.flow(actor, id, None).await?;
    let done = Box::pin(one_by_one(remote, actor, id, &change)).await;
    let Err(problem) = done else { return done };
    let back = FlowChange {
        edits: match change.edits.is_empty() {
            true => Vec::new(),
            false => vec![crate::activepieces::editing::whole(&before.version)],
        },
        folder_id: change.folder_id.map(|_| before.folder_id.clone()),
        metadata: change.metadata.map(|_| before.metadata.clone()),
        ..FlowChange::default()
    };
    let now = remote.flow(actor, id, None).await;
    let is_as_it_was = now.is_ok_and(|it| {
        it.revision == before.revision
            && it.folder_id == before.folder_id
            && it.metadata == before.metadata
    });
    if !is_as_it_was && let Err(failed) = Box::pin(one_by_one(remote, actor, id, &back)).await {
        return Err(Problem::conflict(format!(
            "{problem}. The flow could not be put back as it was either: {failed}"
        )));
    }
    Err(problem)
}

async fn one_by_one(
    remote: &Remote,
    actor: &Actor,
    id: &FlowId,
    change: &FlowChange,
) -> Result<Flow, Problem> {
    if !change.edits.is_empty() {
        Box::pin(remote.edit(actor, id, None, change.edits.clone())).await?;
    }
    if let Some(folder) = &change.folder_id {
        remote.set_folder(actor, id, folder.clone()).await?;
    }
    if let Some(metadata) = &change.metadata {
        remote.set_metadata(actor, id, metadata.clone()).await?;
    }
    match change.status {
        Some(status) => remote.set_status(actor, id, status).await,
        None => remote.flow(actor, id, None).await,
    }
}
