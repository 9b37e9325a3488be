//! One actor's way into Basecamp for one operation: the connection, opened, behind its breaker.

use crate::circuit::Health;
use crate::connections::{CHOOSING, Meta};
use crate::convert::Convert;
use crate::failure;
use crate::outbox::Posting;
use crate::renewing::{self, Renewing};
use crate::scheduler::Lane;
use crate::tokens::Tokens;
use crate::transport::Transport;
use crate::witness::Witness;
use crate::{Basecamp, Inner};
use basecamp_sdk::{
    AccountClient, Client, Config, Error, Page, PageItems, StaticTokenProvider, TokenProvider,
};
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::connections::Connection;
use store::mirror::Key;

/// Everything one operation may take: attempts, waits and pages' bodies.
const DEADLINE: Duration = Duration::from_secs(60);
/// The same for background work, which also waits for its turn.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

/// A call of the SDK. Its futures are large, so they go on the heap.
pub(crate) type Call<'a, T> = BoxFuture<'a, Result<T, Error>>;

/// An open way into Basecamp.
pub(crate) struct Session {
    pub(crate) account: AccountClient,
    pub(crate) convert: Convert,
    pub(crate) person_id: i64,
    pub(crate) key: Key,
    pub(crate) basecamp: Arc<Inner>,
    pub(crate) renewing: Renewing,
    pub(crate) actor: Actor,
    /// Whether the person of the connection is the actor.
    pub(crate) is_own: bool,
    pub(crate) witness: Witness,
}

/// To what a stored secret is bound.
pub(crate) fn bound_to(workspace: &str, id: &str) -> String {
    format!("{workspace}|{id}|secret")
}

impl Basecamp {
    /// Opens the connection that `actor` works with: their own, else the workspace's. They need `permission`.
    pub(crate) async fn open(
        &self,
        actor: &Actor,
        permission: Permission,
    ) -> Result<Session, Problem> {
        self.open_within(actor, permission, DEADLINE).await
    }

    /// The same for an operation that may take as long as `patience`.
    pub(crate) async fn open_within(
        &self,
        actor: &Actor,
        permission: Permission,
        patience: Duration,
    ) -> Result<Session, Problem> {
        actor.require(permission)?;
        let rows = self.rows(actor).await?;
        let Some(row) = rows.iter().find(|it| it.status != CHOOSING) else {
            let is_choosing = !rows.is_empty();
            return Err(if is_choosing { failure::no_account() } else { failure::not_connected() });
        };
        if row.status != "active" && !Meta::read(row)?.is_sample {
            return Err(failure::access_lost());
        }
        self.session_within(actor, row, (Lane::Interactive, patience))
    }

    /// Opens the connection `row` for `actor`.
    pub(crate) fn session(
        &self,
        actor: &Actor,
        row: &Connection,
        lane: Lane,
    ) -> Result<Session, Problem> {
        let patience = if lane == Lane::Interactive { DEADLINE } else { PATIENCE };
        self.session_within(actor, row, (lane, patience))
    }

    fn session_within(
        &self,
        actor: &Actor,
        row: &Connection,
        (lane, patience): (Lane, Duration),
    ) -> Result<Session, Problem> {
        let meta = Meta::read(row)?;
        let tokens = Tokens::open(&self.0.key, row).map_err(|_| renewing::unreadable(row))?;
        let renewing = Renewing::new(self.0.clone(), meta.key(row), tokens);
        let (base_url, account_id) = self.target(&meta)?;
        let witness = match &self.1 {
            Some(author) => Witness::storing(Posting::new(self.0.clone(), &meta.key(row), author)),
            None => Witness::default(),
        };
        let transport = self.0.transport.with(lane, witness.clone());
        let way = (transport, patience);
        let owner = row.owner_id.as_deref();
        let is_own = owner.is_some_and(|it| it == actor.user.as_str())
            || meta.person.name.trim().eq_ignore_ascii_case(actor.name.trim());
        Ok(Session {
            account: self.client(&base_url, account_id, renewing.clone(), way)?,
            convert: Convert { is_sample: meta.is_sample },
            person_id: meta.person.id,
            key: meta.key(row),
            actor: actor.clone(),
            is_own,
            basecamp: self.0.clone(),
            renewing,
            witness,
        })
    }

    /// Where the connection's account is: the sample listens on another port after every start.
    pub(crate) fn target(&self, meta: &Meta) -> Result<(String, i64), Problem> {
        if !meta.is_sample {
            return Ok((self.0.config.base_url.clone(), meta.account_id));
        }
        Ok((self.sample()?.base_url.clone(), meta.account_id))
    }

