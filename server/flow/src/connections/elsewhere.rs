//! Connections on the engines of other makers beside ours, and the flows that name a connection.

use crate::activepieces::{self, Remote};
use crate::connections::Connections;
use domain::actor::{Actor, Permission};
use domain::flow::connection::{Dependent, FlowConnection};
use domain::flow::validate;
use domain::ids::ConnectionId;
use domain::problem::Problem;
use store::flow_connections as rows;

impl Connections {
    /// The same, and after them those of another engine that the workspace is connected to.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; what the other engine answers.
    pub async fn list_all(
        &self,
        actor: &Actor,
        piece: Option<&str>,
    ) -> Result<Vec<FlowConnection>, Problem> {
        let mut all = self.list(actor, piece).await?;
        if let Some(remote) = activepieces::place(&self.engine, actor).await?.remote {
            all.extend(remote.connections(piece.unwrap_or_default()).await?);
        }
        Ok(all)
    }

    pub(crate) async fn remote(
        &self,
        actor: &Actor,
        id: &ConnectionId,
    ) -> Result<Option<Remote>, Problem> {
        activepieces::remote(&self.engine, actor, ("Connection", id.as_str())).await
    }

    /// The flows of the workspace that name a connection, published or as a draft.
    ///
    /// # Errors
    /// As [`Connections::get`].
    pub async fn used_by(
        &self,
        actor: &Actor,
        id: &ConnectionId,
    ) -> Result<Vec<Dependent>, Problem> {
        actor.require(Permission::Read)?;
        if let Some(remote) = self.remote(actor, id).await? {
            return remote.using(id).await;
        }
        let row = self.row(actor, id).await?;
        self.dependents(actor, &row.external_id).await
    }

    pub(super) async fn dependents(
        &self,
        actor: &Actor,
        external_id: &str,
    ) -> Result<Vec<Dependent>, Problem> {
        let mut conn = self.engine.db.read().await?;
        let mut found: Vec<Dependent> = Vec::new();
        for (id, status, version) in
            rows::flows_naming(&mut conn, &actor.workspace, external_id).await?
        {
            let used = validate::used_connections(&version);
            let is_used = used.iter().any(|it| it.external_id == external_id);
            if is_used && !found.iter().any(|it| it.id == id) {
                found.push(Dependent { id, name: version.display_name, status });
            }
        }
        Ok(found)
    }
}
