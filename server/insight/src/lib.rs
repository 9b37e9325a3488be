//! What follows from the to-dos: overdue, due, whose, how much, how a project stands.
//!
//! [`deadlines`] and [`workload`] are pure; [`Insight`] reads the to-dos and asks them. What day it is, is for the
//! caller to say: it depends on the time zone of the workspace.

pub mod deadlines;
pub mod projects;
pub mod workload;

use basecamp::Basecamp;
use chrono::NaiveDate;
use domain::actor::Actor;
use domain::problem::Problem;
use domain::project::{ProjectSummary, Workload};
use domain::todo::{Todo, TodoQuery};

/// Answers questions over all projects. Cheap to clone.
#[derive(Clone)]
pub struct Insight {
    basecamp: Basecamp,
}

impl Insight {
    /// Insight into what `basecamp` reads.
    pub fn new(basecamp: Basecamp) -> Self {
        Self { basecamp }
    }

    async fn open(&self, actor: &Actor) -> Result<Vec<Todo>, Problem> {
        self.basecamp.todos(actor, &TodoQuery::default()).await
    }

    /// Open to-dos past their day, the longest overdue first.
    ///
    /// # Errors
    /// [`Problem::NeedsSetup`] without a connection, [`Problem::Unavailable`] when Basecamp does not answer.
    pub async fn overdue(&self, actor: &Actor, today: NaiveDate) -> Result<Vec<Todo>, Problem> {
        Ok(deadlines::overdue(&self.open(actor).await?, today))
    }

    /// Open to-dos due from one day to another, both included, the earliest first.
    ///
    /// # Errors
    /// As [`Self::overdue`].
    pub async fn due(
        &self,
        actor: &Actor,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Todo>, Problem> {
        Ok(deadlines::due_between(&self.open(actor).await?, from, to))
    }

    /// Open to-dos of the person the workspace is connected as, the earliest due first.
    ///
    /// # Errors
    /// As [`Self::overdue`].
    pub async fn mine(&self, actor: &Actor) -> Result<Vec<Todo>, Problem> {
        match self.basecamp.connection(actor).await? {
            Some(connection) => self.of_person(actor, connection.person.id).await,
            // Reading says what is missing, in the same words everywhere.
            None => self.open(actor).await,
        }
    }

    /// Open to-dos of one person, the earliest due first.
    ///
    /// # Errors
    /// As [`Self::overdue`].
    pub async fn of_person(&self, actor: &Actor, person_id: i64) -> Result<Vec<Todo>, Problem> {
        let query = TodoQuery { assignee_id: Some(person_id), ..TodoQuery::default() };
        Ok(workload::of_person(&self.basecamp.todos(actor, &query).await?, person_id))
    }

    /// Open to-dos that nobody has, the earliest due first.
    ///
    /// # Errors
    /// As [`Self::overdue`].
    pub async fn unassigned(&self, actor: &Actor) -> Result<Vec<Todo>, Problem> {
        Ok(workload::unassigned(&self.open(actor).await?))
    }

    /// What everybody with an open to-do has to do, the most loaded first.
    ///
    /// # Errors
    /// As [`Self::overdue`].
    pub async fn workload(
        &self,
        actor: &Actor,
        today: NaiveDate,
    ) -> Result<Vec<Workload>, Problem> {
        Ok(workload::by_person(&self.open(actor).await?, today))
    }

    /// How one project stands.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing project, else as [`Self::overdue`].
    pub async fn project_summary(
        &self,
        actor: &Actor,
        project_id: i64,
        today: NaiveDate,
    ) -> Result<ProjectSummary, Problem> {
        let query =
            |completed| TodoQuery { project_id: Some(project_id), completed, assignee_id: None };
        let (open, done) = (query(false), query(true));
        let (project, mut todos, done) = tokio::try_join!(
            self.basecamp.project(actor, project_id),
            self.basecamp.todos(actor, &open),
            self.basecamp.todos(actor, &done),
        )?;
        todos.extend(done);
        Ok(projects::summarize(project, &todos, today))
    }

    /// How every active project stands, by name: three reads, however many projects there are.
    ///
    /// # Errors
    /// As [`Self::overdue`].
    pub async fn project_summaries(
        &self,
        actor: &Actor,
        today: NaiveDate,
    ) -> Result<Vec<ProjectSummary>, Problem> {
        let done = TodoQuery { completed: true, ..TodoQuery::default() };
        let (found, mut todos, done) = tokio::try_join!(
            self.basecamp.projects(actor),
            self.open(actor),
            self.basecamp.todos(actor, &done)
        )?;
        todos.extend(done);
        Ok(found.into_iter().map(|it| projects::summarize(it, &todos, today)).collect())
    }
}
