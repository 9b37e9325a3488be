//! Tables that flows keep: names, rows, and rows as lines that people write.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Rows of one page.
pub const PAGE: u32 = 50;

/// A table of the workspace. It is there as long as it has rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableInfo {
    /// What flows call it.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// Epoch milliseconds.
    pub updated_at_ms: i64,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableRow {
    /// The row.
    pub id: String,
    /// Its cells by name.
    pub cells: Map<String, Value>,
    /// Epoch milliseconds.
    pub updated_at_ms: i64,
}

/// A part of a table, the oldest rows first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TablePage {
    /// What flows call it.
    pub name: String,
    /// The names of the cells of these rows.
    pub columns: Vec<String>,
    /// [`PAGE`] at most.
    pub rows: Vec<TableRow>,
    /// Rows of the whole table.
    pub total: u64,
    /// Which part, from 1.
    pub page: u32,
}

/// A change to a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableEdit {
    /// Adds rows; the first ones make the table.
    Add(Vec<Map<String, Value>>),
    /// Replaces the cells of a row.
    Replace(String, Map<String, Value>),
    /// Removes a row.
    Delete(String),
    /// Adds the rows of a CSV file, whose first line names the cells.
    Import(String),
}

/// Cells as lines `name: value`. [`read_cells`] gives the same cells back.
pub fn write_cells(cells: &Map<String, Value>) -> String {
    let lines = cells.iter().map(|(name, value)| format!("{}: {}", plain_name(name), shown(value)));
    lines.collect::<Vec<_>>().join("\n")
}

/// What stands in a cell, as it is written in a line.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether a text, written without quotes, is read as the same text.
fn is_plain(text: &str) -> bool {
    text.trim() == text && !text.contains('\n') && serde_json::from_str::<Value>(text).is_err()
}

fn plain_name(name: &str) -> String {
    if is_plain(name) && !name.contains([':', '"']) {
        name.to_owned()
    } else {
        Value::from(name).to_string()
    }
}

/// Reads lines `name: value`. A value that is JSON, such as `5`, `true` or `"5"`, is taken as that; everything else is
/// text.
///
/// # Errors
/// What is wrong with which line.
pub fn read_cells(text: &str) -> Result<Map<String, Value>, String> {
    let mut cells = Map::new();
    for (at, line) in text.lines().enumerate().filter(|(_, it)| !it.trim().is_empty()) {
        let number = at + 1;
        let wrong = || format!("Line {number} is not “name: value”");
        let (name, value) = split(line.trim()).ok_or_else(wrong)?;
        if name.trim().is_empty() {
            return Err(wrong());
        }
        let value = value.trim();
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        if cells.insert(name.clone(), value).is_some() {
            return Err(format!("Line {number} names “{name}” again"));
        }
    }
    if cells.is_empty() {
        Err("Write at least one line “name: value”".to_owned())
    } else {
        Ok(cells)
    }
}

/// The name and what stands behind its colon; a name in quotes may have colons itself.
fn split(line: &str) -> Option<(String, &str)> {
    if line.starts_with('"') {
        let mut names = serde_json::Deserializer::from_str(line).into_iter::<String>();
        let name = names.next()?.ok()?;
        let rest = line.get(names.byte_offset()..)?;
        return Some((name, rest.trim_start().strip_prefix(':')?));
    }
    line.split_once(':').map(|(name, value)| (name.trim().to_owned(), value))
}

/// A cell in a table on a page.
pub fn cell_words(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cells_written_as_lines_are_read_as_they_were() {
        let cells = json!({
            "Name": "Ann", "Age": 5, "Zip": "0050", "Code": "5", "ok": true, "none": null, "list": [1, "a"],
            "a: b": "x: y", " lead": " spaces ", "lines": "one\ntwo", "quote": "\"q\"", "empty": "", "5": "five",
        });
        let cells = cells.as_object().unwrap();
        let text = write_cells(cells);
        assert_eq!(&read_cells(&text).unwrap(), cells, "{text}");
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        assert!(read_cells("Name: Ann\nrest").unwrap_err().starts_with("Line 2"));
        assert!(read_cells("a: 1\na: 2").unwrap_err().contains("again"));
        assert!(read_cells(" \n").is_err());
        assert_eq!(read_cells("Link: https://a.example/b").unwrap()["Link"], "https://a.example/b");
    }
}
