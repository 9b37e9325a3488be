//! "The second one": which row of the last list of this conversation is meant.

use super::dates;
use super::phrase::Phrase;
use super::replay::{Replay, Stop};
use super::say;
use crate::llm::Turn;
use domain::todo::Todo;

/// What stands for the first rows, in order.
const ORDINALS: [[&str; 2]; 10] = [
    ["first", "1st"],
    ["second", "2nd"],
    ["third", "3rd"],
    ["fourth", "4th"],
    ["fifth", "5th"],
    ["sixth", "6th"],
    ["seventh", "7th"],
    ["eighth", "8th"],
    ["ninth", "9th"],
    ["tenth", "10th"],
];

/// A row of a list, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// "The second one", "number 2".
    At(usize),
    /// "The last one".
    Last,
}

/// The row that words stand for; none for words that are a name.
pub(crate) fn row(words: &str) -> Option<Row> {
    let phrase = Phrase::new(words);
    let captures = phrase.fits_any(&[
        "[the] {at} one|item|entry|@todo [of|in|on] [the|that|this] [list]",
        "[the] {at} of|in|on [the|that|this] list",
        "[the] @todo|item|entry|row number|no|nr {at}",
        "[the] number|no|nr|item|entry|row {at}",
        "[the] {at}",
    ])?;
    let at = captures.get("at").to_lowercase();
    if at == "last" {
        return Some(Row::Last);
    }
    let ordinal = ORDINALS.iter().position(|it| it.contains(&at.as_str())).map(|it| it + 1);
    let digits = at.strip_prefix('#').unwrap_or(&at);
    let is_number = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    let number = || dates::number(digits).filter(|_| is_number);
    ordinal.or_else(|| usize::try_from(number()?).ok()).filter(|it| *it > 0).map(Row::At)
}

/// The to-do among `all` that stands in that row of the last list; which one is asked where there is no such list, or
/// something else stands there.
///
/// # Errors
/// A question.
pub(crate) fn named(replay: &Replay<'_>, row: Row, all: &[Todo]) -> Result<Todo, Stop> {
    let ask = |why: &str| replay.ask("which", &format!("{why} Which to-do do you mean?"), &[]);
    let Some(rows) = last_list(&replay.prompt.history) else {
        return Err(ask("I have shown no list here yet."));
    };
    let line = match row {
        Row::At(at) => rows.get(at - 1),
        Row::Last => rows.last(),
    };
    let Some(line) = line else {
        let count = say::count(rows.len(), "row");
        return Err(ask(&format!("The last list I showed has {count}.")));
    };
    let fits: Vec<&Todo> = all.iter().filter(|it| shows(line, it)).collect();
    match fits.as_slice() {
        [only] => Ok((*only).clone()),
        _ => Err(ask(&format!("This stands there: {line}. I cannot do that with it."))),
    }
}

/// The rows of the list that was shown last, without what comes after it as "and 3 more".
fn last_list(history: &[Turn]) -> Option<Vec<&str>> {
    let answers = history.iter().rev().filter(|it| it.role == "assistant");
    answers.map(|it| rows(&it.text)).find(|it| !it.is_empty())
}

fn rows(text: &str) -> Vec<&str> {
    let is_more =
        |it: &str| Phrase::new(it).fits("and {many} more").is_some() && !it.starts_with('[');
    text.lines().filter_map(of_list).filter(|it| !is_more(it)).collect()
}

/// What a line of a bulleted or numbered list says.
fn of_list(line: &str) -> Option<&str> {
    let bulleted = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
    let numbered = || {
        let rest = line.trim_start_matches(|it: char| it.is_ascii_digit());
        let rest = rest.strip_prefix(['.', ')']).filter(|_| rest.len() < line.len())?;
        rest.strip_prefix(' ')
    };
    bulleted.or_else(numbered)
}

/// Whether a line shows this to-do: by its link, or by its name and project where it has none.
fn shows(line: &str, todo: &Todo) -> bool {
    let name =
        format!("{} · {}", say::link(&todo.title, &todo.app_url), say::plain(&todo.project_name));
    let choice = format!("{} · {}", todo.title, todo.project_name);
    line == choice
        || line.strip_prefix(&name).is_some_and(|it| it.is_empty() || it.starts_with(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_told_from_a_name() {
        for (said, expected) in [
            ("second one", Some(Row::At(2))),
            ("the 3rd to-do", Some(Row::At(3))),
            ("number 4", Some(Row::At(4))),
            ("#2", Some(Row::At(2))),
            ("first", Some(Row::At(1))),
            ("last one", Some(Row::Last)),
            ("first one in the list", Some(Row::At(1))),
            ("second quote", None),
            ("First-round logo routes", None),
            ("number 0", None),
            ("one", None),
        ] {
            assert_eq!(row(said), expected, "{said}");
        }
    }

    #[test]
    fn the_last_list_counts_whatever_was_said_since() {
        let turn = |role: &str, text: &str| Turn {
            seq: 1,
            role: role.to_owned(),
            text: text.to_owned(),
            files: Vec::new(),
            calls: Vec::new(),
            note: None,
        };
        let history = [
            turn("assistant", "- old"),
            turn("assistant", "**Two.**\n\n1. one\n2. two\n- and 3 more"),
            turn("user", "- mine"),
            turn("assistant", "Completed that."),
        ];
        assert_eq!(last_list(&history), Some(vec!["one", "two"]));
        assert_eq!(last_list(&history[3..]), None);
    }
}
