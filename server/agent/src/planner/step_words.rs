//! What a flow does, in plain words.

use super::conditions::{self, Test};
use super::dates;
use super::phrase::Phrase;
use super::post_words::{self, Post};
use super::report_words::{self, Finding, Target};
use super::todo_words::{self, TodoName, TodoRequest, TodoWords};
use chrono::NaiveDate;

/// One thing a flow does; names are still words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Do {
    /// Adds a to-do.
    AddTodo(TodoWords),
    /// Completes a to-do.
    Complete(TodoName),
    /// Comments on a to-do.
    Comment(TodoName, String),
    /// Tells a person inside PM OS; the first is none for the one who asks.
    Tell(Option<String>, Option<String>),
    /// Finds something out and passes it on.
    Report(Finding, Target),
    /// Posts words to a message board or a chat.
    Post(Target, String),
    /// Adds a card: its title, project and column.
    AddCard(String, Option<String>, Option<String>),
    /// Waits so many of a unit of the catalogue.
    Wait(u64, &'static str),
    /// Sends a request: method, address, whether with what arrived.
    Request(&'static str, String, bool),
    /// Branches.
    If(Test, Vec<Do>, Vec<Do>),
    /// Repeats for each item of a list.
    ForEach(String, Vec<Do>),
    /// Something we cannot do; the words.
    Unknown(String),
}

/// Words a step can begin with.
const BEGINNINGS: &str = "add|create|make|put|post|share|publish|send|tell|notify|message|ping|inform|let|remind|email|mail|call|get|\
fetch|request|wait|delay|pause|complete|finish|mark|reopen|comment|leave|if|otherwise|else|for_each|for_every|\
translate|write|upload|slack|text";

/// Words between steps.
const LINKS: &str = "and|then|also|afterwards|after_that|next|finally|lastly|first|, ";

/// Whether a step can begin at the word at `at`.
pub(crate) fn begins(phrase: &Phrase, at: usize) -> bool {
    unlinked(&phrase.part(at, phrase.len())).starts(BEGINNINGS).is_some()
}

/// The steps that `phrase` names, in order.
pub(crate) fn read_all(phrase: &Phrase, today: NaiveDate) -> Vec<Do> {
    let phrase = unlinked(phrase);
    let phrase = phrase
        .starts("that|which|to|where|so_that|:|it_should|should|it")
        .map_or(phrase.clone(), |it| unlinked(&it.1));
    let pieces = phrase.cut(|it, at| {
        let is_link = it.part(at, it.len()).starts(LINKS).is_some();
        (it.stops_before(at) || is_link) && begins(it, at) && !after_link(it, at)
    });
    let pieces: Vec<Phrase> =
        pieces.iter().flat_map(|it| conditions::apart(&unlinked(it))).collect();
    nest(&pieces, today)
}

/// "and tell me": the cut belongs before "and", not before "tell" as well.
fn after_link(phrase: &Phrase, at: usize) -> bool {
    at > 0 && phrase.part(at - 1, at).fits(LINKS).is_some()
}

fn unlinked(phrase: &Phrase) -> Phrase {
    match phrase.starts(LINKS) {
        Some((_, rest)) if !rest.is_empty() => unlinked(&rest),
        _ => phrase.clone(),
    }
}

/// What follows an "if" is inside it up to "otherwise", and what follows "for each" is inside that.
fn nest(pieces: &[Phrase], today: NaiveDate) -> Vec<Do> {
    let Some((first, rest)) = pieces.split_first() else { return Vec::new() };
    if let Some(test) = conditions::read(first) {
        let otherwise = rest.iter().position(|it| it.starts("otherwise|else|if_not").is_some());
        let (yes, no) = rest.split_at(otherwise.unwrap_or(rest.len()));
        let no: Vec<Phrase> =
            no.iter().map(without_otherwise).filter(|it| !it.is_empty()).collect();
        return vec![Do::If(test, nest(yes, today), nest(&no, today))];
    }
    if let Some(items) = first.fits_any(&[
        "for_each|for_every [item|one|entry|row] in|of [the] {items}",
        "for_each|for_every {items}",
    ]) {
        return vec![Do::ForEach(items.get("items"), nest(rest, today))];
    }
    let mut all = vec![one(first, today)];
    all.extend(nest(rest, today));
    all
}

fn without_otherwise(phrase: &Phrase) -> Phrase {
    phrase.starts("otherwise|else|if_not").map_or_else(|| phrase.clone(), |it| unlinked(&it.1))
}

fn one(phrase: &Phrase, today: NaiveDate) -> Do {
    wait(phrase)
        .or_else(|| request(phrase))
        .or_else(|| report_words::read(phrase).map(|(what, to)| Do::Report(what, to)))
        .or_else(|| post(phrase))
        .or_else(|| same_todo(phrase))
        .or_else(|| todo(phrase, today))
        .or_else(|| tell(phrase))
        .unwrap_or_else(|| Do::Unknown(phrase.text()))
}

/// What happens to the to-do that an earlier step added, or that started the flow.
fn same_todo(phrase: &Phrase) -> Option<Do> {
    let it = || TodoName { title: "the to-do".to_owned(), project: None };
    if phrase.fits("complete|finish|close|tick_off it|that|this [again]").is_some() {
        return Some(Do::Complete(it()));
    }
    let captures = phrase.fits_any(&[
        "comment|reply on|to|under it|that|this : {text}",
        "comment|reply on|to|under it|that|this saying|with|with_the_text [:] {text}",
        "add|post|leave|write [a] comment on|to|under it|that|this : {text}",
        "add|post|leave|write [a] comment on|to|under it|that|this saying|with|with_the_text [:] {text}",
        "comment|reply on|to|under it|that|this",
    ])?;
    Some(Do::Comment(it(), captures.get("text")))
}

fn todo(phrase: &Phrase, today: NaiveDate) -> Option<Do> {
    Some(match todo_words::read(phrase, today)? {
        TodoRequest::Add(words) => Do::AddTodo(words),
        TodoRequest::Complete(name) => Do::Complete(name),
        TodoRequest::Comment(name, text) => Do::Comment(name, text),
        TodoRequest::Reopen(_) | TodoRequest::Edit(..) => return None,
    })
}

fn post(phrase: &Phrase) -> Option<Do> {
    Some(match post_words::read(phrase)? {
        Post::AddCard { title, project, column } => Do::AddCard(title, project, column),
        Post::Message { project, text } => Do::Post(Target::Board(Some(project)), text),
        Post::ChatLine { project, text } => Do::Post(Target::Chat(Some(project)), text),
        Post::MoveCard { .. } | Post::AddList { .. } | Post::Access { .. } | Post::Undo => {
            return None;
        }
    })
}

fn wait(phrase: &Phrase) -> Option<Do> {
    let captures = phrase.fits_any(&[
        "wait|delay|pause [for|of|by] {n} {unit}",
        "[add|insert|put] [a] delay|wait|pause of|for {n} {unit}",
        "[add|insert|put] [a|an] {n} {unit} delay|wait|pause",
    ])?;
    let amount = dates::number(&captures.get("n").to_lowercase())?;
    let unit = match captures.get("unit").to_lowercase().trim_end_matches('s') {
        "second" | "sec" => "seconds",
        "minute" | "min" => "minutes",
        "hour" => "hours",
        "day" => "days",
        _ => return None,
    };
    Some(Do::Wait(amount, unit))
}

fn request(phrase: &Phrase) -> Option<Do> {
    let captures = phrase.fits_any(&[
        "send|make|post|do [a|an|the] [http] {method} request to {url}",
        "send|make|do [a|an] [http] request to {url}",
        "send|post|forward {what} to {url}",
        "call|get|fetch|request|post [to] [the] [url|address] {url}",
    ])?;
    let url = captures.get("url");
    let is_address = url.starts_with("http://") || url.starts_with("https://");
    if !is_address || url.contains(' ') {
        return None;
    }
    let is_post = phrase.starts("post|forward").is_some() || captures.some("what").is_some();
    let method = match captures.get("method").to_lowercase().as_str() {
        "post" => "POST",
        "put" => "PUT",
        "patch" => "PATCH",
        "delete" => "DELETE",
        "get" => "GET",
        _ if is_post => "POST",
        _ => "GET",
    };
    Some(Do::Request(method, url, matches!(method, "POST" | "PUT" | "PATCH")))
}

fn tell(phrase: &Phrase) -> Option<Do> {
    let mine = phrase.fits_any(&[
        "tell|notify|message|ping|inform|remind me|myself",
        "tell|notify|message|ping|inform|remind me|myself about it|that|this",
        "tell|notify|message|ping me|myself when|once {it} done|finished|happens|added",
        "let me know",
        "let me know about it|that",
        "send me a message|note|notification",
    ]);
    if mine.is_some() {
        return Some(Do::Tell(None, None));
    }
    let captures = phrase.fits_any(&[
        "tell|notify|message|ping|inform|remind me|myself that|:|saying|about {message}",
        "tell|notify|message|ping|inform|remind me|myself {message}",
        "let me know that|:|when|about {message}",
        "let me know {message}",
        "send me a message|note|notification saying|that|:|with {message}",
        "send a message|note|notification to {who?} saying|that|:|with {message}",
        "send a message|note|notification to {who}",
        "send {who?} a message|note|notification saying|that|:|with {message}",
        "send {who?} a message|note|notification",
        "let {who?} know that|:|about {message}",
        "let {who} know",
        "tell|notify|message|ping|inform|remind {who?} that|:|saying|about {message}",
    ]);
    if let Some(captures) = captures {
        let who = captures
            .some("who")
            .filter(|it| !matches!(it.to_lowercase().as_str(), "me" | "myself"));
        return Some(Do::Tell(who, captures.some("message")));
    }
    let captures = phrase.fits("tell|notify|message|ping|inform {who}")?;
    let who = captures.part("who");
    (who.len() <= 3).then(|| Do::Tell(Some(who.text()), None))
}
