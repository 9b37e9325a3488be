//! Forms that anybody with the address can fill in. A form that was thanked for is on the disk as a run.

use crate::engine::plan::Plan;
use crate::hooks::{Delivery, HookAnswer, HookRefusal, Wait};
use crate::runs::Runs;
use domain::flow::form::{self, Filled, FormField};
use domain::flow::{PieceSettings, TriggerKind, catalog};
use domain::ids::RunId;
use domain::problem::Issue;
use serde_json::Value;
use std::sync::Arc;

/// What people see of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPage {
    /// What it is called.
    pub title: String,
    /// What people are told first; may be empty.
    pub about: String,
    /// What people are told when it was sent.
    pub thanks: String,
    /// In order.
    pub fields: Vec<FormField>,
}

/// What came of a form that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// The run is on the disk.
    Taken(RunId),
    /// One issue for each field that is missing or wrong; nothing was stored.
    Refused(Vec<Issue>),
}

impl Runs {
    /// The form at an address; `hook` is its random part.
    ///
    /// # Errors
    /// [`HookRefusal::Unknown`] where there is none, [`HookRefusal::SwitchedOff`].
    pub async fn form(&self, hook: &str) -> Result<FormPage, HookRefusal> {
        let delivery = self.at_form(hook).await?;
        let (settings, fields) = form_of(&delivery.plan)?;
        let text = |name: &str| match settings.input.get(name).and_then(Value::as_str) {
            Some(text) => text.trim().to_owned(),
            None => String::new(),
        };
        let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
        Ok(FormPage {
            title: or(text("title"), &delivery.plan.version.display_name),
            about: text("about"),
            thanks: or(text("thanks"), "Thank you. Your answers were received."),
            fields,
        })
    }

    /// Takes a form that was filled in. `once` is the same however often one page is sent.
    ///
    /// # Errors
    /// As [`Runs::form`]; whatever kept the run from being stored.
    pub async fn submit_form(
        &self,
        hook: &str,
        filled: &Filled,
        once: Option<String>,
    ) -> Result<Submitted, HookRefusal> {
        let delivery = self.at_form(hook).await?;
        let (_, fields) = form_of(&delivery.plan)?;
        let payload = match form::read(&fields, filled) {
            Ok(payload) => payload,
            Err(issues) => return Ok(Submitted::Refused(issues)),
        };
        let head = self.head_of(&delivery, ("form", &payload), once);
        match self.begin(head, payload, &delivery, Wait::No).await? {
            HookAnswer::Accepted { run }
            | HookAnswer::Responded { run, .. }
            | HookAnswer::Finished { run, .. }
            | HookAnswer::Failed { run, .. }
            | HookAnswer::StillRunning { run } => Ok(Submitted::Taken(run)),
            // Only a request to a flow that is off is heard.
            HookAnswer::Heard => Err(HookRefusal::SwitchedOff),
        }
    }

    async fn at_form(&self, hook: &str) -> Result<Delivery, HookRefusal> {
        let target = self.engine.targets.get(&self.engine.db, hook).await?;
        self.published(target.ok_or(HookRefusal::Unknown)?).await
    }
}

fn form_of(plan: &Arc<Plan>) -> Result<(&PieceSettings, Vec<FormField>), HookRefusal> {
    match &plan.version.trigger.kind {
        TriggerKind::Piece(settings) if settings.piece_name == catalog::FORMS => {
            let fields = form::fields(settings).map_err(|_| HookRefusal::Unknown)?;
            Ok((settings, fields))
        }
        _ => Err(HookRefusal::Unknown),
    }
}
