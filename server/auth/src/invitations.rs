//! Invitations: a link for one e-mail address into one workspace, valid 7 days, once.

use crate::auth::Auth;
use crate::sessions::SignedIn;
use crate::sign_up::{email_is_taken, welcome};
use crate::{input, people, sessions, tokens};
use domain::account::{Acceptance, Invitation, InvitationPreview, Invited};
use domain::actor::{Actor, Permission, Role};
use domain::client::Client;
use domain::event::{Event, EventKind};
use domain::ids::{InvitationId, UserId, WorkspaceId};
use domain::problem::{Issue, Problem};
use serde_json::json;
use store::db::Conn;
use store::invitations::{self, NewInvitation};
use store::users::NewUser;
use store::{events, ids, users, workspaces};

const VALID_MS: i64 = 7 * 24 * 60 * 60 * 1000;
const PENDING: &str = "pending";
const ACCEPTED: &str = "accepted";
const WITHDRAWN: &str = "withdrawn";
const EXPIRED: &str = "expired";

impl Auth {
    /// The invitations of the workspace, newest first.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub async fn invitations(&self, actor: &Actor) -> Result<Vec<Invitation>, Problem> {
        self.authorise(actor, Permission::Manage, "list invitations").await?;
        let rows = invitations::of_workspace(&mut self.db.read().await?, &actor.workspace).await?;
        Ok(rows.into_iter().map(|it| shown(it, self.now_ms())).collect())
    }

    /// Invites an address; earlier invitations of it to this workspace are withdrawn.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::Invalid`], [`Problem::Conflict`] when they are a member.
    pub async fn invite(&self, actor: &Actor, email: &str, role: &str) -> Result<Invited, Problem> {
        self.authorise(actor, Permission::Manage, "invite somebody").await?;
        let given = Role::parse(role).filter(|it| *it != Role::SuperAdmin);
        let wrong_role = Issue::new("role", "Give workspace_admin, member or viewer");
        let (email, role) = match (input::email(email), given) {
            (Ok(email), Some(role)) => (email, role),
            (email, role) => {
                return Err(input::invalid([email.err(), role.is_none().then_some(wrong_role)]));
            }
        };
        let token = tokens::fresh();
        let now_ms = self.now_ms();
        let new = NewInvitation {
            id: InvitationId::from(ids::fresh()),
            email,
            role,
            token_hash: tokens::hash(&token),
            invited_by: actor.user.clone(),
            now_ms,
            expires_at_ms: now_ms + VALID_MS,
        };
        let invitation = new_invitation(&new, actor);
        let actor = actor.clone();
        let stored = self.db.write(move |conn| {
            Box::pin(async move {
                let members = workspaces::members(conn, &actor.workspace).await?;
                if members.iter().any(|it| it.email == new.email) {
                    return Err(Problem::conflict(
                        "This address belongs to a member already. Change their role instead",
                    ));
                }
                invitations::insert(conn, &actor.workspace, &new).await?;
                let event = Event::new(EventKind::InvitationCreated, &new.id, new.email.as_str());
                let event = event.with(json!({"role": new.role.as_str()}));
                events::record(conn, &actor, &event).await.map_err(Problem::from)
            })
        });
        stored.await?;
        Ok(Invited { invitation, link: format!("{}/invite/{token}", self.config.base_url) })
    }

    /// Takes a pending invitation back.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`].
    pub async fn withdraw(&self, actor: &Actor, id: &InvitationId) -> Result<(), Problem> {
        self.authorise(actor, Permission::Manage, "withdraw an invitation").await?;
        let (actor, id) = (actor.clone(), id.clone());
        let withdrawn = self.db.write(move |conn| {
            Box::pin(async move {
                if !invitations::end(conn, &actor.workspace, &id, WITHDRAWN).await? {
                    return Err(Problem::not_found("Invitation"));
                }
                let event = Event::new(EventKind::InvitationWithdrawn, &id, "Invitation");
                events::record(conn, &actor, &event).await?;
                Ok(())
            })
        });
        withdrawn.await
    }

    /// What a link is for.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when it is unknown, used, withdrawn or expired.
    pub async fn lookup(&self, token: &str) -> Result<InvitationPreview, Problem> {
        let row = open(&mut self.db.read().await?, token, self.now_ms()).await?;
        Ok(InvitationPreview {
            role: Role::parse(&row.role).unwrap_or(Role::Viewer),
            email: row.email,
            workspace_name: row.workspace_name,
            invited_by: row.invited_by,
        })
    }

    /// Joins the inviting workspace: as a new person, or as the signed-in one whose address was invited.
    ///
    /// # Errors
    /// [`Problem::NotFound`] as for [`Auth::lookup`], [`Problem::Invalid`], [`Problem::Conflict`] when the address
    /// has an account that is not signed in, [`Problem::RateLimited`].
    pub async fn accept(
        &self,
        client: &Client,
        actor: Option<&Actor>,
        acceptance: Acceptance,
    ) -> Result<SignedIn, Problem> {
        self.count_sign_up(client)?;
        let now_ms = self.now_ms();
        let mut conn = self.db.read().await?;
        let row = open(&mut conn, &acceptance.token, now_ms).await?;
        let known = users::find_by_email(&mut conn, &row.email).await?;
        let is_locked_out = match &known {
            Some(known) => people::landing(&mut conn, known).await?.is_none(),
            None => false,
        };
        drop(conn);
        match (known, actor) {
            (Some(known), Some(actor)) if known.id == actor.user.as_str() => {
                self.join(client, row, known).await
            }
            // Somebody whom no workspace lets in cannot sign in first, so their password is asked for here.
            (Some(known), _) if is_locked_out => {
                let turn = self.hashing.turn().await?;
                self.check_failures(client, &known.email)?;
                if !turn.verify(&acceptance.password, Some(&known.password_hash)).await? {
                    self.count_failure(client, &known.email);
                    return Err(Problem::WrongCredentials);
                }
                self.join(client, row, known).await
            }
            (Some(_), _) => Err(email_is_taken()),
            (None, _) => self.join_new(client, row, &acceptance).await,
        }
    }

    async fn join(
        &self,
        client: &Client,
        row: invitations::Invitation,
        known: users::User,
    ) -> Result<SignedIn, Problem> {
        let (client, now_ms) = (client.clone(), self.now_ms());
        let joined = self.db.write(move |conn| {
            Box::pin(async move {
                let id = UserId::from(known.id.as_str());
                let workspace = use_up(conn, &row).await?;
                let role = Role::parse(&row.role).unwrap_or(Role::Viewer);
                workspaces::add_member(conn, &workspace, &id, role, now_ms).await?;
                users::signed_in(conn, &id, &workspace, now_ms).await?;
                let cookie = sessions::start(conn, &id, &workspace, &client, now_ms).await?;
                let known = users::User { last_login_at: Some(now_ms), ..known };
                let actor = people::actor(&known, &workspace, role, &client);
                let name = known.name.clone();
                let event = Event::new(EventKind::InvitationAccepted, &id, name);
                events::record(conn, &actor, &event).await?;
                Ok(SignedIn { user: people::user(conn, known, &workspace).await?, cookie })
            })
        });
        joined.await
    }

    async fn join_new(
        &self,
        client: &Client,
        row: invitations::Invitation,
        acceptance: &Acceptance,
    ) -> Result<SignedIn, Problem> {
        let password = input::password("password", &acceptance.password);
        let name = match (input::name(&acceptance.name), password) {
            (Ok(name), Ok(_)) => name,
            (name, password) => return Err(input::invalid([name.err(), password.err()])),
        };
        let password_hash = self.hashing.turn().await?.hash(&acceptance.password).await?;
        let new = NewUser {
            id: UserId::from(ids::fresh()),
            workspace: WorkspaceId::from(row.workspace_id.as_str()),
            name,
            email: row.email.clone(),
            password_hash,
            is_super_admin: false,
            now_ms: self.now_ms(),
        };
        let client = client.clone();
        let joined = self.db.write(move |conn| {
            Box::pin(async move {
                let workspace = use_up(conn, &row).await?;
                if !users::insert(conn, &new).await? {
                    return Err(email_is_taken());
                }
                let role = Role::parse(&row.role).unwrap_or(Role::Viewer);
                workspaces::add_member(conn, &workspace, &new.id, role, new.now_ms).await?;
                welcome(conn, &new, &client, EventKind::InvitationAccepted).await
            })
        });
        joined.await
    }
}

