//! Access that renews itself: before it ends, and once when Basecamp refuses it, one renewal at a time.

use crate::failure;
use crate::sync::sync_actor;
use crate::tokens::Tokens;
use crate::walk::millis;
use crate::{Inner, launchpad};
use async_trait::async_trait;
use basecamp_sdk::auth::TokenProvider;
use basecamp_sdk::{Error, ErrorCode};
use domain::actor::Actor;
use domain::event::{Event, EventKind, Outcome};
use domain::problem::Problem;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::connections::{self, Connection};
use store::error::StoreError;
use store::mirror::Key;
use store::{events, ids};

/// How often a node looks whether another one has renewed.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Beside the time a renewal may take.
const GRACE: Duration = Duration::from_secs(10);

/// Whose turn it is to renew, by connection, within this process.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    fn of(&self, id: &str) -> Arc<tokio::sync::Mutex<()>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(id.to_owned())
            .or_default()
            .clone()
    }
}

/// The access of one session. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Renewing {
    inner: Arc<Inner>,
    key: Key,
    tokens: Arc<Mutex<Tokens>>,
}

fn refused(words: &str) -> Error {
    Error::new(ErrorCode::AuthRequired, words)
}

/// Something of ours is in the way: it says nothing about the access.
fn away(words: &str) -> Error {
    Error::new(ErrorCode::Network, words)
}

impl Renewing {
    pub(crate) fn new(inner: Arc<Inner>, key: Key, tokens: Tokens) -> Self {
        Self { inner, key, tokens: Arc::new(Mutex::new(tokens)) }
    }

