//! What people wrote, in their words, and when work moved: from the mirror once it holds all of it, else from Basecamp.

use crate::Basecamp;
use crate::convert::Convert;
use crate::facts::NEEDED;
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::HashMap;
use store::mirror::Record;
use store::mirror_pages;
use store::mirror_said::{self, SaidRow};

/// A message or a comment with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Basecamp's id.
    pub id: i64,
    /// A comment; else a message.
    pub is_comment: bool,
    /// The project.
    pub project_id: i64,
    /// What it is written under.
    pub parent_id: Option<i64>,
    /// What that is called.
    pub parent: String,
    /// The subject of a message.
    pub title: String,
    /// The words, plain.
    pub words: String,
    /// Who wrote it.
    pub creator_id: Option<i64>,
    /// The page in Basecamp.
    pub app_url: String,
    /// Epoch milliseconds.
    pub created_at: i64,
}

pub(crate) fn told(it: SaidRow, convert: Convert) -> Said {
    // A comment stands under its record.
    let record = match it.kind.as_str() {
        "Message" => Some(it.id),
        "Comment" => it.parent_id,
        _ => None,
    };
    let anchor = record.map(|it| format!("?item={it}")).unwrap_or_default();
    Said {
        app_url: convert.page(&it.app_url, it.bucket_id, &anchor),
        id: it.id,
        is_comment: it.kind == "Comment",
        project_id: it.bucket_id,
        parent_id: it.parent_id,
        parent: it.parent_title,
        title: it.title,
        words: it.body,
        creator_id: it.creator_id,
        created_at: it.created_at,
    }
}

/// A record read live, as the mirror would hold it.
pub(crate) fn row(it: Record) -> SaidRow {
    SaidRow {
        id: it.id,
        kind: it.kind,
        bucket_id: it.bucket_id,
        parent_id: it.parent_id,
        parent_title: it.parent_title,
        title: it.title,
        body: it.body,
        creator_id: it.creator_id,
        app_url: it.app_url,
        created_at: it.created_at,
    }
}

/// Puts people where only their ids were kept.
fn name_people(value: &mut Value, people: &HashMap<i64, Value>) {
    match value {
        Value::Object(fields) => {
            let only = fields.get("id").and_then(Value::as_i64).filter(|_| fields.len() == 1);
            if let Some(person) = only.and_then(|id| people.get(&id)) {
                *value = person.clone();
            } else {
                fields.values_mut().for_each(|it| name_people(it, people));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|it| name_people(it, people)),
        _ => {}
    }
}

impl Basecamp {
    /// Messages and comments of one project, or of all active ones, since a moment (epoch milliseconds); the newest
    /// first.
    ///
    /// # Errors
    /// As [`Self::facts`].
    pub async fn said(
        &self,
        actor: &Actor,
        project: Option<i64>,
        since: i64,
    ) -> Result<Vec<Said>, Problem> {
        actor.require(Permission::Read)?;
        if let Some(mut mirror) = Box::pin(self.mirrored_with(actor, &NEEDED)).await? {
            let convert = mirror.convert;
            let asked = (project.unwrap_or_default(), since);
            let rows = mirror_said::said(&mut mirror.conn, &mirror.key, asked).await?;
            return Ok(rows.into_iter().map(|it| told(it, convert)).collect());
        }
        let is_sample = self.connection(actor).await?.is_some_and(|it| it.is_sample);
        let convert = Convert { is_sample };
        let mut all = Vec::new();
        for kind in ["Message", "Comment"] {
            let found = Box::pin(self.live(actor, kind, project)).await?;
            let recent = found.into_iter().map(|it| it.0).filter(|it| it.created_at >= since);
            all.extend(recent.map(|it| told(row(it), convert)));
        }
        all.sort_by_key(|it| Reverse((it.created_at, it.id)));
        Ok(all)
    }

    /// Cards in use of one project, or of all active ones, as Basecamp gives them; none while they are not mirrored.
    ///
    /// # Errors
    /// As [`Self::facts`].
    pub async fn cards(
        &self,
        actor: &Actor,
        project: Option<i64>,
    ) -> Result<Option<Vec<Value>>, Problem> {
        let Some(mut mirror) = Box::pin(self.mirrored_with(actor, &NEEDED)).await? else {
            return Ok(None);
        };
        let all = match project {
            Some(id) => vec![id],
            None => mirror.projects().await?.into_iter().map(|it| it.id).collect(),
        };
        let people = mirror_pages::everybody(&mut mirror.conn, &mirror.key).await?;
        let read =
            |it: &store::mirror::PersonRow| Some((it.id, serde_json::from_str(&it.raw).ok()?));
        let people: HashMap<i64, Value> = people.iter().filter_map(read).collect();
        let mut found = Vec::new();
        for id in all {
            let key = &mirror.key;
            let rows = mirror_pages::of_project(&mut mirror.conn, key, "Kanban::Card", id).await?;
            for row in rows {
                let Ok(mut card) = serde_json::from_str::<Value>(&row.json) else { continue };
                name_people(&mut card, &people);
                found.push(card);
            }
        }
        found.sort_by_key(|it| Reverse(it["id"].as_i64()));
        Ok(Some(found))
    }

    /// When records last went to another list or column (epoch milliseconds), by record; empty while nothing is
    /// mirrored, because Basecamp does not tell.
    ///
    /// # Errors
    /// As [`Self::facts`].
    pub async fn moved(&self, actor: &Actor) -> Result<HashMap<i64, i64>, Problem> {
        match Box::pin(self.mirrored_with(actor, &NEEDED)).await? {
            Some(mut mirror) => {
                let rows = mirror_said::moved(&mut mirror.conn, &mirror.key).await?;
                Ok(rows.into_iter().collect())
            }
            None => Ok(HashMap::new()),
        }
    }

    /// How many to-dos made in a project before a moment are in the trash or elsewhere by now; none while nothing is
    /// mirrored.
    ///
    /// # Errors
    /// As [`Self::facts`].
    pub async fn left(
        &self,
        actor: &Actor,
        project: i64,
        before: i64,
    ) -> Result<Option<usize>, Problem> {
        match Box::pin(self.mirrored_with(actor, &NEEDED)).await? {
            Some(mut mirror) => {
                let asked = (project, before);
                let count = mirror_said::left(&mut mirror.conn, &mirror.key, asked).await?;
                Ok(usize::try_from(count).ok())
            }
            None => Ok(None),
        }
    }
}
