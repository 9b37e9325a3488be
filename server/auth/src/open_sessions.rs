//! Where people are signed in: they see it and end it themselves, and admins end it for them.

use crate::auth::Auth;
use crate::members::find_locked;
use crate::tokens;
use domain::account::{MadePassword, OpenSession};
use domain::actor::{Actor, Permission};
use domain::client::Client;
use domain::event::{Event, EventKind};
use domain::ids::UserId;
use domain::problem::Problem;
use serde_json::json;
use store::{events, sessions, workspaces};

/// More are not listed; ending all others ends those too.
const LISTED: i64 = 50;
/// Letters and digits that nobody takes for one another, 32 of them: one for each value of five bits.
const PLAIN: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Groups of a password that is made here, and characters of each: 80 bits.
const GROUPS: usize = 4;
const GROUP: usize = 4;

impl Auth {
    /// Where `actor` is signed in, in whatever workspace; the one used last comes first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open_sessions(
        &self,
        actor: &Actor,
        client: &Client,
    ) -> Result<Vec<OpenSession>, Problem> {
        let current = client.session.as_deref().map(|it| sessions::id_of(&tokens::hash(it)));
        let mut conn = self.db.read().await?;
        let rows = sessions::open_of_user(&mut conn, &actor.user, self.now_ms(), LISTED).await?;
        let shown = |row: sessions::OpenSession| OpenSession {
            is_current: current.as_ref() == Some(&row.id),
            id: row.id,
            workspace_name: row.workspace_name,
            device: row.device,
            ip: row.ip,
            started_at_ms: row.created_at,
            seen_at_ms: row.seen_at,
        };
        Ok(rows.into_iter().map(shown).collect())
    }

    /// Ends one session of `actor`, at once.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when it is not theirs or has ended.
    pub async fn end_session(&self, actor: &Actor, id: &str) -> Result<(), Problem> {
        let (actor, id) = (actor.clone(), id.to_owned());
        let ended = self.db.write(move |conn| {
            Box::pin(async move {
                if !sessions::delete_one(conn, &actor.user, &id).await? {
                    return Err(Problem::not_found("Session"));
                }
                events::record(conn, &actor, &ended(&actor.user, &actor.name, 1)).await?;
                Ok(())
            })
        });
        ended.await
    }

    /// Ends every session of `actor` but the one that asks; how many there were.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_other_sessions(&self, actor: &Actor, client: &Client) -> Result<u64, Problem> {
        let actor = actor.clone();
        let kept = client.session.as_deref().map(tokens::hash).unwrap_or_default();
        let ended = self.db.write(move |conn| {
            Box::pin(async move {
                let count = sessions::delete_others(conn, &actor.user, &kept).await?;
                if count > 0 {
                    events::record(conn, &actor, &ended(&actor.user, &actor.name, count)).await?;
                }
                Ok::<_, Problem>(count)
            })
        });
        ended.await
    }

    /// Ends every session that a member has in the workspace, at once; their password goes on to work.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without manage, and for the sessions of a super admin unless `actor` is one,
    /// [`Problem::NotFound`] for strangers.
    pub async fn end_sessions_of(&self, actor: &Actor, member: &UserId) -> Result<(), Problem> {
        self.authorise(actor, Permission::Manage, "end the sessions of a member").await?;
        let (actor, id, now_ms) = (actor.clone(), member.clone(), self.now_ms());
        let ended = self.db.write(move |conn| {
            Box::pin(async move {
                let member = find_locked(conn, &actor.workspace, &id, now_ms).await?;
                if member.is_super_admin == 1 {
                    actor.require(Permission::Platform)?;
                }
                let count = sessions::delete_in_workspace(conn, &actor.workspace, &id).await?;
                events::record(conn, &actor, &ended(&id, &member.name, count)).await?;
                Ok(())
            })
        });
        ended.await
    }

    /// Makes a password for a member, who is signed out everywhere and signs in with it.
    ///
    /// # Errors
    /// As [`Self::reset_password`]; [`Problem::NotFound`] for strangers.
    pub async fn make_password(
        &self,
        actor: &Actor,
        member: &UserId,
    ) -> Result<MadePassword, Problem> {
        self.authorise(actor, Permission::Manage, "reset a password").await?;
        let members = workspaces::members(&mut self.db.read().await?, &actor.workspace).await?;
        let member = members.into_iter().find(|it| it.user_id == member.as_str());
        let member = member.ok_or_else(|| Problem::not_found("Member"))?;
        let password = fresh_password();
        let user = self.reset_password(actor, &member.email, &password).await?;
        Ok(MadePassword { name: user.name, password })
    }
}

fn ended(user: &UserId, name: &str, count: u64) -> Event {
    Event::new(EventKind::SessionsEnded, user, name).with(json!({ "count": count }))
}

/// A password that can be read out and typed: four groups of four plain characters.
fn fresh_password() -> String {
    let bytes = store::ids::random_bytes::<{ GROUPS * GROUP }>();
    let letters: String = bytes
        .iter()
        .filter_map(|it| PLAIN.get(usize::from(it % 32)))
        .map(|it| char::from(*it))
        .collect();
    let groups: Vec<_> =
        (0..GROUPS).filter_map(|at| letters.get(at * GROUP..(at + 1) * GROUP)).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::fresh_password;

    #[test]
    fn a_made_password_can_be_read_out() {
        let made = fresh_password();
        assert_eq!(made.len(), 19, "{made}");
        assert!(made.split('-').all(|it| it.len() == 4), "{made}");
        assert_ne!(made, fresh_password());
    }
}
