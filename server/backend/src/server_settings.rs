//! The settings of the installation, where more than one part of the server must hear of a change.

use crate::{Backend, about};
use auth::auth::Auth;
use domain::actor::Actor;
use domain::event::Topic;
use domain::platform::{Limit, PlatformChange, PlatformSettings, ServerSettings};
use domain::problem::Problem;
use flow::runs::Runs;
use store::db::Db;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

impl Backend {
    /// The settings of the installation.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] unless a super admin asks.
    pub async fn server_settings(&self, actor: &Actor) -> Result<ServerSettings, Problem> {
        let settings = self.auth.platform_settings(actor).await?;
        self.with_runtime(settings).await
    }

    /// Changes settings of the installation; they count at once.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::Invalid`] with every reason.
    pub async fn change_server_settings(
        &self,
        actor: &Actor,
        change: PlatformChange,
    ) -> Result<ServerSettings, Problem> {
        let settings = self.auth.change_platform_settings(actor, change).await?;
        self.runs.allow_starts(self.auth.limits().get(Limit::FlowStarts));
        self.with_runtime(settings).await
    }

    async fn with_runtime(&self, settings: PlatformSettings) -> Result<ServerSettings, Problem> {
        let (runtime, is_chosen) = self.agent.runtime().await?;
        Ok(ServerSettings {
            settings,
            agent_runtime: runtime.as_str().to_owned(),
            agent_runtime_source: if is_chosen { "setting" } else { "server" }.to_owned(),
            build: about::BUILD.to_owned(),
        })
    }
}

/// Lets the limits hold that are set, now and whenever a node changes them, until `closing`.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn follow(
    db: &Db,
    auth: &Auth,
    runs: &Runs,
    closing: CancellationToken,
) -> Result<(), Problem> {
    let mut changes = db.changes();
    apply(auth, runs).await?;
    let (auth, runs) = (auth.clone(), runs.clone());
    tokio::spawn(async move {
        loop {
            let change = tokio::select! {
                () = closing.cancelled() => return,
                change = changes.recv() => change,
            };
            let is_ours = match change {
                Ok(change) => change.topic == Topic::Setup && change.target == "platform",
                Err(RecvError::Lagged(_)) => true,
                Err(RecvError::Closed) => return,
            };
            if is_ours && let Err(problem) = apply(&auth, &runs).await {
                tracing::error!(%problem, "the limits could not be read anew");
            }
        }
    });
    Ok(())
}

async fn apply(auth: &Auth, runs: &Runs) -> Result<(), Problem> {
    auth.load_limits().await?;
    runs.allow_starts(auth.limits().get(Limit::FlowStarts));
    Ok(())
}
