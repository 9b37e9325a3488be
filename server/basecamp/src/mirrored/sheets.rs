//! Records of the mirror as they came, for the pages of a project.

use super::Mirrored;
use crate::pages::Sheet;
use domain::problem::Problem;
use serde_json::Value;
use store::mirror_lookups as lookups;
use store::mirror_pages::{self as kept, RawRow};

fn values(rows: Vec<RawRow>) -> Vec<Value> {
    rows.iter().filter_map(|it| serde_json::from_str(&it.json).ok()).collect()
}

impl Mirrored {
    async fn sheet(&mut self, rows: Vec<RawRow>) -> Result<Sheet, Problem> {
        let people = kept::everybody(&mut self.conn, &self.key).await?;
        Ok(Sheet::new(values(rows), people, self.convert.is_sample))
    }

    /// The records of a kind in a project.
    pub(crate) async fn of_kind(&mut self, kind: &str, project: i64) -> Result<Sheet, Problem> {
        let rows = kept::of_project(&mut self.conn, &self.key, kind, project).await?;
        self.sheet(rows).await
    }

    /// The records inside another, of any kind.
    pub(crate) async fn within(&mut self, parent: i64) -> Result<Sheet, Problem> {
        let rows = kept::inside(&mut self.conn, &self.key, parent).await?;
        self.sheet(rows).await
    }

    /// One record, and whether it is gone; none for one that was never seen.
    pub(crate) async fn raw(&mut self, id: i64) -> Result<Option<(Sheet, bool)>, Problem> {
        let Some(row) = kept::one(&mut self.conn, &self.key, id).await? else { return Ok(None) };
        let is_gone = row.deleted_at.is_some();
        Ok(Some((self.sheet(vec![row]).await?, is_gone)))
    }

    /// Whether it is of the sample.
    pub(crate) fn is_sample(&self) -> bool {
        self.convert.is_sample
    }

    /// The JSON of a project; none when the mirror does not have it.
    pub(crate) async fn raw_project(&mut self, id: i64) -> Result<Option<Value>, Problem> {
        let rows = lookups::projects(&mut self.conn, &self.key).await?;
        let found = rows.into_iter().find(|it| it.id == id);
        Ok(found.and_then(|it| serde_json::from_str(&it.raw).ok()))
    }
}
