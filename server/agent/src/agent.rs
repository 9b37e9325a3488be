//! The handle.

use crate::config::Config;
use crate::llm::Provider;
use crate::models::Models;
use domain::actor::{Actor, Role, Via};
use domain::ids::{ChatRunId, UserId, WorkspaceId};
use domain::problem::Problem;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::chat::Owner;
use store::chat::journal::Place;
use store::chat::runs::StoredRun;
use store::db::Db;
use store::secrets::SecretKey;
use store::{ids, users, workspaces};
use tokio_util::sync::CancellationToken;
use tools::tools::Tools;

/// The assistant. Cheap to clone.
#[derive(Clone)]
pub struct Agent(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) tools: Tools,
    pub(crate) models: Models,
    /// This process, among those that share the database.
    pub(crate) node: String,
    pub(crate) config: Config,
    /// Runs under way in this process, with what stops them.
    running: Mutex<HashMap<ChatRunId, CancellationToken>>,
}

impl Agent {
    /// The assistant with the models whose keys people stored; the built-in one needs none. `key` opens stored keys.
    pub fn new(db: Db, tools: Tools, key: SecretKey, config: Config) -> Self {
        Self::with(db, tools, config, Models::new(key, None))
    }

    /// The assistant with one model that answers everybody.
    pub fn with_provider(
        db: Db,
        tools: Tools,
        config: Config,
        provider: Arc<dyn Provider>,
    ) -> Self {
        let key = SecretKey::from_text(&ids::fresh());
        Self::with(db, tools, config, Models::new(key, Some(provider)))
    }

    fn with(db: Db, tools: Tools, config: Config, models: Models) -> Self {
        let (running, node) = (Mutex::default(), ids::fresh());
        Self(Arc::new(Inner { db, tools, models, node, config, running }))
    }

    /// The tools it acts through.
    pub fn tools(&self) -> &Tools {
        &self.0.tools
    }

    /// Marks a run as under way here; gives what stops it, or none when it is under way already.
    pub(crate) fn enter(&self, run: &ChatRunId) -> Option<CancellationToken> {
        let mut running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.contains_key(run) {
            return None;
        }
        let stop = CancellationToken::new();
        running.insert(run.clone(), stop.clone());
        Some(stop)
    }

    /// Whether a run is under way here.
    pub(crate) fn is_running(&self, run: &ChatRunId) -> bool {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner).contains_key(run)
    }

    pub(crate) fn leave(&self, run: &ChatRunId) {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner).remove(run);
    }

    /// Stops a run that is under way here.
    pub(crate) fn stop(&self, run: &ChatRunId) {
        if let Some(stop) = self.0.running.lock().unwrap_or_else(PoisonError::into_inner).get(run) {
            stop.cancel();
        }
    }

    /// A person as they are now; none when they left the workspace. This decides nothing: whoever asks must have a reason
    /// to act for them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn person(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        request_id: &str,
    ) -> Result<Option<Actor>, Problem> {
        let mut conn = self.0.db.read().await?;
        let Some(person) = users::find(&mut conn, user).await? else { return Ok(None) };
        let memberships = workspaces::of_user(&mut conn, user).await?;
        let here = memberships
            .into_iter()
            .find(|it| it.workspace_id == workspace.as_str() && it.status == "active");
        let role = match here {
            _ if person.is_super_admin != 0 => Some(Role::SuperAdmin),
            Some(it) => Role::parse(&it.role),
            None => None,
        };
        Ok(role.map(|role| Actor {
            user: user.clone(),
            name: person.name,
            workspace: workspace.clone(),
            role,
            via: Via::Chat,
            request_id: request_id.to_owned(),
            ip: None,
        }))
    }
}

/// Whose conversations an actor may see: their own.
pub(crate) fn owner(actor: &Actor) -> Owner {
    Owner { workspace: actor.workspace.clone(), user: actor.user.clone() }
}

/// Where the events of a run belong.
pub(crate) fn place(run: &StoredRun) -> Place {
    Place {
        workspace: run.workspace.clone(),
        session: run.run.session_id.clone(),
        run: run.run.id.clone(),
    }
}
