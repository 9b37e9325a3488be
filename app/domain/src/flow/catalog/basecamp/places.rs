//! Cards, messages, comments, the schedule, documents and projects.

use super::{chosen, noun, optional, people, project, reads, trashes, writes};
use crate::flow::catalog::{ActionMeta, OperationMeta, PropKind, PropMeta, one_of, prop};

const CARD: &[&str] = &["project", "card_table", "card"];
const COLUMN: &[&str] = &["project", "card_table", "column"];

pub(super) fn cards() -> ActionMeta {
    let pickers = vec![
        project(),
        chosen("card_table", "Board", &["project"]),
        chosen("card", "Card", &["project", "card_table"]),
        chosen("column", "Column", &["project", "card_table"]),
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
    operations.extend(columns());
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
    ]
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

pub(super) fn messages() -> ActionMeta {
    const CHOSEN: &[&str] = &["project", "message"];
    let message = || {
        vec![
            prop("subject", "Subject", PropKind::ShortText).required(),
            prop("content", "Message", PropKind::LongText).required(),
        ]
    };
    let operations = vec![
        writes(
            ("create_message", "Post a message", "Posts to the message board of a project"),
            &["project"],
            message(),
        ),
        writes(
            (
                "update_message",
                "Change a message",
                "Changes subject or text of a message; what is left empty stays",
            ),
            CHOSEN,
            optional(message()),
        ),
        writes(
            ("pin_recording", "Pin a message", "Keeps a message at the top of its board"),
            CHOSEN,
            Vec::new(),
        ),
        writes(
            ("unpin_recording", "Unpin a message", "Lets a pinned message go back to its place"),
            CHOSEN,
            Vec::new(),
        ),
        reads(
            ("list_messages", "List the messages", "Gives the messages of a project"),
            &["project"],
            Vec::new(),
        ),
    ];
    let pickers = vec![project(), chosen("message", "Message", &["project"])];
    noun("messages", ("Messages", "Posts to message boards"), pickers, operations)
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
    let operations = vec![
        writes(
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
        ),
        writes(
            ("update_comment", "Change a comment", "Gives a comment another text"),
            &[],
            vec![
                prop("comment_id", "Comment", PropKind::Number)
                    .required()
                    .note("The id that an earlier step gives"),
                prop("content", "Comment", PropKind::LongText).required(),
            ],
        ),
    ];
    noun("comments", ("Comments", "Comments on to-dos"), Vec::new(), operations)
}

pub(super) fn schedule() -> ActionMeta {
    let time = "A time, as 2026-03-31T14:00:00Z";
    let event = || {
        vec![
            prop("summary", "What", PropKind::ShortText).required(),
            prop("starts_at", "From", PropKind::DateTime).required().note(time),
            prop("ends_at", "To", PropKind::DateTime).required().note(time),
            prop("description", "Notes", PropKind::LongText),
            people("participant_ids", "Who takes part"),
        ]
    };
    let mut new = event();
    new.insert(4, prop("all_day", "All day", PropKind::Checkbox).default(false));
    let operations = vec![
        writes(
            ("create_schedule_entry", "Add to the schedule", "Adds an event to a project"),
            &["project"],
            new,
        ),
        writes(
            (
                "update_schedule_entry",
                "Change an event",
                "Changes what, when or who of an event; what is left empty stays",
            ),
            &["project", "entry"],
            optional(event()),
        ),
        reads(
            ("list_schedule_entries", "List the schedule", "Gives the events of a project"),
            &["project"],
            Vec::new(),
        ),
    ];
    let pickers = vec![project(), chosen("entry", "Event", &["project"])];
    noun("schedule", ("Schedule", "Events of projects"), pickers, operations)
}

pub(super) fn documents() -> ActionMeta {
    let document = || {
        vec![
            prop("title", "Title", PropKind::ShortText).required(),
            prop("content", "Text", PropKind::LongText).required(),
        ]
    };
    let operations = vec![
        writes(
            ("create_document", "Write a document", "Adds a document to the files of a project"),
            &["project"],
            document(),
        ),
        writes(
            (
                "update_document",
                "Change a document",
                "Changes title or text of a document; what is left empty stays",
            ),
            &["project", "document"],
            optional(document()),
        ),
        writes(
            ("create_upload", "Put a file there", "Adds a file to the files of a project"),
            &["project"],
            file(),
        ),
        writes(
            ("create_child_vault", "Add a folder", "Adds a folder to the files of a project"),
            &["project"],
            vec![prop("title", "Name", PropKind::ShortText).required()],
        ),
        reads(
            ("list_documents", "List the documents", "Gives the documents of a project"),
            &["project"],
            Vec::new(),
        ),
    ];
    let pickers = vec![project(), chosen("document", "Document", &["project"])];
    noun("documents", ("Documents", "Documents and files of projects"), pickers, operations)
}

fn file() -> Vec<PropMeta> {
    vec![
        prop("file", "File", PropKind::LongText).required().note(
            "A file of an earlier step, a text, a data: address, or the address of a file. 5 MB at most",
        ),
        prop("name", "Name", PropKind::ShortText).note("With its ending, as in report.pdf"),
        prop("description", "Notes", PropKind::LongText),
    ]
}

pub(super) fn projects() -> ActionMeta {
    let about = || {
        vec![
            prop("name", "Name", PropKind::ShortText).required(),
            prop("description", "What it is about", PropKind::LongText),
        ]
    };
    let operations = vec![
        writes(("create_project", "Start a project", "Makes a project"), &[], about()),
        writes(
            (
                "create_project_construction",
                "Start a project from a template",
                "Makes a project of a template; Basecamp builds it within a minute",
            ),
            &["template"],
            about(),
        ),
        writes(
            (
                "update_project",
                "Change a project",
                "Changes name or description of a project; what is left empty stays",
            ),
            &["project"],
            optional(about()),
        ),
        trashes(("trash_project", "Move a project to the trash"), &["project"], Vec::new()),
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
    let pickers = vec![project(), chosen("template", "Template", &[])];
    noun("projects", ("Projects", "Projects and people"), pickers, operations)
}
