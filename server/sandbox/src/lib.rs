//! A Basecamp-shaped HTTP server of our own: the sample workspace talks to it, and so do the tests.
//!
//! It is meant to be wrong in the same ways as the real service: routes flat and inside a bucket, geared pages, weak
//! entity tags, a PUT that clears what it is not given. What it does not answer yet is a 501 that says so.
//! Every account is one separate world, reached only with its own token.

pub mod activepieces;
pub mod faults;
pub mod launchpad;
pub mod limiter;
pub mod world;

mod account;
mod accounts;
mod answer;
mod bumps;
mod call;
mod clock;
mod control;
mod counting;
mod deliverer;
mod disk;
mod guard;
mod happened;
mod index;
mod letting_in;
mod paging;
mod record;
mod render;
mod repeats;
mod routes;
mod serving;
mod shared;
mod spans;
mod storage;
mod viewers;
mod webhook;
mod writing;

pub use bumps::Bumps;
pub use deliverer::Manner;
pub use spans::SpanNames;
pub use viewers::Emails;

use account::Account;
use accounts::Accounts;
use axum::http::request::Parts;
use chrono::{NaiveDate, TimeDelta};
use clock::Clock;
use counting::Counting;
use deliverer::Deliverer;
use faults::{Fault, Faults};
use launchpad::{Integration, Launchpad};
use limiter::{Limiter, RateLimit};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use world::Size;

/// How to serve.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where accounts are kept; none keeps them in memory.
    pub data_dir: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where people reach it, when that is another address than it listens on: what its links begin with.
    pub reached_at: Option<SocketAddr>,
    /// The request limit; none takes everything.
    pub rate_limit: Option<RateLimit>,
    /// What day it is; none asks the clock (UTC).
    pub today: Option<NaiveDate>,
    /// Whether requests are written down, for tests.
    pub keeps_log: bool,
    /// The app that people may give access to; none closes the sign-in service.
    pub integration: Option<Integration>,
    /// What moves `updated_at` beside changes of the record itself.
    pub bumps: Bumps,
    /// Whether answers that nothing has changed (304) are free of the limit; how the real service does it is not known.
    pub is_unchanged_free: bool,
    /// Under which names hours are asked for by days.
    pub span_names: SpanNames,
    /// What people who are no admins read of addresses.
    pub emails: Emails,
    /// How old an event must be before the feed tells it; some 30 s at the real service.
    pub feed_delay: Duration,
    /// How long after the first failed call of a webhook the second comes; each pause is twice the one before.
    pub webhook_pause: Duration,
}

impl Default for Config {
    /// On a free loopback port, in memory, without a limit.
    fn default() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            data_dir: None,
            listen,
            reached_at: None,
            rate_limit: None,
            today: None,
            keeps_log: false,
            integration: None,
            bumps: Bumps::default(),
            is_unchanged_free: false,
            span_names: SpanNames::default(),
            emails: Emails::default(),
            feed_delay: Duration::ZERO,
            webhook_pause: Duration::from_secs(1),
        }
    }
}

/// A server that answers until this is dropped or stopped.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// What a client sends as `X-Sandbox-Key` to make and remove accounts; new after every start.
    pub control_key: String,
    /// The same control without HTTP, and faults, for tests.
    pub sandbox: Sandbox,
    task: AbortHandle,
}

impl Running {
    /// Stops answering.
    pub fn stop(&self) {
        self.task.abort();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The control of a running server, beside HTTP.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    control_hash: String,
    clock: Clock,
    accounts: Accounts,
    limiter: Limiter,
    faults: Faults,
    launchpad: Launchpad,
    bumps: Bumps,
    is_unchanged_free: bool,
    span_names: SpanNames,
    emails: Emails,
    feed_delay: TimeDelta,
    deliverer: Deliverer,
    webhook_pause: Duration,
    log: Option<Mutex<Vec<String>>>,
    received: Counting,
}

/// Opens the accounts and starts answering.
///
/// # Errors
/// When the directory cannot be read or the address cannot be bound.
pub async fn serve(config: Config) -> io::Result<Running> {
    let accounts = Accounts::open(config.data_dir)?;
    let listener = TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    let control_key = format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>());
    let sandbox = Sandbox(Arc::new(Inner {
        address: config.reached_at.unwrap_or(address),
        control_hash: accounts::hash(&control_key),
        clock: Clock::new(config.today),
        accounts,
        limiter: Limiter::new(config.rate_limit),
        faults: Faults::default(),
        launchpad: Launchpad::new(config.integration),
        bumps: config.bumps,
        is_unchanged_free: config.is_unchanged_free,
        span_names: config.span_names,
        emails: config.emails,
        feed_delay: TimeDelta::from_std(config.feed_delay).unwrap_or(TimeDelta::MAX),
        deliverer: Deliverer::default(),
        webhook_pause: config.webhook_pause,
        log: config.keeps_log.then(Mutex::default),
        received: Counting::default(),
    }));
    let router = serving::router(sandbox.clone());
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the sample Basecamp stopped");
        }
    });
    Ok(Running { address, control_key, sandbox, task: task.abort_handle() })
}

