//! "There", "it" and "that project": the project that was talked of last.

use super::pick::Options;
use super::replay::{Replay, Stop};
use crate::llm::Turn;
use basecamp::names::Purpose;

/// Words that stand in for a project.
const STANDS_IN: [&str; 14] = [
    "that",
    "that project",
    "this",
    "this project",
    "it",
    "there",
    "the project",
    "that one",
    "this one",
    "the same",
    "the same project",
    "here",
    "same project",
    "the one",
];

/// Whether words only point at a project that was named before.
pub(crate) fn stands_in(words: &str) -> bool {
    STANDS_IN.contains(&words.trim().to_lowercase().as_str())
}

/// The project that words name or point at; asks when that is not clear.
///
/// # Errors
/// A question with the projects as choices.
pub(crate) fn project(
    replay: &Replay<'_>,
    projects: &Options<i64>,
    (slot, words): (&str, &str),
) -> Result<(String, i64), Stop> {
    if !stands_in(words) {
        return projects.choose(replay, slot, Some(words), Purpose::Read);
    }
    if replay.answer(slot).is_none()
        && let Some(found) = last(replay, projects, words)
    {
        return Ok(found);
    }
    projects.choose(replay, slot, None, Purpose::Read)
}

/// The project of the page when "this" is said, else the one talked of last.
fn last(replay: &Replay<'_>, projects: &Options<i64>, words: &str) -> Option<(String, i64)> {
    let prompt = replay.prompt;
    let here = || {
        projects.clear(prompt.project.as_deref()?, Purpose::Read).or_else(|| {
            let id: i64 = prompt.project.as_deref()?.parse().ok()?;
            projects.all.iter().find(|it| it.1 == id).cloned()
        })
    };
    let is_here = words.to_lowercase().starts_with("this") || words.eq_ignore_ascii_case("here");
    let said = || prompt.said.iter().rev().find_map(|it| only(it, projects));
    let before = || prompt.history.iter().rev().find_map(|it| of_turn(it, projects));
    let first = if is_here { here() } else { None };
    first.or_else(said).or_else(before).or_else(here)
}

/// The project a turn was about: one its tools were given, else the only one that its words name.
fn of_turn(turn: &Turn, projects: &Options<i64>) -> Option<(String, i64)> {
    let called = turn.calls.iter().rev().find_map(|call| {
        let given = call.args.get("project").or_else(|| call.args.get("project_id"))?;
        let text = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
        let fits = |it: &&(String, i64)| it.1.to_string() == text || it.0 == text;
        projects.all.iter().find(fits).cloned()
    });
    // An answer names what it is about in its first line; below it many projects can stand.
    called.or_else(|| only(turn.text.lines().next().unwrap_or_default(), projects))
}

/// The only project whose whole name stands in a text.
fn only(text: &str, projects: &Options<i64>) -> Option<(String, i64)> {
    let text = text.to_lowercase();
    let mut named = projects.all.iter().filter(|it| text.contains(&it.0.to_lowercase()));
    let found = named.next()?;
    named.next().is_none().then(|| found.clone())
}
