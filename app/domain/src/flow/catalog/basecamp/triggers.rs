//! What happens in Basecamp and starts flows.

use super::{chosen, project};
use crate::flow::catalog::{Group, PropKind, PropMeta, TriggerMeta, TriggerStrategy, prop};

pub(super) fn triggers() -> Vec<TriggerMeta> {
    let todo = || vec![project(), list(), person("Assigned to")];
    let said = || vec![project(), person("Written by")];
    vec![
        trigger(
            "new_todo",
            "When a to-do is added",
            "Starts for every new to-do",
            [todo(), vec![with_own()]].concat(),
        ),
        trigger(
            "todo_completed",
            "When a to-do is completed",
            "Starts when a to-do is ticked off",
            todo(),
        ),
        trigger(
            "todo_overdue",
            "When a to-do is overdue",
            "Starts once when the due day of an open to-do is over",
            todo(),
        ),
        trigger(
            "todo_assigned",
            "When a to-do is assigned",
            "Starts when somebody is given a to-do",
            todo(),
        ),
        trigger(
            "card_moved",
            "When a card is moved",
            "Starts when a card comes into another column",
            vec![
                project(),
                chosen("card_table", "Board", &["project"]),
                chosen("column", "Into the column", &["project", "card_table"]),
                person("Assigned to"),
            ],
        ),
        trigger("new_message", "When a message is posted", "Starts for every new message", said()),
        trigger("new_comment", "When somebody comments", "Starts for every new comment", said()),
        trigger(
            "new_checkin_answer",
            "When a check-in is answered",
            "Starts for every new answer to a check-in question",
            said(),
        ),
        trigger(
            "new_project",
            "When a project is made",
            "Starts for every new project",
            Vec::new(),
        ),
    ]
}

fn trigger(
    name: &'static str,
    display_name: &'static str,
    description: &'static str,
    props: Vec<PropMeta>,
) -> TriggerMeta {
    TriggerMeta {
        name,
        display_name,
        description,
        props,
        strategy: TriggerStrategy::AppWebhook,
        group: Group::Basecamp,
    }
}

fn list() -> PropMeta {
    chosen("todolist", "To-do list", &["project"]).note("Any list, when left empty")
}

fn person(display_name: &'static str) -> PropMeta {
    chosen("person", display_name, &[]).note("Anybody, when left empty")
}

fn with_own() -> PropMeta {
    prop("with_own", "Also those that flows add", PropKind::Checkbox)
        .default(false)
        .note("A flow that adds what starts it would never end")
}
