//! Messages, chats, comments, the schedule, documents and projects.

use super::setting_up::lost;
use super::{chosen, noun, optional, people, project, reads, seldom, trashes, writes};
use crate::flow::catalog::{ActionMeta, OperationMeta, PropKind, PropMeta, prop};

pub(super) fn messages() -> ActionMeta {
    const CHOSEN: &[&str] = &["project", "message"];
    let message = || {
        vec![
            prop("subject", "Subject", PropKind::ShortText).required(),
            prop("content", "Message", PropKind::LongText).required(),
        ]
    };
    let mut operations = vec![
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
    operations.extend(kinds());
    let pickers = vec![
        project(),
        chosen("message", "Message", &["project"]),
        chosen("message_type", "Kind of message", &["project"]),
    ];
    noun("messages", ("Messages", "Posts to message boards"), pickers, operations)
}

/// Kinds of messages.
fn kinds() -> Vec<OperationMeta> {
    const KIND: &[&str] = &["project", "message_type"];
    vec![
        seldom(writes(
            (
                "create_message_type",
                "Add a kind of message",
                "Adds a kind that messages of a project can have",
            ),
            &["project"],
            kind(),
        )),
        seldom(writes(
            (
                "update_message_type",
                "Change a kind of message",
                "Changes name or icon of a kind; what is left empty stays",
            ),
            KIND,
            optional(kind()),
        )),
        seldom(lost(writes(
            (
                "delete_message_type",
                "Delete a kind of message",
                "Its messages stay, without a kind",
            ),
            KIND,
            Vec::new(),
        ))),
    ]
}

/// A kind of messages.
fn kind() -> Vec<PropMeta> {
    vec![
        prop("name", "Name", PropKind::ShortText).required(),
        prop("icon", "Icon", PropKind::ShortText).required().note("One emoji"),
    ]
}

pub(super) fn chats() -> ActionMeta {
    let operations = vec![
        writes(
            ("create_chat_line", "Write in the chat", "Adds a line to the chat of a project"),
            &["project"],
            vec![prop("content", "Line", PropKind::LongText).required()],
        ),
        seldom(lost(writes(
            (
                "delete_campfire_line",
                "Delete a line of the chat",
                "Takes a line away. It cannot be brought back",
            ),
            &["project"],
            vec![
                prop("line_id", "Line", PropKind::Number)
                    .required()
                    .note("The id that an earlier step gives"),
            ],
        ))),
    ];
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
        seldom(writes(
            (
                "update_schedule",
                "Show due days in the schedule",
                "Says whether the schedule of a project shows what is due",
            ),
            &["project"],
            vec![
                prop("include_due_assignments", "Show what is due", PropKind::Checkbox)
                    .required()
                    .default(true),
            ],
        )),
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
        writes(
            (
                "update_upload",
                "Change a file",
                "Changes name or notes of a file; what is left empty stays",
            ),
            &["project", "upload"],
            vec![
                prop("base_name", "Name", PropKind::ShortText)
                    .note("Without its ending. Stays as it is, when left empty"),
                prop("description", "Notes", PropKind::LongText),
            ],
        ),
        writes(
            ("update_vault", "Rename a folder", "Gives a folder another name"),
            &["project", "folder"],
            vec![prop("title", "Name", PropKind::ShortText).required()],
        ),
        reads(
            ("list_documents", "List the documents", "Gives the documents of a project"),
            &["project"],
            Vec::new(),
        ),
    ];
    let pickers = vec![
        project(),
        chosen("document", "Document", &["project"]),
        chosen("upload", "File", &["project"]),
        chosen("folder", "Folder", &["project"]),
    ];
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
        lost(writes(
            (
                "update_project_people",
                "Change who is in a project",
                "Lets people into a project, or takes them out of it",
            ),
            &["project"],
            vec![people("grant", "Let in"), people("revoke", "Take out")],
        )),
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
