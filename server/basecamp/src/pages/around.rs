//! What stands around the to-dos of a project: what happened last, what comes, and how much is in it.

use super::{PATIENCE, items, request};
use crate::convert::Convert;
use crate::mirrored::Mirrored;
use crate::todos::is_away;
use crate::{Basecamp, rows, scopes};
use chrono::{DateTime, NaiveDate};
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use domain::record::{Coming, Deed, Item, Kind, News, Part, Tab, Work};
use serde_json::Value;
use std::collections::HashMap;
use store::mirror_latest::{self, NewsRow};
use store::{mirror_pages, mirror_summaries};

/// What must be in the mirror before it tells what happened.
const NEEDED: [&str; 5] =
    [scopes::PROJECTS, scopes::PEOPLE, scopes::TODOS, scopes::COMMENTS, "Message"];
/// Rows of a card.
const MOST: usize = 8;
/// The same over all projects.
const MOST_OF_ALL: usize = 12;

impl Basecamp {
    /// What happened last in a project, the newest first; none where only Basecamp knows it and does not answer.
    ///
    /// # Errors
    /// As [`Self::work`].
    pub async fn latest(&self, actor: &Actor, project: i64) -> Result<Option<Vec<News>>, Problem> {
        if let Some(mut mirror) = self.mirrored_with(actor, &NEEDED).await? {
            return Ok(Some(mirror.latest(project).await?));
        }
        let is_sample = self.open(actor, Permission::Read).await?.convert.is_sample;
        let asked = request("GetProjectTimeline", &[project])?.asking("page", 1);
        let asked = Box::pin(self.fetch_all(actor, &asked));
        let found = match tokio::time::timeout(PATIENCE, asked).await {
            Err(_) => return Ok(None),
            Ok(Err(problem)) if is_away(&problem) => return Ok(None),
            Ok(found) => found?,
        };
        let convert = Convert { is_sample };
        let told = found.items.iter().filter_map(|it| told(it, project, convert));
        Ok(Some(told.take(MOST).collect()))
    }

    /// What happened last in all projects in use since a moment (epoch milliseconds), the newest first; none while only
    /// Basecamp knows it, because asking it for this is slow.
    ///
    /// # Errors
    /// As [`Self::work`].
    pub async fn latest_of_all(
        &self,
        actor: &Actor,
        since: i64,
    ) -> Result<Option<Vec<News>>, Problem> {
        match self.mirrored_with(actor, &NEEDED).await? {
            Some(mut mirror) => Ok(Some(mirror.latest_of_all(since).await?)),
            None => Ok(None),
        }
    }

    /// Dates, and open to-dos and cards with a day, from `today` on; the nearest first.
    ///
    /// # Errors
    /// As [`Self::work`].
    pub async fn coming(
        &self,
        actor: &Actor,
        (project, work): (i64, &Part<Work>),
        today: NaiveDate,
    ) -> Result<Vec<Coming>, Problem> {
        let dates = match self.dates(actor, project).await? {
            Part::On(shelf) => shelf.items,
            Part::Off => Vec::new(),
        };
        let cards = match self.tools_called(actor, project, "kanban_board").await?.is_empty() {
            true => Vec::new(),
            false => self.of_kind(actor, Kind::Card.as_str(), project).await?.items(),
        };
        let todos = match work {
            Part::On(work) => work.todos.as_slice(),
            Part::Off => &[],
        };
        let all = dates.iter().chain(&cards).chain(todos);
        Ok(nearest(all, &today.to_string()))
    }

    /// The names of those who have something open to do in a project, where the mirror knows it.
    ///
    /// # Errors
    /// As [`Self::work`].
    pub async fn team(&self, actor: &Actor, project: i64) -> Result<Vec<String>, Problem> {
        match self.mirrored(actor).await? {
            Some(mut mirror) => mirror.team(project).await,
            None => Ok(Vec::new()),
        }
    }

    /// How much is on the tabs of a project, where the mirror knows it.
    ///
    /// # Errors
    /// As [`Self::work`].
    pub async fn counts(&self, actor: &Actor, project: i64) -> Result<Vec<(Tab, u32)>, Problem> {
        let needed = [scopes::PROJECTS, scopes::TODOS];
        match self.mirrored_with(actor, &needed).await? {
            Some(mut mirror) => mirror.counts(project).await,
            None => Ok(Vec::new()),
        }
    }
}

impl Mirrored {
    async fn latest(&mut self, project: i64) -> Result<Vec<News>, Problem> {
        let limit = i64::try_from(MOST).unwrap_or_default();
        let rows = mirror_latest::latest(&mut self.conn, &self.key, (project, limit)).await?;
        let people = mirror_pages::everybody(&mut self.conn, &self.key).await?;
        let names: HashMap<i64, String> = people.into_iter().map(|it| (it.id, it.name)).collect();
        let convert = self.convert;
        Ok(rows.into_iter().filter_map(|it| news(it, &names, convert)).collect())
    }

    async fn latest_of_all(&mut self, since: i64) -> Result<Vec<News>, Problem> {
        let span = (since, i64::try_from(MOST_OF_ALL).unwrap_or_default());
        let rows = mirror_latest::latest_of_all(&mut self.conn, &self.key, span).await?;
        let people = mirror_pages::everybody(&mut self.conn, &self.key).await?;
        let names: HashMap<i64, String> = people.into_iter().map(|it| (it.id, it.name)).collect();
        let convert = self.convert;
        Ok(rows.into_iter().filter_map(|it| news(it, &names, convert)).collect())
    }

    async fn team(&mut self, project: i64) -> Result<Vec<String>, Problem> {
        let found = mirror_summaries::team(&mut self.conn, &self.key, project).await?;
        Ok(found.into_iter().map(|it| it.name).collect())
    }

