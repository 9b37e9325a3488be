//! Making a draft what runs, and switching flows on and off.

use crate::flows::{Flows, event, found};
use crate::schedule::Schedule;
use crate::switching;
use crate::watching;
use domain::actor::{Actor, Permission};
use domain::event::EventKind;
use domain::flow::ActionKind;
use domain::flow::edit;
use domain::flow::{
    Action, Flow, FlowStatus, FlowVersion, PieceSettings, TriggerKind, VersionState, validate,
};
use domain::ids::{FlowId, WorkspaceId};
use domain::problem::Problem;
use serde_json::json;
use std::collections::BTreeSet;
use store::db::Conn;
use store::{events, flow_watches, flows, ids, schedules};

impl Flows {
    /// Locks the draft, makes it what runs, and switches the flow on. Its runs have the publisher's rights.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`]; [`Problem::Invalid`] with everything that is missing.
    pub async fn publish(&self, actor: &Actor, id: &FlowId) -> Result<Flow, Problem> {
        actor.require(Permission::Manage)?;
        if let Some(remote) = self.remote(actor, id).await? {
            return remote.publish(actor, id).await;
        }
        let (by, id, now_ms) = (actor.clone(), id.clone(), self.engine.now_ms());
        let known = self.known_connections(actor).await?;
        let off = self.engine.switched_off(&actor.workspace).await?;
        self.write(move |conn| {
            Box::pin(async move {
                let mut flow = found(conn, &by, &id).await?.flow;
                switching::refuse(&flow.version, &off)?;
                let next_at = check(&flow.version, &known)?.and_then(|it| it.next(now_ms));
                if flow.version.state == VersionState::Draft {
                    lock(&mut flow.version);
                }
                let base = flow.revision;
                if !flows::save(conn, &flow, base).await? {
                    return Err(Problem::not_found("Flow"));
                }
                flows::publish(conn, &flow, &by.user).await?;
                schedules::set(conn, &by.workspace, &id, next_at).await?;
                let watch = watching::watch(&flow.version.trigger);
                flow_watches::set(conn, &by.workspace, &id, watch.as_ref(), now_ms).await?;
                flow.revision += 1;
                flow.published_version_id = Some(flow.version.id.clone());
                flow.status = FlowStatus::Enabled;
                let detail = json!({ "revision": flow.revision, "version": flow.version.id });
                events::record(conn, &by, &event(EventKind::FlowPublished, &flow).with(detail))
                    .await?;
                Ok(flow)
            })
        })
        .await
        .inspect(|_| self.engine.wake.notify_one())
    }

    /// Names of the connections that flows of `actor` can use, those to Basecamp among them.
    pub(crate) async fn known_connections(
        &self,
        actor: &Actor,
    ) -> Result<BTreeSet<String>, Problem> {
        let basecamp = self.engine.basecamp.usable(actor).await?;
        let basecamp = basecamp.into_iter().map(|it| it.id.to_string());
        Ok(self.connections().names(actor).await?.into_iter().chain(basecamp).collect())
    }

    /// Switches a published flow on or off. Runs that have begun go on.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`]; [`Problem::Invalid`] when there is nothing to switch on, or with the
    /// steps whose piece the workspace switched off.
    pub async fn set_status(
        &self,
        actor: &Actor,
        id: &FlowId,
        status: FlowStatus,
    ) -> Result<Flow, Problem> {
        let needed =
            if status == FlowStatus::Enabled { Permission::Manage } else { Permission::Write };
        actor.require(needed)?;
        if let Some(remote) = self.remote(actor, id).await? {
            return remote.set_status(actor, id, status).await;
        }
        let (by, id, now_ms) = (actor.clone(), id.clone(), self.engine.now_ms());
        let off = self.engine.switched_off(&actor.workspace).await?;
        self.write(move |conn| {
            Box::pin(async move {
                let mut flow = found(conn, &by, &id).await?.flow;
                switch(conn, &mut flow, (status, &off), now_ms).await?;
                let kind = match status {
                    FlowStatus::Enabled => EventKind::FlowEnabled,
                    FlowStatus::Disabled => EventKind::FlowDisabled,
                };
                events::record(conn, &by, &event(kind, &flow)).await?;
                Ok(flow)
            })
        })
        .await
        .inspect(|_| self.engine.wake.notify_one())
    }

