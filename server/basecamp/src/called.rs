//! What ids are called, from the mirror: for what people read of steps and runs, in which only ids are kept.

use crate::Basecamp;
use domain::actor::Actor;
use domain::problem::Problem;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use store::mirror::ProjectRow;
use store::mirror_lookups as lookups;

/// Records that are looked up at once.
const MOST: usize = 200;
/// Characters of a record without a title.
const SHOWN: usize = 60;

/// What has an id of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// A project.
    Project,
    /// A person.
    Person,
    /// A record of any kind, or a tool of a project such as a board.
    Record,
}

impl Basecamp {
    /// What those of `wanted` are called that the mirror has and the actor's connection sees; nothing where there is no
    /// mirror to ask.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read; when the database does not answer.
    pub async fn called(
        &self,
        actor: &Actor,
        wanted: &BTreeSet<(Thing, i64)>,
    ) -> Result<HashMap<(Thing, i64), String>, Problem> {
        let mut found = HashMap::new();
        if wanted.is_empty() {
            return Ok(found);
        }
        let Some(mut mirror) = self.mirrored_with(actor, &[]).await? else { return Ok(found) };
        let has = |thing: Thing| wanted.iter().any(|it| it.0 == thing);
        if has(Thing::Person) {
            let people = lookups::people(&mut mirror.conn, &mirror.key).await?;
            found.extend(people.into_iter().map(|it| ((Thing::Person, it.id), it.name)));
        }
        if has(Thing::Project) || has(Thing::Record) {
            for project in lookups::projects(&mut mirror.conn, &mirror.key).await? {
                found.extend(tools(&project, wanted));
                found.insert((Thing::Project, project.id), project.name);
            }
        }
        let records = wanted.iter().filter(|it| it.0 == Thing::Record && !found.contains_key(*it));
        let records: Vec<i64> = records.map(|it| it.1).take(MOST).collect();
        for id in records {
            if let Some(it) = lookups::brief(&mut mirror.conn, &mirror.key, id).await? {
                let title = if it.title.trim().is_empty() { it.body } else { it.title };
                found.insert((Thing::Record, id), title.chars().take(SHOWN).collect());
            }
        }
        found.retain(|it, name| wanted.contains(it) && !name.is_empty());
        Ok(found)
    }
}

/// Those tools of a project that are wanted, such as its boards.
fn tools(project: &ProjectRow, wanted: &BTreeSet<(Thing, i64)>) -> Vec<((Thing, i64), String)> {
    let raw: Value = serde_json::from_str(&project.raw).unwrap_or_default();
    let dock = raw["dock"].as_array().into_iter().flatten();
    let named = dock.filter_map(|it| {
        let id = (Thing::Record, it["id"].as_i64()?);
        Some((id, it["title"].as_str()?.to_owned()))
    });
    named.filter(|it| wanted.contains(&it.0)).collect()
}
