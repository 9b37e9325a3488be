//! The handle to everything about people and workspaces.

use crate::clock::Clock;
use crate::config::Config;
use crate::hashing::Hashing;
use crate::limits::{Failures, Limits, Rate};
use domain::actor::{Actor, Permission};
use domain::client::Client;
use domain::event::{Event, EventKind, Outcome};
use domain::platform::Limit;
use domain::problem::Problem;
use std::sync::Arc;
use std::time::Duration;
use store::api_keys::StoredKey;
use store::db::Db;
use store::memo::Memo;
use store::oauth::{StoredGrant, StoredToken};

/// Wrong passwords from one address, for whatever accounts, before it closes.
const FAILURES_OF_ADDRESS: u32 = 100;
const CLOSED: Duration = Duration::from_secs(10 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// Chat clients an hour that introduce themselves from one address.
const REGISTRATIONS_PER_HOUR: u32 = 30;
/// Codes and tokens an hour that are exchanged from one address.
const EXCHANGES_PER_HOUR: u32 = 1_200;

/// Keys that are not read again as long as nothing is written.
const KEYS_KEPT: usize = 1_000;

/// Accounts, sessions, workspaces, members, invitations, settings of the installation, audit. Cheap to clone.
#[derive(Clone)]
pub struct Auth {
    pub(crate) db: Db,
    pub(crate) config: Arc<Config>,
    pub(crate) hashing: Hashing,
    /// What super admins set.
    pub(crate) limits: Limits,
    counters: Arc<Counters>,
    /// Keys by their hashes.
    pub(crate) keys: Memo<String, Option<Arc<StoredKey>>>,
    /// Tokens of chat clients by their hashes, each with what it is part of.
    pub(crate) tokens: Memo<String, Option<(StoredToken, StoredGrant)>>,
}

struct Counters {
    account: Failures,
    address: Failures,
    sign_ups: Rate,
    registrations: Rate,
    exchanges: Rate,
}

impl Auth {
    /// Accounts kept in `db`.
    pub fn new(db: Db, config: Config) -> Self {
        let limits = Limits::default();
        limits.set(Limit::SignUps, config.sign_ups_per_hour);
        let counters = Counters {
            account: Failures::set(&limits, Limit::SignInFailures, CLOSED),
            address: Failures::new(FAILURES_OF_ADDRESS, CLOSED),
            sign_ups: Rate::set(&limits, Limit::SignUps, HOUR),
            registrations: Rate::new(REGISTRATIONS_PER_HOUR, HOUR),
            exchanges: Rate::new(EXCHANGES_PER_HOUR, HOUR),
        };
        let (config, counters) = (Arc::new(config), Arc::new(counters));
        let (keys, tokens) = (Memo::new(KEYS_KEPT), Memo::new(KEYS_KEPT));
        Self { db, config, hashing: Hashing::new(), limits, counters, keys, tokens }
    }

    /// The time of accounts.
    pub fn clock(&self) -> &Clock {
        &self.config.clock
    }

    /// What holds of each limit; it follows what super admins set.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.config.clock.now_ms()
    }

    /// Refuses unless the role of `actor` includes `permission`, and leaves a row in the audit log when it does not.
    /// `target` is what was asked for, such as a route.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub async fn authorise(
        &self,
        actor: &Actor,
        permission: Permission,
        target: &str,
    ) -> Result<(), Problem> {
        let Err(refusal) = actor.require(permission) else { return Ok(()) };
        let event = Event::new(EventKind::Refused, target, permission.as_str());
        self.record(actor.clone(), event.ended(Outcome::Denied)).await?;
        Err(refusal)
    }

    /// Records something that changed nothing else.
    pub(crate) async fn record(&self, actor: Actor, event: Event) -> Result<(), Problem> {
        let recorded = self.db.write(move |conn| {
            Box::pin(async move {
                store::events::record(conn, &actor, &event).await.map_err(Problem::from)
            })
        });
        recorded.await.map(|_| ())
    }

    /// Refuses while too many wrong passwords came for this account or from this address.
    pub(crate) fn check_failures(&self, client: &Client, email: &str) -> Result<(), Problem> {
        self.counters.account.check(&account_key(client, email), self.now_ms())?;
        self.counters.address.check(address(client), self.now_ms())
    }

    /// Counts a wrong password.
    pub(crate) fn count_failure(&self, client: &Client, email: &str) {
        self.counters.account.failed(&account_key(client, email), self.now_ms());
        self.counters.address.failed(address(client), self.now_ms());
    }

    /// Forgets the wrong passwords for this account from this address; those for other accounts stay counted.
    pub(crate) fn forget_failures(&self, client: &Client, email: &str) {
        self.counters.account.succeeded(&account_key(client, email));
    }

    /// Counts a sign-up or an accepted invitation.
    pub(crate) fn count_sign_up(&self, client: &Client) -> Result<(), Problem> {
        self.counters.sign_ups.take(address(client), self.now_ms())
    }

    /// Counts a chat client that introduces itself.
    pub(crate) fn count_registration(&self, client: &Client) -> Result<(), Problem> {
        self.counters.registrations.take(address(client), self.now_ms())
    }

    /// Counts an exchange of a code or token.
    pub(crate) fn count_exchange(&self, client: &Client) -> Result<(), Problem> {
        self.counters.exchanges.take(address(client), self.now_ms())
    }
}

fn address(client: &Client) -> &str {
    client.ip.as_deref().unwrap_or_default()
}

fn account_key(client: &Client, email: &str) -> String {
    format!("{email} {}", address(client))
}
