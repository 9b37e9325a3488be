//! The running system: what pages, REST and hooks call, in one cheap handle. It lives below `app`, so that server
//! functions can name it.

pub mod about;
mod agents;
mod alert_sending;
mod alert_ways;
pub mod alerting;
mod approvals;
mod around;
mod beat;
mod budgets;
pub mod care;
pub mod chat_clients;
mod checking;
pub mod config;
pub mod connect;
pub mod connectors;
mod daily;
mod health;
mod home;
mod isolation;
pub mod logs;
pub mod meter;
mod node;
mod policies;
pub mod presence;
mod records;
mod reports;
mod search;
mod server_settings;
pub mod setup;
pub mod shell;
mod telemetry;
mod telling;
mod todos;
pub mod uploads;
pub mod visitors;

pub use agent::markdown;
pub use alert_sending::AlertSending;
pub use flow::apps;

use crate::chat_clients::ChatClients;
use crate::config::{Config, Database};
use crate::meter::Meter;
use crate::node::Node;
use crate::presence::Presence;
use crate::setup::SetupGuide;
use agent::agent::Agent;
use auth::auth::Auth;
use basecamp::Basecamp;
use basecamp::sync::Sync;
use code::runner::Runner;
use domain::actor::Actor;
use domain::problem::Problem;
use flow::apps::Apps;
use flow::config::GivenEngine;
use flow::connections::Connections;
use flow::flows::Flows;
use flow::runs::Runs;
use flow::worker::Worker;
use insight::Insight;
use peers::peers::{Patience, Peers};
use sandbox::Running;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::db::Db;
use store::secrets::SecretKey;
use tokio_util::sync::CancellationToken;
use tools::style::ListStyle;
use tools::tools::Tools;

/// How long steps under way may take to finish when the process is asked to end.
const STEPS_FINISH: Duration = Duration::from_secs(8);

