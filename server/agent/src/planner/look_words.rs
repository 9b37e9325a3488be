//! Questions about the team and about what happened.

use super::phrase::Phrase;

/// A question about people, cards or the past; names are still words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// "Which to-dos have nobody?", in a project when one is named.
    Unassigned(Option<String>),
    /// "Who has the most to do?", or "how busy is Theo?"
    Workload(Option<String>),
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
    /// "Find the card X".
    FindCards(String),
}

/// What part of the past a question is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Past {
    /// A project or a person, in words.
    pub(crate) about: Option<String>,
    /// "yesterday", "last week", "3 days ago"; a week when nothing was said.
    pub(crate) since: Option<String>,
}

/// Times that end a question, as one word each.
const TIMES: &str = "today|yesterday|this_week|last_week|this_month|last_month|lately|recently";

/// What a phrase asks about.
pub(crate) fn read(phrase: &Phrase) -> Option<Look> {
    unassigned(phrase)
        .or_else(|| workload(phrase))
        .or_else(|| cards(phrase))
        .or_else(|| past(phrase))
        .or_else(|| people(phrase))
}

fn unassigned(phrase: &Phrase) -> Option<Look> {
    let asks = phrase.has("unassigned|no_assignee|without_assignee")
        || phrase.has("nobody|no_one|no_owner|an_owner|an_assignee|without_owner")
            && phrase.has("@todos|to-dos|todos|tasks|to_dos|work");
    if !asks || phrase.has("when|if|every|each|make|create|add|assign") {
        return None;
    }
    let place = phrase.fits_any(&[
        "{x} in|of|from [the] {project} project",
        "{x} in|of|from [the] {project} have|has {y}",
        "{x} in|of|from [the] {project}",
    ]);
    Some(Look::Unassigned(place.map(|it| it.get("project"))))
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
        let is_all = matches!(
            who.to_lowercase().as_str(),
            "team"
                | "the team"
                | "everyone"
                | "everybody"
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
        "who has time|capacity|room [for_more|left]",
        "who could|can take [on] more|something|work [on]",
        "is anyone|anybody|someone|somebody overloaded|free|too_busy",
    ]);
    all.map(|_| Look::Workload(None))
}

fn cards(phrase: &Phrase) -> Option<Look> {
    if let Some(captures) = phrase.fits_any(&[
        "find|search|look|where [for|is] [the|a|any] card|cards [about|for|called|named|with] {query}",
    ]) {
        return Some(Look::FindCards(captures.get("query")));
    }
    let captures = phrase.fits_any(&[
        "@show|@what [me] [is|are] [all|the|our] [the] cards|board|columns of|in|on [the] {project} project|board",
        "@show|@what [me] [is|are] [all|the|our] [the] cards|board|columns of|in|on [the] {project}",
        "@show [me] [the] {project} board|cards",
        "cards of|in|on [the] {project}",
    ])?;
    let project = captures.get("project");
    (!matches!(project.to_lowercase().as_str(), "all" | "my" | "the"))
        .then_some(Look::Cards(project))
}

fn past(phrase: &Phrase) -> Option<Look> {
    let (phrase, since) = timed(phrase);
    let finished = phrase.fits_any(&[
        "@what|@show [me] [has|have|was|were|been|did] [we|the_team] [been|just] finished|completed|done|finish|complete in|on|of|for [the] {about}",
        "what did {about?} finish|complete|get_done",
        "what|what's|which @todos were|was|has|have [been] finished|completed|done in|on [the] {about}",
    ]);
    let team = |words: &str| {
        matches!(words.to_lowercase().as_str(), "we" | "the team" | "everyone" | "us" | "i")
    };
    if let Some(captures) = finished {
        let about = captures.some("about").filter(|it| !team(it));
        return Some(Look::Finished(Past { about, since }));
    }
    let plain = phrase.fits_any(&[
        "@what [has|have|was|were|did] [we|been] [been] finished|completed|done|finish|complete",
        "which @todos were|was|has|have [been] finished|completed|done",
        "@show [me] [what] [the] finished|completed|done [@todos]",
        "@show [me] [what_has|what_have|what_was|what's] [been] finished|completed|done",
    ]);
    if plain.is_some() {
        return Some(Look::Finished(Past { about: None, since }));
    }
    let happened = phrase.fits_any(&[
        "what|what's|what_has happened|happening|changed|new|is_new|has_changed|has_happened in|on|with|at [the] {about}",
        "what has|did {about?} been doing|do|done|work_on",
        "what was {about} doing|up_to",
        "@show [me] [the] [recent|latest] activity|changes|news in|on|of|from [the] {about}",
        "recent|latest activity|changes|news in|on|of|from [the] {about}",
    ]);
    if let Some(captures) = happened {
        let about = captures.some("about").filter(|it| !team(it));
        return Some(Look::Happened(Past { about, since }));
    }
    let all = phrase.fits_any(&[
        "what|what's|what_has happened|changed|new|is_new|has_changed|has_happened [here]",
        "[@show] [me] [the|any] recent|latest activity|changes|news",
        "activity",
    ]);
    all.map(|_| Look::Happened(Past { about: None, since }))
}

/// The phrase without the time at its end, and that time.
fn timed(phrase: &Phrase) -> (Phrase, Option<String>) {
    let patterns = [
        "{rest} since {time}".to_owned(),
        format!("{{rest}} {TIMES}"),
        "{rest} {time?} days|weeks|hours ago".to_owned(),
    ];
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
        "team|people of|on|in [the] {project}",
    ]);
    if let Some(captures) = team {
        return Some(Look::Team(captures.get("project")));
    }
    let who =
        phrase.fits_any(&["who is {who}", "who's {who}", "what do we|you know about {who}"])?;
    let name = who.part("who");
    let is_place = name
        .starts("here|there|on|in|the|we|overloaded|free|busy|doing|responsible|late|behind|this")
        .is_some();
    (name.len() <= 3 && !is_place).then(|| Look::Person(name.text()))
}
