//! Connections with the flows that depend on them, for the page that lists them.

use crate::connections::{Connections, shown};
use domain::actor::{Actor, Permission};
use domain::flow::connection::{ConnectionList, ConnectionType, Dependent, ListedConnection};
use domain::flow::validate;
use domain::problem::Problem;
use std::collections::HashMap;
use store::flow_connections::{self as rows, ConnectionRow};

impl Connections {
    /// The actor's own connections and the workspace's, each with the flows that name it.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to write: who only looks connects nothing.
    pub async fn listed(&self, actor: &Actor) -> Result<ConnectionList, Problem> {
        actor.require(Permission::Write)?;
        let mut conn = self.engine.db.read().await?;
        let found = rows::usable_by(&mut conn, &actor.workspace, &actor.user, "").await?;
        // The empty name is part of every flow that names a connection at all.
        let naming = rows::flows_naming(&mut conn, &actor.workspace, "").await?;
        drop(conn);
        let mut users: HashMap<String, Vec<Dependent>> = HashMap::new();
        for (id, status, version) in naming {
            for used in validate::used_connections(&version) {
                let all = users.entry(used.external_id).or_default();
                if !all.iter().any(|it| it.id == id) {
                    let name = version.display_name.clone();
                    all.push(Dependent { id: id.clone(), name, status });
                }
            }
        }
        let connections = found.iter().map(|row| {
            let is_shared = row.owner_id == rows::WORKSPACE;
            let needed = if is_shared { Permission::Manage } else { Permission::Write };
            Ok(ListedConnection {
                connection: shown(row)?,
                used_by: users.get(&row.external_id).cloned().unwrap_or_default(),
                may_change: actor.role.can(needed),
                signs_in: self.signs_in(row),
            })
        });
        let connections = connections.collect::<Result<_, Problem>>()?;
        Ok(ConnectionList { connections, redirect_uri: self.callback() })
    }

    /// A secret that cannot be opened is one that has to be given again: by signing in.
    fn signs_in(&self, row: &ConnectionRow) -> bool {
        row.kind == ConnectionType::OAuth2.as_str()
            && self.opened(row).map_or(true, |it| it["grant_type"] != "client_credentials")
    }
}
