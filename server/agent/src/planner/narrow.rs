//! Only the to-dos that a question means: every narrowing it names holds at once, and what is not understood is said
//! before anything is looked up.

use super::pick::Options;
use super::reads::{people_of, projects_of};
use super::replay::{Replay, Stop};
use super::say;
use super::scope::Scope;
use super::{talked_of, values};
use crate::llm::Wanted;
use basecamp::names::{Purpose, folded};
use chrono::NaiveDate;
use domain::todo::Todo;
use serde_json::{Value, json};

/// What a scope narrows a list to, and the words for it.
pub(crate) struct Narrowed {
    pub(crate) words: String,
    pub(crate) fits: Box<dyn Fn(&Todo) -> bool>,
}

/// One narrowing: its words, and what fits it.
type One = (String, Box<dyn Fn(&Todo) -> bool>);

/// Says what a question asks besides, where that is not understood.
pub(crate) fn refuse(scope: &Scope) -> Result<(), Stop> {
    match &scope.left {
        None => Ok(()),
        Some(left) => Err(Stop::Say(format!(
            "I cannot narrow it by “{}”, so I looked nothing up. I can by project, person, list, day, how late they are and words \
             they mention. Ask without it, or in another way.",
            say::plain(left)
        ))),
    }
}

/// Everything a question narrows to-dos by.
pub(crate) fn narrow(replay: &mut Replay<'_>, scope: &Scope) -> Result<Narrowed, Stop> {
    refuse(scope)?;
    let mut mine: Vec<One> = Vec::new();
    if scope.is_mine {
        let answer = replay.call("list_assigned_to_me", json!({}))?;
        let todos = values::list::<Todo>(&answer, "todos");
        let ids: Vec<i64> = todos.iter().map(|it| it.id).collect();
        mine.push((String::new(), Box::new(move |it| ids.contains(&it.id))));
    }
    beside(replay, scope, (mine, " for "))
}

/// Everything a question narrows other things by that stand as to-dos; their people are told with `whose`.
pub(crate) fn narrow_items(
    replay: &mut Replay<'_>,
    scope: &Scope,
    whose: &'static str,
) -> Result<Narrowed, Stop> {
    refuse(scope)?;
    let mut mine: Vec<One> = Vec::new();
    if scope.is_mine {
        let answer = replay.call("list_assigned_to_me", json!({}))?;
        let me = answer.pointer("/person/id").and_then(Value::as_i64);
        let is_mine = move |it: &Todo| it.assignees.iter().any(|it| Some(it.id) == me);
        mine.push((format!("{whose}you"), Box::new(is_mine)));
    }
    beside(replay, scope, (mine, whose))
}

/// What is narrowed besides whose it is.
fn beside(
    replay: &mut Replay<'_>,
    scope: &Scope,
    (mut all, whose): (Vec<One>, &'static str),
) -> Result<Narrowed, Stop> {
    all.extend(named(replay, &scope.about, whose)?);
    if let Some(with) = &scope.with {
        let wanted = folded(with);
        let words = format!(" with “{}”", say::plain(with));
        all.push((words, Box::new(move |it| mentions(it, &wanted))));
    }
    if let Some(days) = scope.days {
        let words = format!(" due {} to {}", days.from.format("%-d %b"), days.to.format("%-d %b"));
        all.push((
            words,
            Box::new(move |it| due(it).is_some_and(|it| it >= days.from && it <= days.to)),
        ));
    }
    if let Some(over) = scope.over {
        let (today, over) = (replay.prompt.today, i64::try_from(over).unwrap_or(i64::MAX));
        let words = format!(" by more than {over} days");
        all.push((
            words,
            Box::new(move |it| due(it).is_some_and(|it| (today - it).num_days() > over)),
        ));
    }
    let words = all.iter().map(|it| it.0.as_str()).collect();
    Ok(Narrowed { words, fits: Box::new(move |it| all.iter().all(|one| (one.1)(it))) })
}

fn due(todo: &Todo) -> Option<NaiveDate> {
    todo.due_on.as_deref()?.parse().ok()
}

fn mentions(todo: &Todo, wanted: &str) -> bool {
    let list = todo.list_name.as_deref().unwrap_or_default();
    let all = [todo.title.as_str(), &todo.description, list, &todo.project_name];
    all.iter().any(|it| folded(it).contains(wanted))
}

/// Each of the projects, people and lists that are named.
fn named(replay: &mut Replay<'_>, about: &[String], whose: &'static str) -> Result<Vec<One>, Stop> {
    if about.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = vec![
        Wanted::new("list_projects", json!({})),
        Wanted::new("list_all_people", json!({ "query": "" })),
    ];
    let mut answers = replay.attempt_all(wanted)?.into_iter();
    let mut next = || answers.next().and_then(Result::ok).unwrap_or_default();
    let projects = Options { what: "project", all: projects_of(&next()) };
    let people = Options { what: "person", all: people_of(&next()) };
    about.iter().map(|it| one(replay, it, (&projects, &people, whose))).collect()
}

fn one(
    replay: &Replay<'_>,
    words: &str,
    (projects, people, whose): (&Options<i64>, &Options<i64>, &'static str),
) -> Result<One, Stop> {
    if talked_of::stands_in(words) {
        let (name, id) = talked_of::project(replay, projects, ("about", words))?;
        let words = format!(" in {}", say::plain(&name));
        return Ok((words, Box::new(move |it| it.project_id == id)));
    }
    for purpose in [Purpose::Write, Purpose::Read] {
        if let Some((name, id)) = projects.clear(words, purpose) {
            let words = format!(" in {}", say::plain(&name));
            return Ok((words, Box::new(move |it| it.project_id == id)));
        }
        if let Some((name, id)) = people.clear(words, purpose) {
            let words = format!("{whose}{}", say::plain(&name));
            let fits = move |it: &Todo| it.assignees.iter().any(|person| person.id == id);
            return Ok((words, Box::new(fits)));
        }
    }
    if let Some(list) = list_of(words) {
        let words = format!(" in the list {}", say::plain(&list));
        let list = folded(&list);
        let fits = move |it: &Todo| it.list_name.as_ref().is_some_and(|it| folded(it) == list);
        return Ok((words, Box::new(fits)));
    }
    let both = projects.all.iter().chain(&people.all).map(|(name, _)| (name.clone(), ()));
    let options = Options { what: "project or person", all: both.collect() };
    let (chosen, ()) = options.choose(replay, "about", Some(words), Purpose::Write)?;
    if chosen == words {
        Err(Stop::Say(format!("There is no project or person called “{words}”.")))
    } else {
        one(replay, &chosen, (projects, people, whose))
    }
}

/// "Launch day" of "list Launch day" and "Launch day list".
fn list_of(words: &str) -> Option<String> {
    let lower = words.to_lowercase();
    let cut = lower.strip_prefix("list ").map(|it| words.len() - it.len());
    let list = match cut {
        Some(from) => words.get(from..),
        None => lower.strip_suffix(" list").and_then(|it| words.get(..it.len())),
    };
    list.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty())
}
