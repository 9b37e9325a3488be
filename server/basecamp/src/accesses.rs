//! The connections people made by signing in: kept, listed, moved to another account, taken away.

use crate::connections::{APP, CHOOSING, Meta, profile};
use crate::launchpad::Identity;
use crate::oauth::{Arrival, needed};
use crate::renewing::{self, Renewing};
use crate::tokens::Tokens;
use crate::{Basecamp, app, failure};
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::ids::ConnectionId;
use domain::integration::{AccountChoice, BasecampAccess, BasecampAccesses, Health, Sharing};
use domain::problem::Problem;
use domain::project::Person;
use store::connections::{self, Connection, NewConnection, Renewed};
use store::{events, ids, sign_ins};

pub(crate) fn sharing(row: &Connection) -> Sharing {
    if row.owner_id.is_some() { Sharing::Personal } else { Sharing::Workspace }
}

/// The accounts a person may work with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The one in use; none before one is chosen.
    pub selected: Option<i64>,
    /// Those of the connection in use.
    pub accounts: Vec<AccountChoice>,
    /// It is the sample.
    pub is_sample: bool,
    /// Access is there, as far as is known.
    pub is_working: bool,
}

/// What is stored of a sign-in, and in the place of what.
struct Placed {
    before: Option<Connection>,
    owner_id: Option<String>,
    meta: Meta,
    tokens: Tokens,
}

