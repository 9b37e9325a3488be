//! Basecamp as PM OS uses it: connections, reads and writes, all through the official SDK.
//!
//! Reads of projects, people and to-dos are answered from the mirror once it is filled, else by Basecamp itself, with
//! the same operations. Reads of one thing ask Basecamp first. Writes always go to Basecamp; their answers are in the
//! mirror before they are given back.

pub mod address;
pub mod asked;
pub mod called;
pub mod chatbots;
pub mod circuit;
pub mod classes;
pub mod config;
pub mod facts;
pub mod names;
pub mod records;
pub mod said;
pub mod stories;
pub mod tallies;

pub mod accesses;
mod app;
mod checks;
mod comments;
mod connections;
mod convert;
mod endings;
mod failure;
mod feed;
pub mod files;
mod glances;
pub mod hooks;
mod hours;
mod launchpad;
mod mirror;
mod mirrored;
pub mod oauth;
pub mod outbox;
mod pages;
mod people;
mod places;
mod plain;
mod projects;
mod reading_back;
mod renewing;
mod rows;
mod sample;
mod scheduler;
mod scopes;
mod session;
mod step_writes;
pub mod sync;
mod todos;
mod tokens;
mod transport;
mod walk;
mod witness;
pub mod writes;
mod writing_through;

pub use failure::answered;

use crate::circuit::{Circuits, Limits, Worst};
use crate::config::Config;
use crate::mirrored::Looked;
use crate::outbox::Author;
use crate::reading_back::Made;
use crate::renewing::Turns;
use crate::scheduler::Scheduler;
use crate::transport::Transport;
use domain::ids::{ConnectionId, UserId, WorkspaceId};
use domain::project::Project;
use std::sync::Arc;
use std::time::Instant;
use store::db::Db;
use store::ids;
use store::memo::Memo;
use store::secrets::SecretKey;
use tokio::sync::Notify;
use url::Url;

/// People whose connections are not read again as long as nothing is written, and whose lists of projects.
const LOOKED_KEPT: usize = 1_000;
const LISTED_KEPT: usize = 32;

/// Basecamp, for every workspace that is connected to it. Cheap to clone. Beside it: who its writes are stored for, and
/// the one connection it works with, where it is not the actor's usual one.
#[derive(Clone)]
pub struct Basecamp(Arc<Inner>, Option<Arc<Author>>, Option<ConnectionId>);

/// Whose connection something is known of: a person's usual one, or the one they chose.
type Whose = (WorkspaceId, UserId, Option<ConnectionId>);

struct Inner {
    db: Db,
    key: SecretKey,
    config: Config,
    transport: Transport,
    circuits: Circuits,
    /// Who renews access.
    turns: Turns,
    /// Wakes the sync.
    wake: Notify,
    /// This run of this process.
    owner: String,
    /// Records made lately, so that none is taken for another's.
    made: Made,
    /// What each person works with, and how far its mirror is.
    looked: Memo<Whose, Option<Arc<Looked>>>,
    /// Active projects of each person, of the mirror; none where it does not answer.
    listed: Memo<Whose, Option<Arc<[Project]>>>,
}

/// The HTTP client cannot be made, for example without a trust store.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for Basecamp cannot be made")]
pub struct NoTransport(#[source] reqwest::Error);

impl Basecamp {
    /// Basecamp at the address of `config`, and its sample if there is one; `key` opens the stored tokens.
    ///
    /// # Errors
    /// [`NoTransport`] when this machine cannot make an HTTP client.
    pub fn new(db: Db, key: SecretKey, config: Config) -> Result<Self, NoTransport> {
        let mut known = vec![config.base_url.clone(), config.launchpad_url.clone()];
        known.extend(config.sample.iter().map(|it| it.base_url.clone()));
        let origin = Url::parse(&config.base_url).map(|it| it.origin().ascii_serialization()).ok();
        let scheduler = Scheduler::new(origin.map(|it| (it, config.rate)));
        let transport = Transport::new(&known, scheduler, config.timeout).map_err(NoTransport)?;
        let transport = transport.pausing(config.paging.pause);
        let circuits = Circuits::new(config.circuit);
        let (turns, wake) = (Turns::default(), Notify::new());
        let (owner, made) = (ids::fresh(), Made::default());
        let (looked, listed) = (Memo::new(LOOKED_KEPT), Memo::new(LISTED_KEPT));
        let inner = Inner {
            db,
            key,
            config,
            transport,
            circuits,
            turns,
            wake,
            owner,
            made,
            looked,
            listed,
        };
        Ok(Self(Arc::new(inner), None, None))
    }

    /// How the worst of all connections is doing, without saying whose it is.
    pub fn circuit(&self) -> Worst {
        self.0.circuits.worst(Instant::now())
    }

    /// When a breaker opens, and for how long.
    pub fn circuit_limits(&self) -> Limits {
        self.0.config.circuit
    }
}
