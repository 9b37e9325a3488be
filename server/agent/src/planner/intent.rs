//! What a message asks for, in plain English; names are still words and are looked up later.

pub(crate) mod names;
mod talk;

use super::asked_words::Asked;
use super::by_name;
use super::dates::{self, Range};
use super::flow_words::{self, FlowRequest};
use super::look_words::{self, Look};
use super::many;
use super::note_words::{self, Note};
use super::other_words::{self, OtherUse};
use super::phrase::Phrase;
use super::post_words::{self, Post};
use super::scope::{self, Scope};
use super::todo_words::{self, TodoRequest};
use crate::command_list::Command;
use chrono::NaiveDate;
use talk::talk;

/// What a message asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Intent {
    /// "Hello".
    Hello,
    /// "Thanks".
    Thanks,
    /// "What can you do?"
    Help,
    /// "Never mind".
    NeverMind,
    /// "Approve it": only a person can, with the buttons.
    Decide,
    /// "What waits for approval?"
    Approvals,
    /// "What is overdue?"
    Overdue(Scope),
    /// "What is due this week?"
    Due(Range, String, Scope),
    /// "What is Ana working on?", "my to-dos", "to-dos in Website relaunch".
    Open(Scope),
    /// "Which projects are there?"
    Projects,
    /// "Who is here?"
    People,
    /// "How is Website relaunch doing?"
    Summary(String),
    /// "Find to-dos about the logo", and where.
    Find(String, Scope),
    /// "Is everything connected?"
    Status,
    /// Something to do with a to-do.
    Todo(TodoRequest),
    /// Something to do with a flow.
    Flow(FlowRequest),
    /// A card, a message, a line in a chat, or taking the last change back.
    Post(Post),
    /// A question about the team, cards or what happened.
    Look(Look),
    /// Something to keep for later, or to be reminded of.
    Note(Note),
    /// Use of a tool of another server.
    Other(OtherUse),
    /// `/health_project Website relaunch`: a command by its name, and the words after it.
    Command(Command, String),
    /// None of these.
    Unknown,
}

/// Messages longer than this are never simple requests.
const MANY_WORDS: usize = 80;

/// What `message` asks for, seen from `today`. `is_in_flow` is true when the page shows a flow.
pub(crate) fn read(message: &str, today: NaiveDate, is_in_flow: bool) -> Intent {
    if let Some((command, rest)) = by_name::read(message) {
        return Intent::Command(command, rest);
    }
    let written = Phrase::new(message);
    let phrase = polite(written.clone());
    if phrase.is_empty() || phrase.len() > MANY_WORDS {
        return Intent::Unknown;
    }
    talk(&written)
        .or_else(|| talk(&phrase))
        .or_else(|| other_words::read(&phrase).map(Intent::Other))
        .or_else(|| flow_words::read(&phrase, today, is_in_flow).map(Intent::Flow))
        .or_else(|| note_words::read(&phrase, today).map(Intent::Note))
        .or_else(|| many::is_change(&phrase).then_some(Intent::Look(Look::Asked(Asked::Many))))
        .or_else(|| todo_words::read(&phrase, today).map(Intent::Todo))
        .or_else(|| post_words::read(&phrase).map(Intent::Post))
        .or_else(|| look_words::read(&phrase, today).map(Intent::Look))
        .or_else(|| question(&phrase, today))
        .or_else(|| other_words::guess(&phrase).map(Intent::Other))
        .unwrap_or(Intent::Unknown)
}

/// Without "please", "can you", "hey assistant".
fn polite(phrase: Phrase) -> Phrase {
    const OPENINGS: [&str; 10] = [
        "hey|hi|hello|ok|okay|so|and|now|well|please|pls|assistant",
        "can|could|would|will you [please]",
        "i want|need|would_like you to",
        "i'd like|want you to",
        "i would like to",
        "i want|need to",
        "i'd like to",
        "let's",
        "go ahead and",
        "automate this|that|the_following [:]",
    ];
    let opened = OPENINGS.iter().find_map(|it| phrase.starts(it).map(|(_, rest)| rest));
    match opened.filter(|rest| !rest.is_empty()) {
        Some(rest) => polite(rest),
        None => match phrase.fits("{rest} please|pls|thanks") {
            Some(captures) => polite(captures.part("rest")),
            _ => phrase,
        },
    }
}

