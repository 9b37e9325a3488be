//! What the pages of a project show: its to-dos, boards, messages, dates and files, from the mirror once it has them,
//! else from Basecamp itself.

mod around;
mod detail;
mod items;

pub(crate) use items::Sheet;

use crate::mirror::{self, Batch};
use crate::records::Request;
use crate::todos::is_away;
use crate::{Basecamp, failure, scopes};
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use domain::project::Person;
use domain::record::{Board, Column, Item, Kind, Part, Place, Shelf, Work};
use serde_json::Value;
use std::time::Duration;
use store::ids;
use store::mirror::Reading;

/// How long Basecamp may take where the mirror has an answer too.
const PATIENCE: Duration = Duration::from_secs(3);
/// The column whose cards are done.
const DONE: &str = "Kanban::DoneColumn";

/// A tool in the dock of a project.
struct Tool {
    id: i64,
    title: String,
    app_url: String,
}

pub(crate) fn request(operation: &str, ids: &[i64]) -> Result<Request, Problem> {
    let params: Vec<String> = ids.iter().map(ToString::to_string).collect();
    Request::new(operation, &params).ok_or_else(|| Problem::not_found("Record"))
}

impl Basecamp {
    /// Every to-do of a project with the lists and groups they are in.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing project, [`Problem::NeedsSetup`] without a connection,
    /// [`Problem::Unavailable`] when neither the mirror nor Basecamp answers; so with all that follow.
    pub async fn work(&self, actor: &Actor, project: i64) -> Result<Part<Work>, Problem> {
        let Some(set) = self.tools_called(actor, project, "todoset").await?.pop() else {
            return Ok(Part::Off);
        };
        let lists = self.of_kind(actor, scopes::LISTS, project).await?;
        let todos = self.of_kind(actor, scopes::TODOS, project).await?.items();
        let places = places(&lists, &todos, &set);
        Ok(Part::On(Work { set: set.id, places, todos: by_position(todos) }))
    }

    /// The card tables of a project.
    ///
    /// # Errors
    /// As [`Self::work`].
    pub async fn boards(&self, actor: &Actor, project: i64) -> Result<Part<Vec<Board>>, Problem> {
        let tools = self.tools_called(actor, project, "kanban_board").await?;
        if tools.is_empty() {
            return Ok(Part::Off);
        }
        let cards = self.of_kind(actor, Kind::Card.as_str(), project).await?.items();
        let cards = by_position(cards);
        let mut boards = Vec::new();
        for tool in tools {
            let mut columns = self.columns(actor, tool.id).await?;
            for column in &mut columns {
                let is_in = |it: &&Item| it.parent_id == column.id;
                column.cards = cards.iter().filter(is_in).cloned().collect();
            }
            let Tool { id, title, app_url } = tool;
            boards.push(Board { id, title, app_url, columns });
        }
        Ok(Part::On(boards))
    }

    /// The messages of a project, the newest first.
    ///
    /// # Errors
    /// As [`Self::work`].
    pub async fn messages(&self, actor: &Actor, project: i64) -> Result<Part<Shelf>, Problem> {
        let found = self.shelf(actor, project, ("message_board", &[Kind::Message])).await?;
        Ok(sorted(found, |it| (-it.created_at_ms, String::new())))
    }

    /// The dates of a project, the earliest first.
    ///
    /// # Errors
    /// As [`Self::work`].
    pub async fn dates(&self, actor: &Actor, project: i64) -> Result<Part<Shelf>, Problem> {
        let found = self.shelf(actor, project, ("schedule", &[Kind::Entry])).await?;
        Ok(sorted(found, |it| (0, it.starts_at.clone().unwrap_or_default())))
    }

