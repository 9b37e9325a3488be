//! Basecamp as PM OS uses it: connections, reads and writes, all through the official SDK.
//!
//! Every read goes to Basecamp itself. A mirror that answers from our own database comes later and will stand behind
//! the same operations; nothing here caches.

pub mod address;
pub mod circuit;
pub mod config;
pub mod names;

mod comments;
mod connections;
mod convert;
mod failure;
mod people;
mod plain;
mod projects;
mod sample;
mod session;
mod todos;
mod transport;
mod writes;

use crate::circuit::{Circuits, Worst};
use crate::config::Config;
use crate::transport::Transport;
use std::sync::Arc;
use std::time::Instant;
use store::db::Db;
use store::secrets::SecretKey;

/// Basecamp, for every workspace that is connected to it. Cheap to clone.
#[derive(Clone)]
pub struct Basecamp(Arc<Inner>);

struct Inner {
    db: Db,
    key: SecretKey,
    config: Config,
    transport: Transport,
    circuits: Circuits,
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
        let mut known = vec![config.base_url.clone()];
        known.extend(config.sample.iter().map(|it| it.base_url.clone()));
        let transport = Transport::new(&known).map_err(NoTransport)?;
        let circuits = Circuits::default();
        Ok(Self(Arc::new(Inner { db, key, config, transport, circuits })))
    }
    /// How the worst of all connections is doing, without saying whose it is.
    pub fn circuit(&self) -> Worst {
        self.0.circuits.worst(Instant::now())
    }
}
