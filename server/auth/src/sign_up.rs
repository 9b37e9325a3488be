//! Making accounts: the first manages the installation, each later one its own new workspace.

use crate::auth::Auth;
use crate::sessions::SignedIn;
use crate::{input, people, platform, sessions};
use domain::account::{AuthState, Workspace};
use domain::actor::Role;
use domain::client::Client;
use domain::event::{Event, EventKind, Outcome};
use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use serde_json::Value;
use store::db::Conn;
use store::users::NewUser;
use store::{events, ids, settings, users, workspaces};

/// The setting that exactly one account claims.
const FIRST_ACCOUNT: &str = "firstAccount";

impl Auth {
    /// What a visitor may do.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn state(&self) -> Result<AuthState, Problem> {
        let mut conn = self.db.read().await?;
        let first_account = users::is_empty(&mut conn).await?;
        let is_open = !platform::is_signup_closed(&mut conn, &self.config).await?;
        Ok(AuthState { signup_open: is_open || first_account, first_account })
    }

    /// Makes an account with its own workspace and signs in.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with every reason, [`Problem::SignupClosed`], [`Problem::Conflict`] when the e-mail has
    /// an account, [`Problem::RateLimited`].
    pub async fn sign_up(
        &self,
        client: &Client,
        name: &str,
        email: &str,
        password: &str,
    ) -> Result<SignedIn, Problem> {
        let checked =
            (input::name(name), input::email(email), input::password("password", password));
        let (name, email) = match checked {
            (Ok(name), Ok(email), Ok(_)) => (name, email),
            (name, email, password) => {
                return Err(input::invalid([name.err(), email.err(), password.err()]));
            }
        };
        if !self.state().await?.signup_open {
            return Err(self.refuse_sign_up(client).await?);
        }
        self.count_sign_up(client)?;
        let password_hash = self.hashing.turn().await?.hash(password).await?;
        let new = self.newcomer((name, email), password_hash);
        let (client, config) = (client.clone(), self.config.clone());
        let made = self.db.write(move |conn| {
            Box::pin(async move {
                let is_first = claim_first(conn, &new.id).await?;
                if !is_first && platform::is_signup_closed(conn, &config).await? {
                    return Err(Problem::SignupClosed);
                }
                make(conn, NewUser { is_super_admin: is_first, ..new }, &client).await
            })
        });
        made.await
    }

    /// Somebody new, to be stored with a workspace of their own.
    pub(crate) fn newcomer(
        &self,
        (name, email): (String, String),
        password_hash: String,
    ) -> NewUser {
        NewUser {
            id: UserId::from(ids::fresh()),
            workspace: WorkspaceId::from(ids::fresh()),
            name,
            email,
            password_hash,
            is_super_admin: false,
            now_ms: self.now_ms(),
        }
    }

    async fn refuse_sign_up(&self, client: &Client) -> Result<Problem, Problem> {
        let stranger = people::stranger(&mut self.db.read().await?, client).await?;
        let event = Event::new(EventKind::SignedUp, "", "Sign-up is closed");
        self.record(stranger, event.ended(Outcome::Denied)).await?;
        Ok(Problem::SignupClosed)
    }
}

/// Whether `user` is the first account. Others wait here until the first is stored, or not.
async fn claim_first(conn: &mut Conn, user: &UserId) -> Result<bool, Problem> {
    let user = Value::from(user.as_str());
    Ok(settings::claim(conn, settings::INSTALLATION, FIRST_ACCOUNT, &user).await?)
}

async fn make(conn: &mut Conn, new: NewUser, client: &Client) -> Result<SignedIn, Problem> {
    store_with_workspace(conn, &new).await?;
    welcome(conn, &new, client, EventKind::SignedUp).await
}

/// Stores somebody new as the admin of their own first workspace.
pub(crate) async fn store_with_workspace(conn: &mut Conn, new: &NewUser) -> Result<(), Problem> {
    if !users::insert(conn, new).await? {
        return Err(email_is_taken());
    }
    workspaces::insert(conn, &first_workspace(new)).await?;
    workspaces::add_member(conn, &new.workspace, &new.id, Role::WorkspaceAdmin, new.now_ms).await?;
    Ok(())
}

/// Signs a stored person in for the first time and records how they came.
pub(crate) async fn welcome(
    conn: &mut Conn,
    new: &NewUser,
    client: &Client,
    kind: EventKind,
) -> Result<SignedIn, Problem> {
    let row = users::find(conn, &new.id).await?.ok_or(Problem::NotSignedIn)?;
    let cookie = sessions::start(conn, &new.id, &new.workspace, client, new.now_ms).await?;
    let user = people::user(conn, row.clone(), &new.workspace).await?;
    let actor = people::actor(&row, &new.workspace, user.role, client);
    events::record(conn, &actor, &Event::new(kind, &new.id, new.name.as_str())).await?;
    Ok(SignedIn { user, cookie })
}

pub(crate) fn email_is_taken() -> Problem {
    Problem::conflict("This e-mail has an account. Sign in instead")
}

/// A workspace as it starts: named after its owner, in UTC, Monday to Friday, nine to five.
fn first_workspace(owner: &NewUser) -> Workspace {
    Workspace {
        id: owner.workspace.clone(),
        name: format!("{}'s workspace", owner.name),
        timezone: "UTC".to_owned(),
        working_days: vec![1, 2, 3, 4, 5],
        working_hours: ["09:00".to_owned(), "17:00".to_owned()],
        created_at_ms: owner.now_ms,
    }
}