impl Basecamp {
    /// Every connection to Basecamp that the actor sees: the workspace's, and their own.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to write: who only looks connects nothing.
    pub async fn accesses(&self, actor: &Actor) -> Result<BasecampAccesses, Problem> {
        actor.require(Permission::Write)?;
        let rows = self.rows(actor).await?;
        let in_use = rows.iter().find(|it| it.status != CHOOSING).map(|it| it.id.clone());
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            found.push(access(row, actor, in_use.as_ref() == Some(&row.id))?);
        }
        found.sort_by_key(|it| (it.sharing == Sharing::Personal, it.is_sample));
        Ok(BasecampAccesses {
            connections: found,
            can_sign_in: app::integration(&self.0).await?.is_some(),
        })
    }

    /// One of them.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for one that is not there or somebody else's, else as [`Self::accesses`].
    pub async fn access(
        &self,
        actor: &Actor,
        id: &ConnectionId,
    ) -> Result<BasecampAccess, Problem> {
        let found = self.accesses(actor).await?.connections.into_iter().find(|it| it.id == *id);
        found.ok_or_else(|| Problem::not_found("Connection"))
    }

    pub(crate) async fn find_row(
        &self,
        actor: &Actor,
        id: &ConnectionId,
    ) -> Result<Connection, Problem> {
        actor.require(Permission::Write)?;
        let found = self.rows(actor).await?.into_iter().find(|it| it.id == id.as_str());
        found.ok_or_else(|| Problem::not_found("Connection"))
    }

    /// Stores what somebody arrived with as the actor's connection. The same sign-in again mends the connection it
    /// made before. The account is the one that was chosen, else the installation's, else the only one, else it must
    /// still be chosen.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::Unavailable`] when Basecamp does not say who the person is in the account.
    pub async fn keep_access(
        &self,
        actor: &Actor,
        sharing: Sharing,
        arrival: Arrival,
    ) -> Result<ConnectionId, Problem> {
        actor.require(needed(sharing))?;
        let Arrival { identity, accounts, tokens, .. } = arrival;
        let owner_id = (sharing == Sharing::Personal).then(|| actor.user.as_str().to_owned());
        let is_theirs = |it: &Connection| {
            let meta = Meta::read(it);
            let is_same = |it: Meta| it.identity.is_some_and(|it| it.id == identity.id);
            it.owner_id == owner_id && meta.is_ok_and(is_same)
        };
        let before = self.rows(actor).await?.into_iter().find(is_theirs);
        let chosen = before.as_ref().and_then(|it| Meta::read(it).ok()).map(|it| it.account_id);
        let account = choose(&accounts, chosen, self.0.config.default_account);
        let mut meta = match account {
            Some(account) => self.met(&account, tokens.access.clone()).await?,
            None => Meta {
                is_sample: false,
                account_id: 0,
                account_name: String::new(),
                person: Person { id: 0, name: identity.name.clone(), email: None, title: None },
                identity: None,
                accounts: Vec::new(),
                checked: None,
            },
        };
        meta.identity = Some(identity);
        meta.accounts = accounts;
        self.place(actor, Placed { before, owner_id, meta, tokens }).await
    }

    /// The accounts the actor may work with, and the one they do.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn choices(&self, actor: &Actor) -> Result<Choices, Problem> {
        actor.require(Permission::Read)?;
        let rows = self.rows(actor).await?;
        let used = rows.iter().find(|it| it.status != CHOOSING);
        let Some(row) = used.or_else(|| rows.first()) else { return Ok(Choices::default()) };
        let meta = Meta::read(row)?;
        let selected = Some(meta.account_id).filter(|it| *it != 0);
        let mut accounts = meta.accounts;
        if let Some(id) = selected.filter(|id| !accounts.iter().any(|it| it.id == *id)) {
            accounts.push(AccountChoice { id, name: meta.account_name });
        }
        let is_sample = meta.is_sample;
        Ok(Choices { selected, accounts, is_sample, is_working: row.status == "active" })
    }

    /// Where an identity's connection is, for mending it: the workspace's if it made that one and they may change it,
    /// else their own.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sharing_of(&self, actor: &Actor, identity: &Identity) -> Result<Sharing, Problem> {
        let is_shared = |it: &Connection| {
            let made = Meta::read(it).ok().and_then(|it| it.identity).map(|it| it.id);
            it.owner_id.is_none() && made == Some(identity.id)
        };
        let has_shared = self.rows(actor).await?.iter().any(is_shared);
        let may_change = actor.role.can(needed(Sharing::Workspace));
        Ok(if has_shared && may_change { Sharing::Workspace } else { Sharing::Personal })
    }

    /// Who we are in an account.
    async fn met(&self, account: &AccountChoice, token: String) -> Result<Meta, Problem> {
        let client = self.account(&self.0.config.base_url, account.id, token)?;
        let meta = profile(&client, account.id).await?;
        Ok(Meta { account_name: account.name.clone(), ..meta })
    }

    /// Moves a connection to another account of the same sign-in. What was mirrored of the account before goes.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for an account that the sign-in does not open, [`Problem::NotFound`],
    /// [`Problem::Forbidden`], [`Problem::NeedsSetup`] when access was lost.
    pub async fn choose_account(
        &self,
        actor: &Actor,
        id: &ConnectionId,
        account_id: i64,
    ) -> Result<ConnectionId, Problem> {
        let row = self.find_row(actor, id).await?;
        actor.require(needed(sharing(&row)))?;
        let before = Meta::read(&row)?;
        let wanted = before.accounts.iter().find(|it| it.id == account_id).cloned();
        let wanted = wanted.ok_or_else(|| {
            Problem::invalid(
                "account_id",
                "This sign-in does not open an account with this id. Choose one of its own",
            )
        })?;
        if before.account_id == account_id {
            return Ok(id.clone());
        }
        let tokens = Tokens::open(&self.0.key, &row).map_err(|_| renewing::unreadable(&row))?;
        let renewing = Renewing::new(self.0.clone(), before.key(&row), tokens);
        let token = renewing.token().await.map_err(|error| failure::problem("Account", &error))?;
        let met = self.met(&wanted, token).await?;
        let meta = Meta { identity: before.identity, accounts: before.accounts, ..met };
        let row = self.find_row(actor, id).await?;
        let tokens = Tokens::open(&self.0.key, &row).map_err(|_| renewing::unreadable(&row))?;
        let owner_id = row.owner_id.clone();
        self.place(actor, Placed { before: Some(row), owner_id, meta, tokens }).await
    }

    /// Stores a connection, in the place of the one before. Another account is another connection: its mirror is.
    async fn place(&self, actor: &Actor, placed: Placed) -> Result<ConnectionId, Problem> {
        let Placed { before, owner_id, meta, tokens } = placed;
        let is_same_mirror = |it: &&Connection| {
            Meta::read(it).is_ok_and(|it| it.account_id == 0 || it.account_id == meta.account_id)
        };
        let kept = before.as_ref().filter(is_same_mirror).map(|it| it.id.clone());
        let id = ConnectionId::new(kept.unwrap_or_else(ids::fresh));
        let identity = meta.identity.as_ref();
        let identity_id = identity.map_or(0, |it| it.id);
        let name = match (meta.account_id, identity) {
            (0, Some(it)) => it.email.clone(),
            _ => meta.account_name.clone(),
        };
        let status = if meta.account_id == 0 { CHOOSING } else { "active" };
        let renewed = Renewed {
            name: name.clone(),
            status: status.to_owned(),
            secret: tokens.seal(&self.0.key, actor.workspace.as_str(), id.as_str()),
            meta: meta.text()?,
        };
        let (actor, made) = (actor.clone(), id.clone());
        let write = self.0.db.write(move |conn| {
            Box::pin(async move {
                let workspace = &actor.workspace;
                let is_new = before.is_none();
                if let Some(before) = before.filter(|it| it.id != id.as_str()) {
                    connections::delete(conn, workspace, &ConnectionId::new(before.id)).await?;
                }
                if !connections::renew(conn, workspace, &id, &renewed).await? {
                    let Renewed { secret, meta, .. } = renewed.clone();
                    let app = APP.to_owned();
                    let new = NewConnection { id: id.clone(), owner_id, app, name, secret, meta };
                    connections::insert(conn, workspace, &new).await?;
                    connections::renew(conn, workspace, &id, &renewed).await?;
                }
                sign_ins::link(conn, identity_id, workspace, &actor.user).await?;
                let kind =
                    if is_new { EventKind::ConnectionAdded } else { EventKind::ConnectionChanged };
                events::record(conn, &actor, &Event::new(kind, &id, renewed.name)).await?;
                Ok::<_, Problem>(())
            })
        });
        write.await?;
        self.0.wake.notify_one();
        Ok(made)
    }

    /// Takes a connection away, with its tokens and what was mirrored through it.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::Forbidden`].
    pub async fn disconnect(&self, actor: &Actor, id: &ConnectionId) -> Result<(), Problem> {
        let row = self.find_row(actor, id).await?;
        actor.require(needed(sharing(&row)))?;
        if Meta::read(&row)?.is_sample {
            return self.remove_sample(actor).await;
        }
        let (actor, id) = (actor.clone(), id.clone());
        let write = self.0.db.write(move |conn| {
            Box::pin(async move {
                if !connections::delete(conn, &actor.workspace, &id).await? {
                    return Err(Problem::not_found("Connection"));
                }
                let event = Event::new(EventKind::ConnectionRemoved, &id, row.name);
                events::record(conn, &actor, &event).await?;
                Ok(())
            })
        });
        write.await?;
        self.0.wake.notify_one();
        Ok(())
    }
}