    /// Folders, documents and files of a project, by name.
    ///
    /// # Errors
    /// As [`Self::work`].
    pub async fn files(&self, actor: &Actor, project: i64) -> Result<Part<Shelf>, Problem> {
        let kinds = [Kind::Folder, Kind::Document, Kind::Upload];
        let found = self.shelf(actor, project, ("vault", &kinds)).await?;
        Ok(sorted(found, |it| (i64::from(it.kind != Kind::Folder), it.title.to_lowercase())))
    }

    /// Who is on a project, by name; none while Basecamp, which alone knows it, does not answer.
    ///
    /// # Errors
    /// As [`Self::work`].
    pub async fn on_project(
        &self,
        actor: &Actor,
        project: i64,
    ) -> Result<Option<Vec<Person>>, Problem> {
        let asked = request("ListProjectPeople", &[project])?;
        let asked = Box::pin(self.fetch_all(actor, &asked));
        let found = match tokio::time::timeout(PATIENCE, asked).await {
            Err(_) => return Ok(None),
            Ok(Err(problem)) if is_away(&problem) => return Ok(None),
            Ok(found) => found?,
        };
        let mut people: Vec<Person> = found.items.iter().filter_map(items::person).collect();
        people.sort_by_key(|it| it.name.to_lowercase());
        Ok(Some(people))
    }

    async fn shelf(
        &self,
        actor: &Actor,
        project: i64,
        (tool, kinds): (&str, &[Kind]),
    ) -> Result<Part<Shelf>, Problem> {
        let Some(tool) = self.tools_called(actor, project, tool).await?.pop() else {
            return Ok(Part::Off);
        };
        let mut items = Vec::new();
        for kind in kinds {
            items.extend(self.of_kind(actor, kind.as_str(), project).await?.items());
        }
        // The folder of everything is the tool itself.
        items.retain(|it| it.id != tool.id);
        Ok(Part::On(Shelf { id: tool.id, app_url: tool.app_url, items }))
    }

    async fn of_kind(&self, actor: &Actor, kind: &str, project: i64) -> Result<Sheet, Problem> {
        let needed = [scopes::PROJECTS, scopes::PEOPLE, kind];
        if let Some(mut mirror) = self.mirrored_with(actor, &needed).await? {
            return mirror.of_kind(kind, project).await;
        }
        let is_sample = self.open(actor, Permission::Read).await?.convert.is_sample;
        let asked = request("ListRecordings", &[])?.asking("type", kind).asking("bucket", project);
        let found = self.fetch_all(actor, &asked.asking("status", "active")).await?;
        Ok(Sheet::new(found.items, Vec::new(), is_sample))
    }

    /// The tools of this name in a project's dock that are switched on.
    async fn tools_called(
        &self,
        actor: &Actor,
        project: i64,
        name: &str,
    ) -> Result<Vec<Tool>, Problem> {
        let mut is_sample = None;
        let mut raw = None;
        if let Some(mut mirror) = self.mirrored_with(actor, &[scopes::PROJECTS]).await? {
            raw = mirror.raw_project(project).await?;
            is_sample = Some(mirror.is_sample());
        }
        let raw = match raw {
            Some(raw) => raw,
            None => self.fetch(actor, &request("GetProject", &[project])?).await?,
        };
        let is_sample = match is_sample {
            Some(known) => known,
            None => self.open(actor, Permission::Read).await?.convert.is_sample,
        };
        let dock = raw.get("dock").and_then(Value::as_array).cloned().unwrap_or_default();
        let is_it = |it: &&Value| it["name"] == name && it["enabled"] == true;
        let tool = |it: &Value| {
            let page = it["app_url"].as_str().unwrap_or_default().to_owned();
            Some(Tool {
                id: it["id"].as_i64()?,
                title: it["title"].as_str().unwrap_or_default().to_owned(),
                app_url: if is_sample { format!("/projects/{project}") } else { page },
            })
        };
        Ok(dock.iter().filter(is_it).filter_map(tool).collect())
    }

