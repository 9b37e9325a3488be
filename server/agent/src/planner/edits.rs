//! Changes of a to-do that is there. One call sets one thing, and leaves the rest of the to-do as it is.

use super::edit_words::Edit;
use super::pick::Options;
use super::reads::people_of;
use super::replay::{Replay, Stop};
use super::say;
use super::todo_words::TodoName;
use super::todos::{not_done, open_named};
use super::values;
use basecamp::names::{Purpose, folded};
use chrono::{Days, NaiveDate};
use domain::todo::Todo;
use serde_json::{Value, json};

type Answer = Result<String, Stop>;

pub(crate) fn act(replay: &mut Replay<'_>, name: &TodoName, edit: &Edit) -> Answer {
    let (name, edit) = &whole_title(replay, name, edit)?;
    let todo = open_named(replay, name)?;
    let (field, value, said) = match edit {
        Edit::Assign(who) => assigned(replay, who)?,
        Edit::Unassign(who) => unassigned(replay, &todo, who.as_deref())?,
        Edit::Rename(title) => {
            ("content", title.clone().into(), format!("is now called “{}”", say::plain(title)))
        }
        Edit::NoDue => ("due_on", "".into(), "has no due date any more".to_owned()),
        Edit::Due(day) => due(*day, replay.prompt.today),
        Edit::Later(days) => match moved(&todo, *days) {
            Some(day) => due(day, replay.prompt.today),
            None => return Err(Stop::Say(without_day(&todo))),
        },
    };
    let mut args = json!({ "project": todo.project_id.to_string(), "todo_id": todo.id });
    args[field] = value;
    let link = say::link(&todo.title, &todo.app_url);
    let place = say::plain(&todo.project_name);
    Ok(match replay.attempt("update_todo_details", args)? {
        Ok(_) => format!("{link} in {place} {said}."),
        Err(failure) => not_done(&failure),
    })
}

fn due(day: NaiveDate, today: NaiveDate) -> (&'static str, Value, String) {
    let words = say::when(day, today);
    let said = if day < today { words } else { words.replacen("due", "is now due", 1) };
    ("due_on", day.to_string().into(), said)
}

fn moved(todo: &Todo, days: u64) -> Option<NaiveDate> {
    let day: NaiveDate = todo.due_on.as_deref()?.parse().ok()?;
    day.checked_add_days(Days::new(days))
}

fn without_day(todo: &Todo) -> String {
    format!(
        "“{}” has no due date to move, so nothing was changed. Say which day it is due.",
        say::plain(&todo.title)
    )
}

fn assigned(replay: &mut Replay<'_>, who: &str) -> Result<(&'static str, Value, String), Stop> {
    let (id, name) = person(replay, who)?;
    Ok(("assignee_ids", json!([id]), format!("is now assigned to {}", say::plain(&name))))
}

/// "Unassign Quote from second printer" names a to-do, and nobody who is called "Quote".
fn whole_title(
    replay: &mut Replay<'_>,
    name: &TodoName,
    edit: &Edit,
) -> Result<(TodoName, Edit), Stop> {
    let same = (name.clone(), edit.clone());
    let Edit::Unassign(Some(who)) = edit else { return Ok(same) };
    let answer = replay.call("search_todos", json!({ "query": "" }))?;
    let title = format!("{who} from {}", name.title);
    let is_title = |it: &Todo| folded(&it.title) == folded(&title);
    let is_there = values::list(&answer, "todos").iter().any(is_title);
    Ok(if is_there { (TodoName { title, ..name.clone() }, Edit::Unassign(None)) } else { same })
}

fn unassigned(
    replay: &mut Replay<'_>,
    todo: &Todo,
    who: Option<&str>,
) -> Result<(&'static str, Value, String), Stop> {
    let nothing = |words: &str| {
        let title = say::plain(&todo.title);
        Err(Stop::Say(format!("“{title}” is {words}, so nothing was changed.")))
    };
    let Some(who) = who else {
        if todo.assignees.is_empty() {
            return nothing("assigned to nobody");
        }
        return Ok(("assignee_ids", json!([]), "is now assigned to nobody".to_owned()));
    };
    let (id, person) = person(replay, who)?;
    if !todo.assignees.iter().any(|it| it.id == id) {
        return nothing(&format!("not assigned to {}", say::plain(&person)));
    }
    let others: Vec<i64> = todo.assignees.iter().map(|it| it.id).filter(|it| *it != id).collect();
    let said = format!("is no longer assigned to {}", say::plain(&person));
    Ok(("assignee_ids", json!(others), said))
}

/// The person that words mean; "me" is the one who asks.
pub(crate) fn person(replay: &mut Replay<'_>, who: &str) -> Result<(i64, String), Stop> {
    if matches!(who.to_lowercase().as_str(), "me" | "myself") {
        let mine = replay.call("list_assigned_to_me", json!({}))?;
        let id = mine.pointer("/person/id").and_then(Value::as_i64);
        let missing =
            || Stop::Say("I do not know who you are in Basecamp, so nothing was changed.".into());
        return Ok((id.ok_or_else(missing)?, "you".to_owned()));
    }
    let people = replay.call("list_all_people", json!({ "query": "" }))?;
    let people = Options { what: "person", all: people_of(&people) };
    people.choose(replay, "person", Some(who), Purpose::Write).map(|(name, id)| (id, name))
}
