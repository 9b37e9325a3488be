//! Agents: saved goals that the assistant works on by schedule, as the person who made them and by the rules for
//! approvals. What starts them is in the assistant; here they are made, listed, paused, asked to run and deleted.

use crate::error::ToolError;
use crate::lists;
use crate::tool::{Call, Done};
use crate::tools::Tools;
use domain::actor::{Actor, Permission};
use domain::agent::{self, AgentKind, AgentSchedule, AgentStanding, AgentStatus, SavedAgent};
use domain::event::{Event, EventKind};
use domain::ids::SessionId;
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

/// A run as people see it, in the state `state`.
pub(crate) fn shown_run(run: &AgentRun, state: &str, is_own: bool) -> agent::AgentRun {
    let found: Option<String> = run.findings.as_ref().map(|it| it.chars().take(FOUND).collect());
    agent::AgentRun {
        id: run.id.clone(),
        status: state.to_owned(),
        dry_run: run.is_dry != 0,
        started_at: ids::rfc3339(run.started_at),
        ended_at: run.ended_at.map(ids::rfc3339),
        error: run.error.clone(),
        // What it read, it read with the rights of its owner.
        findings: found.filter(|_| is_own),
    }
}

/// An agent as `actor` sees it.
pub(crate) fn shown(it: &Agent, actor: &Actor) -> SavedAgent {
    let is_own = it.owner_id == actor.user.as_str();
    SavedAgent {
        id: it.id.clone(),
        name: it.name.clone(),
        goal: it.goal.clone(),
        strategy: it.strategy.clone(),
        kind: AgentKind::parse(&it.kind),
        schedule: AgentSchedule::parse(&it.schedule),
        auto_execute: it.is_executing != 0,
        status: if it.is_paused != 0 { AgentStatus::Paused } else { AgentStatus::Active },
        owner: it.owner.clone(),
        next_run: it.next_at.map(ids::rfc3339),
        session_id: it.session_id.as_deref().filter(|_| is_own).map(SessionId::from),
        created_at: ids::rfc3339(it.created_at),
    }
}

fn row(it: &Agent, actor: &Actor) -> Value {
    json!(shown(it, actor))
}

/// Whether `actor` may change `it`, or have it run.
pub(crate) fn may_change(it: &Agent, actor: &Actor) -> bool {
    let is_own = it.owner_id == actor.user.as_str();
    actor.role.can(if is_own { Permission::Write } else { Permission::Manage })
}

async fn one(call: &Call<'_>) -> Result<Agent, ToolError> {
    Ok(to_change(call.tools, call.actor, call.args.need("agent_id")?).await?)
}

