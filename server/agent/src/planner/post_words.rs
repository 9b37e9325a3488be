//! Requests about cards, messages and chat lines, and taking the last change back.

use super::phrase::{Captures, Phrase};

/// A request that changes something other than a to-do or a flow; names are still words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Post {
    /// "Add a card called X to the Y board, in Doing".
    AddCard {
        /// What it is called.
        title: String,
        /// Its project.
        project: Option<String>,
        /// Its column, the first one when none is named.
        column: Option<String>,
    },
    /// "Move the card X to Done".
    MoveCard {
        /// Its title, or a part of it.
        card: String,
        /// Where to.
        column: String,
    },
    /// "Post a message to Y saying Z".
    Message {
        /// Where.
        project: String,
        /// What it says.
        text: String,
    },
    /// "Write Z in the chat of Y".
    ChatLine {
        /// Where.
        project: String,
        /// What it says.
        text: String,
    },
    /// "Create a to-do list called X in Y".
    AddList {
        /// What it is called; asked when empty.
        name: String,
        /// Its project.
        project: Option<String>,
    },
    /// "Add Priya to the Y project".
    Access {
        /// Names of people.
        people: String,
        /// Where to.
        project: String,
    },
    /// "Undo that".
    Undo,
}

/// What a phrase asks to post, move or take back.
pub(crate) fn read(phrase: &Phrase) -> Option<Post> {
    if phrase
        .starts(
            "what|when|who|why|if|is|was|are|did|has|whenever|every|each|once|should|maybe|perhaps",
        )
        .is_some()
    {
        return None;
    }
    undo(phrase)
        .or_else(|| add_card(phrase))
        .or_else(|| add_list(phrase))
        .or_else(|| access(phrase))
        .or_else(|| message(phrase))
        .or_else(|| chat_line(phrase))
        .or_else(|| move_card(phrase))
}

fn undo(phrase: &Phrase) -> Option<Post> {
    let fits = phrase.fits_any(&[
        "undo [that|this|it]",
        "undo|revert|reverse|roll_back|take_back [the|my|that|your] [last] change|action|edit|write|thing",
        "take that|it|this back",
        "revert|reverse that|this|it",
    ]);
    fits.map(|_| Post::Undo)
}

fn add_card(phrase: &Phrase) -> Option<Post> {
    let (_, rest) = phrase.starts("@make [me] [a|an|another|the] [new] card")?;
    let placed = rest.fits_any(&[
        "to|in|on [the] {column} column of|in|on [the] {project} called|named|titled|: {title}",
        "to|in|on [the] {project} in|under|to [the] column {column} called|named|titled|: {title}",
        "to|in|on [the] {project} called|named|titled|: {title}",
    ]);
    let (title, mut project, mut column) = match placed {
        Some(captures) => {
            (captures.part("title"), captures.some("project"), captures.some("column"))
        }
        None => {
            let named = rest.starts("called|named|titled|:").map_or(rest, |it| it.1);
            (named, None, None)
        }
    };
    let mut left = title;
    // A title in quotes ends where they do; how the rest divides into project and column is seen when they are looked up.
    let first = left.part(0, 1);
    let after = left.part(1, left.len()).starts("to|in|on|for [the]").map(|it| it.1);
    let is_quoted = first.text() != first.written();
    if project.is_none()
        && is_quoted
        && let Some(place) = after.filter(|it| !it.is_empty() && !it.has("column"))
    {
        project = Some(place.text());
        left = first;
    }
    if project.is_none() {
        let captures = left.fits_any(&[
            "{title} in|to|on|under [the] column {column} of|in|on [the] {project} project|board|card_table",
            "{title} to|in|on [the] {project} in|under|to|on [the] column {column}",
            "{title} in|to|on [the] {column} column of|in|on [the] {project}",
            "{title} to|in|on [the] {project} in|under [the] {column} column",
            "{title} to|in|on [the] {project}",
        ]);
        if let Some(captures) = captures {
            project = captures.some("project");
            column = captures.some("column");
            left = captures.part("title");
        }
    }
    let project = project.map(|it| bare(&it));
    (!left.is_empty()).then(|| Post::AddCard { title: left.text(), project, column })
}

/// Every way in which a card's title, its project and its column may have been told apart, when what was taken for the
/// project is none: "Poster to Website relaunch in" and "progress" are "Poster", "Website relaunch", "in progress".
pub(super) fn card_places(title: &str, place: &str) -> Vec<(String, String, String)> {
    let columns = |title: &str, place: &str| -> Vec<(String, String, String)> {
        let phrase = Phrase::new(place);
        let split = |at: usize| {
            let (_, column) = phrase.part(at, phrase.len()).starts("in|under|to|on [the]")?;
            let project = bare(&phrase.span(0, at));
            (!column.is_empty()).then(|| (title.to_owned(), project, column.text()))
        };
        (1..phrase.len()).filter_map(split).collect()
    };
    // The word between the two is not kept.
    let joined = ["in", "to", "on"].iter().flat_map(|it| {
        let whole = format!("{title} {it} {place}");
        let split = super::todo_words::places(&whole);
        split.into_iter().flat_map(|(title, place)| columns(&title, &place)).collect::<Vec<_>>()
    });
    columns(title, place).into_iter().chain(joined).collect()
}

