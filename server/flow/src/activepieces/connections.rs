//! Connections there. A secret goes in and never comes out.

use crate::activepieces::client::Ask;
use crate::activepieces::{NAME, Remote, convert};
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::flow::FlowStatus;
use domain::flow::connection::{
    ConnectionChange, ConnectionScope, ConnectionType, Dependent, FlowConnection, NewConnection,
};
use domain::ids::{ConnectionId, FlowId};
use domain::problem::Problem;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

impl Remote {
    async fn rows(&self, piece: &str) -> Result<Vec<Value>, Problem> {
        let ask = Ask::get("/app-connections")
            .with("projectId", self.project())
            .with("pieceName", piece)
            .with("limit", 1_000);
        let page = self.call("Connection", ask).await?;
        Ok(page["data"].as_array().cloned().unwrap_or_default())
    }

    /// Connections of the project, of one piece only when it is named.
    pub(crate) async fn connections(&self, piece: &str) -> Result<Vec<FlowConnection>, Problem> {
        Ok(self.rows(piece).await?.iter().map(convert::connection).collect())
    }

    /// Their names in expressions.
    pub(crate) async fn names(&self) -> Result<BTreeSet<String>, Problem> {
        Ok(self.connections("").await?.into_iter().map(|it| it.external_id).collect())
    }

    pub(crate) async fn connection(&self, id: &ConnectionId) -> Result<FlowConnection, Problem> {
        let all = self.connections("").await?;
        all.into_iter().find(|it| it.id == *id).ok_or_else(|| Problem::not_found("Connection"))
    }

    /// Stores a connection under a name that is free.
    pub(crate) async fn add_connection(
        &self,
        actor: &Actor,
        new: (NewConnection, String),
        value: &Value,
    ) -> Result<FlowConnection, Problem> {
        actor.require(Permission::Manage)?;
        let (new, external) = new;
        if new.scope == ConnectionScope::Personal {
            return Err(Problem::Unsupported {
                message: format!(
                    "{NAME} keeps connections for the whole project, not for one person"
                ),
                hint: "Choose the workspace as its owner".to_owned(),
            });
        }
        let taken = self.names().await?;
        if new.external_id.is_some() && taken.contains(&external) {
            return Err(Problem::conflict(format!(
                "There already is a connection called {external}. Change that one, or take another name"
            )));
        }
        let free = |it: &String| !taken.contains(it);
        let numbered = (2..).map(|it| format!("{external}_{it}"));
        let external = std::iter::once(external.clone()).chain(numbered).find(free);
        let made =
            self.put(&new.name, &new.piece_name, (&external.unwrap_or_default(), value)).await?;
        self.noted(actor, EventKind::ConnectionAdded, &made).await?;
        Ok(made)
    }

    /// Writes a connection, and looks that it is there.
    async fn put(
        &self,
        name: &str,
        piece: &str,
        (external, value): (&str, &Value),
    ) -> Result<FlowConnection, Problem> {
        let installed = self.piece(piece).await?;
        let body = json!({
            "externalId": external, "displayName": name, "pieceName": piece, "projectId": self.project(),
            "type": value["type"], "value": value, "pieceVersion": installed["version"],
        });
        self.call("Connection", Ask::post("/app-connections", body)).await?;
        let all = self.connections(piece).await?;
        let found =
            all.into_iter().find(|it| it.external_id == external && it.display_name == name);
        found.ok_or_else(|| Problem::Unavailable {
            service: NAME.to_owned(),
            message: format!("{NAME} said that the connection was stored, but it is not there"),
        })
    }

    /// Renames a connection or replaces its secret.
    pub(crate) async fn change_connection(
        &self,
        actor: &Actor,
        id: &ConnectionId,
        change: ConnectionChange,
        checked: impl Fn(ConnectionType, &Map<String, Value>) -> Result<Value, Problem>,
    ) -> Result<FlowConnection, Problem> {
        actor.require(Permission::Manage)?;
        let mut now = self.connection(id).await?;
        if change.name.is_none() && change.value.is_none() && change.metadata.is_none() {
            return Err(Problem::invalid(
                "name",
                "Send name, value or metadata: what is to change",
            ));
        }
        if let Some(value) = &change.value {
            let value = checked(now.r#type, value)?;
            now = self.put(&now.display_name, &now.piece_name, (&now.external_id, &value)).await?;
        }
        if change.name.is_some() || change.metadata.is_some() {
            let name = change.name.as_deref().unwrap_or(&now.display_name).trim().to_owned();
            let mut body = json!({ "displayName": name });
            if let Some(metadata) = change.metadata {
                body["metadata"] = Value::Object(metadata);
            }
            self.call("Connection", Ask::post(format!("/app-connections/{id}"), body)).await?;
            now = self.connection(id).await?;
            if now.display_name != name {
                return Err(Problem::Unavailable {
                    service: NAME.to_owned(),
                    message: format!("{NAME} said that the connection was renamed, but it was not"),
                });
            }
        }
        self.noted(actor, EventKind::ConnectionChanged, &now).await?;
        Ok(now)
    }

    /// Flows that name the connection.
    pub(crate) async fn using(&self, id: &ConnectionId) -> Result<Vec<Dependent>, Problem> {
        let connection = self.connection(id).await?;
        let ask = Ask::get("/flows")
            .with("projectId", self.project())
            .with("limit", 100)
            .with("connectionExternalIds", &connection.external_id);
        let page = self.call("Flow", ask).await?;
        let rows = page["data"].as_array().cloned().unwrap_or_default();
        let names = |it: &Value| {
            let all = it["version"]["connectionIds"].as_array().cloned().unwrap_or_default();
            all.contains(&json!(connection.external_id))
        };
        let dependent = |it: &Value| Dependent {
            id: FlowId::from(it["id"].as_str().unwrap_or_default()),
            name: it["version"]["displayName"].as_str().unwrap_or_default().to_owned(),
            status: if it["status"] == "ENABLED" {
                FlowStatus::Enabled
            } else {
                FlowStatus::Disabled
            },
        };
        Ok(rows.iter().filter(|it| names(it)).map(dependent).collect())
    }

    /// Deletes a connection, and looks that it is gone.
    pub(crate) async fn remove_connection(
        &self,
        actor: &Actor,
        id: &ConnectionId,
        force: bool,
    ) -> Result<(), Problem> {
        actor.require(Permission::Manage)?;
        let before = self.connection(id).await?;
        let used = self.using(id).await?;
        if !used.is_empty() && !force {
            let names: Vec<&str> = used.iter().map(|it| it.name.as_str()).collect();
            return Err(Problem::conflict(format!(
                "Flows use this connection: {}. Choose another one there, or delete it all the same with force",
                names.join(", ")
            )));
        }
        self.call("Connection", Ask::delete(format!("/app-connections/{id}"))).await?;
        if self.connection(id).await.is_ok() {
            return Err(Problem::Unavailable {
                service: NAME.to_owned(),
                message: format!(
                    "{NAME} said that the connection was deleted, but it is still there"
                ),
            });
        }
        self.noted(actor, EventKind::ConnectionRemoved, &before).await
    }

    async fn noted(
        &self,
        actor: &Actor,
        kind: EventKind,
        connection: &FlowConnection,
    ) -> Result<(), Problem> {
        let detail = json!({ "piece": connection.piece_name, "type": connection.r#type, "engine": "activepieces" });
        let event = Event::new(kind, &connection.id, connection.display_name.as_str());
        self.record(actor, event.with(detail)).await
    }
}
