//! What the gallery of templates asks the server.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::session::{actor, backend};
use crate::wire::Json;
use domain::flow::templates::{Ask, Template};
use domain::flow::{Flow, FlowVersion};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A template as the gallery shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TemplateCard {
    /// `overdue-nudge`.
    pub id: String,
    /// "Overdue nudge".
    pub name: String,
    /// "Deadlines".
    pub category: String,
    /// One sentence.
    pub summary: String,
    /// What it needs to know.
    pub asks: Vec<Ask>,
    /// Runs of it wait for a person.
    pub waits: bool,
    /// Names of the pieces it uses, in order.
    pub pieces: Vec<String>,
    /// Its steps, the trigger first: how deep each stands, and what people read.
    pub steps: Vec<(usize, String)>,
}

impl From<&Template> for TemplateCard {
    fn from(it: &Template) -> Self {
        Self {
            id: it.id.clone(),
            name: it.name.clone(),
            category: it.category.clone(),
            summary: it.summary.clone(),
            asks: it.asks.clone(),
            waits: it.waits,
            steps: it.outline(),
            pieces: it.pieces().into_iter().map(str::to_owned).collect(),
        }
    }
}

/// Every template, in the order of the gallery.
#[server(prefix = "/fn", endpoint = "list_templates", output = Json)]
pub async fn list_templates() -> Result<Vec<TemplateCard>, AppError> {
    actor()?;
    Ok(backend().flows.templates().iter().map(TemplateCard::from).collect())
}

/// The flow that a template makes, to be drawn.
#[server(prefix = "/fn", endpoint = "preview_template", output = Json)]
pub async fn preview_template(id: String) -> Result<FlowVersion, AppError> {
    Ok(backend().flows.preview_template(&actor()?, &id)?)
}

/// Makes a draft from a template.
#[server(prefix = "/fn", endpoint = "start_from_template", input = Json, output = Json)]
pub async fn start_from_template(
    id: String,
    answers: Map<String, Value>,
) -> Result<Flow, AppError> {
    Ok(backend().flows.start_from_template(&actor()?, (&id, None), &answers).await?)
}
