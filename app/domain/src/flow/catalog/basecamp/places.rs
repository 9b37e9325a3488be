//! Cards, messages, comments, the schedule, documents and projects.

use super::{chosen, noun, optional, people, project, reads, writes};
use crate::flow::catalog::{ActionMeta, PropKind, PropMeta, prop};

const CARD: &[&str] = &["project", "card_table", "card"];
const COLUMN: &[&str] = &["project", "card_table", "column"];

pub(super) fn cards() -> ActionMeta {
    let pickers = vec![
        project(),
        chosen("card_table", "Board", &["project"]),
        chosen("card", "Card", &["project", "card_table"]),
        chosen("column", "Column", &["project", "card_table"]),
    ];
    let operations = vec![
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
    noun("cards", ("Cards", "Adds, moves and lists the cards of boards"), pickers, operations)
}

fn card() -> Vec<PropMeta> {
    vec![
        prop("title", "Title", PropKind::ShortText).required(),
        prop("content", "Notes", PropKind::LongText),
        prop("due_on", "Due", PropKind::ShortText).note("A day, as 2026-03-31"),
        people("assignee_ids", "Assigned to"),
    ]
}

pub(super) fn messages() -> ActionMeta {
    let operations = vec![
        writes(
            ("create_message", "Post a message", "Posts to the message board of a project"),
            &["project"],
            vec![
                prop("subject", "Subject", PropKind::ShortText).required(),
                prop("content", "Message", PropKind::LongText).required(),
            ],
        ),
        reads(
            ("list_messages", "List the messages", "Gives the messages of a project"),
            &["project"],
            Vec::new(),
        ),
    ];
    noun("messages", ("Messages", "Posts to message boards"), vec![project()], operations)
}

pub(super) fn chats() -> ActionMeta {
    let operations = vec![writes(
        ("create_chat_line", "Write in the chat", "Adds a line to the chat of a project"),
        &["project"],
        vec![prop("content", "Line", PropKind::LongText).required()],
    )];
    noun("chats", ("Chats", "Writes in the chats of projects"), vec![project()], operations)
}

pub(super) fn comments() -> ActionMeta {
    let to_do = PropKind::Dropdown { refreshers: &["project"], refresh_on_search: true };
    let operations = vec![writes(
        (
            "create_comment",
            "Comment on a to-do",
            "Adds a comment to a to-do, card, message or document",
        ),
        &[],
        vec![
            project().required(),
            prop("recording_id", "To-do", to_do)
                .required()
                .note("Or the id of anything else that an earlier step gives"),
            prop("content", "Comment", PropKind::LongText).required(),
        ],
    )];
    noun("comments", ("Comments", "Comments on to-dos"), Vec::new(), operations)
}

pub(super) fn schedule() -> ActionMeta {
    let time = "A time, as 2026-03-31T14:00:00Z";
    let operations = vec![
        writes(
            ("create_schedule_entry", "Add to the schedule", "Adds an event to a project"),
            &["project"],
            vec![
                prop("summary", "What", PropKind::ShortText).required(),
                prop("starts_at", "From", PropKind::DateTime).required().note(time),
                prop("ends_at", "To", PropKind::DateTime).required().note(time),
                prop("description", "Notes", PropKind::LongText),
                prop("all_day", "All day", PropKind::Checkbox).default(false),
                people("participant_ids", "Who takes part"),
            ],
        ),
        reads(
            ("list_schedule_entries", "List the schedule", "Gives the events of a project"),
            &["project"],
            Vec::new(),
        ),
    ];
    noun("schedule", ("Schedule", "Events of projects"), vec![project()], operations)
}

pub(super) fn documents() -> ActionMeta {
    let operations = vec![
        writes(
            ("create_document", "Write a document", "Adds a document to the files of a project"),
            &["project"],
            vec![
                prop("title", "Title", PropKind::ShortText).required(),
                prop("content", "Text", PropKind::LongText).required(),
            ],
        ),
        reads(
            ("list_documents", "List the documents", "Gives the documents of a project"),
            &["project"],
            Vec::new(),
        ),
    ];
    noun("documents", ("Documents", "Documents of projects"), vec![project()], operations)
}

pub(super) fn projects() -> ActionMeta {
    let operations = vec![
        writes(
            ("create_project", "Start a project", "Makes a project"),
            &[],
            vec![
                prop("name", "Name", PropKind::ShortText).required(),
                prop("description", "What it is about", PropKind::LongText),
            ],
        ),
        reads(
            ("list_projects", "List the projects", "Gives every active project"),
            &[],
            Vec::new(),
        ),
        reads(
            ("list_people", "List the people", "Gives everybody whom the connection sees"),
            &[],
            Vec::new(),
        ),
    ];
    noun("projects", ("Projects", "Projects and people"), Vec::new(), operations)
}
