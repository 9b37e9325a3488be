//! Flows: drafts are edited, published versions run and never change.

use crate::activepieces::{self, Remote};
use crate::engine::Engine;
use crate::folders;
use crate::runs::Runs;
use crate::stopping::stopped_answer;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::flow::edit::{self, FlowEdit, words};
use domain::flow::engine::FlowEngine;
use domain::flow::listing::NewFlow;
use domain::flow::{Flow, FlowStatus, FlowVersion, SCHEMA_VERSION, VersionState, catalog};
use domain::ids::{FlowId, FlowVersionId};
use domain::problem::Problem;
use serde_json::{Value, json};
use std::sync::Arc;
use store::db::Conn;
use store::flows::StoredFlow;
use store::{
    apps, events, flow_proposals, flow_samples, flow_watches, flows, ids, run_waits, runs,
    schedules,
};

/// The handle to flows. Cheap to clone.
#[derive(Clone)]
pub struct Flows {
    pub(crate) engine: Arc<Engine>,
}

impl Flows {
    /// The flows that `runs` runs.
    pub fn new(runs: &Runs) -> Self {
        Self { engine: Arc::clone(&runs.engine) }
    }

    /// Makes a flow with an empty trigger, then applies the edits; on the engine that the workspace chose.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::Invalid`] without a name or with an edit that cannot be made.
    pub async fn create(&self, actor: &Actor, new: NewFlow) -> Result<Flow, Problem> {
        actor.require(Permission::Write)?;
        if new.name.trim().is_empty() {
            return Err(Problem::invalid("name", "Give the flow a name"));
        }
        let place = activepieces::place(&self.engine, actor).await?;
        match place.remote.filter(|_| place.chosen == FlowEngine::Activepieces) {
            Some(remote) => Box::pin(remote.create(actor, new)).await,
            None => self.create_here(actor, new).await,
        }
    }

    /// The same on the built-in engine.
    pub(crate) async fn create_here(&self, actor: &Actor, new: NewFlow) -> Result<Flow, Problem> {
        let name = new.name.trim();
        let flow = empty_flow(actor, name, new.folder_id);
        let version = edit::apply_all(&flow.version, &new.edits)
            .map_err(|issues| Problem::Invalid { issues })?;
        let flow = Flow { version, ..flow };
        let (by, made) = (actor.clone(), flow.clone());
        self.write(move |conn| {
            Box::pin(async move {
                if let Some(folder) = &made.folder_id {
                    folders::found(conn, &by.workspace, folder).await?;
                }
                flows::insert(conn, &made, &by.user, &ids::random_hex(16)).await?;
                let event = Event::new(
                    EventKind::FlowCreated,
                    &made.id,
                    made.version.display_name.as_str(),
                );
                events::record(conn, &by, &event).await?;
                Ok(())
            })
        })
        .await?;
        Ok(flow)
    }

    /// Applies edits to the draft, all or none; a published version gets a new draft first. `base_revision` is the
    /// revision they were made on; nothing means the newest.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`]; [`Problem::Invalid`] with every reason;
    /// [`Problem::Conflict`] with the revision now when somebody else was faster.
    pub async fn edit(
        &self,
        actor: &Actor,
        id: &FlowId,
        base_revision: Option<i64>,
        edits: Vec<FlowEdit>,
    ) -> Result<Flow, Problem> {
        actor.require(Permission::Write)?;
        if let Some(remote) = self.remote(actor, id).await? {
            return Box::pin(remote.edit(actor, id, base_revision, edits)).await;
        }
        let by = actor.clone();
        self.change(actor, id, base_revision, move |flow| edited(flow, &by, &edits, None)).await
    }

    /// Copies an earlier version into the draft.
    ///
    /// # Errors
    /// As [`Flows::edit`].
    pub async fn use_as_draft(
        &self,
        actor: &Actor,
        id: &FlowId,
        version: &FlowVersionId,
    ) -> Result<Flow, Problem> {
        if let Some(remote) = self.remote(actor, id).await? {
            return Box::pin(remote.use_as_draft(actor, id, version)).await;
        }
        let old = self.at_version(actor, id, version).await?.version;
        let import = edit::ImportFlow {
            display_name: old.display_name,
            trigger: old.trigger,
            schema_version: old.schema_version,
            notes: Some(old.notes),
            keep_samples: true,
        };
        self.edit(actor, id, None, vec![FlowEdit::ImportFlow(Box::new(import))]).await
    }

