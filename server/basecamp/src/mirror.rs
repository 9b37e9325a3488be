//! Putting what Basecamp sent into the mirror.

use crate::rows;
use domain::problem::Problem;
use serde_json::Value;
use store::db::{Conn, Db};
use store::error::StoreError;
use store::mirror::{By, Key, PersonRow, ProjectRow, Reading, Record};

/// What a page or an answer holds, ready to be stored.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) records: Vec<Record>,
    pub(crate) people: Vec<PersonRow>,
    pub(crate) projects: Vec<ProjectRow>,
    /// Who made the changes that the records bring.
    by: By,
}

impl Batch {
    /// Records, projects and the people named in records among `items`.
    pub(crate) fn new(items: Vec<Value>) -> Self {
        let mut batch = Self::default();
        for item in items {
            if item.get("dock").is_some() {
                batch.projects.extend(rows::project(&item));
            } else if let Some((record, people)) = rows::record(item) {
                batch.records.push(record);
                batch.people.extend(people);
            }
        }
        batch.people.sort_by_key(|it| it.id);
        batch.people.dedup_by_key(|it| it.id);
        batch
    }

    /// The same where it is known who changed what.
    pub(crate) fn by(self, by: By) -> Self {
        Self { by, ..self }
    }

    fn is_empty(&self) -> bool {
        self.records.is_empty() && self.projects.is_empty()
    }

    /// Stores it in the transaction of `conn`.
    pub(crate) async fn store(
        &self,
        conn: &mut Conn,
        key: &Key,
        reading: Reading,
    ) -> Result<(), StoreError> {
        for person in &self.people {
            store::mirror::put_person(conn, key, person, 0, false).await?;
        }
        for project in &self.projects {
            store::mirror::put_project(conn, key, project, reading.run).await?;
        }
        for record in &self.records {
            store::mirror::put_record_by(conn, key, record, reading, &self.by).await?;
        }
        Ok(())
    }
}

/// Stores a batch in a transaction of its own; false when nothing in it has a place in the mirror.
pub(crate) async fn put(
    db: &Db,
    key: &Key,
    batch: Batch,
    reading: Reading,
) -> Result<bool, Problem> {
    let key = key.clone();
    if batch.is_empty() {
        return Ok(false);
    }
    let stored: Result<(), StoreError> =
        db.write(move |conn| Box::pin(async move { batch.store(conn, &key, reading).await })).await;
    stored?;
    Ok(true)
}
