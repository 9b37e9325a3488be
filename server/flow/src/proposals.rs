//! Changes that the assistant suggests: stored with what they were made on, shown on the canvas, and made or dropped
//! as one step by a person.

use crate::activepieces::only_there;
use crate::flows::{Flows, changed, edited, event, found};
use domain::actor::{Actor, Permission};
use domain::event::EventKind;
use domain::flow::edit::{self, FlowEdit};
use domain::flow::proposal::Proposal;
use domain::flow::proposal::parts::Parts;
use domain::flow::{Flow, FlowVersion};
use domain::ids::FlowId;
use domain::problem::Problem;
use serde_json::json;
use std::collections::BTreeSet;
use store::flow_proposals::{self, Decision};
use store::{events, ids};

impl Flows {
    /// Suggests a change; the flow stays as it is. One that was open for this flow is dropped for it.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`]; [`Problem::Invalid`] when the change could not be made.
    pub async fn propose(
        &self,
        actor: &Actor,
        id: &FlowId,
        title: &str,
        edits: Vec<FlowEdit>,
    ) -> Result<Proposal, Problem> {
        actor.require(Permission::Write)?;
        if self.remote(actor, id).await?.is_some() {
            let hint = "Make the change itself; the history there keeps the version before";
            return Err(only_there("keeps no changes that wait for a decision", hint));
        }
        let (by, id, title) = (actor.clone(), id.clone(), title.to_owned());
        self.write(move |conn| {
            Box::pin(async move {
                let flow = found(conn, &by, &id).await?.flow;
                edit::apply_all(&flow.version, &edits)
                    .map_err(|issues| Problem::Invalid { issues })?;
                let now_ms = ids::now_ms();
                let proposal = Proposal {
                    id: ids::fresh(),
                    flow_id: id,
                    base_revision: flow.revision,
                    title,
                    edits,
                    created: ids::rfc3339(now_ms),
                };
                flow_proposals::insert(conn, &by.workspace, &proposal, (&by.user, now_ms)).await?;
                let detail = json!({
                    "proposal": proposal.id,
                    "operations": proposal.edits.iter().map(edit::outline).collect::<Vec<_>>(),
                    "via": by.via.as_str(),
                });
                let told = event(EventKind::FlowProposed, &flow).with(detail);
                events::record(conn, &by, &told).await?;
                Ok(proposal)
            })
        })
        .await
    }

    /// The change that waits for a person, if one does.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`].
    pub async fn proposal(&self, actor: &Actor, id: &FlowId) -> Result<Option<Proposal>, Problem> {
        actor.require(Permission::Read)?;
        if self.remote(actor, id).await?.is_some() {
            return Ok(None);
        }
        let mut conn = self.engine.db.read().await?;
        found(&mut conn, actor, id).await?;
        Ok(flow_proposals::open(&mut conn, &actor.workspace, id).await?)
    }

    /// Makes a suggested change on the draft that the person saw it drawn on, without the parts in `left_out`: their
    /// places in [`Parts::all`]. What is left out is dropped.
    ///
    /// # Errors
    /// As [`Flows::edit`]; [`Problem::Invalid`] when nothing is left or a part builds on one that is left out;
    /// [`Problem::Conflict`] when it was decided already.
    pub async fn accept_proposal(
        &self,
        actor: &Actor,
        id: &FlowId,
        (proposal, left_out): (&str, BTreeSet<usize>),
        seen_revision: i64,
    ) -> Result<Flow, Problem> {
        actor.require(Permission::Write)?;
        let (by, id, proposal) = (actor.clone(), id.clone(), proposal.to_owned());
        self.write(move |conn| {
            Box::pin(async move {
                found(conn, &by, &id).await?;
                let open = flow_proposals::open(conn, &by.workspace, &id).await?;
                let open = open.filter(|it| it.id == proposal).ok_or_else(decided)?;
                let now = (&by.user, ids::now_ms());
                let key = (&by.workspace, proposal.as_str());
                if !flow_proposals::decide(conn, key, Decision::Accepted, now).await? {
                    return Err(decided());
                }
                let make = |flow: &mut Flow| {
                    let edits = chosen(&flow.version, &open.edits, &left_out)?;
                    edited(flow, &by, &edits, Some(&open.id))
                };
                changed(conn, &by, &id, Some(seen_revision), make).await
            })
        })
        .await
    }

    /// Drops a suggested change; the flow stays as it is.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`]; [`Problem::Conflict`] when it was decided already.
    pub async fn drop_proposal(
        &self,
        actor: &Actor,
        id: &FlowId,
        proposal: &str,
    ) -> Result<(), Problem> {
        actor.require(Permission::Write)?;
        let (by, id, proposal) = (actor.clone(), id.clone(), proposal.to_owned());
        self.write(move |conn| {
            Box::pin(async move {
                let flow = found(conn, &by, &id).await?.flow;
                let open = flow_proposals::open(conn, &by.workspace, &id).await?;
                let open = open.filter(|it| it.id == proposal).ok_or_else(decided)?;
                let now = (&by.user, ids::now_ms());
                let key = (&by.workspace, open.id.as_str());
                if !flow_proposals::decide(conn, key, Decision::Dropped, now).await? {
                    return Err(decided());
                }
                let told = event(EventKind::FlowProposalDropped, &flow)
                    .with(json!({ "proposal": open.id }));
                events::record(conn, &by, &told).await?;
                Ok(())
            })
        })
        .await
    }
}

/// The edits without the parts that are left out.
fn chosen(
    now: &FlowVersion,
    edits: &[FlowEdit],
    left_out: &BTreeSet<usize>,
) -> Result<Vec<FlowEdit>, Problem> {
    if left_out.is_empty() {
        return Ok(edits.to_vec());
    }
    let parts = Parts::of(now, edits);
    let edits = parts.edits_without(left_out);
    if edits.is_empty() {
        return Err(Problem::invalid(
            "leftOut",
            "Nothing is left of the proposal. Drop it instead",
        ));
    }
    if parts.without(left_out) != *left_out {
        let message = "A part builds on one that is left out. Leave it out too, or take both";
        return Err(Problem::invalid("leftOut", message));
    }
    Ok(edits)
}

fn decided() -> Problem {
    Problem::conflict("This proposal was decided already. Look at the flow as it is now")
}
