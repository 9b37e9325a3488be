//! Answers with a day, a report or a ranking, and what is said instead of changing many things at once.

use super::asked_words::Asked;
use super::narrow::narrow;
use super::pick::Options;
use super::reads::{self, projects_of};
use super::replay::{Replay, Stop};
use super::scope::Scope;
use super::{looks, say, values};
use crate::llm::Wanted;
use basecamp::names::Purpose;
use chrono::NaiveDate;
use domain::todo::{Todo, TodoList};
use serde_json::{Value, json};

type Answer = Result<String, Stop>;

/// What is asked of the to-dos of one name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// When they are due.
    Day,
    /// Who has them.
    People,
    /// Whether they are done.
    State,
}

pub(crate) fn act(replay: &mut Replay<'_>, asked: &Asked) -> Answer {
    match asked {
        Asked::Undated(scope) => undated(replay, scope),
        Asked::Between(range, words, scope) => reads::due(replay, *range, words, scope),
        Asked::WhenDue(title) => todo(replay, title, About::Day),
        Asked::Responsible(title) => todo(replay, title, About::People),
        Asked::IsDone(title) => todo(replay, title, About::State),
        Asked::Riskiest => riskiest(replay),
        Asked::Stuck(project) => stuck(replay, project.as_deref()),
        Asked::About(project) => reads::summary(replay, project),
        Asked::Day(project) => daily(replay, project.as_deref()),
        Asked::Week(project) => weekly(replay, project.as_deref()),
        Asked::Idle => idle(replay),
        Asked::Many => Ok("I change one thing at a time, so nothing was changed. Name the one you mean, for example \
                           “move Mobile menu to next Monday”. “What is overdue?” lists what there is."
            .to_owned()),
    }
}

/// Who has no open to-do.
fn idle(replay: &mut Replay<'_>) -> Answer {
    let answer = replay.call("search_todos", json!({ "query": "" }))?;
    let all: Vec<Todo> = values::list(&answer, "todos");
    let people = replay.call("list_all_people", json!({ "query": "" }))?;
    let has_none = |id: i64| !all.iter().any(|it| it.assignees.iter().any(|who| who.id == id));
    let idle: Vec<String> = reads::people_of(&people)
        .into_iter()
        .filter(|it| has_none(it.1))
        .map(|it| format!("- {}", say::plain(&it.0)))
        .collect();
    if idle.is_empty() {
        return Ok("Everybody has an open to-do.".to_owned());
    }
    let verb = if idle.len() == 1 { "has" } else { "have" };
    let count = domain::words::count(idle.len(), "person", "people");
    Ok(format!("**{count} {verb} no open to-do.**\n\n{}", idle.join("\n")))
}

fn undated(replay: &mut Replay<'_>, scope: &Scope) -> Answer {
    let narrowed = narrow(replay, scope)?;
    let answer = replay.call("search_todos", json!({ "query": "" }))?;
    let mut all: Vec<Todo> = values::list(&answer, "todos");
    all.retain(|it| it.due_on.is_none() && (narrowed.fits)(it));
    let (whose, words) = (if scope.is_mine { " of yours" } else { "" }, narrowed.words);
    if all.is_empty() {
        return Ok(format!("Every open to-do{whose}{words} has a due date."));
    }
    let verb = if all.len() == 1 { "has" } else { "have" };
    let head = say::count(all.len(), "open to-do");
    let list = say::todos(&all, replay.prompt.today);
    Ok(format!("**{head}{whose}{words} {verb} no due date.**\n\n{list}"))
}

/// Open to-dos of a name: those called exactly that, else those whose title holds it, else the one spelled nearly so.
fn named(all: &[Todo], title: &str) -> Vec<Todo> {
    let wanted = title.to_lowercase();
    let of = |fits: &dyn Fn(&str) -> bool| -> Vec<Todo> {
        all.iter().filter(|it| fits(&it.title.to_lowercase())).cloned().collect()
    };
    let same = of(&|it| it == wanted);
    let near = if same.is_empty() { of(&|it| it.contains(&wanted)) } else { same };
    if !near.is_empty() {
        return near;
    }
    let options =
        Options { what: "to-do", all: all.iter().map(|it| (it.title.clone(), it)).collect() };
    options.clear(title, Purpose::Read).map(|it| vec![it.1.clone()]).unwrap_or_default()
}

