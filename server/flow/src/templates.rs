//! Starting a flow from a template.

use crate::flows::Flows;
use crate::told;
use domain::actor::Actor;
use domain::flow::edit::{FlowEdit, ImportFlow};
use domain::flow::listing::NewFlow;
use domain::flow::templates::{self, Template};
use domain::flow::{Flow, SCHEMA_VERSION};
use domain::ids::FlowId;
use domain::problem::Problem;
use serde_json::{Map, Value};

impl Flows {
    /// Every template, in the order of the gallery.
    pub fn templates(&self) -> &'static [Template] {
        templates::all()
    }

    /// Makes a draft from the template called `id` with the answers to what it asks.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown template, [`Problem::Invalid`] with each answer that is missing,
    /// [`Problem::Forbidden`] without the permission to write.
    pub async fn start_from_template(
        &self,
        actor: &Actor,
        id: &str,
        answers: &Map<String, Value>,
    ) -> Result<Flow, Problem> {
        let template = templates::find(id).ok_or_else(|| Problem::not_found("Template"))?;
        let trigger = template.build(answers).map_err(|issues| Problem::Invalid { issues })?;
        let import = ImportFlow {
            display_name: template.name.clone(),
            trigger,
            schema_version: Some(SCHEMA_VERSION.to_owned()),
            notes: None,
        };
        let edits = vec![FlowEdit::ImportFlow(Box::new(import))];
        let new = NewFlow { name: template.name.clone(), edits, ..NewFlow::default() };
        self.create(actor, new).await
    }

    /// What the trigger of the newest version would give now, from a real record; an empty object where it does not
    /// tell by itself.
    ///
    /// # Errors
    /// [`Problem::Forbidden`]; [`Problem::NotFound`].
    pub async fn trigger_sample(&self, actor: &Actor, id: &FlowId) -> Result<Value, Problem> {
        let trigger = self.get(actor, id).await?.version.trigger;
        told::sampled(&self.engine, actor, &trigger, Value::Object(Map::new())).await
    }
}
