//! Tokens of chat clients: a code becomes a pair, a refresh token the next pair, each once.

use crate::auth::Auth;
use crate::oauth::role_now;
use crate::oauth_requests::{READ, WRITE, resource};
use crate::tokens;
use domain::actor::{Actor, Permission, Role, Via};
use domain::client::Client;
use domain::event::{Event, EventKind, Outcome};
use domain::ids::{GrantId, UserId, WorkspaceId};
use domain::problem::Problem;
use serde_json::json;
use std::fmt;
use store::db::Conn;
use store::oauth::{ACCESS, CODE, NewToken, REFRESH, StoredGrant, StoredToken};
use store::{events, oauth};

/// How long an access token counts.
const ACCESS_MS: i64 = 60 * 60 * 1000;
/// A client that is not used for this long asks its person again.
const REFRESH_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// What a client exchanges for tokens.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    /// `authorization_code` or `refresh_token`.
    pub grant_type: String,
    /// Who asks.
    pub client_id: String,
    /// The code; a secret.
    pub code: String,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// What the challenge is the hash of.
    pub verifier: String,
    /// The refresh token; a secret.
    pub refresh_token: String,
    /// The address the tokens are for; none with older clients.
    pub resource: Option<String>,
}

/// A pair of tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Shown with each call; a secret.
    pub access: String,
    /// Exchanged for the next pair; a secret.
    pub refresh: String,
    /// For how many seconds the first one counts.
    pub expires_in_s: i64,
    /// What they allow, as the words of the scopes.
    pub scope: String,
}

/// Without the texts, which are secrets.
impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// Why there are no tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoTokens {
    /// The word of the protocol, and what to do.
    Refused(&'static str, &'static str),
    /// We failed.
    Failed(Problem),
}

impl From<Problem> for NoTokens {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

/// What an exchange came to. A second use must be stored, so it is no error inside the transaction.
enum Exchanged {
    Fresh(Tokens),
    Refused(&'static str),
}

impl Auth {
    /// Exchanges a code or refresh token for a pair of tokens for the address `ours`. Using one twice ends the grant.
    ///
    /// # Errors
    /// [`NoTokens`].
    pub async fn exchange(
        &self,
        client: &Client,
        given: Exchange,
        ours: &str,
    ) -> Result<Tokens, NoTokens> {
        self.count_exchange(client)?;
        let (kind, text) = match given.grant_type.as_str() {
            "authorization_code" => (CODE, given.code.clone()),
            "refresh_token" => (REFRESH, given.refresh_token.clone()),
            _ => {
                let words = "grant_type is authorization_code or refresh_token";
                return Err(NoTokens::Refused("unsupported_grant_type", words));
            }
        };
        if resource(given.resource.as_deref(), ours).is_none() {
            let words = "resource must be the address of /mcp";
            return Err(NoTokens::Refused("invalid_target", words));
        }
        let (hash, now_ms, client) = (tokens::hash(&text), self.now_ms(), client.clone());
        let exchanged = self.db.write(move |conn| {
            Box::pin(async move { exchange(conn, &client, (kind, &hash), &given, now_ms).await })
        });
        match exchanged.await? {
            Exchanged::Fresh(tokens) => Ok(tokens),
            Exchanged::Refused(words) => Err(NoTokens::Refused("invalid_grant", words)),
        }
    }