    /// The SDK's client for one account.
    pub(crate) fn account(
        &self,
        base_url: &str,
        id: i64,
        token: String,
    ) -> Result<AccountClient, Problem> {
        let access = StaticTokenProvider::new(token);
        self.client(base_url, id, access, (self.0.transport.clone(), DEADLINE))
    }

    fn client(
        &self,
        base_url: &str,
        id: i64,
        access: impl TokenProvider + 'static,
        (transport, patience): (Transport, Duration),
    ) -> Result<AccountClient, Problem> {
        let config = Config {
            operation_deadline: Some(patience),
            max_pages: self.0.config.paging.most,
            ..Config::default().with_base_url(base_url)
        };
        let client = Client::builder(config)
            .token_provider(access)
            .http_client(transport)
            .user_agent(self.0.config.user_agent())
            .build()
            .map_err(|error| failure::problem("Basecamp", &error))?;
        Ok(client.for_account(id.to_string()))
    }
}

impl Session {
    /// Runs one call for `what`, unless Basecamp has just failed again and again.
    pub(crate) async fn run<T>(&self, what: &str, call: Call<'_, T>) -> Result<T, Problem> {
        match self.attempt(call).await {
            Ok(value) => Ok(value),
            Err(Attempt::Closed(problem)) => Err(problem),
            Err(Attempt::Failed(error)) => Err(self.explain(what, &error).await),
        }
    }

    /// The same, keeping the SDK's error for a caller that must look at it.
    pub(crate) async fn attempt<T>(&self, call: Call<'_, T>) -> Result<T, Attempt> {
        let (circuits, id) = (&self.basecamp.circuits, &self.key.connection);
        let admitted = Instant::now();
        if let Err(rest) = circuits.admit(id, admitted) {
            return Err(Attempt::Closed(failure::held_back(rest)));
        }
        self.witness.begin();
        let outcome = call.await;
        let health = outcome.as_ref().err().map_or(Health::Well, failure::health);
        circuits.note(id, health, (admitted, Instant::now()));
        let written = self.witness.take();
        self.basecamp.made.note(&written);
        let failed = outcome.as_ref().err();
        self.note_step(failed, &written).await;
        self.write_through(written).await;
        outcome.map_err(Attempt::Failed)
    }

    /// Runs one write for `what`. Where its answer is lost, what it was about is read to find out whether it happened;
    /// it is never sent again.
    pub(crate) async fn write<T>(&self, what: &str, call: Call<'_, T>) -> Result<T, Problem>
    where
        T: DeserializeOwned,
    {
        match self.attempt(call).await {
            Ok(value) => Ok(value),
            Err(Attempt::Closed(problem)) => Err(problem),
            Err(Attempt::Failed(error)) => {
                let found = match self.witness.before() {
                    Some(found) => found,
                    None if failure::is_unclear(&error) => self.look_back(what, &error).await?,
                    None => return Err(self.explain(what, &error).await),
                };
                // A write that answers nothing has nothing to give back.
                let found = serde_json::from_value(found);
                found.or_else(|_| serde_json::from_value(Value::Null)).map_err(|_| {
                    failure::unavailable("It was done, but Basecamp's answer was lost")
                })
            }
        }
    }

    /// `error` as a problem; a refused token is noted on the connection.
    pub(crate) async fn explain(&self, what: &str, error: &Error) -> Problem {
        let problem = failure::problem(what, error);
        if problem == failure::access_lost()
            && let Err(error) = self.renewing.lost(&self.actor).await
        {
            tracing::error!(%error, "the lost access could not be noted");
        }
        problem
    }

    /// Everything a paged read has.
    pub(crate) async fn all<P>(
        &self,
        what: &str,
        first: Call<'_, Page<P>>,
    ) -> Result<Vec<P::Item>, Problem>
    where
        P: PageItems<Item: Send> + DeserializeOwned + Send,
    {
        let walk = async { self.account.collect_all(first.await?, None).await }.boxed();
        let found = self.run(what, walk).await?;
        if found.meta.truncated {
            tracing::warn!(what, "Basecamp has more pages than we read");
        }
        Ok(found.items)
    }
}

/// Why a call gave nothing.
pub(crate) enum Attempt {
    /// It was not made.
    Closed(Problem),
    /// It failed.
    Failed(Error),
}
