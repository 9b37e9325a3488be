//! Questions over all projects: from the mirror once it is filled, else from Basecamp itself, with the same answers.

use super::{Step, failed};
use crate::pieces::{Done, Failed};
use chrono::{DateTime, Days, NaiveDate};
use chrono_tz::Tz;
use domain::problem::Problem;
use domain::todo::{Todo, TodoQuery};
use domain::words::{count, day};
use serde_json::{Value, json};
use std::fmt::Write;
use store::workspaces;

const DAY_MS: i64 = 86_400_000;
/// Records in one answer.
const MOST: i64 = 200;
/// Days that `workload` calls soon.
const SOON: Days = Days::new(7);

/// Answers one question.
pub(super) async fn reports(step: &Step<'_>) -> Result<Done, Failed> {
    let now_ms = step.call.engine.now_ms();
    let today = today(step, now_ms).await?;
    let days = step.details().integer("days").unwrap_or(7).clamp(0, 3_650);
    let operation = step.operation.as_str();
    match operation {
        "workload" => return workload(step, today).await,
        "project_status" => return project_status(step, today).await,
        "recent_records" => return recent(step, now_ms - days * DAY_MS).await,
        _ => {}
    }
    let query = TodoQuery { completed: operation == "completed_todos", ..TodoQuery::default() };
    let since = now_ms - days * DAY_MS;
    let last = today.checked_add_days(Days::new(days.unsigned_abs())).unwrap_or(today);
    let mut todos = match operation {
        "quiet_todos" => quiet(step, since).await?,
        "completed_todos" => completed(step, (since, now_ms)).await?,
        _ => step.basecamp().todos(&step.actor, &query).await.map_err(failed)?,
    };
    let due = |it: &Todo| it.due_on.as_deref().and_then(|it| it.parse::<NaiveDate>().ok());
    match operation {
        "overdue_todos" => todos.retain(|it| due(it).is_some_and(|it| it < today)),
        "due_todos" => todos.retain(|it| due(it).is_some_and(|it| today <= it && it <= last)),
        "unassigned_todos" => todos.retain(|it| it.assignees.is_empty()),
        "undated_todos" => todos.retain(|it| it.due_on.is_none()),
        "open_todos" | "quiet_todos" | "completed_todos" => {}
        _ => return Err(step.unknown()),
    }
    let input = &step.call.input;
    let (project, person) = (input.integer("project"), input.integer("person"));
    todos.retain(|it| {
        project.is_none_or(|id| it.project_id == id)
            && person.is_none_or(|id| it.assignees.iter().any(|it| it.id == id))
    });
    if ["overdue_todos", "due_todos"].contains(&operation) {
        todos.sort_by_key(due);
    }
    // What is done is no longer late, and where one project was asked about, it goes without saying.
    let as_seen = Seen {
        today: (operation != "completed_todos").then_some(today),
        with_project: project.is_none(),
    };
    Ok(Done::Output(told(&todos, &as_seen)?))
}

/// How to-dos are told of.
struct Seen {
    /// Days are told as seen from here; not at all without it.
    today: Option<NaiveDate>,
    with_project: bool,
}

/// The to-dos, how many, and the same as lines of text: "• Send the dielines – 6 days late, Lucía Ferrer". Each to-do
/// says in `when` how its day stands.
fn told(todos: &[Todo], seen: &Seen) -> Result<Value, Failed> {
    let mut text = String::new();
    let mut rows = Vec::with_capacity(todos.len());
    for it in todos {
        let names: Vec<&str> = it.assignees.iter().map(|it| it.name.as_str()).collect();
        let who = if names.is_empty() { "nobody has it".to_owned() } else { names.join(", ") };
        let when = seen.today.and_then(|today| when(it.due_on.as_deref()?, today));
        let how = [when.clone(), Some(who)].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let place =
            if seen.with_project { format!(" ({})", it.project_name) } else { String::new() };
        // Writing to a text cannot fail.
        let _ = writeln!(text, "• {} – {how}{place}", it.title);
        let mut row = serde_json::to_value(it)
            .map_err(|_| Failed::new("Basecamp's answer cannot be kept"))?;
        row["when"] = when.unwrap_or_default().into();
        rows.push(row);
    }
    Ok(json!({ "count": todos.len(), "todos": rows, "text": text.trim_end() }))
}

/// How a day stands, as people say it: "6 days late", "due today", "due Mon 23 Nov 2026".
fn when(due_on: &str, today: NaiveDate) -> Option<String> {
    let due: NaiveDate = due_on.parse().ok()?;
    Some(match (due - today).num_days() {
        late if late < 0 => format!("{} late", count(-late, "day", "days")),
        0 => "due today".to_owned(),
        1 => "due tomorrow".to_owned(),
        _ => format!("due {}", day(due_on)?),
    })
}

