//! Telling live pages that something was committed, on this node and, through PostgreSQL, on all others.

use crate::db::{Change, Conn, Record, Result, execute};
use crate::talks::{Talks, Told};
use domain::event::{EventKind, Topic};
use domain::ids::{SessionId, WorkspaceId};
use sqlx::postgres::{PgListener, PgPool};
use tokio::sync::{broadcast, watch};

/// Changes a slow reader may lag behind before it has to read the events table.
const LAG: usize = 1024;
const CHANNEL: &str = "pmos_changes";
/// What nodes say to each other and nobody keeps.
const WORDS: &str = "pmos_words";
/// In which conversations a run did something.
const TALKS: &str = "pmos_talks";

/// Hands out committed changes. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Notifier {
    sender: broadcast::Sender<Change>,
    words: broadcast::Sender<String>,
    /// How often something about people changed.
    people: watch::Sender<u64>,
    /// Those who follow conversations here.
    pub(crate) talks: Talks,
    /// Tells this node's own notifications from those of others; empty on SQLite.
    node: String,
}

impl Notifier {
    /// For a database that only this process uses.
    pub(crate) fn local() -> Self {
        Self::named(String::new())
    }

    /// For a database that several nodes use.
    pub(crate) async fn shared(pool: &PgPool) -> Result<Self> {
        let notifier = Self::named(crate::ids::short());
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen_all([CHANNEL, WORDS, TALKS]).await?;
        tokio::spawn(listen(listener, notifier.clone()));
        Ok(notifier)
    }

    fn named(node: String) -> Self {
        let (sender, words) = (broadcast::channel(LAG).0, broadcast::channel(LAG).0);
        Self { sender, words, people: watch::Sender::new(0), talks: Talks::default(), node }
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.sender.subscribe()
    }

    pub(crate) fn people(&self) -> watch::Receiver<u64> {
        self.people.subscribe()
    }

    pub(crate) fn heard(&self) -> broadcast::Receiver<String> {
        self.words.subscribe()
    }

    /// Nobody listening is fine.
    pub(crate) fn publish(&self, changes: Vec<Change>) {
        for change in changes {
            if change.topic == Topic::Account {
                self.people.send_modify(|it| *it += 1);
            }
            drop(self.sender.send(change));
        }
    }
}

/// Passes on what other nodes changed and said. The listener reconnects by itself; the changes it missed are in the
/// events table, the words are gone.
async fn listen(mut listener: PgListener, notifier: Notifier) {
    while let Ok(notification) = listener.recv().await {
        let Some((node, rest)) = notification.payload().split_once('\n') else { continue };
        if node == notifier.node {
            continue;
        }
        match notification.channel() {
            WORDS => drop(notifier.words.send(rest.to_owned())),
            TALKS => notifier.talks.publish_elsewhere(&SessionId::from(rest)),
            _ => notifier.publish(change_in(rest).into_iter().collect()),
        }
    }
}

fn change_in(text: &str) -> Option<Change> {
    let mut words = text.splitn(4, '\n');
    let (workspace, topic) = (words.next()?, words.next()?);
    let (number, target) = (words.next()?, words.next()?);
    let record = number.parse().map_or(Record::None, Record::Elsewhere);
    let (workspace, topic) = (WorkspaceId::from(workspace), topic_named(topic)?);
    Some(Change { workspace, topic, target: target.to_owned(), record })
}

fn topic_named(word: &str) -> Option<Topic> {
    EventKind::ALL.iter().map(|it| it.topic()).find(|it| it.as_str() == word)
}

/// Queues the notifications of a transaction; PostgreSQL delivers them when it commits.
pub(crate) async fn tell_other_nodes(
    conn: &mut Conn,
    notifier: &Notifier,
    (changes, told): (&[Change], &[Told]),
) -> Result<()> {
    let node = &notifier.node;
    for change in changes {
        let number = match &change.record {
            Record::Event(event) => event.seq.to_string(),
            Record::None | Record::Elsewhere(_) => String::new(),
        };
        let (workspace, topic) = (&change.workspace, change.topic.as_str());
        let payload = format!("{node}\n{workspace}\n{topic}\n{number}\n{}", change.target);
        execute!(conn, "SELECT pg_notify($1, $2)", CHANNEL, payload)?;
    }
    for Told { session, .. } in told {
        execute!(conn, "SELECT pg_notify($1, $2)", TALKS, format!("{node}\n{session}"))?;
    }
    Ok(())
}

/// Says `words` to the nodes that listen now.
pub(crate) async fn say(conn: &mut Conn, notifier: &Notifier, words: &str) -> Result<()> {
    let payload = format!("{}\n{words}", notifier.node);
    execute!(conn, "SELECT pg_notify($1, $2)", WORDS, payload)?;
    Ok(())
}