/// The stored choice if it still counts, the installation's, the only one, else none.
fn choose(
    accounts: &[AccountChoice],
    chosen: Option<i64>,
    default: Option<i64>,
) -> Option<AccountChoice> {
    let named = |id: Option<i64>| accounts.iter().find(|it| Some(it.id) == id).cloned();
    let only = || accounts.first().filter(|_| accounts.len() == 1).cloned();
    named(chosen).or_else(|| named(default)).or_else(only)
}

fn access(row: &Connection, actor: &Actor, is_in_use: bool) -> Result<BasecampAccess, Problem> {
    let meta = Meta::read(row)?;
    let sharing = sharing(row);
    let health = match row.status.as_str() {
        "active" => Health::Working,
        CHOOSING => Health::Choosing,
        _ => Health::NeedsAttention,
    };
    let email = meta.identity.map(|it| it.email).filter(|it| !it.is_empty());
    let account = AccountChoice { id: meta.account_id, name: meta.account_name };
    Ok(BasecampAccess {
        id: ConnectionId::new(row.id.clone()),
        name: row.name.clone(),
        is_sample: meta.is_sample,
        sharing,
        owner: (sharing == Sharing::Personal).then(|| actor.name.clone()),
        health,
        signed_in_as: email.unwrap_or(meta.person.name),
        account: Some(account).filter(|it| it.id != 0),
        accounts: meta.accounts,
        is_in_use,
        may_change: actor.role.can(needed(sharing)),
        checked: meta.checked,
        connected_at_ms: row.created_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_chosen_in_a_fixed_order() {
        let all: Vec<_> = [1, 2].map(|id| AccountChoice { id, name: String::new() }).into();
        let chosen = |chosen, default| choose(&all, chosen, default).map(|it| it.id);
        assert_eq!(chosen(Some(2), Some(1)), Some(2));
        assert_eq!(chosen(Some(9), Some(1)), Some(1), "the choice no longer counts");
        assert_eq!(chosen(None, Some(9)), None);
        assert_eq!(choose(&all[..1], None, None).map(|it| it.id), Some(1));
    }
}
