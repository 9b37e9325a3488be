//! Requests that change a to-do.

use super::dates;
use super::edit_words::{self, Edit};
use super::phrase::Phrase;
use chrono::NaiveDate;

/// A request that changes a to-do; names are still words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TodoRequest {
    /// "Add a to-do called X to the Y project".
    Add(TodoWords),
    /// "Complete X".
    Complete(TodoName),
    /// "Reopen X".
    Reopen(TodoName),
    /// "Comment on X: text".
    Comment(TodoName, String),
    /// "Assign X to Ben", "set X due Friday", "rename X to Y".
    Edit(TodoName, Edit),
}

/// The words that name a to-do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TodoName {
    /// Its title, or a part of it.
    pub(crate) title: String,
    /// Its project, when named.
    pub(crate) project: Option<String>,
}

/// The words that describe a new to-do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TodoWords {
    /// What is to be done.
    pub(crate) title: String,
    /// Words after "project".
    pub(crate) project: Option<String>,
    /// Words before "list".
    pub(crate) list: Option<String>,
    /// A place that may be a project or a list: "to Website relaunch".
    pub(crate) place: Option<String>,
    /// Who does it.
    pub(crate) assignee: Option<String>,
    /// When, where the words name a day.
    pub(crate) due: Option<NaiveDate>,
}

/// What a phrase asks for; none when it asks to change no to-do.
pub(crate) fn read(phrase: &Phrase, today: NaiveDate) -> Option<TodoRequest> {
    if let Some(words) = add(phrase, today) {
        return Some(TodoRequest::Add(words));
    }
    if let Some((name, text)) = comment(phrase) {
        return Some(TodoRequest::Comment(name, text));
    }
    if let Some(name) = reopen(phrase) {
        return Some(TodoRequest::Reopen(name));
    }
    if let Some(name) = complete(phrase) {
        return Some(TodoRequest::Complete(name));
    }
    edit_words::read(phrase, today).map(|(name, edit)| TodoRequest::Edit(name, edit))
}

/// "Add a to-do ...".
pub(crate) fn add(phrase: &Phrase, today: NaiveDate) -> Option<TodoWords> {
    let makes = "@make [me] [a|an|another|the|one] [new|basecamp] @todo";
    // A list of to-dos is no to-do.
    if let Some((_, rest)) = phrase.starts(makes).filter(|it| it.1.starts("list").is_none()) {
        return Some(describe(&rest, today));
    }
    if let Some((_, rest)) = phrase.starts("i need|want [a|an|another] [new] @todo") {
        return Some(describe(&rest, today));
    }
    if let Some(captures) = phrase.fits("remind {who?} to {title}")
        && captures.get("who").to_lowercase() != "me"
    {
        let assignee = captures.some("who");
        return Some(TodoWords { assignee, ..describe(&captures.part("title"), today) });
    }
    if let Some(captures) = phrase.fits_any(&[
        "assign|give {who?} a|another|the [new] @todo called|named|:|to {title}",
        "assign|give {who?} a|another|the [new] @todo {title}",
    ]) {
        let assignee = captures.some("who");
        return Some(TodoWords { assignee, ..describe(&captures.part("title"), today) });
    }
    let captures = phrase.fits_any(&[
        "@make {title} as [a] [new] @todo to|in|on [the] {project} project",
        "@make {title} to|on [the|my] {list} list of|in [the] {project}",
        "@make {title} to|on [the|my] {list} list",
        "@make {title} as [a] [new] @todo to|in|on [the] {place}",
        "@make {title} to [the] @todos of|in [the] {place}",
        "remind me to {title}",
        "in|on [the] {place} project , add|create|make|put [a] [new] [@todo] [called|named|:] {title}",
        "in|on [the] {place} add|create|make|put [a] [new] [@todo] [called|named|:] {title}",
    ])?;
    let words = describe(&captures.part("title"), today);
    let (list, place) = (captures.some("list"), captures.some("place"));
    let project = captures.some("project").or(words.project);
    Some(TodoWords { list: list.or(words.list), place: place.or(words.place), project, ..words })
}

/// What follows "add a to-do": title and place, in any order, and who and when at the end.
pub(crate) fn describe(rest: &Phrase, today: NaiveDate) -> TodoWords {
    let mut words = TodoWords::default();
    let mut left = placed_first(rest, &mut words).unwrap_or_else(|| rest.clone());
    if let Some((_, title)) =
        left.starts("called|named|titled|saying|:|that_says|to").filter(|it| !it.1.is_empty())
    {
        left = title;
    }
    while let Some(shorter) = peel(&left, today, &mut words) {
        left = shorter;
    }
    words.title = left.text();
    words
}

