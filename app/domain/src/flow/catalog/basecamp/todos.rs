//! To-dos and their lists.

use super::{chosen, noun, optional, people, project, reads, seldom, writes};
use crate::approval::Risk;
use crate::flow::catalog::{ActionMeta, OperationMeta, PropKind, PropMeta, prop};

pub(super) fn todos() -> ActionMeta {
    let pickers = vec![
        project(),
        chosen("todolist", "To-do list", &["project"]),
        chosen("todo", "To-do", &["project", "todolist"]),
        chosen("group", "Group", &["project", "todolist"]),
    ];
    let mut operations = vec![
        create(),
        on_todo(writes(
            ("complete_todo", "Complete a to-do", "Ticks a to-do off"),
            CHOSEN,
            Vec::new(),
        )),
        writes(
            (
                "complete_task_by_name",
                "Complete a to-do by its title",
                "Ticks off the one open to-do of a project that is called so",
            ),
            &["project"],
            vec![
                prop("task", "Title", PropKind::ShortText)
                    .required()
                    .note("Fails when no open to-do has it, or more than one"),
            ],
        ),
        on_todo(writes(
            ("uncomplete_todo", "Reopen a to-do", "Makes a completed to-do open again"),
            CHOSEN,
            Vec::new(),
        )),
        on_todo(writes(
            (
                "update_todo_details",
                "Change a to-do",
                "Changes title, notes, due day or people of a to-do; what is left empty stays",
            ),
            CHOSEN,
            optional(details()),
        )),
        on_todo(writes(
            ("assign_todo", "Assign a to-do", "Gives a to-do to people, beside those who have it"),
            CHOSEN,
            vec![people("assignee_ids", "To whom").required()],
        )),
        OperationMeta {
            risk: Risk::Destructive,
            ..on_todo(writes(
                (
                    "trash_todo",
                    "Move a to-do to the trash",
                    "Basecamp can bring it back for 30 days",
                ),
                CHOSEN,
                Vec::new(),
            ))
        },
        on_todo(writes(
            (
                "reposition_todo",
                "Move a to-do in its list",
                "Puts a to-do at another place of its list",
            ),
            CHOSEN,
            vec![prop("position", "Place", PropKind::Number).required().note("1 is the first")],
        )),
    ];
    operations.extend(lists());
    operations.extend(looks());
    noun("todos", ("To-dos", "Adds, completes and lists to-dos"), pickers, operations)
}

fn lists() -> Vec<OperationMeta> {
    vec![
        create_list(),
        writes(
            (
                "update_todolist",
                "Change a to-do list",
                "Changes name or notes of a to-do list; what is left empty stays",
            ),
            &["project", "todolist"],
            optional(list()),
        ),
        writes(
            (
                "create_todolist_group",
                "Add a group to a to-do list",
                "Adds a group, under which to-dos of the list can stand",
            ),
            &["project", "todolist"],
            vec![prop("name", "Name", PropKind::ShortText).required()],
        ),
        seldom(writes(
            (
                "reposition_todolist_group",
                "Move a group in its list",
                "Puts a group at another place of its to-do list",
            ),
            &["project", "todolist", "group"],
            vec![prop("position", "Place", PropKind::Number).required().note("1 is the first")],
        )),
    ]
}

fn looks() -> Vec<OperationMeta> {
    vec![
        on_todo(reads(("get_todo", "Look at a to-do", "Gives one to-do"), CHOSEN, Vec::new())),
        reads(
            ("list_todos_for_list", "List the to-dos of a list", "Gives the to-dos of one list"),
            &["project", "todolist"],
            Vec::new(),
        ),
        reads(
            (
                "list_todos_for_project",
                "List the to-dos of a project",
                "Gives every to-do of a project",
            ),
            &["project"],
            Vec::new(),
        ),
        reads(
            ("list_todolists", "List the to-do lists", "Gives the to-do lists of a project"),
            &["project"],
            Vec::new(),
        ),
    ]
}

const CHOSEN: &[&str] = &["project", "todo"];

fn on_todo(operation: OperationMeta) -> OperationMeta {
    OperationMeta { takes: &["todolist"], ..operation }
}

fn details() -> Vec<PropMeta> {
    vec![
        prop("content", "Title", PropKind::ShortText).required(),
        prop("description", "Notes", PropKind::LongText),
        prop("due_on", "Due", PropKind::ShortText).note("A day, as 2026-03-31"),
        people("assignee_ids", "Assigned to"),
    ]
}

fn create() -> OperationMeta {
    writes(
        ("create_todo", "Add a to-do", "Adds a to-do to a list of a project"),
        &["project", "todolist"],
        details(),
    )
}

fn create_list() -> OperationMeta {
    writes(
        ("create_todolist", "Add a to-do list", "Adds an empty to-do list to a project"),
        &["project"],
        list(),
    )
}

fn list() -> Vec<PropMeta> {
    vec![
        prop("name", "Name", PropKind::ShortText).required(),
        prop("description", "Notes", PropKind::LongText),
    ]
}
