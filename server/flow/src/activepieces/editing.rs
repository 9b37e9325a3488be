//! Edits of a flow there: tried out here first, sent one by one, read again after each.

use crate::activepieces::client::Ask;
use crate::activepieces::difference::{Closeness, missing};
use crate::activepieces::{NAME, Remote, only_there};
use crate::flows::event;
use domain::actor::{Actor, Permission};
use domain::event::EventKind;
use domain::flow::edit::{self, AddBranch, FlowEdit, ImportFlow, words};
use domain::flow::{
    Action, ActionKind, Branch, Flow, FlowVersion, PieceSettings, Trigger, TriggerKind, tree,
};
use domain::ids::FlowId;
use domain::problem::Problem;
use serde_json::{Value, json};

impl Remote {
    /// Applies edits to the draft, all or none.
    pub(crate) async fn edit(
        &self,
        actor: &Actor,
        id: &FlowId,
        base_revision: Option<i64>,
        edits: Vec<FlowEdit>,
    ) -> Result<Flow, Problem> {
        actor.require(Permission::Write)?;
        let before = self.flow(actor, id, None).await?;
        if base_revision.is_some_and(|it| it != before.revision) {
            return Err(Problem::Conflict {
                message: "Somebody changed this flow meanwhile. Look at it again, then repeat your change".to_owned(),
                status: Some(before.revision.to_string()),
            });
        }
        // What cannot be done is refused here: there it would be passed over without a word.
        let wanted = edit::apply_all(&before.version, &edits);
        refuse_beyond(&wanted.map_err(|issues| Problem::Invalid { issues })?)?;
        let mut flow = before.clone();
        for one in &edits {
            match Box::pin(self.one(actor, &flow, one)).await {
                Ok(changed) => flow = changed,
                Err(problem) => return Err(self.put_back(actor, &before, problem).await),
            }
        }
        let summary = edits.first().map(|it| words::describe(it, &before.version));
        let detail = json!({
            "revision": flow.revision,
            "operations": edits.iter().map(edit::outline).collect::<Vec<_>>(),
            "summary": summary.unwrap_or_default(),
            "via": actor.via.as_str(),
            "version": (flow.version.id != before.version.id).then_some(&flow.version.id),
        });
        self.record(actor, event(EventKind::FlowEdited, &flow).with(detail)).await?;
        Ok(flow)
    }

    /// Makes one edit, and looks that it is there.
    pub(crate) async fn one(
        &self,
        actor: &Actor,
        now: &Flow,
        one: &FlowEdit,
    ) -> Result<Flow, Problem> {
        let wanted =
            edit::apply(&now.version, one).map_err(|issues| Problem::Invalid { issues })?;
        refuse_beyond(&wanted)?;
        let mut sent = one.clone();
        if let FlowEdit::AddAction(add) = &mut sent {
            if add.action.name.is_empty() {
                add.action.name = edit::next_step_name(&now.version);
            }
            if !tree::inside(&add.action).is_empty() {
                // A step with others inside goes in with the whole flow: alone it would arrive empty.
                sent = whole(&wanted);
            }
        }
        if let FlowEdit::AddBranch(add) = &mut sent {
            explicit(add, &wanted);
        }
        if let FlowEdit::ImportFlow(_) = sent {
            sent = whole(&wanted);
        }
        self.fit(&mut sent).await?;
        self.operate(&now.id, &json!(sent)).await?;
        let found = self.flow(actor, &now.id, None).await?;
        let how = match one {
            FlowEdit::DuplicateAction(_) | FlowEdit::DuplicateBranch(_) => Closeness::Shape,
            _ => Closeness::Exact,
        };
        match missing(&wanted, &found.version, how) {
            None => Ok(found),
            Some(what) => Err(Problem::Unsupported {
                message: format!(
                    "{NAME} said that the change was made, but it did not keep {what}"
                ),
                hint:
                    "The flow was put back as it was. Make the change there, or leave that part out"
                        .to_owned(),
            }),
        }
    }

    /// Puts the flow back as it was, after an edit that was made in part; gives what to say.
    async fn put_back(&self, actor: &Actor, before: &Flow, problem: Problem) -> Problem {
        let Ok(now) = self.flow(actor, &before.id, None).await else { return problem };
        let is_as_it_was = now.revision == before.revision
            || missing(&before.version, &now.version, Closeness::Exact).is_none();
        if is_as_it_was {
            return problem;
        }
        match self.operate(&before.id, &json!(whole(&before.version))).await {
            Ok(_) => problem,
            Err(failed) => Problem::conflict(format!(
                "{problem}. The flow could not be put back as it was either: {failed}. Look at it in {NAME}"
            )),
        }
    }

    /// Sends one operation.
    pub(crate) async fn operate(&self, id: &FlowId, operation: &Value) -> Result<Value, Problem> {
        self.call("Flow", Ask::post_flow(format!("/flows/{id}"), operation)).await
    }