/// An agent that `actor` may change: their own, or anybody's for who manages.
async fn to_change(tools: &Tools, actor: &Actor, id: &str) -> Result<Agent, Problem> {
    let mut conn = tools.db.read().await?;
    let found = agents::find(&mut conn, &actor.workspace, id).await?;
    let found = found.ok_or_else(|| Problem::not_found("Agent"))?;
    if found.owner_id != actor.user.as_str() {
        actor.require(Permission::Manage)?;
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
    let mut conn = call.tools.db.read().await?;
    let all = standings(&mut conn, call.actor).await?;
    let mut rows: Vec<Value> = all.iter().map(|it| json!(it)).collect();
    rows.retain(|it| status == "all" || it["status"] == status.as_str());
    Ok(Done::new(lists::all("agents", &rows)))
}

/// Every agent of the workspace with how it did lately, the newest first.
pub(crate) async fn standings(
    conn: &mut Conn,
    actor: &Actor,
) -> Result<Vec<AgentStanding>, Problem> {
    let all = agents::list(conn, &actor.workspace).await?;
    let runs = agents::runs(conn, &actor.workspace, ids::now_ms() - COUNTED_MS).await?;
    let mut of: HashMap<&str, Vec<&AgentRun>> = HashMap::new();
    for run in &runs {
        of.entry(run.agent_id.as_str()).or_default().push(run);
    }
    let mut standings = Vec::new();
    for it in &all {
        let runs = of.get(it.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let is_own = it.owner_id == actor.user.as_str();
        let last_run = match runs.first() {
            Some(run) => Some(shown_run(run, &state(conn, run).await?, is_own)),
            None => None,
        };
        standings.push(AgentStanding {
            agent: shown(it, actor),
            last_run,
            runs_count: runs.len(),
            failed_count: runs.iter().filter(|it| it.status == "failed").count(),
            may_change: may_change(it, actor),
        });
    }
    Ok(standings)
}

/// The state of a run: that of the assistant's while it is open, such as `waiting_approval`.
pub(crate) async fn state(conn: &mut Conn, run: &AgentRun) -> Result<String, Problem> {
    if run.ended_at.is_some() {
        return Ok(run.status.clone());
    }
    let now = agents::state_of_chain(conn, run).await?;
    Ok(now.map_or_else(|| run.status.clone(), |(status, _)| status))
}

/// Changes what is given of an agent; another schedule counts from now.
pub(crate) async fn update(call: Call<'_>) -> Outcome {
    within(&call, "update_agent", 30).await?;
    let before = one(&call).await?;
    let words =
        |name: &'static str, before: &str| call.args.text(name).unwrap_or(before).to_owned();
    let strategy = call.args.get("strategy").and_then(Value::as_str);
    let schedule = words("schedule", &before.schedule);
    let next_at = match before.is_paused != 0 || schedule == before.schedule {
        true => before.next_at,
        false => call.tools.next_time(&call.actor.workspace, (&schedule, ids::now_ms())).await?,
    };
    let acts = call.args.get("auto_execute").and_then(Value::as_bool);
    let now = Agent {
        name: letters("name", &words("name", &before.name), NAME)?,
        goal: letters("goal", &words("goal", &before.goal), WORDS)?,
        strategy: letters("strategy", strategy.unwrap_or(&before.strategy), WORDS)?,
        kind: words("type", &before.kind),
        is_executing: acts.map_or(before.is_executing, i16::from),
        schedule,
        next_at,
        ..before.clone()
    };
    let (actor, stored) = (call.actor.clone(), now.clone());
    let write = call.tools.db.write(move |tx| {
        Box::pin(async move {
            if !agents::update(tx, &stored).await? {
                return Err(Problem::not_found("Agent"));
            }
            changed(tx, &actor, &stored, "changed").await
        })
    });
    write.await?;
    let message = format!("Changed the agent “{}”", now.name);
    let value = json!({ "message": message, "agent": row(&now, call.actor) });
    let back = json!({
        "agent_id": before.id, "name": before.name, "goal": before.goal, "strategy": before.strategy,
        "type": before.kind, "schedule": before.schedule, "auto_execute": before.is_executing != 0
    });
    Ok(Done::new(value).on(now.name).undone_by("update_agent", &back))
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

/// Asks an agent to run at once; it does so in its own time.
async fn ask(tools: &Tools, actor: &Actor, (id, is_dry): (&str, bool)) -> Result<Agent, Problem> {
    actor.require(Permission::Write)?;
    let found = to_change(tools, actor, id).await?;
    if found.is_paused != 0 {
        return Err(Problem::conflict("This agent is paused. Resume it first"));
    }
    let (actor, it) = (actor.clone(), found.clone());
    let write = tools.db.write(move |tx| {
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
    Ok(found)
}

/// Asks an agent to run at once, and waits a little for what comes of it, unless the caller is in a hurry. A dry run
/// tells what it would do.
pub(crate) async fn run(call: Call<'_>) -> Outcome {
    let is_dry = call.args.wants("dry_run");
    let asked_at = ids::now_ms();
    let found = ask(call.tools, call.actor, (call.args.need("agent_id")?, is_dry)).await?;
    let until = Instant::now() + if call.hurries { Duration::ZERO } else { WAIT };
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
    let told = last.map(|(run, state)| shown_run(&run, &state, is_own));
    let message = match told.as_ref().map(|it| it.status.as_str()) {
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