fn todo(replay: &mut Replay<'_>, title: &str, about: About) -> Answer {
    let said = if title.is_empty() { replay.answer("todo").map(str::to_owned) } else { None };
    let title = said.as_deref().unwrap_or(title);
    if title.is_empty() {
        return Err(replay.ask("todo", "Which to-do?", &[]));
    }
    let answer = replay.call("search_todos", json!({ "query": "" }))?;
    let found = named(&values::list::<Todo>(&answer, "todos"), title);
    if found.is_empty() {
        return not_open(replay, title, about);
    }
    let today = replay.prompt.today;
    let rows: Vec<String> = found.iter().take(12).map(|it| sentence(it, today, about)).collect();
    Ok(rows.join("\n\n"))
}

/// "Mobile menu in Website relaunch is due Fri 27 Nov."
fn sentence(todo: &Todo, today: NaiveDate, about: About) -> String {
    let day: Option<NaiveDate> = todo.due_on.as_deref().and_then(|it| it.parse().ok());
    let names: Vec<&str> = todo.assignees.iter().map(|it| it.name.as_str()).collect();
    let who = if names.is_empty() { "nobody".to_owned() } else { say::plain(&names.join(", ")) };
    let when = match day {
        None => "has no due date".to_owned(),
        Some(day) => {
            let late =
                if day < today { format!(", {}", say::when(day, today)) } else { String::new() };
            format!("is due {}{late}", day.format("%a %-d %b %Y"))
        }
    };
    let said = match about {
        About::Day => format!("{when} · {who}"),
        About::People if names.is_empty() => "is assigned to nobody yet".to_owned(),
        About::People => format!("is assigned to {who}"),
        About::State => format!("is not done yet, and it {when} · {who}"),
    };
    format!(
        "{} in {} {said}.",
        say::link(&todo.title, &todo.app_url),
        say::plain(&todo.project_name)
    )
}

/// What is known of a name that no open to-do has: it is a project's, or that of something done.
fn not_open(replay: &mut Replay<'_>, title: &str, about: About) -> Answer {
    let answer = replay.call("list_projects", json!({}))?;
    let projects = Options { what: "project", all: projects_of(&answer) };
    if projects.clear(title, Purpose::Read).is_some() {
        return match about {
            About::Day => looks::forecast(replay, title),
            About::People => looks::team(replay, title),
            About::State => reads::summary(replay, title),
        };
    }
    let wanted: Vec<Wanted> = projects
        .all
        .iter()
        .map(|it| Wanted::new("list_todos_for_project", json!({ "project": it.1.to_string() })))
        .collect();
    let lists = replay.attempt_all(wanted)?.into_iter().filter_map(Result::ok);
    let lists: Vec<TodoList> =
        lists.flat_map(|it| values::list::<TodoList>(&it, "todolists")).collect();
    let done = lists.into_iter().flat_map(|it| it.todos).filter(|it| it.completed);
    let done = named(&done.collect::<Vec<Todo>>(), title);
    let row = |it: &Todo| {
        let link = say::link(&it.title, &it.app_url);
        format!("{link} in {} is done.", say::plain(&it.project_name))
    };
    Ok(match done.as_slice() {
        [] => format!("I found no to-do called “{}”, open or done.", say::plain(title)),
        some => some.iter().take(12).map(row).collect::<Vec<_>>().join("\n\n"),
    })
}

/// Every project, the one that is most at risk first.
fn riskiest(replay: &mut Replay<'_>) -> Answer {
    let found = replay.call("pmos_pulse", json!({ "sort_by": "risk" }))?;
    let all = found.get("projects").and_then(Value::as_array).cloned().unwrap_or_default();
    if all.is_empty() {
        return Ok("There are no projects yet.".to_owned());
    }
    let row = |it: &Value| {
        let link = say::link(values::text(it, "project"), values::text(it, "app_url"));
        let count = it.pointer("/top_risk/count").and_then(Value::as_u64).unwrap_or_default();
        let why = match it.pointer("/top_risk/type").and_then(Value::as_str) {
            Some("deadline") => format!("{count} overdue"),
            Some("stalled") => format!("nothing happened to {count} for a while"),
            Some(_) => format!("{count} with nobody"),
            None => "nothing stands out".to_owned(),
        };
        match it["score"].as_i64() {
            Some(score) => format!("- {link} · {why} · pulse {score} of 100"),
            None => format!("- {link} · nothing is known of it yet"),
        }
    };
    let rows: Vec<String> = all.iter().map(row).collect();
    Ok(format!("**Projects, the most at risk first.**\n\n{}", rows.join("\n")))
}

