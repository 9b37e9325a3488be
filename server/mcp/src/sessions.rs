//! Sessions of the handshake era in the database: they survive a restart and belong to whoever began them.

use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use rmcp::transport::streamable_http_server::session::{
    SessionState, SessionStore, SessionStoreError,
};
use store::db::Db;
use store::{ids, mcp_sessions};

/// A client that comes back later begins anew.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

tokio::task_local! {
    /// Who sends the message that is being handled; rmcp does not say it to the store.
    pub(crate) static OWNER: (WorkspaceId, UserId);
}

/// The store that rmcp asks.
#[derive(Clone)]
pub(crate) struct Sessions {
    pub(crate) db: Db,
}

impl Sessions {
    /// Whether `owner` may use the session: it is theirs, or began before anybody was known.
    pub(crate) async fn is_of(
        &self,
        id: &str,
        (workspace, user): &(WorkspaceId, UserId),
    ) -> Result<bool, Problem> {
        let found = mcp_sessions::find(&mut self.db.read().await?, id).await?;
        Ok(found.is_some_and(|it| {
            let is_theirs = it.user_id == user.as_str() && it.workspace_id == workspace.as_str();
            is_theirs || it.user_id.is_empty()
        }))
    }
}

#[async_trait::async_trait]
impl SessionStore for Sessions {
    async fn load(&self, session_id: &str) -> Result<Option<SessionState>, SessionStoreError> {
        let found = mcp_sessions::find(&mut self.db.read().await?, session_id).await?;
        Ok(found.map(|it| serde_json::from_str(&it.state)).transpose()?)
    }

    async fn store(&self, session_id: &str, state: &SessionState) -> Result<(), SessionStoreError> {
        let (workspace, user) = OWNER.try_with(Clone::clone).unwrap_or_default();
        let (id, state) = (session_id.to_owned(), serde_json::to_string(state)?);
        let now_ms = ids::now_ms();
        let kept = self.db.write(move |tx| {
            Box::pin(async move {
                let times = (now_ms, now_ms - KEPT_MS);
                mcp_sessions::insert(tx, &id, (&workspace, &user), &state, times).await
            })
        });
        kept.await.map_err(Into::into)
    }

    async fn delete(&self, session_id: &str) -> Result<(), SessionStoreError> {
        let id = session_id.to_owned();
        let deleted =
            self.db.write(move |tx| Box::pin(async move { mcp_sessions::delete(tx, &id).await }));
        deleted.await.map_err(Into::into)
    }
}
