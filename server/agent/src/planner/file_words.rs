//! What a question about a file asks for, in plain English.

use super::cell_tests::{TESTS, Test};
use crate::llm::File;
use crate::sheet::Numbers;

/// A question about a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) measure: Measure,
    /// Rows that count.
    pub(crate) clauses: Vec<Clause>,
    /// One answer for each value of this column.
    pub(crate) by: Option<usize>,
    /// Words after “where” that name no column or no test.
    pub(crate) unclear: Option<String>,
    /// It names a column, or rows and columns, so it can be about nothing else.
    pub(crate) is_certain: bool,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// How many rows.
    Count,
    /// The names of the columns.
    Columns,
    /// The rows themselves.
    Rows,
    /// A number out of a column; the one with numbers when none is named.
    Number(Figure, Option<usize>),
    /// The different values of a column.
    Different(usize),
}

/// A number out of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Figure {
    Sum,
    Average,
    Least,
    Most,
}

impl Figure {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Average => "average",
            Self::Least => "lowest value",
            Self::Most => "highest value",
        }
    }

    /// None without numbers.
    pub(crate) fn of(self, numbers: &Numbers) -> Option<String> {
        match self {
            _ if numbers.count == 0 => None,
            Self::Sum => Some(numbers.sum()),
            Self::Average => numbers.average(),
            Self::Least => numbers.least(),
            Self::Most => numbers.most(),
        }
    }
}

/// What has to hold in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) column: usize,
    pub(crate) test: Test,
    pub(crate) value: String,
}

const FIGURES: [(&str, Figure); 14] = [
    ("sum", Figure::Sum),
    ("total", Figure::Sum),
    ("add up", Figure::Sum),
    ("average", Figure::Average),
    ("mean", Figure::Average),
    ("highest", Figure::Most),
    ("largest", Figure::Most),
    ("biggest", Figure::Most),
    ("maximum", Figure::Most),
    ("max", Figure::Most),
    ("lowest", Figure::Least),
    ("smallest", Figure::Least),
    ("minimum", Figure::Least),
    ("min", Figure::Least),
];
const COUNTS: [&str; 6] =
    ["how many rows", "how many", "number of rows", "count the rows", "count rows", "row count"];
const LISTS: [&str; 8] =
    ["show", "list", "filter", "find", "which rows", "what rows", "rows", "give me"];
const CUTS: [&str; 5] = [" where ", " whose ", " for which ", " in which ", " with "];
const GROUPS: [&str; 5] = [" for each ", " for every ", " grouped by ", " per ", " by "];
const FILE_WORDS: [&str; 13] = [
    "file",
    "files",
    "csv",
    "table",
    "sheet",
    "spreadsheet",
    "row",
    "rows",
    "column",
    "columns",
    "attachment",
    "attached",
    "picture",
];

/// What `said` asks of a table with these columns; none when it asks for nothing that a table has.
pub(crate) fn read(columns: &[String], said: &str) -> Option<Question> {
    let said = said.trim().trim_end_matches(['?', '.', '!']).trim();
    let (head, condition) = cut(said, &CUTS);
    let (head, by) = grouped(columns, head);
    let words = format!(" {} ", head.to_lowercase());
    let column = column_in(columns, &words);
    let has = |all: &[&str]| all.iter().any(|it| words.contains(&format!(" {it} ")));
    let figure = FIGURES.iter().find(|(it, _)| words.contains(&format!(" {it} "))).map(|it| it.1);
    let measure = if has(&["columns", "headers", "column names"]) && condition.is_none() {
        Measure::Columns
    } else if has(&["different", "distinct", "unique"])
        && let Some(column) = column
    {
        Measure::Different(column)
    } else if has(&COUNTS) {
        Measure::Count
    } else if let Some(figure) = figure {
        Measure::Number(figure, column)
    } else if condition.is_some() && has(&LISTS) || has(&["rows"]) {
        Measure::Rows
    } else {
        return None;
    };
    let (mut clauses, mut unclear) = (Vec::new(), None);
    for part in condition.into_iter().flat_map(parts) {
        match clause(columns, part) {
            Some(clause) => clauses.push(clause),
            None => unclear = Some(part.to_owned()),
        }
    }
    let is_certain = column.is_some() || !clauses.is_empty() || speaks_of_files(said);
    Some(Question { measure, clauses, by, unclear, is_certain })
}

