//! Where somebody who comes back from Basecamp's sign-in lands (contract.md 6.2).

use crate::Backend;
use basecamp::oauth::{Arrival, Came, NotSignedIn, Purpose};
use domain::actor::Actor;
use domain::client::Client;
use domain::ids::{UserId, WorkspaceId};
use domain::integration::Sharing;
use domain::problem::Problem;

/// What the browser is shown next.
#[derive(Clone, PartialEq, Eq)]
pub enum Landing {
    /// The page that started it.
    Back(String),
    /// The page for those whose key works already.
    Connected,
    /// The same, with the one key of somebody new: a secret, shown this once.
    NewKey(String),
    /// The first account is made with a password.
    SignUp,
}

fn refused(words: &str) -> NotSignedIn {
    NotSignedIn { status: 403, words: words.to_owned() }
}

impl Backend {
    /// Ends a sign-in at Basecamp and stores what came of it.
    ///
    /// # Errors
    /// [`NotSignedIn`] with the cause; then no access was stored.
    pub async fn land(
        &self,
        client: &Client,
        actor: Option<&Actor>,
        came: Came<'_>,
    ) -> Result<Landing, NotSignedIn> {
        let arrival = self.basecamp.arrive(actor, came).await?;
        match (arrival.purpose, actor) {
            (Purpose::Connection(sharing), Some(actor)) => {
                let back = arrival.back.clone();
                self.basecamp.keep_access(actor, sharing, arrival).await?;
                Ok(Landing::Back(back))
            }
            (Purpose::Connection(_), None) => Err(Problem::NotSignedIn.into()),
            (Purpose::Door, _) => self.enter(client, arrival).await,
        }
    }

    /// Nobody is signed in: the identity says who it is, and only if it was linked before. An e-mail says nothing.
    async fn enter(&self, client: &Client, arrival: Arrival) -> Result<Landing, NotSignedIn> {
        if let Some(linked) = self.basecamp.owner_of(&arrival.identity).await? {
            let (user, workspace) =
                (UserId::from(linked.user_id), WorkspaceId::from(linked.workspace_id));
            let found = self.auth.person_in(client, &user, &workspace).await?;
            let actor = found.ok_or_else(|| refused("Your account was closed. Ask an admin"))?;
            let sharing = self.basecamp.sharing_of(&actor, &arrival.identity).await?;
            self.basecamp.keep_access(&actor, sharing, arrival).await?;
            return Ok(Landing::Connected);
        }
        let state = self.auth.state().await?;
        if state.first_account {
            return Ok(Landing::SignUp);
        }
        if self.auth.is_known(&arrival.identity.email).await? {
            return Err(refused(
                "Somebody has a PM OS account with your e-mail. Sign in to PM OS and connect from Integrations",
            ));
        }
        if !state.signup_open {
            return Err(refused("Sign-up is closed. Ask an admin for an invitation"));
        }
        let identity = &arrival.identity;
        let new = self.auth.welcome(client, &identity.name, &identity.email).await?;
        self.basecamp.keep_access(&new.actor, Sharing::Workspace, arrival).await?;
        Ok(Landing::NewKey(new.key))
    }
}
