//! Reading from the mirror: the same records as from Basecamp, from our own database, and how fresh they are.

mod ages;
mod sheets;
mod summaries;

use crate::connections::Meta;
use crate::convert::Convert;
use crate::{Basecamp, failure, scopes};
use chrono::NaiveDate;
use domain::actor::{Actor, Permission};
use domain::mirror::{Freshness, MirrorPart, MirrorState, MirrorStatus, Part};
use domain::problem::Problem;
use domain::project::{Person, Project, Workload};
use domain::todo::{Comment, DueTodos, Todo, TodoList};
use std::collections::HashMap;
use std::sync::Arc;
use store::db::Conn;
use store::memo::Place;
use store::mirror::Key;
use store::mirror_due::{self, Due};
use store::mirror_questions::{self as questions, Todos};
use store::mirror_scopes::{self, ScopeRow};
use store::mirror_sync::{self, SyncRow};
use store::{ids, mirror_lookups as lookups, mirror_words};

/// What questions about to-dos need.
pub(crate) const WORK: [&str; 4] = [scopes::PROJECTS, scopes::PEOPLE, scopes::LISTS, scopes::TODOS];

/// An open mirror: one connection's, on one connection to the database.
pub struct Mirrored {
    pub(crate) conn: Conn,
    pub(crate) key: Key,
    pub(crate) convert: Convert,
    people: Option<HashMap<i64, Person>>,
}

impl Basecamp {
    /// The mirror of the actor's connection, once it can answer questions about to-dos; none before, and none for a
    /// client: connections of colleagues fill it too, and what clients may see of a project Basecamp alone says.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn mirrored(&self, actor: &Actor) -> Result<Option<Mirrored>, Problem> {
        self.mirrored_with(actor, &WORK).await
    }

    pub(crate) async fn mirrored_with(
        &self,
        actor: &Actor,
        needed: &[&str],
    ) -> Result<Option<Mirrored>, Problem> {
        actor.require(Permission::Read)?;
        let Some(looked) = self.looked(actor).await? else { return Ok(None) };
        let is_there = |name: &&str| {
            let mut scopes = looked.scopes.iter();
            scopes.any(|it| it.scope == **name && it.filled_at.is_some() && it.is_absent == 0)
        };
        if looked.is_client || !needed.iter().all(is_there) {
            return Ok(None);
        }
        let conn = self.0.db.read().await?;
        let convert = Convert { is_sample: looked.is_sample };
        Ok(Some(Mirrored { conn, key: looked.key.clone(), convert, people: None }))
    }

    /// How fresh answers about to-dos are, and why they may be out of date. Asked before the answer itself, it never
    /// says too much.
    ///
    /// # Errors
    /// [`Problem::NeedsSetup`] without a connection, [`Problem::Forbidden`] without the permission to read.
    pub async fn freshness(&self, actor: &Actor) -> Result<Freshness, Problem> {
        self.freshness_of(actor, &[Part::Todos]).await
    }

    /// The same for answers that are made of `parts`: as old as the oldest of them, and out of date while there are
    /// news of one that are still being read.
    ///
    /// # Errors
    /// As [`Self::freshness`].
    pub async fn freshness_of(&self, actor: &Actor, parts: &[Part]) -> Result<Freshness, Problem> {
        actor.require(Permission::Read)?;
        let looked = self.looked(actor).await?.ok_or_else(failure::not_connected)?;
        Ok(ages::freshness(&looked, parts, ids::now_ms()))
    }

    /// How far the mirror of the actor's connection is.
    ///
    /// # Errors
    /// As [`Self::freshness`].
    pub async fn mirror_status(&self, actor: &Actor) -> Result<MirrorStatus, Problem> {
        actor.require(Permission::Read)?;
        let looked = self.looked(actor).await?.ok_or_else(failure::not_connected)?;
        Ok(status(&looked, ids::now_ms()))
    }

    /// What is known of the actor's connection and its mirror; none without a connection.
    async fn looked(&self, actor: &Actor) -> Result<Option<Arc<Looked>>, Problem> {
        let read = || async {
            let Some(row) = self.row(actor).await? else { return Ok(None) };
            let meta = Meta::read(&row)?;
            let key = meta.key(&row);
            let mut conn = self.0.db.read().await?;
            let sync = mirror_sync::state(&mut conn, &key).await?;
            let scopes = mirror_scopes::scopes(&mut conn, &key).await?;
            let is_client = lookups::is_client(&mut conn, &key, meta.person.id).await?;
            let (is_sample, is_lost) = (meta.is_sample, row.status != "active");
            Ok(Some(Arc::new(Looked { key, is_sample, is_lost, is_client, sync, scopes })))
        };
        let who = (actor.workspace.clone(), actor.user.clone(), self.2.clone());
        self.0.looked.of(&self.0.db, who, read).await
    }

    /// Active projects by name, of the mirror; none where it cannot answer for the actor.
    pub(crate) async fn mirrored_projects(
        &self,
        actor: &Actor,
    ) -> Result<Option<Arc<[Project]>>, Problem> {
        actor.require(Permission::Read)?;
        let read = || async {
            let mirror = self.mirrored_with(actor, &[scopes::PROJECTS]).await?;
            let Some(mut mirror) = mirror else { return Ok(None) };
            Ok(Some(mirror.projects().await?.into()))
        };
        let who = (actor.workspace.clone(), actor.user.clone(), self.2.clone());
        self.0.listed.of(&self.0.db, who, read).await
    }
}

