//! What follows from the to-dos: overdue, due, whose, how much, how a project stands.
//!
//! [`deadlines`] and [`workload`] are pure; [`Insight`] asks the mirror, and while that is not filled reads the to-dos
//! from Basecamp and asks them; both give the same. What day it is, is for the
//! caller to say: it depends on the time zone of the workspace.

pub mod alerts;
pub mod asked;
pub mod context;
pub mod deadlines;
pub mod findings;
pub mod formulas;
pub mod measure;
pub mod people;
pub mod projects;
pub mod structure;
pub mod week;
pub mod words;
pub mod workload;

use basecamp::Basecamp;
use basecamp::asked::{Gauge, Waiting};
use chrono::{NaiveDate, NaiveTime};
use domain::actor::Actor;
use domain::mirror::Freshness;
use domain::problem::Problem;
use domain::project::{ProjectSummary, Workload};
use domain::todo::{DueTodos, Todo, TodoQuery};

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
        if let Some(mut mirror) = self.basecamp.mirrored(actor).await? {
            return mirror.overdue(today).await;
        }
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
        if let Some(mut mirror) = self.basecamp.mirrored(actor).await? {
            return mirror.due(from, to).await;
        }
        Ok(deadlines::due_between(&self.open(actor).await?, from, to))
    }

    /// How many open to-dos are late or due in the week that begins `today`, and the first `most` of them; those of one
    /// person alone when `person_id` is given.
    ///
    /// # Errors
    /// As [`Self::overdue`].
    pub async fn due_within_a_week(
        &self,
        actor: &Actor,
        today: NaiveDate,
        person_id: Option<i64>,
        most: usize,
    ) -> Result<DueTodos, Problem> {
        if let Some(mut mirror) = self.basecamp.mirrored(actor).await? {
            return mirror.due_first((today, today + workload::SOON), person_id, most).await;
        }
        let is_theirs = |it: &Todo| {
            person_id.is_none_or(|id| it.assignees.iter().any(|person| person.id == id))
        };
        let open = self.open(actor).await?;
        let mut late = deadlines::overdue(&open, today);
        late.retain(is_theirs);
        late.sort_by(|one, other| (&one.due_on, one.id).cmp(&(&other.due_on, other.id)));
        let mut soon = deadlines::due_between(&open, today, today + workload::SOON);
        soon.retain(is_theirs);
        let (overdue, soon_count) = (late.len(), soon.len());
        let first = late.into_iter().chain(soon).take(most).collect();
        Ok(DueTodos { overdue, soon: soon_count, first })
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
        if let Some(mut mirror) = self.basecamp.mirrored(actor).await? {
            return mirror.of_person(person_id).await;
        }
        let query = TodoQuery { assignee_id: Some(person_id), ..TodoQuery::default() };
        Ok(workload::of_person(&self.basecamp.todos(actor, &query).await?, person_id))
    }

    /// Open to-dos that nobody has, the earliest due first.
    ///
    /// # Errors
    /// As [`Self::overdue`].
    pub async fn unassigned(&self, actor: &Actor) -> Result<Vec<Todo>, Problem> {
        if let Some(mut mirror) = self.basecamp.mirrored(actor).await? {
            return mirror.unassigned().await;
        }
        Ok(workload::unassigned(&self.open(actor).await?))
    }

    /// Open and assigned to-dos to which nothing that matters has happened since `day`, the longest forgotten first.
    /// Without a filled mirror it is not known what happened, and nothing is answered.
    ///
    /// # Errors
    /// As [`Self::overdue`].
    pub async fn stuck(&self, actor: &Actor, day: NaiveDate) -> Result<Option<Vec<Todo>>, Problem> {
        let before = day.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
        match self.basecamp.mirrored(actor).await? {
            Some(mut mirror) => Ok(Some(mirror.quiet(before).await?)),
            None => Ok(None),
        }
    }

    /// Where somebody waits for a word of a person: what they have to do or wrote, and others spoke of last. The newest
    /// first; none while comments are not mirrored.
    ///
    /// # Errors
    /// As [`Self::overdue`].
    pub async fn waiting(
        &self,
        actor: &Actor,
        person_id: i64,
    ) -> Result<Option<Vec<Waiting>>, Problem> {
        self.basecamp.waiting(actor, person_id).await
    }

    /// The hours of all projects from one day to another, both included.
    ///
    /// # Errors
    /// As [`Self::overdue`].
    pub async fn hours(
        &self,
        actor: &Actor,
        days: (NaiveDate, NaiveDate),
    ) -> Result<asked::Sheet, Problem> {
        Ok(asked::sheet(&self.basecamp.hours(actor, days).await?.0))
    }

    /// What people answered to check-ins from one moment to before another (epoch milliseconds), by question.
    ///
    /// # Errors
    /// As [`Self::overdue`].
    pub async fn checkins(
        &self,
        actor: &Actor,
        span: (i64, i64),
    ) -> Result<Vec<asked::Digest>, Problem> {
        Ok(asked::digest(self.basecamp.answers(actor, span).await?))
    }

    /// How far people say the active projects are, by name.
    ///
    /// # Errors
    /// As [`Self::overdue`].
    pub async fn gauges(&self, actor: &Actor) -> Result<Vec<Gauge>, Problem> {
        self.basecamp.gauges(actor).await
    }

    /// How fresh the answers are, and why they may be out of date.
    ///
    /// # Errors
    /// [`Problem::NeedsSetup`] without a connection.
    pub async fn freshness(&self, actor: &Actor) -> Result<Freshness, Problem> {
        self.basecamp.freshness(actor).await
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
        if let Some(mut mirror) = self.basecamp.mirrored(actor).await? {
            let mut loads = mirror.workload(today, today + workload::SOON).await?;
            workload::sort(&mut loads);
            return Ok(loads);
        }
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
        if let Some(mut mirror) = self.basecamp.mirrored(actor).await?
            && let Some(found) = mirror.summary(project_id, today).await?
        {
            return Ok(found);
        }
        let query =
            |completed| TodoQuery { project_id: Some(project_id), completed, assignee_id: None };
        let (open, done) = (query(false), query(true));
        let (project, mut todos, done) = tokio::try_join!(
            Box::pin(self.basecamp.project(actor, project_id)),
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
        if let Some(mut mirror) = self.basecamp.mirrored(actor).await? {
            return mirror.summaries(today).await;
        }
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
