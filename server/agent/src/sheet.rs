//! A table out of a CSV file: its columns, its rows, and sums over them.

use csv::ReaderBuilder;
use serde_json::{Value, json};

/// What separates cells, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Digits behind the point that sums keep.
const DIGITS: u32 = 6;

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sheet {
    pub(crate) columns: Vec<String>,
    /// Each as long as `columns`.
    pub(crate) rows: Vec<Vec<String>>,
}

/// What the numbers of some cells come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) count: usize,
    /// Cells with something that is no number.
    pub(crate) others: usize,
    sum: i128,
    min: Option<i128>,
    max: Option<i128>,
}

impl Sheet {
    /// Reads CSV; the first row names the columns. None for what is no table.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let head = text.lines().next()?;
        let count = |it: &u8| head.bytes().filter(|byte| byte == it).count();
        // The last of equals would win, so the likeliest is looked at last.
        let delimiter = DELIMITERS.into_iter().rev().max_by_key(count)?;
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
        let columns: Vec<String> = reader
            .headers()
            .ok()?
            .iter()
            .enumerate()
            .map(|(at, it)| match it.trim() {
                "" => format!("Column {}", at + 1),
                name => name.to_owned(),
            })
            .collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let mut row: Vec<String> = record.ok()?.iter().map(|it| it.trim().to_owned()).collect();
            row.resize(columns.len(), String::new());
            rows.push(row);
        }
        (!columns.is_empty()).then_some(Self { columns, rows })
    }

    /// The cell of a row; empty where there is none.
    pub(crate) fn cell(row: &[String], column: usize) -> &str {
        row.get(column).map(String::as_str).unwrap_or_default()
    }

    /// The numbers of a column in `rows`.
    pub(crate) fn numbers<'a>(
        rows: impl Iterator<Item = &'a Vec<String>>,
        column: usize,
    ) -> Numbers {
        let mut numbers = Numbers::default();
        for cell in rows.map(|it| Self::cell(it, column)).filter(|it| !it.is_empty()) {
            numbers.add(cell);
        }
        numbers
    }

    /// Whether most of what is in a column is numbers.
    pub(crate) fn is_numeric(&self, column: usize) -> bool {
        let numbers = Self::numbers(self.rows.iter(), column);
        numbers.count > 0 && numbers.count >= numbers.others
    }

    /// A column in short, for a model.
    pub(crate) fn column(&self, column: usize) -> Value {
        let filled = self.rows.iter().filter(|it| !Self::cell(it, column).is_empty()).count();
        let mut told = json!({ "name": self.columns.get(column), "filled": filled });
        if self.is_numeric(column) {
            let numbers = Self::numbers(self.rows.iter(), column);
            told["numbers"] = numbers.count.into();
            told["sum"] = numbers.sum().into();
            told["least"] = json!(numbers.least());
            told["most"] = json!(numbers.most());
        }
        told
    }
}

impl Numbers {
    fn add(&mut self, cell: &str) {
        let Some(number) = number(cell) else {
            self.others += 1;
            return;
        };
        self.count += 1;
        self.sum = self.sum.saturating_add(number);
        self.min = Some(self.min.map_or(number, |it| it.min(number)));
        self.max = Some(self.max.map_or(number, |it| it.max(number)));
    }

    pub(crate) fn sum(&self) -> String {
        written(self.sum)
    }

    /// None without numbers.
    pub(crate) fn average(&self) -> Option<String> {
        let count = i128::try_from(self.count).ok().filter(|it| *it > 0)?;
        Some(written(self.sum / count))
    }

    pub(crate) fn least(&self) -> Option<String> {
        self.min.map(written)
    }

    pub(crate) fn most(&self) -> Option<String> {
        self.max.map(written)
    }
}

