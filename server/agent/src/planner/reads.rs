//! Questions about projects, people and to-dos.

use super::dates::Range;
use super::narrow::{narrow, refuse};
use super::pick::Options;
use super::replay::{Replay, Stop};
use super::say;
use super::scope::Scope;
use super::{talked_of, values};
use domain::approval::Approval;
use domain::project::{Person, Project};
use domain::todo::Todo;
use serde_json::json;

type Answer = Result<String, Stop>;

/// Says that only what the person has was looked at.
fn of_yours(scope: &Scope) -> &'static str {
    if scope.is_mine { " of yours" } else { "" }
}

pub(crate) fn overdue(replay: &mut Replay<'_>, scope: &Scope) -> Answer {
    refuse(scope)?;
    let answer = replay.call("report_todos_overdue", json!({}))?;
    let narrowed = narrow(replay, scope)?;
    let groups =
        ["over_three_months_late", "over_a_month_late", "over_a_week_late", "under_a_week_late"];
    let mut late: Vec<Todo> =
        groups.iter().flat_map(|it| values::list::<Todo>(&answer, it)).collect();
    late.retain(|it| (narrowed.fits)(it));
    late.sort_by(|one, other| one.due_on.cmp(&other.due_on));
    if late.is_empty() {
        return Ok(format!("Nothing{} is overdue{}.", of_yours(scope), narrowed.words));
    }
    let verb = if late.len() == 1 { "is" } else { "are" };
    let (count, whose) = (say::count(late.len(), "to-do"), of_yours(scope));
    let head = format!("**{count}{whose} {verb} overdue{}.**", narrowed.words);
    Ok(format!("{head}\n\n{}", say::todos(&late, replay.prompt.today)))
}

pub(crate) fn due(replay: &mut Replay<'_>, range: Range, words: &str, scope: &Scope) -> Answer {
    refuse(scope)?;
    let date = if range.from == range.to {
        range.from.to_string()
    } else {
        format!("{}..{}", range.from, range.to)
    };
    let answer = replay.call("list_todos_due", json!({ "date": date }))?;
    let narrowed = narrow(replay, scope)?;
    let mut due: Vec<Todo> = values::list(&answer, "todos");
    due.retain(|it| (narrowed.fits)(it));
    if due.is_empty() {
        return Ok(format!("Nothing{} is due {words}{}.", of_yours(scope), narrowed.words));
    }
    let verb = if due.len() == 1 { "is" } else { "are" };
    let (count, whose) = (say::count(due.len(), "to-do"), of_yours(scope));
    let head = format!("**{count}{whose} {verb} due {words}{}.**", narrowed.words);
    Ok(format!("{head}\n\n{}", say::todos(&due, replay.prompt.today)))
}

pub(crate) fn open(replay: &mut Replay<'_>, scope: &Scope) -> Answer {
    let narrowed = narrow(replay, scope)?;
    let answer = if scope.is_mine {
        replay.call("list_assigned_to_me", json!({}))?
    } else {
        replay.call("search_todos", json!({ "query": "" }))?
    };
    let mut all: Vec<Todo> = values::list(&answer, "todos");
    all.retain(|it| (narrowed.fits)(it));
    let whose = if scope.is_mine { " for you" } else { "" };
    if all.is_empty() {
        return Ok(format!("There are no open to-dos{whose}{}.", narrowed.words));
    }
    let head = format!("**{}{whose}{}.**", say::count(all.len(), "open to-do"), narrowed.words);
    Ok(format!("{head}\n\n{}", say::todos(&all, replay.prompt.today)))
}

/// Names and ids of projects in an answer.
pub(crate) fn projects_of(answer: &serde_json::Value) -> Vec<(String, i64)> {
    values::list::<Project>(answer, "projects").into_iter().map(|it| (it.name, it.id)).collect()
}

/// Names and ids of people in an answer.
pub(crate) fn people_of(answer: &serde_json::Value) -> Vec<(String, i64)> {
    values::list::<Person>(answer, "people").into_iter().map(|it| (it.name, it.id)).collect()
}

pub(crate) fn projects(replay: &mut Replay<'_>) -> Answer {
    let answer = replay.call("list_projects", json!({}))?;
    let all: Vec<Project> = values::list(&answer, "projects");
    if all.is_empty() {
        return Ok("There are no projects yet.".to_owned());
    }
    let rows: Vec<String> =
        all.iter().map(|it| format!("- {}", say::link(&it.name, &it.app_url))).collect();
    Ok(format!("**{}.**\n\n{}", say::count(all.len(), "project"), rows.join("\n")))
}

