//! What formulas count: the to-dos, cards and posts of one project or of all, with their times. From the mirror once it
//! holds all of it, else read whole from Basecamp; both give the same.

use crate::convert::Convert;
use crate::mirrored::Mirrored;
use crate::records::Request;
use crate::{Basecamp, rows, scopes};
use chrono::NaiveDate;
use domain::actor::Actor;
use domain::mirror::{Freshness, Part};
use domain::problem::Problem;
use domain::project::{Person, Project};
use std::collections::HashMap;
use store::mirror_questions::AssigneeRow;
use store::{ids, mirror_formulas};

/// What must be in the mirror before it is asked.
pub(crate) const NEEDED: [&str; 6] =
    [scopes::PROJECTS, scopes::PEOPLE, scopes::TODOS, "Kanban::Card", scopes::COMMENTS, "Message"];
/// What the facts are made of.
const PARTS: [Part; 4] = [Part::Todos, Part::Cards, Part::Comments, Part::Messages];
/// Words that say that something does not go on.
const BLOCKED: [&str; 3] = ["blocked", "waiting for", "stuck"];

/// A to-do or a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Basecamp's id.
    pub id: i64,
    /// A card of a board; else a to-do.
    pub is_card: bool,
    /// What is to be done.
    pub title: String,
    /// Notes, plain.
    pub body: String,
    /// Done.
    pub completed: bool,
    /// Epoch milliseconds.
    pub completed_at: Option<i64>,
    /// Who completed it.
    pub completer_id: Option<i64>,
    /// The day it is due.
    pub due_on: Option<NaiveDate>,
    /// The project.
    pub project_id: i64,
    /// The list or column it is in.
    pub place_id: Option<i64>,
    /// What kind of place that is: `Todolist`, `Kanban::Column`, ...
    pub place_kind: String,
    /// What that is called.
    pub place: String,
    /// Who has it to do.
    pub assignees: Vec<Person>,
    /// Who made it.
    pub creator_id: Option<i64>,
    /// The page in Basecamp.
    pub app_url: String,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// The last thing that happened to it, epoch milliseconds.
    pub active_at: i64,
}

/// A message or a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Post {
    /// The project.
    pub project_id: i64,
    /// What it is written under.
    pub parent_id: Option<i64>,
    /// Who wrote it.
    pub creator_id: Option<i64>,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// It says that something is blocked, waits or is stuck.
    pub is_blocked: bool,
}

/// Everything that formulas count.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The projects that were asked about, by name.
    pub projects: Vec<Project>,
    /// Their to-dos and cards, open and completed.
    pub items: Vec<Item>,
    /// Their messages and comments, the newest first.
    pub posts: Vec<Post>,
    /// How fresh all of it is.
    pub freshness: Freshness,
}

/// Which work and posts still count for how people stand.
pub type Lately = mirror_formulas::Lately;
/// One change of a record, or that it was made.
pub type Happened = mirror_formulas::HappenedRow;

/// Whether a text says that something does not go on.
pub fn says_blocked(text: &str) -> bool {
    let text = text.to_lowercase();
    BLOCKED.iter().any(|it| text.contains(it))
}

