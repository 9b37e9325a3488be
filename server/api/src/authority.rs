//! The right to read a stream that stays open: sessions and keys end, and people are removed, while it is.

use auth::oauth::is_access_token;
use backend::Backend;
use bytes::Bytes;
use domain::actor::Actor;
use domain::client::Client;
use domain::problem::Problem;
use futures::{Stream, StreamExt};
use std::future::pending;
use std::time::Duration;
use tokio::sync::watch::Receiver;
use tokio::time::{Instant, Interval, interval_at};

/// Looked at this often even when nothing was announced: sessions and keys also end by themselves.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Whoever opened a stream.
pub(crate) struct Reader {
    backend: Backend,
    client: Client,
    /// Who they were when they opened it.
    actor: Actor,
}

impl Reader {
    pub(crate) fn new(backend: Backend, client: Client, actor: Actor) -> Self {
        Self { backend, client, actor }
    }

    /// Reads the session or the key anew: who they are now, as long as they are the same person in the same workspace.
    /// While the database does not answer, nobody reads on.
    pub(crate) async fn now(&self) -> Option<Actor> {
        let actor = self.authenticated().await.ok().flatten();
        actor.filter(|it| it.user == self.actor.user && it.workspace == self.actor.workspace)
    }

    async fn authenticated(&self) -> Result<Option<Actor>, Problem> {
        let (auth, client) = (&self.backend.auth, &self.client);
        let holder = match &client.key {
            Some(token) if is_access_token(token) => {
                let resource = self.backend.chat_clients.resource();
                auth.authenticate_token(client, token, &resource).await?
            }
            Some(key) => auth.authenticate_key(client, key).await?,
            None => return Ok(auth.authenticate(client).await?.map(|it| it.actor)),
        };
        Ok(holder.map(|it| it.actor))
    }
}

/// The right of whoever opened a stream.
pub(crate) struct Authority {
    reader: Reader,
    people: Receiver<u64>,
    looks: Interval,
}

impl Authority {
    pub(crate) fn new(backend: Backend, client: Client, actor: Actor) -> Self {
        let people = backend.db.people_changes();
        let looks = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
        Self { reader: Reader::new(backend, client, actor), people, looks }
    }

    /// Returns when [`Self::holds`] must be asked: something about people was changed, in whatever workspace that was
    /// decided, or enough time has passed. May be dropped at any point without missing one.
    pub(crate) async fn in_doubt(&mut self) {
        tokio::select! {
            () = told_of_people(&mut self.people) => {}
            _ = self.looks.tick() => {}
        }
    }

    /// Reads the session or the key anew. While the database does not answer, nobody reads on.
    pub(crate) async fn holds(&self) -> bool {
        self.reader.now().await.is_some()
    }

    /// What `frames` gives, for as long as the right holds.
    pub(crate) fn over<E>(
        self,
        frames: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> impl Stream<Item = Result<Bytes, E>> {
        futures::stream::unfold((self, frames), |(mut authority, mut frames)| async move {
            loop {
                tokio::select! {
                    biased;
                    () = authority.in_doubt() => {
                        if !authority.holds().await {
                            return None;
                        }
                    }
                    frame = frames.next() => return frame.map(|it| (it, (authority, frames))),
                }
            }
        })
    }
}

async fn told_of_people(people: &mut Receiver<u64>) {
    if people.changed().await.is_err() {
        // The server stops; what is read ends by itself.
        pending().await
    }
}
