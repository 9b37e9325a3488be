//! Connecting a workspace to the sample Basecamp, and what it is connected to.

use crate::launchpad::Identity;
use crate::session::bound_to;
use crate::{Basecamp, convert, failure};
use basecamp_sdk::AccountClient;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::ids::ConnectionId;
use domain::integration::{AccountChoice, Checked};
use domain::problem::Problem;
use domain::project::{BasecampConnection, Person};
use serde::{Deserialize, Serialize};
use store::connections::{self, Connection, NewConnection};
use store::error::internal;
use store::mirror::Key;
use store::{events, ids, mirror_sync};

/// The word for Basecamp among the apps.
pub(crate) const APP: &str = "basecamp";
/// The status of a connection whose account is not chosen yet.
pub(crate) const CHOOSING: &str = "choosing";
const SAMPLE_NAME: &str = "Sample Basecamp";
/// Account ids of samples, in the range of real ones.
const SAMPLE_IDS: std::ops::Range<i64> = 4_000_000..9_000_000_000;

/// The open facts of a stored connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Meta {
    pub(crate) is_sample: bool,
    pub(crate) account_id: i64,
    pub(crate) account_name: String,
    pub(crate) person: Person,
    /// Whose sign-in it is; none for the sample.
    #[serde(default)]
    pub(crate) identity: Option<Identity>,
    /// What the sign-in opened when it was last asked.
    #[serde(default)]
    pub(crate) accounts: Vec<AccountChoice>,
    /// What the last test found.
    #[serde(default)]
    pub(crate) checked: Option<Checked>,
}

impl Meta {
    pub(crate) fn text(&self) -> Result<String, Problem> {
        serde_json::to_string(self).map_err(|error| internal("storing a connection", &error))
    }

    pub(crate) fn read(row: &Connection) -> Result<Self, Problem> {
        serde_json::from_str(&row.meta).map_err(|error| internal("reading a connection", &error))
    }

    /// Where the connection's mirror is.
    pub(crate) fn key(&self, row: &Connection) -> Key {
        mirror_sync::key(&row.workspace_id, &row.id, self.account_id)
    }
}

fn shown(row: &Connection) -> Result<BasecampConnection, Problem> {
    let meta = Meta::read(row)?;
    Ok(BasecampConnection {
        id: ConnectionId::new(row.id.clone()),
        is_sample: meta.is_sample,
        needs_attention: row.status == "needs_attention",
        account_name: meta.account_name,
        person: meta.person,
        connected_at_ms: row.created_at,
    })
}

/// A connection that is ready to be stored.
struct Ready {
    new: NewConnection,
    account_id: i64,
}

