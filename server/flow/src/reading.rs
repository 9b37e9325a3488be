//! Reading flows: one, many, their history and what is wrong with them.

use crate::activepieces;
use crate::flows::{Flows, found};
use crate::schedule::Schedule;
use domain::actor::{Actor, Permission, Via};
use domain::event::EventKind;
use domain::flow::clock;
use domain::flow::compare::{self, Comparison};
use domain::flow::engine::FlowEngine;
use domain::flow::listing::{FlowFilter, FlowSummary, Page, RunFilter, VersionSummary};
use domain::flow::validate::{self, FlowProblem};
use domain::flow::{Action, ActionKind, Flow, FlowStatus, Trigger, TriggerKind, catalog, tree};
use domain::ids::{FlowId, FlowVersionId};
use domain::problem::Problem;
use store::flows::StoredFlow;
use store::{events, flows, run_lists};

/// How cursors into the list of another engine begin.
const THEIRS: &str = "theirs~";
/// Runs shown beside a flow in a list.
const STRIP: i64 = 10;
/// Events of the workspace that are looked through for who changed a flow.
const EDITS: i64 = 20_000;

impl Flows {
    /// A flow with its newest version.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn get(&self, actor: &Actor, id: &FlowId) -> Result<Flow, Problem> {
        actor.require(Permission::Read)?;
        if let Some(remote) = self.remote(actor, id).await? {
            return remote.flow(actor, id, None).await;
        }
        let mut conn = self.engine.db.read().await?;
        Ok(found(&mut conn, actor, id).await?.flow)
    }

    /// A flow with one of its versions.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn at_version(
        &self,
        actor: &Actor,
        id: &FlowId,
        version: &FlowVersionId,
    ) -> Result<Flow, Problem> {
        if let Some(remote) = self.remote(actor, id).await? {
            actor.require(Permission::Read)?;
            return remote.flow(actor, id, Some(version)).await;
        }
        let flow = self.get(actor, id).await?;
        let mut conn = self.engine.db.read().await?;
        let version = flows::version(&mut conn, &actor.workspace, id, version).await?;
        let version = version.ok_or_else(|| Problem::not_found("Version"))?;
        Ok(Flow { version, ..flow })
    }

    /// When the live version of a flow starts next by its clock, epoch milliseconds; nothing for one that is off, or that
    /// something else starts.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn next_start(&self, actor: &Actor, id: &FlowId) -> Result<Option<i64>, Problem> {
        let flow = self.get(actor, id).await?;
        let Some(version) =
            flow.published_version_id.filter(|_| flow.status == FlowStatus::Enabled)
        else {
            return Ok(None);
        };
        let live = self.at_version(actor, id, &version).await?;
        let schedule = Schedule::of(&live.version.trigger)?;
        Ok(schedule.and_then(|it| it.next(self.engine.now_ms())))
    }

    /// Flows of the workspace, the last changed first, each with its newest runs; those on another engine after ours.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::Invalid`] for a cursor that is not ours; what the other engine answers.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &FlowFilter,
    ) -> Result<Page<FlowSummary>, Problem> {
        actor.require(Permission::Read)?;
        let theirs = filter.cursor.as_deref().and_then(|it| it.strip_prefix(THEIRS));
        let only_theirs = theirs.is_some() || filter.engine == Some(FlowEngine::Activepieces);
        let mut page = match only_theirs {
            true => Page { data: Vec::new(), next: None, previous: None },
            false => self.list_here(actor, filter).await?,
        };
        let limit = filter.limit.unwrap_or(50).clamp(1, 200);
        let left = limit.saturating_sub(u32::try_from(page.data.len()).unwrap_or(limit));
        if page.next.is_some() || filter.engine == Some(FlowEngine::Builtin) {
            return Ok(page);
        }
        let Some(remote) = activepieces::place(&self.engine, actor).await?.remote else {
            return Ok(page);
        };
        if left == 0 {
            page.next = Some(THEIRS.to_owned());
            return Ok(page);
        }
        let rest =
            FlowFilter { limit: Some(left), cursor: theirs.map(str::to_owned), ..filter.clone() };
        let (rows, next) = remote.list(actor, &rest).await?;
        page.data.extend(rows);
        page.next = next.map(|it| format!("{THEIRS}{it}"));
        Ok(page)
    }

    async fn list_here(
        &self,
        actor: &Actor,
        filter: &FlowFilter,
    ) -> Result<Page<FlowSummary>, Problem> {
        let limit = filter.limit.unwrap_or(50).clamp(1, 200);
        let before = before(filter.cursor.as_deref())?;
        let mut conn = self.engine.db.read().await?;
        let more = i64::from(limit) + 1;
        let mut rows =
            flows::list(&mut conn, &actor.workspace, filter, (before.0, before.1.as_str()), more)
                .await?;
        let has_more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| has_more).map(cursor);
        let mut data = Vec::with_capacity(rows.len());
        for row in rows {
            let of_flow = RunFilter {
                flow_id: Some(row.flow.id.clone()),
                // What somebody only tried out says nothing of how the flow does.
                tests: Some(false),
                ..RunFilter::default()
            };
            let last_runs =
                run_lists::list(&mut conn, &actor.workspace, &of_flow, "", STRIP).await?;
            data.push(FlowSummary { last_runs, ..summary(row.flow) });
        }
        Ok(Page { data, next, previous: None })
    }

    /// The history of a flow, newest first.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn versions(
        &self,
        actor: &Actor,
        id: &FlowId,
    ) -> Result<Vec<VersionSummary>, Problem> {
        if let Some(remote) = self.remote(actor, id).await? {
            actor.require(Permission::Read)?;
            return remote.versions(id).await;
        }
        self.get(actor, id).await?;
        let mut conn = self.engine.db.read().await?;
        Ok(flows::versions(&mut conn, &actor.workspace, id).await?)
    }

    /// What is different in the newest version from the one that runs, none before the first publishing; and who made
    /// how many changes since, the busiest first.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn draft_changes(
        &self,
        actor: &Actor,
        id: &FlowId,
    ) -> Result<(Option<Comparison>, Vec<(String, u32)>), Problem> {
        let flow = self.get(actor, id).await?;
        let Some(published) = &flow.published_version_id else { return Ok((None, Vec::new())) };
        let mut conn = self.engine.db.read().await?;
        let live = flows::version(&mut conn, &actor.workspace, id, published).await?;
        let live = live.ok_or_else(|| Problem::not_found("Version"))?;
        let all = events::of_flow(&mut conn, &actor.workspace, id, EDITS).await?;
        let mut by: Vec<(String, u32)> = Vec::new();
        for it in all.iter().take_while(|it| it.event.kind != EventKind::FlowPublished) {
            let is_chat = it.via == Via::Chat.as_str();
            let name = if is_chat { "the assistant" } else { it.actor.as_str() };
            match by.iter_mut().find(|it| it.0 == name) {
                Some(there) => there.1 += 1,
                None => by.push((name.to_owned(), 1)),
            }
        }
        by.sort_by_key(|it| std::cmp::Reverse(it.1));
        Ok((Some(compare::compare(&live, &flow.version)), by))
    }

    /// Everything that is wrong with the newest version.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn problems(&self, actor: &Actor, id: &FlowId) -> Result<Vec<FlowProblem>, Problem> {
        if let Some(remote) = self.remote(actor, id).await? {
            return remote.problems(&self.get(actor, id).await?).await;
        }
        let known = self.known_connections(actor).await?;
        let version = self.get(actor, id).await?.version;
        let off = self.engine.switched_off(&actor.workspace).await?;
        let mut found = validate::problems(&version, Some(&known));
        found.extend(validate::switched_off(&version, &off));
        found.extend(validate::without_steps(&version));
        Ok(found)
    }

    /// Where requests, or people with a form, start the flow. Whoever knows it can start it.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn webhook_url(&self, actor: &Actor, id: &FlowId) -> Result<String, Problem> {
        actor.require(Permission::Read)?;
        if let Some(remote) = self.remote(actor, id).await? {
            return remote.webhook_url(id).await;
        }
        let mut conn = self.engine.db.read().await?;
        let found = found(&mut conn, actor, id).await?;
        let is_form = matches!(&found.flow.version.trigger.kind,
            TriggerKind::Piece(it) if it.piece_name == catalog::FORMS);
        let place = if is_form { "forms" } else { "api/v1/webhooks" };
        Ok(format!("{}/{place}/{}", self.engine.config.base_url, found.hook))
    }
}

