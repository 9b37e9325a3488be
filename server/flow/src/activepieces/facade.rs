//! What both engines are asked for that has no flow in it: pieces, choices, how the engine stands.

use crate::activepieces::{Remote, place};
use crate::flows::Flows;
use domain::actor::{Actor, Permission};
use domain::flow::engine::{EngineServer, FlowEngine};
use domain::flow::listing::{Choice, OptionsRequest};
use domain::problem::Problem;
use serde_json::Value;

/// How another engine stands.
#[derive(Clone, Debug)]
pub struct EngineState {
    /// The server.
    pub server: EngineServer,
    /// Flows there, and connections.
    pub counts: Result<(u64, usize), Problem>,
}

impl Flows {
    /// Pieces of the engine that the workspace chose; none when that is the built-in one, whose catalogue everybody has.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; what the server answers.
    pub async fn pieces_there(
        &self,
        actor: &Actor,
        search: &str,
    ) -> Result<Option<Vec<Value>>, Problem> {
        actor.require(Permission::Read)?;
        match self.chosen_remote(actor).await? {
            Some(remote) => remote.pieces(search).await.map(Some),
            None => Ok(None),
        }
    }

    /// One piece with the fields of what it can do, as [`Flows::pieces_there`].
    ///
    /// # Errors
    /// The same, and [`Problem::Invalid`] when that server does not have it.
    pub async fn piece_there(&self, actor: &Actor, name: &str) -> Result<Option<Value>, Problem> {
        actor.require(Permission::Read)?;
        match self.chosen_remote(actor).await? {
            Some(remote) => remote.piece(name).await.map(Some),
            None => Ok(None),
        }
    }

    /// Choices of a field, as [`Flows::pieces_there`].
    ///
    /// # Errors
    /// The same; [`Problem::NotFound`] for a field without choices; [`Problem::Unsupported`] for a key, which may not ask.
    pub async fn choices_there(
        &self,
        actor: &Actor,
        request: &OptionsRequest,
    ) -> Result<Option<Vec<Choice>>, Problem> {
        actor.require(Permission::Read)?;
        match self.chosen_remote(actor).await? {
            Some(remote) => remote.choices(request).await.map(Some),
            None => Ok(None),
        }
    }

    async fn chosen_remote(&self, actor: &Actor) -> Result<Option<Remote>, Problem> {
        let place = place(&self.engine, actor).await?;
        Ok(place.remote.filter(|_| place.chosen == FlowEngine::Activepieces))
    }

    /// How the server stands that the workspace is connected to; none when it is connected to none.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub async fn engine_state(&self, actor: &Actor) -> Result<Option<EngineState>, Problem> {
        let Some(server) = self.engine_settings(actor).await?.server else { return Ok(None) };
        let Some(remote) = place(&self.engine, actor).await?.remote else { return Ok(None) };
        let counts = async { Ok((remote.count().await?, remote.names().await?.len())) };
        Ok(Some(EngineState { server, counts: counts.await }))
    }
}
