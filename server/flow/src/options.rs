//! Choices of drop-down fields that depend on the workspace.

mod basecamp;

use crate::flows::Flows;
use basecamp::InBasecamp;
use domain::actor::{Actor, Permission};
use domain::flow::catalog::{self, fields::CONNECTION};
use domain::flow::connection::reference;
use domain::flow::listing::{Choice, FlowFilter, OptionsRequest};
use domain::problem::Problem;
use store::workspaces;

/// Choices in one answer.
const MOST: usize = 200;

impl Flows {
    /// The choices of one field, given the other fields of its step.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`] for a field without choices; what the app itself answers.
    pub async fn options(
        &self,
        actor: &Actor,
        request: &OptionsRequest,
    ) -> Result<Vec<Choice>, Problem> {
        actor.require(Permission::Read)?;
        let field = request.prop.rsplit('.').next().unwrap_or_default();
        let all = match (request.piece.as_str(), field) {
            (catalog::SUBFLOWS, "flow") => self.callable(actor).await?,
            (catalog::NOTIFY | catalog::APPROVAL, "person") => self.members(actor).await?,
            (catalog::BASECAMP, field) => {
                // Every connection is offered, whichever is chosen.
                let basecamp = match field {
                    CONNECTION => self.engine.basecamp.clone(),
                    _ => self.engine.basecamp_of(&request.input),
                };
                InBasecamp { basecamp, actor, request }.choices(field).await?
            }
            (_, "connection" | CONNECTION) => self.connected(actor).await?,
            _ => return Err(Problem::not_found("Field")),
        };
        Ok(narrowed(all, request.search.as_deref().unwrap_or_default()))
    }

    /// Flows that start when another one calls them.
    async fn callable(&self, actor: &Actor) -> Result<Vec<Choice>, Problem> {
        let filter = FlowFilter { limit: Some(200), ..FlowFilter::default() };
        let flows = self.list(actor, &filter).await?.data.into_iter();
        let callable = flows.filter(|it| it.trigger_piece.as_deref() == Some(catalog::SUBFLOWS));
        Ok(callable.map(|it| Choice { label: it.name, value: it.id.as_str().into() }).collect())
    }

    /// Connections as steps name them.
    async fn connected(&self, actor: &Actor) -> Result<Vec<Choice>, Problem> {
        let found = self.connections().list(actor, None).await?.into_iter();
        Ok(found
            .map(|it| Choice { label: it.display_name, value: reference(&it.external_id).into() })
            .collect())
    }

    async fn members(&self, actor: &Actor) -> Result<Vec<Choice>, Problem> {
        let mut conn = self.engine.db.read().await?;
        let members = workspaces::members(&mut conn, &actor.workspace).await?;
        let active = members.into_iter().filter(|it| it.status == "active");
        Ok(active.map(|it| Choice { label: it.name, value: it.user_id.into() }).collect())
    }
}

fn narrowed(all: Vec<Choice>, search: &str) -> Vec<Choice> {
    let wanted = search.trim().to_lowercase();
    all.into_iter().filter(|it| it.label.to_lowercase().contains(&wanted)).take(MOST).collect()
}