    /// Moves the flow into a folder, or out of all.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`] for the flow or the folder.
    pub async fn set_folder(
        &self,
        actor: &Actor,
        id: &FlowId,
        folder: Option<String>,
    ) -> Result<Flow, Problem> {
        actor.require(Permission::Write)?;
        if let Some(remote) = self.remote(actor, id).await? {
            return remote.set_folder(actor, id, folder).await;
        }
        if let Some(folder) = &folder {
            let mut conn = self.engine.db.read().await?;
            folders::found(&mut conn, &actor.workspace, folder).await?;
        }
        self.change(actor, id, None, move |flow| {
            flow.folder_id = folder;
            Ok(event(EventKind::FlowEdited, flow)
                .with(json!({ "revision": flow.revision + 1, "operations": [] })))
        })
        .await
    }

    /// Replaces the free data of clients.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn set_metadata(
        &self,
        actor: &Actor,
        id: &FlowId,
        metadata: Option<Value>,
    ) -> Result<Flow, Problem> {
        actor.require(Permission::Write)?;
        if let Some(remote) = self.remote(actor, id).await? {
            return remote.set_metadata(actor, id, metadata).await;
        }
        self.change(actor, id, None, move |flow| {
            flow.metadata = metadata;
            Ok(event(EventKind::FlowEdited, flow)
                .with(json!({ "revision": flow.revision + 1, "operations": [] })))
        })
        .await
    }

    /// Deletes a flow with its versions and stops its unfinished runs; ended ones stay readable.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for members when it was published; [`Problem::NotFound`].
    pub async fn delete(&self, actor: &Actor, id: &FlowId) -> Result<(), Problem> {
        actor.require(Permission::Write)?;
        if let Some(remote) = self.remote(actor, id).await? {
            return remote.delete(actor, id).await;
        }
        let (by, flow, now_ms) = (actor.clone(), id.clone(), self.engine.now_ms());
        let stopped = self
            .write(move |conn| {
                Box::pin(async move {
                    let stored = found(conn, &by, &flow).await?.flow;
                    if stored.published_version_id.is_some() {
                        by.require(Permission::Manage)?;
                    }
                    flows::delete(conn, &by.workspace, &flow).await?;
                    flow_samples::forget(conn, &by.workspace, &flow).await?;
                    schedules::set(conn, &by.workspace, &flow, None).await?;
                    flow_watches::set(conn, &by.workspace, &flow, None, now_ms).await?;
                    flow_proposals::forget(conn, &by.workspace, &flow).await?;
                    apps::flow_deleted(conn, &by.workspace, &flow).await?;
                    let stopped = runs::cancel_of_flow(conn, &by.workspace, &flow, now_ms).await?;
                    for run in &stopped {
                        run_waits::answer_parent(conn, run, &stopped_answer(), now_ms).await?;
                    }
                    events::record(conn, &by, &event(EventKind::FlowDeleted, &stored)).await?;
                    Ok(stopped)
                })
            })
            .await?;
        stopped.iter().for_each(|run| self.engine.canceled(run));
        Ok(())
    }

    /// The engine of another maker that a flow runs on; none for ours.
    pub(crate) async fn remote(
        &self,
        actor: &Actor,
        id: &FlowId,
    ) -> Result<Option<Remote>, Problem> {
        activepieces::remote(&self.engine, actor, ("Flow", id.as_str())).await
    }

    /// Changes a flow in one transaction with the one event that `make` gives.
    pub(crate) async fn change<F>(
        &self,
        actor: &Actor,
        id: &FlowId,
        base_revision: Option<i64>,
        make: F,
    ) -> Result<Flow, Problem>
    where
        F: FnOnce(&mut Flow) -> Result<Event, Problem> + Send + 'static,
    {
        let (by, id) = (actor.clone(), id.clone());
        self.write(move |conn| {
            Box::pin(async move { changed(conn, &by, &id, base_revision, make).await })
        })
        .await
    }

    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Conn) -> futures::future::BoxFuture<'c, Result<T, Problem>>
            + Send
            + 'static,
    {
        let outcome = self.engine.db.write(work).await;
        self.engine.targets.forget();
        outcome
    }
}

