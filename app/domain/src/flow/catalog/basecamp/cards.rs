//! Cards, their steps, and the columns they stand in.

use super::setting_up::lost;
use super::{chosen, noun, optional, people, project, reads, seldom, trashes, writes};
use crate::flow::catalog::{ActionMeta, OperationMeta, PropKind, PropMeta, one_of, prop};

const CARD: &[&str] = &["project", "card_table", "card"];
const COLUMN: &[&str] = &["project", "card_table", "column"];
const STEP: &[&str] = &["project", "card_table", "card", "card_step"];

pub(super) fn cards() -> ActionMeta {
    let pickers = vec![
        project(),
        chosen("card_table", "Board", &["project"]),
        chosen("card", "Card", &["project", "card_table"]),
        chosen("column", "Column", &["project", "card_table"]),
        chosen("card_step", "Step of the card", &["project", "card_table", "card"]),
    ];
    let mut operations = vec![
        writes(("create_card", "Add a card", "Adds a card to a column of a board"), COLUMN, card()),
        writes(
            ("move_card", "Move a card", "Moves a card to another column of its board"),
            &["project", "card_table", "card", "column"],
            Vec::new(),
        ),
        writes(
            (
                "update_card",
                "Change a card",
                "Changes title, notes, due day or people of a card; what is left empty stays",
            ),
            CARD,
            optional(card()),
        ),
        reads(("get_card", "Look at a card", "Gives one card"), CARD, Vec::new()),
        reads(
            ("list_cards", "List the cards of a column", "Gives the cards of one column"),
            COLUMN,
            Vec::new(),
        ),
    ];
    operations.extend(more_of_cards());
    operations.extend(steps_of_cards());
    operations.extend(columns());
    operations.extend(seldom_of_columns());
    noun("cards", ("Cards", "Adds, moves and lists the cards of boards"), pickers, operations)
}

fn more_of_cards() -> Vec<OperationMeta> {
    vec![
        writes(
            ("create_card_step", "Add a step to a card", "Adds a line to the steps of a card"),
            CARD,
            vec![
                prop("title", "Step", PropKind::ShortText).required(),
                prop("due_on", "Due", PropKind::ShortText).note("A day, as 2026-03-31"),
            ],
        ),
        writes(
            ("archive_card", "Archive a card", "Takes a card off its board and keeps it"),
            CARD,
            Vec::new(),
        ),
        trashes(("trash_card", "Move a card to the trash"), CARD, Vec::new()),
        writes(
            (
                "unarchive_card",
                "Bring a card back",
                "Puts a card back on its board from the archive or the trash",
            ),
            &[],
            vec![
                prop("record", "Card", PropKind::Number)
                    .required()
                    .note("The id that an earlier step gives"),
            ],
        ),
    ]
}

fn steps_of_cards() -> Vec<OperationMeta> {
    let step = || {
        vec![
            prop("title", "Step", PropKind::ShortText).required(),
            prop("due_on", "Due", PropKind::ShortText).note("A day, as 2026-03-31"),
        ]
    };
    vec![
        writes(
            ("complete_card_step", "Complete a step of a card", "Ticks a step of a card off"),
            STEP,
            Vec::new(),
        ),
        writes(
            (
                "uncomplete_card_step",
                "Reopen a step of a card",
                "Makes a step of a card open again",
            ),
            STEP,
            Vec::new(),
        ),
        writes(
            (
                "update_card_step",
                "Change a step of a card",
                "Changes title or due day of a step; what is left empty stays",
            ),
            STEP,
            optional(step()),
        ),
        seldom(writes(
            ("reposition_card_step", "Move a step of a card", "Puts a step at another place"),
            STEP,
            vec![prop("position", "Place", PropKind::Number).required().note("1 is the first")],
        )),
    ]
}

fn seldom_of_columns() -> Vec<OperationMeta> {
    let all = vec![
        writes(
            ("move_card_table_column", "Move a column", "Puts a column at another place"),
            COLUMN,
            vec![prop("position", "Place", PropKind::Number).required().note("1 is the first")],
        ),
        writes(
            (
                "subscribe_card_table_column",
                "Follow a column",
                "Whoever the flow acts as is told of the cards in it",
            ),
            COLUMN,
            Vec::new(),
        ),
        writes(
            ("unsubscribe_card_table_column", "Stop following a column", "It is told of no more"),
            COLUMN,
            Vec::new(),
        ),
        writes(
            (
                "create_card_table_on_hold",
                "Give a column a place for cards on hold",
                "Cards can be put aside in the column",
            ),
            COLUMN,
            Vec::new(),
        ),
        lost(writes(
            (
                "delete_card_table_on_hold",
                "Take the place for cards on hold away",
                "Its cards go back to the column",
            ),
            COLUMN,
            Vec::new(),
        )),
    ];
    all.into_iter().map(seldom).collect()
}

fn columns() -> Vec<OperationMeta> {
    let column = || {
        vec![
            prop("title", "Title", PropKind::ShortText).required(),
            prop("description", "Notes", PropKind::LongText),
        ]
    };
    let colours = ["white", "red", "orange", "yellow", "green", "blue", "aqua", "purple", "gray"];
    let colours = one_of(&colours.map(|it| (it, it)));
    vec![
        writes(
            ("create_card_table_column", "Add a column", "Adds a column to a board"),
            &["project", "card_table"],
            column(),
        ),
        writes(
            (
                "update_card_table_column",
                "Change a column",
                "Changes title or notes of a column; what is left empty stays",
            ),
            COLUMN,
            optional(column()),
        ),
        writes(
            ("update_card_table_column_color", "Colour a column", "Gives a column a colour"),
            COLUMN,
            vec![prop("color", "Colour", colours).required()],
        ),
    ]
}

fn card() -> Vec<PropMeta> {
    vec![
        prop("title", "Title", PropKind::ShortText).required(),
        prop("content", "Notes", PropKind::LongText),
        prop("due_on", "Due", PropKind::ShortText).note("A day, as 2026-03-31"),
        people("assignee_ids", "Assigned to"),
    ]
}
