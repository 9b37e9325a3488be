//! Trying a connection out: one request that only somebody signed in gets a good answer to.

use crate::connections::renewing::Unusable;
use crate::connections::{Connections, value};
use crate::outgoing::send::{Request, SendError, TOTAL};
use crate::pieces::http::signed;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind, Outcome};
use domain::flow::connection::{ConnectionStatus, ConnectionTest};
use domain::ids::ConnectionId;
use domain::problem::Problem;
use http::{HeaderMap, Method};
use serde_json::Value;
use store::flow_connections::{self, ConnectionRow};
use store::{events, ids};

/// The open fact that holds the address to try.
const TEST_URL: &str = "testUrl";

impl Connections {
    /// Uses a connection once: its access is renewed where it ends, and its `testUrl`, where it has one, is asked. What
    /// was found is noted at the connection.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn test(&self, actor: &Actor, id: &ConnectionId) -> Result<ConnectionTest, Problem> {
        actor.require(Permission::Write)?;
        if self.remote(actor, id).await?.is_some() {
            return Err(Problem::Unsupported {
                message: "Activepieces does not test connections; a run shows whether one works"
                    .to_owned(),
                hint: "Start a flow that uses it".to_owned(),
            });
        }
        let before = self.row(actor, id).await?;
        let (mut row, found) = match self.engine.fresh(before, &actor.user).await {
            Ok((row, stored)) => {
                let found = self.called(&row, &stored).await;
                (row, found)
            }
            Err(Unusable::Refused(message)) => {
                let found = ConnectionTest { passed: false, called: true, message };
                (self.row(actor, id).await?, found)
            }
            Err(Unusable::Problem(problem)) => return Err(problem),
        };
        let is_missing = row.status == ConnectionStatus::Missing.as_str();
        if !is_missing {
            let status =
                if found.passed { ConnectionStatus::Active } else { ConnectionStatus::Error };
            status.as_str().clone_into(&mut row.status);
            row.problem = (!found.passed).then(|| found.message.clone());
        }
        let outcome = if found.passed { Outcome::Success } else { Outcome::Failed };
        let event =
            Event::new(EventKind::ConnectorTested, &row.id, row.name.as_str()).ended(outcome);
        self.note_test(actor, row, event).await?;
        Ok(found)
    }

    /// Only what was found: a run may have renewed the access meanwhile.
    async fn note_test(
        &self,
        actor: &Actor,
        row: ConnectionRow,
        event: Event,
    ) -> Result<(), Problem> {
        let (by, id) = (actor.clone(), ConnectionId::from(row.id.as_str()));
        let write = self.engine.db.write(move |conn| {
            Box::pin(async move {
                let found = (row.status.as_str(), row.problem.as_deref(), ids::now_ms());
                if !flow_connections::tested(conn, &by.workspace, &id, found).await? {
                    return Err(Problem::not_found("Connection"));
                }
                events::record(conn, &by, &event).await?;
                Ok(())
            })
        });
        write.await
    }

    async fn called(&self, row: &ConnectionRow, stored: &Value) -> ConnectionTest {
        let meta: Value = serde_json::from_str(&row.meta).unwrap_or_default();
        let Some(address) = meta[TEST_URL].as_str().filter(|it| !it.trim().is_empty()) else {
            let message = "The secret is stored and can be read. Give the connection a test address to try it at the app";
            return ConnectionTest { passed: true, called: false, message: message.to_owned() };
        };
        let mut headers = HeaderMap::new();
        if let Err(failed) = signed(&mut headers, &value::visible(stored)) {
            return ConnectionTest { passed: false, called: false, message: failed.message };
        }
        let request = Request {
            address: address.to_owned(),
            query: Vec::new(),
            method: Method::GET,
            headers,
            body: None,
            within: TOTAL,
            follow_redirects: false,
        };
        let (passed, message) = match self.engine.send(request).await {
            Ok(reply) if reply.status.is_success() => (true, "The app took it".to_owned()),
            Ok(reply) if matches!(reply.status.as_u16(), 401 | 403) => {
                let code = reply.status.as_u16();
                (
                    false,
                    format!("The app refused it ({code}). Replace the secret, or sign in again"),
                )
            }
            Ok(reply) => {
                let code = reply.status.as_u16();
                (false, format!("The test address answered {code}. Check the address"))
            }
            Err(SendError::Refused(why) | SendError::Broken(why)) => (false, why),
        };
        ConnectionTest { passed, called: true, message }
    }
}