/// The invitation of a token that can still be used.
async fn open(
    conn: &mut Conn,
    token: &str,
    now_ms: i64,
) -> Result<invitations::Invitation, Problem> {
    let found = invitations::find_by_token(conn, &tokens::hash(token)).await?;
    let is_open = |it: &invitations::Invitation| it.status == PENDING && it.expires_at > now_ms;
    found.filter(is_open).ok_or_else(|| Problem::not_found("Invitation"))
}

/// Marks it used, once: a second use at the same moment finds nothing.
async fn use_up(conn: &mut Conn, row: &invitations::Invitation) -> Result<WorkspaceId, Problem> {
    let workspace = WorkspaceId::from(row.workspace_id.as_str());
    if invitations::end(conn, &workspace, &InvitationId::from(row.id.as_str()), ACCEPTED).await? {
        Ok(workspace)
    } else {
        Err(Problem::not_found("Invitation"))
    }
}

fn new_invitation(new: &NewInvitation, inviter: &Actor) -> Invitation {
    Invitation {
        id: new.id.clone(),
        email: new.email.clone(),
        role: new.role,
        status: PENDING.to_owned(),
        invited_by: inviter.name.clone(),
        created_at_ms: new.now_ms,
        expires_at_ms: new.expires_at_ms,
    }
}

fn shown(row: invitations::Invitation, now_ms: i64) -> Invitation {
    let is_expired = row.status == PENDING && row.expires_at <= now_ms;
    Invitation {
        id: InvitationId::from(row.id),
        email: row.email,
        role: Role::parse(&row.role).unwrap_or(Role::Viewer),
        status: if is_expired { EXPIRED.to_owned() } else { row.status },
        invited_by: row.invited_by,
        created_at_ms: row.created_at,
        expires_at_ms: row.expires_at,
    }
}