/// A number as people write it in tables, in millionths: `1,234.50`, `1.234,50`, `€ 12`, `-3`, `(4)`, `12 %`.
pub(crate) fn number(cell: &str) -> Option<i128> {
    let cell = cell.trim();
    let (cell, is_owed) = match cell.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        Some(inner) => (inner, true),
        None => (cell, false),
    };
    let unit = |it: char| it.is_whitespace() || matches!(it, '$' | '€' | '£' | '¥' | '%' | '\'');
    let plain: String = cell.chars().filter(|it| !unit(*it)).collect();
    let (plain, is_minus) = match plain.strip_prefix(['-', '−']) {
        Some(rest) => (rest, true),
        None => (plain.strip_prefix('+').unwrap_or(&plain), false),
    };
    let (whole, part) = split(plain)?;
    if whole.len() + part.len() == 0 || whole.len() > 24 {
        return None;
    }
    let digits = usize::try_from(DIGITS).ok()?;
    let part: String = part.chars().chain(std::iter::repeat('0')).take(digits).collect();
    let number: i128 = format!("{whole}{part}").parse().ok()?;
    Some(if is_minus != is_owed { -number } else { number })
}

/// Digits before and behind the point; none for what is no number.
fn split(plain: &str) -> Option<(String, &str)> {
    let all_digits = |it: &str| it.chars().all(|it| it.is_ascii_digit());
    let point = match (plain.rfind('.'), plain.rfind(',')) {
        (Some(dot), Some(comma)) => Some(dot.max(comma)),
        (Some(dot), None) => is_point(plain, '.').then_some(dot),
        // `1,234` is a thousand and `1,5` is one and a half.
        (None, Some(comma)) => is_point(plain, ',').then_some(comma),
        (None, None) => None,
    };
    let (whole, part) = match point {
        Some(at) => (plain.get(..at)?, plain.get(at + 1..)?),
        None => (plain, ""),
    };
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    let is_grouped = groups.iter().skip(1).all(|it| it.len() == 3)
        && (groups.len() == 1 || groups.first().is_some_and(|it| (1..=3).contains(&it.len())));
    let whole: String = groups.concat();
    (is_grouped && all_digits(&whole) && all_digits(part)).then_some((whole, part))
}

/// Whether the one kind of mark in a number is its point and not what groups thousands.
fn is_point(plain: &str, mark: char) -> bool {
    let behind = plain.rsplit(mark).next().map_or(0, str::len);
    plain.matches(mark).count() == 1 && (mark == '.' || behind != 3)
}

fn written(millionths: i128) -> String {
    let one = 10_i128.pow(DIGITS);
    let (whole, part) = (millionths.abs() / one, millionths.abs() % one);
    let sign = if millionths < 0 { "-" } else { "" };
    let part = format!("{part:06}");
    match part.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let read = |it: &str| number(it).map(written);
        for (cell, value) in [
            ("12", "12"),
            ("1,234.50", "1234.5"),
            ("1.234,50", "1234.5"),
            ("€ 12,5", "12.5"),
            ("-3", "-3"),
            ("(4.10)", "-4.1"),
            ("12 %", "12"),
            ("1,234", "1234"),
            ("1.5", "1.5"),
            ("0.125", "0.125"),
            ("1 000", "1000"),
            ("1,234,567", "1234567"),
        ] {
            assert_eq!(read(cell).as_deref(), Some(value), "{cell}");
        }
        for cell in ["", "Ann", "12a", "2026-01-02", "1.2.3", "-", "10:30"] {
            assert_eq!(read(cell), None, "{cell}");
        }
    }

    #[test]
    fn a_table_is_read_whatever_separates_its_cells() {
        let sheet = Sheet::read("Name;Sum;\n\"Ann; B\";1,5\nBob\n").unwrap();
        assert_eq!(sheet.columns, ["Name", "Sum", "Column 3"]);
        assert_eq!(sheet.rows, [vec!["Ann; B", "1,5", ""], vec!["Bob", "", ""]]);
        let sums = Sheet::numbers(sheet.rows.iter(), 1);
        assert_eq!((sums.count, sums.sum(), sums.average()), (1, "1.5".into(), Some("1.5".into())));
        assert!(sheet.is_numeric(1) && !sheet.is_numeric(0));
    }

    #[test]
    fn sums_are_exact() {
        let rows: Vec<Vec<String>> = (0..10).map(|_| vec!["0.1".to_owned()]).collect();
        assert_eq!(Sheet::numbers(rows.iter(), 0).sum(), "1");
    }
}