    /// Gives the flow another address, for requests and for forms, and says which; the one before starts nothing from now
    /// on.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`]; [`Problem::Unsupported`] for a flow of another engine.
    pub async fn renew_webhook(&self, actor: &Actor, id: &FlowId) -> Result<String, Problem> {
        actor.require(Permission::Manage)?;
        if self.remote(actor, id).await?.is_some() {
            return Err(Problem::Unsupported {
                message: "In Activepieces a flow keeps its address for ever".to_owned(),
                hint: "Copy the flow to get another one".to_owned(),
            });
        }
        let (by, flow_id) = (actor.clone(), id.clone());
        self.write(move |conn| {
            Box::pin(async move {
                let flow = found(conn, &by, &flow_id).await?.flow;
                flows::set_hook(conn, &by.workspace, &flow_id, &ids::random_hex(16)).await?;
                // The flow itself stays as it was, so pages that show this revision need not read it again.
                let told = event(EventKind::FlowAddressRenewed, &flow);
                events::record(conn, &by, &told.with(json!({ "revision": flow.revision }))).await?;
                Ok(())
            })
        })
        .await?;
        self.webhook_url(actor, id).await
    }
}

/// Refuses a version that cannot run; gives its clock when it has one.
fn check(
    version: &FlowVersion,
    connections: &BTreeSet<String>,
) -> Result<Option<Schedule>, Problem> {
    let mut problems = validate::problems(version, Some(connections));
    problems.extend(validate::without_steps(version));
    let issues: Vec<_> = problems.iter().map(|it| it.issue()).collect();
    if issues.is_empty() {
        Schedule::of(&version.trigger)
    } else {
        Err(Problem::Invalid { issues })
    }
}

/// Switches a flow on or off: from then on its clock and Basecamp start it, or nothing does. With a step whose piece is
/// in `off` it is not switched on.
pub(crate) async fn switch(
    conn: &mut Conn,
    flow: &mut Flow,
    (status, off): (FlowStatus, &BTreeSet<String>),
    now_ms: i64,
) -> Result<(), Problem> {
    let workspace = WorkspaceId::from(flow.project_id.as_str());
    let (next_at, watch) = match status {
        FlowStatus::Enabled => {
            let version = live(conn, &workspace, flow).await?;
            switching::refuse(&version, off)?;
            let next_at = Schedule::of(&version.trigger)?.and_then(|it| it.next(now_ms));
            (next_at, watching::watch(&version.trigger))
        }
        FlowStatus::Disabled => (None, None),
    };
    flows::set_status(conn, &workspace, &flow.id, status).await?;
    schedules::set(conn, &workspace, &flow.id, next_at).await?;
    flow_watches::set(conn, &workspace, &flow.id, watch.as_ref(), now_ms).await?;
    flow.status = status;
    Ok(())
}

/// What runs when the flow is on.
async fn live(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    flow: &Flow,
) -> Result<FlowVersion, Problem> {
    let version = match &flow.published_version_id {
        Some(id) => flows::version(conn, workspace, &flow.id, id).await?,
        None => None,
    };
    version.ok_or_else(|| {
        Problem::invalid("status", "The flow was never published. Publish it to switch it on")
    })
}

/// From now on it never changes: exact piece versions, final state.
fn lock(version: &mut FlowVersion) {
    edit::refresh(version);
    if let TriggerKind::Piece(settings) = &mut version.trigger.kind {
        pin(settings);
    }
    pin_steps(version.trigger.next_action.as_deref_mut());
    version.state = VersionState::Locked;
    version.updated = ids::rfc3339(ids::now_ms());
}

fn pin_steps(first: Option<&mut Action>) {
    let mut next = first;
    while let Some(action) = next {
        if let ActionKind::Piece(settings) = &mut action.kind {
            pin(settings);
        }
        pin_steps(action.first_loop_action.as_deref_mut());
        for child in action.children.iter_mut().flatten() {
            pin_steps(child.as_deref_mut());
        }
        pin_steps(action.on_error_action.as_deref_mut());
        next = action.next_action.as_deref_mut();
    }
}

fn pin(settings: &mut PieceSettings) {
    let exact = settings.piece_version.trim_start_matches(['^', '~']).to_owned();
    settings.piece_version = exact;
}
