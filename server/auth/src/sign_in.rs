//! Signing in: the same answer, work and headers for a wrong password and an unknown e-mail.

use crate::auth::Auth;
use crate::sessions::SignedIn;
use crate::{input, people, sessions};
use domain::actor::{Actor, Role};
use domain::client::Client;
use domain::event::{Event, EventKind, Outcome};
use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use store::{events, users};

impl Auth {
    /// Starts a session for the person with this e-mail and password.
    ///
    /// # Errors
    /// [`Problem::Invalid`] when a field is missing, [`Problem::WrongCredentials`], [`Problem::RateLimited`] after
    /// ten failures for one account from one address.
    pub async fn sign_in(
        &self,
        client: &Client,
        email: &str,
        password: &str,
    ) -> Result<SignedIn, Problem> {
        let missing = [
            input::present("email", email.trim(), "Give your e-mail"),
            input::present("password", password, "Give your password"),
        ];
        if missing.iter().any(Option::is_some) {
            return Err(input::invalid(missing));
        }
        let email = email.trim().to_lowercase();
        let turn = self.hashing.turn().await?;
        // Asked with the turn in hand, so that guesses sent at once do not all slip through before the first fails.
        self.check_failures(client, &email)?;
        let mut conn = self.db.read().await?;
        let row = users::find_by_email(&mut conn, &email).await?;
        let landing = match &row {
            Some(row) => people::landing(&mut conn, row).await?,
            None => None,
        };
        drop(conn);
        let hash = row.as_ref().map(|it| it.password_hash.as_str());
        let is_right = turn.verify(password, hash).await?;
        match (row, landing) {
            (Some(row), Some(landing)) if is_right => {
                self.forget_failures(client, &email);
                self.let_in(client, row, landing).await
            }
            (row, _) => {
                self.count_failure(client, &email);
                self.keep_out(client, row).await
            }
        }
    }

    async fn let_in(
        &self,
        client: &Client,
        row: users::User,
        (workspace, role): (WorkspaceId, Role),
    ) -> Result<SignedIn, Problem> {
        let now_ms = self.now_ms();
        let client = client.clone();
        let signed_in = self.db.write(move |conn| {
            Box::pin(async move {
                let id = UserId::from(row.id.as_str());
                users::signed_in(conn, &id, &workspace, now_ms).await?;
                let cookie = sessions::start(conn, &id, &workspace, &client, now_ms).await?;
                let actor = people::actor(&row, &workspace, role, &client);
                let event = Event::new(EventKind::SignedIn, &id, row.name.as_str());
                events::record(conn, &actor, &event).await?;
                let row = users::User { last_login_at: Some(now_ms), ..row };
                Ok(SignedIn { user: people::user(conn, row, &workspace).await?, cookie })
            })
        });
        signed_in.await
    }

    /// The audit log names the account that was tried, never what was typed.
    async fn keep_out<T>(&self, client: &Client, row: Option<users::User>) -> Result<T, Problem> {
        let stranger = people::stranger(&mut self.db.read().await?, client).await?;
        let (actor, target, label) = match row {
            Some(row) => {
                let workspace = WorkspaceId::from(row.workspace_id);
                (Actor { workspace, ..stranger }, row.id, row.name)
            }
            None => (stranger, String::new(), "Unknown e-mail".to_owned()),
        };
        let event = Event::new(EventKind::SignInFailed, target, label);
        self.record(actor, event.ended(Outcome::Failed)).await?;
        Err(Problem::WrongCredentials)
    }
}