    /// The columns of a card table without their cards. They are asked for each time, and kept for when Basecamp does
    /// not answer.
    async fn columns(&self, actor: &Actor, board: i64) -> Result<Vec<Column>, Problem> {
        let asked_at = ids::now_ms();
        let asked = request("GetCardTable", &[board])?;
        let asked = Box::pin(self.fetch(actor, &asked));
        let known = match self.mirrored_with(actor, &[scopes::PROJECTS]).await? {
            Some(mut mirror) => mirror.within(board).await?.values(),
            None => Vec::new(),
        };
        let found = if known.is_empty() {
            asked.await
        } else {
            let slow = || failure::unavailable("Basecamp is slow to answer");
            tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| Err(slow()))
        };
        let lists = match found {
            Ok(mut table) => {
                let lists = table["lists"].take().as_array().cloned().unwrap_or_default();
                self.keep_read(actor, lists.clone(), asked_at).await?;
                lists
            }
            Err(problem) if is_away(&problem) && !known.is_empty() => known,
            Err(problem) => return Err(problem),
        };
        let mut columns: Vec<(i64, Column)> = lists.iter().filter_map(column).collect();
        columns.sort_by_key(|it| (it.0, it.1.id));
        Ok(columns.into_iter().map(|it| it.1).collect())
    }

    /// Keeps what was asked for at `asked_at` (epoch milliseconds), beside the walks.
    pub(crate) async fn keep_read(
        &self,
        actor: &Actor,
        items: Vec<Value>,
        asked_at: i64,
    ) -> Result<(), Problem> {
        if self.mirrored_with(actor, &[scopes::PROJECTS]).await?.is_none() {
            return Ok(());
        }
        let key = self.open(actor, Permission::Read).await?.key;
        let reading = Reading { run: 0, asked_at, is_ours: false };
        mirror::put(&self.0.db, &key, Batch::new(items), reading).await?;
        Ok(())
    }
}

fn column(value: &Value) -> Option<(i64, Column)> {
    let column = Column {
        id: value["id"].as_i64()?,
        title: value["title"].as_str()?.to_owned(),
        is_done: value["type"] == DONE,
        cards: Vec::new(),
    };
    Some((value["position"].as_i64().unwrap_or_default(), column))
}

fn by_position(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by_key(|it| (it.position, it.id));
    items
}

fn sorted<K: Ord>(found: Part<Shelf>, key: impl Fn(&Item) -> K) -> Part<Shelf> {
    match found {
        Part::On(mut shelf) => {
            shelf.items.sort_by_key(|it| (key(it), it.id));
            Part::On(shelf)
        }
        Part::Off => Part::Off,
    }
}

/// Lists in their order, each before its groups; then wherever else a to-do is, the set itself last.
fn places(lists: &Sheet, todos: &[Item], set: &Tool) -> Vec<Place> {
    let mut known = lists.places();
    known.sort_by_key(|it| (it.0, it.1.id));
    let known: Vec<Place> = known.into_iter().map(|it| it.1).collect();
    let is_group =
        |it: &&Place| it.group_of.is_some_and(|of| known.iter().any(|list| list.id == of));
    let mut places = Vec::new();
    for list in known.iter().filter(|it| !is_group(it)) {
        places.push(Place { group_of: None, ..list.clone() });
        places.extend(known.iter().filter(|it| it.group_of == Some(list.id)).cloned());
    }
    for todo in todos.iter().filter(|it| it.parent_id != set.id) {
        if !places.iter().any(|it: &Place| it.id == todo.parent_id) {
            let (id, name) = (todo.parent_id, todo.place.clone());
            let app_url = todo.app_url.clone();
            places.push(Place { id, name, group_of: None, is_loose: true, app_url });
        }
    }
    if todos.iter().any(|it| it.parent_id == set.id) {
        let (name, app_url) = (set.title.clone(), set.app_url.clone());
        places.push(Place { id: set.id, name, group_of: None, is_loose: true, app_url });
    }
    places
}
