//! Folders of flows.

use crate::activepieces::{self, Place, Remote, place};
use crate::flows::Flows;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::flow::engine::FlowEngine;
use domain::flow::listing::Folder;
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use store::db::Conn;
use store::{events, flow_folders, ids};

/// Characters of a name.
const LONGEST: usize = 80;
/// Folders of a workspace.
const MOST: usize = 200;

impl Flows {
    /// The folders by name, each with how many flows it holds; after ours those of the other engine.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub async fn folders(&self, actor: &Actor) -> Result<Vec<Folder>, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.engine.db.read().await?;
        let mut folders = flow_folders::list(&mut conn, &actor.workspace).await?;
        drop(conn);
        // A server that does not answer hides its folders and not ours.
        if let Ok(Place { remote: Some(remote), .. }) = place(&self.engine, actor).await {
            match remote.folders().await {
                Ok(theirs) => folders.extend(theirs),
                Err(problem) => {
                    tracing::warn!(%problem, "the folders of the other engine are not listed")
                }
            }
        }
        Ok(folders)
    }

    /// The engine that a folder belongs to; none for ours.
    async fn remote_of(&self, actor: &Actor, folder: &str) -> Result<Option<Remote>, Problem> {
        activepieces::remote(&self.engine, actor, ("Folder", folder)).await
    }

    /// Makes an empty folder, on the engine that the workspace chose.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::Invalid`] for a name that is empty, too long or taken.
    pub async fn create_folder(&self, actor: &Actor, name: &str) -> Result<Folder, Problem> {
        actor.require(Permission::Write)?;
        let name = checked(name)?;
        let place = place(&self.engine, actor).await?;
        if let Some(remote) = place.remote.filter(|_| place.chosen == FlowEngine::Activepieces) {
            return remote.create_folder(actor, &name).await;
        }
        let (by, id) = (actor.clone(), ids::fresh());
        self.write(move |conn| {
            Box::pin(async move {
                refuse_taken(conn, &by.workspace, &name, None).await?;
                if flow_folders::list(conn, &by.workspace).await?.len() >= MOST {
                    let message =
                        format!("A workspace has at most {MOST} folders. Delete one first");
                    return Err(Problem::invalid("name", message));
                }
                flow_folders::insert(conn, &by.workspace, &id, &name).await?;
                record(conn, &by, (&id, &name, "created")).await?;
                found(conn, &by.workspace, &id).await
            })
        })
        .await
    }

    /// Gives a folder another name.
    ///
    /// # Errors
    /// As [`Flows::create_folder`]; [`Problem::NotFound`].
    pub async fn rename_folder(
        &self,
        actor: &Actor,
        id: &str,
        name: &str,
    ) -> Result<Folder, Problem> {
        actor.require(Permission::Write)?;
        let name = checked(name)?;
        if let Some(remote) = self.remote_of(actor, id).await? {
            return remote.rename_folder(actor, id, &name).await;
        }
        let (by, id) = (actor.clone(), id.to_owned());
        self.write(move |conn| {
            Box::pin(async move {
                found(conn, &by.workspace, &id).await?;
                refuse_taken(conn, &by.workspace, &name, Some(&id)).await?;
                flow_folders::rename(conn, &by.workspace, &id, &name).await?;
                record(conn, &by, (&id, &name, "renamed")).await?;
                found(conn, &by.workspace, &id).await
            })
        })
        .await
    }

    /// Deletes a folder; its flows are in none then.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn delete_folder(&self, actor: &Actor, id: &str) -> Result<Folder, Problem> {
        actor.require(Permission::Write)?;
        if let Some(remote) = self.remote_of(actor, id).await? {
            return remote.delete_folder(actor, id).await;
        }
        let (by, id) = (actor.clone(), id.to_owned());
        self.write(move |conn| {
            Box::pin(async move {
                let folder = found(conn, &by.workspace, &id).await?;
                flow_folders::delete(conn, &by.workspace, &id).await?;
                record(conn, &by, (&id, &folder.display_name, "deleted")).await?;
                Ok(folder)
            })
        })
        .await
    }
}

/// The folder, or that there is none.
pub(crate) async fn found(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &str,
) -> Result<Folder, Problem> {
    let folder = flow_folders::find(conn, workspace, id).await?;
    folder.ok_or_else(|| Problem::not_found("Folder"))
}

async fn refuse_taken(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    name: &str,
    mine: Option<&str>,
) -> Result<(), Problem> {
    let taken = flow_folders::named(conn, workspace, name).await?;
    if taken.is_some_and(|it| Some(it.as_str()) != mine) {
        let message = format!("There is a folder called “{name}” already. Choose another name");
        return Err(Problem::invalid("name", message));
    }
    Ok(())
}

fn checked(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Problem::invalid("name", "Give the folder a name"));
    }
    if name.chars().count() > LONGEST {
        let message = format!("The name is longer than {LONGEST} characters. Shorten it");
        return Err(Problem::invalid("name", message));
    }
    Ok(name.to_owned())
}

async fn record(
    conn: &mut Conn,
    by: &Actor,
    (id, name, what): (&str, &str, &str),
) -> Result<(), Problem> {
    let event = Event::new(EventKind::FlowFolderChanged, id, name);
    events::record(conn, by, &event.with(serde_json::json!({ "what": what }))).await?;
    Ok(())
}
