//! Questions about files beside the conversation: rows and columns of a CSV, sums, filters; lines of a text.

use super::file_words::{self, Clause, Measure, Question};
use super::say::{count, plain};
use crate::llm::{File, Prompt};
use crate::sheet::{Numbers, Sheet};
use domain::attachment::AttachmentKind;
use std::collections::BTreeMap;

/// How many rows or lines an answer shows.
const ROWS: usize = 20;
/// How many columns it shows.
const COLUMNS: usize = 8;
/// The longest cell or line it shows, in letters.
const CELL: usize = 120;

/// What to say about the files beside message `at`, or about the newest of the conversation; none when the words are not
/// about them.
pub(crate) fn answer(prompt: &Prompt, at: usize, said: &str) -> Option<String> {
    let own: Vec<&File> =
        prompt.files.iter().filter(|(message, _)| *message == at).map(|(_, it)| it).collect();
    let earlier = prompt.history.iter().rev().find(|it| !it.files.is_empty());
    let files = if own.is_empty() {
        earlier.map(|it| it.files.iter().collect()).unwrap_or_default()
    } else {
        own.clone()
    };
    let of_kind = |kind| files.iter().find(|it| it.kind == kind).copied();
    let file = file_words::named(&files, said)
        .or_else(|| of_kind(AttachmentKind::Table))
        .or_else(|| of_kind(AttachmentKind::Text))
        .or(files.first().copied())?;
    let found = match file.kind {
        AttachmentKind::Table => of_table(file, said, !own.is_empty()),
        AttachmentKind::Text => of_text(file, said),
        AttachmentKind::Image => None,
    };
    found.or_else(|| (!own.is_empty() || file_words::asks_what_it_is(said)).then(|| all(&files)))
}

/// Whether the words name a file, or rows and columns, so that they are meant before anything else.
pub(crate) fn are_meant(prompt: &Prompt, at: usize, said: &str) -> bool {
    prompt.files.iter().any(|(message, _)| *message == at)
        || (prompt.history.iter().any(|it| !it.files.is_empty())
            && file_words::speaks_of_files(said))
}

/// What each file is.
fn all(files: &[&File]) -> String {
    files.iter().map(|it| about(it)).collect::<Vec<_>>().join("\n\n")
}

fn about(file: &File) -> String {
    let name = plain(&file.name);
    match (file.kind, Sheet::read(&file.content)) {
        (AttachmentKind::Image, _) => format!(
            "**{name}** is a picture, and the built-in assistant cannot look at pictures. A model that can is chosen \
             under [Settings, Assistant](/settings/assistant)."
        ),
        (AttachmentKind::Table, Some(sheet)) => {
            let rows: Vec<&Vec<String>> = sheet.rows.iter().take(3).collect();
            format!(
                "**{name}** has {} and {}: {}.\n\n{}\n\nAsk for a sum, an average, or rows where something holds.",
                count(sheet.rows.len(), "row"),
                count(sheet.columns.len(), "column"),
                columns(&sheet),
                table(&sheet, &rows)
            )
        }
        _ => {
            let lines: Vec<&str> = file.content.lines().collect();
            let words = file.content.split_whitespace().count();
            let head: Vec<String> =
                lines.iter().take(8).map(|it| format!("> {}", plain(&short(it)))).collect();
            format!(
                "**{name}** has {} and {}. It begins:\n\n{}",
                count(lines.len(), "line"),
                count(words, "word"),
                head.join("\n>\n")
            )
        }
    }
}

fn columns(sheet: &Sheet) -> String {
    sheet.columns.iter().map(|it| format!("“{}”", plain(it))).collect::<Vec<_>>().join(", ")
}

fn of_table(file: &File, said: &str, is_own: bool) -> Option<String> {
    let sheet = Sheet::read(&file.content)?;
    let question = file_words::read(&sheet.columns, said)?;
    // Words like “total” may mean something else when the file came earlier.
    if !is_own && !question.is_certain && !file_words::speaks_of_files(said) {
        return None;
    }
    if let Some(words) = &question.unclear {
        return Some(format!(
            "I did not understand “{}”. Name a column and what holds, such as “rows where {} is …”. The columns are {}.",
            plain(words),
            plain(sheet.columns.first().map(String::as_str).unwrap_or_default()),
            columns(&sheet)
        ));
    }
    let rows: Vec<&Vec<String>> =
        sheet.rows.iter().filter(|row| question.clauses.iter().all(|it| holds(it, row))).collect();
    Some(said_of(&sheet, &question, &rows))
}

fn said_of(sheet: &Sheet, question: &Question, rows: &[&Vec<String>]) -> String {
    let where_ = if question.clauses.is_empty() { "" } else { " where that holds" };
    match &question.measure {
        Measure::Columns => {
            format!("There are {}: {}.", count(sheet.columns.len(), "column"), columns(sheet))
        }
        Measure::Count => match question.by {
            Some(by) => groups(sheet, by, rows, |rows| rows.len().to_string()),
            None if question.clauses.is_empty() => {
                format!("There are {}.", count(rows.len(), "row"))
            }
            None => format!("{} of {}.", count(rows.len(), "row"), sheet.rows.len()),
        },
        Measure::Rows if rows.is_empty() => "There is no such row.".to_owned(),
        Measure::Rows => {
            format!("**{}{where_}.**\n\n{}", count(rows.len(), "row"), table(sheet, rows))
        }
        Measure::Different(column) => different(sheet, *column, rows),
        Measure::Number(what, column) => {
            let Some(column) = column.or_else(|| only_number(sheet)) else {
                let numbers: Vec<String> = (0..sheet.columns.len())
                    .filter(|it| sheet.is_numeric(*it))
                    .filter_map(|it| sheet.columns.get(it))
                    .map(|it| format!("“{}”", plain(it)))
                    .collect();
                return match numbers.is_empty() {
                    true => format!("No column has numbers. The columns are {}.", columns(sheet)),
                    false => format!("Which column do you mean: {}?", numbers.join(", ")),
                };
            };
            let of = |rows: &[&Vec<String>]| Sheet::numbers(rows.iter().copied(), column);
            if let Some(by) = question.by {
                return groups(sheet, by, rows, |rows| {
                    what.of(&of(rows)).unwrap_or_else(|| "–".to_owned())
                });
            }
            number(sheet, (what, column), &of(rows), where_)
        }
    }
}

