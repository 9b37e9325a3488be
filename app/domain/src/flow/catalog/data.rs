//! The pieces that reshape values: text, numbers, dates, JSON and tables of text.

use super::{
    ActionMeta, CSV, Category, DATES, JSON, LISTS, MATH, PieceMeta, PropKind, PropMeta, PropOption,
    TEXT, Tile, computes, one_of, prop, schedule,
};
use crate::flow::condition::Operator;

/// How dates can be written, with what the choice shows.
pub const DATE_FORMATS: [(&str, &str); 9] = [
    ("iso", "2026-03-31T14:05:00.000Z"),
    ("day", "2026-03-31"),
    ("day_month", "31 Mar 2026"),
    ("slashes", "31/03/2026"),
    ("slashes_us", "03/31/2026"),
    ("minute", "2026-03-31 14:05"),
    ("clock", "14:05"),
    ("weekday", "Tuesday"),
    ("unix", "Seconds since 1970"),
];
/// Units of spans between dates.
const UNITS: [(&str, &str); 7] = [
    ("minutes", "Minutes"),
    ("hours", "Hours"),
    ("days", "Days"),
    ("working_days", "Working days, Monday to Friday"),
    ("weeks", "Weeks"),
    ("months", "Months"),
    ("years", "Years"),
];

