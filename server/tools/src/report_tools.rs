//! Figures put together: the end of a day, boards, reports, what a time was like.

use crate::error::ToolError;
use crate::insight_tools::told;
use crate::lists;
use crate::moments::period;
use crate::planned::short;
use crate::tool::{Call, Done};
use basecamp::facts::{Facts, Item};
use domain::problem::Problem;
use domain::project::Project;
use insight::formulas::DAY_MS;
use insight::measure::{self, Moment};
use serde_json::{Value, json};

type Outcome = Result<Done, ToolError>;

/// Items of a list in a report.
const SHOWN: usize = 5;
/// Weeks of a velocity board.
const WEEK_MS: i64 = 7 * DAY_MS;

/// An item in a list.
pub(crate) fn line(it: &Item) -> Value {
    json!({ "id": it.id, "title": it.title, "due_on": it.due_on, "app_url": it.app_url })
}

/// Completed to-dos by week, the oldest week first.
fn by_week(facts: &Facts, at: Moment, days: i64) -> Vec<Value> {
    let weeks = (days + 6) / 7;
    let end = at.midnight + DAY_MS;
    (0..weeks)
        .rev()
        .map(|back| {
            let (from, to) = (end - (back + 1) * WEEK_MS, end - back * WEEK_MS);
            let is_in = |moment: i64| moment >= from && moment < to;
            let todos = || facts.items.iter().filter(|it| !it.is_card);
            let done = todos().filter(|it| it.completed && it.completed_at.is_some_and(is_in));
            let made = todos().filter(|it| is_in(it.created_at));
            json!({
                "from": store::ids::rfc3339(from), "completed": done.count(), "created": made.count()
            })
        })
        .collect()
}

/// Open, completed, overdue and unassigned to-dos.
fn totals(facts: &Facts, at: Moment) -> Value {
    let count = |fits: &dyn Fn(&Item) -> bool| {
        facts.items.iter().filter(|it| !it.is_card && fits(it)).count()
    };
    json!({
        "projects": facts.projects.len(), "open": count(&|it| !it.completed),
        "completed": count(&|it| it.completed),
        "overdue": count(&|it| !it.completed && it.due_on.is_some_and(|day| day < at.today)),
        "due_today": count(&|it| !it.completed && it.due_on == Some(at.today)),
        "unassigned": count(&|it| !it.completed && it.assignees.is_empty())
    })
}

/// How work is spread in each project.
fn team(facts: &Facts) -> Vec<Value> {
    facts
        .projects
        .iter()
        .map(|it| lists::with(measure::balance(facts, it.id, &[]), json!({ "project": short(it) })))
        .collect()
}

fn risk(facts: &Facts, at: Moment) -> Vec<Value> {
    facts
        .projects
        .iter()
        .map(|it| {
            json!({
                "project": short(it), "deadlines": measure::deadline_risk(facts, it, at),
                "blockers": measure::blockers(facts, it, at)
            })
        })
        .collect()
}

fn standing(facts: &Facts, project: &Project, (at, days): (Moment, i64)) -> Value {
    json!({
        "project": short(project), "health": measure::health(facts, project, at),
        "pulse": measure::pulse(facts, project, (at, days)), "completion": measure::completion(facts, project, at)
    })
}

fn figures(kind: &str, facts: &Facts, (at, days): (Moment, i64)) -> Value {
    let all = || -> Vec<Value> {
        facts.projects.iter().map(|it| standing(facts, it, (at, days))).collect()
    };
    match kind {
        "project" => json!({ "projects": all() }),
        "team" => json!({ "team": team(facts) }),
        "velocity" => json!({ "weeks": by_week(facts, at, days) }),
        "risk" => json!({ "risks": risk(facts, at) }),
        _ => json!({
            "totals": totals(facts, at), "portfolio": measure::portfolio(facts, (at, days), "score"),
            "weeks": by_week(facts, at, days)
        }),
    }
}

