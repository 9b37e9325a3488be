//! Sessions of the handshake era in the database: they survive a restart and belong to whoever began them.

use crate::service::{Answer, text};
use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use http::StatusCode;
use rmcp::model::TASKS_EXTENSION_ID;
use rmcp::transport::streamable_http_server::session::{
    SessionState, SessionStore, SessionStoreError,
};
use std::sync::Arc;
use store::db::Db;
use store::memo::Memo;
use store::{ids, mcp_sessions};

/// A client that comes back later begins anew.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// Sessions that are not read again as long as nothing is written.
const KNOWN: usize = 1_000;

/// Whose a session is; empty for nobody.
pub(crate) type Owner = (WorkspaceId, UserId);

tokio::task_local! {
    /// Who sends the message that is being handled; rmcp does not say it to the store.
    pub(crate) static OWNER: Owner;
}

/// The store that rmcp asks.
#[derive(Clone)]
pub(crate) struct Sessions {
    db: Db,
    known: Memo<String, Option<Arc<Session>>>,
}

/// What is known of one session.
#[derive(Clone)]
pub(crate) struct Session {
    owner: Owner,
    /// Its client takes a handle for a call that takes long.
    pub(crate) knows_tasks: bool,
}

impl Sessions {
    pub(crate) fn new(db: Db) -> Self {
        Self { db, known: Memo::new(KNOWN) }
    }

    /// The session, which `owner` may use: it is theirs, or began before anybody was known.
    ///
    /// # Errors
    /// The refusal.
    pub(crate) async fn of(&self, id: &str, owner: &Owner) -> Result<Arc<Session>, Answer> {
        let found = self.find(id).await.map_err(|problem| {
            let status = StatusCode::from_u16(problem.status());
            text(status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE), &problem.to_string())
        })?;
        let is_theirs = |it: &Arc<Session>| it.owner == *owner || it.owner.1.as_str().is_empty();
        let ended = || text(StatusCode::NOT_FOUND, "This session has ended");
        found.filter(is_theirs).ok_or_else(ended)
    }

    async fn find(&self, id: &str) -> Result<Option<Arc<Session>>, Problem> {
        let read = || async {
            let found = mcp_sessions::find(&mut self.db.read().await?, id).await?;
            Ok(found.map(|it| {
                let owner = (it.workspace_id.as_str().into(), it.user_id.as_str().into());
                Arc::new(Session { owner, knows_tasks: it.state.contains(TASKS_EXTENSION_ID) })
            }))
        };
        self.known.of(&self.db, id.to_owned(), read).await
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