/// One person's connection, and how far its mirror is.
pub(crate) struct Looked {
    key: Key,
    is_sample: bool,
    /// Basecamp no longer accepts our access.
    is_lost: bool,
    /// The connected person is a client of the account.
    is_client: bool,
    sync: Option<SyncRow>,
    scopes: Vec<ScopeRow>,
}

fn status(looked: &Looked, now: i64) -> MirrorStatus {
    let (sync, scopes) = (looked.sync.as_ref(), &looked.scopes);
    let state = match sync {
        _ if looked.is_lost => MirrorState::NeedsAttention,
        None => MirrorState::Waiting,
        Some(it) if it.trouble.is_some() => MirrorState::Away,
        Some(_) if scopes.iter().any(is_to_fill) => MirrorState::Filling,
        Some(_) => MirrorState::Following,
    };
    let (rate, seconds_left) = progress(sync, scopes, now);
    MirrorStatus {
        state,
        freshness: ages::freshness(looked, &[Part::Todos], now),
        parts: scopes.iter().map(part).collect(),
        calls: sync.map_or(0, |it| it.calls),
        rate,
        seconds_left,
    }
}

fn is_to_fill(row: &ScopeRow) -> bool {
    row.filled_at.is_none() && row.is_absent == 0
}

fn part(row: &ScopeRow) -> MirrorPart {
    MirrorPart {
        name: row.scope.clone(),
        done: row.seen,
        total: row.total,
        is_filled: row.filled_at.is_some(),
        is_absent: row.is_absent == 1,
    }
}

/// Records a second, and seconds left, while the first load is under way.
fn progress(sync: Option<&SyncRow>, scopes: &[ScopeRow], now: i64) -> (Option<u32>, Option<i64>) {
    let Some(sync) = sync.filter(|_| scopes.iter().any(is_to_fill)) else { return (None, None) };
    let stored: i64 = scopes.iter().map(|it| it.seen).sum();
    let known: i64 = scopes.iter().filter_map(|it| Some((it.total? - it.seen).max(0))).sum();
    let seconds = ((now - sync.started_at) / 1_000).max(1);
    let rate = stored / seconds;
    // A kind that has not begun has no count yet, so nothing can be told of it.
    let is_counted = scopes.iter().filter(|it| is_to_fill(it)).all(|it| it.total.is_some());
    (u32::try_from(rate).ok(), (is_counted && rate > 0).then(|| known / rate.max(1)))
}

impl Mirrored {
    /// Where the answer to a question is kept until the mirror changes.
    pub(crate) fn place(&self, question: &'static str, by: &[&str]) -> Place {
        let account = self.key.account.to_string();
        let whose = [self.key.workspace.as_str(), self.key.connection.as_str(), account.as_str()];
        self.conn.mirror_place(question, &[&whose, by].concat())
    }

    fn converted(&self, todos: Todos) -> Vec<Todo> {
        todos.into_iter().map(|(row, people)| self.convert.mirrored_todo(row, people)).collect()
    }