fn summary(flow: Flow) -> FlowSummary {
    let version = flow.version;
    let has_draft = flow.published_version_id.as_ref() != Some(&version.id);
    let steps = tree::steps(&version.trigger).len();
    FlowSummary {
        id: flow.id,
        name: version.display_name,
        status: flow.status,
        folder_id: flow.folder_id,
        published_version_id: flow.published_version_id,
        has_draft,
        valid: version.valid,
        pieces: pieces(&version.trigger),
        trigger_name: clock::starts(&version.trigger),
        trigger_piece: match version.trigger.kind {
            TriggerKind::Piece(settings) => Some(settings.piece_name),
            TriggerKind::Empty(_) => None,
        },
        steps_count: u32::try_from(steps).unwrap_or(u32::MAX),
        owner_id: flow.owner_id,
        engine: flow.engine,
        updated: flow.updated,
        last_runs: Vec::new(),
    }
}

/// Names of the pieces of a flow, each once, in reading order.
pub(crate) fn pieces(trigger: &Trigger) -> Vec<String> {
    let first = match &trigger.kind {
        TriggerKind::Piece(settings) => Some(settings.piece_name.clone()),
        TriggerKind::Empty(_) => None,
    };
    let of_step = |it: &Action| match &it.kind {
        ActionKind::Piece(settings) => Some(settings.piece_name.clone()),
        _ => None,
    };
    let mut names: Vec<String> = Vec::new();
    for name in first.into_iter().chain(tree::steps(trigger).into_iter().filter_map(of_step)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A cursor holds when the last row was changed, and its id.
fn cursor(row: &StoredFlow) -> String {
    format!("{}~{}", row.updated_at, row.flow.id)
}

fn before(cursor: Option<&str>) -> Result<(i64, String), Problem> {
    let Some(cursor) = cursor.filter(|it| !it.is_empty()) else {
        return Ok((i64::MAX, String::new()));
    };
    let parts = cursor.split_once('~').and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    parts.ok_or_else(|| {
        Problem::invalid("cursor", "This cursor is not one of ours. Leave it out to begin")
    })
}
