//! How a project stands.

use crate::deadlines::{due_day, is_open, is_overdue};
use chrono::NaiveDate;
use domain::project::{Person, Project, ProjectSummary};
use domain::todo::Todo;

/// Counts the to-dos of `project` among `todos`, open and completed ones.
pub fn summarize(project: Project, todos: &[Todo], today: NaiveDate) -> ProjectSummary {
    let own: Vec<&Todo> =
        todos.iter().filter(|it| it.project_id == project.id && it.status == "active").collect();
    let open: Vec<&Todo> = own.iter().copied().filter(|it| is_open(it)).collect();
    let next = open.iter().filter_map(|it| due_day(it)).filter(|day| *day >= today).min();
    ProjectSummary {
        project,
        open: count(open.len()),
        completed: count(own.len() - open.len()),
        overdue: count(open.iter().filter(|it| is_overdue(it, today)).count()),
        next_due_on: next.map(|day| day.to_string()),
        team: team(&open),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn team(open: &[&Todo]) -> Vec<Person> {
    let mut team: Vec<Person> = open.iter().flat_map(|it| it.assignees.iter().cloned()).collect();
    team.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    team.dedup_by_key(|it| it.id);
    team
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deadlines::tests::{TODAY, todo};

    #[test]
    fn summary_counts_only_the_project_and_looks_ahead() {
        let project = Project {
            id: 1,
            name: "Website relaunch".into(),
            description: String::new(),
            status: "active".into(),
            app_url: String::new(),
            updated_at: String::new(),
            todoset_id: None,
        };
        let elsewhere = Todo { project_id: 2, ..todo(5, Some(0), &[9]) };
        let done = Todo { completed: true, ..todo(4, Some(-4), &[8]) };
        let todos = [
            todo(1, Some(-2), &[2]),
            todo(2, Some(3), &[1, 2]),
            todo(3, None, &[]),
            done,
            elsewhere,
        ];
        let summary = summarize(project, &todos, TODAY);
        assert_eq!((summary.open, summary.completed, summary.overdue), (3, 1, 1));
        assert_eq!(summary.next_due_on.as_deref(), Some("2026-02-21"));
        assert_eq!(summary.team.iter().map(|it| it.id).collect::<Vec<_>>(), [1, 2]);
    }
}