/// "to the Website relaunch project called Send the brief".
fn placed_first(rest: &Phrase, words: &mut TodoWords) -> Option<Phrase> {
    if let Some(captures) = rest.fits_any(&[
        "for {who?} in|on [the] {project} project to|called|named|: {title}",
        "for {who?} in|on [the] {place?} to|called|named|: {title}",
    ]) {
        words.assignee = captures.some("who");
        words.project = captures.some("project");
        words.place = captures.some("place");
        return Some(captures.part("title"));
    }
    let captures = rest.fits_any(&[
        "to|in|on|for|under [the] {project} project in|on|to|under [the] {list} list called|named|titled|saying|: {title}",
        "to|in|on|for|under [the] {list} list in|of [the] {project} project called|named|titled|saying|: {title}",
        "to|in|on|for|under [the] {project} project called|named|titled|saying|: {title}",
        "to|in|on|under [the] {list} list called|named|titled|saying|: {title}",
        "to|in|on|for|under [the] {place} called|named|titled|saying|: {title}",
    ])?;
    words.project = captures.some("project");
    words.list = captures.some("list");
    words.place = captures.some("place");
    Some(captures.part("title"))
}

/// Takes one detail off the end; none when nothing is left to take.
fn peel(left: &Phrase, today: NaiveDate, words: &mut TodoWords) -> Option<Phrase> {
    due(left, today, words)
        .or_else(|| assignee(left, words))
        .or_else(|| list(left, words))
        .or_else(|| project(left, words))
        .filter(|it| !it.is_empty())
}

fn due(left: &Phrase, today: NaiveDate, words: &mut TodoWords) -> Option<Phrase> {
    if words.due.is_some() {
        return None;
    }
    let patterns =
        ["{rest} due [on|by|is] {date}", "{rest} by|before|until {date}", "{rest} on|for {date}"];
    let named = patterns.iter().find_map(|it| {
        let captures = left.fits(it)?;
        words.due = Some(dates::day(&captures.get("date"), today)?);
        Some(captures.part("rest"))
    });
    named.or_else(|| {
        let captures = left.fits_any(&["{rest} today", "{rest} tomorrow"])?;
        words.due = Some(dates::day(&left.span(left.len() - 1, left.len()), today)?);
        Some(captures.part("rest"))
    })
}

fn assignee(left: &Phrase, words: &mut TodoWords) -> Option<Phrase> {
    let captures = left.fits_any(&[
        "{rest} and assign it to {who}",
        "{rest} assigned to {who}",
        "{rest} assign to {who}",
    ])?;
    words.assignee = Some(captures.get("who"));
    Some(captures.part("rest"))
}

fn list(left: &Phrase, words: &mut TodoWords) -> Option<Phrase> {
    if words.list.is_some() {
        return None;
    }
    if words.project.is_none()
        && let Some(captures) = left.fits_any(&[
            "{rest} in|on|to|under [the] {list} list of|in|on|for [the] {project} project",
            "{rest} in|on|to|under [the] {list} list of|in|on|for [the] {project}",
            "{rest} in|on|to|under [the] list {list} of|in|on|for [the] {project} project",
            "{rest} in|on|to|under [the] list {list} of|in|on|for [the] project {project}",
        ])
    {
        words.list = captures.some("list");
        words.project = captures.some("project");
        return Some(captures.part("rest"));
    }
    let captures = left.fits_any(&[
        "{rest} in|on|to|under [the] {list} list",
        "{rest} in|on|to|under [the] list {list}",
        "{rest} in|on|to|under [the] {list} @todo list",
    ])?;
    words.list = Some(captures.get("list"));
    Some(captures.part("rest"))
}

fn project(left: &Phrase, words: &mut TodoWords) -> Option<Phrase> {
    if words.project.is_some() {
        return None;
    }
    let captures = left.fits_any(&[
        "{rest} to|in|on|for|of|under [the] {project} project",
        "{rest} to|in|on|for|of|under [the] project {project}",
    ])?;
    words.project = Some(captures.get("project"));
    Some(captures.part("rest"))
}

/// Every way to split "X in Y" into a title and a place, the longest title first.
pub(crate) fn places(title: &str) -> Vec<(String, String)> {
    let phrase = Phrase::new(title);
    let mut all = Vec::new();
    for at in (1..phrase.len()).rev() {
        if let Some((_, place)) =
            phrase.part(at, phrase.len()).starts("to|in|on|for|under|at [the]")
            && !place.is_empty()
        {
            all.push((phrase.span(0, at), place.text()));
        }
    }
    all
}

