//! Agents: saved goals that the assistant works on by schedule, as the person who made them and by the rules for
//! approvals. What starts them is in the assistant; here they are made, listed, paused, asked to run and deleted.

use crate::error::ToolError;
use crate::lists;
use crate::tool::{Call, Done};
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::problem::Problem;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;
use store::agents::{self, Agent, AgentRun};
use store::db::Conn;
use store::{events, ids, operations};
use tokio::time::{Instant, sleep};

type Outcome = Result<Done, ToolError>;

/// Agents of one workspace.
const MOST: usize = 100;
/// Letters of a name, and of a goal or a strategy.
const NAME: usize = 80;
const WORDS: usize = 4_000;
/// Letters of findings in an answer.
const FOUND: usize = 4_000;
/// Runs that are counted.
const COUNTED_MS: i64 = 90 * 24 * 3_600_000;
const MINUTE_MS: i64 = 60_000;
/// How long an answer waits for a run that was asked for, and how often it looks.
const WAIT: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(250);

/// At most so many in a minute in a workspace (contract.md 0.8).
async fn within(call: &Call<'_>, tool: &str, most: i64) -> Result<(), ToolError> {
    let now = ids::now_ms();
    let mut conn = call.tools.db.read().await?;
    let workspace = &call.actor.workspace;
    let (count, first) =
        operations::used_since(&mut conn, workspace, (tool, now - MINUTE_MS)).await?;
    if count < most {
        return Ok(());
    }
    let left = first.map_or(MINUTE_MS, |it| it + MINUTE_MS - now);
    let retry_after_s = u64::try_from(left / 1_000 + 1).unwrap_or(1).max(1);
    Err(Problem::RateLimited { retry_after_s }.into())
}

fn letters(name: &str, text: &str, most: usize) -> Result<String, ToolError> {
    let text = text.trim();
    match text.chars().count() > most {
        true => {
            Err(Problem::invalid(name, format!("{name} may have {most} characters at most")).into())
        }
        false => Ok(text.to_owned()),
    }
}

fn run_row(run: &AgentRun, state: &str, is_own: bool) -> Value {
    let found: Option<String> = run.findings.as_ref().map(|it| it.chars().take(FOUND).collect());
    json!({
        "id": run.id, "status": state, "dry_run": run.is_dry != 0, "started_at": ids::rfc3339(run.started_at),
        "ended_at": run.ended_at.map(ids::rfc3339), "error": run.error,
        // What it read, it read with the rights of its owner.
        "findings": found.filter(|_| is_own)
    })
}

fn row(it: &Agent, actor: &Actor) -> Value {
    let is_own = it.owner_id == actor.user.as_str();
    json!({
        "id": it.id, "name": it.name, "goal": it.goal, "strategy": it.strategy, "type": it.kind,
        "schedule": it.schedule, "auto_execute": it.is_executing != 0,
        "status": if it.is_paused != 0 { "paused" } else { "active" }, "owner": it.owner,
        "next_run": it.next_at.map(ids::rfc3339), "session_id": it.session_id.as_ref().filter(|_| is_own),
        "created_at": ids::rfc3339(it.created_at)
    })
}

async fn one(call: &Call<'_>) -> Result<Agent, ToolError> {
    let mut conn = call.tools.db.read().await?;
    let id = call.args.need("agent_id")?;
    let found = agents::find(&mut conn, &call.actor.workspace, id).await?;
    let found = found.ok_or_else(|| Problem::not_found("Agent"))?;
    if found.owner_id != call.actor.user.as_str() {
        call.actor.require(Permission::Manage)?;
    }
    Ok(found)
}

async fn changed(tx: &mut Conn, actor: &Actor, it: &Agent, what: &str) -> Result<(), Problem> {
    let event = Event::new(EventKind::AgentChanged, &it.id, it.name.as_str());
    events::record(tx, actor, &event.with(json!({ "change": what }))).await?;
    Ok(())
}

