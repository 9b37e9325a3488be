//! Access to servers that take a sign-in: connections of the workspace that are kept here, whichever engine runs flows.

use crate::connections::Connections;
use crate::connections::given::{name, owner, slug};
use crate::connections::renewing::Unusable;
use crate::connections::value;
use domain::actor::Actor;
use domain::flow::connection::{ConnectionScope, ConnectionStatus, ConnectionType};
use domain::ids::ConnectionId;
use domain::problem::Problem;
use serde_json::{Map, Value};
use store::flow_connections::ConnectionRow;

/// What such connections are made for.
const PIECE: &str = "tool server";

impl Connections {
    /// Stores access to the server called `called`, which somebody still has to sign in for with
    /// [`Connections::begin_sign_in`]. `value` holds what a connection of the type `OAUTH2` does.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage; [`Problem::Invalid`] with every field that is wrong.
    pub async fn create_access(
        &self,
        actor: &Actor,
        called: &str,
        value: &Map<String, Value>,
    ) -> Result<ConnectionId, Problem> {
        let owner = owner(actor, ConnectionScope::Workspace)?;
        let name = name(called)?;
        let value = value::checked(ConnectionType::OAuth2, value)?;
        let (external_id, kind) = (slug(&name), ConnectionType::OAuth2);
        let about = (owner, name, PIECE.to_owned());
        let row = self.fresh_row(actor, about, (kind, &value), Map::new());
        let row = self.insert(actor, ConnectionRow { external_id, ..row }, false).await?;
        Ok(ConnectionId::from(row.id))
    }

    /// The access token of such a connection, renewed where it is about to end; a secret.
    ///
    /// # Errors
    /// [`Problem::NotFound`]; [`Problem::Conflict`] when somebody has to sign in, in words.
    pub async fn access(&self, actor: &Actor, id: &ConnectionId) -> Result<String, Problem> {
        let row = self.row(actor, id).await?;
        let sign_in = |why: &str| {
            Problem::conflict(format!(
                "{}: {why}. Sign in under Integrations, Tool servers",
                row.name
            ))
        };
        if row.status != ConnectionStatus::Active.as_str() {
            return Err(sign_in("nobody is signed in there"));
        }
        let fresh = self.engine.fresh(row.clone(), &actor.user).await;
        let (_, stored) = fresh.map_err(|error| match error {
            Unusable::Refused(why) => sign_in(why.trim_end_matches('.')),
            Unusable::Problem(problem) => problem,
        })?;
        let token = stored["access_token"].as_str().map(str::to_owned);
        token.ok_or_else(|| sign_in("it gave no access"))
    }
}