/// Open work that nothing happens to, and what is said to wait for something.
fn stuck(replay: &mut Replay<'_>, project: Option<&str>) -> Answer {
    let (args, place) = asked_of(replay, project)?;
    let found = replay.call("detect_ghost_work", args)?;
    let mut parts = Vec::new();
    for (group, said) in
        [("blocked", "said to be blocked"), ("stale", "without any activity for a week")]
    {
        let items = found.pointer(&format!("/{group}/items")).and_then(Value::as_array);
        let items = items.cloned().unwrap_or_default();
        let count = found.pointer(&format!("/{group}/count")).and_then(Value::as_u64);
        let count = count.and_then(|it| usize::try_from(it).ok()).unwrap_or(items.len());
        if items.is_empty() {
            continue;
        }
        let mut rows: Vec<String> = items.iter().map(quiet).collect();
        if count > rows.len() {
            rows.push(format!("- and {} more", count - rows.len()));
        }
        let head = say::count(count, "open item");
        parts.push(format!("**{head}{place} {said}.**\n\n{}", rows.join("\n")));
    }
    match parts.is_empty() {
        true => Ok(format!("Nothing{place} is stuck.")),
        false => Ok(parts.join("\n\n")),
    }
}

fn quiet(item: &Value) -> String {
    let names: Vec<String> = values::list(item, "assignees");
    let who =
        if names.is_empty() { "nobody yet".to_owned() } else { say::plain(&names.join(", ")) };
    let days = values::number(item, "days_quiet");
    let link = say::link(values::text(item, "title"), values::text(item, "app_url"));
    format!("- {link} · {who} · quiet for {days} days")
}

/// The project a report is about, as an argument and in words.
fn asked_of(replay: &mut Replay<'_>, project: Option<&str>) -> Result<(Value, String), Stop> {
    let Some(words) = project else { return Ok((json!({}), String::new())) };
    let (name, id) = looks::project(replay, words)?;
    Ok((json!({ "project": id.to_string() }), format!(" in {}", say::plain(&name))))
}

fn daily(replay: &mut Replay<'_>, project: Option<&str>) -> Answer {
    let (args, place) = asked_of(replay, project)?;
    let only = args.get("project").and_then(Value::as_str).and_then(|it| it.parse::<i64>().ok());
    let found = replay.call("daily_report", json!({}))?;
    let today = replay.prompt.today;
    let of = |name: &str| {
        let mut all: Vec<Todo> = values::list(&found, name);
        all.retain(|it| only.is_none_or(|id| it.project_id == id));
        all
    };
    let (due, late) = (of("due_today"), of("overdue"));
    let projects = found.get("projects").and_then(Value::as_array).cloned().unwrap_or_default();
    let projects: Vec<Value> =
        projects.into_iter().filter(|it| only.is_none_or(|id| it["id"] == id)).collect();
    let open: i64 = projects.iter().map(|it| values::number(it, "open")).sum();
    let mut parts = vec![format!(
        "**Report of {}{place}**: {open} open, {} due today, {} overdue.",
        today.format("%a %-d %b"),
        due.len(),
        late.len()
    )];
    if only.is_none() && !projects.is_empty() {
        let row = |it: &Value| {
            let number = |name: &str| values::number(it, name);
            let (open, due, late) = (number("open"), number("due_today"), number("overdue"));
            let name = say::plain(values::text(it, "name"));
            format!("- {name} · {open} open · {due} due today · {late} overdue")
        };
        parts.push(projects.iter().map(row).collect::<Vec<_>>().join("\n"));
    }
    for (title, todos) in [("Due today", due), ("Overdue", late)] {
        if !todos.is_empty() {
            parts.push(format!("{title}:\n\n{}", say::todos(&todos, today)));
        }
    }
    Ok(parts.join("\n\n"))
}

fn weekly(replay: &mut Replay<'_>, project: Option<&str>) -> Answer {
    let (mut args, place) = asked_of(replay, project)?;
    args["type"] = "executive".into();
    args["period"] = "1 week".into();
    args["format"] = "summary".into();
    let found = replay.call("generate_report", args)?;
    let lines: Vec<String> = values::list(&found, "summary");
    let rows: Vec<String> = lines.iter().map(|it| format!("- {}", say::plain(it))).collect();
    Ok(format!("**Report of the last 7 days{place}.**\n\n{}", rows.join("\n")))
}