/// Figures for a board.
pub(crate) async fn dashboard(call: Call<'_>) -> Outcome {
    let kind = call.args.need("type")?.to_owned();
    if kind == "project" && call.args.text("project").is_none() {
        return Err(Problem::invalid("project", "Say which project the board is about").into());
    }
    let days = period(call.args.text("period"))?;
    let (facts, project) = Box::pin(call.facts()).await?;
    let at = call.tools.moment(call.actor).await?;
    let value = lists::with(
        figures(&kind, &facts, (at, days)),
        json!({
            "type": kind, "project": project.as_ref().map(short), "period": format!("{days} days")
        }),
    );
    told(value, &facts, at)
}

/// The lines of a report: what its figures say, in words.
fn sentences(facts: &Facts, (at, days): (Moment, i64)) -> Vec<String> {
    let all = totals(facts, at);
    let weeks = by_week(facts, at, days);
    let sum = |name: &str| weeks.iter().filter_map(|it| it[name].as_u64()).sum::<u64>();
    let mut lines = vec![
        format!(
            "{} to-dos are open, {} are overdue and {} have nobody",
            all["open"], all["overdue"], all["unassigned"]
        ),
        format!(
            "In {days} days {} were completed and {} created",
            sum("completed"),
            sum("created")
        ),
    ];
    for project in &facts.projects {
        let pulse = measure::pulse(facts, project, (at, days));
        let health = measure::health(facts, project, at);
        match (pulse["score"].as_i64(), health["score"].as_f64()) {
            (Some(pulse), Some(health)) => {
                let health = (health * 100.0).round();
                lines.push(format!(
                    "{}: pulse {pulse} of 100, health {health} of 100",
                    project.name
                ));
            }
            _ => lines.push(format!("{}: no data yet", project.name)),
        }
    }
    lines
}

/// A report with its figures. What wears people out is never in one.
pub(crate) async fn report(call: Call<'_>) -> Outcome {
    let kind = call.args.need("type")?.to_owned();
    let form = call.args.text("format").unwrap_or("summary").to_owned();
    let days = period(call.args.text("period"))?;
    let (facts, project) = Box::pin(call.facts()).await?;
    let at = call.tools.moment(call.actor).await?;
    let wanted: &[&str] = match kind.as_str() {
        "velocity" => &["velocity"],
        "team" => &["team"],
        "status" => &["project", "risk"],
        "executive" => &["overview"],
        _ => &["overview", "team", "risk"],
    };
    let mut data = json!({});
    for it in wanted {
        data = lists::with(data, figures(it, &facts, (at, days)));
    }
    let mut value = json!({
        "type": kind, "format": form, "project": project.as_ref().map(short), "period": format!("{days} days")
    });
    let lines = sentences(&facts, (at, days));
    match form.as_str() {
        "data_only" => value["figures"] = data,
        "detailed" => {
            value["summary"] = json!(lines);
            value["figures"] = data;
        }
        _ => {
            value["summary"] = json!(lines);
            value["totals"] = totals(&facts, at);
        }
    }
    told(value, &facts, at)
}

/// What a time is told by.
#[derive(Clone, Copy)]
struct Counts {
    done: usize,
    late_done: usize,
    created: usize,
    overdue: usize,
    stale: usize,
    posts: usize,
}

