//! What a question about to-dos is narrowed to. Everything it says counts: what is understood as no narrowing, such as
//! "except" or "created by", is kept as it was said, so that no answer passes over it.

use super::dates::{self, Range};
use super::intent::names::is_name;
use super::leftover;
use super::phrase::Phrase;
use chrono::{Datelike, NaiveDate, Weekday};

/// Which to-dos are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    /// Only those of the person who asks.
    pub(crate) is_mine: bool,
    /// Words that name projects, people or lists; all of them hold.
    pub(crate) about: Vec<String>,
    /// Only those due on these days, beside what else is asked of them.
    pub(crate) days: Option<Range>,
    /// Only those that are late by more days than this.
    pub(crate) over: Option<u64>,
    /// Only those that mention these words.
    pub(crate) with: Option<String>,
    /// What narrows them too, but in a way that is not known.
    pub(crate) left: Option<String>,
}

/// Words that narrow in a way that is not known, up to the end of the question.
const TAILS: &str = "except|excluding|besides|apart_from|other_than|outside|but_not|but_no|not_in|not_for|not_of|not_on|not_by|\
     not_overdue|not_late|not_due|not_assigned|without|created_by|added_by|made_by|written_by|started_by|commented|tagged|\
     labelled|labeled|after";
/// The same, each alone.
const ALONE: &str =
    "urgent|important|blocked|oldest|newest|biggest|hardest|easiest|recurring|repeating";
/// What a name stands behind.
const BEFORE: &str = "in|on|for|of|from|by|assigned_to";
/// What a name ends before.
const AFTER: &str = "in|on|for|of|from|by|at|assigned|due|that|which|who|whose|is|are|was|were|have|has|had|still|need|needs|\
     overdue|late|open|do|does|did|to|with|mention|mentions|mentioning|about|more_than|left|@todos|:";
/// Words behind which a thing stands that is nobody's name.
const OURS: [&str; 9] = ["my", "our", "mine", "ours", "these", "those", "them", "him", "her"];
/// What words stand behind that to-dos mention.
const MENTION: &str = "about|mention|mentions|mentioning|containing|contain|contains";

/// What `phrase` is narrowed to, seen from `today`.
pub(crate) fn read(phrase: &Phrase, today: NaiveDate) -> Scope {
    if let Some(left) = left(phrase) {
        return Scope { left: Some(left), ..Scope::default() };
    }
    let is_mine = phrase.has("my|mine|i|i'm|assigned_to_me|for_me|myself");
    let (phrase, over) = over(phrase);
    let (phrase, days) = due_within(&phrase, today);
    let phrase = without_days(&phrase, today);
    let (phrase, with) = mentioned(&phrase, today);
    let about = names(&phrase, today);
    let left = leftover::unused(&phrase, &about);
    if left.is_some() {
        return Scope { left, ..Scope::default() };
    }
    Scope { is_mine, about, days, over, with, left: None }
}

/// What narrows it in a way that is not known.
fn left(phrase: &Phrase) -> Option<String> {
    let tail = phrase.find(TAILS).map(|(from, ..)| phrase.span(from, phrase.len()));
    let priority = || {
        let (from, to, _) = phrase.find("with|of {a?} priority|importance|label|tag")?;
        Some(phrase.span(from, to))
    };
    let alone = || phrase.find(ALONE).map(|(from, to, _)| phrase.span(from, to));
    tail.or_else(priority).or_else(alone)
}

/// How many days a "day", "week" or "month" has.
fn unit(word: &str) -> u64 {
    match word.to_lowercase().trim_end_matches('s') {
        "day" => 1,
        "week" => 7,
        _ => 30,
    }
}

/// "more than a week late" and "overdue by more than a week": the rest, and the days.
fn over(phrase: &Phrase) -> (Phrase, Option<u64>) {
    const SAID: &str =
        "more_than|over {many} day|days|week|weeks|month|months overdue|late|old|past_due";
    let found = phrase.find(SAID).and_then(|(from, to, captures)| {
        let days = unit(&phrase.span(to.checked_sub(2)?, to - 1));
        let many = dates::number(&captures.get("many").to_lowercase())?;
        Some((from, to, many.checked_mul(days)?))
    });
    let by = "by more_than|over {many} day|days|week|weeks|month|months";
    let found = found.or_else(|| {
        let (from, to, captures) = phrase.find(by)?;
        let unit = unit(&phrase.span(to.checked_sub(1)?, to));
        let many = dates::number(&captures.get("many").to_lowercase())?;
        // The word after it is not part of it.
        Some((from, to + 1, many.checked_mul(unit)?))
    });
    // What it is late by stays late.
    match found {
        Some((from, to, days)) => (phrase.except(from, to - 1), Some(days)),
        None => (phrase.clone(), None),
    }
}

/// "due this week" beside something else, such as "overdue": the rest, and the days, from their first one on.
fn due_within(phrase: &Phrase, today: NaiveDate) -> (Phrase, Option<Range>) {
    let Some((due, after, _)) = phrase.find("due") else { return (phrase.clone(), None) };
    let longest = (phrase.len() - after).min(5);
    let found = (1..=longest).rev().find_map(|many| {
        let words = phrase.span(after, after + many).to_lowercase();
        let range = dates::range(&words, today)?;
        let from = match words.as_str() {
            "this week" => today.week(Weekday::Mon).first_day(),
            "this month" => today.with_day(1)?,
            _ => range.from,
        };
        Some((after + many, Range { from, ..range }))
    });
    match found {
        Some((end, range)) => (phrase.except(due, end), Some(range)),
        None => (phrase.clone(), None),
    }
}

