//! Flows as files.

use crate::flows::Flows;
use domain::actor::{Actor, Permission};
use domain::flow::Flow;
use domain::flow::edit::{FlowEdit, ImportFlow};
use domain::flow::exchange;
use domain::flow::listing::NewFlow;
use domain::ids::FlowId;
use domain::problem::Problem;

impl Flows {
    /// The newest version as the text of a file that other engines read, without secrets.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn export(&self, actor: &Actor, id: &FlowId) -> Result<String, Problem> {
        Ok(exchange::file(&self.get(actor, id).await?.version))
    }

    /// Makes a draft in the same folder that does the same as the newest version, under another name.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn duplicate(&self, actor: &Actor, id: &FlowId) -> Result<Flow, Problem> {
        actor.require(Permission::Write)?;
        let flow = self.get(actor, id).await?;
        let name = format!("Copy of {}", flow.version.display_name);
        let import = ImportFlow {
            display_name: name.clone(),
            trigger: flow.version.trigger,
            schema_version: flow.version.schema_version,
            notes: Some(flow.version.notes),
            keep_samples: false,
        };
        let edits = vec![FlowEdit::ImportFlow(Box::new(import))];
        self.create(actor, NewFlow { name, folder_id: flow.folder_id, edits }).await
    }

    /// Makes a draft of `file`, the text of an exported flow. Steps of unknown pieces stay and are marked.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::Invalid`] with a reason for each step that cannot be read; nothing is made then.
    pub async fn import(&self, actor: &Actor, file: &str) -> Result<Flow, Problem> {
        actor.require(Permission::Write)?;
        let read = exchange::import(file).map_err(|issues| Problem::Invalid { issues })?;
        let import = ImportFlow {
            display_name: read.name.clone(),
            trigger: read.trigger,
            schema_version: read.schema_version,
            notes: Some(read.notes),
            keep_samples: false,
        };
        let edits = vec![FlowEdit::ImportFlow(Box::new(import))];
        self.create(actor, NewFlow { name: read.name, edits, ..NewFlow::default() }).await
    }
}
