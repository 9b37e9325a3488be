//! Questions about the team and about what happened.

use super::asked_words::{self, Asked};
use super::dates::{self, Range};
use super::item_words::{self, Items};
use super::phrase::Phrase;
use super::scope::{self, Scope};
use chrono::NaiveDate;

/// A question about people, cards or the past; names are still words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// "Which to-dos have nobody?", where, due when, and whether only those that are late.
    Unassigned(Scope, bool),
    /// "Who has the most to do?", or "how busy is Theo?"
    Workload(Option<String>),
    /// "Who is overloaded next week?": the person, when one is named, the words of the days, and the days.
    Busy(Option<String>, String, Range),
    /// "When will X be done?"
    Forecast(String),
    /// "Show the latest messages of X".
    Messages(String),
    /// "Who works on X?"
    Team(String),
    /// "Who is Theo?"
    Person(String),
    /// "What happened in X since yesterday?"
    Happened(Past),
    /// "What was finished this week?"
    Finished(Past),
    /// "Show the cards of X".
    Cards(String),
    /// "Which cards of Theo are overdue?"
    SomeCards(Items),
    /// "Messages from Priya this week".
    SomeMessages(Items),
    /// "Find the card X".
    FindCards(String),
    /// A day, a report, a ranking, or a change of many things.
    Asked(Asked),
}

/// What part of the past a question is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Past {
    /// A project or a person, in words.
    pub(crate) about: Option<String>,
    /// A person beside a project, in words.
    pub(crate) by: Option<String>,
    /// "yesterday", "last week", "3 days ago"; a week when nothing was said.
    pub(crate) since: Option<String>,
}

/// Times that end a question, as one word each.
const TIMES: &str = "today|yesterday|this_week|last_week|this_month|last_month|lately|recently";

/// What a phrase asks about.
pub(crate) fn read(phrase: &Phrase, today: NaiveDate) -> Option<Look> {
    asked_words::read(phrase, today)
        .map(Look::Asked)
        .or_else(|| cards(phrase, today))
        .or_else(|| unassigned(phrase, today))
        .or_else(|| busy(phrase, today))
        .or_else(|| workload(phrase))
        .or_else(|| forecast(phrase))
        .or_else(|| messages(phrase, today))
        .or_else(|| past(phrase))
        .or_else(|| people(phrase))
}

fn unassigned(phrase: &Phrase, today: NaiveDate) -> Option<Look> {
    let asks = phrase.has("unassigned|no_assignee|without_assignee")
        || phrase.has("nobody|no_one|no_owner|an_owner|an_assignee|without_owner")
            && phrase.has("@todos|to-dos|todos|tasks|to_dos|work");
    if !asks || phrase.has("when|if|every|each|make|create|add|assign") {
        return None;
    }
    let rest = of_nobody(phrase).unwrap_or_else(|| phrase.clone());
    let is_late = rest.has("overdue|late|past_due");
    let mut scope = scope::read(&rest, today);
    if let Some(days) = scope.days.as_mut().filter(|it| !is_late && it.to >= today) {
        days.from = days.from.max(today);
    }
    Some(Look::Unassigned(scope, is_late))
}

/// "With nobody": what is asked besides; none where that is not said.
pub(crate) fn of_nobody(phrase: &Phrase) -> Option<Phrase> {
    const SAID: [&str; 5] = [
        "without|with_no [an|any] assignee|owner|person|one",
        "that|which nobody|no_one has|owns",
        "have|has|with nobody|no_one",
        "have|has no owner|assignee",
        "[are|is] unassigned",
    ];
    let (from, to, _) = SAID.iter().find_map(|it| phrase.find(it))?;
    Some(phrase.except(from, to))
}

