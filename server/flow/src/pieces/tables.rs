//! The piece for tables of the workspace. Each change and the note that its step is done are one transaction.

use crate::engine::journal;
use crate::pieces::input::Input;
use crate::pieces::{Call, Done, Failed, Refused};
use domain::event::{Event, EventKind};
use domain::flow::condition::Operator;
use serde_json::{Map, Value, json};
use store::db::Conn;
use store::error::StoreError;
use store::table_rows::{self, Table, TableRow};
use store::{events, flow_values, ids};

/// Characters of a table's name.
const NAME: usize = 128;
/// Rows of a table.
pub(crate) const ROWS: i64 = 10_000;
/// Cells of a row.
const CELLS: usize = 100;
/// Bytes of a row as JSON.
const BYTES: usize = 64 * 1024;

/// What a step does to a table.
enum Change {
    Add(Vec<Map<String, Value>>),
    Update(String, Map<String, Value>),
    Delete(String),
    Clear,
}

/// Does what `action` says.
pub(crate) async fn run(action: &str, call: &Call<'_>) -> Result<Done, Failed> {
    let input = &call.input;
    let table = table(call)?;
    let row = || input.required_text("record_id", "The row");
    match action {
        "tables-find-records" => find(call, &table).await,
        "tables-get-record" => {
            let mut conn = call.engine.db.read().await?;
            let found = table_rows::find(&mut conn, &table, &row()?).await?;
            Ok(Done::Output(found.as_ref().map_or_else(|| Err(no_row()), told)?))
        }
        "tables-create-records" => write(call, table, Change::Add(added(input)?)).await,
        "tables-update-record" => {
            let cells = input.object("values");
            write(call, table, Change::Update(row()?, cells)).await
        }
        "tables-delete-record" => write(call, table, Change::Delete(row()?)).await,
        "tables-clear-table" => write(call, table, Change::Clear).await,
        other => Err(Failed::unknown("Tables", other)),
    }
}

fn table(call: &Call<'_>) -> Result<Table, Failed> {
    let name = call.input.required_text("table_id", "The table")?.trim().to_owned();
    if name.chars().count() > NAME {
        return Err(Failed::new(format!("The table's name is longer than {NAME} characters")));
    }
    Ok(Table { workspace: call.run.workspace.clone(), name })
}

fn added(input: &Input<'_>) -> Result<Vec<Map<String, Value>>, Failed> {
    let rows = match input.json("values").unwrap_or_default() {
        Value::Array(rows) => rows,
        one => vec![one],
    };
    let cells = |it: Value| match it {
        Value::Object(cells) => Ok(cells),
        _ => Err(Failed::new("A row must be names and values. Check the value it is taken from")),
    };
    rows.into_iter().map(cells).collect()
}

async fn find(call: &Call<'_>, table: &Table) -> Result<Done, Failed> {
    let input = &call.input;
    let mut conn = call.engine.db.read().await?;
    let rows = table_rows::all(&mut conn, table).await?;
    let field = input.text("field").unwrap_or_default();
    let word = input.text("operator").unwrap_or_else(|| "TEXT_EXACTLY_MATCHES".to_owned());
    let operator = Operator::parse(&word).ok_or_else(|| {
        Failed::new(format!("{word} is not a comparison. Choose one from the list"))
    })?;
    let wanted = input.value("value").cloned().unwrap_or_default();
    let most = input.integer("limit").and_then(|it| usize::try_from(it).ok()).unwrap_or(100);
    let mut found = Vec::new();
    for row in &rows {
        let row = told(row)?;
        let cell = row["cells"].get(field.trim()).unwrap_or(&Value::Null);
        if field.trim().is_empty() || operator.compare(cell, &wanted, false) {
            found.push(row);
        }
        if found.len() >= most {
            break;
        }
    }
    Ok(Done::Output(json!({ "count": found.len(), "rows": found })))
}

fn told(row: &TableRow) -> Result<Value, Failed> {
    let cells: Value = serde_json::from_str(&row.cells).map_err(StoreError::from)?;
    Ok(json!({
        "id": row.id, "cells": cells,
        "created": ids::rfc3339(row.created_at), "updated": ids::rfc3339(row.updated_at),
    }))
}

async fn write(call: &Call<'_>, table: Table, change: Change) -> Result<Done, Failed> {
    let (run, key) = (call.run.clone(), call.key.to_owned());
    let actor = journal::acting(call.run);
    let done: Result<Value, Refused> = call
        .engine
        .db
        .write(move |conn| {
            Box::pin(async move {
                if let Some(output) = flow_values::done_before(conn, &run.workspace, &key).await? {
                    return Ok(output);
                }
                let output = changed(conn, &table, change).await?;
                flow_values::mark_done(conn, (&run.workspace, &run.id), &key, &output).await?;
                let event = Event::new(EventKind::FlowValueChanged, &run.flow, table.name.as_str());
                events::record(conn, &actor, &event).await?;
                Ok(output)
            })
        })
        .await;
    Ok(Done::Output(done?))
}

async fn changed(conn: &mut Conn, table: &Table, change: Change) -> Result<Value, Refused> {
    match change {
        Change::Add(rows) => add(conn, table, rows).await,
        Change::Update(id, cells) => {
            let found = table_rows::find(conn, table, &id).await?.ok_or_else(no_row)?;
            let mut all: Map<String, Value> =
                serde_json::from_str(&found.cells).map_err(StoreError::from)?;
            all.extend(cells);
            let cells = fitting(all)?;
            table_rows::update(conn, table, &id, &cells).await?;
            let after = table_rows::find(conn, table, &id).await?.ok_or_else(no_row)?;
            Ok(told(&after)?)
        }
        Change::Delete(id) => Ok(json!({ "removed": table_rows::delete(conn, table, &id).await? })),
        Change::Clear => Ok(json!({ "removed": table_rows::clear(conn, table).await? })),
    }
}

pub(crate) async fn add(
    conn: &mut Conn,
    table: &Table,
    rows: Vec<Map<String, Value>>,
) -> Result<Value, Refused> {
    let new = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    if table_rows::count(conn, table).await?.saturating_add(new) > ROWS {
        let message = format!("A table holds {ROWS} rows. Remove some, or use another table");
        return Err(Failed::new(message).into());
    }
    let mut made = Vec::with_capacity(rows.len());
    for cells in rows {
        let row = table_rows::insert(conn, table, fitting(cells)?).await?;
        made.push(told(&row)?);
    }
    Ok(json!({ "count": made.len(), "rows": made }))
}

pub(crate) fn fitting(cells: Map<String, Value>) -> Result<String, Failed> {
    if cells.len() > CELLS {
        return Err(Failed::new(format!("A row holds {CELLS} cells. Keep fewer in one row")));
    }
    let text = Value::Object(cells).to_string();
    if text.len() > BYTES {
        return Err(Failed::new("A row holds 64 kB. Keep less in one row"));
    }
    Ok(text)
}

fn no_row() -> Failed {
    Failed::new("The table has no such row. Check the value its id is taken from")
}
