//! When something is due, in words and in colour.

use crate::ui::time::{Moment, parse_day, use_now};
use domain::todo::Todo;
use leptos::prelude::*;

/// A due day as people say it; nothing when there is none.
#[component]
pub(crate) fn DueLabel(
    /// `YYYY-MM-DD`.
    due_on: Option<String>,
) -> impl IntoView {
    let now = use_now();
    let label = move || {
        let due = now.get().due(due_on.as_deref()?)?;
        Some(view! {
            <span class="due" data-late=due.is_late.then_some("") data-soon=due.is_soon.then_some("")>{due.label}</span>
        })
    };
    view! { {label} }
}

/// Whether an open to-do is past its day.
pub(crate) fn is_overdue(todo: &Todo, now: Moment) -> bool {
    !todo.completed && is_day_overdue(todo.due_on.as_deref(), now)
}

/// Whether an open to-do is due today or in the six days after.
pub(crate) fn is_due_soon(todo: &Todo, now: Moment) -> bool {
    !todo.completed && is_day_soon(todo.due_on.as_deref(), now)
}

/// Whether a due day is past.
pub(crate) fn is_day_overdue(due_on: Option<&str>, now: Moment) -> bool {
    due_on.and_then(parse_day).is_some_and(|it| it < now.day())
}

/// Whether a due day is today or one of the six days after.
pub(crate) fn is_day_soon(due_on: Option<&str>, now: Moment) -> bool {
    due_on.and_then(parse_day).is_some_and(|it| (0..7).contains(&(it - now.day())))
}

/// The earliest day first, to-dos without one last.
pub(crate) fn by_day(mut todos: Vec<Todo>) -> Vec<Todo> {
    todos.sort_by_key(|it| (day(it).is_none(), day(it), it.id));
    todos
}

fn day(todo: &Todo) -> Option<i64> {
    parse_day(todo.due_on.as_deref()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Moment = Moment { now_ms: 1_771_407_960_000, offset_minutes: 0 };

    fn todo(due_on: Option<&str>, completed: bool) -> Todo {
        let text = String::new;
        Todo {
            id: 1,
            title: text(),
            description: text(),
            status: text(),
            completed,
            due_on: due_on.map(str::to_owned),
            project_id: 1,
            project_name: text(),
            list_id: None,
            list_name: None,
            assignees: Vec::new(),
            comments_count: 0,
            app_url: text(),
            updated_at: text(),
        }
    }

    #[test]
    fn only_open_to_dos_are_late_or_soon() {
        assert!(is_overdue(&todo(Some("2026-02-17"), false), TODAY));
        assert!(!is_overdue(&todo(Some("2026-02-17"), true), TODAY));
        assert!(!is_overdue(&todo(Some("2026-02-18"), false), TODAY));
        assert!(is_due_soon(&todo(Some("2026-02-18"), false), TODAY));
        assert!(is_due_soon(&todo(Some("2026-02-24"), false), TODAY));
        assert!(!is_due_soon(&todo(Some("2026-02-25"), false), TODAY));
        assert!(!is_due_soon(&todo(None, false), TODAY));
    }

    #[test]
    fn to_dos_without_a_day_come_last() {
        let sorted = by_day(vec![todo(None, false), todo(Some("2026-03-01"), false)]);
        assert!(sorted.last().is_some_and(|it| it.due_on.is_none()));
    }
}