/// The text before and behind the first of `marks`.
fn cut<'a>(text: &'a str, marks: &[&str]) -> (&'a str, Option<&'a str>) {
    let low = text.to_ascii_lowercase();
    let found = marks.iter().filter_map(|it| Some((low.find(it)?, it.len()))).min();
    match found {
        Some((at, length)) => (
            text.get(..at).unwrap_or_default(),
            text.get(at + length..).map(str::trim).filter(|it| !it.is_empty()),
        ),
        None => (text, None),
    }
}

fn parts(condition: &str) -> Vec<&str> {
    let (mut rest, mut parts) = (condition, Vec::new());
    loop {
        let (head, tail) = cut(rest, &[" and "]);
        parts.push(head.trim());
        match tail {
            Some(tail) => rest = tail,
            None => return parts,
        }
    }
}

fn grouped<'a>(columns: &[String], head: &'a str) -> (&'a str, Option<usize>) {
    let (before, behind) = cut(head, &GROUPS);
    let by = behind.and_then(|it| {
        let name = it.trim().trim_start_matches("the ").to_lowercase();
        columns.iter().position(|column| column.to_lowercase() == name)
    });
    if by.is_some() { (before, by) } else { (head, None) }
}

/// The column with the longest name in `words`, which begin and end with a space.
fn column_in(columns: &[String], words: &str) -> Option<usize> {
    let names = columns.iter().enumerate().map(|(at, it)| (at, it.to_lowercase()));
    let found = names.filter(|(_, it)| {
        words.contains(&format!(" {it} "))
            || words.contains(&format!(" “{it}” "))
            || words.contains(&format!(" \"{it}\" "))
    });
    found.max_by_key(|(_, it)| it.len()).map(|(at, _)| at)
}

/// “Status is open”.
fn clause(columns: &[String], words: &str) -> Option<Clause> {
    let words = words.trim_start_matches("the ").trim_start_matches("column ");
    let low = words.to_ascii_lowercase();
    let mut names: Vec<(usize, String)> =
        columns.iter().enumerate().map(|(at, it)| (at, it.to_ascii_lowercase())).collect();
    names.sort_by_key(|(_, it)| std::cmp::Reverse(it.len()));
    for (column, name) in names {
        let Some(rest) = low.strip_prefix(&name) else { continue };
        let at = words.len() - rest.len();
        let behind = words.get(at..).unwrap_or_default();
        let trimmed = behind.trim_start();
        for (wording, test) in TESTS {
            let is_word = wording.chars().all(|it| it.is_alphabetic() || it == ' ' || it == '\'');
            let Some(head) = trimmed.get(..wording.len()) else { continue };
            let value = trimmed.get(wording.len()..).unwrap_or_default();
            let is_whole = !is_word
                || (behind.len() > trimmed.len() && (value.is_empty() || value.starts_with(' ')));
            if !head.eq_ignore_ascii_case(wording) || !is_whole {
                continue;
            }
            let value = value.trim().trim_matches(['"', '“', '”', '\'']).to_owned();
            let needs_none = matches!(test, Test::Empty | Test::Filled);
            return (needs_none == value.is_empty()).then_some(Clause { column, test, value });
        }
    }
    None
}

/// The file whose name is in the words.
pub(crate) fn named<'a>(files: &[&'a File], said: &str) -> Option<&'a File> {
    let said = said.to_lowercase();
    files.iter().find(|it| said.contains(&it.name.to_lowercase())).copied()
}

