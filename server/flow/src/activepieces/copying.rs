//! A flow copied from one engine to the other, with what does not come along.

use crate::activepieces::{NAME, place};
use crate::flows::Flows;
use domain::actor::{Actor, Permission};
use domain::flow::edit::FlowEdit;
use domain::flow::engine::{CopiedFlow, FlowEngine};
use domain::flow::listing::NewFlow;
use domain::flow::{
    ActionKind, ErrorHandling, Flow, TriggerKind, VersionState, catalog, tree, validate,
};
use domain::ids::FlowId;
use domain::problem::Problem;

impl Flows {
    /// Copies the newest version of a flow to the other engine, as a draft. The flow itself stays where it is.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`]; [`Problem::NeedsSetup`] when the workspace is connected to no
    /// other engine; [`Problem::Invalid`] when the other engine does not have one of its pieces.
    pub async fn copy_to_other_engine(
        &self,
        actor: &Actor,
        id: &FlowId,
    ) -> Result<CopiedFlow, Problem> {
        actor.require(Permission::Write)?;
        let flow = self.get(actor, id).await?;
        let mut left_out = left_behind(&flow);
        let edits = vec![crate::activepieces::editing::whole(&flow.version)];
        let new = NewFlow { name: flow.version.display_name.clone(), folder_id: None, edits };
        let copied = match flow.engine {
            FlowEngine::Builtin => {
                let remote = place(&self.engine, actor).await?.remote;
                let remote = remote.ok_or_else(|| Problem::NeedsSetup {
                    message: format!("This workspace is not connected to {NAME}"),
                    hint: "Connect it first".to_owned(),
                    fix_url: crate::activepieces::SETTINGS.to_owned(),
                })?;
                let known = remote.names().await?;
                left_out.extend(connections(&flow, |it| known.contains(it)));
                let (new, lost) = plain(new);
                left_out.extend(lost);
                Box::pin(remote.create(actor, new)).await?
            }
            FlowEngine::Activepieces => {
                let known = self.known_connections(actor).await?;
                left_out.extend(connections(&flow, |it| known.contains(it)));
                left_out.extend(unknown(&flow));
                Box::pin(self.create_here(actor, new)).await?
            }
        };
        Ok(CopiedFlow { flow: copied, left_out })
    }
}

fn left_behind(flow: &Flow) -> Vec<String> {
    let mut left = Vec::new();
    if flow.version.state == VersionState::Locked || flow.published_version_id.is_some() {
        left.push(
            "The copy is a draft and is off. Publish it there when it is complete".to_owned(),
        );
    }
    if flow.runs_at_once.is_some() {
        left.push("The limit of its runs at once".to_owned());
    }
    if flow.folder_id.is_some() {
        left.push("The folder: the copy is in none".to_owned());
    }
    let starts = matches!(&flow.version.trigger.kind, TriggerKind::Piece(it) if it.piece_name == catalog::WEBHOOK);
    if starts {
        left.push("The address: the copy has one of its own".to_owned());
    }
    left.push("Runs and earlier versions stay where they are".to_owned());
    left
}

fn connections(flow: &Flow, is_known: impl Fn(&str) -> bool) -> Vec<String> {
    let used = validate::used_connections(&flow.version);
    let mut names: Vec<String> = used.into_iter().map(|it| it.external_id).collect();
    names.sort();
    names.dedup();
    let missing = names.into_iter().filter(|it| !is_known(it));
    missing
        .map(|it| {
            format!(
                "The connection {it}: secrets are not copied. Make it there under the same name"
            )
        })
        .collect()
}

/// Steps that we can keep but not run.
fn unknown(flow: &Flow) -> Vec<String> {
    let steps = tree::steps(&flow.version.trigger);
    let of = |it: &&domain::flow::Action| match &it.kind {
        ActionKind::Piece(settings) => catalog::piece(&settings.piece_name).is_none(),
        _ => false,
    };
    steps
        .into_iter()
        .filter(of)
        .map(|it| {
            format!(
                "{} ({}): the built-in engine does not have its piece. Replace the step",
                it.display_name, it.name
            )
        })
        .collect()
}

/// The flow without what only we know: policies for trying again, and what runs after an error.
fn plain(mut new: NewFlow) -> (NewFlow, Vec<String>) {
    let mut lost = Vec::new();
    for edit in &mut new.edits {
        let FlowEdit::ImportFlow(import) = edit else { continue };
        let mut next = import.trigger.next_action.as_deref_mut();
        while let Some(action) = next {
            forget(action, &mut lost);
            next = action.next_action.as_deref_mut();
        }
    }
    (new, lost)
}

fn forget(action: &mut domain::flow::Action, lost: &mut Vec<String>) {
    let handling: Option<&mut ErrorHandling> = match &mut action.kind {
        ActionKind::Piece(settings) => settings.error_handling_options.as_mut(),
        ActionKind::Code(settings) => settings.error_handling_options.as_mut(),
        ActionKind::Loop(_) | ActionKind::Router(_) => None,
    };
    if handling.and_then(|it| it.retry_policy.take()).is_some() {
        lost.push(format!(
            "How often {} is tried again: {NAME} has one fixed way",
            action.display_name
        ));
    }
    if action.on_error_action.take().is_some() {
        lost.push(format!(
            "What runs when {} failed: {NAME} has no such branch",
            action.display_name
        ));
    }
    let bodies = action.children.iter_mut().flatten().flatten();
    for body in bodies.chain(action.first_loop_action.as_mut()) {
        let mut next = Some(body.as_mut());
        while let Some(inner) = next {
            forget(inner, lost);
            next = inner.next_action.as_deref_mut();
        }
    }
}
