//! What people allow chat clients: given, listed, taken back.

use crate::auth::Auth;
use crate::keys::KeyHolder;
use crate::oauth_clients::OauthClient;
use crate::oauth_requests::Checked;
use crate::{people, tokens};
use domain::actor::{Actor, Permission, Role, Via};
use domain::client::Client;
use domain::event::{Event, EventKind};
use domain::ids::{GrantId, KeyId, UserId, WorkspaceId};
use domain::keys::{KeyGrant, KeyProfile};
use domain::oauth::{ConnectedClient, Decision};
use domain::problem::Problem;
use serde_json::json;
use store::oauth::{ACCESS, CODE, NewGrant, NewToken, StoredGrant, StoredToken};
use store::{events, ids, oauth};

/// A code is exchanged at once.
const CODE_MS: i64 = 2 * 60 * 1000;
/// When a client was last used is kept to the minute, so that a call costs no write.
const USED_EVERY_MS: i64 = 60 * 1000;
/// Clients of one person in one workspace.
const CLIENTS_MAX: usize = 100;

impl Auth {
    /// Lets `client` act for `actor` in the workspace they are in; gives the code that it exchanges for tokens.
    ///
    /// # Errors
    /// [`Problem::Invalid`] and [`Problem::Forbidden`] for the role, [`Problem::Conflict`] when there are too many.
    pub async fn allow_client(
        &self,
        actor: &Actor,
        (client, redirect_uri): (&OauthClient, &str),
        checked: Checked,
        decision: &Decision,
    ) -> Result<String, Problem> {
        let role = Role::parse(&decision.role)
            .ok_or_else(|| Problem::invalid("role", "Choose what the client may do"))?;
        if role > actor.role {
            let message =
                format!("A client cannot have the role {}: it is above yours", role.as_str());
            return Err(Problem::Forbidden { message });
        }
        let (now_ms, code) = (self.now_ms(), tokens::fresh_of(tokens::CODE_START));
        let grant = NewGrant {
            id: GrantId::from(ids::fresh()),
            user: actor.user.clone(),
            client_id: client.id.clone(),
            client_name: client.name.clone(),
            resource: checked.resource,
            role: role.as_str(),
            ask_first: decision.ask_first,
            now_ms,
        };
        let token = NewToken {
            token_hash: tokens::hash(&code),
            kind: CODE,
            proof: Some((redirect_uri.to_owned(), checked.challenge)),
            expires_at_ms: now_ms + CODE_MS,
        };
        let actor = actor.clone();
        let allowed = self.db.write(move |conn| {
            Box::pin(async move {
                let workspace = &actor.workspace;
                let rows = oauth::grants_of_workspace(conn, workspace).await?;
                if rows.iter().filter(|it| it.user_id == actor.user.as_str()).count() >= CLIENTS_MAX {
                    return Err(Problem::conflict(format!(
                        "You have {CLIENTS_MAX} chat clients here. Disconnect one that is no longer used"
                    )));
                }
                oauth::insert_grant(conn, workspace, &grant).await?;
                oauth::insert_token(conn, (workspace, &grant.id), &token, now_ms).await?;
                let detail = json!({"client": grant.client_id, "role": grant.role, "askFirst": grant.ask_first});
                let event = Event::new(EventKind::ClientConnected, &grant.id, grant.client_name);
                events::record(conn, &actor, &event.with(detail)).await.map_err(Problem::from)
            })
        });
        allowed.await?;
        Ok(code)
    }