impl Sandbox {
    /// Where people reach it: `http://127.0.0.1:1234`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// Makes account `id` with the sample world, opened by `token`. An account that is there already is kept.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn create_account(&self, id: i64, token: &str) -> io::Result<()> {
        self.create_account_on(id, token, self.today()).await
    }

    /// The same, with the dates of the world around `today`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn create_account_on(
        &self,
        id: i64,
        token: &str,
        today: NaiveDate,
    ) -> io::Result<()> {
        self.make(id, token, Size::Small, today).await
    }

    /// Makes account `id` with a world of that size. An account that is there already is kept.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn create_world(&self, id: i64, token: &str, size: Size) -> io::Result<()> {
        self.make(id, token, size, self.today()).await
    }

    async fn make(&self, id: i64, token: &str, size: Size, today: NaiveDate) -> io::Result<()> {
        self.0.accounts.add(world::world_of(size, id, accounts::hash(token), today)).await
    }

    /// Removes an account and everything in it; a missing one is fine.
    ///
    /// # Errors
    /// When its file cannot be removed.
    pub async fn remove_account(&self, id: i64) -> io::Result<()> {
        self.0.accounts.remove(id).await
    }

    /// Makes an account's token worthless, as when a person disconnects the app in Basecamp.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn revoke(&self, id: i64) -> io::Result<()> {
        let emptied = self.0.accounts.change(id, |account| {
            account.token_hash.clear();
            ((), true)
        });
        emptied.await.map(|_| ())
    }

    /// Makes `token` open account `id`, as when a person connects the app again.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn grant(&self, id: i64, token: &str) -> io::Result<()> {
        let granted = self.0.accounts.change(id, |account| {
            account.token_hash = accounts::hash(token);
            ((), true)
        });
        granted.await.map(|_| ())
    }

    /// Requests so far, as `GET /1/projects.json?page=2`; none unless they are written down.
    pub fn requests(&self) -> Vec<String> {
        let log = self.0.log.as_ref();
        log.map(|it| it.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }

    /// How many requests came so far.
    pub fn count(&self) -> u64 {
        self.0.received.total()
    }

    /// Puts the clock of every world forward.
    pub fn advance(&self, by: Duration) {
        self.0.clock.advance(by);
    }

    /// Puts the clock of every world back, as that of a server whose clock is wrong.
    pub fn fall_behind(&self, by: Duration) {
        self.0.clock.fall_behind(by);
    }

    fn log(&self, parts: &Parts) {
        self.0.received.add(parts);
        if let Some(log) = &self.0.log {
            let path = parts.uri.path_and_query().map_or("", |it| it.as_str());
            let line = format!("{} {path}", parts.method);
            log.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }

    /// Adds `count` open to-dos to a list at once, for tests of long collections. An unknown list stays as it is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn fill_list(&self, list: i64, count: usize) -> io::Result<()> {
        let now = self.0.clock.now();
        self.in_all(move |account| account.fill(list, count, now)).await
    }

    /// Makes the next request fail, after those already asked to.
    pub fn fail_next(&self, fault: Fault) {
        self.0.faults.push(fault);
    }

    /// Makes every request fail whose method and address, `PUT /1/todos/2`, hold `part`, until it is healed.
    pub fn fail_while(&self, part: &str, fault: Fault) {
        self.0.faults.stay(part, fault);
    }

    /// Moves a to-do into a list, of whatever project, as people do on Basecamp's own pages.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn move_todo(&self, todo: i64, list: i64) -> io::Result<()> {
        let now = self.0.clock.now();
        self.in_all(move |account| account.move_todo(todo, list, now)).await
    }

    /// Removes a record and everything in it for good, as the trash does after its time.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn erase(&self, id: i64) -> io::Result<()> {
        self.in_all(move |account| account.erase(id)).await
    }

    /// Makes the event feed forget what happened so far, so that whoever has not read it has a gap.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn forget_events(&self) -> io::Result<()> {
        let newest = |it: &Account| it.happenings.last().map_or(0, |it| it.id);
        self.in_all(move |account| {
            account.feed_epoch = newest(account);
            true
        })
        .await
    }

    /// How webhooks are delivered from now on.
    pub fn deliver(&self, manner: Manner) {
        self.0.deliverer.set(manner);
    }

    /// Delivers what was held back, the newest first, and answers when that is done.
    pub async fn deliver_held(&self) {
        for delivery in self.0.deliverer.held() {
            deliverer::deliver(self, &delivery).await;
        }
    }

    async fn in_all(&self, change: impl Fn(&mut Account) -> bool) -> io::Result<()> {
        for id in self.0.accounts.ids() {
            self.0.accounts.change(id, |account| ((), change(account))).await?;
        }
        Ok(())
    }

    /// Forgets the failures that have not happened yet.
    pub fn heal(&self) {
        self.0.faults.clear();
    }

    fn today(&self) -> NaiveDate {
        self.0.clock.today()
    }
}
