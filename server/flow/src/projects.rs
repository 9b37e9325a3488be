//! Which flows work in a project of Basecamp.

use crate::flows::Flows;
use chrono::DateTime;
use domain::actor::{Actor, Permission};
use domain::flow::listing::RunFilter;
use domain::ids::FlowId;
use domain::problem::Problem;
use domain::record::FlowHere;
use store::{flow_projects, run_lists};

/// Flows that are named.
const MOST: i64 = 8;

impl Flows {
    /// Flows of the built-in engine whose trigger or steps name the project, those that are on first, each with how its
    /// last run stands.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read; when the database does not answer.
    pub async fn in_project(&self, actor: &Actor, project: i64) -> Result<Vec<FlowHere>, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.engine.db.read().await?;
        let asked = (project, MOST);
        let mut found = Vec::new();
        for (id, name, status) in flow_projects::flows(&mut conn, &actor.workspace, asked).await? {
            let id = FlowId::from(id);
            let of_flow = RunFilter { flow_id: Some(id.clone()), ..RunFilter::default() };
            let last = run_lists::list(&mut conn, &actor.workspace, &of_flow, "", 1).await?.pop();
            let last = last.and_then(|it| {
                let began = it.start_time.as_deref().unwrap_or(&it.created);
                Some((it.status, DateTime::parse_from_rfc3339(began).ok()?.timestamp_millis()))
            });
            found.push(FlowHere { id, name, is_live: status == "ENABLED", last });
        }
        Ok(found)
    }
}