fn question(phrase: &Phrase, today: NaiveDate) -> Option<Intent> {
    if late(phrase) {
        return Some(Intent::Overdue(scope::read(phrase, today)));
    }
    if let Some((query, scope)) = search(phrase) {
        return Some(Intent::Find(query, scope));
    }
    if phrase.has("due|deadline|deadlines|coming_up")
        || (phrase.has("have_to_do|on_my_plate|to_do|should_i_do|need_to_finish|have_to_finish|need_to_do|has_to_do|do_i_have|is_there_anything|is_there_something")
            && when(phrase, today).is_some())
        || phrase.has("working_on") && phrase.has("this_week|next_week|this_month")
    {
        let (words, range) = when(phrase, today).unwrap_or_else(|| soon(today));
        let scope = Scope { days: None, ..scope::read(phrase, today) };
        return Some(Intent::Due(range, words, scope));
    }
    if let Some(project) = summary(phrase) {
        return Some(Intent::Summary(project));
    }
    if phrase
        .fits_any(&[
            "@show|@what [me] [all] [my|our|the] projects",
            "@what [the|our|my] projects do|have|can|should {more}",
            "@what [the|our|my] projects are [there|active|running|open|ours]",
            "@show [me] [all] [the|our|my] projects",
            "projects",
            "my|our|all [the] projects",
            "list projects {more}",
            "how_many projects {more}",
        ])
        .is_some()
    {
        return Some(Intent::Projects);
    }
    if phrase
        .fits_any(&[
            "people|team",
            "@show [me] [all] [the|our|my] people|team|everyone",
            "@show [me] everyone|everybody|people [in|of|on] [the|our] [workspace|team|company]",
            "who is|are here|there|on_the_team|in_the_team|we",
            "who's on_the_team|here",
        ])
        .is_some()
    {
        return Some(Intent::People);
    }
    if let Some(scope) = open(phrase, today) {
        return Some(Intent::Open(scope));
    }
    phrase
        .fits_any(&[
            "status",
            "@show [me] [the] status",
            "is everything connected|ok|fine|working",
            "is basecamp connected",
            "are you connected {more}",
        ])
        .map(|_| Intent::Status)
}

/// Asks for what should be done already.
fn late(phrase: &Phrase) -> bool {
    phrase.has(
        "overdue|past_due|past_its_due|past_their_due|days_late|week_late|weeks_late|month_late|months_late|running_late|behind_schedule|behind_on|have_slipped|at_risk|\
         should_have_been_finished|should_have_been_done|should_be_done_already",
    ) || phrase
        .fits_any(&[
            "@what [is|are] late {more}",
            "@what [is|are] late",
            "@what @todos {x} is|are late",
            "anything|something|everything [that_is] late {more}",
            "anything|something|everything [that_is] late",
            "[@show] [me] [the|all] late items|work|things|ones|@todos {more}",
            "[@show] [me] [the|all] late items|work|things|ones|@todos",
            "what did {who} miss",
            "is|are anything|something|any [of] [mine|ours] [@todos] late",
            "am|are i|we late|behind [with|on] {more}",
            "am|are i|we late|behind",
            "what|anything [has|have] slipped {more}",
            "what|anything [has|have] slipped",
        ])
        .is_some()
}

fn search(phrase: &Phrase) -> Option<(String, Scope)> {
    let owned = phrase.fits(
        "find|search [for] {who} @todos about|for|with|called|named|mentioning [the|a|an] {query}",
    );
    let owned = owned.and_then(|it| {
        let who = it.get("who").strip_suffix("'s")?.to_owned();
        Some((it.part("query"), vec![who]))
    });
    let any = || {
        let captures = phrase.fits_any(&[
            "find|search|look [for] [the|a|any|all] @todos about|for|with|called|named|mentioning {query}",
            "search for {query}",
            "look for {query}",
            "find {query}",
            "where is|are [the] thing|@todo about|with|on {query}",
            "look up [anything|something|everything] [about|on] {query}",
        ])?;
        Some((captures.part("query"), Vec::new()))
    };
    let (query, mut about) = owned.or_else(any)?;
    let placed = query.fits("{query} in [the] [project] {place}");
    let Some(placed) = placed else {
        return Some((query.text(), Scope { about, ..Scope::default() }));
    };
    let place = placed.part("place");
    about.push(place.fits("{name} project").map_or_else(|| place.text(), |it| it.get("name")));
    Some((placed.get("query"), Scope { about, ..Scope::default() }))
}

fn soon(today: NaiveDate) -> (String, Range) {
    let words = "soon".to_owned();
    let range = dates::range(&words, today).unwrap_or(Range { from: today, to: today });
    ("in the next 7 days".to_owned(), range)
}

/// The days a question names, with its words.
fn when(phrase: &Phrase, today: NaiveDate) -> Option<(String, Range)> {
    let longest = phrase.len().min(5);
    (1..=longest).rev().find_map(|many| {
        (0..=phrase.len().checked_sub(many)?).find_map(|at| {
            let words = phrase.span(at, at + many);
            let range = dates::range(&words, today)?;
            Some((words.to_lowercase(), range))
        })
    })
}