async fn today(step: &Step<'_>, now_ms: i64) -> Result<NaiveDate, Failed> {
    let workspace = &step.call.run.workspace;
    let found = async {
        let mut conn = step.call.engine.db.read().await?;
        workspaces::find(&mut conn, workspace).await
    };
    let found = found.await.map_err(|error| failed(Problem::from(error)))?;
    let zone: Tz = found.and_then(|it| it.timezone.parse().ok()).unwrap_or(Tz::UTC);
    let now = DateTime::from_timestamp_millis(now_ms).unwrap_or_default();
    Ok(now.with_timezone(&zone).date_naive())
}

fn not_read_yet() -> Failed {
    Failed::new("Basecamp is still being read for the first time. Run this again in a few minutes")
}

async fn quiet(step: &Step<'_>, since: i64) -> Result<Vec<Todo>, Failed> {
    let mirror = step.basecamp().mirrored(&step.actor).await.map_err(failed)?;
    mirror.ok_or_else(not_read_yet)?.quiet(since).await.map_err(failed)
}

async fn completed(step: &Step<'_>, (from, to): (i64, i64)) -> Result<Vec<Todo>, Failed> {
    let mirror = step.basecamp().mirrored(&step.actor).await.map_err(failed)?;
    mirror.ok_or_else(not_read_yet)?.completed(from, to + 1).await.map_err(failed)
}

async fn workload(step: &Step<'_>, today: NaiveDate) -> Result<Done, Failed> {
    let mirror = step.basecamp().mirrored(&step.actor).await.map_err(failed)?;
    let soon = today.checked_add_days(SOON).unwrap_or(today);
    let mut loads = mirror.ok_or_else(not_read_yet)?.workload(today, soon).await.map_err(failed)?;
    loads.sort_by(|one, other| (other.open, &one.person.name).cmp(&(one.open, &other.person.name)));
    let mut text = String::new();
    for it in &loads {
        let _ = writeln!(
            text,
            "• {}: {} open, {} overdue, {} due soon",
            it.person.name, it.open, it.overdue, it.due_soon
        );
    }
    Ok(Done::Output(json!({ "count": loads.len(), "people": loads, "text": text.trim_end() })))
}

async fn project_status(step: &Step<'_>, today: NaiveDate) -> Result<Done, Failed> {
    let mirror = step.basecamp().mirrored(&step.actor).await.map_err(failed)?;
    let all = mirror.ok_or_else(not_read_yet)?.summaries(today).await.map_err(failed)?;
    let mut text = String::new();
    for it in &all {
        let _ = writeln!(
            text,
            "• {}: {} open, {} done, {} overdue",
            it.project.name, it.open, it.completed, it.overdue
        );
    }
    Ok(Done::Output(json!({ "count": all.len(), "projects": all, "text": text.trim_end() })))
}

async fn recent(step: &Step<'_>, since: i64) -> Result<Done, Failed> {
    let kind = step.details().required_text("kind", "What")?;
    let stories = step.basecamp().stories(&step.actor).await.map_err(failed)?;
    let mut stories = stories
        .ok_or_else(|| Failed::new("Basecamp is not connected. Connect it under Connectors"))?;
    let mut found = stories.recent(&kind, since, MOST).await.map_err(failed)?;
    if let Some(project) = step.call.input.integer("project") {
        found.retain(|it| it["project"]["id"].as_i64() == Some(project));
    }
    let mut text = String::new();
    for it in &found {
        let words = [&it["title"], &it["text"]].map(|it| it.as_str().unwrap_or_default());
        let who = it["creator"]["name"].as_str().unwrap_or("Somebody");
        let said: String = words.join(" ").trim().chars().take(200).collect();
        let _ = writeln!(
            text,
            "• {who}: {said} ({})",
            it["project"]["name"].as_str().unwrap_or_default()
        );
    }
    Ok(Done::Output(json!({ "count": found.len(), "records": found, "text": text.trim_end() })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_told_as_people_say_it() {
        let today: NaiveDate = "2026-11-22".parse().unwrap_or_default();
        let said = |due: &str| when(due, today).unwrap_or_default();
        assert_eq!(said("2026-11-16"), "6 days late");
        assert_eq!(said("2026-11-21"), "1 day late");
        assert_eq!(
            (said("2026-11-22").as_str(), said("2026-11-23").as_str()),
            ("due today", "due tomorrow")
        );
        assert_eq!(said("2026-11-27"), "due Fri 27 Nov 2026");
        assert_eq!(when("some day", today), None);
    }
}
