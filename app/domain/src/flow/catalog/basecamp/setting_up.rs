//! What is set up in Basecamp once and then left alone: tools of projects, templates, markers of the timeline.

use super::{chosen, noun, optional, project, seldom, trashes, writes};
use crate::approval::Risk;
use crate::flow::catalog::{ActionMeta, OperationMeta, PropKind, PropMeta, one_of, prop};

/// Kinds of tools that a project can have more than one of.
const TOOLS: [(&str, &str); 7] = [
    ("todoset", "To-dos"),
    ("kanban_board", "Card table"),
    ("message_board", "Message board"),
    ("chat", "Chat"),
    ("vault", "Docs and files"),
    ("schedule", "Schedule"),
    ("questionnaire", "Check-ins"),
];

pub(super) fn tools() -> ActionMeta {
    const TOOL: &[&str] = &["project", "tool"];
    let place = || prop("position", "Place", PropKind::Number).required().note("1 is the first");
    let title = || prop("title", "Name", PropKind::ShortText).required();
    let operations = vec![
        writes(
            ("create_dock_tool", "Add a tool to a project", "Adds one more board, chat or list"),
            &["project"],
            vec![prop("tool_type", "Tool", one_of(&TOOLS)).required(), title()],
        ),
        writes(
            ("update_dock_tool", "Rename a tool of a project", "Gives a tool another name"),
            TOOL,
            vec![title()],
        ),
        writes(
            ("enable_dock_tool", "Switch a tool on", "Shows a tool in its project again"),
            TOOL,
            Vec::new(),
        ),
        writes(
            ("disable_dock_tool", "Switch a tool off", "Hides a tool; what is in it stays"),
            TOOL,
            Vec::new(),
        ),
        writes(
            ("move_dock_tool", "Move a tool", "Puts a tool at another place in its project"),
            TOOL,
            vec![place()],
        ),
        lost(writes(
            (
                "trash_dock_tool",
                "Move a tool to the trash",
                "Takes a tool away with everything in it. It cannot be brought back from here",
            ),
            TOOL,
            Vec::new(),
        )),
    ];
    let pickers = vec![project(), chosen("tool", "Tool", &["project"])];
    let words = ("Tools of projects", "Adds, renames and hides tools of projects");
    noun("dock", words, pickers, operations.into_iter().map(seldom).collect())
}

pub(super) fn templates() -> ActionMeta {
    let operations = vec![
        writes(("create_template", "Add a template", "Makes an empty template"), &[], about()),
        writes(
            (
                "update_template",
                "Change a template",
                "Changes name or description of a template; what is left empty stays",
            ),
            &["template"],
            optional(about()),
        ),
        trashes(("trash_template", "Move a template to the trash"), &["template"], Vec::new()),
    ];
    let words = ("Templates", "Adds and changes templates of projects");
    let pickers = vec![chosen("template", "Template", &[])];
    noun("templates", words, pickers, operations.into_iter().map(seldom).collect())
}

fn about() -> Vec<PropMeta> {
    vec![
        prop("name", "Name", PropKind::ShortText).required(),
        prop("description", "What it is about", PropKind::LongText),
    ]
}

pub(super) fn markers() -> ActionMeta {
    let marker = || {
        vec![
            prop("name", "Name", PropKind::ShortText).required(),
            prop("date", "Day", PropKind::ShortText).required().note("A day, as 2026-03-31"),
        ]
    };
    let operations = vec![
        writes(
            (
                "create_lineup_marker",
                "Add a marker to the timeline",
                "Marks a day in the timeline of all projects",
            ),
            &[],
            marker(),
        ),
        writes(
            (
                "update_lineup_marker",
                "Change a marker of the timeline",
                "Changes name or day of a marker; what is left empty stays",
            ),
            &["marker"],
            optional(marker()),
        ),
        lost(writes(
            (
                "delete_lineup_marker",
                "Delete a marker of the timeline",
                "Takes a marker away. It cannot be brought back from here",
            ),
            &["marker"],
            Vec::new(),
        )),
    ];
    let words = ("Timeline", "Marks days in the timeline of all projects");
    let pickers = vec![chosen("marker", "Marker", &[])];
    noun("lineup", words, pickers, operations.into_iter().map(seldom).collect())
}

/// What Basecamp does not bring back.
pub(super) fn lost(operation: OperationMeta) -> OperationMeta {
    OperationMeta { risk: Risk::Destructive, ..operation }
}