fn summary(phrase: &Phrase) -> Option<String> {
    let captures = phrase.fits_any(&[
        "summarize|summarise|sum_up [the] [project] {project}",
        "summary|overview|status|report|health of|for|on [the] [project] {project}",
        "@show|give [me] [a|an|the] [quick|short] summary|overview|status|report|update [report] of|for|on [the] [project] {project}",
        "@what [is] [the] summary|overview|status|state|health of|for|on [the] [project] {project}",
        "how is|are|does|goes|how's [the] [project] {project} doing|going|coming_along|looking",
        "how is|how's [the] [project] {project}",
        "how's [the] [project] {project} doing|going|coming_along|looking",
        "how's [the] [project] {project}",
        "project|{project} summary|overview",
        "tell me about [the] [project] {project}",
        "@what [is] going|happening on|in|with [the] [project] {project}",
        "@what [is] happening in|with [the] [project] {project}",
        "is|are [the] [project] {project} on track|time|schedule",
        "is|are [the] [project] {project} in trouble|danger",
        "where are we with|on|in [the] [project] {project}",
        "where do we|i stand on|with|in [the] [project] {project}",
        "how far [along] is|are [we] [with] [the] [project] {project}",
        "will [the] [project] {project} be|finish done|finished|ready|on on_time|in_time|time|schedule",
        "will [the] [project] {project} finish on_time|in_time",
        "[are|is] [there] any problems|problem|issues|issue|risks|risk|trouble in|with|on|for [the] [project] {project}",
        "@what [is] blocking|holding_up|stopping [the] [project] {project}",
    ])?;
    let project = captures.part("project");
    let name = project.fits("{name} project").map_or_else(|| project.text(), |it| it.get("name"));
    (!name.is_empty()).then_some(name)
}

fn open(phrase: &Phrase, today: NaiveDate) -> Option<Scope> {
    // "What is Theo working on in Website relaunch?"
    if let Some(placed) = phrase.fits("{head} in [the] [project] {place}")
        && scope::is_whole_name(&placed.part("place"))
        && let Some(person) = person(&placed.part("head"))
    {
        let place = placed.part("place");
        let name = place.fits("{name} project").map_or_else(|| place.text(), |it| it.get("name"));
        let plain = scope::read(phrase, today);
        if plain.left.is_some() || plain.with.is_some() {
            return Some(plain);
        }
        let about = person.about.into_iter().chain(Some(name)).collect();
        return Some(Scope { about, ..person });
    }
    if phrase
        .fits_any(&[
            "what am i working on",
            "what should|do|can i do|work_on|tackle|start_with|begin_with [first|next|now|today]",
            "@what [is] next [for|on] [me|my_list]",
            "plan my day",
            "what do i have to do",
            "what's|what_is on my plate|list|desk",
            "my work|day",
        ])
        .is_some()
    {
        return Some(Scope { is_mine: true, ..Scope::default() });
    }
    if let Some(scope) = person(phrase) {
        return Some(scope);
    }
    let captures = phrase.fits_any(OWNED);
    if let Some(who) = captures.map(|it| without_state(&it.get("person"))) {
        if !matches!(
            who.to_lowercase().as_str(),
            "my" | "all"
                | "the"
                | "open"
                | "all open"
                | "my open"
                | "all my"
                | "the open"
                | "all the"
        ) {
            return None;
        }
        return Some(scope::read(phrase, today));
    }
    let asks = phrase.fits_any(&[
        "@show [me] {more}",
        "@what [is|are] {more}",
        "@todos {more}",
        "my|open {more}",
        "@todos",
        "how_many {more}",
    ]);
    (asks.is_some() && phrase.has("@todos|to-dos|todos|tasks|to_dos|open|left|assigned_to_me"))
        .then(|| scope::read(phrase, today))
}

/// "Priya's to-dos".
const OWNED: &[&str] =
    &["@show [me] {person} @todos", "@what [are|is] {person} @todos", "{person} @todos"];

/// A question for what one person has.
fn person(phrase: &Phrase) -> Option<Scope> {
    let scope = |who: &str| match who.to_lowercase().as_str() {
        "i" | "me" | "my" | "myself" => Scope { is_mine: true, ..Scope::default() },
        _ => Scope { about: vec![who.to_owned()], ..Scope::default() },
    };
    let named = phrase.fits_any(&[
        "@what [is|are|does|do] {person} working on",
        "@what [is|are|does|do] {person} busy_with|doing|up_to",
        "what does {person} have to do",
        "what does {person} have on {more}",
        "what should {person} do [next]",
        "@what [is] on {person} plate|list|desk",
        "@what [is] assigned to {person}",
        "@show [me] @todos of|for|assigned_to|from {person}",
        "[@show] [me] everything|all|anything [that_is] assigned to {person}",
        "@todos of|for|assigned_to|from {person}",
        "workload of|for {person}",
    ]);
    if let Some(captures) = named {
        let who = captures.get("person");
        return Some(scope(who.strip_suffix("'s").unwrap_or(&who)));
    }
    let owned = phrase.fits_any(OWNED)?;
    without_state(&owned.get("person")).strip_suffix("'s").map(scope)
}

/// "Priya's" of "Priya's open".
fn without_state(who: &str) -> String {
    const STATES: [&str; 4] = [" open", " remaining", " current", " unfinished"];
    let owned = |it: &&str| it.ends_with("'s");
    let short = STATES.iter().find_map(|it| who.strip_suffix(it));
    short.filter(owned).unwrap_or(who).to_owned()
}

#[cfg(test)]
mod accuracy;
#[cfg(test)]
mod out_of_scope;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wording;
