//! How projects stand.

use super::{Mirrored, count};
use chrono::NaiveDate;
use domain::problem::Problem;
use domain::project::{Person, Project, ProjectSummary};
use std::collections::HashMap;
use store::mirror_questions::{self as questions, AssigneeRow, CountRow};
use store::mirror_summaries as summaries;

impl Mirrored {
    /// How every active project stands, by name.
    pub async fn summaries(&mut self, today: NaiveDate) -> Result<Vec<ProjectSummary>, Problem> {
        let today = today.to_string();
        let place = self.place("summaries", &[&today]);
        if let Some(known) = place.answer() {
            return Ok(known);
        }
        let projects = self.projects().await?;
        let counts = questions::counts(&mut self.conn, &self.key, &today).await?;
        let mut teams: HashMap<i64, Vec<Person>> = HashMap::new();
        for it in questions::teams(&mut self.conn, &self.key).await? {
            teams.entry(it.record_id).or_default().push(person(it));
        }
        let summary = |project: Project| {
            let team = teams.remove(&project.id).unwrap_or_default();
            summed(project, &counts, team)
        };
        Ok(place.keep_rows(projects.into_iter().map(summary).collect()))
    }

    /// How one project stands; none when the mirror does not know it.
    pub async fn summary(
        &mut self,
        id: i64,
        today: NaiveDate,
    ) -> Result<Option<ProjectSummary>, Problem> {
        let Some(project) = self.project(id).await? else { return Ok(None) };
        let today = today.to_string();
        let counts = summaries::counts(&mut self.conn, &self.key, id, &today).await?;
        let team = summaries::team(&mut self.conn, &self.key, id).await?;
        Ok(Some(summed(project, &counts, team.into_iter().map(person).collect())))
    }
}

fn person(it: AssigneeRow) -> Person {
    Person { id: it.id, name: it.name, email: it.email, title: it.title }
}

fn summed(project: Project, counts: &[CountRow], mut team: Vec<Person>) -> ProjectSummary {
    let of = |completed: i16| {
        counts.iter().find(|it| it.bucket_id == project.id && it.completed == completed)
    };
    let open = of(0);
    team.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    ProjectSummary {
        open: open.map_or(0, |it| count(it.number)),
        completed: of(1).map_or(0, |it| count(it.number)),
        overdue: open.map_or(0, |it| count(it.overdue)),
        next_due_on: open.and_then(|it| it.next_due_on.clone()),
        team,
        project,
    }
}
