//! Connections of flows: made, tested, renamed, renewed and taken away. A secret goes in and never comes out.

mod elsewhere;
mod given;
mod listed;
pub mod oauth;
pub(crate) mod renewing;
mod servers;
pub(crate) mod testing;
pub(crate) mod value;

use crate::activepieces;
use crate::connections::given::{external, kind_of, name, owner, slug, status_of};
use crate::connections::value::Sealed;
use crate::engine::Engine;
use crate::flows::Flows;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::flow::connection::{
    ConnectionChange, ConnectionScope, ConnectionStatus, ConnectionType, FlowConnection,
    NewConnection,
};
use domain::flow::engine::FlowEngine;
use domain::ids::{ConnectionId, UserId, WorkspaceId};
use domain::problem::Problem;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use store::error::{StoreError, internal};
use store::flow_connections::{self as rows, ConnectionRow};
use store::{events, ids};

/// Why a connection that nobody signed in for cannot be used.
const NOT_SIGNED_IN: &str = "Nobody signed in at the app yet. Sign in under Integrations";

/// The handle to connections of flows. Cheap to clone.
#[derive(Clone)]
pub struct Connections {
    pub(crate) engine: Arc<Engine>,
}

impl Flows {
    /// The connections that steps of these flows use.
    pub fn connections(&self) -> Connections {
        Connections { engine: Arc::clone(&self.engine) }
    }
}

impl Connections {
    /// A secret that waits outside of a connection, in a call that a person must allow first, sealed for this workspace.
    pub fn seal_waiting(&self, workspace: &WorkspaceId, secret: &Value) -> String {
        self.engine.config.key.seal(&secret.to_string(), &waiting(workspace))
    }

    /// What [`Self::seal_waiting`] sealed; none for another workspace or key.
    pub fn open_waiting(&self, workspace: &WorkspaceId, sealed: &str) -> Option<Value> {
        let text = self.engine.config.key.open(sealed, &waiting(workspace)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// The actor's own connections and the workspace's, by name; of one piece only when it is named.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub async fn list(
        &self,
        actor: &Actor,
        piece: Option<&str>,
    ) -> Result<Vec<FlowConnection>, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.engine.db.read().await?;
        let piece = piece.unwrap_or_default();
        let found = rows::usable_by(&mut conn, &actor.workspace, &actor.user, piece).await?;
        found.iter().map(shown).collect()
    }

    /// One connection.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`], also for somebody else's own.
    pub async fn get(&self, actor: &Actor, id: &ConnectionId) -> Result<FlowConnection, Problem> {
        actor.require(Permission::Read)?;
        if let Some(remote) = self.remote(actor, id).await? {
            return remote.connection(id).await;
        }
        shown(&self.row(actor, id).await?)
    }

    /// Stores a connection, its secret sealed. One that needs a sign-in at the app begins as missing; see
    /// [`Connections::begin_sign_in`].
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for a workspace connection without the permission to manage; [`Problem::Invalid`] with
    /// every field that is wrong; [`Problem::Conflict`] when the name in expressions is taken.
    pub async fn create(
        &self,
        actor: &Actor,
        new: NewConnection,
    ) -> Result<FlowConnection, Problem> {
        let owner = owner(actor, new.scope)?;
        let kind = kind_of(&new)?;
        let name = name(&new.name)?;
        let piece = new.piece_name.trim().to_owned();
        if piece.is_empty() || piece.len() > 200 {
            return Err(Problem::invalid(
                "piece_name",
                "Say which piece the connection is for, for example @activepieces/piece-http",
            ));
        }
        let value = value::checked(kind, &new.value)?;
        let place = activepieces::place(&self.engine, actor).await?;
        if let Some(remote) = place.remote.filter(|_| place.chosen == FlowEngine::Activepieces) {
            let wished = new.external_id.as_deref().map(external).transpose()?;
            let new = NewConnection { name: name.clone(), piece_name: piece, ..new };
            let named = (new, wished.unwrap_or_else(|| slug(&name)));
            return remote.add_connection(actor, named, &value).await;
        }
        let external = match &new.external_id {
            Some(given) => (external(given)?, true),
            None => (slug(&name), false),
        };
        let row = self.fresh_row(actor, (owner, name, piece), (kind, &value), new.metadata);
        let row = ConnectionRow { external_id: external.0, ..row };
        shown(&self.insert(actor, row, external.1).await?)
    }