fn add_list(phrase: &Phrase) -> Option<Post> {
    let (_, rest) = phrase.starts("@make [me] [a|an|another] [new] [@todo] list")?;
    let placed = rest.fits_any(&[
        "to|in|on|for|under [the] {project} called|named|titled|: {name}",
        "[called|named|titled|:] {name} to|in|on|for|under [the] {project}",
    ]);
    Some(match placed {
        Some(captures) => Post::AddList {
            name: captures.get("name"),
            project: Some(bare(&captures.get("project"))),
        },
        None => {
            let name = rest.starts("called|named|titled|:").map_or(rest.clone(), |it| it.1);
            match name.fits("to|in|on|for|under [the] {project}") {
                Some(captures) => Post::AddList {
                    name: String::new(),
                    project: Some(bare(&captures.get("project"))),
                },
                None => Post::AddList { name: name.text(), project: None },
            }
        }
    })
}

/// Names of people, and the project they are let into.
fn access(phrase: &Phrase) -> Option<Post> {
    const NO_PEOPLE: &str = "@todo|to-dos|todos|tasks|card|list|step|comment|note|message|file|document|tag|delay|branch|\
                             it|this|that|them|a|an|another|everything|flow|connection|when|if|every|not|don't|dont|never";
    let captures = phrase.fits_any(&[
        "add|invite|bring|put {people} to|on|onto|into [the] {project} project",
        "add|invite|bring|put {people} to|on|onto|into [the] project {project}",
        "give {people} access to [the] [project] {project}",
        "let {people} into [the] [project] {project}",
    ])?;
    let people = captures.part("people");
    let are_names =
        people.len() <= 8 && !people.has(NO_PEOPLE) && people.text() == people.written();
    let project = bare(&captures.get("project"));
    are_names.then(|| Post::Access { people: people.text(), project })
}

/// Without "project" or "board" at the end.
pub(super) fn bare(words: &str) -> String {
    let phrase = Phrase::new(words);
    phrase
        .fits_any(&["{name} project board|card_table", "{name} project|board|card_table"])
        .map_or_else(|| words.to_owned(), |it| it.get("name"))
}

fn move_card(phrase: &Phrase) -> Option<Post> {
    let captures = phrase.fits_any(&[
        "move|drag|put|send [the] card {card} to|into|in [the] {column} column",
        "move|drag|put|send [the] card {card} to|into|in [the] {column}",
        "move|drag [the] {card} card to|into [the] {column} [column]",
        "move|drag [the] {card} to|into [the] {column} column",
    ]);
    let captures = captures.or_else(|| bare_move(phrase))?;
    Some(Post::MoveCard { card: captures.get("card"), column: captures.get("column") })
}

/// "Move Checkout copy to review": without the word "card" only a short place that can be nothing but a column.
fn bare_move(phrase: &Phrase) -> Option<Captures> {
    const NO_CARD: &str = "@todos|list|lists|project|projects|folder|file|document|step|steps|flow|flows|trigger|branch|\
                           deadline|date|day|it|this|that|them|everything|everyone|all|every|each|and|not|don't|never|\
                           by|me|us|my|our|cards|message|page";
    let captures = phrase.fits("move|drag {card} to|into [the] {column}")?;
    let (card, column) = (captures.part("card"), captures.part("column"));
    let is_short = card.len() <= 8 && column.len() <= 3;
    (is_short && !card.has(NO_CARD) && !column.has(NO_CARD)).then_some(captures)
}

fn message(phrase: &Phrase) -> Option<Post> {
    let captures = phrase.fits_any(&[
        "post|write|send|publish [a|an] [new] message|announcement to|in|on [the] {project} saying|that_says|: {text}",
        "post|write|send|publish [a|an] [new] message|announcement to|in|on [the] {project} with|with_the_text [:] {text}",
        "message|announce to|in|on [the] {project} : {text}",
        "tell the team|people in|on|of [the] {project} that|: {text}",
        "tell everyone|everybody in|on [the] {project} that|: {text}",
        "let the team|people in|on|of [the] {project} know that|: {text}",
        "let everyone|everybody in|on [the] {project} know that|: {text}",
    ])?;
    let project = bare(&captures.get("project"));
    Some(Post::Message { project, text: captures.get("text") })
}

fn chat_line(phrase: &Phrase) -> Option<Post> {
    let captures = phrase.fits_any(&[
        "post|write|say|send in|to|on [the] chat|campfire of|in|for [the] {project} saying|that_says|: {text}",
        "post|write|say|send in|to|on [the] {project} chat|campfire saying|that_says|: {text}",
        "post|write|say|send {text} in|to|on [the] chat|campfire of|in|for [the] {project}",
        "post|write|say|send {text} in|to|on [the] {project} chat|campfire",
    ])?;
    Some(Post::ChatLine { project: bare(&captures.get("project")), text: captures.get("text") })
}
