//! Telling live pages that something was committed, on this node and, through PostgreSQL, on all others.

use crate::db::{Change, Conn, Result, execute};
use domain::event::{EventKind, Topic};
use domain::ids::WorkspaceId;
use sqlx::postgres::{PgListener, PgPool};
use tokio::sync::broadcast;

/// Changes a slow reader may lag behind before it has to read the events table.
const LAG: usize = 1024;
const CHANNEL: &str = "pmos_changes";

/// Hands out committed changes. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Notifier {
    sender: broadcast::Sender<Change>,
    /// Tells this node's own notifications from those of others; empty on SQLite.
    node: String,
}

impl Notifier {
    /// For a database that only this process uses.
    pub(crate) fn local() -> Self {
        Self { sender: broadcast::channel(LAG).0, node: String::new() }
    }

    /// For a database that several nodes use.
    pub(crate) async fn shared(pool: &PgPool) -> Result<Self> {
        let notifier = Self { sender: broadcast::channel(LAG).0, node: crate::ids::short() };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        tokio::spawn(listen(listener, notifier.clone()));
        Ok(notifier)
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.sender.subscribe()
    }

    /// Nobody listening is fine.
    pub(crate) fn publish(&self, changes: Vec<Change>) {
        for change in changes {
            drop(self.sender.send(change));
        }
    }
}

/// Passes the changes of other nodes on. The listener reconnects by itself; what it missed is in the events table.
async fn listen(mut listener: PgListener, notifier: Notifier) {
    while let Ok(notification) = listener.recv().await {
        let mut words = notification.payload().splitn(4, '\n');
        let (Some(node), Some(workspace), Some(topic), Some(target)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            continue;
        };
        let Some(topic) = topic_named(topic).filter(|_| node != notifier.node) else { continue };
        let change =
            Change { workspace: WorkspaceId::from(workspace), topic, target: target.to_owned() };
        notifier.publish(vec![change]);
    }
}

fn topic_named(word: &str) -> Option<Topic> {
    EventKind::ALL.iter().map(|it| it.topic()).find(|it| it.as_str() == word)
}

/// Queues the notifications of a transaction; PostgreSQL delivers them when it commits.
pub(crate) async fn tell_other_nodes(
    conn: &mut Conn,
    notifier: &Notifier,
    changes: &[Change],
) -> Result<()> {
    for change in changes {
        let payload = format!(
            "{}\n{}\n{}\n{}",
            notifier.node,
            change.workspace,
            change.topic.as_str(),
            change.target
        );
        execute!(conn, "SELECT pg_notify($1, $2)", CHANNEL, payload)?;
    }
    Ok(())
}
