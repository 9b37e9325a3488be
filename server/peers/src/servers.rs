//! Adding, changing, testing and removing servers, and accepting what they say of their tools.

use crate::listing::{Listing, description, part};
use crate::peers::{Peers, Wanted, bound};
use crate::wire::{Came, Failure};
use crate::{given, names};
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind, Outcome};
use domain::ids::ToolServerId;
use domain::integration::Checked;
use domain::problem::Problem;
use domain::tool_server::{
    NewToolServer, ServerTool, ServerToolChange, ToolRisk, ToolServer, ToolServerChange, ToolState,
};
use serde_json::json;
use store::db::Conn;
use store::tool_servers::{self as rows, Offer, ServerRow, ToolRow};
use store::{events, ids};

/// Servers of one workspace.
const MOST: usize = 20;

impl Peers {
    /// The servers of the workspace with their tools, by name.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for people who may only look.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<ToolServer>, Problem> {
        actor.require(Permission::Write)?;
        let mut conn = self.db.read().await?;
        let servers = rows::list(&mut conn, &actor.workspace).await?;
        let tools = rows::tools(&mut conn, &actor.workspace).await?;
        Ok(servers.iter().map(|it| shown(it, &tools)).collect())
    }

    /// Adds a server that answers. Nothing of it is used before somebody accepts what it says of its tools.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage; [`Problem::Invalid`] with what is wrong, also when the
    /// server does not answer: then nothing is saved.
    pub async fn add(&self, actor: &Actor, new: NewToolServer) -> Result<ToolServer, Problem> {
        actor.require(Permission::Manage)?;
        let name = given::name(&new.name)?;
        let secret = given::secret(new.header.as_deref(), new.secret.as_deref())?;
        let is_trusted = actor.role.can(Permission::Platform);
        let wanted = Wanted { url: new.url.trim().to_owned(), secret, is_trusted };
        let (checked, listing) = self.looked(&wanted).await?;
        let mut conn = self.db.read().await?;
        let known = rows::list(&mut conn, &actor.workspace).await?;
        drop(conn);
        if known.len() >= MOST {
            let words = format!("A workspace has at most {MOST} servers. Remove one first");
            return Err(Problem::conflict(words));
        }
        let taken: Vec<&str> = known.iter().map(|it| it.slug.as_str()).collect();
        let mut row = ServerRow {
            id: ids::fresh(),
            workspace_id: actor.workspace.to_string(),
            slug: names::slug(&name, &taken),
            name,
            url: wanted.url.clone(),
            header: None,
            secret: None,
            is_trusted: wanted.is_trusted.into(),
            is_enabled: 1,
            checked: Some(written(&checked)),
            added_by: actor.name.clone(),
            created_at: 0,
            updated_at: 0,
        };
        self.seal(&mut row, &wanted);
        let offers = listing.offers(&row.slug, &[]);
        let id = ToolServerId::from(row.id.clone());
        let event = Event::new(EventKind::ConnectionAdded, &id, &row.name);
        let (by, server) = (actor.clone(), id.clone());
        let write = self.db.write(move |conn| {
            Box::pin(async move {
                rows::insert(conn, &row).await.map_err(|error| match error.is_constraint() {
                    true => Problem::conflict("Somebody else is adding a server. Try again"),
                    false => error.into(),
                })?;
                rows::offer(conn, &by.workspace, &server, &offers).await?;
                told(conn, &by, event).await
            })
        });
        write.await?;
        self.one(actor, &id).await
    }

    /// Changes a server. With another address it is another server: its tools have to be accepted anew.
    ///
    /// # Errors
    /// As [`Self::add`]; [`Problem::NotFound`]; [`Problem::Invalid`] for another address without the secret, which is
    /// sent to the address it was given for and to no other.
    pub async fn change(
        &self,
        actor: &Actor,
        id: &ToolServerId,
        change: ToolServerChange,
    ) -> Result<ToolServer, Problem> {
        actor.require(Permission::Manage)?;
        let mut row = self.row(actor, id).await?;
        if let Some(name) = &change.name {
            row.name = given::name(name)?;
        }
        if let Some(is_enabled) = change.is_enabled {
            row.is_enabled = is_enabled.into();
        }
        let url = change.url.as_deref().map(str::trim).filter(|it| *it != row.url);
        let is_other = url.is_some();
        let is_looked_at = is_other || change.secret.is_some() || change.header.is_some();
        let mut offers = None;
        if is_looked_at {
            let wanted = self.changed(actor, &row, &change, url)?;
            let (checked, listing) = self.looked(&wanted).await?;
            row.url.clone_from(&wanted.url);
            row.is_trusted = wanted.is_trusted.into();
            row.checked = Some(written(&checked));
            self.seal(&mut row, &wanted);
            offers = Some(listing.offers(&row.slug, &self.tools_of(actor, id).await?));
        }
        let event = Event::new(EventKind::ConnectionChanged, id, &row.name);
        let (by, server) = (actor.clone(), id.clone());
        let write = self.db.write(move |conn| {
            Box::pin(async move {
                if !rows::save(conn, &row).await? {
                    return Err(missing());
                }
                if is_other {
                    rows::accept_nothing(conn, &by.workspace, &server).await?;
                }
                if let Some(offers) = &offers {
                    rows::offer(conn, &by.workspace, &server, offers).await?;
                }
                told(conn, &by, event).await
            })
        });
        write.await?;
        self.one(actor, id).await
    }

    /// Reads anew what a server offers.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`]. A server that does not answer is no error: the answer says so.
    pub async fn test(&self, actor: &Actor, id: &ToolServerId) -> Result<ToolServer, Problem> {
        actor.require(Permission::Manage)?;
        let row = self.row(actor, id).await?;
        let target = self.target(&self.stored(&row)?).await?;
        let (checked, found) = self.look(&target).await;
        let known = self.tools_of(actor, id).await?;
        let offers = found.ok().map(|it| it.offers(&row.slug, &known));
        let outcome = if offers.is_some() { Outcome::Success } else { Outcome::Failed };
        let event = Event::new(EventKind::ConnectorTested, id, &row.name).ended(outcome);
        let (by, server, found) = (actor.clone(), id.clone(), written(&checked));
        let write = self.db.write(move |conn| {
            Box::pin(async move {
                rows::checked(conn, &by.workspace, (&server, &found)).await?;
                if let Some(offers) = &offers {
                    rows::offer(conn, &by.workspace, &server, offers).await?;
                }
                told(conn, &by, event).await
            })
        });
        write.await?;
        self.one(actor, id).await
    }

    /// Accepts what a server says of one of its tools, or says how that tool is asked about.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`]; [`Problem::Conflict`] when the server says something else than
    /// what was read.
    pub async fn decide(
        &self,
        actor: &Actor,
        id: &ToolServerId,
        change: ServerToolChange,
    ) -> Result<ToolServer, Problem> {
        actor.require(Permission::Manage)?;
        let row = self.row(actor, id).await?;
        let known = self.tools_of(actor, id).await?;
        if !known.iter().any(|it| it.name == change.name) {
            return Err(Problem::not_found("Tool"));
        }
        let detail = json!({ "tool": change.name, "accepted": change.accept.is_some(), "risk": change.risk });
        let event = Event::new(EventKind::ConnectionChanged, id, &row.name).with(detail);
        let (by, server) = (actor.clone(), id.clone());
        let write = self.db.write(move |conn| {
            Box::pin(async move {
                if let Some(hash) = &change.accept {
                    let read = (change.name.as_str(), hash.as_str());
                    if !rows::accept(conn, &by.workspace, &server, read).await? {
                        let words =
                            "The server says something else of this tool now. Read it again";
                        return Err(Problem::conflict(words));
                    }
                }
                if let Some(risk) = change.risk {
                    let set = (change.name.as_str(), risk.as_str());
                    rows::set_risk(conn, &by.workspace, &server, set).await?;
                }
                told(conn, &by, event).await
            })
        });
        write.await?;
        self.one(actor, id).await
    }

    /// Forgets a server with its secret and its tools.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn remove(&self, actor: &Actor, id: &ToolServerId) -> Result<(), Problem> {
        actor.require(Permission::Manage)?;
        let row = self.row(actor, id).await?;
        let event = Event::new(EventKind::ConnectionRemoved, id, &row.name);
        let (by, server) = (actor.clone(), id.clone());
        let write = self.db.write(move |conn| {
            Box::pin(async move {
                match rows::delete(conn, &by.workspace, &server).await? {
                    true => told(conn, &by, event).await,
                    false => Err(missing()),
                }
            })
        });
        write.await
    }

    /// What to look at: what is given, in place of what is stored.
    fn changed(
        &self,
        actor: &Actor,
        row: &ServerRow,
        change: &ToolServerChange,
        url: Option<&str>,
    ) -> Result<Wanted, Problem> {
        let stored = self.stored(row)?;
        let secret = match (&change.secret, &stored.secret) {
            (Some(value), before) => {
                let before = before.as_ref().map(|it| it.0.as_str());
                given::secret(change.header.as_deref().or(before), Some(value))?
            }
            (None, Some(_)) if url.is_some() => {
                let words = "Enter the secret again: it is not sent to another address by itself";
                return Err(Problem::invalid("secret", words));
            }
            (None, Some((header, value))) => {
                given::secret(Some(change.header.as_deref().unwrap_or(header)), Some(value))?
            }
            (None, None) => None,
        };
        let is_super = actor.role.can(Permission::Platform);
        let is_trusted = is_super || (stored.is_trusted && url.is_none());
        Ok(Wanted { url: url.unwrap_or(&row.url).to_owned(), secret, is_trusted })
    }

    /// A look that has to succeed.
    async fn looked(&self, wanted: &Wanted) -> Result<(Checked, Listing), Problem> {
        let target = self.target(wanted).await?;
        match self.look(&target).await {
            (checked, Ok(listing)) => Ok((checked, listing)),
            (_, Err(Failure { came: Came::Refused, message })) => {
                Err(Problem::invalid("secret", message))
            }
            (_, Err(failure)) => Err(Problem::invalid("url", failure.message)),
        }
    }

    fn seal(&self, row: &mut ServerRow, wanted: &Wanted) {
        let bound = bound(&row.workspace_id, &row.id);
        row.secret = wanted.secret.as_ref().map(|it| self.key.seal(&it.1, &bound));
        row.header = wanted.secret.as_ref().map(|it| it.0.clone());
    }

    pub(crate) async fn row(&self, actor: &Actor, id: &ToolServerId) -> Result<ServerRow, Problem> {
        let mut conn = self.db.read().await?;
        rows::find(&mut conn, &actor.workspace, id).await?.ok_or_else(missing)
    }

    pub(crate) async fn tools_of(
        &self,
        actor: &Actor,
        id: &ToolServerId,
    ) -> Result<Vec<ToolRow>, Problem> {
        let mut conn = self.db.read().await?;
        let tools = rows::tools(&mut conn, &actor.workspace).await?;
        Ok(tools.into_iter().filter(|it| it.server_id == id.as_str()).collect())
    }

    async fn one(&self, actor: &Actor, id: &ToolServerId) -> Result<ToolServer, Problem> {
        let row = self.row(actor, id).await?;
        Ok(shown(&row, &self.tools_of(actor, id).await?))
    }

    /// Writes down that a server offers something else than before.
    pub(crate) async fn note(
        &self,
        actor: &Actor,
        row: &ServerRow,
        offers: Vec<Offer>,
    ) -> Result<(), Problem> {
        let id = ToolServerId::from(row.id.clone());
        let detail = json!({ "tools": "changed" });
        let event = Event::new(EventKind::ConnectionChanged, &id, &row.name).with(detail);
        let by = actor.clone();
        let write = self.db.write(move |conn| {
            Box::pin(async move {
                rows::offer(conn, &by.workspace, &id, &offers).await?;
                told(conn, &by, event).await
            })
        });
        write.await
    }
}

