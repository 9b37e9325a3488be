//! What is late and what comes next.

use chrono::NaiveDate;
use domain::todo::Todo;

/// Whether a to-do still has to be done.
pub(crate) fn is_open(todo: &Todo) -> bool {
    !todo.completed && todo.status == "active"
}

/// The day a to-do is due.
pub(crate) fn due_day(todo: &Todo) -> Option<NaiveDate> {
    todo.due_on.as_deref()?.parse().ok()
}

/// Whether a to-do is open and its day is over.
pub fn is_overdue(todo: &Todo, today: NaiveDate) -> bool {
    is_open(todo) && due_day(todo).is_some_and(|it| it < today)
}

/// Days a to-do is past its day; none when it is not.
pub fn days_late(todo: &Todo, today: NaiveDate) -> Option<i64> {
    due_day(todo).filter(|_| is_overdue(todo, today)).map(|it| (today - it).num_days())
}

/// Open to-dos past their day, the longest overdue first.
pub fn overdue(todos: &[Todo], today: NaiveDate) -> Vec<Todo> {
    by_day(todos.iter().filter(|it| is_overdue(it, today)))
}

/// Open to-dos due on `day`.
pub fn due_on(todos: &[Todo], day: NaiveDate) -> Vec<Todo> {
    due_between(todos, day, day)
}

/// Open to-dos due from one day to another, both included, the earliest first.
pub fn due_between(todos: &[Todo], from: NaiveDate, to: NaiveDate) -> Vec<Todo> {
    let is_due =
        |it: &&Todo| is_open(it) && due_day(it).is_some_and(|day| from <= day && day <= to);
    by_day(todos.iter().filter(is_due))
}

/// Copies in the order of their days, those without one last.
pub(crate) fn by_day<'a>(todos: impl Iterator<Item = &'a Todo>) -> Vec<Todo> {
    let mut sorted: Vec<Todo> = todos.cloned().collect();
    sorted.sort_by_key(|it| (due_day(it).is_none(), due_day(it), it.id));
    sorted
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use domain::project::Person;

    pub(crate) const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 2, 18).unwrap();

    pub(crate) fn person(id: i64) -> Person {
        Person { id, name: format!("Person {id}"), email: None, title: None }
    }

    /// A to-do of project 1, due so many days from today, assigned to `people`.
    pub(crate) fn todo(id: i64, due_in: Option<i64>, people: &[i64]) -> Todo {
        Todo {
            id,
            title: format!("To-do {id}"),
            description: String::new(),
            status: "active".into(),
            completed: false,
            due_on: due_in.map(|days| (TODAY + chrono::TimeDelta::days(days)).to_string()),
            project_id: 1,
            project_name: "Website relaunch".into(),
            list_id: None,
            list_name: None,
            assignees: people.iter().map(|id| person(*id)).collect(),
            comments_count: 0,
            app_url: String::new(),
            updated_at: String::new(),
        }
    }

    pub(crate) fn ids(todos: &[Todo]) -> Vec<i64> {
        todos.iter().map(|it| it.id).collect()
    }

    #[test]
    fn todo_due_today_is_not_overdue() {
        let todos = [
            todo(1, Some(-1), &[]),
            todo(2, Some(0), &[]),
            todo(3, None, &[]),
            todo(4, Some(-9), &[]),
        ];
        assert_eq!(ids(&overdue(&todos, TODAY)), [4, 1]);
        assert_eq!(ids(&due_on(&todos, TODAY)), [2]);
        assert_eq!((days_late(&todos[3], TODAY), days_late(&todos[1], TODAY)), (Some(9), None));
    }

    #[test]
    fn completed_and_trashed_todos_are_never_late() {
        let done = Todo { completed: true, ..todo(1, Some(-3), &[]) };
        let trashed = Todo { status: "trashed".into(), ..todo(2, Some(-3), &[]) };
        let nonsense = Todo { due_on: Some("soon".into()), ..todo(3, None, &[]) };
        assert!(overdue(&[done, trashed, nonsense], TODAY).is_empty());
    }

    #[test]
    fn both_ends_of_a_range_count() {
        let todos = [
            todo(1, Some(6), &[]),
            todo(2, Some(0), &[]),
            todo(3, Some(7), &[]),
            todo(4, Some(-1), &[]),
        ];
        assert_eq!(ids(&due_between(&todos, TODAY, TODAY + chrono::TimeDelta::days(6))), [2, 1]);
    }
}
