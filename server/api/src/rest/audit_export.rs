//! The audit log as a file: as much of it as the page shows, sent while it is read, so that its size does not matter.
//!
//! A read that fails breaks the answer off: a file that ended well is complete.

use crate::error::Answer;
use crate::query::Query;
use crate::rest::audit::{Search, filter, row};
use auth::audit::AuditExport;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use backend::Backend;
use bytes::Bytes;
use csv::{QuoteStyle, WriterBuilder};
use domain::actor::Actor;
use domain::event::StoredEvent;
use domain::problem::Problem;
use futures::stream::try_unfold;
use serde::Deserialize;
use store::error::internal;

/// The columns of the table.
const COLUMNS: [&str; 12] = [
    "id",
    "ts",
    "actor",
    "actorId",
    "via",
    "action",
    "target",
    "targetId",
    "status",
    "requestId",
    "ip",
    "detail",
];
/// What a cell must not begin with, or a spreadsheet would calculate it.
const FORMULAS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// What the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// A table with a line of names.
    Csv,
    /// One JSON object a line, as the API gives them.
    Lines,
}

impl Format {
    const ALL: [Self; 2] = [Self::Csv, Self::Lines];

    fn named(word: Option<&str>) -> Result<Self, Problem> {
        let word = word.unwrap_or("csv");
        let found = Self::ALL.into_iter().find(|it| it.word() == word);
        found.ok_or_else(|| Problem::invalid("format", "Give csv or jsonl"))
    }

    /// The word in the address and at the end of the file's name.
    fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Lines => "jsonl",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Lines => "application/x-ndjson",
        }
    }

    /// What stands before the first row.
    fn head(self) -> Result<Bytes, Problem> {
        match self {
            Self::Csv => table([COLUMNS.map(str::to_owned)]),
            Self::Lines => Ok(Bytes::new()),
        }
    }

    fn rows(self, events: &[StoredEvent]) -> Result<Bytes, Problem> {
        match self {
            Self::Csv => table(events.iter().map(cells)),
            Self::Lines => {
                let lines: Vec<String> = events.iter().map(|it| format!("{}\n", row(it))).collect();
                Ok(lines.concat().into())
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    format: Option<String>,
}

/// What is left of a file.
enum Left {
    Head(AuditExport),
    Rows(AuditExport),
}

/// Everything that the search finds, newest first; a cursor and a limit make no difference.
pub(super) async fn export(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Query(wanted): Query<Wanted>,
    Query(search): Query<Search>,
) -> Answer<Response> {
    let format = Format::named(wanted.format.as_deref())?;
    let export = backend.auth.export_audit(&actor, &filter(search)?, format.word()).await?;
    let parts = try_unfold(Left::Head(export), move |left| async move {
        match left {
            Left::Head(export) => Ok(Some((format.head()?, Left::Rows(export)))),
            Left::Rows(mut export) => {
                let next = export.next().await.inspect_err(|problem| {
                    tracing::error!(%problem, "an export of the audit log broke off");
                })?;
                let Some(events) = next else { return Ok(None) };
                Ok::<_, Problem>(Some((format.rows(&events)?, Left::Rows(export))))
            }
        }
    });
    let name = format!("attachment; filename=\"audit-log.{}\"", format.word());
    let headers = [
        ("content-type", format.content_type()),
        ("content-disposition", name.as_str()),
        ("cache-control", "private, no-store"),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
}

/// An event in the order of [`COLUMNS`].
fn cells(stored: &StoredEvent) -> [String; 12] {
    let event = &stored.event;
    [
        stored.seq.to_string(),
        store::ids::rfc3339(stored.at_ms),
        stored.actor.clone(),
        stored.actor_id.clone(),
        stored.via.clone(),
        event.kind.as_str().to_owned(),
        event.label.clone(),
        event.target.clone(),
        event.outcome.as_str().to_owned(),
        stored.request_id.clone(),
        stored.ip.clone().unwrap_or_default(),
        event.detail.to_string(),
    ]
    .map(harmless)
}

/// A cell that a spreadsheet shows as it is.
fn harmless(cell: String) -> String {
    if cell.starts_with(FORMULAS) { format!("'{cell}") } else { cell }
}

fn table(rows: impl IntoIterator<Item = [String; 12]>) -> Result<Bytes, Problem> {
    let mut writer =
        WriterBuilder::new().quote_style(QuoteStyle::Necessary).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(|error| internal("writing a row", &error))?;
    }
    Ok(writer.into_inner().map_err(|error| internal("writing a table", &error))?.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::event::{Event, EventKind};

    fn stored(label: &str) -> StoredEvent {
        StoredEvent {
            seq: 7,
            at_ms: 0,
            actor: "Ada".to_owned(),
            actor_id: "u1".to_owned(),
            via: "ui".to_owned(),
            event: Event::new(EventKind::FlowCreated, "f1", label),
            request_id: "r1".to_owned(),
            ip: None,
        }
    }

    #[test]
    fn a_cell_is_never_calculated_and_never_breaks_a_line() {
        let rows = Format::Csv.rows(&[stored("=1+1"), stored("a \"b\", c\nd")]).unwrap();
        let text = String::from_utf8(rows.to_vec()).unwrap();
        assert!(text.contains(",flow.created,'=1+1,f1,success,"), "{text}");
        assert!(text.contains(",\"a \"\"b\"\", c\nd\","), "{text}");
    }

    #[test]
    fn a_line_holds_one_event() {
        let rows = Format::Lines.rows(&[stored("a\nb"), stored("c")]).unwrap();
        let text = String::from_utf8(rows.to_vec()).unwrap();
        let ids: Vec<serde_json::Value> =
            text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
        assert_eq!((ids.len(), &ids[0]["target"]["name"]), (2, &"a\nb".into()));
    }

    #[test]
    fn formats_are_named() {
        assert_eq!(Format::named(None), Ok(Format::Csv));
        assert_eq!(Format::named(Some("jsonl")), Ok(Format::Lines));
        assert!(Format::named(Some("xml")).is_err());
    }
}