    /// Active projects, by name.
    ///
    /// # Errors
    /// When the database does not answer; so with all that follow.
    pub async fn projects(&mut self) -> Result<Vec<Project>, Problem> {
        let rows = lookups::projects(&mut self.conn, &self.key).await?;
        let active = rows.into_iter().filter(|it| it.status == "active");
        let mut projects: Vec<Project> =
            active.map(|it| self.convert.mirrored_project(it)).collect();
        projects.sort_by_key(|it| it.name.to_lowercase());
        Ok(projects)
    }

    /// One project; none when the mirror does not have it.
    pub async fn project(&mut self, id: i64) -> Result<Option<Project>, Problem> {
        let rows = lookups::projects(&mut self.conn, &self.key).await?;
        let found = rows.into_iter().find(|it| it.id == id);
        Ok(found.map(|it| self.convert.mirrored_project(it)))
    }

    /// Everybody the connected person sees, by name.
    pub async fn people(&mut self) -> Result<Vec<Person>, Problem> {
        let rows = lookups::people(&mut self.conn, &self.key).await?;
        let mut people: Vec<Person> = rows
            .into_iter()
            .map(|it| Person { id: it.id, name: it.name, email: it.email, title: it.title })
            .collect();
        people.sort_by_key(|it| it.name.to_lowercase());
        Ok(people)
    }

    /// The to-do lists of a project in their order, without their to-dos; none when the mirror does not have it.
    pub async fn lists(&mut self, project: i64) -> Result<Option<Vec<TodoList>>, Problem> {
        let Some(project) = self.project(project).await? else { return Ok(None) };
        let Some(set) = project.todoset_id else { return Ok(Some(Vec::new())) };
        let rows = lookups::inside(&mut self.conn, &self.key, scopes::LISTS, set).await?;
        Ok(Some(rows.into_iter().map(|it| self.convert.mirrored_list(it)).collect()))
    }

    /// Open and completed to-dos of one project by list and position.
    pub async fn todos_of_project(&mut self, project: i64) -> Result<Vec<Todo>, Problem> {
        let found = questions::of_project(&mut self.conn, &self.key, project).await?;
        Ok(self.converted(found))
    }

    /// The same, each with the place it is in.
    pub(crate) async fn placed_todos(
        &mut self,
        project: i64,
    ) -> Result<(Vec<Todo>, Vec<TodoList>), Problem> {
        let found = questions::of_project(&mut self.conn, &self.key, project).await?;
        let places = found.iter().map(|(it, _)| self.convert.mirrored_place(it)).collect();
        Ok((self.converted(found), places))
    }

    /// Open or completed to-dos of all active projects.
    pub async fn todos(&mut self, completed: bool) -> Result<Vec<Todo>, Problem> {
        let found = if completed {
            questions::done(&mut self.conn, &self.key).await?
        } else {
            questions::open(&mut self.conn, &self.key).await?
        };
        Ok(self.converted(found))
    }

    /// One to-do; none when the mirror does not have it.
    pub async fn todo(&mut self, id: i64) -> Result<Option<Todo>, Problem> {
        let found = questions::todo(&mut self.conn, &self.key, id).await?;
        Ok(self.converted(found).pop())
    }

    /// The comments under a record, oldest first.
    pub async fn comments(&mut self, id: i64) -> Result<Vec<Comment>, Problem> {
        let rows = lookups::inside(&mut self.conn, &self.key, "Comment", id).await?;
        if self.people.is_none() {
            let people = self.people().await?;
            self.people = Some(people.into_iter().map(|it| (it.id, it)).collect());
        }
        let name = |id: Option<i64>| {
            let people = self.people.as_ref()?;
            Some(people.get(&id?)?.name.clone())
        };
        let convert = self.convert;
        Ok(rows
            .into_iter()
            .map(|it| {
                let creator = name(it.creator_id).unwrap_or_default();
                convert.mirrored_comment(it, creator)
            })
            .collect())
    }

    /// Open to-dos past their day, the longest overdue first.
    pub async fn overdue(&mut self, today: NaiveDate) -> Result<Vec<Todo>, Problem> {
        let today = today.to_string();
        let place = self.place("overdue", &[&today]);
        if let Some(known) = place.answer() {
            return Ok(known);
        }
        let found = questions::overdue(&mut self.conn, &self.key, &today).await?;
        Ok(place.keep_rows(self.converted(found)))
    }