/// Why PM OS did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder or the key file.
    #[error("the data folder {folder} cannot be used")]
    Data {
        /// Where.
        folder: String,
        /// Why.
        source: std::io::Error,
    },
    /// The database.
    #[error("the database cannot be opened")]
    Database(#[source] store::error::StoreError),
    /// The sample Basecamp.
    #[error("the sample Basecamp cannot be served on this machine")]
    Sample(#[source] std::io::Error),
    /// Conversations that a stop interrupted.
    #[error("the assistant cannot take up its runs: {0}")]
    Assistant(Problem),
    /// The limits that super admins set.
    #[error("the limits cannot be read: {0}")]
    Limits(Problem),
    /// The client for outgoing requests.
    #[error("the client for outgoing requests cannot be made")]
    Outgoing(#[source] basecamp::NoTransport),
}

/// The running system. Cheap to clone: every request, page and task is handed one pointer.
#[derive(Clone)]
pub struct Backend(Arc<Parts>);

/// What the running system is made of.
pub struct Parts {
    /// What is kept.
    pub db: Db,
    /// People, workspaces and who may do what.
    pub auth: Auth,
    /// Chat clients that sign people in.
    pub chat_clients: ChatClients,
    /// Projects, people and to-dos.
    pub basecamp: Basecamp,
    /// What is overdue, due, whose and how much.
    pub insight: Insight,
    /// How far each workspace is.
    pub setup: SetupGuide,
    /// Drafts, versions, publishing.
    pub flows: Flows,
    /// Who is in which flow right now.
    pub presence: Presence,
    /// What flows are allowed to use of other apps.
    pub connections: Connections,
    /// What runs and ran.
    pub runs: Runs,
    /// Other MCP servers, whose tools may be used.
    pub peers: Peers,
    /// Published forms that run flows.
    pub apps: Apps,
    /// What the assistant and chat clients can do.
    pub tools: Tools,
    /// Conversations, approvals, what was done.
    pub agent: Agent,
    /// Ends what would otherwise go on for ever, such as event streams, when the server stops.
    pub closing: CancellationToken,
    /// The settings it was started with.
    pub config: Config,
    /// Counts answered requests.
    pub meter: Meter,
    /// When this process started, epoch milliseconds.
    pub started_at_ms: i64,
    /// The sample Basecamp, which stops with the last handle.
    _sample: Running,
    /// Takes up unfinished runs; stops with the last handle.
    worker: Worker,
    /// Keeps the mirror of Basecamp filled and fresh; stops with the last handle.
    _sync: Sync,
    /// Keeps the name of this node for as long as it runs.
    _node: Node,
}

impl Deref for Backend {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Backend {
    /// Opens the database, brings its schema up to date and starts the background work.
    ///
    /// # Errors
    /// When the data folder or the database cannot be used.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        for name in &config.unread {
            tracing::warn!(
                "{name} is set but not used: give keys of models under Settings, Assistant"
            );
        }
        let backend = Self::open(config).await?;
        backend.care().start(backend.closing.clone());
        backend.alert_sending().start(backend.closing.clone());
        Ok(backend)
    }

    async fn open(config: Config) -> Result<Self, StartError> {
        let data = |source| StartError::Data { folder: config.data.display().to_string(), source };
        std::fs::create_dir_all(&config.data).map_err(data)?;
        let db = database(&config.database).await?;
        let key = match &config.secret_key {
            Some(text) => SecretKey::from_text(text.expose()),
            None => SecretKey::from_file(&config.data.join("secret.key")).map_err(data)?,
        };
        let auth = Auth::new(db.clone(), accounts(&config));
        let sample = serve_sample(&config.data.join("sample")).await?;
        let reach = config.basecamp.clone().reached_at(&address_of(&config));
        let reach = reach.with_sample(sample.address, &sample.control_key);
        let basecamp =
            Basecamp::new(db.clone(), key.clone(), reach).map_err(StartError::Outgoing)?;
        let node = Node::of(&config.data).map_err(data)?;
        let engine = flow::config::Config {
            node: node.name.clone(),
            code: code_steps(),
            engine: given_engine(&config),
            ..flow::config::Config::new(address_of(&config), key.clone())
        };
        let runs = Runs::new(db.clone(), basecamp.clone(), engine);
        let flows = Flows::new(&runs);
        let peers = other_servers(&config, (&flows, db.clone(), key.clone()));
        let style = ListStyle { base_url: address_of(&config), ..config.lists.clone() };
        let tools = Tools::new(db.clone(), basecamp.clone(), flows.clone(), runs.clone())
            .listing(style)
            .reaching(peers.clone());
        let closing = CancellationToken::new();
        let limits = agent::config::Config { closing: closing.clone(), ..config.assistant.clone() };
        let agent = Agent::new(db.clone(), tools.clone(), key, limits);
        runs.think_with(agent.thinker());
        tools.seal_what_waits().await.map_err(StartError::Assistant)?;
        agent.start().await.map_err(StartError::Assistant)?;
        daily::start(tools.clone(), closing.clone());
        let meter = Meter::new(db.clone());
        meter.start(closing.clone());
        telling::start(tools.clone(), closing.clone());
        alerting::start(db.clone(), meter.clone(), closing.clone());
        server_settings::follow(&db, &auth, &runs, closing.clone())
            .await
            .map_err(StartError::Limits)?;
        let setup = SetupGuide::new(db.clone(), basecamp.clone(), flows.clone(), agent.clone());
        Ok(Self(Arc::new(Parts {
            connections: flows.connections(),
            apps: Apps::new(&runs),
            presence: Presence::new(flows.clone(), db.clone(), closing.clone()),
            flows,
            peers,
            tools,
            worker: runs.work(),
            _sync: basecamp.sync(closing.clone().cancelled_owned()),
            _node: node,
            runs,
            insight: Insight::new(basecamp.clone()),
            setup,
            chat_clients: ChatClients::new(db.clone(), auth.clone(), address_of(&config)),
            agent,
            db,
            auth,
            basecamp,
            closing,
            config,
            meter,
            started_at_ms: store::ids::now_ms(),
            _sample: sample,
        })))
    }

    /// Ends what is under way before the process does: nothing more is taken up, steps get a moment to finish, and
    /// everything acknowledged is on the disk.
    pub async fn stop(&self) {
        self.closing.cancel();
        self.worker.stop().await;
        self.runs.drain(STEPS_FINISH).await;
        self.peers.end_programs();
        if let Err(problem) = self.meter.store().await {
            tracing::warn!(%problem, "the last requests were not counted");
        }
        self.db.close().await;
    }

    /// Where people reach this server, without a slash at its end: what links in answers begin with.
    pub fn base_url(&self) -> String {
        address_of(&self.config)
    }

    /// How much the actor's workspace holds.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn held(&self, actor: &Actor) -> Result<Held, Problem> {
        let operations = self.agent.operation_count(actor).await?;
        let mut conn = self.db.read().await?;
        let known = store::insights::counts(&mut conn, &actor.workspace).await?;
        let whose = (&actor.workspace, &actor.user);
        let memories = store::memories::count(&mut conn, whose).await?;
        Ok(Held { known, memories, operations })
    }

    /// The number of the newest event of the actor's workspace; 0 when nothing has happened in it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn last_event(&self, actor: &Actor) -> Result<i64, Problem> {
        let mut conn = self.db.read().await?;
        Ok(store::events::latest(&mut conn, &actor.workspace).await?)
    }
}