fn workload(phrase: &Phrase) -> Option<Look> {
    let one = phrase.fits_any(&[
        "how busy|loaded|overloaded is {who}",
        "is {who} overloaded|too_busy|busy",
        "how_much does {who} have [on|to_do]",
        "workload of|for {who}",
        "{who} workload",
    ]);
    if let Some(captures) = one {
        let who = captures.get("who");
        let who = who.strip_suffix("'s").unwrap_or(&who);
        let named = who.to_lowercase();
        let is_all = named.ends_with("team")
            || matches!(
                named.as_str(),
                "everyone"
                    | "everybody"
                    | "anyone"
                    | "anybody"
                    | "someone"
                    | "somebody"
                    | "show"
                    | "show me"
                    | "show the"
                    | "the"
            );
        return Some(Look::Workload((!is_all).then(|| who.to_owned())));
    }
    let all = phrase.fits_any(&[
        "[@show] [me] [the|our] [team] workload {more}",
        "[@show] [me] [the|our] [team] workload",
        "who has the most|least {more}",
        "who has [too] much|little {more}",
        "who's|who_is|who_has [got] too much {more}",
        "who is|are [too|the] busy|busiest|overloaded|free|idle|available",
        "who's [too|the] busy|busiest|overloaded|free|idle|available",
        "who has nothing [to_do]",
        "who has time|capacity|room [for_more|left]",
        "who could|can take [on] more|something|work [on]",
        "is anyone|anybody|someone|somebody overloaded|free|too_busy",
        "how_many [open] @todos does|do each|every person|one|member have",
        "how_many [open] @todos does|do everyone|everybody have",
        "who has how_many [open] @todos",
    ]);
    all.map(|_| Look::Workload(None))
}

/// A question about the workload that ends with days to come.
fn busy(phrase: &Phrase, today: NaiveDate) -> Option<Look> {
    let longest = phrase.len().saturating_sub(1).min(4);
    (1..=longest).rev().find_map(|many| {
        let at = phrase.len() - many;
        let words = phrase.span(at, phrase.len()).to_lowercase();
        let days = dates::range(&words, today).filter(|it| it.to >= today)?;
        let rest = phrase.part(0, at);
        let rest = rest.fits("{rest} for|on|in|during|by").map_or(rest, |it| it.part("rest"));
        match workload(&rest)? {
            Look::Workload(who) => Some(Look::Busy(who, words, days)),
            _ => None,
        }
    })
}

fn forecast(phrase: &Phrase) -> Option<Look> {
    let captures = phrase.fits_any(&[
        "when will [the] [project] {project} project be done|finished|ready|complete|completed|over",
        "when will [the] [project] {project} be done|finished|ready|complete|completed|over",
        "when will [the] [project] {project} finish|end",
        "when is|are [the] [project] {project} expected|going|supposed|likely to finish|end",
        "when is|are [the] [project] {project} expected|going|supposed|likely to be done|finished|ready",
        "how long until|till|before [the] [project] {project} is|are done|finished|ready|complete",
        "@what [is] the expected|estimated|likely end|end_date|finish of|for [the] [project] {project}",
    ])?;
    let project = captures.get("project");
    (!matches!(project.to_lowercase().as_str(), "it" | "this" | "that" | "everything"))
        .then_some(Look::Forecast(project))
}

fn messages(phrase: &Phrase, today: NaiveDate) -> Option<Look> {
    let simple = phrase.fits_any(&[
        "@show|@what|read [me] [are|is] [all] [the] [latest|recent|newest|last|new] messages|announcements in|of|on|from|for [the] {project} project",
        "@show|@what|read [me] [are|is] [all] [the] [latest|recent|newest|last|new] messages|announcements in|of|on|from|for [the] {project}",
        "@what [was|were|has_been|have_been|is] posted|announced in|on|to [the] {project}",
    ]);
    let project = simple.map(|it| it.part("project")).filter(scope::is_whole_name);
    if let Some(project) = project.filter(|it| timed(it).1.is_none()) {
        return Some(Look::Messages(project.text()));
    }
    item_words::messages(phrase, today).map(Look::SomeMessages)
}

