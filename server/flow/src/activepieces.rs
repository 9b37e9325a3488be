//! The Activepieces engine: flows that run on the server of another maker, behind the same operations as ours.
//!
//! Every workspace that is connected has one project there, which belongs to no other workspace. What the server says
//! is not believed: after each change the flow is read again, and a change that is not there is an error.

pub(crate) mod access;
pub(crate) mod client;
mod connections;
pub(crate) mod convert;
mod copying;
mod difference;
pub(crate) mod editing;
pub mod facade;
mod flows;
mod folders;
pub(crate) mod given;
mod pieces;
mod probe;
mod runs;
mod trying;

use crate::activepieces::client::{Ask, Client, Failure};
use crate::activepieces::given::Given;
use crate::engine::Engine;
use domain::actor::Actor;
use domain::flow::engine::{EngineSignIn, FlowEngine};
use domain::problem::Problem;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::db::Conn;
use store::events;
use store::flow_engines::{self, EngineRow};

/// Its name in messages.
pub(crate) const NAME: &str = "Activepieces";
/// Where it is set up.
pub(crate) const SETTINGS: &str = "/settings/engine";

/// What that server cannot do, and what to do instead.
pub(crate) fn only_there(what: &str, hint: &str) -> Problem {
    Problem::Unsupported { message: format!("{NAME} {what}"), hint: hint.to_owned() }
}

/// The clients in use, by workspace, so that a sign-in is used until it ends.
#[derive(Default)]
pub(crate) struct Clients(Mutex<HashMap<String, Arc<Client>>>);

/// The engine of one workspace, for one call.
#[derive(Clone)]
pub(crate) struct Remote {
    engine: Arc<Engine>,
    client: Arc<Client>,
}

/// Where flows of a workspace are.
pub(crate) struct Place {
    /// Where new ones are made.
    pub(crate) chosen: FlowEngine,
    /// The server, when the workspace is connected to one.
    pub(crate) remote: Option<Remote>,
}

impl Clients {
    fn of(&self, engine: &Engine, row: &EngineRow) -> Result<Arc<Client>, Problem> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(&row.workspace_id).filter(|it| it.updated_at == row.updated_at);
        if let Some(found) = found {
            return Ok(Arc::clone(found));
        }
        let client = Arc::new(Client::of(engine, row)?);
        known.insert(row.workspace_id.clone(), Arc::clone(&client));
        Ok(client)
    }
}

/// What a workspace is connected to.
pub(crate) async fn row(conn: &mut Conn, actor: &Actor) -> Result<Option<EngineRow>, Problem> {
    Ok(flow_engines::find(conn, &actor.workspace).await?)
}

/// Where the flows of the actor's workspace are.
pub(crate) async fn place(engine: &Arc<Engine>, actor: &Actor) -> Result<Place, Problem> {
    let mut conn = engine.db.read().await?;
    let row = row(&mut conn, actor).await?;
    drop(conn);
    let row = match row {
        Some(row) => row,
        None => match given::connect(engine, actor).await? {
            Given::Connected(row) => *row,
            Given::Nothing => return Ok(Place { chosen: FlowEngine::Builtin, remote: None }),
            Given::Failed(checked) => return Err(given::refusal(&checked)),
        },
    };
    let client = engine.clients.of(engine, &row)?;
    let remote = Remote { engine: Arc::clone(engine), client };
    Ok(Place { chosen: FlowEngine::parse(&row.engine), remote: Some(remote) })
}

/// The engine that a flow, run or connection with this id belongs to; none for ours.
///
/// # Errors
/// [`Problem::NotFound`] naming `what` for an id of theirs in a workspace that is not connected.
pub(crate) async fn remote(
    engine: &Arc<Engine>,
    actor: &Actor,
    (what, id): (&str, &str),
) -> Result<Option<Remote>, Problem> {
    if FlowEngine::of_id(id) == FlowEngine::Builtin {
        return Ok(None);
    }
    match place(engine, actor).await?.remote {
        Some(remote) => Ok(Some(remote)),
        None => Err(Problem::not_found(what)),
    }
}

impl Remote {
    /// Sends a request and gives the body of its answer; `what` is looked for, in messages.
    pub(crate) async fn call(&self, what: &str, ask: Ask) -> Result<Value, Problem> {
        let answer = self.client.call(&self.engine, ask).await;
        answer.map(|it| it.body).map_err(|it| it.problem(what))
    }

    /// The same, with the failure as it came.
    pub(crate) async fn attempt(&self, ask: Ask) -> Result<Value, Failure> {
        self.client.call(&self.engine, ask).await.map(|it| it.body)
    }

    pub(crate) fn project(&self) -> &str {
        &self.client.project
    }

    pub(crate) fn sign_in(&self) -> EngineSignIn {
        self.client.sign_in
    }

    /// Writes down what was done there.
    pub(crate) async fn record(
        &self,
        actor: &Actor,
        event: domain::event::Event,
    ) -> Result<(), Problem> {
        let by = actor.clone();
        let write = self.engine.db.write(move |conn| {
            Box::pin(async move {
                events::record(conn, &by, &event).await?;
                Ok::<_, Problem>(())
            })
        });
        write.await
    }
}
