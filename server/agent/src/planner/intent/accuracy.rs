//! How much of what people write is understood, on a set written apart from the grammar's own examples: an utterance
//! and what it means a line. `nowrite` stands for anything that changes nothing.
//! Its first 694 rows gave 914‰ and 891‰ with 15 wrong writes before the grammar was widened for them; 152 more, written
//! apart from both, gave 756‰ and 677‰ with one. The last eleven came with the words for reports and for what happens in
//! Basecamp, so they only hold those in place.

use super::read;
use super::wording::words;
use chrono::NaiveDate;

const SET: &str = include_str!("utterances.tsv");
/// What a project manager says in the first hour: 112 more, written before the grammar was widened for them. The first
/// try gave 964‰ and 946‰ with three wrong writes.
const FIRST_HOUR: &str = include_str!("first_hour.tsv");
/// What the same people say in the hour after that: 64 more, written before the grammar was widened for them, of which 15
/// must change nothing. The first measured try gave 984‰ and 968‰ without a wrong write.
const NEXT_HOUR: &str = include_str!("next_hour.tsv");
/// Questions that are narrowed in several ways at once, and in ways nobody can answer: 69, written before the grammar
/// kept more than one of them. The first try gave 971‰ and 927‰ with two wrong writes.
const SLOTS: &str = include_str!("slots.tsv");
/// Questions about cards and messages, narrowed: 35, written before the grammar told them from to-dos.
const ITEMS: &str = include_str!("items.tsv");
/// What was measured (1000 and 1000), less a little: a change of the grammar may not fall below. In parts of a thousand.
const INTENTS: usize = 980;
const WHOLE: usize = 970;
/// How the meaning of a request that changes something begins.
const WRITES: [&str; 23] = [
    "add ",
    "complete ",
    "reopen ",
    "comment on ",
    "new flow",
    "change ",
    "switch ",
    "publish ",
    "delete ",
    "run ",
    "assign ",
    "date ",
    "postpone ",
    "undate ",
    "rename ",
    "card ",
    "move ",
    "message ",
    "chat ",
    "remind ",
    "access ",
    "list ",
    "remember ",
];

pub(super) fn write(meaning: &str) -> Option<&'static str> {
    WRITES.into_iter().find(|it| meaning.starts_with(it))
}

/// The kind of request, without its names and days.
fn kind(meaning: &str) -> &str {
    write(meaning).unwrap_or_else(|| meaning.split(' ').next().unwrap_or_default())
}

#[test]
fn what_changes_nothing_changes_no_open_flow_either() {
    let today = NaiveDate::from_ymd_opt(2026, 11, 18).unwrap();
    let sets = [SET, FIRST_HOUR, NEXT_HOUR, SLOTS].into_iter();
    let rows = sets.flat_map(str::lines).filter_map(|it| it.split_once('\t'));
    let wrong: Vec<String> = rows
        .filter(|(_, meant)| write(meant).is_none())
        .map(|(said, _)| (said, words(&read(said, today, true))))
        .filter(|(_, found)| write(found).is_some())
        .map(|(said, found)| format!("{said}\n    found {found}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn most_is_understood_and_nothing_is_changed_by_mistake() {
    understood(SET, 800);
}

#[test]
fn what_is_said_in_the_first_hour_is_understood() {
    understood(FIRST_HOUR, 100);
}

#[test]
fn what_is_said_in_the_next_hour_is_understood() {
    understood(NEXT_HOUR, 60);
}

#[test]
fn everything_that_narrows_a_question_is_kept_or_named() {
    understood(SLOTS, 60);
}

#[test]
fn cards_and_messages_are_told_from_todos() {
    understood(ITEMS, 35);
}

fn understood(set: &str, least: usize) {
    let today = NaiveDate::from_ymd_opt(2026, 11, 18).unwrap();
    let rows: Vec<(&str, &str)> = set.lines().filter_map(|it| it.split_once('\t')).collect();
    assert!(rows.len() >= least, "{}", rows.len());
    let (mut intents, mut whole, mut mistakes, mut missed) = (0, 0, Vec::new(), Vec::new());
    for (said, meant) in &rows {
        let found = words(&read(said, today, false));
        let is_right = match *meant {
            "nowrite" => write(&found).is_none(),
            "new flow" => found.starts_with("new flow"),
            meant => meant.eq_ignore_ascii_case(&found),
        };
        whole += usize::from(is_right);
        intents += usize::from(is_right || kind(meant) == kind(&found));
        if !is_right {
            missed.push(format!("{said}\n    meant {meant}\n    found {found}"));
        }
        if write(&found).is_some() && write(&found) != write(meant) {
            mistakes.push(format!("{said}: {found}"));
        }
    }
    let share = |right: usize| right * 1_000 / rows.len();
    let figures = format!(
        "{} utterances: {}‰ intents, {}‰ with every name and day\n{}",
        rows.len(),
        share(intents),
        share(whole),
        missed.join("\n")
    );
    assert!(mistakes.is_empty(), "{}\n{figures}", mistakes.join("\n"));
    assert!(share(intents) >= INTENTS && share(whole) >= WHOLE, "{figures}");
}
