//! Answers about some cards or messages.

use super::item_words::Items;
use super::narrow::narrow_items;
use super::pick::Options;
use super::reads::projects_of;
use super::replay::{Replay, Stop};
use super::say;
use super::values;
use super::{dates, narrow};
use basecamp::names::{Purpose, folded};
use chrono::{Datelike, Days, NaiveDate};
use domain::project::Person;
use domain::todo::Todo;
use serde_json::{Value, json};

type Answer = Result<String, Stop>;

/// How many rows an answer shows.
const ROWS: usize = 25;

/// Cards of all projects, narrowed as to-dos are: a card stands in its column as a to-do stands in its list.
pub(crate) fn cards(replay: &mut Replay<'_>, items: &Items) -> Answer {
    let today = replay.prompt.today;
    let narrowed = narrow_items(replay, &items.scope, " for ")?;
    let answer = replay.call("search_cards", json!({ "query": "" }))?;
    let all = answer.get("cards").and_then(Value::as_array).cloned().unwrap_or_default();
    let column = items.column.as_ref().map(|it| folded(it));
    let mut found: Vec<Todo> = all.iter().map(card).collect();
    found.retain(|it| {
        let due = || it.due_on.as_deref()?.parse::<NaiveDate>().ok();
        let is_in = |column: &String| it.list_name.as_ref().is_some_and(|it| folded(it) == *column);
        (narrowed.fits)(it)
            && column.as_ref().is_none_or(is_in)
            && (!items.is_late || !it.completed && due().is_some_and(|day| day < today))
            && (!items.has_nobody || !it.completed && it.assignees.is_empty())
            && (items.scope.days.is_none() || !it.completed)
    });
    let kind = match (items.is_late, items.has_nobody) {
        (true, true) => "overdue card with nobody",
        (true, false) => "overdue card",
        (false, true) => "card with nobody",
        (false, false) => "card",
    };
    let place = items.column.as_ref().map(|it| format!(" in the column {}", say::plain(it)));
    let words = format!("{}{}", place.unwrap_or_default(), narrowed.words);
    if found.is_empty() {
        return Ok(format!("There is no {kind}{words}."));
    }
    let head = match items.has_nobody {
        true => say::count(found.len(), kind).replace("card with nobodys", "cards with nobody"),
        false => say::count(found.len(), kind),
    };
    let mut rows: Vec<String> = found.iter().take(ROWS).map(|it| row(it, today)).collect();
    if found.len() > ROWS {
        rows.push(format!("- and {} more", found.len() - ROWS));
    }
    Ok(format!("**{head}{words}.**\n\n{}", rows.join("\n")))
}

/// A card of Basecamp as what questions about to-dos are asked of.
fn card(value: &Value) -> Todo {
    let text = |name: &str| values::text(value, name).to_owned();
    Todo {
        id: values::number(value, "id"),
        title: text("title"),
        description: text("content"),
        status: text("status"),
        completed: value["completed"].as_bool().unwrap_or_default(),
        due_on: value["due_on"].as_str().map(str::to_owned),
        project_id: value.pointer("/bucket/id").and_then(Value::as_i64).unwrap_or_default(),
        project_name: value
            .pointer("/bucket/name")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        list_id: value.pointer("/parent/id").and_then(Value::as_i64),
        list_name: value.pointer("/parent/title").and_then(Value::as_str).map(str::to_owned),
        assignees: values::list::<Value>(value, "assignees").iter().map(person).collect(),
        comments_count: 0,
        app_url: text("app_url"),
        updated_at: text("updated_at"),
    }
}

fn person(value: &Value) -> Person {
    let name = values::text(value, "name").to_owned();
    Person { id: values::number(value, "id"), name, email: None, title: None }
}

fn row(card: &Todo, today: NaiveDate) -> String {
    let names: Vec<&str> = card.assignees.iter().map(|it| it.name.as_str()).collect();
    let mut parts = vec![
        say::link(&card.title, &card.app_url),
        say::plain(&card.project_name),
        say::plain(card.list_name.as_deref().unwrap_or_default()),
        if names.is_empty() { "nobody yet".to_owned() } else { say::plain(&names.join(", ")) },
    ];
    let due = card.due_on.as_deref().and_then(|it| it.parse().ok());
    parts.extend(due.filter(|_| !card.completed).map(|it| say::when(it, today)));
    parts.retain(|it| !it.is_empty());
    format!("- {}", parts.join(" · "))
}