/// Changes a flow and records the one event that `make` gives, inside a transaction.
pub(crate) async fn changed<F>(
    conn: &mut Conn,
    by: &Actor,
    id: &FlowId,
    base_revision: Option<i64>,
    make: F,
) -> Result<Flow, Problem>
where
    F: FnOnce(&mut Flow) -> Result<Event, Problem> + Send,
{
    let mut flow = found(conn, by, id).await?.flow;
    let base = base_revision.unwrap_or(flow.revision);
    if base != flow.revision {
        return Err(changed_meanwhile(flow.revision));
    }
    let event = make(&mut flow)?;
    touch(&mut flow, by);
    if !flows::save(conn, &flow, base).await? {
        return Err(changed_meanwhile(flow.revision));
    }
    flow.revision += 1;
    events::record(conn, by, &event).await?;
    Ok(flow)
}

/// Makes `edits` on the draft of `flow` and gives the event of it, with the proposal they come from.
pub(crate) fn edited(
    flow: &mut Flow,
    by: &Actor,
    edits: &[FlowEdit],
    proposal: Option<&str>,
) -> Result<Event, Problem> {
    let before = flow.version.clone();
    let draft = draft_of(&before, by);
    let is_new = draft.id != before.id;
    flow.version = edit::apply_all(&draft, edits).map_err(|issues| Problem::Invalid { issues })?;
    let summary = edits.first().map(|it| words::describe(it, &before)).unwrap_or_default();
    let mut detail = json!({
        "revision": flow.revision + 1,
        "operations": edits.iter().map(edit::outline).collect::<Vec<_>>(),
        "summary": summary,
        "via": by.via.as_str(),
        "version": is_new.then_some(&flow.version.id),
    });
    if let Some(id) = proposal {
        detail["proposal"] = json!(id);
    }
    Ok(event(EventKind::FlowEdited, flow).with(detail))
}

pub(crate) async fn found(
    conn: &mut Conn,
    actor: &Actor,
    id: &FlowId,
) -> Result<StoredFlow, Problem> {
    let stored = flows::find(conn, &actor.workspace, id).await?;
    stored.ok_or_else(|| Problem::not_found("Flow"))
}

pub(crate) fn event(kind: EventKind, flow: &Flow) -> Event {
    Event::new(kind, &flow.id, flow.version.display_name.as_str())
}

pub(crate) fn changed_meanwhile(revision: i64) -> Problem {
    Problem::Conflict {
        message: "Somebody changed this flow meanwhile. Look at it again, then repeat your change"
            .to_owned(),
        status: Some(revision.to_string()),
    }
}

/// The draft to edit: the newest version, or a copy of it when it is locked.
pub(crate) fn draft_of(newest: &FlowVersion, actor: &Actor) -> FlowVersion {
    if newest.state == VersionState::Draft {
        return newest.clone();
    }
    FlowVersion {
        id: FlowVersionId::from(ids::fresh()),
        created: ids::rfc3339(ids::now_ms()),
        state: VersionState::Draft,
        updated_by: Some(actor.user.to_string()),
        ..newest.clone()
    }
}

/// A locked version keeps the day it was locked.
pub(crate) fn touch(flow: &mut Flow, actor: &Actor) {
    let now = ids::rfc3339(ids::now_ms());
    flow.updated.clone_from(&now);
    if flow.version.state == VersionState::Draft {
        flow.version.updated = now;
        flow.version.updated_by = Some(actor.user.to_string());
    }
}

pub(crate) fn empty_flow(actor: &Actor, name: &str, folder_id: Option<String>) -> Flow {
    let id = FlowId::from(ids::fresh());
    let now = ids::rfc3339(ids::now_ms());
    let version = FlowVersion {
        id: FlowVersionId::from(ids::fresh()),
        flow_id: id.clone(),
        created: now.clone(),
        updated: now.clone(),
        display_name: name.to_owned(),
        trigger: catalog::step::empty_trigger(),
        valid: false,
        state: VersionState::Draft,
        schema_version: Some(SCHEMA_VERSION.to_owned()),
        updated_by: Some(actor.user.to_string()),
        connection_ids: Vec::new(),
        notes: Vec::new(),
    };
    Flow {
        id,
        project_id: actor.workspace.to_string(),
        folder_id,
        status: FlowStatus::Disabled,
        published_version_id: None,
        created: now.clone(),
        updated: now,
        owner_id: Some(actor.user.to_string()),
        metadata: None,
        runs_at_once: None,
        revision: 0,
        engine: FlowEngine::Builtin,
        version,
    }
}