    /// Gives pieces the versions that are installed there.
    async fn fit(&self, edit: &mut FlowEdit) -> Result<(), Problem> {
        match edit {
            FlowEdit::UpdateTrigger(trigger) => self.fit_trigger(trigger).await,
            FlowEdit::AddAction(add) => self.fit_action(&mut add.action).await,
            FlowEdit::UpdateAction(action) => self.fit_action(action).await,
            FlowEdit::ImportFlow(import) => {
                self.fit_trigger(&mut import.trigger).await?;
                let mut next = import.trigger.next_action.as_deref_mut();
                while let Some(action) = next {
                    Box::pin(self.fit_all(action)).await?;
                    next = action.next_action.as_deref_mut();
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn fit_trigger(&self, trigger: &mut Trigger) -> Result<(), Problem> {
        if let TriggerKind::Piece(settings) = &mut trigger.kind {
            trigger.valid = self.fit_piece(settings).await?;
        }
        Ok(())
    }

    async fn fit_action(&self, action: &mut Action) -> Result<(), Problem> {
        if let ActionKind::Piece(settings) = &mut action.kind {
            action.valid = self.fit_piece(settings).await?;
        }
        Ok(())
    }

    /// The same for a step and everything inside it.
    async fn fit_all(&self, action: &mut Action) -> Result<(), Problem> {
        self.fit_action(action).await?;
        let bodies = action.children.iter_mut().flatten().flatten();
        for body in bodies.chain(action.first_loop_action.as_mut()) {
            let mut next = Some(body.as_mut());
            while let Some(inner) = next {
                Box::pin(self.fit_all(inner)).await?;
                next = inner.next_action.as_deref_mut();
            }
        }
        Ok(())
    }

    /// Gives a piece the version that is installed there; whether the step has what it needs, which an import takes on
    /// trust.
    async fn fit_piece(&self, settings: &mut PieceSettings) -> Result<bool, Problem> {
        let installed = self.piece(&settings.piece_name).await?;
        let version = installed["version"].as_str().unwrap_or_default();
        if !version.is_empty() {
            let sign = if version.starts_with("0.") { '~' } else { '^' };
            settings.piece_version = format!("{sign}{version}");
        }
        let step = match (&settings.action_name, &settings.trigger_name) {
            (Some(name), _) => &installed["actions"][name],
            (None, Some(name)) => &installed["triggers"][name],
            (None, None) => &Value::Null,
        };
        let mut props = step["props"].as_object().into_iter().flatten();
        let has =
            |name: &String| settings.input.get(name).is_some_and(|it| !it.is_null() && *it != "");
        Ok(step.is_object() && props.all(|(name, prop)| prop["required"] != true || has(name)))
    }
}

/// What is left to the server is said: where the branch goes and what it asks for.
fn explicit(add: &mut AddBranch, wanted: &FlowVersion) {
    let router = tree::find(&wanted.trigger, &add.step_name).map(|it| &it.kind);
    let Some(ActionKind::Router(settings)) = router else { return };
    let last = settings.branches.len().saturating_sub(1);
    let mut at = add.branch_index.min(last);
    if matches!(settings.branches.get(at), Some(Branch::Fallback { .. })) {
        at = at.saturating_sub(1);
    }
    add.branch_index = at;
    if let Some(Branch::Condition { conditions, .. }) = settings.branches.get(at) {
        add.conditions = Some(conditions.clone());
    }
}

/// What only our engine does is said, and not passed over.
fn refuse_beyond(wanted: &FlowVersion) -> Result<(), Problem> {
    let copy = "or copy the flow to the built-in engine, which can";
    for step in tree::steps(&wanted.trigger) {
        let title = &step.display_name;
        if step.on_error_action.is_some() {
            let hint = format!("Let “{title}” go on when it fails, {copy}");
            return Err(only_there("has no branch for what runs after an error", &hint));
        }
        let handling = match &step.kind {
            ActionKind::Piece(settings) => settings.error_handling_options.as_ref(),
            ActionKind::Code(settings) => settings.error_handling_options.as_ref(),
            ActionKind::Loop(_) | ActionKind::Router(_) => None,
        };
        if handling.is_some_and(|it| it.retry_policy.is_some()) {
            let hint = format!("Leave out how often “{title}” is tried again, {copy}");
            return Err(only_there("tries four times and knows no other policy", &hint));
        }
    }
    Ok(())
}

/// The whole flow as one edit.
pub(crate) fn whole(version: &FlowVersion) -> FlowEdit {
    FlowEdit::ImportFlow(Box::new(ImportFlow {
        display_name: version.display_name.clone(),
        trigger: version.trigger.clone(),
        schema_version: Some(domain::flow::SCHEMA_VERSION.to_owned()),
        notes: Some(version.notes.clone()),
        keep_samples: true,
    }))
}
