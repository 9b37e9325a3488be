//! Flows that start by what happens in Basecamp. What happened waits in a table that the mirror's own transactions
//! fill; here each becomes one run, in the transaction that takes it from there.

use crate::engine::Engine;
use crate::engine::journal;
use crate::watching;
use crate::worker::new_run;
use basecamp::stories::Stories;
use chrono::DateTime;
use chrono_tz::Tz;
use domain::actor::Actor;
use domain::event::{Event, EventKind};
use domain::flow::run::RunStatus;
use domain::flow::{FlowStatus, FlowVersion, Trigger};
use domain::ids::{FlowId, UserId, WorkspaceId};
use domain::problem::Problem;
use serde_json::{Value, json};
use std::collections::HashSet;
use store::db::Change;
use store::error::StoreError;
use store::flow_starts::{self, StartRow, WAITING};
use store::flow_watches::{self, WatchRow};
use store::runs::{NewRun, Progress};
use store::{events, flows, run_queue, runs, workspaces};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// Looked at in one go.
const BATCH: i64 = 200;
/// Between two looks for what has become overdue, milliseconds.
const OVERDUE_MS: i64 = 60_000;
/// Records among which a sample is looked for.
const SAMPLES: i64 = 200;

/// Answers when something waits to start a flow, or may.
pub(crate) async fn heard(changes: &mut Receiver<Change>) {
    loop {
        match changes.recv().await {
            Ok(change) if change.target == WAITING => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => return std::future::pending().await,
        }
    }
}

/// Makes a run of everything that waits; what finds no place in the queue goes on waiting.
pub(crate) async fn start(engine: &Engine, now_ms: i64) -> Result<(), Problem> {
    let mut full = HashSet::new();
    loop {
        let rows = flow_starts::waiting(&mut engine.db.read().await?, BATCH).await?;
        let mut is_moving = false;
        for row in rows {
            if full.contains(&row.workspace_id) {
                continue;
            }
            let workspace = row.workspace_id.clone();
            if start_one(engine, row, now_ms).await? {
                is_moving = true;
            } else {
                full.insert(workspace);
            }
        }
        if !is_moving {
            return Ok(());
        }
    }
}

/// False when the queue of the workspace is full.
async fn start_one(engine: &Engine, row: StartRow, now_ms: i64) -> Result<bool, Problem> {
    let flow = FlowId::from(row.flow_id.as_str());
    let run = match published(engine, &row, &flow).await? {
        Some((version, acting_user)) => told(engine, &row, &version, acting_user, now_ms).await?,
        None => None,
    };
    if run.is_none() {
        tracing::info!(flow = row.flow_id, what = row.what, "nothing was started: it is not seen");
    }
    let most = i64::try_from(engine.config.waiting_per_workspace).unwrap_or(i64::MAX);
    let stored: Result<bool, StoreError> = engine
        .db
        .write(move |conn| {
            Box::pin(async move {
                let workspace = WorkspaceId::from(row.workspace_id.as_str());
                if run_queue::queued(conn, &workspace).await? >= most {
                    return Ok(false);
                }
                if !flow_starts::take(conn, &flow, &row.dedupe, now_ms).await? {
                    return Ok(true);
                }
                let Some(run) = run else { return Ok(true) };
                let queued =
                    Progress { status: RunStatus::Queued, ..Progress::running(run.created_at, 0) };
                runs::insert(conn, &run, &queued, "").await?;
                let event = Event::new(EventKind::RunQueued, &run.id, run.flow_name.as_str());
                events::record(conn, &journal::acting(&run), &event).await?;
                Ok(true)
            })
        })
        .await;
    Ok(stored?)
}

/// What runs, and whose rights it has; none when the flow is switched off or gone.
async fn published(
    engine: &Engine,
    row: &StartRow,
    flow: &FlowId,
) -> Result<Option<(FlowVersion, UserId)>, Problem> {
    let workspace = WorkspaceId::from(row.workspace_id.as_str());
    let mut conn = engine.db.read().await?;
    let Some(stored) = flows::find(&mut conn, &workspace, flow).await? else { return Ok(None) };
    let Some(id) = stored.flow.published_version_id.clone() else { return Ok(None) };
    if stored.flow.status != FlowStatus::Enabled {
        return Ok(None);
    }
    let version = flows::version(&mut conn, &workspace, flow, &id).await?;
    Ok(version.map(|it| (it, stored.published_by.unwrap_or_default())))
}

