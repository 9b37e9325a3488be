//! The server that the environment names (contract.md 10): the first workspace uses it while it has chosen none itself.
//!
//! It is connected when it is needed first, after the same look as by hand. A look that failed is remembered for a while,
//! so that not every page waits for a server that does not answer.

use crate::activepieces::NAME;
use crate::activepieces::access::announced;
use crate::activepieces::client::bound;
use crate::activepieces::probe::{self, Found, Wanted};
use crate::config::GivenEngine;
use crate::engine::Engine;
use domain::actor::Actor;
use domain::event::{Event, EventKind};
use domain::flow::engine::{EngineSignIn, FlowEngine};
use domain::ids::WorkspaceId;
use domain::integration::Checked;
use domain::problem::Problem;
use serde_json::json;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::flow_engines::{self, EngineRow};
use store::{ids, workspaces};

/// How long a look that failed is believed.
const BELIEVED: Duration = Duration::from_secs(30);

/// What the last look found, when it failed.
#[derive(Default)]
pub(crate) struct Looked(Mutex<Option<(Instant, Checked)>>);

/// What a workspace has of the environment.
pub(crate) enum Given {
    /// Nothing: no server is named, or it is not for this workspace.
    Nothing,
    /// It is connected now.
    Connected(Box<EngineRow>),
    /// It cannot be used.
    Failed(Checked),
}

impl Looked {
    fn recent(&self) -> Option<Checked> {
        let looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looked.as_ref().filter(|(at, _)| at.elapsed() < BELIEVED).map(|(_, found)| found.clone())
    }

    fn keep(&self, found: &Checked) {
        let mut looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *looked = Some((Instant::now(), found.clone()));
    }
}

/// Whether the environment names a server for this workspace.
pub(crate) async fn of<'e>(
    engine: &'e Engine,
    workspace: &WorkspaceId,
) -> Result<Option<&'e GivenEngine>, Problem> {
    let Some(given) = &engine.config.engine else { return Ok(None) };
    let first = workspaces::first(&mut engine.db.read().await?).await?;
    Ok(first.filter(|it| it == workspace).map(|_| given))
}

/// Connects the workspace of `actor`, which is connected to nothing, when the environment names a server for it.
pub(crate) async fn connect(engine: &Engine, actor: &Actor) -> Result<Given, Problem> {
    let Some(given) = of(engine, &actor.workspace).await? else { return Ok(Given::Nothing) };
    if let Some(failed) = engine.looked.recent() {
        return Ok(Given::Failed(failed));
    }
    let wanted = Wanted {
        url: given.url.clone(),
        sign_in: EngineSignIn::ApiKey,
        credentials: (String::new(), given.api_key.clone()),
        project: Some(given.project_id.clone()),
        is_trusted: true,
    };
    let (checked, found) = probe::look(engine, &wanted).await;
    let Some(found) = found else {
        engine.looked.keep(&checked);
        return Ok(Given::Failed(checked));
    };
    let row = row(engine, given, &actor.workspace, (found, &checked));
    keep(engine, &actor.workspace, row).await
}

fn row(
    engine: &Engine,
    given: &GivenEngine,
    workspace: &WorkspaceId,
    (found, checked): (Found, &Checked),
) -> EngineRow {
    EngineRow {
        workspace_id: workspace.to_string(),
        engine: FlowEngine::Activepieces.as_str().to_owned(),
        url: given.url.clone(),
        api: found.api,
        is_trusted: 1,
        sign_in: "api_key".to_owned(),
        email: None,
        secret: engine.config.key.seal(&given.api_key, &bound(workspace.as_str())),
        project_id: found.project,
        project_name: found.project_name,
        version: found.version,
        checked: Some(probe::stored(checked)),
        updated_at: 0,
    }
}

/// Stores the connection, unless somebody was faster; another workspace may have the project already.
async fn keep(engine: &Engine, workspace: &WorkspaceId, row: EngineRow) -> Result<Given, Problem> {
    let by = Actor::system(workspace.clone(), ids::fresh());
    let stored: Result<Option<EngineRow>, Problem> = engine
        .db
        .write(move |conn| {
            Box::pin(async move {
                if flow_engines::find(conn, &by.workspace).await?.is_none() {
                    match flow_engines::put(conn, &row).await {
                        Err(error) if error.is_constraint() => {
                            let message = "Another workspace keeps its flows in the project that the environment names";
                            return Err(Problem::conflict(message));
                        }
                        stored => stored?,
                    }
                    let event = Event::new(EventKind::ConnectionAdded, "activepieces", NAME)
                        .with(json!({ "engine": row.engine, "via": "environment" }));
                    announced(conn, &by, event).await?;
                }
                Ok(flow_engines::find(conn, &by.workspace).await?)
            })
        })
        .await;
    Ok(stored?.map_or(Given::Nothing, |it| Given::Connected(Box::new(it))))
}

/// Why the server that the environment names is not used.
pub(crate) fn refusal(checked: &Checked) -> Problem {
    let error = checked.error.clone().unwrap_or_default();
    Problem::Unavailable {
        service: NAME.to_owned(),
        message: format!("{error}. The environment names this server (ACTIVEPIECES_URL, FLOW_URL)"),
    }
}