pub(crate) async fn create(call: Call<'_>) -> Outcome {
    within(&call, "create_agent", 10).await?;
    let name = letters("name", call.args.need("name")?, NAME)?;
    let goal = letters("goal", call.args.need("goal")?, WORDS)?;
    let strategy = letters("strategy", call.args.text("strategy").unwrap_or_default(), WORDS)?;
    let schedule = call.args.text("schedule").unwrap_or("on_demand").to_owned();
    let workspace = &call.actor.workspace;
    let new = Agent {
        id: ids::fresh(),
        workspace_id: workspace.to_string(),
        owner_id: call.actor.user.to_string(),
        owner: call.actor.name.clone(),
        name: name.clone(),
        kind: call.args.text("type").unwrap_or("custom").to_owned(),
        goal,
        strategy,
        is_executing: i16::from(call.args.is_on("auto_execute")),
        is_paused: 0,
        next_at: call.tools.next_time(workspace, (&schedule, ids::now_ms())).await?,
        schedule,
        asked_at: None,
        is_asked_dry: 0,
        session_id: None,
        created_at: ids::now_ms(),
    };
    let (actor, stored) = (call.actor.clone(), new.clone());
    let write = call.tools.db.write(move |tx| {
        Box::pin(async move {
            if agents::list(tx, &actor.workspace).await?.len() >= MOST {
                let words = format!("There are {MOST} agents already. Delete one first");
                return Err(Problem::conflict(words));
            }
            agents::insert(tx, &stored).await?;
            changed(tx, &actor, &stored, "created").await
        })
    });
    write.await?;
    let when = match new.next_at {
        Some(at) => format!("it runs next at {}", ids::rfc3339(at)),
        None => "it runs when somebody asks".to_owned(),
    };
    let value = json!({ "message": format!("Made the agent “{name}”: {when}"), "agent": row(&new, call.actor) });
    Ok(Done::new(value).on(name).undone_by("delete_agent", &json!({ "agent_id": new.id })))
}