pub(crate) fn people(replay: &mut Replay<'_>) -> Answer {
    let answer = replay.call("list_all_people", json!({ "query": "" }))?;
    let all: Vec<Person> = values::list(&answer, "people");
    let row = |it: &Person| match it.title.as_deref().filter(|it| !it.is_empty()) {
        Some(title) => format!("- {} · {}", say::plain(&it.name), say::plain(title)),
        None => format!("- {}", say::plain(&it.name)),
    };
    let rows: Vec<String> = all.iter().map(row).collect();
    let head = if all.len() == 1 { "1 person".to_owned() } else { format!("{} people", all.len()) };
    Ok(format!("**{head}.**\n\n{}", rows.join("\n")))
}

pub(crate) fn summary(replay: &mut Replay<'_>, words: &str) -> Answer {
    let answer = replay.call("list_projects", json!({}))?;
    let options = Options { what: "project", all: projects_of(&answer) };
    let (_, id) = talked_of::project(replay, &options, ("project", words))?;
    let summary = replay.call("summarize_project", json!({ "project": id.to_string() }))?;
    let project = summary.get("project").cloned().unwrap_or_default();
    let late: Vec<Todo> = values::list(&summary, "overdue_todos");
    let next: Vec<Todo> = values::list(&summary, "next_due");
    let team: Vec<Person> = values::list(&summary, "team");
    let mut parts = vec![format!(
        "**{}**: {} open, {} done, {} overdue.",
        say::link(values::text(&project, "name"), values::text(&project, "app_url")),
        values::number(&summary, "open"),
        values::number(&summary, "completed"),
        values::number(&summary, "overdue"),
    )];
    if !team.is_empty() {
        let names: Vec<String> = team.iter().map(|it| say::plain(&it.name)).collect();
        parts.push(format!("Working on it: {}.", names.join(", ")));
    }
    if !late.is_empty() {
        parts.push(format!("Overdue:\n\n{}", say::todos(&late, replay.prompt.today)));
    }
    if !next.is_empty() {
        parts.push(format!("Next due:\n\n{}", say::todos(&next, replay.prompt.today)));
    }
    Ok(parts.join("\n\n"))
}

pub(crate) fn find(replay: &mut Replay<'_>, query: &str, scope: &Scope) -> Answer {
    let narrowed = narrow(replay, scope)?;
    let answer = replay.call("search_todos", json!({ "query": query }))?;
    let mut found: Vec<Todo> = values::list(&answer, "todos");
    found.retain(|it| (narrowed.fits)(it));
    let (query, words) = (say::plain(query), narrowed.words);
    if found.is_empty() {
        return Ok(format!("No open to-do{words} mentions “{query}”."));
    }
    let head = format!("**{}{words} with “{query}”.**", say::count(found.len(), "open to-do"));
    Ok(format!("{head}\n\n{}", say::todos(&found, replay.prompt.today)))
}

pub(crate) fn approvals(replay: &mut Replay<'_>) -> Answer {
    let answer = replay.call("pmos_approvals_list", json!({ "status": "pending" }))?;
    let all: Vec<Approval> = values::list(&answer, "approvals");
    if all.is_empty() {
        return Ok("Nothing waits for an approval.".to_owned());
    }
    let row = |it: &Approval| {
        format!(
            "- {} · asked by {}",
            say::link(&it.title, &format!("/approvals/{}", it.id)),
            say::plain(&it.requested_by)
        )
    };
    let rows: Vec<String> = all.iter().map(row).collect();
    let verb = if all.len() == 1 { "waits" } else { "wait" };
    Ok(format!(
        "**{} {verb} for a decision.**\n\n{}",
        say::count(all.len(), "approval"),
        rows.join("\n")
    ))
}

pub(crate) fn status(replay: &mut Replay<'_>) -> Answer {
    let answer = replay.call("pmos_status", json!({}))?;
    let basecamp = answer.get("basecamp").filter(|it| !it.is_null());
    let connected = match basecamp {
        None => "Basecamp is not connected. [Connect it, or use the sample](/setup/basecamp)."
            .to_owned(),
        Some(it)
            if it.get("needs_attention").and_then(serde_json::Value::as_bool).unwrap_or(false) =>
        {
            "Basecamp needs signing in again. [Connect it](/setup/basecamp).".to_owned()
        }
        Some(it) => format!("Basecamp is connected: {}.", say::plain(values::text(it, "account"))),
    };
    let waiting = usize::try_from(values::number(&answer, "approvals_pending")).unwrap_or_default();
    Ok(format!(
        "{connected}\n\n{}.",
        if waiting == 0 {
            "No approval waits".to_owned()
        } else {
            format!("{} waiting in [Approvals](/approvals)", say::count(waiting, "approval"))
        }
    ))
}