    fn now(&self) -> Tokens {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Renews in a task of its own: a caller that gives up must not lose what the service gave.
    async fn renew(&self, seen: Tokens) -> Result<(), Error> {
        let (inner, key) = (self.inner.clone(), self.key.clone());
        let renewed = tokio::spawn(async move { renew(&inner, &key, &seen).await });
        let tokens = renewed.await.map_err(|_| away("the renewal ended early"))??;
        *self.tokens.lock().unwrap_or_else(PoisonError::into_inner) = tokens;
        Ok(())
    }

    /// Notes that Basecamp refuses the access, unless it was given anew meanwhile.
    pub(crate) async fn lost(&self, actor: &Actor) -> Result<(), Problem> {
        lose(&self.inner, &self.key, &self.now(), actor).await
    }

    /// Another token after the one that was refused.
    pub(crate) async fn again(&self) -> Result<String, Error> {
        self.renew(self.now()).await?;
        Ok(self.now().access)
    }

    /// A token that counts now.
    pub(crate) async fn token(&self) -> Result<String, Error> {
        let (tokens, now_ms) = (self.now(), ids::now_ms());
        if !tokens.is_ending(now_ms) {
            return Ok(tokens.access);
        }
        match self.renew(tokens.clone()).await {
            Ok(()) => Ok(self.now().access),
            // The service is away, and what we have still counts.
            Err(error) if error.code() != ErrorCode::AuthRequired && !tokens.is_over(now_ms) => {
                Ok(tokens.access)
            }
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl TokenProvider for Renewing {
    async fn access_token(&self) -> Result<String, Error> {
        self.token().await
    }

    fn refreshable(&self) -> bool {
        self.now().refresh.is_some()
    }

    async fn refresh(&self) -> Result<bool, Error> {
        self.renew(self.now()).await?;
        Ok(true)
    }
}

async fn stored(inner: &Inner, key: &Key) -> Result<Connection, Error> {
    let gone = || away("the database does not answer");
    let mut conn = inner.db.read().await.map_err(|_| gone())?;
    let row = connections::find(&mut conn, &key.workspace, &key.connection).await;
    row.map_err(|_| gone())?.ok_or_else(|| refused("the connection was removed"))
}

/// What counts after `seen`: what another caller renewed meanwhile, or what the service gives now.
async fn renew(inner: &Inner, key: &Key, seen: &Tokens) -> Result<Tokens, Error> {
    let turn = inner.turns.of(key.connection.as_str());
    let _turn = turn.lock().await;
    if !inner.db.is_shared() {
        return renew_alone(inner, key, seen).await;
    }
    loop {
        if is_claimed(inner, key).await? {
            let renewed = renew_alone(inner, key, seen).await;
            unclaim(inner, key).await;
            return renewed;
        }
        // Another node is at it: what it gets counts here too.
        tokio::time::sleep(LOOK_EVERY).await;
        let row = stored(inner, key).await?;
        match Tokens::open(&inner.key, &row) {
            Ok(tokens) if row.status != "needs_attention" && tokens.access != seen.access => {
                return Ok(tokens);
            }
            _ => {}
        }
    }
}

/// Claims the renewal among all nodes. A node that dies at it loses the claim after the longest time it may take.
async fn is_claimed(inner: &Inner, key: &Key) -> Result<bool, Error> {
    let until = ids::now_ms() + millis(inner.config.timeout + GRACE);
    let (owner, key) = (inner.owner.clone(), key.clone());
    let claim = inner.db.write::<_, StoreError, _>(move |conn| {
        Box::pin(async move {
            let mine = (owner.as_str(), until);
            connections::claim_renewal(conn, &key.workspace, &key.connection, mine).await
        })
    });
    claim.await.map_err(|_| away("the database does not answer"))
}

async fn unclaim(inner: &Inner, key: &Key) {
    let (owner, key) = (inner.owner.clone(), key.clone());
    let ended = inner.db.write::<_, StoreError, _>(move |conn| {
        Box::pin(async move {
            connections::end_renewal(conn, &key.workspace, &key.connection, &owner).await
        })
    });
    if let Err(error) = ended.await {
        tracing::error!(%error, "the claim of a renewal stays until it ends by itself");
    }
}

async fn renew_alone(inner: &Inner, key: &Key, seen: &Tokens) -> Result<Tokens, Error> {
    let row = stored(inner, key).await?;
    if row.status == "needs_attention" {
        return Err(refused("access was lost"));
    }
    let before = Tokens::open(&inner.key, &row).map_err(|_| refused("the token is unreadable"))?;
    if before.access != seen.access {
        return Ok(before);
    }
    let refresh = before.refresh.clone().ok_or_else(|| refused("access cannot be renewed"))?;
    match launchpad::renew(inner, &refresh).await {
        Ok(given) => {
            let next = Tokens::of(given, Some(refresh));
            keep(inner, key, &row, &next).await;
            Ok(next)
        }
        Err(error) => {
            if error.code() == ErrorCode::AuthRequired
                && let Err(problem) = lose(inner, key, &before, &sync_actor(&row)).await
            {
                tracing::error!(%problem, "the lost access could not be noted");
            }
            Err(error)
        }
    }
}

/// What cannot be stored still counts for this session; the next one renews again.
async fn keep(inner: &Inner, key: &Key, row: &Connection, next: &Tokens) {
    let secret = next.seal(&inner.key, &row.workspace_id, &row.id);
    let (key, before) = (key.clone(), row.secret.clone());
    let write = inner.db.write::<_, StoreError, _>(move |conn| {
        Box::pin(async move {
            let change = (before.as_str(), secret.as_str());
            connections::replace_secret(conn, &key.workspace, &key.connection, change).await
        })
    });
    if let Err(error) = write.await {
        tracing::error!(%error, "a renewed access could not be stored");
    }
}

async fn lose(inner: &Inner, key: &Key, with: &Tokens, actor: &Actor) -> Result<(), Problem> {
    let (secret_key, key, with, actor) =
        (inner.key.clone(), key.clone(), with.clone(), actor.clone());
    let write = inner.db.write(move |conn| {
        Box::pin(async move {
            let row = connections::find(conn, &key.workspace, &key.connection).await?;
            let is_same = |it: &Connection| {
                Tokens::open(&secret_key, it).is_ok_and(|it| it.access == with.access)
            };
            let Some(row) = row.filter(|it| it.status == "active" && is_same(it)) else {
                return Ok(());
            };
            let id = &key.connection;
            connections::set_status(conn, &key.workspace, id, "needs_attention", &row.meta).await?;
            let event = Event::new(EventKind::ConnectorTested, id, row.name);
            events::record(conn, &actor, &event.ended(Outcome::Failed)).await?;
            Ok::<_, Problem>(())
        })
    });
    write.await
}

/// What a session says when the stored tokens cannot be opened with this installation's key.
pub(crate) fn unreadable(row: &Connection) -> Problem {
    tracing::error!(connection = row.id, "the stored token cannot be opened with this key");
    failure::access_lost()
}