/// How much a workspace holds, as one of its people sees it.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// What is known about its work.
    pub known: store::insights::Counts,
    /// Notes of the assistant.
    pub memories: i64,
    /// Writes.
    pub operations: i64,
}

/// The server that runs flows, where the environment names one.
fn given_engine(config: &Config) -> Option<GivenEngine> {
    config.flow_engine.as_ref().map(|it| GivenEngine {
        url: it.url.clone(),
        api_key: it.api_key.expose().to_owned(),
        project_id: it.project_id.clone(),
    })
}

/// Other MCP servers; programs of this machine among them, where they are allowed.
fn other_servers(config: &Config, (flows, db, key): (&Flows, Db, SecretKey)) -> Peers {
    let peers = Peers::new(db, key, Patience::default())
        .signing_in(flows.connections(), address_of(config));
    match &config.tool_programs {
        Some(path) => peers.running_programs(path),
        None => peers,
    }
}

/// What runs code steps: this program once more, as their worker.
fn code_steps() -> Option<Runner> {
    let runner = Runner::of_this_program();
    runner.inspect_err(|error| tracing::warn!(%error, "code steps cannot be run here")).ok()
}

async fn database(chosen: &Database) -> Result<Db, StartError> {
    let opened = match chosen {
        Database::Sqlite(path) => Db::open_sqlite(path).await,
        Database::Postgres(url) => Db::open_postgres(url.expose()).await,
    };
    opened.map_err(StartError::Database)
}

/// Serves the sample Basecamp on a free port of this machine; its worlds are kept in `folder`.
async fn serve_sample(folder: &Path) -> Result<Running, StartError> {
    let data_dir = Some(folder.to_owned());
    sandbox::serve(sandbox::Config { data_dir, ..sandbox::Config::default() })
        .await
        .map_err(StartError::Sample)
}

/// Where people reach this server, for links that leave it.
fn address_of(config: &Config) -> String {
    config.base_url.clone().unwrap_or_else(|| format!("http://{}", config.listen))
}

fn accounts(config: &Config) -> auth::config::Config {
    auth::config::Config {
        is_signup_closed: config.is_signup_closed,
        allowed_origins: config.cors_allowed_origins.clone(),
        base_url: address_of(config),
        ..auth::config::Config::default()
    }
}