impl Basecamp {
    /// What the actor works with: their own connection, else the workspace's; none when nothing is connected, or no
    /// account is chosen.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn connection(&self, actor: &Actor) -> Result<Option<BasecampConnection>, Problem> {
        actor.require(Permission::Read)?;
        self.row(actor).await?.as_ref().map(shown).transpose()
    }

    /// The same Basecamp, held to the connection `id`: for an actor who may not use that one nothing is connected.
    #[must_use]
    pub fn through(&self, id: ConnectionId) -> Self {
        Self(self.0.clone(), self.1.clone(), Some(id))
    }

    /// The connections that the actor may work with, the usual one first.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn usable(&self, actor: &Actor) -> Result<Vec<BasecampConnection>, Problem> {
        actor.require(Permission::Read)?;
        let rows = self.rows(actor).await?;
        rows.iter().filter(|it| it.status != CHOOSING).map(shown).collect()
    }

    pub(crate) async fn row(&self, actor: &Actor) -> Result<Option<Connection>, Problem> {
        Ok(self.rows(actor).await?.into_iter().find(|it| it.status != CHOOSING))
    }

    /// Those the actor may use, the one they work with first: their own before the workspace's, a real one before the
    /// sample, the oldest first. A handle that is held to one connection has that one or none.
    pub(crate) async fn rows(&self, actor: &Actor) -> Result<Vec<Connection>, Problem> {
        let mut conn = self.0.db.read().await?;
        let found = connections::usable_by(&mut conn, &actor.workspace, actor.user.as_str());
        let mut rows = found.await?;
        let is_meant = |it: &Connection| self.2.as_ref().is_none_or(|only| it.id == only.as_str());
        rows.retain(|it| it.app == APP && is_meant(it));
        let is_sample = |it: &Connection| Meta::read(it).is_ok_and(|it| it.is_sample);
        rows.sort_by_cached_key(|it| (it.owner_id.is_none(), is_sample(it), it.created_at));
        Ok(rows)
    }

    /// The workspace's own: a real one before the sample.
    async fn shared(&self, actor: &Actor) -> Result<Option<Connection>, Problem> {
        Ok(self.rows(actor).await?.into_iter().find(|it| it.owner_id.is_none()))
    }

    /// Connects the workspace to a sample Basecamp of its own; when it is connected to one, that one stays.
    ///
    /// # Errors
    /// [`Problem::Conflict`] when a real Basecamp is connected, [`Problem::Unavailable`] without a sample.
    pub async fn connect_sample(&self, actor: &Actor) -> Result<BasecampConnection, Problem> {
        actor.require(Permission::Manage)?;
        if let Some(row) = self.shared(actor).await? {
            let connection = shown(&row)?;
            if !connection.is_sample {
                return Err(Problem::conflict(
                    "A real Basecamp is connected. Disconnect it to use the sample",
                ));
            }
            if !connection.needs_attention {
                return Ok(connection);
            }
            self.remove_sample(actor).await?;
        }
        let ready = self.make_sample(actor).await?;
        let account_id = ready.account_id;
        let row = self.keep(actor, ready.new).await?;
        self.0.wake.notify_one();
        if Meta::read(&row)?.account_id != account_id {
            // Somebody connected at the same moment: theirs counts.
            self.remove_account(account_id).await?;
        }
        shown(&row)
    }

    async fn make_sample(&self, actor: &Actor) -> Result<Ready, Problem> {
        let account_id = rand::random_range(SAMPLE_IDS);
        let token = ids::random_hex(32);
        self.make_account(&actor.workspace, account_id, &token).await?;
        let account = self.account(&self.sample()?.base_url, account_id, token.clone())?;
        let meta = Meta { is_sample: true, ..profile(&account, account_id).await? };
        let id = ConnectionId::new(ids::fresh());
        let secret = self.0.key.seal(&token, &bound_to(actor.workspace.as_str(), id.as_str()));
        let meta = meta.text()?;
        let new = NewConnection {
            id,
            owner_id: None,
            app: APP.into(),
            name: SAMPLE_NAME.into(),
            secret,
            meta,
        };
        Ok(Ready { new, account_id })
    }

    /// Stores a connection, unless one is there by now; gives the one that counts.
    async fn keep(&self, actor: &Actor, new: NewConnection) -> Result<Connection, Problem> {
        let actor = actor.clone();
        let write = self.0.db.write(move |conn| {
            Box::pin(async move {
                if let Some(row) = connections::of_workspace(conn, &actor.workspace, APP).await? {
                    return Ok(row);
                }
                connections::insert(conn, &actor.workspace, &new).await?;
                let event = Event::new(EventKind::ConnectionAdded, &new.id, new.name);
                events::record(conn, &actor, &event).await?;
                let row = connections::of_workspace(conn, &actor.workspace, APP).await?;
                row.ok_or_else(|| Problem::not_found("Connection"))
            })
        });
        write.await
    }

    /// Removes the sample and everything in it.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when the workspace does not use the sample.
    pub async fn remove_sample(&self, actor: &Actor) -> Result<(), Problem> {
        actor.require(Permission::Manage)?;
        let missing = || Problem::not_found(SAMPLE_NAME);
        let rows = self.rows(actor).await?;
        let is_sample = |it: &Connection| Meta::read(it).is_ok_and(|it| it.is_sample);
        let row = rows.into_iter().find(is_sample).ok_or_else(missing)?;
        let meta = Meta::read(&row)?;
        let actor = actor.clone();
        let write = self.0.db.write(move |conn| {
            Box::pin(async move {
                let id = ConnectionId::new(row.id);
                if !connections::delete(conn, &actor.workspace, &id).await? {
                    return Err(Problem::not_found(SAMPLE_NAME));
                }
                let event = Event::new(EventKind::ConnectionRemoved, &id, row.name);
                events::record(conn, &actor, &event).await?;
                Ok(())
            })
        });
        write.await?;
        self.remove_account(meta.account_id).await
    }
}

/// Who the token speaks for in an account.
pub(crate) async fn profile(account: &AccountClient, account_id: i64) -> Result<Meta, Problem> {
    let me = account.people().me().await.map_err(|error| failure::problem("Profile", &error))?;
    let account_name =
        me.company.as_ref().map_or_else(|| SAMPLE_NAME.to_owned(), |it| it.name.clone());
    Ok(Meta {
        is_sample: false,
        account_id,
        account_name,
        person: convert::person(&me),
        identity: None,
        accounts: Vec::new(),
        checked: None,
    })
}
