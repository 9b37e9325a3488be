//! The piece for tables that belong to the workspace.

use super::{
    ActionMeta, Category, Effect, PieceMeta, PropKind, PropMeta, PropOption, TABLES, Tile,
    computes, prop,
};
use crate::approval::Risk;
use crate::flow::condition::Operator;
use serde_json::json;

fn table() -> PropMeta {
    prop("table_id", "Table", PropKind::ShortText)
        .required()
        .note("Its name; it is made with its first row")
}

fn row() -> PropMeta {
    prop("record_id", "Row", PropKind::ShortText)
        .required()
        .note("The id that an earlier step gives")
}

fn values(label: &'static str) -> PropMeta {
    prop("values", label, PropKind::Json).required().default(json!({}))
}

fn changes(
    name: &'static str,
    (display_name, description): (&'static str, &'static str),
    risk: Risk,
    props: Vec<PropMeta>,
) -> ActionMeta {
    let action = computes(name, display_name, description, props);
    ActionMeta { effect: Effect::Effect, risk, ..action }
}

pub(super) fn tables() -> PieceMeta {
    let option =
        |it: Operator| PropOption { label: it.label().to_owned(), value: it.as_str().into() };
    let operators =
        PropKind::StaticDropdown { options: Operator::ALL.into_iter().map(option).collect() };
    let actions = vec![
        changes(
            "tables-create-records",
            ("Add rows", "Adds a row, or one for each item of a list"),
            Risk::Write,
            vec![table(), values("Cells").note("Names and values, or a list of them")],
        ),
        computes(
            "tables-find-records",
            "Find rows",
            "Gives the rows for which a comparison holds",
            vec![
                table(),
                prop("field", "Cell", PropKind::ShortText).note("Every row, when left empty"),
                prop("operator", "Comparison", operators).default("TEXT_EXACTLY_MATCHES"),
                prop("value", "Value", PropKind::ShortText),
                prop("limit", "At most", PropKind::Number).default(100),
            ],
        ),
        computes("tables-get-record", "Look at a row", "Gives one row", vec![table(), row()]),
        changes(
            "tables-update-record",
            ("Change a row", "Changes cells of a row; the others stay"),
            Risk::Write,
            vec![table(), row(), values("Cells")],
        ),
        changes(
            "tables-delete-record",
            ("Remove a row", "Removes one row"),
            Risk::Destructive,
            vec![table(), row()],
        ),
        changes(
            "tables-clear-table",
            ("Empty a table", "Removes every row"),
            Risk::Destructive,
            vec![table()],
        ),
    ];
    PieceMeta {
        name: TABLES,
        display_name: "Tables",
        description: "Keep rows that all flows of the workspace share",
        version: "~0.2.13",
        hue: 240,
        tile: Tile::Icon("database"),
        category: Category::Data,
        actions,
        triggers: Vec::new(),
    }
}
