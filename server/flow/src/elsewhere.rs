//! Runs of two engines in one list, newest first.

use crate::activepieces::{self, Remote};
use crate::runs::Runs;
use domain::actor::Actor;
use domain::flow::engine::FlowEngine;
use domain::flow::listing::{Page, RunFilter};
use domain::flow::run::Run;
use domain::problem::Problem;

/// Between the two places of a cursor.
const BETWEEN: char = '~';

impl Runs {
    /// The engine of another maker that a flow or run belongs to; none for ours.
    pub(crate) async fn remote(
        &self,
        actor: &Actor,
        named: (&str, &str),
    ) -> Result<Option<Remote>, Problem> {
        activepieces::remote(&self.engine, actor, named).await
    }
}

/// The other engine, where the list has rows of it.
pub(crate) async fn of(
    runs: &Runs,
    actor: &Actor,
    filter: &RunFilter,
) -> Result<Option<Remote>, Problem> {
    match &filter.flow_id {
        Some(flow) => runs.remote(actor, ("Flow", flow.as_str())).await,
        None if filter.engine == Some(FlowEngine::Builtin) => Ok(None),
        None => Ok(activepieces::place(&runs.engine, actor).await?.remote),
    }
}

/// One page of both. A cursor says how far each of them was read: our last run, and when their last one was made.
pub(crate) async fn merged(
    runs: &Runs,
    remote: &Remote,
    actor: &Actor,
    filter: &RunFilter,
) -> Result<Page<Run>, Problem> {
    let limit = filter.limit.unwrap_or(10).clamp(1, 100);
    let cursor = filter.cursor.clone().unwrap_or_default();
    let (here, there) = cursor.split_once(BETWEEN).unwrap_or((cursor.as_str(), ""));
    let ours_only = filter.flow_id.is_some() || filter.engine == Some(FlowEngine::Activepieces);
    let ours = if ours_only {
        Vec::new()
    } else {
        let cursor = Some(here.to_owned()).filter(|it| !it.is_empty());
        let whole = RunFilter { cursor, limit: Some(limit), ..filter.clone() };
        runs.list_here(actor, &whole).await?.data
    };
    let whole = RunFilter { limit: Some(limit + 1), ..filter.clone() };
    let theirs = remote.runs(actor, &whole, earlier(there).as_deref()).await?;
    let found = ours.len() + theirs.len();
    let mut data: Vec<Run> = ours.into_iter().chain(theirs).collect();
    data.sort_by(|a, b| b.created.cmp(&a.created));
    data.truncate(limit as usize);
    let is_theirs = |it: &&Run| FlowEngine::of_id(it.id.as_str()) == FlowEngine::Activepieces;
    let last_here = data.iter().rev().find(|it| !is_theirs(it));
    let last_there = data.iter().rev().find(is_theirs);
    let here = last_here.map_or_else(|| here.to_owned(), |it| it.id.to_string());
    let there = last_there.map_or_else(|| there.to_owned(), |it| it.created.clone());
    let has_more = found > data.len() || data.len() == limit as usize;
    Ok(Page { data, next: has_more.then(|| format!("{here}{BETWEEN}{there}")), previous: None })
}

/// The millisecond before a time, for a list that begins at it and includes it.
pub(crate) fn earlier(time: &str) -> Option<String> {
    let at = chrono::DateTime::parse_from_rfc3339(time).ok()?;
    Some(store::ids::rfc3339(at.timestamp_millis() - 1))
}
