//! People who come from Basecamp's sign-in: those it is linked to, and new ones.

use crate::auth::Auth;
use crate::sign_up::store_with_workspace;
use crate::{input, people, platform};
use domain::actor::{Actor, Role};
use domain::client::Client;
use domain::event::{Event, EventKind};
use domain::ids::{UserId, WorkspaceId};
use domain::keys::NewKey;
use domain::problem::Problem;
use store::{events, ids, users, workspaces};

/// Somebody new, with the one key that is shown to them.
pub struct Newcomer {
    /// They, in their own new workspace.
    pub actor: Actor,
    /// The text of their key; a secret.
    pub key: String,
}

/// Without the key.
impl std::fmt::Debug for Newcomer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Newcomer").field("actor", &self.actor).finish_non_exhaustive()
    }
}

impl Auth {
    /// `user` in `workspace` with the authority they have now; none when they may not come in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn person_in(
        &self,
        client: &Client,
        user: &UserId,
        workspace: &WorkspaceId,
    ) -> Result<Option<Actor>, Problem> {
        let mut conn = self.db.read().await?;
        let Some(row) = users::find(&mut conn, user).await? else { return Ok(None) };
        let memberships = workspaces::of_user(&mut conn, user).await?;
        let here = memberships.iter().find(|it| it.workspace_id == workspace.as_str());
        let role = here.and_then(people::authority);
        Ok(role.map(|role| people::actor(&row, workspace, role, client)))
    }

    /// Whether somebody has an account with this e-mail.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_known(&self, email: &str) -> Result<bool, Problem> {
        let Ok(email) = input::email(email) else { return Ok(false) };
        Ok(users::find_by_email(&mut self.db.read().await?, &email).await?.is_some())
    }

    /// Makes an account without a password, with its own workspace and one key, while sign-up is open and somebody
    /// is here already.
    ///
    /// # Errors
    /// [`Problem::SignupClosed`], [`Problem::Conflict`] when the e-mail has an account, [`Problem::Invalid`],
    /// [`Problem::RateLimited`].
    pub async fn welcome(
        &self,
        client: &Client,
        name: &str,
        email: &str,
    ) -> Result<Newcomer, Problem> {
        let (name, email) = match (input::name(name), input::email(email)) {
            (Ok(name), Ok(email)) => (name, email),
            (name, email) => return Err(input::invalid([name.err(), email.err()])),
        };
        self.count_sign_up(client)?;
        // Nobody knows this password, so nobody signs in with it.
        let unknown = ids::random_hex(32);
        let password_hash = self.hashing.turn().await?.hash(&unknown).await?;
        let new = self.newcomer((name, email), password_hash);
        let (client, config) = (client.clone(), self.config.clone());
        let made = self.db.write(move |conn| {
            Box::pin(async move {
                if users::is_empty(conn).await? || platform::is_signup_closed(conn, &config).await?
                {
                    return Err(Problem::SignupClosed);
                }
                store_with_workspace(conn, &new).await?;
                let row = users::find(conn, &new.id).await?.ok_or(Problem::NotSignedIn)?;
                let actor = people::actor(&row, &new.workspace, Role::WorkspaceAdmin, &client);
                let event = Event::new(EventKind::SignedUp, &new.id, new.name.as_str());
                events::record(conn, &actor, &event).await?;
                Ok(actor)
            })
        });
        let actor = made.await?;
        let label = "Basecamp sign-in".to_owned();
        let key = self.create_api_key(&actor, NewKey { label, ..NewKey::default() }).await?.key;
        Ok(Newcomer { actor, key })
    }
}