fn cards(phrase: &Phrase, today: NaiveDate) -> Option<Look> {
    if let Some(captures) = phrase.fits_any(&[
        "find|search|look|where [for|is] [the|a|any] card|cards [about|for|called|named|with] {query}",
    ]) {
        return Some(Look::FindCards(captures.get("query")));
    }
    let simple = phrase.fits_any(&[
        "@show|@what [me] [is|are] [all|the|our] [the] cards|board|columns of|in|on [the] {project} project|board",
        "@show|@what [me] [is|are] [all|the|our] [the] cards|board|columns of|in|on [the] {project}",
        "@show [me] [the] {project} board|cards",
        "cards of|in|on [the] {project}",
    ]);
    let is_name = |it: &Phrase| {
        scope::is_whole_name(it)
            && !it.has("column")
            && !matches!(it.text().to_lowercase().as_str(), "all" | "my" | "the")
    };
    match simple.map(|it| it.part("project")).filter(is_name) {
        Some(project) => Some(Look::Cards(project.text())),
        None => item_words::cards(phrase, today).map(Look::SomeCards),
    }
}

fn past(phrase: &Phrase) -> Option<Look> {
    let (phrase, since) = timed(phrase);
    if let Some(captures) = phrase.fits_any(&[
        "catch me|us up on|with|about [the] {about}",
        "catch me|us up",
        "what did|have i|we miss|missed in|on|with [the] {about}",
        "what did|have i|we miss|missed",
    ]) {
        return Some(Look::Happened(Past {
            about: captures.some("about"),
            since,
            ..Past::default()
        }));
    }
    if let Some(past) = finished(&phrase, since.as_ref()) {
        return Some(Look::Finished(past));
    }
    happened(&phrase, since).map(Look::Happened)
}

/// Whether words mean everybody who works here.
fn is_team(words: &str) -> bool {
    matches!(words.to_lowercase().as_str(), "we" | "the team" | "everyone" | "us" | "i")
}

/// "What did Ben finish in Website relaunch?", without its time.
fn finished(phrase: &Phrase, since: Option<&String>) -> Option<Past> {
    let since = since.cloned();
    let finished = phrase.fits_any(&[
        "@what|@show [me] [has|have|was|were|been|did] [we|the_team] [been|just] finished|completed|done|finish|complete in|on|of|for [the] {about}",
        "what did {about?} finish|complete|get_done",
        "which|what|how_many @todos did|has|have {about?} finish|finished|complete|completed|get_done|do",
        "how_many @todos were|have [been] finished|completed|done in|on [the] {about}",
        "how_many @todos were|have [been] finished|completed|done by {about}",
        "what|what's|which @todos were|was|has|have [been] finished|completed|done in|on [the] {about}",
    ]);
    let both = phrase.fits_any(&[
        "what did|has {by?} finish|finished|complete|completed|get_done in|on|for [the] [project] {about}",
        "which|what|how_many @todos did|has|have {by?} finish|finished|complete|completed|get_done in|on|for [the] [project] {about}",
    ]);
    if let Some(captures) = both {
        let by = captures.some("by").filter(|it| !is_team(it));
        return Some(Past { about: captures.some("about"), by, since });
    }
    if let Some(captures) = finished {
        let about = captures.some("about").filter(|it| !is_team(it));
        return Some(Past { about, since, ..Past::default() });
    }
    let plain = phrase.fits_any(&[
        "@what [has|have|was|were|did] [we|been] [been] finished|completed|done|finish|complete",
        "which|how_many @todos were|was|has|have [been] finished|completed|done",
        "@show [me] [what] [the] finished|completed|done [@todos]",
        "@show [me] [what_has|what_have|what_was|what's] [been] finished|completed|done",
        "what got finished|completed|done",
    ]);
    if plain.is_some() {
        return Some(Past { since, ..Past::default() });
    }
    let by =
        phrase.fits("what|which has|have {about?} [already|just] finished|completed [so_far]")?;
    let about = by.some("about").filter(|it| !is_team(it));
    Some(Past { about, since, ..Past::default() })
}

