//! What flows are told of records and projects: plain words, with the names of people and places, from the mirror.

use crate::Basecamp;
use crate::connections::Meta;
use crate::convert::Convert;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use domain::record::Kind;
use serde_json::{Value, json};
use std::collections::HashMap;
use store::db::Conn;
use store::mirror::{Key, ProjectRow};
use store::mirror_lookups as lookups;
use store::mirror_stories::{self, StoryRow};

/// The mirror of the actor's connection, to tell of what is in it.
pub struct Stories {
    conn: Conn,
    key: Key,
    convert: Convert,
    people: HashMap<i64, Value>,
    /// Whether only what clients may see is told.
    is_client: bool,
}

impl Basecamp {
    /// What can be told to `actor`; none without a connection.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn stories(&self, actor: &Actor) -> Result<Option<Stories>, Problem> {
        actor.require(Permission::Read)?;
        let Some(row) = self.row(actor).await? else { return Ok(None) };
        let meta = Meta::read(&row)?;
        let key = meta.key(&row);
        let mut conn = self.0.db.read().await?;
        let is_client = lookups::is_client(&mut conn, &key, meta.person.id).await?;
        let people = lookups::people(&mut conn, &key).await?.into_iter();
        let person = |it: store::mirror::PersonRow| {
            (it.id, json!({ "id": it.id, "name": it.name, "email": it.email }))
        };
        let people = people.map(person).collect();
        let convert = Convert { is_sample: meta.is_sample };
        Ok(Some(Stories { conn, key, convert, people, is_client }))
    }
}

impl Stories {
    /// The account in Basecamp.
    pub fn account(&self) -> i64 {
        self.key.account
    }

    /// `{id, name, email}`; a person who is not known has only an id.
    pub fn person(&self, id: i64) -> Value {
        self.people.get(&id).cloned().unwrap_or_else(|| json!({ "id": id }))
    }

    /// One record: `{id, type, title, text, project, place, assignees, creator, ...}`; none when the connection does not
    /// see it.
    ///
    /// # Errors
    /// When the database does not answer; so with all that follow.
    pub async fn record(&mut self, id: i64) -> Result<Option<Value>, Problem> {
        match mirror_stories::story(&mut self.conn, &self.key, id).await? {
            Some(row) if self.sees(&row) => Ok(Some(self.told(row).await?)),
            _ => Ok(None),
        }
    }

    /// One project: `{id, name, description, url, created_at}`.
    pub async fn project(&mut self, id: i64) -> Result<Option<Value>, Problem> {
        let found = lookups::projects(&mut self.conn, &self.key).await?;
        Ok(found.into_iter().find(|it| it.id == id).map(|it| self.told_project(&it)))
    }

    /// The active project that was made last.
    pub async fn newest_project(&mut self) -> Result<Option<Value>, Problem> {
        let found = lookups::projects(&mut self.conn, &self.key).await?.into_iter();
        let told = found.filter(|it| it.status == "active").map(|it| self.told_project(&it));
        Ok(told.max_by_key(|it| it["created_at"].as_str().map(str::to_owned)))
    }

    fn told_project(&self, row: &ProjectRow) -> Value {
        let raw: Value = serde_json::from_str(&row.raw).unwrap_or_default();
        json!({
            "id": row.id, "type": "Project", "name": row.name, "description": row.description,
            "url": self.convert.page(&row.app_url, row.id, ""), "created_at": raw["created_at"],
        })
    }

    /// Records of a kind made since a moment (epoch milliseconds), the newest first.
    pub async fn recent(
        &mut self,
        kind: &str,
        since_ms: i64,
        limit: i64,
    ) -> Result<Vec<Value>, Problem> {
        let asked = (kind, since_ms, limit);
        let rows = mirror_stories::recent(&mut self.conn, &self.key, asked).await?;
        let mut told = Vec::with_capacity(rows.len());
        for row in rows {
            if self.sees(&row) {
                told.push(self.told(row).await?);
            }
        }
        Ok(told)
    }

    /// Colleagues' connections fill the same mirror, so a client may not see all that is in their projects.
    fn sees(&self, row: &StoryRow) -> bool {
        !self.is_client || row.for_clients == 1
    }

    async fn told(&mut self, row: StoryRow) -> Result<Value, Problem> {
        let assignees = mirror_stories::assignees(&mut self.conn, &self.key, row.id).await?;
        let assignees: Vec<Value> = assignees.into_iter().map(|it| self.person(it)).collect();
        let names: Vec<&str> = assignees.iter().filter_map(|it| it["name"].as_str()).collect();
        let opens = Kind::ALL.into_iter().any(|it| it.as_str() == row.kind);
        let anchor = if opens { format!("?item={}", row.id) } else { String::new() };
        Ok(json!({
            "id": row.id,
            "type": row.kind,
            "title": row.title,
            "text": row.body,
            "status": row.status,
            "completed": row.completed != 0,
            "due_on": row.due_on,
            "project": { "id": row.bucket_id, "name": row.project_name },
            "place": { "id": row.parent_id, "name": row.parent_title },
            "creator": row.creator_id.map(|it| self.person(it)),
            "assignees": assignees,
            "assignee_names": names.join(", "),
            "url": self.convert.page(&row.app_url, row.bucket_id, &anchor),
            "created_at": store::ids::rfc3339(row.created_at),
            "updated_at": store::ids::rfc3339(row.updated_at),
        }))
    }
}
