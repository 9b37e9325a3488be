//! Answers about the team and about what happened.

use super::asked;
use super::dates::Range;
use super::item_words::Items;
use super::items;
use super::look_words::{Look, Past};
use super::narrow::narrow;
use super::pick::Options;
use super::reads::{people_of, projects_of};
use super::replay::{Replay, Stop};
use super::say;
use super::scope::Scope;
use super::{talked_of, values};
use crate::llm::Wanted;
use basecamp::names::Purpose;
use chrono::{Datelike, Days, NaiveDate};
use domain::project::Person;
use domain::todo::Todo;
use serde_json::{Value, json};

type Answer = Result<String, Stop>;

/// How many rows an answer shows.
const ROWS: usize = 25;
/// Due within so many days is soon.
const SOON: u64 = 7;

pub(crate) fn act(replay: &mut Replay<'_>, look: &Look) -> Answer {
    match look {
        Look::Unassigned(scope, is_late) => unassigned(replay, scope, *is_late),
        Look::Workload(None) => workload(replay),
        Look::Workload(Some(who)) | Look::Person(who) => person(replay, who),
        Look::Busy(who, words, days) => busy(replay, who.as_deref(), (words, *days)),
        Look::Forecast(project) => forecast(replay, project),
        Look::Messages(project) => messages(replay, project),
        Look::Team(project) => team(replay, project),
        Look::Happened(past) => happened(replay, past),
        Look::Finished(past) => finished(replay, past),
        Look::Cards(project) => cards(replay, project),
        Look::SomeCards(items) => items::cards(replay, items),
        Look::SomeMessages(items) => items::messages(replay, items),
        Look::FindCards(query) => find_cards(replay, query),
        Look::Asked(it) => asked::act(replay, it),
    }
}

fn open(replay: &mut Replay<'_>) -> Result<Vec<Todo>, Stop> {
    let answer = replay.call("search_todos", json!({ "query": "" }))?;
    Ok(values::list(&answer, "todos"))
}

pub(super) fn project(replay: &mut Replay<'_>, words: &str) -> Result<(String, i64), Stop> {
    let all = replay.call("list_projects", json!({}))?;
    let options = Options { what: "project", all: projects_of(&all) };
    talked_of::project(replay, &options, ("project", words))
}

fn unassigned(replay: &mut Replay<'_>, scope: &Scope, is_late: bool) -> Answer {
    let today = replay.prompt.today;
    let narrowed = narrow(replay, scope)?;
    let mut all = open(replay)?;
    let due = |it: &Todo| it.due_on.as_deref().and_then(|it| it.parse::<NaiveDate>().ok());
    all.retain(|it| it.assignees.is_empty() && (narrowed.fits)(it));
    all.retain(|it| !is_late || due(it).is_some_and(|day| day < today));
    let (what, words) = (if is_late { "overdue to-do" } else { "open to-do" }, narrowed.words);
    if all.is_empty() {
        return Ok(format!("Every {what}{words} has somebody."));
    }
    let verb = if all.len() == 1 { "has" } else { "have" };
    let head = format!("**{}{words} {verb} nobody.**", say::count(all.len(), what));
    Ok(format!("{head}\n\n{}", say::todos(&all, today)))
}

/// What one person has to do.
struct Load {
    open: usize,
    late: usize,
    soon: usize,
}

fn load(todos: &[Todo], person: i64, today: NaiveDate) -> Load {
    let theirs: Vec<&Todo> =
        todos.iter().filter(|it| it.assignees.iter().any(|who| who.id == person)).collect();
    let until = today.checked_add_days(Days::new(SOON)).unwrap_or(today);
    let due = |it: &Todo| it.due_on.as_deref().and_then(|it| it.parse::<NaiveDate>().ok());
    let late = theirs.iter().filter(|it| due(it).is_some_and(|day| day < today)).count();
    let soon =
        theirs.iter().filter(|it| due(it).is_some_and(|day| day >= today && day <= until)).count();
    Load { open: theirs.len(), late, soon }
}

