//! What is counted of every project for how it stands, by the mirror itself.

use crate::Basecamp;
use crate::facts::NEEDED;
use chrono::NaiveDate;
use domain::actor::Actor;
use domain::problem::Problem;
use domain::project::Project;
use std::collections::HashMap;
use store::mirror_tallies::{self, PostTally};

/// From when on something counts.
pub type Since = mirror_tallies::Since;

/// What is counted of one project: its to-dos, and its messages and comments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// To-dos, open and completed.
    pub todos: usize,
    /// Completed ones.
    pub completed: usize,
    /// Those completed since [`Since::done`].
    pub done: usize,
    /// To-dos to which something happened since [`Since::active`].
    pub active: usize,
    /// Open ones past their day.
    pub overdue: usize,
    /// Open ones to which nothing happened since [`Since::stale`].
    pub stale: usize,
    /// Open ones that nobody has.
    pub unassigned: usize,
    /// Messages and comments.
    pub posts: usize,
    /// Those since [`Since::active`].
    pub recent_posts: usize,
}

impl Basecamp {
    /// The tally of every active project, by name; none while the mirror cannot answer for the actor.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn tallies(
        &self,
        actor: &Actor,
        since: Since,
        today: NaiveDate,
    ) -> Result<Option<Vec<(Project, Tally)>>, Problem> {
        let Some(mut mirror) = Box::pin(self.mirrored_with(actor, &NEEDED)).await? else {
            return Ok(None);
        };
        let (key, today) = (mirror.key.clone(), today.to_string());
        let conn = &mut mirror.conn;
        let mut all: HashMap<i64, Tally> = HashMap::new();
        for it in mirror_tallies::todos(conn, &key, since, &today).await? {
            let tally = Tally {
                todos: size(it.todos),
                completed: size(it.completed),
                done: size(it.done),
                active: size(it.active),
                overdue: size(it.overdue),
                stale: size(it.stale),
                unassigned: size(it.unassigned),
                ..Tally::default()
            };
            all.insert(it.bucket_id, tally);
        }
        let posts = mirror_tallies::posts(conn, &key).await?;
        let recent = mirror_tallies::posts_since(conn, &key, since.active).await?;
        let many = |it: &PostTally| (it.bucket_id, size(it.posts));
        for (project, count) in posts.iter().map(many) {
            all.entry(project).or_default().posts = count;
        }
        for (project, count) in recent.iter().map(many) {
            all.entry(project).or_default().recent_posts = count;
        }
        drop(mirror);
        let projects = Box::pin(self.projects(actor)).await?.into_iter();
        let with = |it: Project| {
            let tally = all.get(&it.id).copied().unwrap_or_default();
            (it, tally)
        };
        Ok(Some(projects.map(with).collect()))
    }
}

fn size(count: i64) -> usize {
    usize::try_from(count).unwrap_or_default()
}