/// Without days that stand where no name does: at the end, before a name's word, or behind "due" and "by".
fn without_days(phrase: &Phrase, today: NaiveDate) -> Phrase {
    let longest = phrase.len().min(5);
    let found = (1..=longest).rev().find_map(|many| {
        (0..=phrase.len() - many).find_map(|at| {
            let end = at + many;
            dates::range(&phrase.span(at, end), today)?;
            let follows = phrase.part(end, phrase.len());
            let is_apart = follows.is_empty() || follows.starts(BEFORE).is_some();
            let leads = at.checked_sub(1).map(|it| phrase.part(it, at));
            let is_led = leads.as_ref().is_some_and(|it| it.has("due|by|until|during|for|on"));
            let from = if is_led { at - 1 } else { at };
            (is_apart || is_led).then_some((from, end))
        })
    });
    found.map_or_else(|| phrase.clone(), |(from, end)| phrase.except(from, end))
}

/// "about photos": the rest, and the words.
fn mentioned(phrase: &Phrase, today: NaiveDate) -> (Phrase, Option<String>) {
    let none = (phrase.clone(), None);
    let Some((from, after, _)) = phrase.find(MENTION) else { return none };
    // "What about X?" asks about X.
    if from == 0 || phrase.part(from - 1, from).has("what|how|anything|something|is|are") {
        return none;
    }
    let end = end_of(phrase, after);
    let words = phrase.part(after, end);
    let words = words.starts("the|a|an|any").map_or(words, |it| it.1);
    let text = words.text();
    if text.is_empty() || !is_name(&text, today) {
        return none;
    }
    (phrase.except(from, end), Some(text))
}

/// Whether words are one name up to their end.
pub(crate) fn is_whole_name(words: &Phrase) -> bool {
    end_of(words, 0) >= words.len()
}

/// Where the name that begins at `from` ends.
fn end_of(phrase: &Phrase, from: usize) -> usize {
    (from + 1..phrase.len())
        .find(|at| phrase.part(*at, phrase.len()).starts(AFTER).is_some())
        .unwrap_or(phrase.len())
}

/// Every name, in the order they are said.
fn names(phrase: &Phrase, today: NaiveDate) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut keep = |words: &str| {
        let is_ours = OURS.contains(&words.to_lowercase().as_str());
        let words = if is_ours { "" } else { words };
        let words = words.strip_suffix("'s").unwrap_or(words).trim();
        let is_known = all.iter().any(|it| it.to_lowercase().contains(&words.to_lowercase()));
        if !words.is_empty() && is_name(words, today) && !is_known {
            all.push(words.to_owned());
        }
    };
    let named = phrase.fits_any(&[
        "what do|does|must|should {about?} need|needs|have|has|finish|do {x}",
        "what did {about} miss",
        "@what [is|are] {about?} working|busy|doing {x}",
        "@what [is|are] {about} working|busy|doing",
        "how_many {x} do|does {about?} have {y}",
        "how_many {x} do|does {about} have",
        "@what {x} do|does {about} have",
    ]);
    if let Some(captures) = named {
        let about = captures.part("about");
        let end = end_of(&about, 0);
        keep(&about.part(0, end).text());
    }
    if let Some(owner) = owner(phrase) {
        keep(&owner);
    }
    if leftover::points_there(phrase) {
        keep("there");
    }
    let mut at = 0;
    while at < phrase.len() {
        let Some((_, rest)) = phrase.part(at, phrase.len()).starts(BEFORE) else {
            at += 1;
            continue;
        };
        let begin = phrase.len() - rest.len();
        let rest = rest.starts("[the] [project]").map_or(rest, |it| it.1);
        let begin = begin.max(phrase.len() - rest.len());
        let end = end_of(phrase, begin).max(begin);
        let name = phrase.part(begin, end);
        let name = name.fits("{name} project").map_or(name, |it| it.part("name"));
        keep(&name.text());
        at = end.max(at + 1);
    }
    let text = phrase.text().to_lowercase();
    all.sort_by_key(|it| text.find(&it.to_lowercase()));
    all
}

/// Whose something is: "Ben" of "Ben's overdue tasks", with the word before where both are written as a name.
fn owner(phrase: &Phrase) -> Option<String> {
    let text = phrase.text();
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_written_as_name = |it: &str| it.chars().next().is_some_and(char::is_uppercase);
    let at = words.iter().position(|it| it.ends_with("'s") && is_written_as_name(it))?;
    let name = words.get(at)?.strip_suffix("'s")?;
    if at == 0
        && matches!(
            name.to_lowercase().as_str(),
            "what" | "who" | "where" | "when" | "how" | "it" | "that"
        )
    {
        return None;
    }
    let first = words.get(at.wrapping_sub(1)).filter(|it| at > 1 && is_written_as_name(it));
    Some(first.map_or_else(|| name.to_owned(), |it| format!("{it} {name}")))
}