    /// A row that is not stored yet, without its name in expressions.
    fn fresh_row(
        &self,
        actor: &Actor,
        (owner_id, name, piece): (String, String, String),
        (kind, value): (ConnectionType, &Value),
        metadata: Map<String, Value>,
    ) -> ConnectionRow {
        let id = ConnectionId::from(ids::fresh());
        let Sealed { data_key, secret } =
            value::seal(&self.engine.config.key, (actor.workspace.as_str(), id.as_str()), value);
        let status = status_of(value);
        ConnectionRow {
            id: id.to_string(),
            workspace_id: actor.workspace.to_string(),
            owner_id,
            external_id: String::new(),
            name,
            piece,
            kind: kind.as_str().to_owned(),
            status: status.as_str().to_owned(),
            problem: (status == ConnectionStatus::Missing).then(|| NOT_SIGNED_IN.to_owned()),
            data_key,
            secret,
            meta: Value::Object(metadata).to_string(),
            created_by: actor.user.to_string(),
            created_at: ids::now_ms(),
            updated_at: ids::now_ms(),
            tested_at: None,
            used_at: None,
            expires_at: None,
            renewing_until: 0,
        }
    }

    /// A name that was given must be free; one that was made up is counted on.
    async fn insert(
        &self,
        actor: &Actor,
        mut row: ConnectionRow,
        is_given: bool,
    ) -> Result<ConnectionRow, Problem> {
        let by = actor.clone();
        let write = self.engine.db.write(move |conn| {
            Box::pin(async move {
                let (wished, mut count) = (row.external_id.clone(), 1);
                while rows::is_taken(conn, &by.workspace, &row.owner_id, &row.external_id).await? {
                    if is_given {
                        return Err(Problem::conflict(format!(
                            "There already is a connection called {wished}. Change that one, or take another name"
                        )));
                    }
                    count += 1;
                    row.external_id = format!("{wished}_{count}");
                }
                rows::insert(conn, &row).await?;
                let detail = json!({ "piece": row.piece, "type": row.kind, "scope": scope_of(&row) });
                let event = Event::new(EventKind::ConnectionAdded, &row.id, row.name.as_str());
                events::record(conn, &by, &event.with(detail)).await?;
                Ok(row)
            })
        });
        write.await
    }

    /// Renames a connection, replaces its secret or its open facts.
    ///
    /// # Errors
    /// As [`Connections::create`]; [`Problem::NotFound`].
    pub async fn change(
        &self,
        actor: &Actor,
        id: &ConnectionId,
        change: ConnectionChange,
    ) -> Result<FlowConnection, Problem> {
        if let Some(remote) = self.remote(actor, id).await? {
            return remote.change_connection(actor, id, change, value::checked).await;
        }
        let mut row = self.own_row(actor, id).await?;
        let mut changed = Vec::new();
        if let Some(given) = &change.name {
            row.name = name(given)?;
            changed.push("name");
        }
        if let Some(given) = &change.value {
            let kind = kind_named(&row)?;
            if given.get("type").and_then(Value::as_str).is_some_and(|it| it != kind.as_str()) {
                let message = format!(
                    "This connection holds {}. Make another one for another type",
                    kind.as_str()
                );
                return Err(Problem::invalid("value.type", message));
            }
            self.put(&mut row, &value::checked(kind, given)?);
            row.tested_at = None;
            changed.push("secret");
        }
        if let Some(metadata) = change.metadata {
            row.meta = Value::Object(metadata).to_string();
            changed.push("metadata");
        }
        if changed.is_empty() {
            return Err(Problem::invalid(
                "name",
                "Send name, value or metadata: what is to change",
            ));
        }
        let event = Event::new(EventKind::ConnectionChanged, &row.id, row.name.as_str())
            .with(json!({ "changed": changed }));
        self.save(actor, row, event).await
    }

    /// Puts another secret into a row, with the state it then has.
    fn put(&self, row: &mut ConnectionRow, value: &Value) {
        let sealed = value::seal(&self.engine.config.key, (&row.workspace_id, &row.id), value);
        (row.data_key, row.secret) = (sealed.data_key, sealed.secret);
        let status = status_of(value);
        status.as_str().clone_into(&mut row.status);
        row.problem = (status == ConnectionStatus::Missing).then(|| NOT_SIGNED_IN.to_owned());
        row.expires_at = None;
    }

    pub(crate) async fn save(
        &self,
        actor: &Actor,
        row: ConnectionRow,
        event: Event,
    ) -> Result<FlowConnection, Problem> {
        let (by, saved) = (actor.clone(), row.clone());
        let write = self.engine.db.write(move |conn| {
            Box::pin(async move {
                if !rows::save(conn, &saved).await? {
                    return Err(Problem::not_found("Connection"));
                }
                events::record(conn, &by, &event).await?;
                Ok(())
            })
        });
        write.await?;
        shown(&self.row(actor, &ConnectionId::from(row.id)).await?)
    }