/// Whether the words speak of a file or of what tables are made of.
pub(crate) fn speaks_of_files(said: &str) -> bool {
    let said = said.to_lowercase();
    let mut words = said.split(|it: char| !it.is_alphanumeric());
    words.any(|it| FILE_WORDS.contains(&it))
}

/// “What is in this file?”
pub(crate) fn asks_what_it_is(said: &str) -> bool {
    let low = said.to_lowercase();
    speaks_of_files(said)
        && [
            "what is in",
            "what's in",
            "summarise",
            "summarize",
            "summary",
            "describe",
            "about",
            "show",
            "read",
        ]
        .iter()
        .any(|it| low.contains(it))
}

/// “How many lines?”: what is counted.
pub(crate) fn counted(said: &str) -> Option<&'static str> {
    let said = said.to_lowercase();
    ["line", "word"].into_iter().find(|it| said.contains(&format!("how many {it}s")))
}

/// “Find ink in the file”: what is looked for.
pub(crate) fn searched(said: &str) -> Option<String> {
    let said = said.trim().trim_end_matches(['?', '.', '!']);
    let low = said.to_ascii_lowercase();
    let starts = [
        "find ",
        "search for ",
        "search ",
        "look for ",
        "where is ",
        "which lines mention ",
        "lines with ",
    ];
    let start = starts.into_iter().find(|it| low.starts_with(it))?;
    let (head, _) =
        cut(said.get(start.len()..)?, &[" in the ", " in this ", " in that ", " in my "]);
    let wanted = head.trim().trim_matches(['"', '“', '”', '\'']).to_owned();
    (!wanted.is_empty()).then_some(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<String> {
        ["Item", "Unit price", "Price", "Status"].map(str::to_owned).to_vec()
    }

    fn asked(said: &str) -> Question {
        read(&columns(), said).unwrap_or_else(|| panic!("{said}"))
    }

    #[test]
    fn sums_counts_and_filters_are_read() {
        let figure = |it| Measure::Number(it, Some(1));
        assert_eq!(asked("What is the sum of Unit price?").measure, figure(Figure::Sum));
        assert_eq!(asked("average unit price").measure, figure(Figure::Average));
        assert_eq!(asked("How many rows are there?").measure, Measure::Count);
        assert_eq!(asked("which columns are there?").measure, Measure::Columns);
        assert_eq!(asked("different Status values").measure, Measure::Different(3));
        let grouped = asked("total price by status");
        assert_eq!((grouped.measure, grouped.by), (Measure::Number(Figure::Sum, Some(2)), Some(3)));
    }

    #[test]
    fn what_has_to_hold_is_read() {
        let read = |said: &str| {
            let question = asked(said);
            assert_eq!(question.unclear, None, "{said}");
            question
                .clauses
                .into_iter()
                .map(|it| (it.column, it.test, it.value))
                .collect::<Vec<_>>()
        };
        let is = |column, test, value: &str| (column, test, value.to_owned());
        assert_eq!(
            read("show rows where Status is not Open and price > 10"),
            [is(3, Test::IsNot, "Open"), is(2, Test::Over, "10")]
        );
        assert_eq!(
            read("how many rows where unit price is at least 5"),
            [is(1, Test::AtLeast, "5")]
        );
        assert_eq!(read("list rows where item contains \"ink\""), [is(0, Test::Contains, "ink")]);
        assert_eq!(read("rows where status is empty"), [is(3, Test::Empty, "")]);
        let unclear = asked("rows where colour is red").unclear;
        assert_eq!(unclear.as_deref(), Some("colour is red"));
    }

    #[test]
    fn other_requests_are_left_alone() {
        for said in
            ["hello", "add a to-do called Ink", "what is overdue?", "Every weekday at 9, tell me X"]
        {
            assert_eq!(read(&columns(), said), None, "{said}");
        }
    }
}