/// "Content of Website relaunch": every way to split the words for a list into the list and its project.
pub(crate) fn lists(words: &str) -> Vec<(String, String)> {
    let phrase = Phrase::new(words);
    let split = |at: usize| {
        let (_, place) = phrase.part(at, phrase.len()).starts("of|in|on|for [the]")?;
        (!place.is_empty()).then(|| (phrase.span(0, at), place.text()))
    };
    (1..phrase.len()).filter_map(split).collect()
}

fn complete(phrase: &Phrase) -> Option<TodoName> {
    let is_question = phrase
        .starts(
            "what|when|who|why|how|where|which|if|is|was|are|did|has|will|does|tell|once|whenever",
        )
        .is_some();
    let is_unsure = phrase.has("if|unless|maybe|perhaps");
    if is_question || is_unsure || phrase.has("not|don't|dont|never") && !phrase.has("mark") {
        return None;
    }
    let captures = phrase.fits_any(&[
        "complete|finish|close|tick_off|check_off|mark_off [the] [@todo] {todo}",
        "tick|check|cross {todo} off",
        "mark|set [the] [@todo] {todo} as|to|: done|complete|completed|finished",
        "mark|set [the] [@todo] {todo} done|complete|completed|finished",
        "[the] @todo {todo} is done|complete|completed|finished",
        "i|i've|we|we've [have] [just] finished|completed|done [the] [@todo] {todo}",
        "{todo} is done|completed|finished",
        "[i'm|we're|i_am|we_are] done|finished with [the] [@todo] {todo}",
    ])?;
    name(&captures.part("todo"))
}

fn reopen(phrase: &Phrase) -> Option<TodoName> {
    let captures = phrase.fits_any(&[
        "reopen|re-open|uncomplete|untick|uncheck [the] [@todo] {todo}",
        "mark|set [the] [@todo] {todo} as|to not|un done|complete|completed|finished",
        "mark|set [the] [@todo] {todo} as|to open|undone|incomplete|unfinished",
        "open [the] [@todo] {todo} again",
        "{todo} isn't|is_not|wasn't|was_not done|finished|complete|completed open|reopen it [again]",
    ])?;
    name(&captures.part("todo"))
}

fn comment(phrase: &Phrase) -> Option<(TodoName, String)> {
    let captures = phrase.fits_any(&[
        "comment|reply|note on|to|under [the] [@todo] {todo} : {text}",
        "comment|reply on|to|under [the] [@todo] {todo} saying|that|with|with_the_text [:] {text}",
        "add|post|leave|write|put [a|the] comment|note on|to|under [the] [@todo] {todo} : {text}",
        "add|post|leave|write|put [a|the] comment|note on|to|under [the] [@todo] {todo} saying|that|with|with_the_text [:] {text}",
        "add|post|leave|write|put [a|the] comment|note [:] {text} on|to|under [the] [@todo] {todo}",
        "comment [:] {text} on|under [the] [@todo] {todo}",
        "tell [the] {todo} thread|discussion [that|:] {text}",
    ]);
    if let Some(captures) = captures {
        return Some((name(&captures.part("todo"))?, captures.get("text")));
    }
    let captures = phrase.fits_any(&[
        "comment|reply on|to|under [the] [@todo] {todo}",
        "add|post|leave|write [a] comment on|to|under [the] [@todo] {todo}",
    ])?;
    Some((name(&captures.part("todo"))?, String::new()))
}

/// The to-do that words name; none for words that name no single one.
pub(crate) fn name(words: &Phrase) -> Option<TodoName> {
    const NOT_TITLES: [&str; 8] =
        ["it", "this", "that", "them", "all", "everything", "flow", "the flow"];
    let is_many = words
        .fits_any(&[
            "all|every|each|any|everything [of] [the|my|our] @todos|projects|things",
            "everything|all in|of|on|for {more}",
            "all|every|each [of] [the|my|our] @todos {more}",
            "all|every|each|any|everything {x?} @todos {more}",
            "all|every|each|any|everything {x?} @todos",
            "everything|anything overdue|late|open|due|unassigned|urgent {more}",
            "everything|anything overdue|late|open|due|unassigned|urgent",
        ])
        .is_some();
    if words.is_empty() || is_many || NOT_TITLES.contains(&words.text().to_lowercase().as_str()) {
        return None;
    }
    let placed = words.fits_any(&[
        "{title} in|from|of|on [the] {project} project",
        "{title} in|from|of [the] project {project}",
    ]);
    Some(match placed {
        Some(captures) => {
            TodoName { title: captures.get("title"), project: Some(captures.get("project")) }
        }
        None => TodoName { title: words.text(), project: None },
    })
}
