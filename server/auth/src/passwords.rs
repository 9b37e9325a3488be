//! Changing one's own password, and setting somebody else's.

use crate::auth::Auth;
use crate::sessions::SignedIn;
use crate::{input, people, sessions as session};
use domain::account::User;
use domain::actor::{Actor, Permission, Role};
use domain::client::Client;
use domain::event::{Event, EventKind, Outcome};
use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use store::db::Conn;
use store::{events, sessions, users, workspaces};

impl Auth {
    /// Changes the password of `actor`. Every session of theirs ends; the one that made the change goes on with a
    /// new cookie.
    ///
    /// # Errors
    /// [`Problem::Invalid`] when the new one is weak or the same, [`Problem::WrongPassword`],
    /// [`Problem::RateLimited`] after ten wrong ones.
    pub async fn change_password(
        &self,
        actor: &Actor,
        client: &Client,
        current: &str,
        new: &str,
    ) -> Result<SignedIn, Problem> {
        let weak = input::password("newPassword", new).err();
        let missing = input::present("currentPassword", current, "Give your current password");
        if weak.is_some() || missing.is_some() {
            return Err(input::invalid([missing, weak]));
        }
        let row = users::find(&mut self.db.read().await?, &actor.user).await?;
        let row = row.ok_or(Problem::NotSignedIn)?;
        let turn = self.hashing.turn().await?;
        self.check_failures(client, &row.email)?;
        if !turn.verify(current, Some(&row.password_hash)).await? {
            self.count_failure(client, &row.email);
            let event = Event::new(EventKind::PasswordChanged, &actor.user, actor.name.as_str());
            self.record(actor.clone(), event.ended(Outcome::Failed)).await?;
            return Err(Problem::WrongPassword);
        }
        if current == new {
            return Err(Problem::invalid(
                "newPassword",
                "Give a password other than the current one",
            ));
        }
        self.forget_failures(client, &row.email);
        let hash = self.hashing.turn().await?.hash(new).await?;
        let (actor, client, now_ms) = (actor.clone(), client.clone(), self.now_ms());
        let changed = self.db.write(move |conn| {
            Box::pin(async move {
                set(conn, &actor.user, &hash, now_ms).await?;
                let event =
                    Event::new(EventKind::PasswordChanged, &actor.user, actor.name.as_str());
                events::record(conn, &actor, &event).await?;
                let workspace = &actor.workspace;
                let cookie = session::start(conn, &actor.user, workspace, &client, now_ms).await?;
                let row = users::User { updated_at: now_ms, ..row };
                Ok(SignedIn { user: people::user(conn, row, workspace).await?, cookie })
            })
        });
        changed.await
    }

    /// Sets the password of a member and ends all their sessions.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without manage, for a super admin's password, and for people who also belong to other
    /// workspaces: only a super admin may let somebody into those. [`Problem::NotFound`] for strangers,
    /// [`Problem::Invalid`].
    pub async fn reset_password(
        &self,
        actor: &Actor,
        email: &str,
        new: &str,
    ) -> Result<User, Problem> {
        self.authorise(actor, Permission::Manage, "reset a password").await?;
        let checked = (input::email(email), input::password("newPassword", new));
        let email = match checked {
            (Ok(email), Ok(_)) => email,
            (email, password) => return Err(input::invalid([email.err(), password.err()])),
        };
        let row = self.resettable(actor, &email).await?;
        let hash = self.hashing.turn().await?.hash(new).await?;
        let (actor, now_ms) = (actor.clone(), self.now_ms());
        let reset = self.db.write(move |conn| {
            Box::pin(async move {
                let id = UserId::from(row.id.as_str());
                set(conn, &id, &hash, now_ms).await?;
                let event = Event::new(EventKind::PasswordReset, &id, row.name.as_str());
                events::record(conn, &actor, &event).await?;
                let workspace = WorkspaceId::from(row.workspace_id.as_str());
                people::user(conn, users::User { updated_at: now_ms, ..row }, &workspace).await
            })
        });
        reset.await
    }

    async fn resettable(&self, actor: &Actor, email: &str) -> Result<users::User, Problem> {
        let mut conn = self.db.read().await?;
        let missing = || Problem::not_found("Member");
        let row = users::find_by_email(&mut conn, email).await?.ok_or_else(missing)?;
        if actor.role == Role::SuperAdmin {
            return Ok(row);
        }
        let memberships = workspaces::of_user(&mut conn, &UserId::from(row.id.as_str())).await?;
        let is_here = |id: &str| id == actor.workspace.as_str();
        if !memberships.iter().any(|it| is_here(&it.workspace_id)) {
            return Err(missing());
        }
        if row.is_super_admin == 1 || !memberships.iter().all(|it| is_here(&it.workspace_id)) {
            let message =
                "Only a super admin can reset this password: the person also has access elsewhere";
            return Err(Problem::Forbidden { message: message.to_owned() });
        }
        Ok(row)
    }
}

async fn set(conn: &mut Conn, user: &UserId, hash: &str, now_ms: i64) -> Result<(), Problem> {
    users::set_password(conn, user, hash, now_ms).await?;
    Ok(sessions::delete_of_user(conn, user).await?)
}