impl Basecamp {
    /// The facts about one project, or about all active ones.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing project, [`Problem::NeedsSetup`] without a connection,
    /// [`Problem::Unavailable`] when Basecamp does not answer: what could not be read whole is not counted.
    pub async fn facts(&self, actor: &Actor, project: Option<i64>) -> Result<Facts, Problem> {
        let mut freshness = Box::pin(self.freshness_of(actor, &PARTS)).await?;
        let projects = match project {
            Some(id) => vec![Box::pin(self.known_project(actor, id)).await?],
            None => Box::pin(self.projects(actor)).await?,
        };
        if let Some(mut mirror) = Box::pin(self.mirrored_with(actor, &NEEDED)).await? {
            let (items, posts) = Box::pin(mirror.facts(project.unwrap_or_default())).await?;
            return Ok(Facts { projects, items, posts, freshness });
        }
        freshness.is_mirrored = false;
        freshness.as_of_ms = ids::now_ms();
        let mut items = Box::pin(self.live_items(actor, "Todo", project)).await?;
        items.extend(Box::pin(self.live_items(actor, "Kanban::Card", project)).await?);
        let mut posts = Box::pin(self.live_posts(actor, "Message", project)).await?;
        posts.extend(Box::pin(self.live_posts(actor, "Comment", project)).await?);
        posts.sort_by_key(|it| std::cmp::Reverse(it.created_at));
        let mut spoken: HashMap<i64, i64> = HashMap::new();
        for post in &posts {
            let Some(parent) = post.parent_id else { continue };
            spoken.entry(parent).or_insert(post.created_at);
        }
        for item in &mut items {
            let last = spoken.get(&item.id).copied().unwrap_or_default();
            item.active_at = item.active_at.max(last);
        }
        items.sort_by_key(|it| it.id);
        Ok(Facts { projects, items, posts, freshness })
    }

    /// What counts for how people stand, of all active projects: open work, what was completed, made or written about
    /// since, and posts since. From the mirror nothing else is read; while that is not filled it is all [`Self::facts`].
    ///
    /// # Errors
    /// As [`Self::facts`].
    pub async fn facts_lately(&self, actor: &Actor, lately: Lately) -> Result<Facts, Problem> {
        let Some(mut mirror) = Box::pin(self.mirrored_with(actor, &NEEDED)).await? else {
            return Box::pin(self.facts(actor, None)).await;
        };
        let (items, posts) = Box::pin(mirror.facts_lately(lately)).await?;
        drop(mirror);
        let freshness = Box::pin(self.freshness_of(actor, &PARTS)).await?;
        Ok(Facts { projects: Box::pin(self.projects(actor)).await?, items, posts, freshness })
    }

    /// A project as the mirror knows it, else as Basecamp does.
    async fn known_project(&self, actor: &Actor, id: i64) -> Result<Project, Problem> {
        if let Some(mut mirror) = self.mirrored(actor).await?
            && let Some(known) = mirror.project(id).await?
        {
            return Ok(known);
        }
        self.project(actor, id).await
    }

    /// What changed and what was made from one moment to before another (epoch milliseconds), the newest first; none
    /// while nothing is mirrored, because Basecamp does not tell.
    ///
    /// # Errors
    /// As [`Self::facts`].
    pub async fn happened(
        &self,
        actor: &Actor,
        span: (i64, i64),
    ) -> Result<Option<Vec<Happened>>, Problem> {
        match self.mirrored(actor).await? {
            Some(mut mirror) => {
                let place = mirror.place("happened", &[&span.0.to_string(), &span.1.to_string()]);
                if let Some(known) = place.answer() {
                    return Ok(Some(known));
                }
                let found = mirror_formulas::happened(&mut mirror.conn, &mirror.key, span).await?;
                Ok(Some(place.keep_rows(found)))
            }
            None => Ok(None),
        }
    }

    pub(crate) async fn live(
        &self,
        actor: &Actor,
        kind: &str,
        project: Option<i64>,
    ) -> Result<Vec<(store::mirror::Record, HashMap<i64, Person>)>, Problem> {
        let request = Request::new("ListRecordings", &[]).map(|it| it.asking("type", kind));
        let request = match project {
            Some(id) => request.map(|it| it.asking("bucket", id)),
            None => request,
        };
        let request = request.ok_or_else(|| Problem::not_found("Operation of Basecamp"))?;
        let found = self.fetch_all(actor, &request).await?;
        let people = |rows: Vec<store::mirror::PersonRow>| {
            let person = |it: store::mirror::PersonRow| {
                (it.id, Person { id: it.id, name: it.name, email: it.email, title: it.title })
            };
            rows.into_iter().map(person).collect()
        };
        let records = found.items.into_iter().filter_map(rows::record);
        Ok(records.map(|(record, rows)| (record, people(rows))).collect())
    }

