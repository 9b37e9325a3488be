//! What a person was told in the workspace they are in.

use crate::auth::Auth;
use domain::account::{Inbox, Notification};
use domain::actor::{Actor, Permission};
use domain::problem::Problem;
use store::notifications;

const LISTED: i64 = 50;

impl Auth {
    /// What `actor` was told lately.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn notifications(&self, actor: &Actor) -> Result<Inbox, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.db.read().await?;
        let rows = notifications::list(&mut conn, &actor.workspace, &actor.user, LISTED).await?;
        let unread = notifications::unread(&mut conn, &actor.workspace, &actor.user).await?;
        Ok(Inbox { notifications: rows.into_iter().map(shown).collect(), unread })
    }

    /// Marks everything `actor` was told as read.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_notifications_read(&self, actor: &Actor) -> Result<(), Problem> {
        actor.require(Permission::Read)?;
        let actor = actor.clone();
        let marked = self.db.write(move |conn| {
            Box::pin(async move {
                notifications::mark_read(conn, &actor.workspace, &actor.user)
                    .await
                    .map_err(Problem::from)
            })
        });
        marked.await.map(|_| ())
    }
}

fn shown(row: notifications::Notification) -> Notification {
    Notification {
        id: row.id,
        title: row.title,
        body: row.body,
        link: row.link,
        created_at_ms: row.created_at,
        read_at_ms: row.read_at,
    }
}
