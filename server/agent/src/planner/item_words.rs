//! Questions about some cards or messages: whose they are, where, how late, since when.

use super::look_words::{of_nobody, timed};
use super::phrase::Phrase;
use super::scope::{self, Scope};
use chrono::NaiveDate;

/// Which cards or messages are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Items {
    /// What narrows them.
    pub(crate) scope: Scope,
    /// Only cards of this column, in words.
    pub(crate) column: Option<String>,
    /// Only cards that are late.
    pub(crate) is_late: bool,
    /// Only cards that nobody has.
    pub(crate) has_nobody: bool,
    /// Only messages since then: "yesterday", "this week", "3 days ago".
    pub(crate) since: Option<String>,
}

impl Items {
    /// Those of one project, person or column.
    pub(crate) fn about(words: &str) -> Self {
        Self {
            scope: Scope { about: vec![words.to_owned()], ..Scope::default() },
            ..Self::default()
        }
    }
}

/// Words of requests that change something or build a flow.
const CHANGES: &str = "add|create|make|move|put|post|send|write|delete|archive|rename|assign|complete|when|whenever|if|every|each|once|a_card|a_message";

/// "Which cards of Theo are overdue?"
pub(crate) fn cards(phrase: &Phrase, today: NaiveDate) -> Option<Items> {
    if phrase.has(CHANGES) {
        return None;
    }
    let (from, to, _) = phrase.find("cards")?;
    let (rest, column) = column(&things(phrase, (from, to)));
    let (rest, has_nobody) = match of_nobody(&rest) {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let is_late = rest.has("overdue|late|past_due");
    Some(Items { scope: named(&rest, today), column, is_late, has_nobody, since: None })
}

/// "What did Priya announce in the relaunch this week?", with the word "messages".
pub(crate) fn messages(phrase: &Phrase, today: NaiveDate) -> Option<Items> {
    if phrase.has(CHANGES) {
        return None;
    }
    let (from, to, _) =
        phrase.find("[latest|recent|newest|last|new] messages|announcements [posted|written]")?;
    let (rest, since) = timed(&things(phrase, (from, to)));
    Some(Items { scope: named(&rest, today), since, ..Items::default() })
}

/// The same about things: what is asked of cards and messages reads as if it were asked of to-dos.
fn things(phrase: &Phrase, (from, to): (usize, usize)) -> Phrase {
    Phrase::new(&format!("{} things {}", phrase.span(0, from), phrase.span(to, phrase.len())))
}

/// "in the Doing column": the rest, and the column.
fn column(phrase: &Phrase) -> (Phrase, Option<String>) {
    match phrase.find("in|on|of|from [the] {column?} column") {
        Some((from, to, captures)) => (phrase.except(from, to), captures.some("column")),
        None => (phrase.clone(), None),
    }
}

/// What narrows them; a board is called as its project is.
fn named(phrase: &Phrase, today: NaiveDate) -> Scope {
    let mut scope = scope::read(phrase, today);
    for about in &mut scope.about {
        for end in [" board", " card table", " project"] {
            if let Some(name) = about.strip_suffix(end) {
                *about = name.to_owned();
            }
        }
    }
    scope
}
