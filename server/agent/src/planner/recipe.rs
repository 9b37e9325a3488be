//! A flow in plain words: what starts it and what it does, step by step.

use super::phrase::Phrase;
use super::schedule::{self, Every};
use super::step_words::{self, Do};
use super::todo_words::{self, TodoRequest};
use super::watch_words::{self, Watch};
use chrono::NaiveDate;

/// A flow in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Recipe {
    /// Its name, when given.
    pub(crate) name: Option<String>,
    /// What starts it, when said.
    pub(crate) start: Option<Start>,
    /// What it does, in order.
    pub(crate) steps: Vec<Do>,
}

/// What starts a flow.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Start {
    /// A request to the flow's address.
    Webhook,
    /// A person.
    Hand,
    /// A clock.
    Every(Every),
    /// What happens in Basecamp.
    Watch(Watch),
    /// Something we cannot watch; the words.
    Unknown(String),
}

const WEBHOOK: &[&str] = &[
    "when|whenever|once|if|as_soon_as|after|each_time|every_time [a|the|my|an|some|any] [new] webhook|hook|web_hook [request|call|event] arrives|comes_in|comes|is_received|is_called|fires|hits|happens|is_posted|gets_called|is_triggered|lands|arrive|is_sent",
    "when|whenever|once|as_soon_as [a|the] request|webhook|call|payload arrives|comes_in|is_received at|on|to [the|a|my|its] webhook|address|url",
    "when|whenever|once something|anything|data arrives|is_posted|is_sent|comes_in [to|at|on] [the|its|a] [webhook|address|url]",
    "on|for [a|an|each|every|any] [incoming|new] webhook",
    "from a webhook",
];

const HAND: &[&str] = &[
    "when|whenever i run|start|press|click|trigger [it|run|the_button|a_button|this|the_flow|start]",
    "by hand|manually|on_demand",
    "on demand",
    "manually",
];

/// A flow that `phrase` describes; none when it describes none. `is_asked` says that the words asked for a flow.
pub(crate) fn read(phrase: &Phrase, today: NaiveDate, is_asked: bool) -> Option<Recipe> {
    if let Some((start, rest)) = start_first(phrase) {
        let steps = step_words::read_all(&rest, today);
        let is_known = !matches!(start, Start::Unknown(_))
            || steps.iter().any(|it| !matches!(it, Do::Unknown(_)));
        let says_something = is_asked || !steps.is_empty();
        return (is_known && says_something).then_some(Recipe {
            name: None,
            start: Some(start),
            steps,
        });
    }
    if !is_asked {
        return said_last(phrase, today);
    }
    let (before, start) =
        start_last(phrase).map_or((phrase.clone(), None), |(it, start)| (it, Some(start)));
    Some(Recipe { name: None, start, steps: step_words::read_all(&before, today) })
}

/// "Tell me when a webhook arrives": nobody said "flow", but nothing else starts so. A plain day is a date, no start.
fn said_last(phrase: &Phrase, today: NaiveDate) -> Option<Recipe> {
    let (before, start) = start_last(phrase)?;
    let last = phrase.part(before.len(), phrase.len());
    let is_start =
        last.has("every|each|daily|weekly|monthly|hourly|when|whenever|as_soon_as|each_time");
    // What a comment says is its own.
    let is_comment = matches!(todo_words::read(phrase, today), Some(TodoRequest::Comment(..)));
    let steps = step_words::read_all(&before, today);
    let is_known = !steps.is_empty() && steps.iter().all(|it| !matches!(it, Do::Unknown(_)));
    (is_start && is_known && !is_comment).then_some(Recipe {
        name: None,
        start: Some(start),
        steps,
    })
}

/// What starts it, said first: "When a webhook arrives, ...".
fn start_first(phrase: &Phrase) -> Option<(Start, Phrase)> {
    let after =
        |patterns: &[&str]| patterns.iter().find_map(|it| phrase.starts(it)).map(|(_, rest)| rest);
    if let Some(rest) = after(WEBHOOK) {
        return Some((Start::Webhook, rest));
    }
    if let Some(rest) = after(HAND) {
        return Some((Start::Hand, rest));
    }
    if let Some((every, rest)) = schedule::first(phrase) {
        return Some((Start::Every(every), rest));
    }
    if let Some(watched) = watched_first(phrase) {
        return Some(watched);
    }
    phrase.starts("when|whenever|once|as_soon_as|each_time|every_time")?;
    let at =
        (2..phrase.len()).find(|at| phrase.stops_before(*at) && step_words::begins(phrase, *at))?;
    Some((Start::Unknown(phrase.span(0, at)), phrase.part(at, phrase.len())))
}

/// "When a to-do is completed in Nordlys app, tell me": up to the first step.
fn watched_first(phrase: &Phrase) -> Option<(Start, Phrase)> {
    (2..=phrase.len()).find_map(|at| {
        let is_end = at == phrase.len() || step_words::begins(phrase, at);
        let watch = watch_words::read(&phrase.part(0, at)).filter(|_| is_end)?;
        Some((Start::Watch(watch), phrase.part(at, phrase.len())))
    })
}

/// What starts it, said last: "... every Monday at 9".
fn start_last(phrase: &Phrase) -> Option<(Phrase, Start)> {
    let starts: Vec<usize> = (0..phrase.len()).collect();
    starts.into_iter().find_map(|at| {
        let (before, last) = (phrase.part(0, at), phrase.part(at, phrase.len()));
        let start = alone(&last)?;
        Some((before, start))
    })
}

/// What starts it, and nothing else.
pub(crate) fn alone(phrase: &Phrase) -> Option<Start> {
    if phrase
        .fits_any(WEBHOOK)
        .or_else(|| phrase.fits_any(&["[a|the|by] webhook", "by|with|from [a|the] webhook"]))
        .is_some()
    {
        return Some(Start::Webhook);
    }
    if phrase.fits_any(HAND).or_else(|| phrase.fits("by hand")).is_some() {
        return Some(Start::Hand);
    }
    let every = schedule::whole(phrase).map(Start::Every);
    every.or_else(|| watch_words::read(phrase).map(Start::Watch))
}