fn number(
    sheet: &Sheet,
    (what, column): (&file_words::Figure, usize),
    numbers: &Numbers,
    where_: &str,
) -> String {
    let name = plain(sheet.columns.get(column).map(String::as_str).unwrap_or_default());
    let Some(value) = what.of(numbers) else {
        return format!("“{name}” has no numbers{where_}.");
    };
    let others = match numbers.others {
        0 => String::new(),
        others => format!("; {} hold no number", count(others, "cell")),
    };
    let cells = count(numbers.count, "number");
    format!("The {} of “{name}”{where_} is **{value}** ({cells}{others}).", what.name())
}

/// The one column with numbers, where there is only one.
fn only_number(sheet: &Sheet) -> Option<usize> {
    let mut all = (0..sheet.columns.len()).filter(|it| sheet.is_numeric(*it));
    all.next().filter(|_| all.next().is_none())
}

fn groups(
    sheet: &Sheet,
    by: usize,
    rows: &[&Vec<String>],
    value: impl Fn(&[&Vec<String>]) -> String,
) -> String {
    let mut groups: BTreeMap<&str, Vec<&Vec<String>>> = BTreeMap::new();
    for row in rows {
        groups.entry(Sheet::cell(row, by)).or_default().push(row);
    }
    let mut lines: Vec<String> = groups
        .iter()
        .take(ROWS)
        .map(|(name, rows)| format!("- {}: **{}**", named(name), value(rows)))
        .collect();
    if groups.len() > ROWS {
        lines.push(format!("- and {} more", groups.len() - ROWS));
    }
    let name = plain(sheet.columns.get(by).map(String::as_str).unwrap_or_default());
    format!("By “{name}”:\n\n{}", lines.join("\n"))
}

fn different(sheet: &Sheet, column: usize, rows: &[&Vec<String>]) -> String {
    let mut values: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *values.entry(Sheet::cell(row, column)).or_default() += 1;
    }
    let name = plain(sheet.columns.get(column).map(String::as_str).unwrap_or_default());
    let mut lines: Vec<String> = values
        .iter()
        .take(ROWS)
        .map(|(value, rows)| format!("- {} ({})", named(value), count(*rows, "row")))
        .collect();
    if values.len() > ROWS {
        lines.push(format!("- and {} more", values.len() - ROWS));
    }
    format!("“{name}” has {}.\n\n{}", count(values.len(), "different value"), lines.join("\n"))
}

fn named(cell: &str) -> String {
    if cell.is_empty() { "(empty)".to_owned() } else { plain(&short(cell)) }
}

fn short(text: &str) -> String {
    let mut letters = text.chars();
    let head: String = letters.by_ref().take(CELL).collect();
    if letters.next().is_some() { format!("{head}…") } else { head }
}

/// Rows as a table in markdown, as many as an answer shows.
fn table(sheet: &Sheet, rows: &[&Vec<String>]) -> String {
    let shown = sheet.columns.len().min(COLUMNS);
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let mut lines = vec![
        line(sheet.columns.iter().take(shown).map(|it| plain(&short(it))).collect()),
        line(vec!["---".to_owned(); shown]),
    ];
    let cells = |row: &[String]| row.iter().take(shown).map(|it| plain(&short(it))).collect();
    lines.extend(rows.iter().take(ROWS).map(|row| line(cells(row))));
    let mut rest = Vec::new();
    if rows.len() > ROWS {
        rest.push(format!("{} more rows", rows.len() - ROWS));
    }
    if sheet.columns.len() > shown {
        rest.push(format!("{} more columns", sheet.columns.len() - shown));
    }
    let rest = if rest.is_empty() { String::new() } else { format!("\n\nand {}", rest.join(", ")) };
    format!("{}{rest}", lines.join("\n"))
}

fn holds(clause: &Clause, row: &[String]) -> bool {
    clause.test.holds(Sheet::cell(row, clause.column), &clause.value)
}

fn of_text(file: &File, said: &str) -> Option<String> {
    let name = plain(&file.name);
    if let Some(what) = file_words::counted(said) {
        let number = match what {
            "line" => file.content.lines().count(),
            _ => file.content.split_whitespace().count(),
        };
        return Some(format!("**{name}** has {}.", count(number, what)));
    }
    let wanted = file_words::searched(said)?;
    let needle = wanted.to_lowercase();
    let found: Vec<String> = file
        .content
        .lines()
        .enumerate()
        .filter(|(_, it)| it.to_lowercase().contains(&needle))
        .map(|(at, it)| format!("- Line {}: {}", at + 1, plain(&short(it.trim()))))
        .collect();
    if found.is_empty() {
        return Some(format!("“{}” is not in **{name}**.", plain(&wanted)));
    }
    let rest = found.len().saturating_sub(ROWS);
    let rest = if rest == 0 { String::new() } else { format!("\n- and {rest} more") };
    let lines = found.iter().take(ROWS).cloned().collect::<Vec<_>>().join("\n");
    Some(format!(
        "“{}” is in {} of **{name}**:\n\n{lines}{rest}",
        plain(&wanted),
        count(found.len(), "line")
    ))
}