/// "What happened in Website relaunch?", without its time.
fn happened(phrase: &Phrase, since: Option<String>) -> Option<Past> {
    let both = phrase.fits_any(&[
        "what has|did {by?} [been] doing|do|done|work_on|working_on in|on|for [the] [project] {about}",
        "what was {by?} doing|up_to in|on [the] [project] {about}",
    ]);
    if let Some(captures) = both {
        let by = captures.some("by").filter(|it| !is_team(it));
        return Some(Past { about: captures.some("about"), by, since });
    }
    let there = "what|what's|what_has|what_is happened|happening|changed|new|going_on there";
    if phrase.fits(there).is_some() {
        let about = Some("there".to_owned());
        return Some(Past { about, since, ..Past::default() });
    }
    let happened = phrase.fits_any(&[
        "what|what's|what_has happened|happening|changed|new|is_new|has_changed|has_happened in|on|with|at [the] {about}",
        "what has|did {about?} [been] doing|do|done|work_on",
        "what did {about?} do|work_on|get_up_to",
        "what was {about} doing|up_to",
        "@show [me] [the] [recent|latest] activity|changes|news in|on|of|from [the] {about}",
        "recent|latest activity|changes|news in|on|of|from [the] {about}",
    ]);
    if let Some(captures) = happened {
        let about = captures.some("about").filter(|it| !is_team(it));
        return Some(Past { about, since, ..Past::default() });
    }
    let all = phrase.fits_any(&[
        "what|what's|what_has happened|changed|new|is_new|has_changed|has_happened [here]",
        "[@show] [me] [the|any] recent|latest activity|changes|news",
        "activity",
    ]);
    all.map(|_| Past { since, ..Past::default() })
}

/// The phrase without the time at its end, and that time.
pub(crate) fn timed(phrase: &Phrase) -> (Phrase, Option<String>) {
    let patterns = [
        "{rest} since {time}".to_owned(),
        format!("{{rest}} {TIMES}"),
        "{rest} {time?} days|weeks|hours ago".to_owned(),
    ];
    let middle = format!("{{rest}} {TIMES} in|on|at|with {{place}}");
    if let Some(captures) = phrase.fits(&middle) {
        let (rest, place) = (captures.part("rest"), captures.part("place"));
        let said = phrase.part(rest.len(), phrase.len() - place.len());
        let time = said.part(0, said.len().saturating_sub(1)).text().to_lowercase();
        return (Phrase::new(&format!("{} in {}", rest.text(), place.text())), Some(time));
    }
    for pattern in &patterns {
        let Some(captures) = phrase.fits(pattern) else { continue };
        let rest = captures.part("rest");
        let said = phrase.span(rest.len(), phrase.len());
        let lower = said.to_lowercase();
        return (rest, Some(lower.strip_prefix("since ").unwrap_or(&lower).to_owned()));
    }
    (phrase.clone(), None)
}

fn people(phrase: &Phrase) -> Option<Look> {
    let team = phrase.fits_any(&[
        "who works|is_working on|in [the] {project} project",
        "who works|is_working on|in [the] {project}",
        "who's working on|in [the] {project}",
        "who is|are on [the] {project} project",
        "who has|have access to [the] {project} project",
        "who has|have access to [the] {project}",
        "team|people of|on|in [the] {project}",
    ]);
    // "Who is on the team?" is about everybody.
    let project = team.map(|it| it.get("project"));
    if let Some(project) = project.filter(|it| !it.eq_ignore_ascii_case("team")) {
        return Some(Look::Team(project));
    }
    let who =
        phrase.fits_any(&["who is {who}", "who's {who}", "what do we|you know about {who}"])?;
    let name = who.part("who");
    let is_place = name
        .starts("here|there|on|in|the|we|overloaded|free|busy|doing|responsible|late|behind|this")
        .is_some();
    (name.len() <= 3 && !is_place).then(|| Look::Person(name.text()))
}
