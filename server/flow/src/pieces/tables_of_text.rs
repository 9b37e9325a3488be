//! JSON and CSV: values as text and back.

use crate::pieces::input::{Input, as_text};
use crate::pieces::{Done, Failed};
use csv::{ReaderBuilder, WriterBuilder};
use serde_json::{Map, Value};

/// Rows of one table.
const ROWS: usize = 100_000;

/// The JSON piece.
pub(crate) fn json(action: &str, input: &Input<'_>) -> Result<Done, Failed> {
    let output = match action {
        "convert_text_to_json" => {
            let text = input.required_text("text", "The text")?;
            serde_json::from_str(&text)
                .map_err(|error| Failed::new(format!("The text is not JSON: {error}")))?
        }
        "convert_json_to_text" => {
            let value = input.json("json").unwrap_or_default();
            match input.flag("pretty") {
                true => format!("{value:#}").into(),
                false => value.to_string().into(),
            }
        }
        other => return Err(Failed::unknown("JSON", other)),
    };
    Ok(Done::Output(output))
}

/// The CSV piece.
pub(crate) fn csv(action: &str, input: &Input<'_>) -> Result<Done, Failed> {
    let delimiter = input.text("delimiter_type").and_then(|it| it.bytes().next()).unwrap_or(b',');
    match action {
        "convert_csv_to_json" => read(input, delimiter),
        "convert_json_to_csv" => write(input, delimiter),
        other => Err(Failed::unknown("CSV", other)),
    }
    .map(Done::Output)
}

fn read(input: &Input<'_>, delimiter: u8) -> Result<Value, Failed> {
    let text = input.required_text("csv_text", "The CSV")?;
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut names: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record =
            record.map_err(|error| Failed::new(format!("The CSV is not right: {error}")))?;
        let cells: Vec<String> = record.iter().map(|it| it.trim().to_owned()).collect();
        if names.is_none() {
            let is_head = input.flag("has_headers");
            names = Some(match is_head {
                true => cells.clone(),
                false => (1..=cells.len()).map(|it| format!("field{it}")).collect(),
            });
            if is_head {
                continue;
            }
        }
        if rows.len() >= ROWS {
            return Err(Failed::new(format!("The CSV has more than {ROWS} rows. Make it shorter")));
        }
        let name = |at: usize| {
            let known = names.as_ref().and_then(|it| it.get(at)).filter(|it| !it.is_empty());
            known.cloned().unwrap_or_else(|| format!("field{}", at + 1))
        };
        let row: Map<_, _> =
            cells.into_iter().enumerate().map(|(at, it)| (name(at), it.into())).collect();
        rows.push(Value::Object(row));
    }
    Ok(Value::Array(rows))
}

fn write(input: &Input<'_>, delimiter: u8) -> Result<Value, Failed> {
    let rows = input.list("json_array", "The list")?;
    let mut names: Vec<String> = Vec::new();
    for row in rows.iter().filter_map(Value::as_object) {
        names.extend(row.keys().filter(|it| !names.contains(it)).cloned().collect::<Vec<_>>());
    }
    let mut writer = WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    let refused = |error: csv::Error| Failed::new(format!("The CSV cannot be written: {error}"));
    writer.write_record(&names).map_err(refused)?;
    for row in &rows {
        let Some(row) = row.as_object() else {
            return Err(Failed::new("Every item of the list must be a set of keys and values"));
        };
        let cell = |name: &String| row.get(name).filter(|it| !it.is_null()).map(as_text);
        let cells = names.iter().map(|it| harmless(cell(it).unwrap_or_default()));
        writer.write_record(cells).map_err(refused)?;
    }
    let bytes = writer.into_inner().map_err(|_| Failed::new("The CSV cannot be written"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned().into())
}

/// A spreadsheet would take a text that begins so for a formula.
pub(crate) fn harmless(cell: String) -> String {
    let is_number = cell.parse::<f64>().is_ok();
    if cell.starts_with(['=', '+', '-', '@']) && !is_number { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::json as convert;
    use super::*;
    use crate::pieces::testing::{output, refused};
    use serde_json::json;

    #[test]
    fn a_table_is_read_and_written_again() {
        let text = "name;note\nAnn;\"one; two\"\nBob\n";
        let input = json!({ "csv_text": text, "has_headers": true, "delimiter_type": ";" });
        let rows = output(&input, |it| csv("convert_csv_to_json", it));
        assert_eq!(rows, json!([{ "name": "Ann", "note": "one; two" }, { "name": "Bob" }]));
        let input = json!({ "json_array": rows, "delimiter_type": ";" });
        let written = output(&input, |it| csv("convert_json_to_csv", it));
        assert_eq!(written, "name;note\nAnn;\"one; two\"\nBob;\n");
    }

    #[test]
    fn a_cell_is_no_formula() {
        let input = json!({ "json_array": [{ "a": "=1+1", "b": -2 }] });
        let written = output(&input, |it| csv("convert_json_to_csv", it));
        assert_eq!(written, "a,b\n'=1+1,-2\n");
    }

    #[test]
    fn json_is_read_and_written() {
        let read = output(&json!({ "text": "[1]" }), |it| convert("convert_text_to_json", it));
        assert_eq!(read, json!([1]));
        let wrong = refused(&json!({ "text": "[1" }), |it| convert("convert_text_to_json", it));
        assert!(wrong.contains("not JSON"));
        let input = json!({ "json": { "a": 1 } });
        assert_eq!(output(&input, |it| convert("convert_json_to_text", it)), "{\"a\":1}");
    }
}
