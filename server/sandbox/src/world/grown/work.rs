//! To-dos, cards and their steps.

use super::{COLUMNS, Grower, html, number, position};
use crate::account::{Completion, Status, Todo};
use crate::world::plan::{HISTORY, day};
use serde_json::json;

impl Grower {
    /// Who has open to-do `at`: nobody for one in ten, the first person for another tenth, the rest share.
    pub(super) fn assignees(&self, at: usize) -> Vec<i64> {
        if at % 10 == 9 {
            return Vec::new();
        }
        let people = &self.account.people;
        if at % 8 == 1 {
            return people.first().map(|it| it.id).into_iter().collect();
        }
        let others = people.get(1..).unwrap_or_default();
        let first = self.draw(4, at) % others.len().max(1);
        let more = (at.is_multiple_of(7)).then_some((first + 1) % others.len().max(1));
        [Some(first), more]
            .into_iter()
            .flatten()
            .filter_map(|it| others.get(it))
            .map(|it| it.id)
            .collect()
    }

    pub(super) fn todos(&mut self) {
        for at in 0..self.plan.todos {
            let project = at % self.plan.projects;
            let (project_id, set) = self.tool(project, "todoset");
            let places = self.places.get(project).map(Vec::as_slice).unwrap_or_default();
            let place = (at / self.plan.projects) % places.len().max(1);
            let parent = if at % 50 == 7 { set } else { places.get(place).copied().unwrap_or(set) };
            let todo = self.todo(at, project_id, parent);
            self.account.todos.push(todo);
        }
    }

    pub(super) fn todo(&mut self, at: usize, project_id: i64, parent_id: i64) -> Todo {
        let is_open = at < self.plan.open;
        let assignee_ids = self.assignees(at);
        let born = 60 + number(self.draw(5, at) % 300);
        let completion = (!is_open).then(|| self.completion(at, &assignee_ids));
        // Nothing has happened for long to one in eight of those that somebody has.
        let quiet = if at % 8 == 3 { 32 + number(at % 20) } else { 1 + number(at % 9) };
        let updated_at =
            completion.as_ref().map_or_else(|| self.ago(quiet, at), |it| it.created_at);
        let due =
            if is_open { self.plan.due_in(at) } else { Some(-number(self.draw(6, at) % 90) - 1) };
        Todo {
            id: self.account.take_id(),
            project_id,
            parent_id,
            content: self.title(at),
            description: if at.is_multiple_of(3) {
                html("Ask before it is ordered, the price has moved.")
            } else {
                String::new()
            },
            status: Status::Active,
            inherits_status: true,
            due_on: due.map(|it| day(self.today, it)),
            starts_on: None,
            assignee_ids,
            completion_subscriber_ids: Vec::new(),
            position: position(at / self.plan.projects),
            creator_id: self.account.owner_id(),
            created_at: self.ago(born, at),
            updated_at,
            completion,
        }
    }

    /// The first completed ones were finished last week by the first person, all others before.
    pub(super) fn completion(&self, at: usize, assignees: &[i64]) -> Completion {
        let late = at - self.plan.open;
        if late < self.plan.truth().finished_last_week {
            let first = self.account.people.first().map_or(0, |it| it.id);
            return Completion {
                created_at: self.ago(1 + number(late % 6), at),
                creator_id: first,
            };
        }
        let by = assignees.first().copied().unwrap_or_else(|| self.account.owner_id());
        Completion { created_at: self.ago(9 + number(self.draw(7, at) % 50), at), creator_id: by }
    }

    pub(super) fn boards(&mut self) {
        for board in 0..self.plan.boards {
            let place = self.tool(board, "kanban_board");
            let columns = COLUMNS.iter().enumerate().map(|(at, (title, kind))| {
                self.plant(place, kind, (at, HISTORY), json!({"title": title}))
            });
            let columns = columns.collect();
            self.columns.push(columns);
        }
        let mut cards = Vec::new();
        for at in 0..self.plan.cards {
            let board = at % self.plan.boards;
            let (project, _) = self.tool(board, "kanban_board");
            let column = (at / self.plan.boards) % COLUMNS.len();
            let place =
                self.columns.get(board).and_then(|it| it.get(column)).copied().unwrap_or_default();
            let due = (!at.is_multiple_of(4))
                .then(|| day(self.today, number(self.draw(8, at) % 80) - 20).to_string());
            let mut fields = json!({
                "title": self.title(at + 500_000), "content": html("As agreed."), "due_on": due,
                "assignee_ids": [self.who(at + 7)]
            });
            if column + 1 == COLUMNS.len() {
                fields["completed_at"] =
                    crate::render::iso(self.ago(3 + number(at % 30), at)).into();
                fields["completer_id"] = self.who(at).into();
            }
            let card =
                self.plant((project, place), "Kanban::Card", (at, 40 + number(at % 90)), fields);
            cards.push((project, card));
        }
        for at in 0..self.plan.steps {
            let Some(place) = cards.get(at % cards.len().max(1)).copied() else { return };
            let fields = json!({"title": self.title(at + 600_000), "completed": at.is_multiple_of(2), "assignee_ids": []});
            self.plant(place, "Kanban::Step", (at, 30), fields);
        }
    }
}
