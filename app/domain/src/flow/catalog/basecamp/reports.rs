//! Questions over all projects, answered from what was last read of Basecamp.

use super::{chosen, noun, project, reads};
use crate::flow::catalog::{ActionMeta, OperationMeta, PropKind, PropMeta, one_of, prop};

/// What can be asked for what is new: the kind of record, and what people call it.
const RECENT: [(&str, &str); 6] = [
    ("Todo", "To-dos"),
    ("Kanban::Card", "Cards"),
    ("Message", "Messages"),
    ("Comment", "Comments"),
    ("Question::Answer", "Check-in answers"),
    ("Document", "Documents"),
];

pub(super) fn reports() -> ActionMeta {
    let pickers = vec![project(), chosen("person", "Person", &[])];
    let operations = vec![
        report("overdue_todos", "Find what is overdue", "Open to-dos past their day", Vec::new()),
        report(
            "due_todos",
            "Find what is due soon",
            "Open to-dos due from today on",
            vec![days("Days from today", 7)],
        ),
        report(
            "unassigned_todos",
            "Find what nobody has",
            "Open to-dos that are assigned to nobody",
            Vec::new(),
        ),
        report(
            "undated_todos",
            "Find what has no day",
            "Open to-dos without a due day",
            Vec::new(),
        ),
        report(
            "quiet_todos",
            "Find what is forgotten",
            "Open, assigned to-dos to which nothing has happened for days",
            vec![days("Days without a sign of life", 14)],
        ),
        report("open_todos", "Find what is open", "Open to-dos", Vec::new()),
        report(
            "completed_todos",
            "Find what was done",
            "To-dos completed in the last days",
            vec![days("Days back", 7)],
        ),
        OperationMeta {
            takes: &[],
            ..report(
                "workload",
                "Find who has how much",
                "Open, overdue and soon due to-dos of everybody",
                Vec::new(),
            )
        },
        OperationMeta {
            takes: &[],
            ..report(
                "project_status",
                "Find how projects stand",
                "Open, completed and overdue to-dos of every project",
                Vec::new(),
            )
        },
        OperationMeta {
            takes: &["project"],
            ..report(
                "recent_records",
                "Find what is new",
                "What was written in the last days",
                vec![
                    prop("kind", "What", one_of(&RECENT)).required().default("Message"),
                    days("Days back", 7),
                ],
            )
        },
    ];
    let words = ("Reports", "Finds to-dos and news over all projects");
    noun("reports", words, pickers, operations)
}

fn report(
    value: &'static str,
    display_name: &'static str,
    description: &'static str,
    inputs: Vec<PropMeta>,
) -> OperationMeta {
    let words = (value, display_name, description);
    OperationMeta { takes: &["project", "person"], ..reads(words, &[], inputs) }
}

fn days(display_name: &'static str, default: i64) -> PropMeta {
    prop("days", display_name, PropKind::Number).default(default)
}