    /// Open to-dos due from one day to another, both included, the earliest first.
    pub async fn due(&mut self, from: NaiveDate, to: NaiveDate) -> Result<Vec<Todo>, Problem> {
        let (from, to) = (from.to_string(), to.to_string());
        let place = self.place("due", &[&from, &to]);
        if let Some(known) = place.answer() {
            return Ok(known);
        }
        let found = questions::due(&mut self.conn, &self.key, &from, &to).await?;
        Ok(place.keep_rows(self.converted(found)))
    }

    /// How many open to-dos are past their day or due up to `to`, and the first `most` of them; those of one person
    /// alone when `person` is given.
    pub async fn due_first(
        &mut self,
        (today, to): (NaiveDate, NaiveDate),
        person: Option<i64>,
        most: usize,
    ) -> Result<DueTodos, Problem> {
        let (today, to) = (today.to_string(), to.to_string());
        let due = Due { today: &today, to: &to, person: person.unwrap_or_default() };
        let (overdue, soon) = mirror_due::counts(&mut self.conn, &self.key, due).await?;
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        let first = mirror_due::first(&mut self.conn, &self.key, due, limit).await?;
        let whole = |it: i64| usize::try_from(it).unwrap_or_default();
        Ok(DueTodos { overdue: whole(overdue), soon: whole(soon), first: self.converted(first) })
    }

    /// Open to-dos of one person, the earliest due first.
    pub async fn of_person(&mut self, person: i64) -> Result<Vec<Todo>, Problem> {
        let place = self.place("of_person", &[&person.to_string()]);
        if let Some(known) = place.answer() {
            return Ok(known);
        }
        let found = questions::of_person(&mut self.conn, &self.key, person).await?;
        Ok(place.keep_rows(self.converted(found)))
    }

    /// Open to-dos that nobody has, the earliest due first.
    pub async fn unassigned(&mut self) -> Result<Vec<Todo>, Problem> {
        let place = self.place("unassigned", &[]);
        if let Some(known) = place.answer() {
            return Ok(known);
        }
        let found = questions::unassigned(&mut self.conn, &self.key).await?;
        Ok(place.keep_rows(self.converted(found)))
    }

    /// Open and assigned to-dos to which nothing that matters has happened since `before` (epoch milliseconds), the
    /// longest forgotten first.
    pub async fn quiet(&mut self, before: i64) -> Result<Vec<Todo>, Problem> {
        let place = self.place("quiet", &[&before.to_string()]);
        if let Some(known) = place.answer() {
            return Ok(known);
        }
        let found = questions::quiet(&mut self.conn, &self.key, before).await?;
        Ok(place.keep_rows(self.converted(found)))
    }

    /// To-dos completed from one moment to before another (epoch milliseconds), the newest first.
    pub async fn completed(&mut self, from: i64, to: i64) -> Result<Vec<Todo>, Problem> {
        let found = questions::completed(&mut self.conn, &self.key, from, to).await?;
        Ok(self.converted(found))
    }

    /// What everybody with an open to-do has to do; `soon` is the last day that is soon. In no order.
    pub async fn workload(
        &mut self,
        today: NaiveDate,
        soon: NaiveDate,
    ) -> Result<Vec<Workload>, Problem> {
        let (today, soon) = (today.to_string(), soon.to_string());
        let place = self.place("workload", &[&today, &soon]);
        if let Some(known) = place.answer() {
            return Ok(known);
        }
        let rows = questions::loads(&mut self.conn, &self.key, &today, &soon).await?;
        let load = |it: questions::LoadRow| Workload {
            person: Person { id: it.id, name: it.name, email: it.email, title: it.title },
            open: count(it.open),
            overdue: count(it.overdue),
            due_soon: count(it.due_soon),
        };
        Ok(place.keep_rows(rows.into_iter().map(load).collect()))
    }

    /// Ids of the records that hold every word of `text`, the best first, `limit` at most.
    pub async fn search(&mut self, text: &str, limit: i64) -> Result<Vec<i64>, Problem> {
        Ok(mirror_words::find(&mut self.conn, &self.key, text, limit).await?)
    }
}

fn count(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}
