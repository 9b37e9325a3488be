//! The Basecamp piece, in the gateway style of recording 018: one action per noun, chosen by `operation`.

use super::{
    ActionMeta, BASECAMP, Category, Effect, OperationMeta, PieceMeta, PropKind, PropMeta,
    PropOption, Tile, prop,
};
use crate::approval::Risk;

pub(super) fn basecamp() -> PieceMeta {
    PieceMeta {
        name: BASECAMP,
        display_name: "Basecamp",
        description: "Read and change projects and to-dos",
        version: "~0.0.1",
        hue: 150,
        tile: Tile::Monogram("Bc"),
        category: Category::Basecamp,
        actions: vec![todos(), comments()],
        triggers: Vec::new(),
    }
}

fn todos() -> ActionMeta {
    let operations = vec![
        create_todo(),
        complete_todo(),
        reopen_todo(),
        update_todo(),
        trash_todo(),
        get_todo(),
        list_of_list(),
        list_of_project(),
        lists(),
    ];
    ActionMeta {
        name: "todos",
        display_name: "To-dos",
        description: "Adds, completes and lists to-dos",
        props: vec![
            operation_prop(&operations),
            project(),
            chosen("todolist", "To-do list", &["project"]),
            chosen("todo", "To-do", &["project", "todolist"]),
            prop("inputs", "Details", PropKind::Dynamic { refreshers: &["operation"] }),
        ],
        risk: Risk::Destructive,
        effect: Effect::Effect,
        operations,
    }
}

fn comments() -> ActionMeta {
    let operations = vec![create_comment()];
    ActionMeta {
        name: "comments",
        display_name: "Comments",
        description: "Comments on to-dos",
        props: vec![
            operation_prop(&operations),
            prop("inputs", "Details", PropKind::Dynamic { refreshers: &["operation"] }),
        ],
        risk: Risk::Write,
        effect: Effect::Effect,
        operations,
    }
}

fn operation_prop(operations: &[OperationMeta]) -> PropMeta {
    let options = operations
        .iter()
        .map(|it| PropOption { label: it.display_name.to_owned(), value: it.value.into() })
        .collect();
    prop("operation", "What to do", PropKind::StaticDropdown { options }).required()
}

fn project() -> PropMeta {
    chosen("project", "Project", &[])
}

fn chosen(
    name: &'static str,
    display_name: &'static str,
    refreshers: &'static [&'static str],
) -> PropMeta {
    prop(name, display_name, PropKind::Dropdown { refreshers, refresh_on_search: false })
}

fn create_todo() -> OperationMeta {
    OperationMeta {
        value: "create_todo",
        display_name: "Add a to-do",
        description: "Adds a to-do to a list of a project",
        risk: Risk::Write,
        effect: Effect::Effect,
        needs: &["project", "todolist"],
        takes: &[],
        inputs: vec![
            prop("content", "Title", PropKind::ShortText).required(),
            prop("description", "Notes", PropKind::LongText),
            prop("due_on", "Due", PropKind::ShortText).note("A day, as 2026-03-31"),
            prop(
                "assignee_ids",
                "Assigned to",
                PropKind::MultiSelectDropdown { refreshers: &["project"] },
            ),
        ],
    }
}

fn complete_todo() -> OperationMeta {
    OperationMeta {
        value: "complete_todo",
        display_name: "Complete a to-do",
        description: "Ticks a to-do off",
        risk: Risk::Write,
        effect: Effect::Effect,
        needs: &["project", "todo"],
        takes: &["todolist"],
        inputs: Vec::new(),
    }
}

fn reopen_todo() -> OperationMeta {
    OperationMeta {
        value: "uncomplete_todo",
        display_name: "Reopen a to-do",
        description: "Makes a completed to-do open again",
        ..complete_todo()
    }
}

fn update_todo() -> OperationMeta {
    let mut inputs = create_todo().inputs;
    if let Some(title) = inputs.first_mut() {
        title.required = false;
        title.description = "Stays as it is, when left empty";
    }
    OperationMeta {
        value: "update_todo_details",
        display_name: "Change a to-do",
        description: "Changes title, notes, due day or people of a to-do; what is left empty stays",
        inputs,
        ..complete_todo()
    }
}

fn trash_todo() -> OperationMeta {
    OperationMeta {
        value: "trash_todo",
        display_name: "Move a to-do to the trash",
        description: "Basecamp can bring it back for 30 days",
        risk: Risk::Destructive,
        ..complete_todo()
    }
}

fn get_todo() -> OperationMeta {
    OperationMeta {
        value: "get_todo",
        display_name: "Look at a to-do",
        description: "Gives one to-do",
        risk: Risk::Read,
        effect: Effect::Pure,
        ..complete_todo()
    }
}

fn lists() -> OperationMeta {
    OperationMeta {
        value: "list_todolists",
        display_name: "List the to-do lists",
        description: "Gives the to-do lists of a project",
        needs: &["project"],
        ..list_of_list()
    }
}

fn list_of_list() -> OperationMeta {
    OperationMeta {
        value: "list_todos_for_list",
        display_name: "List the to-dos of a list",
        description: "Gives the to-dos of one list",
        risk: Risk::Read,
        effect: Effect::Pure,
        needs: &["project", "todolist"],
        takes: &[],
        inputs: Vec::new(),
    }
}

fn list_of_project() -> OperationMeta {
    OperationMeta {
        value: "list_todos_for_project",
        display_name: "List the to-dos of a project",
        description: "Gives every to-do of a project",
        needs: &["project"],
        ..list_of_list()
    }
}

fn create_comment() -> OperationMeta {
    OperationMeta {
        value: "create_comment",
        display_name: "Comment on a to-do",
        description: "Adds a comment to a to-do",
        risk: Risk::Write,
        effect: Effect::Effect,
        needs: &[],
        takes: &[],
        inputs: vec![
            project().required(),
            prop(
                "recording_id",
                "To-do",
                PropKind::Dropdown { refreshers: &["project"], refresh_on_search: true },
            )
            .required(),
            prop("content", "Comment", PropKind::LongText).required(),
        ],
    }
}
