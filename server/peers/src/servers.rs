//! Adding, changing, testing and removing servers, and accepting what they say of their tools.

use crate::listing::Listing;
use crate::peers::Peers;
use crate::ways::{Changed, Wanted};
use crate::wire::{Came, Failure};
use crate::{given, names, shown};
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind, Outcome};
use domain::ids::ToolServerId;
use domain::integration::Checked;
use domain::problem::Problem;
use domain::tool_server::{NewToolServer, ServerToolChange, ToolServer, ToolServerChange};
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
        Ok(servers.iter().map(|it| shown::server(it, &tools)).collect())
    }

    /// Adds a server that answers. Nothing of it is used before somebody accepts what it says of its tools.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage, and for a program without a super admin's own hands;
    /// [`Problem::Invalid`] with what is wrong, also when the server does not answer: then nothing is saved.
    pub async fn add(&self, actor: &Actor, new: NewToolServer) -> Result<ToolServer, Problem> {
        actor.require(Permission::Manage)?;
        let name = given::name(&new.name)?;
        let wanted = self.way_of_new(actor, new)?;
        let id = ToolServerId::from(ids::fresh());
        let added = self.insert(actor, &id, (name, &wanted)).await;
        if added.is_err() {
            self.programs.stop(id.as_str());
        }
        added?;
        self.one(actor, &id).await
    }

    async fn insert(
        &self,
        actor: &Actor,
        id: &ToolServerId,
        (name, wanted): (String, &Wanted),
    ) -> Result<(), Problem> {
        let (checked, listing) = self.looked(id, wanted).await?;
        let mut row = self.new_row(actor, id, name).await?;
        row.checked = Some(written(&checked));
        self.seal(&mut row, wanted);
        let offers = listing.offers(&row.slug, &[]);
        self.store_new(actor, row, offers).await
    }

    /// A server that is not stored yet, without the way to it.
    pub(crate) async fn new_row(
        &self,
        actor: &Actor,
        id: &ToolServerId,
        name: String,
    ) -> Result<ServerRow, Problem> {
        let mut conn = self.db.read().await?;
        let known = rows::list(&mut conn, &actor.workspace).await?;
        drop(conn);
        if known.len() >= MOST {
            let words = format!("A workspace has at most {MOST} servers. Remove one first");
            return Err(Problem::conflict(words));
        }
        let taken: Vec<&str> = known.iter().map(|it| it.slug.as_str()).collect();
        Ok(ServerRow {
            id: id.to_string(),
            workspace_id: actor.workspace.to_string(),
            slug: names::slug(&name, &taken),
            name,
            url: String::new(),
            program: None,
            header: None,
            secret: None,
            is_trusted: 0,
            is_enabled: 1,
            checked: None,
            added_by: actor.name.clone(),
            connection_id: None,
            created_at: 0,
            updated_at: 0,
        })
    }

    pub(crate) async fn store_new(
        &self,
        actor: &Actor,
        row: ServerRow,
        offers: Vec<Offer>,
    ) -> Result<(), Problem> {
        let event = Event::new(EventKind::ConnectionAdded, &row.id, &row.name);
        let (by, server) = (actor.clone(), ToolServerId::from(row.id.as_str()));
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
        write.await
    }

    /// Changes a server. With another address or program it is another server: its tools have to be accepted anew.
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
        let is_enabled = row.is_enabled == 1;
        let way = self.way_of_changed(actor, &row, &change)?;
        let is_looked_at = way.is_some();
        let saved = self.save(actor, id, (row, way)).await;
        if !is_enabled || (is_looked_at && saved.is_err()) {
            // A program that still runs is not to, or is another one than is stored.
            self.programs.stop(id.as_str());
        }
        saved?;
        self.one(actor, id).await
    }

    async fn save(
        &self,
        actor: &Actor,
        id: &ToolServerId,
        (mut row, way): (ServerRow, Option<Changed>),
    ) -> Result<(), Problem> {
        let is_other = way.as_ref().is_some_and(|it| it.is_other);
        let mut offers = None;
        if let Some(way) = way {
            let (checked, listing) = self.looked(id, &way.wanted).await?;
            row.checked = Some(written(&checked));
            self.seal(&mut row, &way.wanted);
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
        write.await
    }

    /// Reads anew what a server offers.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], for a program also without a super admin's own hands; [`Problem::NotFound`]. A server that
    /// does not answer is no error: the answer says so.
    pub async fn test(&self, actor: &Actor, id: &ToolServerId) -> Result<ToolServer, Problem> {
        actor.require(Permission::Manage)?;
        let row = self.row(actor, id).await?;
        if row.program.is_some() {
            self.check_may_start(actor)?;
            self.programs.rouse(id.as_str());
        }
        let wanted = self.entered(actor, self.stored(&row)?).await?;
        let target = self.target(id.as_str(), &wanted).await?;
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
        let access = row.connection_id;
        let (by, server) = (actor.clone(), id.clone());
        let write = self.db.write(move |conn| {
            Box::pin(async move {
                match rows::delete(conn, &by.workspace, &server).await? {
                    true => told(conn, &by, event).await,
                    false => Err(missing()),
                }
            })
        });
        write.await?;
        self.programs.stop(id.as_str());
        self.leave(actor, access).await
    }

    /// A look that has to succeed.
    async fn looked(
        &self,
        id: &ToolServerId,
        wanted: &Wanted,
    ) -> Result<(Checked, Listing), Problem> {
        let (field, secret) = match wanted {
            Wanted::Web(_) => ("url", "secret"),
            Wanted::Program(_) => ("program.command", "program.variables"),
        };
        self.programs.rouse(id.as_str());
        let target = self.target(id.as_str(), wanted).await?;
        match self.look(&target).await {
            (checked, Ok(listing)) => Ok((checked, listing)),
            (_, Err(Failure { came: Came::Refused, message })) => {
                Err(Problem::invalid(secret, message))
            }
            (_, Err(failure)) => Err(Problem::invalid(field, failure.message)),
        }
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

    pub(crate) async fn one(
        &self,
        actor: &Actor,
        id: &ToolServerId,
    ) -> Result<ToolServer, Problem> {
        let row = self.row(actor, id).await?;
        Ok(shown::server(&row, &self.tools_of(actor, id).await?))
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