    async fn counts(&mut self, project: i64) -> Result<Vec<(Tab, u32)>, Problem> {
        let Some(raw) = self.raw_project(project).await? else { return Ok(Vec::new()) };
        let found = mirror_latest::counts(&mut self.conn, &self.key, project).await?;
        let of = |kinds: &[&str], is_open: bool| {
            let fits = |it: &&(String, i16, i64)| {
                kinds.contains(&it.0.as_str()) && (it.1 == 0 || !is_open)
            };
            let sum: i64 = found.iter().filter(fits).map(|it| it.2).sum();
            u32::try_from(sum).unwrap_or(u32::MAX)
        };
        let people = raw["people"]["team"]["count"].as_u64().unwrap_or_default();
        let all = [
            (Tab::Todos, of(&[Kind::Todo.as_str()], true)),
            (Tab::Board, of(&[Kind::Card.as_str()], true)),
            (Tab::Messages, of(&[Kind::Message.as_str()], false)),
            (Tab::Files, of(&[Kind::Document.as_str(), Kind::Upload.as_str()], false)),
            (Tab::People, u32::try_from(people).unwrap_or_default()),
        ];
        Ok(all.into_iter().filter(|it| it.1 > 0).collect())
    }
}

/// What the page opens: the record, or what a comment is written under.
fn opens(kind: &str, id: i64, parent: (Option<i64>, &str)) -> Option<i64> {
    if kind == "Comment" {
        return parent.0.filter(|_| Kind::parse(parent.1).is_some());
    }
    Kind::parse(kind).map(|_| id)
}

fn news(it: NewsRow, names: &HashMap<i64, String>, convert: Convert) -> Option<News> {
    let name = |id: i64| names.get(&id).cloned();
    let new = it.new.clone().unwrap_or_default();
    let deed = match it.field.as_str() {
        "created" => Deed::made(&it.kind)?,
        "completion" if new == "open" => Deed::Reopened,
        "completion" => Deed::Completed,
        "parent" => Deed::Moved(new),
        "due_on" => Deed::Due(new),
        "assignees" => {
            Deed::Given(new.split(',').filter_map(|it| name(it.parse().ok()?)).collect())
        }
        _ => match new.as_str() {
            "trashed" => Deed::Trashed,
            "archived" => Deed::Archived,
            _ => Deed::Restored,
        },
    };
    let is_under = matches!(deed, Deed::Commented | Deed::Answered);
    Some(News {
        who: it.actor.or_else(|| it.who.and_then(name)),
        project_id: it.bucket_id,
        project: it.project,
        item: opens(&it.kind, it.record_id, (it.parent_id, &it.parent_kind)),
        app_url: convert.page(&it.app_url, it.bucket_id, ""),
        title: if is_under { it.parent_title } else { it.title },
        at_ms: it.at,
        deed,
    })
}

/// One event of Basecamp's own timeline.
fn told(it: &Value, project: i64, convert: Convert) -> Option<News> {
    let kind = it["kind"].as_str().unwrap_or_default();
    let action = it["action"].as_str()?;
    let deed = match action {
        "created" if kind.starts_with("comment") => Deed::Commented,
        "created" if kind.starts_with("message") => Deed::Posted,
        "created" if kind.starts_with("upload") => Deed::Uploaded,
        "created" if kind.starts_with("document") => Deed::Wrote,
        "created" if kind.contains("answer") => Deed::Answered,
        "created" | "active" => Deed::Added,
        "completed" => Deed::Completed,
        "uncompleted" => Deed::Reopened,
        "trashed" => Deed::Trashed,
        "archived" => Deed::Archived,
        other => Deed::Other(other.replace('_', " ")),
    };
    let is_shown = ["todo", "card", "kanban_card", "message", "document", "upload"]
        .iter()
        .any(|word| kind.strip_prefix(word).is_some_and(|rest| rest.starts_with('_')));
    Some(News {
        who: items::person(&it["creator"]).map(|it| it.name),
        project_id: project,
        project: it["bucket"]["name"].as_str().unwrap_or_default().to_owned(),
        deed,
        title: it["title"].as_str()?.to_owned(),
        item: it["parent_recording_id"].as_i64().filter(|_| is_shown),
        app_url: convert.page(it["app_url"].as_str().unwrap_or_default(), project, ""),
        at_ms: rows::instant(it, "created_at")?,
    })
}

/// Those among `all` that come, `today` included; the nearest first.
fn nearest<'a>(all: impl Iterator<Item = &'a Item>, today: &str) -> Vec<Coming> {
    let mut found: Vec<Coming> = all.filter_map(|it| coming(it, today)).collect();
    found.sort_by(|one, other| {
        (day(&one.at), &one.at, one.id).cmp(&(day(&other.at), &other.at, other.id))
    });
    found.truncate(MOST);
    found
}

fn coming(it: &Item, today: &str) -> Option<Coming> {
    let at = match it.kind {
        // What has begun and lasts still comes; it is shown on the day it began.
        Kind::Entry => {
            let ends = it.ends_at.as_deref().or(it.starts_at.as_deref())?;
            it.starts_at.as_ref().filter(|_| day(ends) >= today)?
        }
        _ => it.due_on.as_ref().filter(|due| !it.completed && due.as_str() >= today)?,
    };
    let is_time = DateTime::parse_from_rfc3339(at).is_ok();
    let is_right = is_time || at.parse::<NaiveDate>().is_ok();
    is_right.then(|| Coming { id: it.id, kind: it.kind, title: it.title.clone(), at: at.clone() })
}

fn day(text: &str) -> &str {
    text.get(..10).unwrap_or(text)
}