/// The run for what happened; none when whoever published the flow does not see it.
async fn told(
    engine: &Engine,
    row: &StartRow,
    version: &FlowVersion,
    acting_user: UserId,
    now_ms: i64,
) -> Result<Option<NewRun>, Problem> {
    let (workspace, flow) =
        (WorkspaceId::from(row.workspace_id.as_str()), FlowId::from(row.flow_id.as_str()));
    let mut run =
        new_run((&workspace, &flow), version, acting_user, now_ms, ("basecamp", String::new()));
    let actor = match engine.actor(&workspace, &run.acting_user, &run.id).await {
        Err(Problem::Forbidden { .. }) => return Ok(None),
        actor => actor?,
    };
    let basecamp = watching::basecamp(engine, &version.trigger);
    let Some(mut stories) = basecamp.stories(&actor).await? else { return Ok(None) };
    if stories.account() != row.account_id {
        return Ok(None);
    }
    let Some(story) = story(&mut stories, &row.what, row.record_id).await? else {
        return Ok(None);
    };
    let detail = serde_json::from_str(&row.detail).unwrap_or_default();
    run.payload = payload(&stories, (&row.what, story), detail).to_string();
    run.dedupe = Some(row.dedupe.clone());
    Ok(Some(run))
}

async fn story(stories: &mut Stories, what: &str, id: i64) -> Result<Option<Value>, Problem> {
    match watching::kind(what) {
        Some(_) => stories.record(id).await,
        None => stories.project(id).await,
    }
}

/// What the trigger gives: the record, what happened to it, and its people by name.
fn payload(stories: &Stories, (what, mut story): (&str, Value), mut detail: Value) -> Value {
    if let Some(by) = detail["by"].as_i64() {
        detail["by"] = stories.person(by);
    }
    if let Some(added) = detail["added"].as_array() {
        let added = added.iter().filter_map(Value::as_i64);
        detail["added"] = added.map(|it| stories.person(it)).collect();
    }
    story["event"] = what.into();
    story["change"] = detail;
    story
}

/// `payload`, or for a flow that starts by Basecamp and is given nothing the newest record that would start it.
pub(crate) async fn sampled(
    engine: &Engine,
    actor: &Actor,
    trigger: &Trigger,
    payload: Value,
) -> Result<Value, Problem> {
    let is_empty = payload.as_object().is_some_and(serde_json::Map::is_empty) || payload.is_null();
    let Some(watch) = watching::watch(trigger).filter(|_| is_empty) else { return Ok(payload) };
    let basecamp = watching::basecamp(engine, trigger);
    let Some(mut stories) = basecamp.stories(actor).await? else { return Ok(payload) };
    let story = match watching::kind(&watch.what) {
        Some(kind) => {
            let recent = stories.recent(kind, 0, SAMPLES).await?;
            let fits = |it: &Value| {
                let same = |wanted: Option<i64>, is: &Value| {
                    wanted.is_none_or(|wanted| is.as_i64() == Some(wanted))
                };
                same(watch.project, &it["project"]["id"]) && same(watch.place, &it["place"]["id"])
            };
            let fitting = recent.iter().find(|it| fits(it)).cloned();
            fitting.or_else(|| recent.into_iter().next())
        }
        None => stories.newest_project().await?,
    };
    let Some(story) = story else { return Ok(payload) };
    let people = story["assignees"].clone();
    let mut sample = self::payload(&stories, (&watch.what, story), json!({ "at": null }));
    sample["change"]["added"] = people;
    sample["change"]["by"] = sample["creator"].clone();
    sample["change"]["from"] = sample["place"].clone();
    sample["change"]["to"] = sample["place"].clone();
    Ok(sample)
}

/// Looks for to-dos whose day is over.
#[derive(Default)]
pub(crate) struct Overdue {
    /// When the next look is due, epoch milliseconds.
    next_at: i64,
}

impl Overdue {
    /// Notes what has become overdue; at most once a minute.
    pub(crate) async fn look(&mut self, engine: &Engine, now_ms: i64) -> Result<(), Problem> {
        if now_ms < self.next_at {
            return Ok(());
        }
        let mut conn = engine.db.read().await?;
        for watch in flow_watches::everywhere(&mut conn, "todo_overdue").await? {
            let workspace = WorkspaceId::from(watch.workspace_id.as_str());
            let zone = workspaces::find(&mut conn, &workspace).await?.map(|it| it.timezone);
            let zone: Tz = zone.and_then(|it| it.parse().ok()).unwrap_or(Tz::UTC);
            note(engine, watch, zone, now_ms).await?;
        }
        self.next_at = now_ms + OVERDUE_MS;
        Ok(())
    }
}

async fn note(engine: &Engine, watch: WatchRow, zone: Tz, now_ms: i64) -> Result<(), Problem> {
    let day = |at: i64| {
        let at = DateTime::from_timestamp_millis(at).unwrap_or_default();
        at.with_timezone(&zone).date_naive().to_string()
    };
    let (from, today) = (day(watch.since), day(now_ms));
    let noted: Result<u64, StoreError> = engine
        .db
        .write(move |conn| {
            Box::pin(async move { flow_starts::note_overdue(conn, &watch, (&from, &today)).await })
        })
        .await;
    noted?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trigger_of_the_catalogue_is_known_by_its_kind() {
        let piece = domain::flow::catalog::piece(domain::flow::catalog::BASECAMP).unwrap();
        let without: Vec<_> =
            piece.triggers.iter().filter(|it| watching::kind(it.name).is_none()).collect();
        assert_eq!(without.len(), 1);
        assert_eq!(without[0].name, "new_project");
    }
}
