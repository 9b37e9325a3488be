//! Who has what.

use crate::deadlines::{by_day, due_day, is_open, is_overdue};
use chrono::{NaiveDate, TimeDelta};
use domain::project::{Person, Workload};
use domain::todo::Todo;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Days after today that are soon.
pub(crate) const SOON: TimeDelta = TimeDelta::days(6);

/// Open to-dos of one person, the earliest due first, those without a day last.
pub fn of_person(todos: &[Todo], person_id: i64) -> Vec<Todo> {
    by_day(
        todos
            .iter()
            .filter(|it| is_open(it) && it.assignees.iter().any(|person| person.id == person_id)),
    )
}

/// Open to-dos that nobody has.
pub fn unassigned(todos: &[Todo]) -> Vec<Todo> {
    by_day(todos.iter().filter(|it| is_open(it) && it.assignees.is_empty()))
}

/// What everybody with an open to-do has to do, the most loaded first. A to-do of two people counts for both.
pub fn by_person(todos: &[Todo], today: NaiveDate) -> Vec<Workload> {
    let mut loads: BTreeMap<i64, Workload> = BTreeMap::new();
    for todo in todos.iter().filter(|it| is_open(it)) {
        let is_soon = due_day(todo).is_some_and(|day| today <= day && day <= today + SOON);
        for person in &todo.assignees {
            let load = loads.entry(person.id).or_insert_with(|| empty(person));
            load.open += 1;
            load.overdue += u32::from(is_overdue(todo, today));
            load.due_soon += u32::from(is_soon);
        }
    }
    let mut sorted: Vec<Workload> = loads.into_values().collect();
    sort(&mut sorted);
    sorted
}

/// The most loaded first.
pub(crate) fn sort(loads: &mut [Workload]) {
    loads.sort_by_key(|it| (Reverse(it.open), Reverse(it.overdue), it.person.name.clone()));
}

fn empty(person: &Person) -> Workload {
    Workload { person: person.clone(), open: 0, overdue: 0, due_soon: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deadlines::tests::{TODAY, ids, todo};

    #[test]
    fn todo_of_two_people_counts_for_both() {
        let todos = [
            todo(1, Some(-1), &[1, 2]),
            todo(2, Some(6), &[2]),
            todo(3, Some(7), &[]),
            todo(4, None, &[2]),
        ];
        let loads = by_person(&todos, TODAY);
        let shown: Vec<_> =
            loads.iter().map(|it| (it.person.id, it.open, it.overdue, it.due_soon)).collect();
        assert_eq!(shown, [(2, 3, 1, 1), (1, 1, 1, 0)]);
        assert_eq!(ids(&of_person(&todos, 2)), [1, 2, 4]);
        assert_eq!(ids(&unassigned(&todos)), [3]);
    }

    #[test]
    fn eleven_open_todos_are_too_many() {
        let todos: Vec<Todo> = (1..=11).map(|id| todo(id, None, &[1])).collect();
        assert!(by_person(&todos, TODAY)[0].is_overloaded());
        assert!(!by_person(&todos[..10], TODAY)[0].is_overloaded());
    }
}