pub(crate) async fn list(call: Call<'_>) -> Outcome {
    let status = call.args.text("status").unwrap_or("all").to_owned();
    let workspace = &call.actor.workspace;
    let mut conn = call.tools.db.read().await?;
    let all = agents::list(&mut conn, workspace).await?;
    let runs = agents::runs(&mut conn, workspace, ids::now_ms() - COUNTED_MS).await?;
    let mut of: HashMap<&str, Vec<&AgentRun>> = HashMap::new();
    for run in &runs {
        of.entry(run.agent_id.as_str()).or_default().push(run);
    }
    let mut rows = Vec::new();
    for it in &all {
        let runs = of.get(it.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let is_own = it.owner_id == call.actor.user.as_str();
        let last = match runs.first() {
            Some(run) => Some(run_row(run, &state(&mut conn, run).await?, is_own)),
            None => None,
        };
        let failed = runs.iter().filter(|it| it.status == "failed").count();
        let more = json!({ "last_run": last, "runs_count": runs.len(), "failed_count": failed });
        let shown = lists::with(row(it, call.actor), more);
        if status == "all" || shown["status"] == status.as_str() {
            rows.push(shown);
        }
    }
    Ok(Done::new(lists::all("agents", &rows)))
}

/// The state of a run: that of the assistant's while it is open, such as `waiting_approval`.
async fn state(conn: &mut Conn, run: &AgentRun) -> Result<String, ToolError> {
    if run.ended_at.is_some() {
        return Ok(run.status.clone());
    }
    let now = agents::state_of_chain(conn, run).await?;
    Ok(now.map_or_else(|| run.status.clone(), |(status, _)| status))
}

pub(crate) async fn pause(call: Call<'_>) -> Outcome {
    let pauses = call.args.need("action")? == "pause";
    within(&call, "pause_agent", 30).await?;
    let found = one(&call).await?;
    let next = match pauses {
        true => None,
        false => {
            call.tools.next_time(&call.actor.workspace, (&found.schedule, ids::now_ms())).await?
        }
    };
    let (actor, it) = (call.actor.clone(), found.clone());
    let write = call.tools.db.write(move |tx| {
        Box::pin(async move {
            if !agents::set_paused(tx, &actor.workspace, &it.id, (pauses, next)).await? {
                return Err(Problem::not_found("Agent"));
            }
            changed(tx, &actor, &it, if pauses { "paused" } else { "resumed" }).await
        })
    });
    write.await?;
    let now = Agent { is_paused: i16::from(pauses), next_at: next, ..found };
    let message = format!("{} the agent “{}”", if pauses { "Paused" } else { "Resumed" }, now.name);
    let value = json!({ "message": message, "agent": row(&now, call.actor) });
    let back = json!({ "agent_id": now.id, "action": if pauses { "resume" } else { "pause" } });
    Ok(Done::new(value).on(now.name).undone_by("pause_agent", &back))
}

pub(crate) async fn delete(call: Call<'_>) -> Outcome {
    within(&call, "delete_agent", 10).await?;
    let found = one(&call).await?;
    let (actor, it) = (call.actor.clone(), found.clone());
    let write = call.tools.db.write(move |tx| {
        Box::pin(async move {
            if !agents::delete(tx, &actor.workspace, &it.id).await? {
                return Err(Problem::not_found("Agent"));
            }
            changed(tx, &actor, &it, "deleted").await
        })
    });
    write.await?;
    let message = format!("Deleted the agent “{}”. Its runs stay in the audit log", found.name);
    Ok(Done::new(json!({ "message": message, "agent_id": found.id })).on(found.name))
}

/// Asks an agent to run at once, and waits a little for what comes of it. A dry run tells what it would do.
pub(crate) async fn run(call: Call<'_>) -> Outcome {
    let is_dry = call.args.wants("dry_run");
    let found = one(&call).await?;
    if found.is_paused != 0 {
        return Err(Problem::conflict("This agent is paused. Resume it first").into());
    }
    let asked_at = ids::now_ms();
    let (actor, it) = (call.actor.clone(), found.clone());
    let write = call.tools.db.write(move |tx| {
        Box::pin(async move {
            if !agents::ask(tx, &actor.workspace, &it.id, is_dry).await? {
                return Err(Problem::conflict(
                    "This agent was asked to run already, or changed meanwhile",
                ));
            }
            changed(tx, &actor, &it, "asked").await
        })
    });
    write.await?;
    let until = Instant::now() + WAIT;
    let mut last = None;
    while Instant::now() < until {
        last = run_since(&call, &found.id, asked_at).await?;
        if last
            .as_ref()
            .is_some_and(|(run, state)| run.ended_at.is_some() || state == "waiting_approval")
        {
            break;
        }
        sleep(LOOK).await;
    }
    let is_own = found.owner_id == call.actor.user.as_str();
    let told = last.map(|(run, state)| run_row(&run, &state, is_own));
    let message = match told.as_ref().and_then(|it| it["status"].as_str()) {
        Some("succeeded") if is_dry => "It told what it would do and changed nothing",
        Some("succeeded") => "It ran",
        Some("failed") => "It ran and failed",
        Some("cancelled") => "It was stopped",
        Some("waiting_approval") => "It waits for an approval",
        _ => "It runs; list_agents tells what came of it",
    };
    let value = json!({ "message": message, "agent": row(&found, call.actor), "dry_run": is_dry, "run": told });
    Ok(Done::new(value).on(found.name))
}

async fn run_since(
    call: &Call<'_>,
    agent: &str,
    since: i64,
) -> Result<Option<(AgentRun, String)>, ToolError> {
    let mut conn = call.tools.db.read().await?;
    let runs = agents::runs(&mut conn, &call.actor.workspace, since).await?;
    let Some(run) = runs.into_iter().find(|it| it.agent_id == agent) else { return Ok(None) };
    let state = state(&mut conn, &run).await?;
    Ok(Some((run, state)))
}

/// Agents whose last run failed, as alerts, for those whose they are and who manage.
pub(crate) async fn alerts(call: &Call<'_>) -> Result<Vec<Value>, ToolError> {
    let mut conn = call.tools.db.read().await?;
    let workspace = &call.actor.workspace;
    let runs = agents::runs(&mut conn, workspace, ids::now_ms() - COUNTED_MS).await?;
    let manages = call.actor.role.can(Permission::Manage);
    let mut alerts = Vec::new();
    for it in agents::list(&mut conn, workspace).await? {
        let last = runs.iter().find(|run| run.agent_id == it.id && run.ended_at.is_some());
        let is_seen = manages || it.owner_id == call.actor.user.as_str();
        if let Some(run) = last.filter(|it| is_seen && it.status == "failed") {
            alerts.push(json!({
                "severity": "warning", "category": "quality", "title": format!("The agent “{}” failed", it.name),
                "detail": run.error, "agent_id": it.id
            }));
        }
    }
    Ok(alerts)
}