fn workload(replay: &mut Replay<'_>) -> Answer {
    let today = replay.prompt.today;
    let all = open(replay)?;
    let people = replay.call("list_all_people", json!({ "query": "" }))?;
    let people: Vec<Person> = values::list(&people, "people");
    let mut loads: Vec<(String, Load)> =
        people.into_iter().map(|it| (it.name, load(&all, it.id, today))).collect();
    loads.sort_by(|(one, a), (other, b)| b.open.cmp(&a.open).then_with(|| one.cmp(other)));
    if loads.is_empty() {
        return Ok("There is nobody yet.".to_owned());
    }
    let rows: Vec<String> = loads
        .iter()
        .take(ROWS)
        .map(|(name, it)| {
            let name = say::plain(name);
            format!(
                "- {name} · {} open · {} overdue · {} due within a week",
                it.open, it.late, it.soon
            )
        })
        .collect();
    let nobody = all.iter().filter(|it| it.assignees.is_empty()).count();
    let rest = if nobody == 0 {
        String::new()
    } else {
        format!("\n\n{} with nobody.", say::count(nobody, "open to-do"))
    };
    Ok(format!("**Open to-dos by person, the most first.**\n\n{}{rest}", rows.join("\n")))
}

/// Who has how much due in some days to come, the most first.
fn busy(replay: &mut Replay<'_>, who: Option<&str>, (words, days): (&str, Range)) -> Answer {
    let people = replay.call("list_all_people", json!({ "query": "" }))?;
    let mut people = people_of(&people);
    if let Some(who) = who {
        let options = Options { what: "person", all: people };
        people = vec![options.choose(replay, "person", Some(who), Purpose::Read)?];
    }
    let date = format!("{}..{}", days.from, days.to);
    let answer = replay.call("list_todos_due", json!({ "date": date }))?;
    let due: Vec<Todo> = values::list(&answer, "todos");
    let all = open(replay)?;
    let count = |todos: &[Todo], id: i64| {
        todos.iter().filter(|it| it.assignees.iter().any(|one| one.id == id)).count()
    };
    let mut rows: Vec<(usize, usize, String)> =
        people.into_iter().map(|(name, id)| (count(&due, id), count(&all, id), name)).collect();
    rows.sort_by(|one, other| {
        (other.0, other.1).cmp(&(one.0, one.1)).then_with(|| one.2.cmp(&other.2))
    });
    if rows.is_empty() {
        return Ok("There is nobody yet.".to_owned());
    }
    let words = say::plain(words);
    let rows: Vec<String> = rows
        .iter()
        .take(ROWS)
        .map(|(due, open, name)| {
            format!("- {} · {due} due {words} · {open} open in all", say::plain(name))
        })
        .collect();
    let nobody = due.iter().filter(|it| it.assignees.is_empty()).count();
    let rest = match nobody {
        0 => String::new(),
        many => format!("\n\n{} due {words} with nobody.", say::count(many, "to-do")),
    };
    Ok(format!("**To-dos due {words} by person, the most first.**\n\n{}{rest}", rows.join("\n")))
}

/// When a project is done at the pace it had.
pub(super) fn forecast(replay: &mut Replay<'_>, words: &str) -> Answer {
    let (name, id) = project(replay, words)?;
    let name = say::plain(&name);
    let found = replay.call("pmos_predict_completion", json!({ "project_id": id.to_string() }))?;
    let day =
        found["estimated_date"].as_str().and_then(|it| it.get(..10)?.parse::<NaiveDate>().ok());
    Ok(match day {
        Some(day) => {
            let sure = found["confidence"].as_f64().unwrap_or_default() * 100.0;
            let day = day.format("%a %-d %b %Y");
            format!("At its pace so far, **{name}** is done around {day} ({sure:.0} % sure).")
        }
        None => {
            let why = values::text(&found, "prediction");
            format!("I cannot say when {name} is done: {}.", say::plain(why))
        }
    })
}

fn messages(replay: &mut Replay<'_>, words: &str) -> Answer {
    let (name, id) = project(replay, words)?;
    let name = say::plain(&name);
    let answer = replay.call("list_messages", json!({ "project": id.to_string() }))?;
    let all = answer.get("messages").and_then(Value::as_array).cloned().unwrap_or_default();
    if all.is_empty() {
        return Ok(format!("There are no messages in {name}."));
    }
    let rows: Vec<String> = all.iter().take(ROWS).map(items::message_row).collect();
    Ok(format!("**Messages in {name}.**\n\n{}", rows.join("\n")))
}

