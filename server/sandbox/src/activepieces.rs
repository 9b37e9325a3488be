//! An Activepieces-shaped server of our own, for tests: the flow engine of another maker as it was recorded.
//!
//! It is meant to be wrong in the same ways: an edit below a step that does not exist is answered with 200 and changes
//! nothing, inputs nobody knows are dropped, publishing does not look whether the flow is complete, switching happens
//! some time after the answer, and a key may do less than a person. Everything is kept in memory.

mod answers;
mod copying;
mod doors;
mod edits;
mod flows;
mod operations;
mod pieces;
mod runs;
mod state;
mod things;
mod tree;
mod walking;
mod words;

use state::State;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// How to serve.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Who may sign in, each with a project of their own: e-mail and password.
    pub people: Vec<(String, String)>,
    /// A key that may do what a program may.
    pub api_key: String,
    /// How many looks at a flow it takes until switching, publishing and deleting are done.
    pub looks_until_switched: u32,
}

impl Default for Config {
    /// On a free loopback port, with one person.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            people: vec![("owner@example.com".to_owned(), "correct horse".to_owned())],
            api_key: "ap_key_of_the_tests".to_owned(),
            looks_until_switched: 2,
        }
    }
}

/// What the next request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is answered with this status and changes nothing.
    Status(u16),
    /// An edit is answered with 200 and changes nothing.
    Ignored,
    /// An edit is refused because somebody else is editing.
    InUse,
}

/// A server that answers until this is dropped.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its control beside HTTP.
    pub engine: StandIn,
    task: AbortHandle,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The control of a running server. Cheap to clone.
#[derive(Clone)]
pub struct StandIn(Arc<Inner>);

struct Inner {
    config: Config,
    address: SocketAddr,
    state: Mutex<State>,
    faults: Mutex<VecDeque<Fault>>,
    log: Mutex<Vec<String>>,
}

/// Starts answering.
///
/// # Errors
/// When the address cannot be bound.
pub async fn serve(config: Config) -> io::Result<Running> {
    let listener = TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    let state = Mutex::new(State::new(&config));
    let inner = Inner { config, address, state, faults: Mutex::default(), log: Mutex::default() };
    let engine = StandIn(Arc::new(inner));
    let router = doors::router(engine.clone());
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the stand-in of the flow engine stopped");
        }
    });
    Ok(Running { address, engine, task: task.abort_handle() })
}

impl StandIn {
    /// Where the server is: `http://127.0.0.1:1234`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// The project of the person with that place in [`Config::people`]; empty when there is none.
    pub fn project(&self, person: usize) -> String {
        let state = self.state();
        state.people.get(person).map(|it| it.project.clone()).unwrap_or_default()
    }

    /// Makes every sign-in so far worthless, as time does.
    pub fn expire_sign_ins(&self) {
        self.state().tokens.values_mut().for_each(|it| it.is_expired = true);
    }

    /// Gives the person with that place another password and ends their sign-ins.
    pub fn set_password(&self, person: usize, password: &str) {
        let mut state = self.state();
        if let Some(person) = state.people.get_mut(person) {
            password.clone_into(&mut person.password);
        }
        state.tokens.retain(|_, it| it.person != person);
    }

    /// What the next requests meet, in this order; those to sign in and the public ones are left alone.
    pub fn meet(&self, faults: impl IntoIterator<Item = Fault>) {
        self.0.faults.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
    }

    /// Requests so far, as `GET /v1/flows/abc`.
    pub fn requests(&self) -> Vec<String> {
        self.0.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, request: String) {
        self.0.log.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    }

    /// The fault that the next request of this kind meets.
    fn fault(&self, is_edit: bool) -> Option<Fault> {
        let mut faults = self.0.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let first = *faults.front()?;
        let is_due = is_edit || matches!(first, Fault::Status(_));
        if is_due { faults.pop_front() } else { None }
    }
}