    /// Who calls `resource` with the access token of this text; none when it is unknown, expired or for another
    /// address, or its person is kept out.
    ///
    /// # Errors
    /// When the database does not answer: then nobody is let in.
    pub async fn authenticate_token(
        &self,
        client: &Client,
        token: &str,
        resource: &str,
    ) -> Result<Option<KeyHolder>, Problem> {
        if !is_access_token(token) {
            return Ok(None);
        }
        let now_ms = self.now_ms();
        let found = self.token_of_hash(tokens::hash(token)).await?;
        let is_good =
            |it: &(StoredToken, StoredGrant)| it.0.kind == ACCESS && now_ms < it.0.expires_at;
        let Some((found, grant)) = found.filter(is_good) else { return Ok(None) };
        let (workspace, id) =
            (WorkspaceId::from(found.workspace_id), GrantId::from(found.grant_id));
        if grant.resource != resource {
            return Ok(None);
        }
        let Some(role) = role_now(&grant) else { return Ok(None) };
        let can_write = |it: Role| it.can(Permission::Write);
        let may_widen = !can_write(role) && owner_now(&grant).is_some_and(can_write);
        if grant.last_used_at.is_none_or(|it| now_ms - it >= USED_EVERY_MS) {
            let (workspace, id) = (workspace.clone(), id.clone());
            let used = self.db.write(move |conn| {
                Box::pin(async move { oauth::used(conn, &workspace, &id, now_ms).await })
            });
            used.await?;
        }
        let actor = Actor {
            user: UserId::from(grant.user_id),
            name: grant.owner,
            workspace,
            role,
            via: Via::Key,
            request_id: client.request_id.clone(),
            ip: client.ip.clone(),
        };
        let grant = KeyGrant {
            id: KeyId::from(id.as_str()),
            masked: String::new(),
            profile: KeyProfile::default(),
            ask_first: grant.ask_first == 1,
            can_approve: false,
            tools: Vec::new(),
        };
        Ok(Some(KeyHolder { actor, grant, may_widen }))
    }

    /// A token with what it is part of.
    async fn token_of_hash(
        &self,
        hash: String,
    ) -> Result<Option<(StoredToken, StoredGrant)>, Problem> {
        let read = || async {
            let mut conn = self.db.read().await?;
            let Some(token) = oauth::find_token(&mut conn, &hash).await? else { return Ok(None) };
            let workspace = WorkspaceId::from(token.workspace_id.as_str());
            let id = GrantId::from(token.grant_id.as_str());
            let grant = oauth::find_grant(&mut conn, &workspace, &id).await?;
            Ok(grant.map(|it| (token, it)))
        };
        self.tokens.of(&self.db, hash.clone(), read).await
    }

    /// The chat clients that the actor let act for them in the workspace, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn connected_clients(&self, actor: &Actor) -> Result<Vec<ConnectedClient>, Problem> {
        self.authorise(actor, Permission::Read, "list chat clients").await?;
        let rows = oauth::grants_of_workspace(&mut self.db.read().await?, &actor.workspace).await?;
        let own = rows.into_iter().filter(|it| it.user_id == actor.user.as_str());
        Ok(own.map(shown).collect())
    }

    /// Ends what a client may do, at once.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a client that is neither theirs nor theirs to manage.
    pub async fn disconnect_client(&self, actor: &Actor, id: &GrantId) -> Result<(), Problem> {
        actor.require(Permission::Read)?;
        let (actor, id) = (actor.clone(), id.clone());
        let ended = self.db.write(move |conn| {
            Box::pin(async move {
                let found = oauth::find_grant(conn, &actor.workspace, &id).await?;
                let is_theirs = |it: &StoredGrant| {
                    it.user_id == actor.user.as_str() || actor.role.can(Permission::Manage)
                };
                let found = found.filter(is_theirs);
                let found = found.ok_or_else(|| Problem::not_found("Chat client"))?;
                oauth::delete_grant(conn, &actor.workspace, &id).await?;
                let event = Event::new(EventKind::ClientDisconnected, &id, found.client_name);
                events::record(conn, &actor, &event).await.map_err(Problem::from)
            })
        });
        ended.await.map(|_| ())
    }
}

/// Whether a text has the form of an access token: who shows it is a chat client that signed somebody in.
pub fn is_access_token(text: &str) -> bool {
    tokens::is_of(tokens::ACCESS_START, text)
}

/// What the client may do now: its own role, or its person's where that has become less.
pub(crate) fn role_now(grant: &StoredGrant) -> Option<Role> {
    Some(Role::parse(&grant.role)?.min(owner_now(grant)?))
}

/// What its person may do now.
fn owner_now(grant: &StoredGrant) -> Option<Role> {
    let status = grant.owner_status.as_deref();
    people::role(grant.is_super_admin, grant.owner_role.as_deref(), status)
}

fn shown(grant: StoredGrant) -> ConnectedClient {
    let role = role_now(&grant).or_else(|| Role::parse(&grant.role)).unwrap_or(Role::Viewer);
    ConnectedClient {
        id: GrantId::from(grant.id),
        name: grant.client_name,
        role,
        ask_first: grant.ask_first == 1,
        created_at_ms: grant.created_at,
        last_used_at_ms: grant.last_used_at,
    }
}
