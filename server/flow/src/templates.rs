//! Starting a flow from a template.

use crate::flows::{Flows, empty_flow};
use domain::actor::{Actor, Permission};
use domain::flow::edit::{FlowEdit, ImportFlow};
use domain::flow::listing::NewFlow;
use domain::flow::templates::{self, Template};
use domain::flow::{Flow, FlowVersion, SCHEMA_VERSION, Trigger};
use domain::problem::Problem;
use serde_json::{Map, Value};
use store::workspaces;

impl Flows {
    /// Every template, in the order of the gallery.
    pub fn templates(&self) -> &'static [Template] {
        templates::all()
    }

    /// The flow that the template called `id` makes, with words in place of answers.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`] for an unknown template.
    pub fn preview_template(&self, actor: &Actor, id: &str) -> Result<FlowVersion, Problem> {
        actor.require(Permission::Read)?;
        let unknown = || Problem::not_found("Template");
        let template = templates::find(id).ok_or_else(unknown)?;
        let trigger = template.preview().ok_or_else(unknown)?;
        let drawn = empty_flow(actor, &template.name, None).version;
        Ok(FlowVersion { trigger, ..drawn })
    }

    /// Makes a draft from the template called `id` with the answers to what it asks, called `name` or as the template.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown template, [`Problem::Invalid`] with each answer that is missing,
    /// [`Problem::Forbidden`] without the permission to write.
    pub async fn start_from_template(
        &self,
        actor: &Actor,
        (id, name): (&str, Option<&str>),
        answers: &Map<String, Value>,
    ) -> Result<Flow, Problem> {
        let template = templates::find(id).ok_or_else(|| Problem::not_found("Template"))?;
        let built = template.build(answers).map_err(|issues| Problem::Invalid { issues });
        let trigger = self.by_our_clock(actor, built?).await?;
        let name = name.map(str::trim).filter(|it| !it.is_empty()).unwrap_or(&template.name);
        let import = ImportFlow {
            display_name: name.to_owned(),
            trigger,
            schema_version: Some(SCHEMA_VERSION.to_owned()),
            notes: None,
            keep_samples: false,
        };
        let edits = vec![FlowEdit::ImportFlow(Box::new(import))];
        let new = NewFlow { name: name.to_owned(), edits, ..NewFlow::default() };
        self.create(actor, new).await
    }

    /// The trigger of a template with its clock in the time zone of the workspace.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read; when the database does not answer.
    pub async fn by_our_clock(
        &self,
        actor: &Actor,
        mut trigger: Trigger,
    ) -> Result<Trigger, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.engine.db.read().await?;
        if let Some(workspace) = workspaces::find(&mut conn, &actor.workspace).await? {
            templates::go_by(&mut trigger, &workspace.timezone);
        }
        Ok(trigger)
    }
}
