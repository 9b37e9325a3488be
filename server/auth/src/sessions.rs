//! Sessions: who a request belongs to, with authority read anew for each request.

use crate::auth::Auth;
use crate::{devices, people, tokens};
use domain::account::User;
use domain::actor::{Actor, Via};
use domain::client::Client;
use domain::event::{Event, EventKind};
use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use std::fmt;
use store::db::Conn;
use store::sessions::{self, NewSession};
use store::users;

/// The name of the session cookie.
pub const COOKIE: &str = "pmos_session";

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// A session ends this long after it was last used (contract.md 1.3).
const IDLE_MS: i64 = 30 * DAY_MS;
/// And this long after signing in, however much it is used: a stolen cookie does not live for ever.
const ABSOLUTE_MS: i64 = 180 * DAY_MS;
/// Using a session moves its end at most this often, so that reading costs no write.
const RENEW_EVERY_MS: i64 = HOUR_MS;

/// That somebody is here is noted at most this often, for the same reason.
const NOTE_EVERY_MS: i64 = 60 * 1000;

/// Who signed in, and the cookie that proves it from now on.
pub struct SignedIn {
    /// The person.
    pub user: User,
    /// The value of a `Set-Cookie` header; a secret.
    pub cookie: String,
}

/// Without the cookie, which is a secret.
impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Whose request it is.
pub struct Authenticated {
    /// The person with the authority they have now.
    pub actor: Actor,
    /// The value of a `Set-Cookie` header when the session's end was moved; a secret.
    pub renewed_cookie: Option<String>,
    /// Nobody noted within the last minute that they are here.
    pub is_unnoted: bool,
}

impl Auth {
    /// Whose request it is; none without a session that counts now.
    ///
    /// # Errors
    /// When the database does not answer: then nobody is let in.
    pub async fn authenticate(&self, client: &Client) -> Result<Option<Authenticated>, Problem> {
        let Some(token) = client.session.as_deref().filter(|it| tokens::is_well_formed(it)) else {
            return Ok(None);
        };
        let now_ms = self.now_ms();
        let hash = tokens::hash(token);
        let session = sessions::find(&mut self.db.read().await?, &hash, now_ms).await?;
        let Some(session) = session else { return Ok(None) };
        let status = session.status.as_deref();
        let role = people::role(session.is_super_admin, session.role.as_deref(), status);
        let Some(role) = role.filter(|_| now_ms < session.created_at + ABSOLUTE_MS) else {
            return Ok(None);
        };
        let is_due = now_ms - session.renewed_at >= RENEW_EVERY_MS;
        let renewed_cookie = if is_due {
            let expires_at_ms = (now_ms + IDLE_MS).min(session.created_at + ABSOLUTE_MS);
            self.renew(hash, now_ms, expires_at_ms).await?;
            Some(cookie(token, expires_at_ms - now_ms, client))
        } else {
            None
        };
        let is_unnoted = session.seen_at.is_none_or(|it| now_ms - it >= NOTE_EVERY_MS);
        let actor = Actor {
            user: UserId::from(session.user_id),
            name: session.name,
            workspace: WorkspaceId::from(session.workspace_id),
            role,
            via: Via::Ui,
            request_id: client.request_id.clone(),
            ip: client.ip.clone(),
        };
        Ok(Some(Authenticated { actor, renewed_cookie, is_unnoted }))
    }

    /// Whose request it is, as [`Self::authenticate`]; notes that they are here.
    ///
    /// # Errors
    /// As [`Self::authenticate`].
    pub async fn arrive(&self, client: &Client) -> Result<Option<Authenticated>, Problem> {
        let found = self.authenticate(client).await?;
        if let Some(token) =
            client.session.as_deref().filter(|_| found.as_ref().is_some_and(|it| it.is_unnoted))
        {
            let (hash, now_ms) = (tokens::hash(token), self.now_ms());
            let noted = self.db.write(move |conn| {
                Box::pin(
                    async move { sessions::seen(conn, &hash, now_ms).await.map_err(Problem::from) },
                )
            });
            // What they came for does not depend on it.
            if let Err(problem) = noted.await {
                tracing::warn!(%problem, "a visit was not noted");
            }
        }
        Ok(found)
    }

    async fn renew(&self, hash: String, now_ms: i64, expires_at_ms: i64) -> Result<(), Problem> {
        let renewed = self.db.write(move |conn| {
            Box::pin(async move {
                sessions::renew(conn, &hash, now_ms, expires_at_ms).await?;
                sessions::delete_ended(conn, now_ms).await.map_err(Problem::from)
            })
        });
        renewed.await
    }

    /// The signed-in person with their workspaces.
    ///
    /// # Errors
    /// [`Problem::NotSignedIn`] when they are gone.
    pub async fn me(&self, actor: &Actor) -> Result<User, Problem> {
        let mut conn = self.db.read().await?;
        let row = users::find(&mut conn, &actor.user).await?.ok_or(Problem::NotSignedIn)?;
        people::user(&mut conn, row, &actor.workspace).await
    }

    /// Ends the session of this request, if it has one, and gives the `Set-Cookie` header that clears it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn sign_out(&self, client: &Client) -> Result<String, Problem> {
        if let Some(signed_in) = self.authenticate(client).await? {
            let actor = signed_in.actor;
            let hash = client.session.as_deref().map(tokens::hash).unwrap_or_default();
            let ended = self.db.write(move |conn| {
                Box::pin(async move {
                    let event = Event::new(EventKind::SignedOut, &actor.user, actor.name.as_str());
                    sessions::delete(conn, &hash).await?;
                    store::events::record(conn, &actor, &event).await.map_err(Problem::from)
                })
            });
            ended.await?;
        }
        Ok(cookie("", 0, client))
    }
}

/// Starts a session of `user` in `workspace` and gives its cookie. The session the request came with ends: nobody
/// keeps using a token from before signing in.
pub(crate) async fn start(
    conn: &mut Conn,
    user: &UserId,
    workspace: &WorkspaceId,
    client: &Client,
    now_ms: i64,
) -> Result<String, Problem> {
    if let Some(before) = client.session.as_deref() {
        sessions::delete(conn, &tokens::hash(before)).await?;
    }
    let token = tokens::fresh();
    let session = NewSession {
        token_hash: tokens::hash(&token),
        user: user.clone(),
        workspace: workspace.clone(),
        device: client.program.as_deref().and_then(devices::words),
        ip: client.ip.clone(),
        now_ms,
        expires_at_ms: now_ms + IDLE_MS,
    };
    sessions::insert(conn, &session).await?;
    Ok(cookie(&token, IDLE_MS, client))
}

fn cookie(token: &str, lives_ms: i64, client: &Client) -> String {
    let secure = if client.is_secure { "; Secure" } else { "" };
    let seconds = lives_ms / 1000;
    format!("{COOKIE}={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}{secure}")
}
