//! Tables of the workspace as people see and change them. Steps of flows write the same rows (`pieces/tables.rs`).

use crate::flows::Flows;
use crate::pieces::Refused;
use crate::pieces::tables::{ROWS, add, fitting};
use crate::pieces::tables_of_text::harmless;
use csv::{ReaderBuilder, WriterBuilder};
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::flow::tables::{PAGE, TableEdit, TableInfo, TablePage, TableRow, cell_words};
use domain::problem::Problem;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use store::db::Conn;
use store::error::StoreError;
use store::events;
use store::table_rows::{self, Table};

/// Characters of a table's name.
const NAME: usize = 128;

impl Flows {
    /// The tables of the workspace, by name.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn tables(&self, actor: &Actor) -> Result<Vec<TableInfo>, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.engine.db.read().await?;
        let all = table_rows::tables(&mut conn, &actor.workspace).await?;
        let info = |(name, rows, updated_at_ms): (String, i64, i64)| TableInfo {
            name,
            rows: u64::try_from(rows).unwrap_or_default(),
            updated_at_ms,
        };
        Ok(all.into_iter().map(info).collect())
    }

    /// A part of a table, from 1; one without rows is empty.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn table(&self, actor: &Actor, name: &str, page: u32) -> Result<TablePage, Problem> {
        actor.require(Permission::Read)?;
        let table = named(actor, name)?;
        let mut conn = self.engine.db.read().await?;
        let total = u64::try_from(table_rows::count(&mut conn, &table).await?).unwrap_or_default();
        let last = total.div_ceil(u64::from(PAGE)).max(1);
        let page = page.clamp(1, u32::try_from(last).unwrap_or(u32::MAX));
        let from = i64::from(page - 1) * i64::from(PAGE);
        let rows = table_rows::page(&mut conn, &table, (from, i64::from(PAGE))).await?;
        let rows: Vec<TableRow> = rows.into_iter().map(told).collect::<Result<_, StoreError>>()?;
        Ok(TablePage { columns: columns(&rows), name: table.name, rows, total, page })
    }

    /// Changes a table, all of it or nothing.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to write; [`Problem::Invalid`] for `name`, `cells` or `csv` that
    /// cannot be; [`Problem::NotFound`] for a row that is gone.
    pub async fn change_table(
        &self,
        actor: &Actor,
        name: &str,
        edit: TableEdit,
    ) -> Result<(), Problem> {
        actor.require(Permission::Write)?;
        let table = named(actor, name)?;
        let edit = match edit {
            TableEdit::Import(text) => TableEdit::Add(read_csv(&text)?),
            other => other,
        };
        let by = actor.clone();
        let write = self.engine.db.write(move |conn| {
            Box::pin(async move {
                apply(conn, &table, edit).await?;
                let event =
                    Event::new(EventKind::FlowValueChanged, &table.name, table.name.as_str());
                events::record(conn, &by, &event).await?;
                Ok::<_, Problem>(())
            })
        });
        write.await
    }

    /// The whole table as CSV; cells that a spreadsheet would take for formulas are made harmless.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read, [`Problem::NotFound`] for a table without rows.
    pub async fn export_table(&self, actor: &Actor, name: &str) -> Result<String, Problem> {
        actor.require(Permission::Read)?;
        let table = named(actor, name)?;
        let mut conn = self.engine.db.read().await?;
        let rows = table_rows::all(&mut conn, &table).await?;
        drop(conn);
        let rows: Vec<TableRow> = rows.into_iter().map(told).collect::<Result<_, StoreError>>()?;
        if rows.is_empty() {
            return Err(Problem::not_found("Table"));
        }
        written(&rows).ok_or_else(|| Problem::invalid("name", "The table cannot be written as CSV"))
    }
}

fn named(actor: &Actor, name: &str) -> Result<Table, Problem> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME {
        return Err(Problem::invalid(
            "name",
            format!("Give the table a name of 1 to {NAME} letters"),
        ));
    }
    Ok(Table { workspace: actor.workspace.clone(), name: name.to_owned() })
}

fn told(row: table_rows::TableRow) -> Result<TableRow, StoreError> {
    let cells = serde_json::from_str(&row.cells)?;
    Ok(TableRow { id: row.id, cells, updated_at_ms: row.updated_at })
}

/// The names of the cells, in the order in which the rows first have them.
fn columns(rows: &[TableRow]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let names = rows.iter().flat_map(|it| it.cells.keys());
    names.filter(|it| seen.insert(it.as_str())).cloned().collect()
}

async fn apply(conn: &mut Conn, table: &Table, edit: TableEdit) -> Result<(), Problem> {
    let gone = || Problem::not_found("Row");
    match edit {
        TableEdit::Add(rows) => add(conn, table, rows).await.map(drop).map_err(refused),
        TableEdit::Replace(id, cells) => {
            let cells = fitting(cells).map_err(|it| refused(it.into()))?;
            table_rows::find(conn, table, &id).await?.ok_or_else(gone)?;
            Ok(table_rows::update(conn, table, &id, &cells).await?)
        }
        TableEdit::Delete(id) => {
            if table_rows::delete(conn, table, &id).await? {
                Ok(())
            } else {
                Err(gone())
            }
        }
        TableEdit::Import(_) => Err(Problem::invalid("csv", "Give rows")),
    }
}

fn refused(refused: Refused) -> Problem {
    match refused {
        Refused::Step(failed) => Problem::invalid("cells", failed.message),
        Refused::Store(error) => error.into(),
    }
}

fn read_csv(text: &str) -> Result<Vec<Map<String, Value>>, Problem> {
    let wrong = |words: String| Problem::invalid("csv", words);
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().next().unwrap_or_default();
    let count = |it: &u8| head.bytes().filter(|byte| byte == it).count();
    let delimiter = [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',');
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let broken = |error: csv::Error| wrong(format!("The CSV is not right: {error}"));
    let names: Vec<String> =
        reader.headers().map_err(broken)?.iter().map(|it| it.trim().to_owned()).collect();
    let most = usize::try_from(ROWS).unwrap_or(usize::MAX);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let cells = names.iter().zip(record.iter()).filter(|(name, _)| !name.is_empty());
        let row = cells.map(|(name, cell)| (name.clone(), Value::from(cell.trim()))).collect();
        rows.push(row);
        if rows.len() > most {
            return Err(wrong(format!("A table holds {ROWS} rows. Import fewer")));
        }
    }
    if rows.is_empty() {
        return Err(wrong("The CSV has no rows below the names of its columns".to_owned()));
    }
    Ok(rows)
}

fn written(rows: &[TableRow]) -> Option<String> {
    let names = columns(rows);
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(names.iter().map(|it| harmless(it.clone()))).ok()?;
    for row in rows {
        let cells = names.iter().map(|it| harmless(cell_words(row.cells.get(it))));
        writer.write_record(cells).ok()?;
    }
    String::from_utf8(writer.into_inner().ok()?).ok()
}