    /// Deletes a connection with its secret.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`]; [`Problem::Conflict`] with the flows that use it, unless `force`.
    pub async fn delete(
        &self,
        actor: &Actor,
        id: &ConnectionId,
        force: bool,
    ) -> Result<(), Problem> {
        if let Some(remote) = self.remote(actor, id).await? {
            return remote.remove_connection(actor, id, force).await;
        }
        let row = self.own_row(actor, id).await?;
        let used = self.dependents(actor, &row.external_id).await?;
        if !used.is_empty() && !force {
            let names: Vec<&str> = used.iter().map(|it| it.name.as_str()).collect();
            return Err(Problem::conflict(format!(
                "Flows use this connection: {}. Choose another one there, or delete it all the same with force",
                names.join(", ")
            )));
        }
        let (by, id) = (actor.clone(), id.clone());
        let write = self.engine.db.write(move |conn| {
            Box::pin(async move {
                if !rows::delete(conn, &by.workspace, &id).await? {
                    return Err(Problem::not_found("Connection"));
                }
                let event = Event::new(EventKind::ConnectionRemoved, &id, row.name.as_str())
                    .with(json!({ "flows": used.len() }));
                events::record(conn, &by, &event).await?;
                Ok(())
            })
        });
        write.await
    }

    /// Names in expressions that flows of `user` can use.
    pub(crate) async fn names(&self, actor: &Actor) -> Result<Vec<String>, StoreError> {
        let mut conn = self.engine.db.read().await?;
        let found = rows::usable_by(&mut conn, &actor.workspace, &actor.user, "").await?;
        Ok(found.into_iter().map(|it| it.external_id).collect())
    }

    pub(crate) async fn row(
        &self,
        actor: &Actor,
        id: &ConnectionId,
    ) -> Result<ConnectionRow, Problem> {
        let mut conn = self.engine.db.read().await?;
        let found = rows::find(&mut conn, &actor.workspace, &actor.user, id).await?;
        found.ok_or_else(|| Problem::not_found("Connection"))
    }

    /// One that the actor may change.
    pub(crate) async fn own_row(
        &self,
        actor: &Actor,
        id: &ConnectionId,
    ) -> Result<ConnectionRow, Problem> {
        actor.require(Permission::Write)?;
        let row = self.row(actor, id).await?;
        if row.owner_id == rows::WORKSPACE {
            actor.require(Permission::Manage)?;
        }
        Ok(row)
    }
}

fn waiting(workspace: &WorkspaceId) -> String {
    format!("{workspace}|waiting")
}

/// The connection of a row, as people may see it.
pub(crate) fn shown(row: &ConnectionRow) -> Result<FlowConnection, Problem> {
    let metadata: Map<String, Value> = serde_json::from_str(&row.meta)
        .map_err(|error| internal("reading a connection", &error))?;
    Ok(FlowConnection {
        id: ConnectionId::from(row.id.as_str()),
        external_id: row.external_id.clone(),
        display_name: row.name.clone(),
        piece_name: row.piece.clone(),
        r#type: kind_named(row)?,
        status: ConnectionStatus::parse(&row.status),
        scope: scope_of(row),
        problem: row.problem.clone(),
        metadata,
        created: ids::rfc3339(row.created_at),
        updated: ids::rfc3339(row.updated_at),
        tested: row.tested_at.map(ids::rfc3339),
        used: row.used_at.map(ids::rfc3339),
        expires: row.expires_at.map(ids::rfc3339),
    })
}

fn scope_of(row: &ConnectionRow) -> ConnectionScope {
    if row.owner_id == rows::WORKSPACE {
        ConnectionScope::Workspace
    } else {
        ConnectionScope::Personal
    }
}

fn kind_named(row: &ConnectionRow) -> Result<ConnectionType, Problem> {
    let unknown = || StoreError::Unreadable(format!("connection type {}", row.kind));
    Ok(ConnectionType::parse(&row.kind).ok_or_else(unknown)?)
}

/// Who is named where nobody asked: the run of a flow, or PM OS itself.
pub(crate) fn on_behalf(row: &ConnectionRow, user: &UserId, reference: &str) -> Actor {
    let nobody = Actor::system(row.workspace_id.as_str().into(), reference.to_owned());
    Actor { user: user.clone(), ..nobody }
}