    /// Ends the grant of a token at the wish of its client. A token that is none of theirs changes nothing.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn revoke_token(
        &self,
        client: &Client,
        token: &str,
        client_id: &str,
    ) -> Result<(), Problem> {
        self.count_exchange(client)?;
        let (hash, client, client_id) = (tokens::hash(token), client.clone(), client_id.to_owned());
        let revoked = self.db.write(move |conn| {
            Box::pin(async move {
                let Some(token) = oauth::find_token(conn, &hash).await? else { return Ok(()) };
                let Some(grant) = grant_of(conn, &token).await? else { return Ok(()) };
                if grant.client_id == client_id {
                    end(conn, &client, grant, Outcome::Success).await?;
                }
                Ok::<_, Problem>(())
            })
        });
        revoked.await
    }
}

async fn exchange(
    conn: &mut Conn,
    client: &Client,
    (kind, hash): (&'static str, &str),
    given: &Exchange,
    now_ms: i64,
) -> Result<Exchanged, Problem> {
    let refused = |words| Ok(Exchanged::Refused(words));
    let found = oauth::find_token(conn, hash).await?.filter(|it| it.kind == kind);
    let Some(token) = found else { return refused("It is unknown, or was taken back") };
    let Some(grant) = grant_of(conn, &token).await? else { return refused("It was taken back") };
    if grant.client_id != given.client_id {
        return refused("It belongs to another client");
    }
    if now_ms >= token.expires_at {
        return refused("It has expired");
    }
    if kind == CODE && !is_proven(&token, given) {
        return refused("redirect_uri or code_verifier does not fit");
    }
    if !oauth::use_token(conn, hash, now_ms).await? {
        // Somebody holds a copy: whoever it is, they lose it.
        tracing::warn!(grant = grant.id, "a code or refresh token was used twice");
        end(conn, client, grant, Outcome::Denied).await?;
        return refused("It was used before, so the client was disconnected");
    }
    let Some(role) = role_now(&grant) else { return refused("Its person is kept out") };
    let scope =
        if role.can(Permission::Write) { format!("{READ} {WRITE}") } else { READ.to_owned() };
    let (access, refresh) =
        (tokens::fresh_of(tokens::ACCESS_START), tokens::fresh_of(tokens::REFRESH_START));
    let (workspace, id) = (WorkspaceId::from(grant.workspace_id), GrantId::from(grant.id));
    for (text, kind, lives_ms) in [(&access, ACCESS, ACCESS_MS), (&refresh, REFRESH, REFRESH_MS)] {
        let expires_at_ms = now_ms + lives_ms;
        let new = NewToken { token_hash: tokens::hash(text), kind, proof: None, expires_at_ms };
        oauth::insert_token(conn, (&workspace, &id), &new, now_ms).await?;
    }
    Ok(Exchanged::Fresh(Tokens { access, refresh, expires_in_s: ACCESS_MS / 1000, scope }))
}

fn is_proven(token: &StoredToken, given: &Exchange) -> bool {
    let is_same_place = token.redirect_uri.as_deref() == Some(given.redirect_uri.as_str());
    is_same_place && token.challenge == Some(tokens::challenge_of(&given.verifier))
}

async fn grant_of(conn: &mut Conn, token: &StoredToken) -> Result<Option<StoredGrant>, Problem> {
    let workspace = WorkspaceId::from(token.workspace_id.as_str());
    let grant = GrantId::from(token.grant_id.as_str());
    Ok(oauth::find_grant(conn, &workspace, &grant).await?)
}

/// Ends a grant in the name of its person, whose client does it.
async fn end(
    conn: &mut Conn,
    client: &Client,
    grant: StoredGrant,
    outcome: Outcome,
) -> Result<(), Problem> {
    let role = role_now(&grant).unwrap_or(Role::Viewer);
    let (workspace, id) = (WorkspaceId::from(grant.workspace_id), GrantId::from(grant.id));
    let actor = Actor {
        user: UserId::from(grant.user_id),
        name: grant.owner,
        workspace: workspace.clone(),
        role,
        via: Via::Key,
        request_id: client.request_id.clone(),
        ip: client.ip.clone(),
    };
    oauth::delete_grant(conn, &workspace, &id).await?;
    let event = Event::new(EventKind::ClientDisconnected, &id, grant.client_name);
    let detail = json!({"by": "client"});
    events::record(conn, &actor, &event.ended(outcome).with(detail)).await?;
    Ok(())
}