fn person(replay: &mut Replay<'_>, words: &str) -> Answer {
    let today = replay.prompt.today;
    let answer = replay.call("list_all_people", json!({ "query": "" }))?;
    let options = Options { what: "person", all: people_of(&answer) };
    let (name, id) = options.choose(replay, "person", Some(words), Purpose::Read)?;
    let people: Vec<Person> = values::list(&answer, "people");
    let mut all = open(replay)?;
    let it = load(&all, id, today);
    all.retain(|it| it.assignees.iter().any(|who| who.id == id));
    let title = people.into_iter().find(|it| it.id == id).and_then(|it| it.title);
    let title = title.filter(|it| !it.is_empty()).map(|it| format!(" · {}", say::plain(&it)));
    let head = format!(
        "**{}**{}: {}, {} overdue, {} due within a week.",
        say::plain(&name),
        title.unwrap_or_default(),
        say::count(it.open, "open to-do"),
        it.late,
        it.soon
    );
    if all.is_empty() { Ok(head) } else { Ok(format!("{head}\n\n{}", say::todos(&all, today))) }
}

pub(super) fn team(replay: &mut Replay<'_>, words: &str) -> Answer {
    let (name, id) = project(replay, words)?;
    let answer = replay.call("list_project_people", json!({ "project": id.to_string() }))?;
    let people = people_of(&answer);
    if people.is_empty() {
        return Ok(format!("Nobody is on {} yet.", say::plain(&name)));
    }
    let rows: Vec<String> =
        people.iter().map(|(name, _)| format!("- {}", say::plain(name))).collect();
    let head = if rows.len() == 1 {
        "1 person is".to_owned()
    } else {
        format!("{} people are", rows.len())
    };
    Ok(format!("**{head} on {}.**\n\n{}", say::plain(&name), rows.join("\n")))
}

/// The arguments that ask for a part of the past, and its words.
fn asked(replay: &mut Replay<'_>, past: &Past) -> Result<(Value, String), Stop> {
    let today = replay.prompt.today;
    let said = past.since.as_deref().unwrap_or("last week");
    let (since, words) = match said {
        "lately" | "recently" | "last week" => {
            ("last week".to_owned(), "in the last 7 days".into())
        }
        "this week" => (today.week(chrono::Weekday::Mon).first_day().to_string(), said.to_owned()),
        "this month" => (today.with_day(1).unwrap_or(today).to_string(), said.to_owned()),
        "last month" => ("last month".to_owned(), "in the last 30 days".into()),
        "today" => ("today".to_owned(), "today".to_owned()),
        other => (other.to_owned(), format!("since {other}")),
    };
    let mut args = json!({ "since": since });
    let mut place = String::new();
    let named: Vec<(&str, &String)> = [("by", &past.by), ("about", &past.about)]
        .into_iter()
        .filter_map(|(slot, it)| Some((slot, it.as_ref()?)))
        .collect();
    if !named.is_empty() {
        let wanted = vec![
            Wanted::new("list_projects", json!({})),
            Wanted::new("list_all_people", json!({ "query": "" })),
        ];
        let mut answers = replay.attempt_all(wanted)?.into_iter();
        let mut next = || answers.next().and_then(Result::ok).unwrap_or_default();
        let places = Options { what: "project", all: projects_of(&next()) };
        let projects = places.all.iter().cloned().map(|(name, id)| (name, ("project", id)));
        let people = people_of(&next()).into_iter().map(|(name, id)| (name, ("person", id)));
        let options = Options { what: "project or person", all: projects.chain(people).collect() };
        for (slot, about) in named {
            let (name, (kind, id)) = match talked_of::stands_in(about) {
                true => {
                    let (name, id) = talked_of::project(replay, &places, (slot, about))?;
                    (name, ("project", id))
                }
                false => options.choose(replay, slot, Some(about), Purpose::Read)?,
            };
            let is_project = kind == "project";
            args[kind] = if is_project { id.to_string().into() } else { name.clone().into() };
            let join = if is_project { "in" } else { "by" };
            place.push_str(&format!(" {join} {}", say::plain(&name)));
        }
    }
    Ok((args, format!("{place} {words}")))
}

fn changes(replay: &mut Replay<'_>, args: Value) -> Result<Vec<Value>, Stop> {
    let answer = replay.call("pmos_what_changed", args)?;
    Ok(answer.get("changes").and_then(Value::as_array).cloned().unwrap_or_default())
}

fn happened(replay: &mut Replay<'_>, past: &Past) -> Answer {
    let (args, words) = asked(replay, past)?;
    let mut all = changes(replay, args)?;
    if all.is_empty() {
        return Ok(format!("Nothing changed{words}."));
    }
    // The newest first, as people read the news.
    all.reverse();
    let head = format!("**{}{words}.**", say::count(all.len(), "change"));
    Ok(format!("{head}\n\n{}", rows(&all)))
}