fn piece(
    (name, display_name, description): (&'static str, &'static str, &'static str),
    version: &'static str,
    (hue, icon): (u16, &'static str),
    actions: Vec<ActionMeta>,
) -> PieceMeta {
    PieceMeta {
        name,
        display_name,
        description,
        version,
        hue,
        tile: Tile::Icon(icon),
        category: Category::Data,
        actions,
        triggers: Vec::new(),
    }
}

fn text_prop() -> PropMeta {
    prop("text", "Text", PropKind::LongText).required()
}

pub(super) fn text() -> PieceMeta {
    let words = (TEXT, "Text", "Join, cut and change texts");
    piece(words, "~0.4.6", (35, "text"), [cutting(), changing()].concat())
}

fn cutting() -> Vec<ActionMeta> {
    vec![
        computes(
            "concat",
            "Join texts",
            "Writes texts one after the other",
            vec![
                prop("texts", "Texts", PropKind::Array).required(),
                prop("separator", "Between them", PropKind::ShortText),
            ],
        ),
        computes(
            "split",
            "Split text",
            "Cuts a text into a list",
            vec![
                text_prop(),
                prop("delimiter", "Cut at", PropKind::ShortText)
                    .required()
                    .default(",")
                    .note("A character or word, or \\n for each line"),
            ],
        ),
        computes(
            "replace",
            "Replace in text",
            "Puts other words in the place of some",
            vec![
                text_prop(),
                prop("searchValue", "Words to replace", PropKind::ShortText).required(),
                prop("replaceValue", "With", PropKind::ShortText),
            ],
        ),
        computes(
            "find",
            "Find in text",
            "Says whether and where a text holds some words",
            vec![text_prop(), prop("searchValue", "Words to find", PropKind::ShortText).required()],
        ),
    ]
}

fn changing() -> Vec<ActionMeta> {
    vec![
        computes(
            "change_case",
            "Change letters",
            "Capital or small letters, or an address part",
            vec![
                text_prop(),
                prop(
                    "case",
                    "To",
                    one_of(&[
                        ("upper", "CAPITAL LETTERS"),
                        ("lower", "small letters"),
                        ("title", "Each Word"),
                        ("sentence", "First word only"),
                        ("slug", "words-with-dashes"),
                    ]),
                )
                .required()
                .default("upper"),
            ],
        ),
        computes(
            "stripHtml",
            "Remove HTML",
            "Keeps the words of a page, without its tags",
            vec![prop("html", "HTML", PropKind::LongText).required()],
        ),
        computes(
            "shorten",
            "Shorten text",
            "Keeps the beginning of a text",
            vec![
                text_prop(),
                prop("length", "Characters", PropKind::Number).required().default(100),
            ],
        ),
        computes(
            "defaultValue",
            "Use another when empty",
            "Gives a value, or another one when it is empty",
            vec![
                prop("value", "Value", PropKind::ShortText),
                prop("defaultString", "When empty", PropKind::ShortText).required(),
            ],
        ),
    ]
}

pub(super) fn math() -> PieceMeta {
    let two = |first, second| {
        vec![
            prop("first_number", first, PropKind::Number).required(),
            prop("second_number", second, PropKind::Number).required(),
        ]
    };
    let actions = vec![
        computes("addition_math", "Add", "Adds two numbers", two("Number", "Plus")),
        computes("subtraction_math", "Subtract", "Subtracts a number", two("Take away", "From")),
        computes(
            "multiplication_math",
            "Multiply",
            "Multiplies two numbers",
            two("Number", "Times"),
        ),
        computes("division_math", "Divide", "Divides a number", two("Number", "By")),
        computes("modulo_math", "Remainder", "What is left after dividing", two("Number", "By")),
        computes(
            "round_math",
            "Round",
            "Rounds a number",
            vec![
                prop("number", "Number", PropKind::Number).required(),
                prop("decimals", "Digits after the point", PropKind::Number).default(0),
                prop(
                    "way",
                    "Way",
                    one_of(&[("nearest", "Nearest"), ("up", "Up"), ("down", "Down")]),
                )
                .default("nearest"),
            ],
        ),
    ];
    let words = (MATH, "Numbers", "Add, divide and round numbers");
    piece(words, "~0.0.19", (15, "tag"), actions)
}

fn date_prop() -> PropMeta {
    prop("inputDate", "Date", PropKind::DateTime).required()
}

fn format_prop() -> PropMeta {
    prop("outputFormat", "Written as", one_of(&DATE_FORMATS)).required().default("iso")
}

fn unit_prop(name: &'static str) -> PropMeta {
    prop(name, "Unit", one_of(&UNITS)).required().default("days")
}

pub(super) fn dates() -> PieceMeta {
    let zone = || schedule::timezone("timeZone");
    let actions = vec![
        computes(
            "get_current_date",
            "Today and now",
            "Gives the date and time",
            vec![format_prop(), zone()],
        ),
        computes(
            "format_date",
            "Write a date",
            "Writes a date in another way",
            vec![date_prop(), format_prop(), zone()],
        ),
        computes(
            "add_subtract_date",
            "Move a date",
            "Gives a date so much later, or earlier with a minus",
            vec![
                date_prop(),
                prop("amount", "Amount", PropKind::Number).required().default(1),
                unit_prop("unit"),
                format_prop(),
                zone(),
            ],
        ),
        computes(
            "date_difference",
            "Time between dates",
            "Counts what lies between two dates",
            vec![
                prop("startDate", "From", PropKind::DateTime).required(),
                prop("endDate", "To", PropKind::DateTime).required(),
                unit_prop("unitDifference"),
            ],
        ),
        computes(
            "extract_date_parts",
            "Parts of a date",
            "Gives year, month, day, weekday, hour and minute",
            vec![date_prop(), zone()],
        ),
    ];
    let words = (DATES, "Dates", "Move, compare and write dates");
    piece(words, "~0.2.1", (60, "clock"), actions)
}

pub(super) fn json() -> PieceMeta {
    let actions = vec![
        computes(
            "convert_text_to_json",
            "Read JSON",
            "Makes values of a text that holds JSON",
            vec![prop("text", "Text", PropKind::LongText).required()],
        ),
        computes(
            "convert_json_to_text",
            "Write JSON",
            "Makes a text of values",
            vec![
                prop("json", "Values", PropKind::Json).required(),
                prop("pretty", "On several lines", PropKind::Checkbox).default(false),
            ],
        ),
    ];
    let words = (JSON, "JSON", "Read and write JSON");
    piece(words, "~0.1.1", (100, "braces"), actions)
}

pub(super) fn csv() -> PieceMeta {
    let delimiter = || {
        let choices = [(",", "Comma"), (";", "Semicolon"), ("\t", "Tab")];
        prop("delimiter_type", "Between columns", one_of(&choices)).required().default(",")
    };
    let actions = vec![
        computes(
            "convert_csv_to_json",
            "Read CSV",
            "Makes a list of a table written as text",
            vec![
                prop("csv_text", "CSV", PropKind::LongText).required(),
                prop("has_headers", "The first row names the columns", PropKind::Checkbox)
                    .required()
                    .default(true),
                delimiter(),
            ],
        ),
        computes(
            "convert_json_to_csv",
            "Write CSV",
            "Makes a table written as text of a list",
            vec![prop("json_array", "List", PropKind::Json).required(), delimiter()],
        ),
    ];
    let words = (CSV, "CSV", "Read and write tables as text");
    piece(words, "~0.4.0", (140, "rows"), actions)
}

fn list_prop() -> PropMeta {
    prop("list", "List", PropKind::Json).required()
}

fn field_prop(name: &'static str, display_name: &'static str) -> PropMeta {
    prop(name, display_name, PropKind::ShortText)
        .note("Points into nested values, as customer.name; empty for the item itself")
}

fn matching() -> Vec<PropMeta> {
    let option =
        |it: Operator| PropOption { label: it.label().to_owned(), value: it.as_str().into() };
    let operators =
        PropKind::StaticDropdown { options: Operator::ALL.into_iter().map(option).collect() };
    vec![
        list_prop(),
        field_prop("field", "Field"),
        prop("operator", "Comparison", operators).required().default("TEXT_EXACTLY_MATCHES"),
        prop("value", "Value", PropKind::ShortText),
    ]
}

pub(super) fn lists() -> PieceMeta {
    let actions = vec![
        computes(
            "filter_list",
            "Keep some items",
            "Keeps the items for which a comparison holds",
            matching(),
        ),
        computes(
            "find_item",
            "Find an item",
            "Gives the first item for which a comparison holds",
            matching(),
        ),
        computes(
            "sort_list",
            "Sort a list",
            "Orders items by a field",
            vec![
                list_prop(),
                field_prop("field", "By"),
                prop(
                    "order",
                    "Order",
                    one_of(&[("asc", "Smallest first"), ("desc", "Largest first")]),
                )
                .required()
                .default("asc"),
            ],
        ),
        computes(
            "unique_items",
            "Remove repeated items",
            "Keeps the first of items that are the same",
            vec![list_prop(), field_prop("field", "The same by")],
        ),
        computes(
            "group_items",
            "Group items",
            "Makes groups of items with the same value",
            vec![list_prop(), field_prop("field", "By").required()],
        ),
        computes(
            "take_items",
            "Take part of a list",
            "Gives some items in a row",
            vec![
                list_prop(),
                prop("from", "From item", PropKind::Number).required().default(1),
                prop("count", "How many", PropKind::Number).required().default(10),
            ],
        ),
        computes(
            "summarize_list",
            "Count and sum",
            "Counts items and adds up a field",
            vec![list_prop(), field_prop("field", "Field with numbers")],
        ),
    ];
    let words = (LISTS, "Lists", "Filter, sort and group lists");
    piece(words, "~0.1.0", (160, "list"), actions)
}
