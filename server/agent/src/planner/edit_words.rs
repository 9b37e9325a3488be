//! Requests that change a to-do that is there: who does it, when it is due, what it is called.

use super::dates;
use super::phrase::Phrase;
use super::todo_words::{TodoName, name};
use chrono::NaiveDate;

/// What becomes of a to-do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// "Assign X to Ben".
    Assign(String),
    /// "Unassign X": nobody does it any more. "Unassign Ben from X": Ben no longer does.
    Unassign(Option<String>),
    /// "Set X due Friday".
    Due(NaiveDate),
    /// "Postpone X by two days".
    Later(u64),
    /// "Clear the due date of X".
    NoDue,
    /// "Rename X to Y".
    Rename(String),
}

/// Names of people are at most this many words, so that a sentence is not taken for one.
const NAME_WORDS: usize = 3;
/// Words that name nobody in particular.
const NOBODY: [&str; 7] =
    ["someone", "somebody", "anyone", "anybody", "it", "everyone", "everybody"];

/// What a phrase asks to change about a to-do.
pub(crate) fn read(phrase: &Phrase, today: NaiveDate) -> Option<(TodoName, Edit)> {
    let asks = phrase
        .starts(
            "what|when|who|why|if|is|was|are|did|has|tell|once|whenever|every|each|should|which|maybe|perhaps",
        )
        .is_some();
    if asks || phrase.has("not|don't|dont|never") {
        return None;
    }
    assigned(phrase)
        .or_else(|| unassigned(phrase))
        .or_else(|| renamed(phrase))
        .or_else(|| undated(phrase))
        .or_else(|| later(phrase))
        .or_else(|| dated(phrase, today))
}

fn assigned(phrase: &Phrase) -> Option<(TodoName, Edit)> {
    let is_about_a_project = phrase
        .fits_any(&["give {people} access to {project}", "put {people} on {name} project"])
        .is_some();
    if is_about_a_project || phrase.starts("give me|us|them|a|an|another").is_some() {
        return None;
    }
    let captures = phrase.fits_any(&[
        "assign|reassign|delegate|give|hand [the] [@todo] {todo} over to {who}",
        "assign|reassign|delegate|give|hand [over] [the] [@todo] {todo} to {who}",
        "make {who?} responsible for [the] [@todo] {todo}",
        "put {who?} on [the] [@todo] {todo}",
    ])?;
    if phrase.has("list") {
        return None;
    }
    let who = captures.part("who");
    let is_somebody =
        who.len() <= NAME_WORDS && !NOBODY.contains(&who.text().to_lowercase().as_str());
    let todo = name(&captures.part("todo")).filter(|_| is_somebody)?;
    Some((todo, Edit::Assign(who.text())))
}

fn unassigned(phrase: &Phrase) -> Option<(TodoName, Edit)> {
    let captures = phrase.fits_any(&[
        "unassign {who?} from [the] [@todo] {todo}",
        "unassign [the] [@todo] {todo}",
    ])?;
    let who = captures.some("who");
    Some((name(&captures.part("todo"))?, Edit::Unassign(who)))
}

fn renamed(phrase: &Phrase) -> Option<(TodoName, Edit)> {
    if phrase.starts("rename [the] project|flow|list|folder|workspace").is_some() {
        return None;
    }
    let captures = phrase.fits_any(&[
        "rename [the] [@todo] {todo} to|as {title}",
        "change [the] title|name|wording of [the] [@todo] {todo} to {title}",
        "change [the] [@todo] {todo} title|name to {title}",
    ])?;
    Some((name(&captures.part("todo"))?, Edit::Rename(captures.get("title"))))
}

fn undated(phrase: &Phrase) -> Option<(TodoName, Edit)> {
    let captures = phrase.fits_any(&[
        "clear|remove|drop|delete [the] due date|day of|from|for|on [the] [@todo] {todo}",
        "clear|remove|drop|delete [the] deadline|due_date of|from|for|on [the] [@todo] {todo}",
    ])?;
    Some((name(&captures.part("todo"))?, Edit::NoDue))
}

fn later(phrase: &Phrase) -> Option<(TodoName, Edit)> {
    let captures = phrase.fits_any(&[
        "postpone|push|delay|shift|move|extend [the] deadline|due_date of|for [the] [@todo] {todo} [back|out] by {count} day|days|week|weeks",
        "postpone|push|delay|shift|move|extend [the] [@todo] {todo} back|out by {count} day|days|week|weeks",
        "postpone|push|delay|shift|move|extend [the] [@todo] {todo} by {count} day|days|week|weeks",
        "give [the] [@todo] {todo} {count} more day|days|week|weeks",
        "give [the] [@todo] {todo} another day|week",
    ])?;
    if phrase.starts("give me|us|them|him|her|it|everyone").is_some() {
        return None;
    }
    let count = captures.some("count").unwrap_or_else(|| "one".to_owned());
    let count = dates::number(&count.to_lowercase())?;
    let a_unit = if phrase.has("week|weeks") { 7 } else { 1 };
    Some((name(&captures.part("todo"))?, Edit::Later(count.checked_mul(a_unit)?)))
}

fn dated(phrase: &Phrase, today: NaiveDate) -> Option<(TodoName, Edit)> {
    const PATTERNS: [&str; 8] = [
        "move|change|set|push|put [the] due date|day of|for|on [the] [@todo] {todo} to|on {date}",
        "move|change|set|push|put|extend|shift [the] deadline|due_date of|for|on [the] [@todo] {todo} to|on {date}",
        "set|make|mark [the] [@todo] {todo} [to] [be] due [on|by] {date}",
        "make [the] [@todo] {todo} due {date}",
        "push|postpone|move|delay|shift|bring [the] [@todo] {todo} back|out|forward to|until|till|for|by {date}",
        "push|postpone|move|delay|reschedule|shift|bring|extend [the] [@todo] {todo} to|until|till|for|by {date}",
        "[the] @todo {todo} is [now] due [on|by] {date}",
        "{todo} is now due [on|by] {date}",
    ];
    PATTERNS.iter().find_map(|pattern| {
        let captures = phrase.fits(pattern)?;
        let date = dates::day(&captures.get("date"), today)?;
        Some((name(&captures.part("todo"))?, Edit::Due(date)))
    })
}