fn finished(replay: &mut Replay<'_>, past: &Past) -> Answer {
    let (args, words) = asked(replay, past)?;
    let mut all = changes(replay, args)?;
    all.retain(|it| it["field"] == "completion" && it["new"] == "completed");
    if all.is_empty() {
        return Ok(format!("Nothing was finished{words}."));
    }
    all.reverse();
    let verb = if all.len() == 1 { "was" } else { "were" };
    let head = format!("**{} {verb} finished{words}.**", say::count(all.len(), "to-do"));
    Ok(format!("{head}\n\n{}", rows(&all)))
}

fn rows(all: &[Value]) -> String {
    let mut rows: Vec<String> = all.iter().take(ROWS).map(row).collect();
    if all.len() > ROWS {
        rows.push(format!("- and {} more", all.len() - ROWS));
    }
    rows.join("\n")
}

/// "Mobile menu · Website relaunch · completed · Theo Marsh".
fn row(change: &Value) -> String {
    let text = |name: &str| values::text(change, name);
    let place = change.pointer("/project/name").and_then(Value::as_str).unwrap_or_default();
    let became = match text("field") {
        "completion" if change["new"] == "completed" => "completed".to_owned(),
        "completion" => "opened again".to_owned(),
        "title" => "renamed".to_owned(),
        "due_on" if text("new").is_empty() => "no due date any more".to_owned(),
        "due_on" => format!("due {}", say::plain(text("new"))),
        "parent" => format!("moved to {}", say::plain(text("new"))),
        "project" => "moved to another project".to_owned(),
        "assignees" => "assigned anew".to_owned(),
        "status" => say::plain(text("new")),
        _ => "changed".to_owned(),
    };
    let mut parts = vec![say::link(text("title"), text("app_url")), say::plain(place), became];
    parts.extend(Some(say::plain(text("who"))).filter(|it| !it.is_empty()));
    parts.retain(|it| !it.is_empty());
    format!("- {}", parts.join(" · "))
}

fn cards(replay: &mut Replay<'_>, words: &str) -> Answer {
    let all = replay.call("list_projects", json!({}))?;
    let options = Options { what: "project", all: projects_of(&all) };
    let Some((name, id)) = options.clear(words, Purpose::Read) else {
        // A person, a column or another project: that is told or asked there.
        return items::cards(replay, &Items::about(words));
    };
    let answer = replay.call("list_card_table_cards", json!({ "project": id.to_string() }))?;
    let all = answer.get("cards").and_then(Value::as_array).cloned().unwrap_or_default();
    if all.is_empty() {
        return Ok(format!("There are no cards in {}.", say::plain(&name)));
    }
    let mut parts =
        vec![format!("**{} in {}.**", say::count(all.len(), "card"), say::plain(&name))];
    let mut columns: Vec<&str> = Vec::new();
    for card in &all {
        let column = values::text(card, "column_title");
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    for column in columns {
        let theirs: Vec<String> = all
            .iter()
            .filter(|it| values::text(it, "column_title") == column)
            .take(ROWS)
            .map(|it| {
                format!("- {}", say::link(values::text(it, "title"), values::text(it, "app_url")))
            })
            .collect();
        parts.push(format!("{}\n\n{}", say::plain(column), theirs.join("\n")));
    }
    Ok(parts.join("\n\n"))
}

fn find_cards(replay: &mut Replay<'_>, query: &str) -> Answer {
    let answer = replay.call("search_cards", json!({ "query": query }))?;
    let all = answer.get("cards").and_then(Value::as_array).cloned().unwrap_or_default();
    let query = say::plain(query);
    if all.is_empty() {
        return Ok(format!("No card mentions “{query}”."));
    }
    let row = |it: &Value| {
        let place = it.pointer("/bucket/name").and_then(Value::as_str).unwrap_or_default();
        let column = it.pointer("/parent/title").and_then(Value::as_str).unwrap_or_default();
        let link = say::link(values::text(it, "title"), values::text(it, "app_url"));
        format!("- {link} · {} · {}", say::plain(place), say::plain(column))
    };
    let rows: Vec<String> = all.iter().take(ROWS).map(row).collect();
    Ok(format!("**{} about “{query}”.**\n\n{}", say::count(all.len(), "card"), rows.join("\n")))
}
