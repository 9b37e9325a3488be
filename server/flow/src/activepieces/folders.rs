//! Folders there.

use crate::activepieces::client::Ask;
use crate::activepieces::{NAME, Remote};
use domain::actor::Actor;
use domain::event::{Event, EventKind};
use domain::flow::listing::Folder;
use domain::problem::Problem;
use serde_json::{Value, json};

/// Folders that are asked for in one go.
const PAGE: u32 = 100;
/// Pages that are read.
const PAGES: u32 = 5;

impl Remote {
    /// Every folder of the project.
    pub(crate) async fn folders(&self) -> Result<Vec<Folder>, Problem> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        for _ in 0..PAGES {
            let ask = Ask::get("/folders")
                .with("projectId", self.project())
                .with("limit", PAGE)
                .with("cursor", &cursor);
            let page = self.call("Folder", ask).await?;
            found.extend(page["data"].as_array().into_iter().flatten().map(folder));
            match page["next"].as_str().filter(|it| !it.is_empty()) {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        Ok(found)
    }

    /// Makes an empty folder.
    pub(crate) async fn create_folder(&self, actor: &Actor, name: &str) -> Result<Folder, Problem> {
        self.refuse_taken(name, None).await?;
        let body = json!({ "projectId": self.project(), "displayName": name });
        let made = self.call("Folder", Ask::post("/folders", body)).await?;
        let made = self.kept(made["id"].as_str().unwrap_or_default(), name).await?;
        self.told(actor, &made, "created").await?;
        Ok(made)
    }

    /// Gives a folder of the project another name.
    pub(crate) async fn rename_folder(
        &self,
        actor: &Actor,
        id: &str,
        name: &str,
    ) -> Result<Folder, Problem> {
        self.folder(id).await?;
        self.refuse_taken(name, Some(id)).await?;
        let ask = Ask::post(format!("/folders/{id}"), json!({ "displayName": name }));
        self.call("Folder", ask).await?;
        let renamed = self.kept(id, name).await?;
        self.told(actor, &renamed, "renamed").await?;
        Ok(renamed)
    }

    /// Deletes a folder of the project; its flows are in none then.
    pub(crate) async fn delete_folder(&self, actor: &Actor, id: &str) -> Result<Folder, Problem> {
        let folder = self.folder(id).await?;
        self.call("Folder", Ask::delete(format!("/folders/{id}"))).await?;
        if self.folder(id).await.is_ok() {
            return Err(not_kept("that the folder was deleted"));
        }
        self.told(actor, &folder, "deleted").await?;
        Ok(folder)
    }

    /// A folder of the project: a key sees those of others too.
    async fn folder(&self, id: &str) -> Result<Folder, Problem> {
        let found = self.folders().await?.into_iter().find(|it| it.id == id);
        found.ok_or_else(|| Problem::not_found("Folder"))
    }

    /// The folder, when it is called what it was asked to be.
    async fn kept(&self, id: &str, name: &str) -> Result<Folder, Problem> {
        let found = self.folder(id).await.ok().filter(|it| it.display_name == name);
        found.ok_or_else(|| not_kept("the name of the folder"))
    }

    async fn refuse_taken(&self, name: &str, mine: Option<&str>) -> Result<(), Problem> {
        let folders = self.folders().await?;
        if folders.iter().any(|it| it.display_name == name && Some(it.id.as_str()) != mine) {
            let message = format!("There is a folder called “{name}” already. Choose another name");
            return Err(Problem::invalid("name", message));
        }
        Ok(())
    }

    async fn told(&self, actor: &Actor, folder: &Folder, what: &str) -> Result<(), Problem> {
        let event =
            Event::new(EventKind::FlowFolderChanged, &folder.id, folder.display_name.as_str());
        self.record(actor, event.with(json!({ "what": what, "engine": "activepieces" }))).await
    }
}

fn folder(value: &Value) -> Folder {
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let flows = value["numberOfFlows"].as_u64().and_then(|it| u32::try_from(it).ok());
    Folder {
        id: text("id"),
        display_name: text("displayName"),
        number_of_flows: flows.unwrap_or_default(),
        created: text("created"),
        updated: text("updated"),
    }
}

fn not_kept(what: &str) -> Problem {
    Problem::Unavailable {
        service: NAME.to_owned(),
        message: format!("{NAME} said that it was done, but it did not keep {what}"),
    }
}