    async fn live_items(
        &self,
        actor: &Actor,
        kind: &str,
        project: Option<i64>,
    ) -> Result<Vec<Item>, Problem> {
        let found = self.live(actor, kind, project).await?;
        let is_sample = self.connection(actor).await?.is_some_and(|it| it.is_sample);
        let convert = Convert { is_sample };
        let item = |(it, mut people): (store::mirror::Record, HashMap<i64, Person>)| Item {
            id: it.id,
            is_card: kind != scopes::TODOS,
            assignees: it.assignees.iter().filter_map(|id| people.remove(id)).collect(),
            title: it.title,
            body: it.body,
            completed: it.completed,
            completed_at: it.completed_at,
            completer_id: it.completer_id,
            due_on: it.due_on.and_then(|it| it.parse().ok()),
            project_id: it.bucket_id,
            place_id: it.parent_id,
            place_kind: it.parent_kind,
            place: it.parent_title,
            creator_id: it.creator_id,
            app_url: convert.page(&it.app_url, it.bucket_id, &format!("?item={}", it.id)),
            created_at: it.created_at,
            active_at: it.updated_at,
        };
        Ok(found.into_iter().map(item).collect())
    }

    async fn live_posts(
        &self,
        actor: &Actor,
        kind: &str,
        project: Option<i64>,
    ) -> Result<Vec<Post>, Problem> {
        let found = self.live(actor, kind, project).await?;
        let post = |(it, _): (store::mirror::Record, HashMap<i64, Person>)| Post {
            project_id: it.bucket_id,
            parent_id: it.parent_id,
            creator_id: it.creator_id,
            created_at: it.created_at,
            is_blocked: says_blocked(&it.body),
        };
        Ok(found.into_iter().map(post).collect())
    }
}

impl Mirrored {
    async fn facts(&mut self, project: i64) -> Result<(Vec<Item>, Vec<Post>), Problem> {
        let people = mirror_formulas::assigned(&mut self.conn, &self.key, project).await?;
        let items = mirror_formulas::items(&mut self.conn, &self.key, project).await?;
        let posts = mirror_formulas::posts(&mut self.conn, &self.key, project).await?;
        Ok((self.items(items, people), posts.into_iter().map(post).collect()))
    }

    async fn facts_lately(&mut self, lately: Lately) -> Result<(Vec<Item>, Vec<Post>), Problem> {
        let people = mirror_formulas::assigned_lately(&mut self.conn, &self.key, lately).await?;
        let items = mirror_formulas::items_lately(&mut self.conn, &self.key, lately).await?;
        let posts = mirror_formulas::posts_lately(&mut self.conn, &self.key, lately).await?;
        Ok((self.items(items, people), posts.into_iter().map(post).collect()))
    }

    fn items(&self, rows: Vec<mirror_formulas::ItemRow>, assigned: Vec<AssigneeRow>) -> Vec<Item> {
        let mut people: HashMap<i64, Vec<Person>> = HashMap::new();
        for it in assigned {
            let person = Person { id: it.id, name: it.name, email: it.email, title: it.title };
            people.entry(it.record_id).or_default().push(person);
        }
        let item = |it: mirror_formulas::ItemRow| Item {
            id: it.id,
            is_card: it.kind != scopes::TODOS,
            assignees: people.remove(&it.id).unwrap_or_default(),
            app_url: self.convert.page(&it.app_url, it.bucket_id, &format!("?item={}", it.id)),
            title: it.title,
            body: it.body,
            completed: it.completed != 0,
            completed_at: it.completed_at,
            completer_id: it.completer_id,
            due_on: it.due_on.and_then(|it| it.parse().ok()),
            project_id: it.bucket_id,
            place_id: it.parent_id,
            place_kind: it.parent_kind,
            place: it.parent_title,
            creator_id: it.creator_id,
            created_at: it.created_at,
            active_at: it.active_at,
        };
        rows.into_iter().map(item).collect()
    }
}

fn post(it: mirror_formulas::PostRow) -> Post {
    Post {
        project_id: it.bucket_id,
        parent_id: it.parent_id,
        creator_id: it.creator_id,
        created_at: it.created_at,
        is_blocked: it.is_blocked != 0,
    }
}