/// Messages of one project; which one is asked where none is named.
pub(crate) fn messages(replay: &mut Replay<'_>, items: &Items) -> Answer {
    narrow::refuse(&items.scope)?;
    let today = replay.prompt.today;
    let since = match &items.since {
        None => None,
        Some(words) => Some((words, from_day(words, today)?)),
    };
    let projects = replay.call("list_projects", json!({}))?;
    let projects = Options { what: "project", all: projects_of(&projects) };
    let is_project = |it: &&String| projects.clear(it, Purpose::Read).is_some();
    let named = items.scope.about.iter().find(is_project).cloned();
    let named = named.or_else(|| replay.prompt.project.clone());
    let (name, id) = projects.choose(replay, "project", named.as_deref(), Purpose::Read)?;
    let mut scope = items.scope.clone();
    scope.about.retain(|it| projects.clear(it, Purpose::Read).is_none());
    let narrowed = narrow_items(replay, &scope, " by ")?;
    let answer = replay.call("list_messages", json!({ "project": id.to_string() }))?;
    let mut all = answer.get("messages").and_then(Value::as_array).cloned().unwrap_or_default();
    all.retain(|it| {
        let is_new = since.is_none_or(|(_, day)| day_of(it).is_some_and(|it| it >= day));
        is_new && (narrowed.fits)(&message(it))
    });
    let when = match since {
        Some((words, _)) if is_bare(words) => format!(" {words}"),
        Some((words, _)) => format!(" since {words}"),
        None => String::new(),
    };
    let words = format!(" in {}{}{when}", say::plain(&name), narrowed.words);
    if all.is_empty() {
        return Ok(format!("There are no messages{words}."));
    }
    let head = say::count(all.len(), "message");
    let mut rows: Vec<String> = all.iter().take(ROWS).map(message_row).collect();
    if all.len() > ROWS {
        rows.push(format!("- and {} more", all.len() - ROWS));
    }
    Ok(format!("**{head}{words}.**\n\n{}", rows.join("\n")))
}

fn is_bare(since: &str) -> bool {
    matches!(since, "today" | "this week" | "this month" | "lately" | "recently")
}

/// The first day that a time of the past means.
fn from_day(words: &str, today: NaiveDate) -> Result<NaiveDate, Stop> {
    let back = |days: u64| today.checked_sub_days(Days::new(days));
    let day = match words {
        "today" => Some(today),
        "yesterday" => back(1),
        "this week" => Some(today.week(chrono::Weekday::Mon).first_day()),
        "last week" | "lately" | "recently" => back(7),
        "this month" => today.with_day(1),
        "last month" => back(30),
        other => {
            let mut said = other.split_whitespace();
            let many = said.next().and_then(dates::number);
            let unit = match (said.next(), said.next()) {
                (Some("day" | "days"), Some("ago")) => Some(1),
                (Some("week" | "weeks"), Some("ago")) => Some(7),
                _ => None,
            };
            let ago = many.zip(unit).and_then(|(many, unit)| back(many * unit));
            ago.or_else(|| last(dates::range(other, today)?.from, today))
        }
    };
    day.ok_or_else(|| {
        Stop::Say(format!(
            "I cannot tell from which day “{}” begins, so I looked nothing up. Say a day, such as “since Monday”.",
            say::plain(words)
        ))
    })
}

/// The last time that a day was which is understood as one to come: "Monday", "1 January".
fn last(day: NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
    match (day - today).num_days() {
        ..=0 => Some(day),
        1..=7 => day.checked_sub_days(Days::new(7)),
        _ => day.checked_sub_months(chrono::Months::new(12)).filter(|it| *it <= today),
    }
}

fn day_of(message: &Value) -> Option<NaiveDate> {
    values::text(message, "created_at").get(..10)?.parse().ok()
}

fn subject(message: &Value) -> &str {
    match values::text(message, "subject") {
        "" => values::text(message, "title"),
        subject => subject,
    }
}

/// A message as what questions about to-dos are asked of: whoever wrote it has it.
fn message(value: &Value) -> Todo {
    Todo {
        title: subject(value).to_owned(),
        assignees: value.get("creator").map(person).into_iter().collect(),
        ..card(value)
    }
}

/// "Kick-off notes · Priya Raman · 2026-11-20", linked.
pub(crate) fn message_row(value: &Value) -> String {
    let who = value.pointer("/creator/name").and_then(Value::as_str).unwrap_or_default();
    let day = values::text(value, "created_at").get(..10).unwrap_or_default().to_owned();
    let subject = say::link(subject(value), values::text(value, "app_url"));
    let mut parts = vec![subject, say::plain(who), day];
    parts.retain(|it| !it.is_empty());
    format!("- {}", parts.join(" · "))
}