async fn told(conn: &mut Conn, actor: &Actor, event: Event) -> Result<(), Problem> {
    events::record(conn, actor, &event).await?;
    Ok(())
}

fn missing() -> Problem {
    Problem::not_found("Server")
}

fn written(checked: &Checked) -> String {
    json!(checked).to_string()
}

fn shown(row: &ServerRow, tools: &[ToolRow]) -> ToolServer {
    let of_it = tools.iter().filter(|it| it.server_id == row.id);
    ToolServer {
        id: ToolServerId::from(row.id.clone()),
        name: row.name.clone(),
        slug: row.slug.clone(),
        url: row.url.clone(),
        header: row.header.clone(),
        is_enabled: row.is_enabled == 1,
        added_by: row.added_by.clone(),
        checked: row.checked.as_deref().and_then(|it| serde_json::from_str(it).ok()),
        tools: of_it.map(tool).collect(),
    }
}

fn tool(row: &ToolRow) -> ServerTool {
    let state = state(row);
    let text = row.offered.as_deref().or(row.accepted.as_deref()).unwrap_or_default();
    let before = row.accepted.as_deref().filter(|_| state == ToolState::Changed);
    ServerTool {
        name: row.name.clone(),
        called: row.called.clone(),
        description: description(text),
        arguments: part(text, "inputSchema").unwrap_or_default().to_string(),
        before: before.map(description),
        hash: row.offered_hash.clone().unwrap_or_default(),
        state,
        risk: ToolRisk::parse(&row.risk),
    }
}

/// Whether a tool may be used.
pub(crate) fn state(row: &ToolRow) -> ToolState {
    match (&row.accepted_hash, &row.offered_hash) {
        (_, None) => ToolState::Gone,
        (None, Some(_)) => ToolState::New,
        (Some(before), Some(now)) if before == now => ToolState::Accepted,
        (Some(_), Some(_)) => ToolState::Changed,
    }
}