/// What the counts say, in the chosen layout, with what was spoken of.
fn sections(form: &str, it: Counts, spoken: &[Value]) -> Value {
    let of = |kind: &str| -> Vec<Value> {
        let found = spoken.iter().filter(|it| it["type"] == kind);
        found.take(SHOWN).cloned().collect()
    };
    let well = [
        (
            it.done > 0,
            format!(
                "{} to-dos were completed, {} of them in time",
                it.done,
                it.done - it.late_done
            ),
        ),
        (it.posts >= 5, format!("{} posts kept everybody informed", it.posts)),
        (it.done > it.created, "More was finished than begun".to_owned()),
    ];
    let badly = [
        (it.overdue > 0, format!("{} to-dos are overdue", it.overdue)),
        (it.stale > 0, format!("Nothing happened to {} open to-dos for a week", it.stale)),
        (it.late_done > 0, format!("{} to-dos were completed late", it.late_done)),
        (it.posts < 2, "Little was said".to_owned()),
    ];
    let next = [
        (
            it.overdue > 0,
            "Settle the overdue to-dos: do them, move their days, or drop them".to_owned(),
        ),
        (it.stale > 3, "Ask about the to-dos that nothing happens to".to_owned()),
        (it.created > it.done, "Finish before starting anew".to_owned()),
    ];
    let told_of = |rules: [(bool, String); 3]| -> Vec<String> {
        rules.into_iter().filter(|it| it.0).map(|it| it.1).collect()
    };
    let went_badly: Vec<String> = badly.into_iter().filter(|it| it.0).map(|it| it.1).collect();
    let (went_well, actions) = (told_of(well), told_of(next));
    match form {
        "start_stop_continue" => {
            json!({ "start": actions, "stop": went_badly, "continue": went_well })
        }
        "4ls" => json!({
            "liked": went_well, "learned": of("outcome"), "lacked": went_badly, "longed_for": actions
        }),
        "brief" => {
            let lines = [went_well, went_badly].concat();
            json!({ "brief": lines })
        }
        _ => json!({
            "went_well": went_well, "went_badly": went_badly, "actions": actions, "decisions": of("decision"),
            "open_action_items": of("action_item")
        }),
    }
}

/// What a time was like in a project: its figures, and what they say in the chosen layout.
pub(crate) async fn retrospective(call: Call<'_>) -> Outcome {
    let days = period(call.args.text("period"))?;
    let form = call.args.text("format").unwrap_or("standard").to_owned();
    let it = Box::pin(call.ground_of("project")).await?;
    let since = it.at.since(days);
    let said = Box::pin(call.tools.basecamp.said(call.actor, Some(it.project.id), since)).await?;
    let names = call.names().await?;
    let spoken = insight::words::found(&said, &names);
    let todos: Vec<&Item> = it.facts.items.iter().filter(|it| !it.is_card).collect();
    let done: Vec<&&Item> = todos
        .iter()
        .filter(|it| it.completed && it.completed_at.is_some_and(|at| at >= since))
        .collect();
    let is_late = |it: &&&&Item| {
        let day = it.completed_at.and_then(chrono::DateTime::from_timestamp_millis);
        day.is_some_and(|day| it.due_on.is_some_and(|due| day.date_naive() > due))
    };
    let late_done = done.iter().filter(is_late).count();
    let open: Vec<&&Item> = todos.iter().filter(|it| !it.completed).collect();
    let overdue: Vec<&&&Item> =
        open.iter().filter(|todo| todo.due_on.is_some_and(|day| day < it.at.today)).collect();
    let stale = open.iter().filter(|todo| it.at.now - todo.active_at > 7 * DAY_MS).count();
    let created = todos.iter().filter(|it| it.created_at >= since).count();
    let numbers = json!({
        "completed": done.len(), "completed_in_time": done.len() - late_done, "completed_late": late_done,
        "created": created, "overdue": overdue.len(), "stale": stale, "posts": said.len()
    });
    let counts = Counts {
        done: done.len(),
        late_done,
        created,
        overdue: overdue.len(),
        stale,
        posts: said.len(),
    };
    let sections = sections(&form, counts, &spoken);
    let overdue: Vec<Value> = overdue.iter().take(SHOWN).map(|it| line(it)).collect();
    let value = json!({
        "project": short(&it.project), "period": format!("{days} days"), "format": form, "figures": numbers,
        "sections": sections, "overdue": overdue
    });
    told(value, &it.facts, it.at)
}
